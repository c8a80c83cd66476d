"""How often each column occurs in each document. Each loop has a twin in numpy or scipy that gives the same
bits (``vectorize/counting.py``, ``grams.py``).

Which columns a document has is noted in a set of bits, one for each column, and in a second set, of which
words of the first are not empty: read from its beginning, it yields the columns in their order without
sorting them. (After Culpepper and Moffat, Efficient Set Intersection for Inverted Indexing, 2010: a bitmap
with a summary.)
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.compiled import compiled, inlined, read_only, writable

ONE, TOP = np.uint64(1), np.uint64(58)
DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
"""Times a power of two its six highest bits are different for each (Leiserson, Prokop, Randall, 1998)."""

BIT = np.zeros(64, np.int64)
BIT[(np.uint64(1) << np.arange(64, dtype=np.uint64)) * DE_BRUIJN >> TOP] = np.arange(64)

GOLDEN, OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
HALF = np.uint64(32)
FEW = 16
"""Bits of the smallest table of pairs."""

CSR = (writable(types.int64), writable(types.int32), writable(types.float64))


@inlined
def _lowest(word):
    """The lowest bit of a word that is not 0, and its number."""
    bit = word & (~word + ONE)
    return bit, BIT[(bit * DE_BRUIJN) >> TOP]


@inlined
def _empty(n_columns):
    """How often each column occurs in a document, which do, and which words of that are not 0; a list."""
    n_words = (n_columns >> 6) + 1
    n_tops = (n_words >> 6) + 1
    return (
        np.zeros(n_columns, np.int32), np.zeros(n_words, np.uint64), np.zeros(n_tops, np.uint64),
        np.empty(n_tops, np.int64),
    )  # fmt: skip


@inlined
def _add(times, words, tops, touched, n_touched, codes, first, last, often):
    """Count some codes; returns how many words of the uppermost set are no longer empty.

    (A run of them at a time: to hand arrays over costs more than to count one.)
    """
    for i in range(first, last):
        column = codes[i]
        if column < 0:
            continue
        if times[column] == 0:
            word = column >> 6
            top = word >> 6
            if tops[top] == 0:
                touched[n_touched] = top
                n_touched += 1
            words[word] |= ONE << np.uint64(column & 63)
            tops[top] |= ONE << np.uint64(word & 63)
        times[column] += often
    return n_touched


@inlined
def _hand_over(times, words, tops, touched, n_touched, at, columns, counts):
    """Write the columns of a document in their order, with their counts, and forget them; returns how far
    it came."""
    if 8 * n_touched > len(tops):  # to look at all is cheaper than to sort
        n_touched = len(tops)
        touched[:] = np.arange(n_touched)
    else:
        touched[:n_touched].sort()
    for i in range(n_touched):
        top = touched[i]
        left = tops[top]
        tops[top] = 0
        while left != 0:
            bit, number = _lowest(left)
            left ^= bit
            word = (top << 6) | number
            inside = words[word]
            words[word] = 0
            while inside != 0:
                bit, number = _lowest(inside)
                inside ^= bit
                column = (word << 6) | number
                columns[at], counts[at] = column, times[column]
                times[column] = 0
                at += 1
    return at


@compiled(read_only(types.int32), read_only(types.int64), types.int64, *CSR)
def count_tokens(codes, rows, n_columns, starts, columns, counts):
    """CSR of how often each code occurs from ``rows[i]`` to ``rows[i + 1]``; -1 is no column.

    ``columns`` and ``counts`` have room for as many as there are codes.
    """
    times, words, tops, touched = _empty(n_columns)
    at = 0
    for document in range(len(rows) - 1):
        starts[document] = at
        first, last = rows[document], rows[document + 1]
        n_touched = _add(times, words, tops, touched, 0, codes, first, last, 1)
        at = _hand_over(times, words, tops, touched, n_touched, at, columns, counts)
    starts[len(rows) - 1] = at


@inlined
def _sort(columns, counts, first, last):
    """Sort the columns from ``first`` to ``last``, with their counts. (Shell 1959, gaps by Ciura 2001.)"""
    for gap in (1750, 701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(first + gap, last):
            column, count, at = columns[i], counts[i], i
            while at - gap >= first and columns[at - gap] > column:
                columns[at], counts[at] = columns[at - gap], counts[at - gap]
                at -= gap
            columns[at], counts[at] = column, count


@compiled(
    read_only(types.int32), read_only(types.int64), read_only(types.int32), *CSR,
    writable(types.int64), writable(types.int64),
)  # fmt: skip
def count_words(codes, rows, table, starts, columns, counts, knowns, totals):
    """What ``count_tokens`` counts, where documents have few distinct words and there are many columns.

    table    [n_forms], the column of each code; -1 is none, and -2 is no word any more
    columns, counts   have room for all codes
    knowns, totals   int64[n_documents], how many words have a column, and how many there are
    """
    times = np.zeros(len(table), np.int32)
    at = 0
    for document in range(len(rows) - 1):
        first, known, total = at, 0, 0
        for token in range(rows[document], rows[document + 1]):
            column = table[codes[token]]
            total += column >= -1
            if column < 0:
                continue
            known += 1
            times[codes[token]] += 1
            if times[codes[token]] == 1:
                columns[at], counts[at] = codes[token], 0
                at += 1
        for i in range(first, at):
            code = columns[i]
            columns[i], counts[i] = table[code], times[code]
            times[code] = 0
        _sort(columns, counts, first, at)
        last = at
        at = first
        for i in range(first, last):  # words that have become the same one
            if at > first and columns[at - 1] == columns[i]:
                counts[at - 1] += counts[i]
            else:
                columns[at], counts[at] = columns[i], counts[i]
                at += 1
        starts[document], knowns[document], totals[document] = first, known, total
    starts[len(rows) - 1] = at


@compiled(
    read_only(types.int32), read_only(types.int32), read_only(types.int64), types.int64,
    writable(types.int32), writable(types.int32), writable(types.int64),
)  # fmt: skip
def bag_tokens(codes, table, rows, n_forms, bagged, times, bags):
    """How often each form occurs from ``rows[i]`` to ``rows[i + 1]``, in the order in which they first occur.

    table    which form each code has become; -1 is none
    bagged, times   the forms of each document, and how often; room for as many as there are codes
    bags     int64[n_documents + 1], where those of each document begin
    """
    place = np.full(n_forms, -1, np.int64)
    at = 0
    for document in range(len(rows) - 1):
        start = bags[document] = at
        for token in range(rows[document], rows[document + 1]):
            form = table[codes[token]]
            if form < 0:
                continue
            if place[form] >= start:
                times[place[form]] += 1
            else:
                place[form] = at
                bagged[at], times[at] = form, 1
                at += 1
    bags[len(rows) - 1] = at


@compiled(
    read_only(types.int32, 2), read_only(types.int64), types.int64, types.int64, types.int64,
    writable(types.int64), writable(types.int32), writable(types.int32),
)  # fmt: skip
def bag_grams(grams, rows, document, end, n_grams, bags, bagged, times):
    """How often each n-gram occurs in the documents up to ``end``; see ``bag_tokens``.

    ``grams`` [n_lengths, n_tokens] is which n-gram of each length begins at each token; -1 is none.
    """
    place = np.full(n_grams, -1, np.int64)
    at, first = 0, document
    while document < end:
        start = bags[document - first] = at
        for more in range(grams.shape[0]):
            for token in range(rows[document], rows[document + 1]):
                gram = grams[more, token]
                if gram < 0:
                    continue
                if place[gram] >= start:
                    times[place[gram]] += 1
                else:
                    place[gram] = at
                    bagged[at], times[at] = gram, 1
                    at += 1
        document += 1
    bags[end - first] = at


@compiled(
    read_only(types.int32), read_only(types.int32), read_only(types.int64), read_only(types.int32),
    types.int64, *CSR,
)  # fmt: skip
def count_bags(codes, often, rows, table, n_columns, starts, columns, counts):
    """CSR of how often each column occurs, where each document has codes, each once, and how often.

    ``table`` is which column each code is; -1 is none. ``columns`` and ``counts`` have room for all codes.
    """
    times, words, tops, touched = _empty(n_columns)
    at = 0
    for document in range(len(rows) - 1):
        starts[document], n_touched = at, 0
        for i in range(rows[document], rows[document + 1]):
            column = table[codes[i]]
            if column < 0:
                continue
            word = column >> 6
            top = word >> 6
            if tops[top] == 0:
                touched[n_touched] = top
                n_touched += 1
            words[word] |= ONE << np.uint64(column & 63)
            tops[top] |= ONE << np.uint64(word & 63)
            times[column] = often[i]
        at = _hand_over(times, words, tops, touched, n_touched, at, columns, counts)
    starts[len(rows) - 1] = at


@compiled(
    read_only(types.float64), read_only(types.int32), read_only(types.int64),
    read_only(types.int32), read_only(types.int64), types.int64, *CSR,
)  # fmt: skip
def count_pieces(how_often, members, rows, pieces, piece_rows, n_columns, starts, columns, counts):
    """The same, where a document has words (CSR) and each word has pieces; -1 is no column."""
    times, words, tops, touched = _empty(n_columns)
    at = 0
    for document in range(len(rows) - 1):
        starts[document], n_touched = at, 0
        for i in range(rows[document], rows[document + 1]):
            often, first, last = (
                int(how_often[i]),
                piece_rows[members[i]],
                piece_rows[members[i] + 1],
            )
            n_touched = _add(times, words, tops, touched, n_touched, pieces, first, last, often)
        at = _hand_over(times, words, tops, touched, n_touched, at, columns, counts)
    starts[len(rows) - 1] = at


@compiled(read_only(types.int32), read_only(types.int64), writable(types.int64))
def documents_with(codes, rows, frequencies):
    """In how many documents each code occurs."""
    last = np.full(len(frequencies), -1, np.int32)
    for document in range(len(rows) - 1):
        for token in range(rows[document], rows[document + 1]):
            if last[codes[token]] != document:
                last[codes[token]] = document
                frequencies[codes[token]] += 1


@compiled(
    read_only(types.int32), read_only(types.int64), read_only(types.int32), read_only(types.int64),
    writable(types.int64),
)  # fmt: skip
def documents_with_pieces(words, rows, pieces, piece_rows, frequencies):
    """The same, where a document has words (CSR) and each word has pieces."""
    last = np.full(len(frequencies), -1, np.int32)
    for document in range(len(rows) - 1):
        for i in range(rows[document], rows[document + 1]):
            for j in range(piece_rows[words[i]], piece_rows[words[i] + 1]):
                if last[pieces[j]] != document:
                    last[pieces[j]] = document
                    frequencies[pieces[j]] += 1


@inlined
def _slot(pair, secret, shift):
    """Where in a table of pairs to begin to look: not to be foreseen by who writes the documents."""
    mixed = (np.uint64(pair) ^ secret) * GOLDEN
    mixed = (mixed ^ (mixed >> HALF)) * OTHER
    return np.int64(mixed >> shift)


@compiled(
    read_only(types.int32), read_only(types.int32), types.int64, types.int64, types.uint64,
    writable(types.int64), writable(types.int32), writable(types.int64),
)  # fmt: skip
def number_pairs(heads, tails, share, n_shares, secret, pairs, numbers, n_distinct):
    """Number the pairs of a head and a tail in order of appearance; ``pairs`` are the distinct ones, the
    head in the upper half. A head of -1 has no number. ``secret`` is any number; it changes nothing but the
    time it takes. Only the ``share``th of ``n_shares`` parts of all pairs is numbered, by their heads.
    """
    n, last, shift = 0, (1 << FEW) - 1, np.uint64(64 - FEW)
    slots = np.full(last + 1, -1, np.int32)
    for i in range(len(heads)):
        if heads[i] < 0 or (n_shares > 1 and heads[i] % n_shares != share):
            continue
        if 2 * n > last:  # a table twice as large
            last, shift = 2 * last + 1, shift - ONE
            slots = np.full(last + 1, -1, np.int32)
            for number in range(n):
                slot = _slot(pairs[number], secret, shift)
                while slots[slot] >= 0:
                    slot = (slot + 1) & last
                slots[slot] = number
        pair = np.int64(heads[i]) << 32 | np.int64(tails[i])
        slot = _slot(pair, secret, shift)
        while slots[slot] >= 0 and pairs[slots[slot]] != pair:
            slot = (slot + 1) & last
        if slots[slot] < 0:
            slots[slot] = n
            pairs[n] = pair
            n += 1
        numbers[i] = slots[slot]
    n_distinct[0] = n


@compiled(
    read_only(types.int32, 2), types.int64, writable(types.int32), writable(types.int32),
    writable(types.int32),
)  # fmt: skip
def lay_out(grams, minimum, codes, first, after):
    """The n-grams in the order of their first token, shorter ones first, and where they begin and end.

    ``grams`` [n_lengths, n_tokens] is which n-gram of each length, from ``minimum`` on, begins at each
    token; -1 is none.
    """
    at = 0
    for token in range(grams.shape[1]):
        for more in range(grams.shape[0]):
            if grams[more, token] >= 0:
                codes[at] = grams[more, token]
                first[at], after[at] = token, token + minimum + more
                at += 1
