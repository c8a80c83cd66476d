"""From vectors of words to vectors of documents: the part that every word-vector stage shares."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Int64, Matrix, Tokens
from textpipe.errors import DefinitionError, InputError, nearest
from textpipe.stage import Vectorizer
from textpipe.vectorize.count import count_codes, document_frequencies

Float64: TypeAlias = NDArray[np.float64]
Float32: TypeAlias = NDArray[np.float32]


class Found(NamedTuple):
    """Where the vectors of some forms are.

    rows    int64[n_forms], row of ``vectors_``; from ``len(vectors_)`` on, row of ``extra``; -1 if none
    extra   float32[n_extra, dimensions], vectors made for these forms, in the order of their code points
    """

    rows: Int64
    extra: Float32


class WordVectors(Vectorizer):
    """A stage that knows a vector for each of many words; a document is the weighted mean of its words.

    A subclass sets ``words_`` and ``vectors_`` in ``learn`` and calls ``learn_weights``; one that can
    make vectors for other words writes ``find``. The weights of a document's words (tf is how often
    the word stands in it) add up to 1 for "mean" and "idf":

    mean   tf
    idf    tf * (ln((1 + n) / (1 + df)) + 1), as in TF-IDF
    sif    tf * a / (a + p), p the word's share of all training tokens; divided by the number of words
           (Arora, Liang, Ma: A Simple but Tough-to-Beat Baseline for Sentence Embeddings, ICLR 2017)

    All sums run over the words in one order, so a row is the same to the byte in any batch.
    """

    documents: str
    sif_a: float
    remove_component: bool
    normalize: bool

    words_: pa.StringArray  # [n_words]
    vectors_: Float32  # [n_words, dimensions]
    idf_: Float64  # [n_words]
    frequency_: Float64  # [n_words], share of the training tokens
    unseen_idf_: float  # of a word that no training document has
    component_: Float64 | None  # [dimensions], the direction to remove

    def check(self) -> None:
        super().check()
        if self.sif_a <= 0:
            raise DefinitionError(
                f"{self.name()}: sif_a must be above 0, such as 0.001, and {self.sif_a} was given"
            )

    def learn_weights(self, documents: Documents) -> None:
        """Learn, for ``words_``, how frequent each is in training documents; and the component."""
        tokens = tokens_of(documents)
        self.forget()
        rows = self.find(tokens.forms.to_pylist()).rows
        at = rows[tokens.codes] if len(rows) else rows
        frequency = np.zeros(len(self.words_), np.int64)
        counts = np.bincount(tokens.codes, minlength=len(tokens.forms))
        own = (rows >= 0) & (rows < len(self.words_))
        np.add.at(frequency, rows[own], counts[own])
        self.frequency_ = frequency / max(len(tokens.codes), 1)
        inside = (at >= 0) & (at < len(self.words_))
        kept = tokens.keep(inside)
        df = document_frequencies(
            count_codes(at[inside].astype(np.int32), kept.rows, len(self.words_))
        )
        self.idf_ = np.log((1 + len(tokens)) / (1 + df)) + 1
        self.unseen_idf_ = float(np.log(1 + len(tokens)) + 1)
        self.component_ = None
        if self.remove_component:
            values = self._means(tokens)[0]
            self.component_ = np.linalg.eigh(values.T @ values)[1][:, -1].copy()

    def forget(self) -> None:
        """Drop what was kept for speed, before something new is learned."""
        self.__dict__.pop("_rows", None)

    def row_of(self, form: str) -> int:
        """Which row of ``vectors_`` is this word's; -1 if none."""
        return self._index().get(form, -1)

    def find(self, forms: list[str]) -> Found:
        """The vectors of these words."""
        rows = np.fromiter(map(self.row_of, forms), np.int64, len(forms))
        return Found(rows, np.zeros((0, self.vectors_.shape[1]), np.float32))

    def vectorize(self, documents: Documents) -> Matrix:
        tokens = tokens_of(documents)
        values, known = self._means(tokens)
        length = _lengths(values)
        if self.component_ is not None:
            values -= np.outer((values * self.component_).sum(axis=1), self.component_)
            left = _lengths(values)
            values[left <= 1e-9 * length] = 0.0  # what is left is rounding, not meaning
            length = _lengths(values)
        if self.normalize:
            values /= np.where(length > 0, length, 1.0)[:, None]
        words = documents.words
        return Matrix(
            values, self.features(), tokens.words_known(known, words), tokens.words_covered(words)
        )

    def features(self) -> list[str]:
        """What the columns are called: dimensions of word vectors have no meaning of their own."""
        return [f"{self.name()}_{i}" for i in range(self.vectors_.shape[1])]

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The columns' names, as scikit-learn asks for them."""
        return np.array(self.features(), object)

    def weights(self, documents: Documents) -> Any:
        """How much each word gives to each document: CSR [n_documents, n_words], columns as ``words_``.

        ``weights(documents) @ vectors_`` are the documents' vectors before a component is removed and
        before they are brought to length 1. (Not quite with Fasttext: words out of the vocabulary have
        no column.)
        """
        weights, used, _, _ = self._weigh(tokens_of(documents))
        n = len(self.words_)
        own = sparse.csr_matrix(weights[:, np.flatnonzero(used < n)])
        return sparse.csr_matrix(
            (own.data, used[own.indices], own.indptr), shape=(weights.shape[0], n)
        )

    def vector(self, word: str) -> Float32:
        """The vector of one word, float32[dimensions]. Raises InputError where there is none."""
        found = self.find([word])
        row = int(found.rows[0])
        if row < 0:
            hint = nearest(word, self.words_.to_pylist()) if len(word) < 50 else ""
            raise InputError(f'{self.name()} has no vector for the word "{word:.50}".{hint}')
        n = len(self.vectors_)
        vector: Float32 = np.array(self.vectors_[row] if row < n else found.extra[row - n])
        return vector

    def most_similar(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """The ``n`` words whose vectors are nearest to this word's, with the cosine, nearest first.

        Raises InputError where the word has no vector.
        """
        vector = self.vector(word).astype(np.float64)
        lengths = np.sqrt(np.einsum("ij,ij->i", self.vectors_, self.vectors_, dtype=np.float64))
        lengths *= np.linalg.norm(vector)
        cosines = (self.vectors_ @ vector) / np.where(lengths > 0, lengths, 1.0)
        order = [row for row in np.argsort(-cosines, kind="stable") if row != self.row_of(word)][:n]
        words = self.words_.take(pa.array(order, pa.int64())).to_pylist()
        return [(word, float(cosines[row])) for word, row in zip(words, order, strict=True)]

    def _index(self) -> dict[str, int]:
        if not hasattr(self, "_rows"):
            self._rows = {word: row for row, word in enumerate(self.words_.to_pylist())}
        return self._rows

    def _weigh(self, tokens: Tokens) -> tuple[Any, Int64, Float64, NDArray[np.bool_]]:
        """Weights (CSR, a column for each used word), those words, their vectors; which tokens are known."""
        found = self.find(tokens.forms.to_pylist())
        at = found.rows[tokens.codes] if len(found.rows) else found.rows
        known: NDArray[np.bool_] = at >= 0
        kept = tokens.keep(known)
        used, columns = np.unique(at[known], return_inverse=True)
        weights = count_codes(columns.astype(np.int32), kept.rows, len(used))
        n_words, extra = len(self.words_), used >= len(self.words_)
        vectors = np.empty((len(used), self.vectors_.shape[1]))
        vectors[~extra] = self.vectors_[used[~extra]]
        vectors[extra] = found.extra[used[extra] - n_words]
        divisor: Float64 = kept.lengths().astype(np.float64)
        if self.documents != "mean":
            of_word = np.full(len(used), self.unseen_idf_ if self.documents == "idf" else 1.0)
            if self.documents == "idf":
                of_word[~extra] = self.idf_[used[~extra]]
            else:
                of_word[~extra] = self.sif_a / (self.sif_a + self.frequency_[used[~extra]])
            weights.data *= of_word[weights.indices]
        row_of_entry = np.repeat(np.arange(len(tokens)), np.diff(weights.indptr))
        if self.documents == "idf":
            divisor = np.bincount(row_of_entry, weights.data, len(tokens)).astype(np.float64)
        weights.data /= divisor[row_of_entry]
        return weights, used, vectors, known

    def _means(self, tokens: Tokens) -> tuple[Float64, NDArray[np.bool_]]:
        weights, _, vectors, known = self._weigh(tokens)
        values: Float64 = weights @ vectors  # row by row, word by word: SciPy's own loop, no BLAS
        return values, known


def tokens_of(documents: Documents) -> Tokens:
    """The tokens of documents that have some."""
    assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
    return documents.tokens


def _lengths(values: Float64) -> Float64:
    lengths: Float64 = np.sqrt((values * values).sum(axis=1))
    return lengths
