"""How often each column occurs in each document, as a sparse matrix."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy import sparse

from textpipe.documents import Int32, Int64, Tokens
from textpipe.documents.pieces import PiecesOfWords

MANY = 100_000
"""From how many tokens on it is worth importing numba."""


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
    if not _worth_compiling(len(codes), n_columns):
        counts = words @ _count_by_scipy(codes, pieces.rows, n_columns)
        counts.sort_indices()
        return counts
    from textpipe.kernels.counting import count_pieces

    room = _Room(len(tokens), int(per_word[words.indices].sum()), n_columns)
    members = words.data, words.indices, words.indptr.astype(np.int64)
    count_pieces(*members, codes, pieces.rows, n_columns, *room.arrays)
    return room.matrix()


def count_codes(codes: Int32, rows: Int64, n_columns: int) -> Any:
    """CSR [n_documents, n_columns], float64, indices sorted, of how often each code occurs; -1 is none."""
    if not _worth_compiling(len(codes), n_columns):
        return _count_by_scipy(codes, rows, n_columns)
    from textpipe.kernels.counting import count_tokens

    room = _Room(len(rows) - 1, len(codes), n_columns)
    count_tokens(codes.astype(np.int32, copy=False), rows, n_columns, *room.arrays)
    return room.matrix()


def totals(tokens: Tokens) -> Int64:
    """int64[n_forms], how often each form occurs."""
    if not isinstance(tokens, PiecesOfWords):
        return np.bincount(tokens.codes, minlength=len(tokens.forms))
    pieces = tokens.pieces
    per_word = np.bincount(tokens.words.codes, minlength=len(tokens.words.forms))
    often = np.repeat(per_word, np.diff(pieces.rows))
    return np.bincount(pieces.codes, often, len(pieces.forms)).astype(np.int64)


def frequencies_of_forms(tokens: Tokens) -> Int64:
    """int64[n_forms], in how many documents each form occurs."""
    if not isinstance(tokens, PiecesOfWords):
        return document_frequencies(tokens.codes, tokens.rows, len(tokens.forms))
    words, pieces = count_forms(tokens.words), tokens.pieces
    if not _worth_compiling(len(pieces.codes), len(pieces.forms)):
        counts = words @ _count_by_scipy(pieces.codes, pieces.rows, len(pieces.forms))
        return np.bincount(counts.indices, minlength=len(pieces.forms))
    from textpipe.kernels.counting import documents_with_pieces

    frequencies = np.zeros(len(pieces.forms), np.int64)
    members = words.indices, words.indptr.astype(np.int64)
    documents_with_pieces(*members, pieces.codes, pieces.rows, frequencies)
    return frequencies


def document_frequencies(codes: Int32, rows: Int64, n_columns: int) -> Int64:
    """int64[n_columns], in how many documents each code occurs."""
    if not _worth_compiling(len(codes), n_columns):
        counts = _count_by_scipy(codes, rows, n_columns)
        return np.bincount(counts.indices, minlength=n_columns).astype(np.int64)
    from textpipe.kernels.counting import documents_with

    frequencies = np.zeros(n_columns, np.int64)
    documents_with(codes.astype(np.int32, copy=False), rows, frequencies)
    return frequencies


def lengths_of(counts: Any) -> Int64:
    """How many tokens were counted in each document, int64[n_documents]."""
    return np.asarray(counts.sum(axis=1)).ravel().astype(np.int64)


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
        shape = len(starts) - 1, self.n_columns
        matrix = sparse.csr_matrix((counts, columns, starts), shape=shape)
        matrix.has_canonical_format = True
        return matrix


def _count_by_scipy(codes: Int32, rows: Int64, n_columns: int) -> Any:
    known = codes >= 0
    rows, codes = (
        np.concatenate(([0], np.cumsum(known)))[rows],
        codes[known],
    )  # a copy: it is sorted
    shape = len(rows) - 1, n_columns
    counts = sparse.csr_matrix(
        (np.ones(len(codes)), codes.astype(np.int32, copy=False), rows), shape
    )
    counts.sum_duplicates()
    return counts


def _worth_compiling(n_tokens: int, n_columns: int) -> bool:
    """Is there enough to do? (Room for all columns is to be made.)"""
    loaded = "textpipe.kernels.counting" in sys.modules
    return 16 * n_tokens > n_columns and (loaded or n_tokens > MANY)
