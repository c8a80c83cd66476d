"""How fast words are stemmed, put into their dictionary form and tagged, beside the libraries themselves.

    python benchmarks/words.py [--quick] [--json FILE] [--jobs stem stem_nltk lemmatize tag]

stem       20 Newsgroups -> words -> small letters -> no stop words -> Snowball stems -> TF-IDF, by PyStemmer,
           beside scikit-learn's TfidfVectorizer whose tokenizer ends with a stemmer; the same matrix
stem_nltk  the same with NLTK's stemmer
lemmatize  its words to lemmas, beside simplemma, called token by token; the same lemmas
tag        its sentences to parts of speech, beside python-crfsuite, called sentence by sentence with the same
           features and weights; the same tags, but where python-crfsuite's unrounded weights are a tie

With --quick the texts are those of data/messages.csv.
"""

from __future__ import annotations

import functools
import itertools
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from _corpora import newsgroups
from _measure import Job, need, run

import textpipe as tp
from textpipe.annotate.crf import SCALE, Crf
from textpipe.annotate.model_folder import model_of_language, write_model
from textpipe.annotate.sentences import sentence_bounds
from textpipe.annotate.train import _features, _of_crfsuite
from textpipe.documents import UPOS, Documents, Tokens
from textpipe.vectorize.document_vectors import tokens_of

HERE = Path(__file__).parent.parent


def texts_of(quick: bool) -> Documents:
    """The documents of all jobs."""
    return tp.read(HERE / "data" / "messages.csv").documents if quick else newsgroups()


def megabytes(documents: Documents) -> float:
    """Of text."""
    return sum(len(text.encode()) for text in documents.texts()) / 1e6


def stem(algorithm: str, quick: bool) -> Job:
    """Stems, counted."""
    import Stemmer
    from nltk.stem.snowball import SnowballStemmer
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    documents = texts_of(quick)
    texts = documents.texts()
    words = re.compile(r"\b\w\w+\b")
    stemmers = {
        "NLTK": lambda: SnowballStemmer("english").stem,
        "PyStemmer": lambda: Stemmer.Stemmer("english").stemWord,
    }
    library = "NLTK" if algorithm == "nltk_snowball" else "PyStemmer"

    def pipeline(n_jobs: int = 1) -> tp.Pipeline:
        return tp.Pipeline(
            [
                tp.Tokenize("sklearn"),
                tp.Lowercase(),
                tp.RemoveStopWords("scikit-learn"),
                tp.Stem(algorithm),
                tp.TfIdf(),
            ],
            n_jobs=n_jobs,
        )

    def vectorizer(library: str) -> TfidfVectorizer:
        stem = stemmers[library]()
        return TfidfVectorizer(
            tokenizer=lambda text: [
                stem(word) for word in words.findall(text) if word not in ENGLISH_STOP_WORDS
            ],
            token_pattern=None,
        )

    def check() -> str:
        ours, theirs = pipeline(), vectorizer(library)
        matrix, their_matrix = ours.fit_transform(documents), theirs.fit_transform(texts)
        columns = ours.stages[-1].features()
        need(columns == theirs.get_feature_names_out().tolist(), f"vocabulary, {library}")
        largest = abs(matrix - their_matrix).max()
        need(largest < 1e-12, f"a weight, {library}, by {largest}")
        rows, n = matrix.shape
        return f"matrix {rows:,} x {n:,}, the same to 1e-12 as scikit-learn's with {library}"

    ways: dict[str, Callable[[], Any]] = {
        f"textpipe, {library}": lambda: pipeline().fit_transform(documents),
        "scikit-learn, NLTK": lambda: vectorizer("NLTK").fit_transform(texts),
    }
    if library != "NLTK":
        ways[f"scikit-learn, {library}"] = lambda: vectorizer(library).fit_transform(texts)
    two: dict[str, Callable[[], Any]] = {
        f"textpipe, {library}": lambda: pipeline(2).fit_transform(documents)
    }
    return Job(ways, check, megabytes(documents), two)


def lemmatize(quick: bool) -> Job:
    """Lemmas."""
    from simplemma import Lemmatizer

    tokenize, stage = tp.Tokenize("sklearn"), tp.Lemmatize()
    documents = tp.Pipeline([tokenize]).run(texts_of(quick))
    lists = tokens_of(documents).to_lists()
    pipeline = tp.Pipeline([tokenize, stage])
    lemmatizer = Lemmatizer()  # remembers words: so does simplemma.lemmatize
    lemmatizer.lemmatize("words", lang="en")
    assert stage.of("words") == "word"  # the dictionaries are loaded

    def ours(n_jobs: int = 1) -> Any:
        stage._ready()._ask.cache_clear()
        return pipeline.set_params(n_jobs=n_jobs).run(documents, done=1)

    def theirs() -> Any:
        lemmatizer._cached_lemmatize.cache_clear()
        return [[lemmatizer.lemmatize(word, lang="en") for word in words] for words in lists]

    def check() -> str:
        need(tokens_of(ours()).to_lists() == theirs(), "a lemma")
        return f"{sum(map(len, lists)):,} tokens, the same lemmas"

    ways = {"textpipe": ours, "simplemma": theirs}
    return Job(ways, check, megabytes(documents), {"textpipe": lambda: ours(2)})


def tag(quick: bool) -> Job:
    """Parts of speech."""
    import pycrfsuite

    documents = tp.Pipeline([tp.Tokenize()]).run(texts_of(quick)[:2000])
    tokens = tokens_of(documents)
    bounds = sentence_bounds(tokens, documents.texts())
    words = tokens.forms.take(pa.array(tokens.codes)).to_pylist()
    sentences = [words[begin:end] for begin, end in itertools.pairwise(bounds.tolist())]
    folder = tempfile.mkdtemp()
    shutil.rmtree(folder)
    model, crf = trained(sentences[:2000], 10 if quick else 50)
    write_model(folder, crf, {"language": "en"})
    their_tagger = pycrfsuite.Tagger()
    their_tagger.open_inmemory(model)

    def ours(n_jobs: int = 1) -> Any:
        stages = [tp.Tokenize(), tp.TagPartsOfSpeech(model=folder)]
        return tp.Pipeline(stages, n_jobs=n_jobs).run(documents, done=1)

    def theirs() -> Any:
        seen: dict[str, dict[str, str]] = {}
        assert model  # the tagger keeps no reference of its own
        return [their_tagger.tag(list(_features(sentence, seen))) for sentence in sentences]

    def check() -> str:
        mine = np.array(UPOS)[tokens_of(ours()).tags].tolist()
        at, ties = 0, 0
        for sentence, other in zip(sentences, theirs(), strict=True):
            found = mine[at : at + len(sentence)]
            at += len(sentence)
            if found != other:
                ties += 1
                their_tagger.set(list(_features(sentence, {})))
                one, two = their_tagger.probability(found), their_tagger.probability(other)
                need(abs(one - two) <= 1e-9 * two, f"tags: {found} ({one}), {other} ({two})")
        return (
            f"{len(mine):,} tokens, the same tags, but in {ties} of {len(sentences):,} sentences, where "
            "both answers are equally likely"
        )

    ways = {"textpipe": ours, "python-crfsuite": theirs}
    return Job(ways, check, megabytes(documents), {"textpipe": lambda: ours(2)})


def trained(sentences: list[list[str]], iterations: int) -> tuple[bytes, Crf]:
    """A model as CRFsuite's file and as ours, taught to do what the shipped tagger does.

    The weights in the file are rounded, as ours are.
    """
    import pycrfsuite

    tokens = Tokens.of_lists(sentences)
    tags = iter(np.array(UPOS)[model_of_language("en").tag(tokens, tokens.rows)].tolist())
    seen: dict[str, dict[str, str]] = {}
    learned = [(list(_features(words, seen)), [next(tags) for _ in words]) for words in sentences]
    numbers: dict[str, int] = {}
    for items, _ in learned:
        for name in itertools.chain.from_iterable(items):
            numbers.setdefault(name, len(numbers))
    files = []
    with tempfile.TemporaryDirectory() as folder:
        for call in (str, lambda name: str(numbers[name])):  # numbers: what info() can tell of
            trainer = pycrfsuite.Trainer(
                "lbfgs", {"c1": 0.1, "max_iterations": iterations}, verbose=False
            )
            for items, right in learned:
                trainer.append([[call(name) for name in item] for item in items], right)
            file = Path(folder, "crfsuite")
            trainer.train(str(file))
            files.append(bytearray(file.read_bytes()))
    tagger = pycrfsuite.Tagger()
    numbered = bytes(files[1])
    tagger.open_inmemory(numbered)  # which keeps no reference of its own
    info = tagger.info()
    named = files[0]
    # CRFsuite's crf1d_model.c: the header tells where the features lie, 20 bytes each
    at = int.from_bytes(named[28:32], "little")
    n = int.from_bytes(named[at + 8 : at + 12], "little")
    fields = [("type", "<u4"), ("from", "<u4"), ("to", "<u4"), ("weight", "<f8")]
    features = np.frombuffer(named, np.dtype(fields), n, at + 12)
    features["weight"] = np.rint(features["weight"] * SCALE) / SCALE
    return bytes(named), _of_crfsuite(list(numbers), info)


JOBS = {
    "stem": functools.partial(stem, "snowball"),
    "stem_nltk": functools.partial(stem, "nltk_snowball"),
    "lemmatize": lemmatize,
    "tag": tag,
}

if __name__ == "__main__":
    uses = ("textpipe-nlp", "scikit-learn", "nltk", "PyStemmer", "simplemma", "python-crfsuite")
    run(__doc__, __file__, JOBS, uses)
