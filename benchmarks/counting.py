"""How fast texts become counts, beside scikit-learn's vectorizers; the same matrix, the same columns.

    python benchmarks/counting.py [--quick] [--json FILE] [--jobs words tf_idf word_pairs characters]

words        20 Newsgroups -> words -> small letters -> counts, beside CountVectorizer
tf_idf       the same, weighted, beside TfidfVectorizer
word_pairs   the same as words, with pairs of neighbouring words, beside CountVectorizer(ngram_range=(1, 2))
characters   runs of three to five characters, beside CountVectorizer(analyzer="char_wb")

Each is trained and gives its matrix in one call (``fit_transform``). With --quick the texts are those of
data/messages.csv.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import newsgroups
from _measure import Job, need, run

import textpipe as tp

HERE = Path(__file__).parent.parent
ROADS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "words": ([tp.Tokenize("sklearn"), tp.Lowercase(), tp.Count()], {}),
    "tf_idf": ([tp.Tokenize("sklearn"), tp.Lowercase(), tp.TfIdf()], {"weighted": True}),
    "word_pairs": (
        [tp.Tokenize("sklearn"), tp.Lowercase(), tp.Count(n_grams=(1, 2))],
        {"ngram_range": (1, 2)},
    ),
    "characters": (
        [tp.Tokenize("whitespace"), tp.Lowercase(), tp.CharacterNGrams(3, 5), tp.Count()],
        {"analyzer": "char_wb", "ngram_range": (3, 5)},
    ),
}


def road(name: str, quick: bool) -> Job:
    """One of the roads from text to matrix."""
    from sklearn.base import clone
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    documents = tp.read(HERE / "data" / "messages.csv").documents if quick else newsgroups()
    texts = documents.texts()
    stages, options = ROADS[name]
    pipeline = tp.Pipeline(stages)
    theirs = (TfidfVectorizer if options.pop("weighted", False) else CountVectorizer)(**options)

    def check() -> str:
        ours, peer = clone(pipeline), clone(theirs)
        one, other = ours.fit_transform(documents), peer.fit_transform(texts)
        other.sort_indices()
        columns = peer.get_feature_names_out().tolist()
        need(ours.stages[-1].features() == columns, f"{name}: columns")
        need(np.array_equal(one.indptr, other.indptr), f"{name}: entries of each document")
        need(np.array_equal(one.indices, other.indices), f"{name}: columns of each document")
        # scikit-learn adds up the squares of a row in another order, which changes the last bits
        need(np.allclose(one.data, other.data, rtol=1e-13, atol=0), f"{name}: values")
        return f"the same {one.shape[0]:,} x {one.shape[1]:,} matrix, {one.nnz:,} entries"

    ways: dict[str, Callable[[], Any]] = {
        "textpipe": lambda: clone(pipeline).fit_transform(documents),
        "scikit-learn": lambda: clone(theirs).fit_transform(texts),
    }
    two = clone(pipeline).set_params(n_jobs=2)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    return Job(ways, check, megabytes, {"textpipe": lambda: clone(two).fit_transform(documents)})


if __name__ == "__main__":
    run(
        __doc__ or "",
        __file__,
        {name: functools.partial(road, name) for name in ROADS},
        ["textpipe-nlp", "scikit-learn", "numpy", "scipy", "pyarrow", "numba"],
    )
