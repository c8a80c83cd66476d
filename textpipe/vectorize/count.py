"""How often each word occurs in each document."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Int64, Matrix, Tokens
from textpipe.errors import DefinitionError, InputError
from textpipe.grams import word_n_grams
from textpipe.stage import Vectorizer


class Count(Vectorizer):
    """A sparse matrix of how often each word of the vocabulary occurs in each document.

    On the same tokens it is scikit-learn's ``CountVectorizer``, column for column. The vocabulary is
    what ``fit`` saw, cut by document frequency, in the order of code points; other words count for
    ``total`` but not for ``known``.

    Options:
        min_df: leave out words that fewer documents have; a whole number of documents, or a share
            below 1.0. Default 1.
        max_df: leave out words that more documents have; a number of documents or a share up to 1.0.
            Default 1.0, all of them.
        max_features: keep this many words, the most frequent ones first, among equals the first by
            code point. Default: no limit.
        n_grams: shortest and longest run of words that counts as one. Default [1, 1], single words.
        binary: 1 where a word occurs, however often. Default false.

    Reads tokens; writes a matrix, float64 CSR [n_documents, n_words].
    Raises InputError where no word is left, and says what cut them.

    >>> counts = Count().fit([["free", "prize"], ["free", "free", "lunch"]])
    >>> counts.transform([["free", "free", "dinner"]]).toarray()
    array([[2., 0., 0.]])
    """

    def __init__(
        self,
        min_df: int | float = 1,
        max_df: int | float = 1.0,
        max_features: int | None = None,
        n_grams: tuple[int, int] = (1, 1),
        binary: bool = False,
    ) -> None:
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.n_grams = n_grams
        self.binary = binary

    def check(self) -> None:
        super().check()
        for option in ("min_df", "max_df"):
            value = getattr(self, option)
            if value < 0 or (isinstance(value, float) and value > 1):
                raise DefinitionError(
                    f"{self.name()}: {option} must be a share from 0.0 to 1.0 or a whole number of "
                    f"documents, and {value!r} was given"
                )
        if self.max_features is not None and self.max_features < 1:
            raise DefinitionError(
                f"{self.name()}: max_features must be at least 1, and {self.max_features} was given"
            )
        if not 1 <= self.n_grams[0] <= self.n_grams[1]:
            raise DefinitionError(
                f"{self.name()}: n_grams must be the shortest and the longest run of words, such as "
                f"[1, 2], and {list(self.n_grams)} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        tokens = self.counted(documents)
        counts = count_forms(tokens)
        frequency = document_frequencies(counts)
        n = len(tokens)
        low, high = (
            limit * n if isinstance(limit, float | np.floating) else limit
            for limit in (self.min_df, self.max_df)
        )
        if high < low:
            raise InputError(
                f"{self.name()}: max_df={self.max_df} lets a word stand in at most {high:g} of {n} "
                f"documents and min_df={self.min_df} asks for {low:g}: lower min_df or raise max_df"
            )
        kept = np.flatnonzero((frequency >= low) & (frequency <= high) & (frequency > 0))
        if not len(kept):
            raise InputError(self._nothing_left(tokens, frequency))
        forms = np.array(tokens.forms.to_pylist(), object)
        if self.max_features is not None and len(kept) > self.max_features:
            totals = frequency[kept]
            if not self.binary:
                totals = np.asarray(counts.sum(axis=0)).ravel()[kept]
            order = sorted(range(len(kept)), key=lambda i: (-totals[i], forms[kept[i]]))
            kept = kept[order[: self.max_features]]
        kept = kept[np.argsort(forms[kept], kind="stable")]
        self.__dict__.pop("_columns", None)
        self.__dict__.pop("_features", None)
        self.vocabulary_ = pa.array(forms[kept].tolist(), pa.string())
        self.document_frequencies_: Int64 = frequency[kept]
        self.n_documents_ = n

    def vectorize(self, documents: Documents) -> Matrix:
        tokens = self.counted(documents)
        counts, known = self.lookup(tokens)
        length = lengths_of(counts)
        if self.binary:
            counts.data[:] = 1.0
        return Matrix(
            self.weigh(counts, length),
            self.features(),
            tokens.words_known(known, documents.words),
            tokens.words_covered(documents.words),
        )

    def weigh(self, counts: Any, length: Int64) -> Any:
        """What the counts (float64 CSR, its own copy) become; a plain count leaves them alone.

        ``length`` [n_documents] is how many known tokens each document has.
        """
        return counts

    def counted(self, documents: Documents) -> Tokens:
        """The tokens that are counted: the documents' own, or their n-grams."""
        assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        low, high = self.n_grams
        return (
            documents.tokens if (low, high) == (1, 1) else word_n_grams(documents.tokens, low, high)
        )

    def features(self) -> list[str]:
        """The words, by column."""
        if not hasattr(self, "_features"):
            self._features: list[str] = self.vocabulary_.to_pylist()
        return self._features

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The words, by column, as scikit-learn asks for them."""
        return np.array(self.features(), object)

    def lookup(self, tokens: Tokens) -> tuple[Any, NDArray[np.bool_]]:
        """Counts of the vocabulary's words (CSR), and which tokens are known [n_tokens]."""
        if not hasattr(self, "_columns"):
            self._columns = {word: column for column, word in enumerate(self.features())}
        columns = self._columns
        table = np.fromiter(
            (columns.get(form, -1) for form in tokens.forms.to_pylist()),
            np.int32,
            len(tokens.forms),
        )
        at = table[tokens.codes] if len(table) else tokens.codes
        known = at >= 0
        kept = tokens.keep(known)
        return count_codes(at[known], kept.rows, len(self.vocabulary_)), known

    def _nothing_left(self, tokens: Tokens, frequency: Int64) -> str:
        if not len(tokens.codes):
            return (
                f"{self.name()}: none of the {len(tokens)} training documents has a word left: look "
                "with textpipe trace which stage before it drops them"
            )
        return (
            f"{self.name()}: min_df={self.min_df} and max_df={self.max_df} leave none of "
            f"{len(tokens.forms)} words of {len(tokens)} documents (the most frequent word stands in "
            f"{frequency.max()} of them): lower min_df or raise max_df"
        )


def lengths_of(counts: Any) -> Int64:
    """How many tokens were counted in each document, int64[n_documents]."""
    return np.asarray(counts.sum(axis=1)).ravel().astype(np.int64)


def count_forms(tokens: Tokens) -> Any:
    """CSR [n_documents, n_forms] of how often each form occurs."""
    return count_codes(tokens.codes, tokens.rows, len(tokens.forms))


def count_codes(codes: NDArray[np.int32], rows: Int64, n_columns: int) -> Any:
    """CSR [n_documents, n_columns], float64, indices sorted, from codes that are nearly one already."""
    counts = sparse.csr_matrix(
        (np.ones(len(codes)), codes.astype(np.int32), rows), shape=(len(rows) - 1, n_columns)
    )
    counts.sum_duplicates()
    return counts


def document_frequencies(counts: Any) -> Int64:
    """int64[n_columns], in how many documents each word occurs."""
    return np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.int64)
