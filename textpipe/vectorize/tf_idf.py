"""Word counts, weighted by how rare a word is."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Int64
from textpipe.vectorize.count import Count
from textpipe.vectorize.counting import divide_rows


class TfIdf(Count):
    """A sparse matrix of word counts times inverse document frequency.

    On the same tokens it is scikit-learn's ``TfidfVectorizer``, number for number:
    idf = ln((1 + n) / (1 + df)) + 1 for n training documents, df of which have the word
    (Manning, Raghavan, Schütze: Introduction to Information Retrieval, 6.2; smoothed as there).

    Options:
        min_df: leave out words that fewer documents have; a number of documents or a share. Default 1.
        max_df: leave out words that more documents have; a number of documents or a share. Default 1.0.
        max_features: keep this many words, the most frequent ones first. Default: no limit.
        n_grams: shortest and longest run of words that counts as one. Default [1, 1].
        binary: 1 where a word occurs, however often, before the weights. Default false.
        sublinear_tf: 1 + ln(count) instead of the count, so that the tenth "free" tells less than the
            first. Default false.
        norm: divide each row by its length: "l2" (Euclidean), "l1" (sum) or "none". Default "l2".

    Reads tokens; writes a matrix, float64 CSR [n_documents, n_words].

    >>> weights = TfIdf(norm="none").fit([["free", "prize"], ["free", "lunch"]])
    >>> weights.transform([["free", "lunch"]]).toarray().round(3)
    array([[1.   , 1.405, 0.   ]])
    """

    def __init__(
        self,
        min_df: int | float = 1,
        max_df: int | float = 1.0,
        max_features: int | None = None,
        n_grams: tuple[int, int] = (1, 1),
        binary: bool = False,
        sublinear_tf: bool = False,
        norm: Literal["l2", "l1", "none"] = "l2",
    ) -> None:
        super().__init__(min_df, max_df, max_features, n_grams, binary)
        self.sublinear_tf = sublinear_tf
        self.norm = norm

    @property
    def idf_(self) -> NDArray[np.float64]:
        """Inverse document frequency of each word, float64[n_words]; made of the stored integers."""
        made: tuple[int, Int64, NDArray[np.float64]] | None = self.__dict__.get("_idf")
        n, frequencies = self.n_documents_, self.document_frequencies_
        if made is None or made[0] != n or made[1] is not frequencies:
            idf = np.log((1 + n) / (1 + frequencies)) + 1
            idf.flags.writeable = False
            made = self._idf = n, frequencies, idf
        return made[2]

    def weigh(self, counts: Any) -> Any:
        counts = super().weigh(counts)
        if self.sublinear_tf:
            np.log(counts.data, out=counts.data)
            counts.data += 1.0
        counts.data *= self.idf_[counts.indices]
        return divide_rows(counts, self.norm)
