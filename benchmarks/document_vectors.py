"""How fast documents get vectors from word vectors, beside a numpy mean over gensim's.

    python benchmarks/document_vectors.py [--quick] [--json FILE]

Word2Vec learns from 20 Newsgroups (with --quick, from data/messages.csv); then each document's vector is the
mean of its words' vectors: 100 dimensions, from tokens. The peer looks each word up in gensim's KeyedVectors,
as everyone writes it; "index first" is the same with one call of numpy for each document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from _corpora import newsgroups
from _measure import Job, need, run

import textpipe as tp

HERE = Path(__file__).parent.parent


def job(quick: bool) -> Job:
    """The means of the words' vectors of all documents."""
    from gensim.models import KeyedVectors

    documents = tp.read(HERE / "data" / "messages.csv").documents if quick else newsgroups()
    stage = tp.Word2Vec(epochs=1, skip_gram=False, documents="mean", normalize=False)
    pipeline = tp.Pipeline([tp.Tokenize("sklearn"), tp.Lowercase(), stage]).fit(documents)
    tokens = pipeline[:2].run(documents)
    vectors = KeyedVectors(100)
    vectors.add_vectors(stage.words_.to_pylist(), stage.vectors_)
    assert tokens.tokens is not None
    lists = tokens.tokens.to_lists()

    def ours(n_jobs: int = 1) -> Any:
        made = pipeline.set_params(n_jobs=n_jobs).run(tokens, done=2).matrix
        assert made is not None
        return made.values

    def theirs() -> Any:
        rows = []
        for words in lists:
            found = [vectors[word] for word in words if word in vectors]
            rows.append(np.mean(found, axis=0) if found else np.zeros(100, np.float32))
        return np.array(rows)

    def theirs_at_once() -> Any:
        index, array = vectors.key_to_index, vectors.vectors
        rows = []
        for words in lists:
            found = [index[word] for word in words if word in index]
            rows.append(array[found].mean(axis=0) if found else np.zeros(100, np.float32))
        return np.array(rows)

    def check() -> str:
        mine, other = ours(), theirs()
        for row, words in zip(mine, lists, strict=True):
            found = [vectors[word] for word in words if word in vectors]
            exact = np.mean(found, axis=0, dtype=np.float64) if found else np.zeros(100)
            need(np.allclose(row, exact, rtol=1e-12, atol=1e-12), "a vector")
        largest = float(np.abs(mine - other).max())
        return f"{len(mine):,} vectors, the mean in float64 to 1e-12; in float32 to {largest:.0e}"

    return Job(
        {"textpipe": ours, "gensim, numpy mean": theirs, "gensim, index first": theirs_at_once},
        check,
        sum(len(text.encode()) for text in documents.texts()) / 1e6,
        {"textpipe": lambda: ours(2)},
    )


if __name__ == "__main__":
    uses = ("textpipe-nlp", "gensim", "numpy", "scipy")
    run(__doc__, __file__, {"document vectors": job}, uses)
