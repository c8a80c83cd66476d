"""How far roads are from what nobody could do without: the text read once, a library's own work done once.

    python benchmarks/limits.py [--quick] [--json FILE] [--jobs words pairs stems spacy html vectors mails]

words    the bytes of 20 Newsgroups are read once, and the matrix is written once (NumPy: the speed of memory)
pairs    the same for words and pairs of words, whose columns' names are written once too
stems    PyStemmer stems each distinct word that is no stop word, once
spacy    spaCy's tokenizer cuts each distinct stretch without white space, once
html     the bytes of SpamAssassin's HTML parts are read once
vectors  each document's sum of vectors as a product of matrices (scipy), counted already
mails    SpamAssassin's files are opened and read, by Python

The first way is the road; the second is its limit, so that "faster by" says which part of the road's time
cannot be saved.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import newsgroups, root, spamassassin
from _measure import Job, need, run
from sklearn.base import clone

import textpipe as tp
import textpipe.kernels.html  # so that it is used
from textpipe.documents import Documents
from textpipe.tokenize.pieces import STRETCHES, pieces_of
from textpipe.vectorize.counting import count_codes
from textpipe.vectorize.document_vectors import tokens_of

HERE = Path(__file__).parent.parent


def texts_of(quick: bool) -> Documents:
    """The documents of most jobs."""
    return tp.read(HERE / "data" / "messages.csv").documents if quick else newsgroups()


def megabytes(documents: Documents) -> float:
    """Of text."""
    return sum(len(text.encode()) for text in documents.texts()) / 1e6


def bytes_of(documents: Documents) -> Any:
    """The bytes of all texts, as numbers of 64 bits."""
    data = np.frombuffer(documents.text.buffers()[2], np.uint8)
    return data[: len(data) // 8 * 8].view(np.uint64)


def counts(n_grams: tuple[int, int], quick: bool) -> Job:
    """From text to a matrix."""
    documents = texts_of(quick)
    pipeline = tp.Pipeline([tp.Tokenize("sklearn"), tp.Lowercase(), tp.Count(n_grams=n_grams)])
    trained = clone(pipeline)
    matrix = trained.fit_transform(documents)
    columns = trained.stages[-1].vocabulary_.buffers()
    parts = [matrix.data, matrix.indices, matrix.indptr]
    parts += [np.frombuffer(column, np.uint8) for column in columns if column is not None]
    data = bytes_of(documents)

    def limit() -> Any:
        return data.sum(), [part.copy() for part in parts]

    def check() -> str:
        return f"{data.nbytes:,} bytes read, {sum(part.nbytes for part in parts):,} written"

    ways = {"textpipe": lambda: clone(pipeline).fit_transform(documents), "limit": limit}
    return Job(ways, check, megabytes(documents))


def stems(quick: bool) -> Job:
    """From text to stems, counted."""
    import Stemmer

    documents = texts_of(quick)
    stages = [tp.Tokenize("sklearn"), tp.Lowercase(), tp.RemoveStopWords("scikit-learn")]
    pipeline = tp.Pipeline([*stages, tp.Stem(), tp.TfIdf()])
    forms = tokens_of(tp.Pipeline(stages).run(documents)).forms.to_pylist()
    stem = Stemmer.Stemmer("english", 0).stemWords

    def check() -> str:
        return f"{len(forms):,} distinct words"

    ways = {
        "textpipe": lambda: clone(pipeline).fit_transform(documents),
        "limit": lambda: stem(forms),
    }
    return Job(ways, check, megabytes(documents))


def spacy(quick: bool) -> Job:
    """From text to spaCy's tokens."""
    from textpipe.tokenize.spacy_engine import spacy as engine

    documents = texts_of(quick)
    pieces = pieces_of(documents.text, STRETCHES, much=True).forms.to_pylist()

    def limit() -> Any:
        made = engine("en")
        assert made.cut is not None
        return made.cut([piece for piece in pieces if not made.is_long(piece)])

    def check() -> str:
        return f"{len(pieces):,} distinct stretches"

    ways: dict[str, Callable[[], Any]] = {
        "textpipe": lambda: tp.Pipeline([tp.Tokenize()]).run(documents),
        "limit": limit,
    }
    return Job(ways, check, megabytes(documents))


def html(quick: bool) -> Job:
    """From HTML to text."""
    corpus = tp.read(HERE / "data" / "mail", format="mail") if quick else spamassassin()
    regions = (region for mail in corpus.documents.documents_regions() for region in mail)
    documents = Documents.of_regions([[one] for one in regions if one.kind == "html"])
    pipeline, data = tp.Pipeline([tp.CleanHtml()]), bytes_of(documents)
    ways = {"textpipe": lambda: pipeline.run(documents), "limit": lambda: data.sum()}
    return Job(ways, lambda: f"{data.nbytes:,} bytes read", megabytes(documents))


def vectors(quick: bool) -> Job:
    """From tokens to the mean of their words' vectors."""
    documents = texts_of(quick)
    stage = tp.Word2Vec(epochs=1, skip_gram=False, documents="mean", normalize=False)
    pipeline = tp.Pipeline([tp.Tokenize("sklearn"), tp.Lowercase(), stage]).fit(documents)
    ready = pipeline[:2].run(documents)
    tokens = tokens_of(ready)
    words = {word: at for at, word in enumerate(stage.words_.to_pylist())}
    found = np.array([words.get(form, -1) for form in tokens.forms.to_pylist()], np.int32)
    counted = count_codes(found[tokens.codes], tokens.rows, len(words))
    array = stage.vectors_.astype(np.float64)

    def check() -> str:
        made = pipeline.run(ready, done=2).matrix
        assert made is not None
        lengths = np.maximum(np.asarray(counted.sum(axis=1)).reshape(-1, 1), 1)
        need(np.allclose(made.values, (counted @ array) / lengths), "a vector")
        return f"{counted.nnz:,} entries times {array.shape[1]} numbers"

    ways = {"textpipe": lambda: pipeline.run(ready, done=2), "limit": lambda: counted @ array}
    return Job(ways, check, megabytes(documents))


def mails(quick: bool) -> Job:
    """From files to texts."""
    folder = HERE / "data" / "mail" if quick else root() / "spamassassin"
    paths = sorted(str(path) for path in folder.rglob("*") if path.is_file())

    def limit() -> int:
        size = 0
        for path in paths:
            with open(path, "rb") as file:  # noqa: PTH123  # a Path would be slower
                size += len(file.read())
        return size

    size = limit()
    ways = {"textpipe": lambda: tp.read(paths, format="mail"), "limit": limit}
    return Job(ways, lambda: f"{len(paths):,} files, {size:,} bytes", size / 1e6)


JOBS = {
    "words": functools.partial(counts, (1, 1)),
    "pairs": functools.partial(counts, (1, 2)),
    "stems": stems,
    "spacy": spacy,
    "html": html,
    "vectors": vectors,
    "mails": mails,
}

if __name__ == "__main__":
    uses = ("textpipe-nlp", "numpy", "scipy", "spacy", "PyStemmer")
    run(__doc__ or "", __file__, JOBS, uses)
