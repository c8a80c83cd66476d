"""How fast words are stemmed, put into their dictionary form and tagged, beside the libraries themselves.

    python benchmarks/words.py [--quick] [--json FILE] [--jobs stem lemmatize tag]

stem       20 Newsgroups -> words -> small letters -> no stop words -> Snowball stems -> TF-IDF, beside
           scikit-learn's TfidfVectorizer whose tokenizer ends with a stemmer; the same matrix
lemmatize  its words to lemmas, beside simplemma, called token by token; the same lemmas
tag        its sentences to parts of speech, beside python-crfsuite, called sentence by sentence with the same
           features and weights; the same tags, but where python-crfsuite's unrounded weights are a tie

With --quick the texts are those of data/messages.csv.
"""

from __future__ import annotations

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
BATCH = 500


def texts_of(quick: bool) -> Documents:
    """The documents of all jobs."""
    return tp.read(HERE / "data" / "messages.csv").documents if quick else newsgroups()


def megabytes(documents: Documents) -> float:
    """Of text."""
    return sum(len(text.encode()) for text in documents.texts()) / 1e6


def stem(quick: bool) -> Job:
    """Stems, counted."""
    import Stemmer
    from nltk.stem.snowball import SnowballStemmer
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    documents = texts_of(quick)
    texts = documents.texts()
    words = re.compile(r"\b\w\w+\b")

    def ours(algorithm: str) -> Any:
        pipeline = tp.Pipeline(
            [
                tp.Tokenize("sklearn"),
                tp.Lowercase(),
                tp.RemoveStopWords("scikit-learn"),
                tp.Stem(algorithm),
                tp.TfIdf(),
            ]
        )
        return pipeline, pipeline.fit_transform(documents)

    def theirs(stemmer: Callable[[str], str]) -> Any:
        vectorizer = TfidfVectorizer(
            tokenizer=lambda text: [
                stemmer(word) for word in words.findall(text) if word not in ENGLISH_STOP_WORDS
            ],
            token_pattern=None,
        )
        return vectorizer, vectorizer.fit_transform(texts)

    ways: dict[str, Callable[[], Any]] = {
        "textpipe, PyStemmer": lambda: ours("snowball"),
        "textpipe, NLTK": lambda: ours("nltk_snowball"),
        "scikit-learn, NLTK": lambda: theirs(SnowballStemmer("english").stem),
        "scikit-learn, PyStemmer": lambda: theirs(Stemmer.Stemmer("english").stemWord),
    }

    def check() -> str:
        shape = None
        for one, other in (
            ("textpipe, PyStemmer", "scikit-learn, PyStemmer"),
            ("textpipe, NLTK", "scikit-learn, NLTK"),
        ):
            (pipeline, matrix), (vectorizer, their_matrix) = ways[one](), ways[other]()
            names = pipeline.stages[-1].features()
            need(names == vectorizer.get_feature_names_out().tolist(), f"vocabulary, {one}")
            largest = abs(matrix - their_matrix).max()
            need(largest < 1e-12, f"a weight of {one} by {largest}")
            shape = matrix.shape
        return f"matrix {shape[0]:,} x {shape[1]:,}, the same to 1e-12" if shape else ""

    return Job(ways, check, megabytes(documents))


def lemmatize(quick: bool) -> Job:
    """Lemmas."""
    from simplemma import Lemmatizer

    documents = tp.Pipeline([tp.Tokenize("sklearn")]).run(texts_of(quick))
    batches = list(documents.batches(BATCH))
    assert documents.tokens is not None
    lists = documents.tokens.to_lists()
    stage = tp.Lemmatize()
    stage.meet([], "en")
    lemmatizer = Lemmatizer()  # remembers words: so does simplemma.lemmatize
    lemmatizer.lemmatize("words", lang="en")
    assert stage.of("words") == "word"  # the dictionaries are loaded

    def ours() -> Any:
        stage = tp.Lemmatize()  # which remembers no word yet
        stage.meet([], "en")
        return [tokens_of(stage.apply(batch)) for batch in batches]

    def theirs() -> Any:
        lemmatizer._cached_lemmatize.cache_clear()
        return [[lemmatizer.lemmatize(word, lang="en") for word in words] for words in lists]

    def check() -> str:
        mine = [words for tokens in ours() for words in tokens.to_lists()]
        need(mine == theirs(), "a lemma")
        return f"{sum(map(len, lists)):,} tokens, the same lemmas"

    return Job({"textpipe": ours, "simplemma": theirs}, check, megabytes(documents))


def tag(quick: bool) -> Job:
    """Parts of speech."""
    import pycrfsuite

    documents = tp.Pipeline([tp.Tokenize()]).run(texts_of(quick)[:2000])
    batches = list(documents.batches(BATCH))
    tokens = documents.tokens
    assert tokens is not None
    bounds = sentence_bounds(tokens, documents.texts())
    words = tokens.forms.take(pa.array(tokens.codes)).to_pylist()
    sentences = [words[begin:end] for begin, end in itertools.pairwise(bounds.tolist())]
    folder = tempfile.mkdtemp()
    shutil.rmtree(folder)
    model, crf = trained(sentences[:2000], 10 if quick else 50)
    write_model(folder, crf, {"language": "en"})
    stage = tp.TagPartsOfSpeech(model=folder)
    stage.meet([], "en")
    stage.transform(documents[:1])
    their_tagger = pycrfsuite.Tagger()
    their_tagger.open_inmemory(model)

    def ours() -> Any:
        fresh = tp.TagPartsOfSpeech(model=folder)
        fresh.meet([], "en")
        return [tokens_of(fresh.apply(batch)).tags for batch in batches]

    def theirs() -> Any:
        seen: dict[str, dict[str, str]] = {}
        assert model  # the tagger keeps no reference of its own
        return [their_tagger.tag(list(_features(sentence, seen))) for sentence in sentences]

    def check() -> str:
        mine = np.array(UPOS)[np.concatenate(ours())].tolist()
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

    return Job({"textpipe": ours, "python-crfsuite": theirs}, check, megabytes(documents))


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


JOBS = {"stem": stem, "lemmatize": lemmatize, "tag": tag}

if __name__ == "__main__":
    uses = ("textpipe-nlp", "scikit-learn", "nltk", "PyStemmer", "simplemma", "python-crfsuite")
    run(__doc__, __file__, JOBS, uses)
