"""How often each column occurs in each document, as a sparse matrix."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Bags, Int32, Int64, Tokens
from textpipe.documents.mapped import MappedTokens
from textpipe.documents.pieces import PiecesOfWords
from textpipe.documents.tokens import per_row
from textpipe.kernels.worth import worth
from textpipe.vectorize.sharing import added_up, by_documents

PIECE = 10_000_000
"""How many codes are counted at a time."""

Counted: TypeAlias = Tokens | Bags

PER_TOKEN = 25e-9
"""Seconds that NumPy takes to count a token."""

PER_CALL = 30e-6
"""Seconds that NumPy takes to count none."""


def count_forms(tokens: Tokens) -> Any:
    """CSR [n_documents, n_forms] of how often each form occurs."""
    return count_codes(tokens.codes, tokens.rows, len(tokens.forms))


def count_columns(counted: Counted, columns: Int32, n_columns: int, cores: int = 1) -> Any:
    """CSR [n_documents, n_columns], float64, indices sorted, of how often each column occurs.

    ``columns`` [n_forms] says to which column each form belongs; -1 is none. Pieces of words are counted
    by multiplying: documents x words times words x columns. So many ``cores`` share the documents.
    """
    if isinstance(counted, Bags):
        return _count_bags(counted, columns, n_columns, cores)
    if isinstance(counted, PiecesOfWords):
        return _count_pieces(counted, columns, n_columns, cores)
    if isinstance(counted, MappedTokens):  # which need not be written out
        return count_codes(counted.of_tokens_as(columns), counted.of_tokens.rows, n_columns, cores)
    codes = columns[counted.codes] if len(columns) else counted.codes
    return count_codes(codes, counted.rows, n_columns, cores)


def count_codes(codes: Int32, rows: Int64, n_columns: int, cores: int = 1) -> Any:
    """CSR [n_documents, n_columns], float64, indices sorted, of how often each code occurs; -1 is none."""
    if not _worth_compiling(len(codes), n_columns, "count_tokens"):
        return _count_by_numpy(codes, rows, n_columns)
    from textpipe.kernels.counting import count_tokens

    narrow = codes.astype(np.int32, copy=False)

    def loop(first: int, last: int, *csr: Any) -> None:
        count_tokens(narrow, rows[first : last + 1], n_columns, *csr)

    return _shared(loop, rows, n_columns, cores)


def count_words(tokens: Tokens, columns: Int32, n_columns: int) -> tuple[Any, Int64, Int64]:
    """What ``count_columns`` counts, and how many words of each document have a column, and how many there
    are, int64[n_documents] each.

    For tokens each of which is a word; the column -2 says of a form that it is no word any more.
    """
    n = len(tokens.codes)
    if not worth(PER_CALL + n * PER_TOKEN, "counting.count_words"):
        codes = columns[tokens.codes] if len(columns) else tokens.codes
        counts = _count_by_numpy(codes, tokens.rows, n_columns)
        return counts, lengths_of(counts), per_row(codes != -2, tokens.rows)
    from textpipe.kernels.counting import count_words as walk

    starts, found, counts = np.empty(len(tokens) + 1, np.int64), np.empty(n, np.int32), np.empty(n)
    knowns, totals = np.empty(len(tokens), np.int64), np.empty(len(tokens), np.int64)
    codes = tokens.codes.astype(np.int32, copy=False)
    walk(codes, tokens.rows, columns, starts, found, counts, knowns, totals)
    last = int(starts[-1])
    return _matrix(starts, found[:last], counts[:last], n_columns), knowns, totals


def _count_pieces(tokens: PiecesOfWords, columns: Int32, n_columns: int, cores: int) -> Any:
    words, pieces = count_forms(tokens.words), tokens.pieces
    codes, per_word = columns[pieces.codes], np.diff(pieces.rows)
    if not _worth_compiling(len(codes), n_columns, "count_pieces"):
        counts = words @ _count_by_numpy(codes, pieces.rows, n_columns)
        counts.sort_indices()
        return counts
    from textpipe.kernels.counting import count_pieces

    rows = words.indptr.astype(np.int64)
    room = np.concatenate(([0], np.cumsum(per_word[words.indices])))[rows]

    def loop(first: int, last: int, *csr: Any) -> None:
        members = words.data, words.indices, rows[first : last + 1]
        count_pieces(*members, codes, pieces.rows, n_columns, *csr)

    return _shared(loop, room, n_columns, cores)


def _count_bags(bags: Bags, columns: Int32, n_columns: int, cores: int) -> Any:
    if not _worth_compiling(len(bags.codes), n_columns, "count_bags"):
        row = np.repeat(np.arange(len(bags)), np.diff(bags.rows))
        column = columns[bags.codes] if len(columns) else bags.codes
        known = column >= 0
        entries = bags.times[known].astype(np.float64), (row[known], column[known])
        counts = sparse.csr_matrix(entries, shape=(len(bags), n_columns))
        counts.sort_indices()
        return counts
    from textpipe.kernels.counting import count_bags

    def loop(first: int, last: int, *csr: Any) -> None:
        rows = bags.rows[first : last + 1]
        count_bags(bags.codes, bags.times, rows, columns, n_columns, *csr)

    return _shared(loop, bags.rows, n_columns, cores)


def bags_of(tokens: Tokens) -> Bags:
    """How often each form occurs in each document, for tokens each of which is a word."""
    base, table = tokens, np.arange(len(tokens.forms), dtype=np.int32)
    if isinstance(tokens, MappedTokens):  # which need not be written out
        base, table = tokens.of_tokens, tokens.table
    n = len(tokens.forms)
    if not _worth_compiling(len(base.codes), n, "bag_tokens"):
        counts = _count_by_numpy(tokens.codes, tokens.rows, n)
        codes, times, rows = counts.indices, counts.data.astype(np.int32), counts.indptr
    else:
        from textpipe.kernels.counting import bag_tokens

        def loop(first: int, last: int, starts: Int64, *arrays: Any) -> None:
            bag_tokens(base.codes, table, base.rows[first : last + 1], n, *arrays, starts)

        rows, codes, times = by_documents(loop, base.rows, (np.int32, np.int32), 1)
    rows = rows.astype(np.int64, copy=False)
    whole = not isinstance(tokens, MappedTokens) or not tokens.drops
    total = base.lengths() if whole else _per_document(times, rows)
    return Bags(tokens.forms, codes, times, rows, total)


def bags_of_grams(grams: Int32, rows: Int64, n_grams: int, cores: int) -> Bags:
    """How often each n-gram occurs in each document. ``grams`` [n_lengths, n_tokens] are those that begin at
    each token; -1 is none. They are not spelled.
    """
    n_lengths, forms = len(grams), pa.nulls(n_grams, pa.string())
    if not _worth_compiling(grams.size, n_grams, "bag_grams"):
        codes, places = grams.T.ravel(), rows * n_lengths
        counts = _count_by_numpy(codes, places, n_grams)
        starts, found, times = counts.indptr.astype(np.int64), counts.indices, counts.data
        return Bags(forms, found, times.astype(np.int32), starts, _per_document(times, starts))
    from textpipe.kernels.counting import bag_grams

    def loop(first: int, last: int, *arrays: Any) -> None:
        bag_grams(grams, rows, first, last, n_grams, *arrays)

    starts, found, times = by_documents(loop, rows * n_lengths, (np.int32, np.int32), cores)
    return Bags(forms, found, times, starts, _per_document(times, starts))


def totals(tokens: Counted) -> Int64:
    """int64[n_forms], how often each form occurs."""
    if isinstance(tokens, Bags):
        return np.bincount(tokens.codes, tokens.times, len(tokens.forms)).astype(np.int64)
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


def frequencies_of_forms(tokens: Counted, cores: int = 1) -> Int64:
    """int64[n_forms], in how many documents each form occurs; so many ``cores`` share the documents."""
    if isinstance(tokens, Bags):
        return how_often(tokens.codes, len(tokens.forms))
    if not isinstance(tokens, PiecesOfWords):
        return document_frequencies(tokens.codes, tokens.rows, len(tokens.forms), cores)
    words, pieces = count_forms(tokens.words), tokens.pieces
    if not _worth_compiling(len(pieces.codes), len(pieces.forms), "documents_with_pieces"):
        counts = words @ _count_by_numpy(pieces.codes, pieces.rows, len(pieces.forms))
        return np.bincount(counts.indices, minlength=len(pieces.forms))
    from textpipe.kernels.counting import documents_with_pieces

    rows = words.indptr.astype(np.int64)

    def loop(first: int, last: int, found: Int64) -> None:
        here = rows[first : last + 1]
        documents_with_pieces(words.indices, here, pieces.codes, pieces.rows, found)

    return added_up(loop, rows, len(pieces.forms), cores)


def document_frequencies(codes: Int32, rows: Int64, n_columns: int, cores: int = 1) -> Int64:
    """int64[n_columns], in how many documents each code occurs."""
    if not _worth_compiling(len(codes), n_columns, "documents_with"):
        counts = _count_by_numpy(codes, rows, n_columns)
        return np.bincount(counts.indices, minlength=n_columns).astype(np.int64)
    from textpipe.kernels.counting import documents_with

    narrow = codes.astype(np.int32, copy=False)

    def loop(first: int, last: int, found: Int64) -> None:
        documents_with(narrow, rows[first : last + 1], found)

    return added_up(loop, rows, n_columns, cores)


def lengths_of(counts: Any) -> Int64:
    """How many tokens were counted in each document, int64[n_documents]."""
    return _per_document(counts.data, counts.indptr)  # whole numbers: exact


def _per_document(values: NDArray[Any], rows: Any) -> Int64:
    """The sum of the values from ``rows[i]`` to ``rows[i + 1]``, int64[n_documents]."""
    sums = np.zeros(len(rows) - 1, np.int64)
    some = np.diff(rows) > 0
    if some.any():
        sums[some] = np.add.reduceat(values, rows[:-1][some])
    return sums


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


def _shared(loop: Callable[..., None], room: Int64, n_columns: int, cores: int) -> Any:
    """The CSR matrix that a loop writes: ``loop(first, last, starts, columns, counts)``."""
    starts, columns, counts = by_documents(loop, room, (np.int32, np.float64), cores)
    return _matrix(starts, columns, counts, n_columns)


def _count_by_numpy(codes: Int32, rows: Int64, n_columns: int) -> Any:
    known = codes >= 0
    places = codes[known].astype(np.int64)  # in the matrix, row by row
    if len(rows) > 2:
        places += np.repeat(np.arange(len(rows) - 1), np.diff(rows))[known] * n_columns
    places.sort()
    first = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1]))[: len(places)])
    counts = np.diff(np.append(first, len(places))).astype(np.float64)
    places = places[first]
    starts = np.searchsorted(places, np.arange(len(rows)) * n_columns)
    columns = (places % max(n_columns, 1)).astype(np.int32)
    return _matrix(starts, columns, counts, n_columns)


def _matrix(starts: Int64, columns: Int32, counts: Any, n_columns: int) -> Any:
    """CSR whose indices are sorted, and each stands once."""
    matrix = copy.copy(
        _empty(len(starts) - 1, n_columns)
    )  # to make one, with all checks, takes longer
    small = max(len(columns), n_columns) < 2**31
    matrix.data, matrix.indices = counts, columns
    matrix.indptr = starts.astype(np.int32) if small else starts
    return matrix


@functools.lru_cache(maxsize=8)
def _empty(n_documents: int, n_columns: int) -> Any:
    matrix = sparse.csr_matrix((n_documents, n_columns))
    matrix.has_canonical_format = True
    return matrix


def _worth_compiling(n_tokens: int, n_columns: int, loop: str) -> bool:
    """Is there enough to do? (Room for all columns is to be made.)"""
    return 16 * n_tokens > n_columns and worth(n_tokens * PER_TOKEN, f"counting.{loop}")
