"""How often each column occurs in each document, as a sparse matrix."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy import sparse

from textpipe.documents import Int32, Int64, Tokens
from textpipe.documents.pieces import PiecesOfWords
from textpipe.kernels.worth import worth

PIECE = 10_000_000
"""How many codes are counted at a time."""

PER_TOKEN = 25e-9
"""Seconds that NumPy takes to count a token."""


def count_forms(tokens: Tokens) -> Any:
    """CSR [n_documents, n_forms] of how often each form occurs."""
    return count_codes(tokens.codes, tokens.rows, len(tokens.forms))


def count_columns(tokens: Tokens, columns: Int32, n_columns: int) -> Any:
    """CSR [n_documents, n_columns], float64, indices sorted, of how often each column occurs.

    ``columns`` [n_forms] says to which column each form belongs; -1 is none. Pieces of words are counted
    by multiplying: documents x words times words x columns.
    """
    if not isinstance(tokens, PiecesOfWords):
        codes = columns[tokens.codes] if len(columns) else tokens.codes
        return count_codes(codes, tokens.rows, n_columns)
    words, pieces = count_forms(tokens.words), tokens.pieces
    codes, per_word = columns[pieces.codes], np.diff(pieces.rows)
    if not _worth_compiling(len(codes), n_columns, "count_pieces"):
        counts = words @ _count_by_numpy(codes, pieces.rows, n_columns)
        counts.sort_indices()
        return counts
    from textpipe.kernels.counting import count_pieces

    room = _Room(len(tokens), int(per_word[words.indices].sum()), n_columns)
    members = words.data, words.indices, words.indptr.astype(np.int64)
    count_pieces(*members, codes, pieces.rows, n_columns, *room.arrays)
    return room.matrix()


def count_codes(codes: Int32, rows: Int64, n_columns: int) -> Any:
    """CSR [n_documents, n_columns], float64, indices sorted, of how often each code occurs; -1 is none."""
    if not _worth_compiling(len(codes), n_columns, "count_tokens"):
        return _count_by_numpy(codes, rows, n_columns)
    from textpipe.kernels.counting import count_tokens

    room = _Room(len(rows) - 1, len(codes), n_columns)
    count_tokens(codes.astype(np.int32, copy=False), rows, n_columns, *room.arrays)
    return room.matrix()


def totals(tokens: Tokens) -> Int64:
    """int64[n_forms], how often each form occurs."""
    if not isinstance(tokens, PiecesOfWords):
        return how_often(tokens.codes, len(tokens.forms))
    pieces = tokens.pieces
    per_word = how_often(tokens.words.codes, len(tokens.words.forms))
    often = np.repeat(per_word, np.diff(pieces.rows))
    return np.bincount(pieces.codes, often, len(pieces.forms)).astype(np.int64)


def how_often(codes: Int32, n: int) -> Int64:
    """int64[n], how often each code occurs. (``bincount`` makes numbers of 64 bits of all it is given.)"""
    found = np.zeros(n, np.int64)
    for first in range(0, len(codes), PIECE):
        found += np.bincount(codes[first : first + PIECE], minlength=n)
    return found


def frequencies_of_forms(tokens: Tokens) -> Int64:
    """int64[n_forms], in how many documents each form occurs."""
    if not isinstance(tokens, PiecesOfWords):
        return document_frequencies(tokens.codes, tokens.rows, len(tokens.forms))
    words, pieces = count_forms(tokens.words), tokens.pieces
    if not _worth_compiling(len(pieces.codes), len(pieces.forms), "documents_with_pieces"):
        counts = words @ _count_by_numpy(pieces.codes, pieces.rows, len(pieces.forms))
        return np.bincount(counts.indices, minlength=len(pieces.forms))
    from textpipe.kernels.counting import documents_with_pieces

    frequencies = np.zeros(len(pieces.forms), np.int64)
    members = words.indices, words.indptr.astype(np.int64)
    documents_with_pieces(*members, pieces.codes, pieces.rows, frequencies)
    return frequencies


def document_frequencies(codes: Int32, rows: Int64, n_columns: int) -> Int64:
    """int64[n_columns], in how many documents each code occurs."""
    if not _worth_compiling(len(codes), n_columns, "documents_with"):
        counts = _count_by_numpy(codes, rows, n_columns)
        return np.bincount(counts.indices, minlength=n_columns).astype(np.int64)
    from textpipe.kernels.counting import documents_with

    frequencies = np.zeros(n_columns, np.int64)
    documents_with(codes.astype(np.int32, copy=False), rows, frequencies)
    return frequencies


def lengths_of(counts: Any) -> Int64:
    """How many tokens were counted in each document, int64[n_documents]."""
    starts, lengths = counts.indptr[:-1], np.zeros(counts.shape[0], np.int64)
    some = np.diff(counts.indptr) > 0
    if some.any():
        lengths[some] = np.add.reduceat(counts.data, starts[some])  # whole numbers: exact
    return lengths


def divide_rows(values: Any, norm: Literal["l2", "l1", "none"]) -> Any:
    """The rows (float64 CSR, which is changed) divided by their length; a zero row stays zero.

    As ``rows.unit_rows``, without a copy, and without a look whether it is a matrix.
    """
    from sklearn.utils import sparsefuncs_fast

    if norm == "l2":
        sparsefuncs_fast.inplace_csr_row_normalize_l2(values)
    elif norm == "l1":
        sparsefuncs_fast.inplace_csr_row_normalize_l1(values)
    return values


class _Room:
    """Room for a CSR matrix of up to ``most`` entries; what is not written to takes no memory."""

    def __init__(self, n_documents: int, most: int, n_columns: int) -> None:
        self.arrays = np.zeros(n_documents + 1, np.int64), np.empty(most, np.int32), np.empty(most)
        self.n_columns = n_columns

    def matrix(self) -> Any:
        starts, columns, counts = self.arrays
        n = int(starts[-1])
        columns.resize(n, refcheck=False)
        counts.resize(n, refcheck=False)
        return _matrix(starts, columns, counts, self.n_columns)


def _count_by_numpy(codes: Int32, rows: Int64, n_columns: int) -> Any:
    known = codes >= 0
    row_of_token = np.repeat(np.arange(len(rows) - 1), np.diff(rows))
    places = row_of_token[known] * n_columns + codes[known]  # in the matrix, row by row
    places.sort()
    first = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1]))[: len(places)])
    counts = np.diff(np.append(first, len(places))).astype(np.float64)
    places = places[first]
    starts = np.searchsorted(places, np.arange(len(rows)) * n_columns)
    columns = (places % max(n_columns, 1)).astype(np.int32)
    return _matrix(starts, columns, counts, n_columns)


def _matrix(starts: Int64, columns: Int32, counts: Any, n_columns: int) -> Any:
    """CSR whose indices are sorted, and each stands once."""
    shape = len(starts) - 1, n_columns
    matrix = sparse.csr_matrix((counts, columns, starts), shape=shape)
    matrix.has_canonical_format = True
    return matrix


def _worth_compiling(n_tokens: int, n_columns: int, loop: str) -> bool:
    """Is there enough to do? (Room for all columns is to be made.)"""
    return 16 * n_tokens > n_columns and worth(n_tokens * PER_TOKEN, f"counting.{loop}")
