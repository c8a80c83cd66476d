"""The hashing trick: columns without a vocabulary, and names for them all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Documents, Int64, Matrix
from textpipe.errors import DefinitionError
from textpipe.stage import Vectorizer
from textpipe.vectorize.counting import count_columns, totals

NAMES = 3
"""How many of the words that fell into a column are kept to name it."""


class Hashing(Vectorizer):
    """A sparse matrix of word counts, where a hash of the word says which column it falls into.

    On the same tokens it is scikit-learn's ``HashingVectorizer``, number for number (MurmurHash3, 32
    bit). The width is fixed before the first document is seen; words that fall into the same column are
    one word from there on. ``fit`` remembers which columns it saw and, for each, up to three words, the
    most frequent first: a column is called "free" or "free|cheap", one that training did not see
    "#123". A token is known if training saw its column: a new word passes for known by chance, with the
    share of columns that are in use for its probability.

    Options:
        n_features: number of columns. Default 262,144.
        norm: divide each row by its length: "l2" (Euclidean), "l1" (sum of absolute values) or "none".
            Default "l2".
        signed: let a bit of the hash decide the sign, so that words in the same column cancel rather
            than add up. Default false.
        idf: weigh each column by ln((1 + n) / (1 + df)) + 1, df of n training documents having it.
            Default false.
        reverse: keep words to name the columns. Default true.

    Reads tokens; writes a matrix, float64 CSR [n_documents, n_features].

    Weinberger, Dasgupta, Langford, Smola, Attenberg: Feature Hashing for Large Scale Multitask
    Learning, ICML 2009.

    >>> hashing = Hashing(n_features=8, norm="none").fit([["free", "prize"], ["free", "lunch"]])
    >>> hashing.transform([["free", "free", "lunch"]]).toarray()
    array([[0., 0., 0., 0., 0., 0., 2., 1.]])
    >>> hashing.features()[4:]
    ['#4', '#5', 'free', 'lunch']
    """

    def __init__(
        self,
        n_features: int = 2**18,
        norm: Literal["l2", "l1", "none"] = "l2",
        signed: bool = False,
        idf: bool = False,
        reverse: bool = True,
    ) -> None:
        self.n_features = n_features
        self.norm = norm
        self.signed = signed
        self.idf = idf
        self.reverse = reverse

    def check(self) -> None:
        super().check()
        if not 1 <= self.n_features < 2**31:
            raise DefinitionError(
                f"hashing: n_features must lie between 1 and 2**31 - 1, and {self.n_features} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        tokens = documents.tokens
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        forms = tokens.forms.to_pylist()
        column_of, _ = self._hash(forms)
        counts = count_columns(tokens, column_of, self.n_features)
        columns, df = np.unique(counts.indices, return_counts=True)
        self.columns_: Int64 = columns.astype(np.int64)
        self.document_frequencies_: Int64 = df.astype(np.int64)
        self.n_documents_ = len(tokens)
        names: dict[int, list[str]] = {int(column): [] for column in self.columns_}
        if self.reverse:
            often = totals(tokens)
            seen = (i for i in range(len(forms)) if often[i])
            for i in sorted(seen, key=lambda i: (-often[i], forms[i])):
                if len(names[int(column_of[i])]) < NAMES:
                    names[int(column_of[i])].append(forms[i])
        self.names_ = pa.array([word for words in names.values() for word in words], pa.string())
        self.name_rows_: Int64 = np.cumsum([0, *map(len, names.values())], dtype=np.int64)
        self.__dict__.pop("_features", None)

    def vectorize(self, documents: Documents) -> Matrix:
        from sklearn.preprocessing import normalize

        tokens = documents.tokens
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        columns, signs = self._hash(tokens.forms.to_pylist())
        values = count_columns(tokens, columns, self.n_features)
        if self.signed:
            # words of both signs may share a column: what fell into it is counted by sign
            minus = np.where(signs < 0, columns, np.int32(-1))
            values = values - 2 * count_columns(tokens, minus, self.n_features)
            values.sort_indices()
        if self.idf:
            at_column = self._positions(values.indices)
            df = np.append(self.document_frequencies_, 0)[at_column]  # -1, not seen: 0 documents
            values.data *= np.log((1 + self.n_documents_) / (1 + df)) + 1
        if self.norm != "none" and len(tokens):  # scikit-learn refuses no rows
            values = normalize(values, self.norm, copy=False)
        seen = self._positions(columns) >= 0
        words = documents.words
        return Matrix(
            values,
            self.features(),
            tokens.words_with_known(seen, words),
            tokens.words_covered(words),
        )

    def features(self) -> HashedNames:
        """What the columns are called."""
        if not hasattr(self, "_features"):
            self._features = HashedNames(
                self.n_features, self.columns_, self.name_rows_, self.names_.to_pylist()
            )
        return self._features

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The columns' names, as scikit-learn asks for them."""
        return np.array(list(self.features()), object)

    def column_of(self, word: str) -> int:
        """Which column a word falls into, seen before or not."""
        return int(self._hash([word])[0][0])

    def _positions(self, columns: NDArray[np.int32]) -> Int64:
        """Where these columns stand among those that training saw; -1 if it did not."""
        at = np.searchsorted(self.columns_, columns)
        found = np.append(self.columns_, -1)[at] == columns
        return np.where(found, at, -1)

    def _hash(self, forms: list[str]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Column and sign of each form."""
        from sklearn.utils import murmurhash3_32

        hashes = np.fromiter((murmurhash3_32(form) for form in forms), np.int64, len(forms))
        columns = np.abs(hashes) % self.n_features
        return columns.astype(np.int32), np.where(hashes < 0, -1, 1).astype(np.int32)


class HashedNames(Sequence[str]):
    """The names of hashed columns, made when asked for: most columns have none of their own.

    >>> names = HashedNames(4, np.array([2]), np.array([0, 2]), ["free", "cheap"])
    >>> names[2], names[-1], names[:3]
    ('free|cheap', '#3', ['#0', '#1', 'free|cheap'])
    """

    def __init__(self, n: int, columns: Int64, rows: Int64, words: list[str]) -> None:
        self._n = n
        self._columns = columns
        self._rows = rows
        self._words = words

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, key: int) -> str: ...
    @overload
    def __getitem__(self, key: slice) -> list[str]: ...
    def __getitem__(self, key: int | slice) -> str | list[str]:
        if isinstance(key, slice):
            return [self[column] for column in range(self._n)[key]]
        column = range(self._n)[key]  # also from the end; raises IndexError outside
        at = int(np.searchsorted(self._columns, column))
        if at == len(self._columns) or self._columns[at] != column:
            return f"#{column}"
        return "|".join(self._words[self._rows[at] : self._rows[at + 1]]) or f"#{column}"

    def __iter__(self) -> Iterator[str]:
        named = dict(zip(self._columns.tolist(), range(len(self._columns)), strict=True))
        for column in range(self._n):
            yield self[column] if column in named else f"#{column}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HashedNames):
            return NotImplemented
        return (
            self._n == other._n
            and self._words == other._words
            and np.array_equal(self._columns, other._columns)
            and np.array_equal(self._rows, other._rows)
        )

    __hash__ = None  # type: ignore[assignment]  # as a list: equal by content
