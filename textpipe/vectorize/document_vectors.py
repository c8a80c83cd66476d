"""From vectors of words to vectors of documents: the part that every word-vector stage shares."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Int64, Matrix, Tokens
from textpipe.errors import DefinitionError, InputError, nearest
from textpipe.kernels.worth import worth
from textpipe.stage import Vectorizer
from textpipe.vectorize.counting import count_columns, document_frequencies, lengths_of
from textpipe.vectorize.covered import words_with_known
from textpipe.vectorize.lookup import Lookup
from textpipe.vectorize.sharing import each, shares

PER_PRODUCT = 8e-9
"""Seconds that SciPy takes to multiply and add, with what it takes to pick out the vectors."""

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

    in_threads = True
    by_itself = True

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
        rows = self.find(tokens.forms).rows
        at = rows[tokens.codes] if len(rows) else rows
        frequency = np.zeros(len(self.words_), np.int64)
        counts = np.bincount(tokens.codes, minlength=len(tokens.forms))
        own = (rows >= 0) & (rows < len(self.words_))
        np.add.at(frequency, rows[own], counts[own])
        self.frequency_ = frequency / max(len(tokens.codes), 1)
        inside = (at >= 0) & (at < len(self.words_))
        kept = tokens.keep(inside)
        df = document_frequencies(at[inside].astype(np.int32), kept.rows, len(self.words_))
        self.idf_ = np.log((1 + len(tokens)) / (1 + df)) + 1
        self.unseen_idf_ = float(np.log(1 + len(tokens)) + 1)
        self.component_ = None
        if self.remove_component:
            found, counts = self._count(tokens)
            values = weighted_sums(self._weigh(counts), self.vectors_, found.extra)
            self.component_ = np.linalg.eigh(values.T @ values)[1][:, -1].copy()

    def forget(self) -> None:
        """Drop what was kept for speed, before something new is learned."""
        self.__dict__.pop("_lookup", None)

    def row_of(self, form: str) -> int:
        """Which row of ``vectors_`` is this word's; -1 if none."""
        row = int(self.find(pa.array([form], pa.string())).rows[0])
        return row if row < len(self.vectors_) else -1

    def find(self, forms: pa.StringArray) -> Found:
        """The vectors of these words."""
        if not hasattr(self, "_lookup"):
            self._lookup = Lookup(self.words_)
        rows = self._lookup.columns(forms).astype(np.int64)
        return Found(rows, np.zeros((0, self.vectors_.shape[1]), np.float32))

    def vectorize(self, documents: Documents) -> Matrix:
        tokens = tokens_of(documents)
        found, counts = self._count(tokens)
        known, total = words_with_known(tokens, found.rows >= 0, documents.words, counts)
        values = weighted_sums(self._weigh(counts), self.vectors_, found.extra, self._cores)
        length = _lengths(values)
        if self.component_ is not None:
            values -= np.outer((values * self.component_).sum(axis=1), self.component_)
            left = _lengths(values)
            values[left <= 1e-9 * length] = 0.0  # what is left is rounding, not meaning
            length = _lengths(values)
        if self.normalize:
            values /= np.where(length > 0, length, 1.0)[:, None]
        return Matrix(values, self.features(), known, total)

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
        weights = self._weigh(self._count(tokens_of(documents))[1])
        return sparse.csr_matrix(weights[:, : len(self.words_)])

    def vector(self, word: str) -> Float32:
        """The vector of one word, float32[dimensions]. Raises InputError where there is none."""
        found = self.find(pa.array([word], pa.string()))
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
        own = self.row_of(word)
        order = [row for row in np.argsort(-cosines, kind="stable") if row != own][:n]
        words = self.words_.take(pa.array(order, pa.int64())).to_pylist()
        return [(word, float(cosines[row])) for word, row in zip(words, order, strict=True)]

    def _count(self, tokens: Tokens) -> tuple[Found, Any]:
        """Where the forms' vectors are; how often each occurs, CSR [n_documents, n_words + n_extra]."""
        found = self.find(tokens.forms)
        n_vectors = len(self.words_) + len(found.extra)
        return found, count_columns(tokens, found.rows.astype(np.int32), n_vectors, self._cores)

    def _weigh(self, counts: Any) -> Any:
        """What the counts, which are changed, weigh in the sum."""
        lengths = np.diff(counts.indptr)
        n_extra = counts.shape[1] - len(self.words_)
        divisor = lengths_of(counts).astype(np.float64)
        if self.documents == "idf":
            idf = np.append(self.idf_, np.full(n_extra, self.unseen_idf_))
            counts.data *= idf[counts.indices]
            row_of_entry = np.repeat(np.arange(len(lengths)), lengths)
            divisor = np.bincount(row_of_entry, counts.data, len(lengths)).astype(np.float64)
        elif self.documents == "sif":
            sif = np.append(self.sif_a / (self.sif_a + self.frequency_), np.ones(n_extra))
            counts.data *= sif[counts.indices]
        counts.data /= np.repeat(divisor, lengths)
        return counts


def weighted_sums(weights: Any, vectors: Float32, extra: Float32, cores: int = 1) -> Float64:
    """The rows of ``weights`` (CSR) times ``vectors`` and ``extra``, one below the other, in float64; so many
    ``cores`` share the rows.

    >>> weights = sparse.csr_matrix([[0.5, 0.0, 2.0]])
    >>> weighted_sums(weights, np.float32([[1, 2], [3, 4]]), np.float32([[5, 6]])).tolist()
    [[10.5, 13.0]]
    """
    if not _worth_compiling(weights.nnz * vectors.shape[1]):
        used, columns = np.unique(weights.indices, return_inverse=True)
        few = sparse.csr_matrix(
            (weights.data, columns, weights.indptr), shape=(weights.shape[0], len(used))
        )
        own = np.searchsorted(used, len(vectors))
        rows = np.concatenate([vectors[used[:own]], extra[used[own:] - len(vectors)]])
        product: Float64 = few @ rows.astype(np.float64)  # row by row, word by word: no BLAS
        return product
    from textpipe.kernels.vectors import sum_vectors

    sums = np.zeros((weights.shape[0], vectors.shape[1]))
    indices, rows = weights.indices.astype(np.int32, copy=False), weights.indptr.astype(np.int64)
    lined_up, parts = np.ascontiguousarray(vectors), shares(rows, cores)

    def add(part: int) -> None:
        first, last = parts[part]
        here = rows[first : last + 1]
        sum_vectors(weights.data, indices, here, lined_up, extra, sums[first:last])

    each(add, len(parts))
    return sums


def _worth_compiling(work: int) -> bool:
    """Is there so much to multiply?"""
    return worth(work * PER_PRODUCT, "vectors.sum_vectors")


def tokens_of(documents: Documents) -> Tokens:
    """The tokens of documents that have some."""
    assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
    return documents.tokens


def _lengths(values: Float64) -> Float64:
    lengths: Float64 = np.sqrt((values * values).sum(axis=1))
    return lengths
