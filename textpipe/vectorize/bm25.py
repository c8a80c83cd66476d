"""Word counts, weighted as search engines do."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Documents
from textpipe.errors import DefinitionError
from textpipe.rows import unit_rows
from textpipe.vectorize.count import Count
from textpipe.vectorize.counting import lengths_of, totals


class Bm25(Count):
    """A sparse matrix of BM25 weights: a word tells less the more often it is repeated and the longer
    the document is.

    weight = idf · count · (k1 + 1) / (count + k1 · (1 - b + b · length / mean length)), with
    idf = ln(1 + (n - df + 0.5) / (df + 0.5)). (Robertson and Zaragoza: The Probabilistic Relevance
    Framework, 2009, section 3; the idf is Lucene's, which is never negative.)
    The length of a document is its number of known words.

    Options:
        min_df: leave out words that fewer documents have; a number of documents or a share. Default 1.
        max_df: leave out words that more documents have; a number of documents or a share. Default 1.0.
        max_features: keep this many words, the most frequent ones first. Default: no limit.
        n_grams: shortest and longest run of words that counts as one. Default [1, 1].
        k1: how soon repetition stops to count, 0 or more. Default 1.2.
        b: how much the length of the document counts, 0 to 1. Default 0.75.
        norm: divide each row by its length: "l2", "l1" or "none". Default "l2".

    Reads tokens; writes a matrix, float64 CSR [n_documents, n_words].

    >>> weights = Bm25(norm="none").fit([["free", "prize"], ["free", "lunch"]])
    >>> weights.transform([["free", "lunch"]]).toarray().round(3)
    array([[0.182, 0.693, 0.   ]])
    """

    binary = False

    def __init__(
        self,
        min_df: int | float = 1,
        max_df: int | float = 1.0,
        max_features: int | None = None,
        n_grams: tuple[int, int] = (1, 1),
        k1: float = 1.2,
        b: float = 0.75,
        norm: Literal["l2", "l1", "none"] = "l2",
    ) -> None:
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.n_grams = n_grams
        self.k1 = k1
        self.b = b
        self.norm = norm

    def check(self) -> None:
        super().check()
        if self.k1 < 0 or not 0 <= self.b <= 1:
            raise DefinitionError(
                f"bm25: k1 must be 0 or more and b from 0 to 1, and k1={self.k1}, b={self.b} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        super().learn(documents, labels)
        known = self._learned.columns >= 0
        self.total_length_ = int(totals(self._learned.counted)[known].sum())

    @property
    def idf_(self) -> NDArray[np.float64]:
        """Inverse document frequency of each word, float64[n_words]; made of the stored integers."""
        rest = self.n_documents_ - self.document_frequencies_
        idf: NDArray[np.float64] = np.log1p((rest + 0.5) / (self.document_frequencies_ + 0.5))
        return idf

    def weigh(self, counts: Any) -> Any:
        mean_length = self.total_length_ / self.n_documents_
        slowness = self.k1 * (1 - self.b + self.b * lengths_of(counts) / mean_length)
        counts = super().weigh(counts)
        per_entry = np.repeat(slowness, np.diff(counts.indptr))
        counts.data *= (self.k1 + 1) / (counts.data + per_entry)
        counts.data *= self.idf_[counts.indices]
        return counts if self.norm == "none" else unit_rows(counts, self.norm)
