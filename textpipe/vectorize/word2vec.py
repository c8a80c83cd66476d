"""Word2Vec: words that stand in like company have like vectors."""

from __future__ import annotations

import itertools
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError, InputError
from textpipe.vectorize.document_vectors import WordVectors, tokens_of

LONGEST_SENTENCE = 10_000
"""gensim leaves out, without a word, what is beyond this many tokens of one sentence."""


class Word2Vec(WordVectors):
    """Dense rows: the weighted mean of word vectors that Word2Vec learns from the training documents.

    The vectors are gensim's, bit for bit, on the same tokens. With one worker, they are also the same
    in each run. A word that occurs less than ``min_count`` times in training has no vector: it counts
    for ``total`` but not for ``known``; a document without a known word is a row of zeros.

    Options:
        dimensions: length of the vectors. Default 100.
        window: how many words to the left and to the right are company. Default 5.
        min_count: words must occur this often in the training documents. Default 2.
        epochs: how often the training documents are read. Default 10.
        skip_gram: predict the company from the word (better on short texts), not the word from its
            company (four times faster). Default true.
        negative: how many wrong answers are drawn for each right one. Default 5.
        seed: start of the random numbers. Default 0.
        workers: threads that train. With more than one the result differs from run to run. Default 1.
        documents: weights of the words in a document: "mean", "idf" (rare words weigh more) or "sif"
            (smooth inverse frequency). Default "idf".
        sif_a: the a of a / (a + p) for "sif". Default 0.001.
        remove_component: remove the direction that training documents have most in common, as SIF's
            authors do; it costs accuracy on short messages. Default false.
        normalize: bring rows to Euclidean length 1. Default true.

    Reads tokens; writes a matrix, float64 [n_documents, dimensions].
    Raises InputError where no word occurs ``min_count`` times.

    Mikolov, Chen, Corrado, Dean: Efficient Estimation of Word Representations in Vector Space, 2013.

    >>> texts = [["win", "a", "prize"], ["win", "a", "car"], ["see", "you"], ["see", "you", "soon"]]
    >>> vectors = Word2Vec(dimensions=8).fit(texts)
    >>> vectors.words_.to_pylist()
    ['you', 'see', 'a', 'win']
    >>> vectors.transform([["win", "a", "boat"], ["boat"]]).shape
    (2, 8)
    """

    def __init__(
        self,
        dimensions: int = 100,
        window: int = 5,
        min_count: int = 2,
        epochs: int = 10,
        skip_gram: bool = True,
        negative: int = 5,
        seed: int = 0,
        workers: int = 1,
        documents: Literal["mean", "idf", "sif"] = "idf",
        sif_a: float = 1e-3,
        remove_component: bool = False,
        normalize: bool = True,
    ) -> None:
        self.dimensions = dimensions
        self.window = window
        self.min_count = min_count
        self.epochs = epochs
        self.skip_gram = skip_gram
        self.negative = negative
        self.seed = seed
        self.workers = workers
        self.documents = documents
        self.sif_a = sif_a
        self.remove_component = remove_component
        self.normalize = normalize

    def check(self) -> None:
        super().check()
        for option in ("dimensions", "window", "min_count", "epochs", "negative", "workers"):
            if getattr(self, option) < 1:
                raise DefinitionError(
                    f"{self.name()}: {option} must be at least 1, and {getattr(self, option)} was given"
                )
        if not 0 <= self.seed < 2**32:
            raise DefinitionError(
                f"{self.name()}: seed must lie between 0 and 2**32 - 1, and {self.seed} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        from gensim.models import Word2Vec as Gensim

        tokens = tokens_of(documents)
        need_frequent_word(self.name(), tokens, self.min_count)
        vectors = Gensim(
            sentences(tokens),
            vector_size=self.dimensions,
            window=self.window,
            min_count=self.min_count,
            epochs=self.epochs,
            sg=int(self.skip_gram),
            negative=self.negative,
            seed=self.seed,
            workers=self.workers,
        ).wv
        self.words_ = pa.array(vectors.index_to_key, pa.string())
        self.vectors_ = np.ascontiguousarray(vectors.vectors)
        self.learn_weights(documents)


def need_frequent_word(stage: str, tokens: Tokens, min_count: int) -> None:
    """Raise InputError unless some word occurs often enough to be learned."""
    most = np.bincount(tokens.codes, minlength=1).max()
    if most < min_count:
        raise InputError(
            f"{stage}: no word occurs min_count={min_count} times in {len(tokens)} training documents "
            f"with {len(tokens.codes)} tokens (the most frequent one: {most}): train on more text, "
            "lower min_count, or look with textpipe trace which stage before it drops the words"
        )


def sentences(tokens: Tokens) -> list[list[str]]:
    """The documents as gensim wants them: lists of words, none longer than it reads.

    >>> [len(words) for words in sentences(Tokens.of_lists([["a"] * 25_000, []]))]
    [10000, 10000, 5000]
    """
    forms = np.array([*tokens.forms.to_pylist(), ""], object)[:-1]
    words = forms[tokens.codes].tolist()  # one Python string for each form, not for each token
    bounds = tokens.rows.tolist()
    return [
        words[at : min(at + LONGEST_SENTENCE, end)]
        for start, end in itertools.pairwise(bounds)
        for at in range(start, end, LONGEST_SENTENCE)
    ]
