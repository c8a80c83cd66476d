"""The nearest rows to a query. Each loop has a twin in plain numpy that gives the same bits
(``neighbours/brute_force.py``).

A sum is added up from the first column to the last, here and there, so that it depends on nothing else.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.compiled import compiled, inlined, read_only, writable

CERTAIN = 1e-9
"""More than a similarity in float64 can be wrong by, and more than rounding to 10 digits can hide."""

SINGLE = 2.0**-23
"""What one operation in float32 can be wrong by, twice over."""

SEEN = np.float32(-1e30)
"""The approximate similarity of a row that needs no further look."""

ABOVE_ZERO = np.float32(1e-44)
"""Smaller than any similarity that counts."""

STRETCH = 1 << 16
"""The postings of so many rows lie together."""

BLOCK = 256
"""Rows that are looked at together, to see that none of them is near."""


CSR = (read_only(types.float64), read_only(types.uint32), read_only(types.int64))
CSC = (
    read_only(types.int64), read_only(types.uint16), read_only(types.int16), read_only(types.float32),
)  # fmt: skip
WHO = (
    read_only(types.boolean), read_only(types.uint64), read_only(types.int64), read_only(types.int32),
    read_only(types.int64), types.int64, types.int64,
)  # fmt: skip
FOUND = (writable(types.float64, 2), writable(types.int64, 2))


@inlined
def _rounded(number):
    return np.rint(number * 1e10) / 1e10


@inlined
def _better(score, key, position, score2, key2, position2):
    """Is the first of two rows the nearer one? Ties go by key, then by position."""
    if score != score2:
        return score > score2
    if key != key2:
        return key < key2
    return position < position2


@inlined
def _empty(parts, k):
    """Room for the k best of each part: heaps whose worst stands first; and how many are in each."""
    size = parts * k
    return (
        np.empty(size), np.empty(size, np.uint64), np.empty(size, np.int64),
        np.zeros(parts, np.int64),
    )  # fmt: skip


@inlined
def _sink(best, start, size):
    """Let the first of a heap sink to its place."""
    scores, keys, positions = best[0][start:], best[1][start:], best[2][start:]
    score, key, position = scores[0], keys[0], positions[0]
    at = 0
    while 2 * at + 1 < size:
        one = 2 * at + 1
        two = one + 1
        if two < size and _better(
            scores[one], keys[one], positions[one], scores[two], keys[two], positions[two]
        ):
            one = two
        if not _better(score, key, position, scores[one], keys[one], positions[one]):
            break
        scores[at], keys[at], positions[at] = scores[one], keys[one], positions[one]
        at = one
    scores[at], keys[at], positions[at] = score, key, position


@inlined
def _offer(best, part, k, score, key, position):
    """Keep a row that is similar at all, if it is among the k best of its part."""
    start, size = part * k, best[3][part]
    scores, keys, positions = best[0][start:], best[1][start:], best[2][start:]
    if not score > 0:
        return
    if size == k:
        if _better(score, key, position, scores[0], keys[0], positions[0]):
            scores[0], keys[0], positions[0] = score, key, position
            _sink(best, start, size)
        return
    at = size
    while at > 0:
        up = (at - 1) // 2
        if not _better(scores[up], keys[up], positions[up], score, key, position):
            break
        scores[at], keys[at], positions[at] = scores[up], keys[up], positions[up]
        at = up
    scores[at], keys[at], positions[at] = score, key, position
    best[3][part] = size + 1


@inlined
def _least(best, k):
    """What a row must reach, in any part, to be among the best; 0 while one part is not full."""
    least = np.inf
    for part in range(len(best[3])):
        least = min(least, best[0][part * k] if best[3][part] == k else 0.0)
    return least


@inlined
def _hand_over(best, k, similarities, found):
    """Write the best of each part, the best first."""
    scores, keys, positions, sizes = best
    for part in range(len(sizes)):
        start = part * k
        for last in range(start + sizes[part] - 1, start - 1, -1):
            similarities[last], found[last] = scores[start], positions[start]
            scores[start], keys[start] = scores[last], keys[last]
            positions[start] = positions[last]
            _sink(best, start, last - start)
        sizes[part] = 0


@inlined
def _part_of(who, row, own):
    """The part that a row belongs to; -1 if it is not to be found."""
    there, _, groups, within = who
    if not there[row] or (len(groups) > 0 and groups[row] == own):
        return -1
    return within[row] if len(within) > 0 else 0


@inlined
def _product(rows, row, query):
    """The product of a row and a dense query; ``rows`` are CSR, or dense where they have no bounds."""
    data, columns, indptr = rows
    total = 0.0
    if len(indptr) == 0:
        start = row * len(query)
        for at in range(len(query)):
            total += data[start + at] * query[at]
    else:
        for at in range(indptr[row], indptr[row + 1]):
            total += data[at] * query[columns[at]]
    return _rounded(total)


@inlined
def _count(about, norms, rest, limit, start, end):
    """How many rows may reach the limit.

    (There is no branch, and no position that might be negative: so many rows are looked at in one step.)
    """
    count = 0
    for row in range(np.uint64(start), np.uint64(end)):
        count += about[row] + rest * norms[row] >= limit
    return count


@inlined
def _how_many(bounds, column, n_columns, n_stretches):
    """The postings of a column."""
    many = 0
    for stretch in range(n_stretches):
        place = stretch * n_columns + np.int64(column)
        many += bounds[place + 1] - bounds[place]
    return many


@inlined
def _add_products(about, first, posted, weights, weight, start, end):
    """Add the products of a column to the rows from ``first`` on, of which these are the postings."""
    for at in range(np.uint64(start), np.uint64(end)):
        about[first + np.uint64(posted[at])] += weight * np.float32(weights[at])


@inlined
def _highest(about, n):
    """What the best row of each block has, or 0 where none has more; and how many rows a block has.

    There are enough blocks to tell by them what ``n`` rows reach at least.
    """
    step = max(1, min(BLOCK, len(about) // (4 * n)))
    bits = about.view(np.int32)  # in the order of the numbers, where these are positive
    highest = np.zeros(-(-len(about) // step), np.int32)
    for block in range(len(highest)):
        end = min((block + 1) * step, len(about))
        for at in range(np.uint64(block * step), np.uint64(end)):
            highest[block] = max(highest[block], bits[at])
    return highest.view(np.float32), step


@inlined
def _reached(highest, n):
    """What n rows reach at least, by the best of each block; ABOVE_ZERO where these are too few."""
    bits = highest.view(np.int32)
    best = np.partition(bits, len(bits) - n)[len(bits) - n :]
    return max(best.view(np.float32)[0], ABOVE_ZERO)


@inlined
def _measure_likely(best, likely, who, k, own, rows, query, about, highest, step):
    """Measure the k rows of each part that look best: the worst of them says what others must reach."""
    low = _reached(highest, 2 * k * len(likely[3]))  # twice k, as some are not to be found
    while True:
        least = low
        for block in range(len(highest)):
            if highest[block] < least:
                continue
            for row in range(block * step, min((block + 1) * step, len(about))):
                if about[row] >= least:
                    part = _part_of(who, row, own)
                    if part < 0:
                        about[row] = SEEN
                    else:
                        _offer(likely, part, k, np.float64(about[row]), np.uint64(0), row)
                        least = max(low, np.float32(_least(likely, k)))
        if low == ABOVE_ZERO or _least(likely, k) > 0:
            break
        low = ABOVE_ZERO
        likely[3][:] = 0
    for part in range(len(likely[3])):
        for at in range(part * k, part * k + likely[3][part]):
            row = likely[2][at]
            about[row] = SEEN
            _offer(best, part, k, _product(rows, row, query), who[1][row], row)
        likely[3][part] = 0


@inlined
def _measure_block(best, who, k, own, rows, query, about, norms, rest, limit, start, end):
    """Measure the rows of a block that may reach the limit."""
    for row in range(start, end):
        if about[row] + rest * norms[row] >= limit:
            part = _part_of(who, row, own)
            if part >= 0:
                _offer(best, part, k, _product(rows, row, query), who[1][row], row)


@inlined
def _measure(best, who, k, own, rows, query, about, norms, rest, limit):
    """Measure the rows that may reach the limit, if what is left adds as much to them as it can."""
    for start in range(0, len(about), BLOCK):
        end = min(start + BLOCK, len(about))
        if _count(about, norms, rest, limit, start, end) > 0:
            _measure_block(best, who, k, own, rows, query, about, norms, rest, limit, start, end)


@inlined
def _measure_all(best, who, k, own, rows, query, about, highest, step, limit):
    """Measure the rows that may reach the limit, where nothing is left to add to them."""
    for block in range(len(highest)):
        if highest[block] >= limit:
            start, end = block * step, min((block + 1) * step, len(about))
            _measure_block(
                best, who, k, own, rows, query, about, about, np.float32(0), limit, start, end
            )


@compiled(
    *CSR, *CSR, *CSR, *CSC, read_only(types.int32), read_only(types.int64), read_only(types.float32, 2),
    types.float64, types.boolean, writable(types.float64), *WHO, *FOUND,
)  # fmt: skip
def nearest_sparse_cosines(
    values, columns, starts,  # the queries, CSR
    data, indices, indptr,  # the rows, CSR
    tail_data, tail_indices, tail_indptr,  # the rows that follow them, not yet among the postings
    bounds, posted, weights, steps,  # the rows by column, stretch by stretch, in steps
    ranks, levels, norms,  # which columns are frequent, and how long the rows are in these alone
    longest, signed,  # the longest row; is any value negative?
    query,  # room for a dense query: zeros, before and after
    there, keys, groups, within, own_groups, parts, k, similarities, found,
):  # fmt: skip
    """The k nearest rows of each part by product, exactly, although most are never measured.

    Products are first added up in float32, of weights that are whole numbers of steps, column by column,
    the rare columns first. What the frequent ones can still add to a row is at most the length of the query
    times the length of the row in these columns (Cauchy); and the k-th best has at least what the worst of
    any k rows has. Columns are added until few enough rows can reach that, and these are measured in
    float64.
    (After MaxScore, Turtle and Flood 1995, with bounds as in L2AP, Anastasiu and Karypis 2014.)
    """
    n = len(indptr) - 1
    n_stretches = -(-n // STRETCH)
    rows, tail = (data, indices, indptr), (tail_data, tail_indices, tail_indptr)
    who = (there, keys, groups, within)
    best, likely = _empty(parts, k), _empty(parts, k)
    about = np.empty(n, np.float32)
    work, squares = np.empty(len(levels), np.int64), np.empty(len(levels))
    to_measure = 500 + (
        10 * indptr[n] // n if n > 0 else 0
    )  # in postings that could be added instead
    for i in range(len(starts) - 1):
        first, last = starts[i], starts[i + 1]
        own = own_groups[i] if len(groups) > 0 else 0
        both_signs, length, rounded = signed, 0.0, 0.0
        for at in range(first, last):
            query[columns[at]] = values[at]
            length += values[at] * values[at]
            rounded += abs(values[at]) * steps[columns[at]]
            both_signs = both_signs or values[at] < 0
        slack = longest * (CERTAIN + SINGLE * (last - first + 4) * np.sqrt(length)) + rounded
        for row in range(len(tail_indptr) - 1):
            part = _part_of(who, n + row, own)
            if part >= 0:
                _offer(best, part, k, _product(tail, row, query), keys[n + row], n + row)
        for level in range(len(levels)):  # what is left to do after it, and how much it can add
            work[level], squares[level] = 0, 0.0
            for at in range(first, last):
                column = columns[at]
                if ranks[column] < levels[level]:
                    work[level] += _how_many(bounds, column, len(ranks), n_stretches)
                    squares[level] += values[at] * values[at]
        about[:] = 0
        above = np.int64(len(ranks))
        for level in range(len(levels) if n > 0 else 0):
            for stretch in range(n_stretches):
                begin = np.uint64(stretch * STRETCH)
                for at in range(first, last):
                    column = columns[at]
                    if levels[level] <= ranks[column] < above:
                        place = stretch * len(ranks) + np.int64(column)
                        start, end = bounds[place], bounds[place + 1]
                        weight = np.float32(values[at] * steps[column])
                        _add_products(about, begin, posted, weights, weight, start, end)
            above = levels[level]
            rest = np.float32(np.sqrt(squares[level]))
            looking = 2 * (n + k * parts * to_measure)
            if above > 0 and (work[level] < looking or 8 * k * parts > n):
                continue  # looking costs more than it can spare
            highest, step = _highest(about, 2 * k * parts)
            if 8 * k * parts <= n:
                _measure_likely(best, likely, who, k, own, rows, query, about, highest, step)
            limit = np.float32(_least(best, k) - slack)
            if above == 0:
                if not both_signs:  # what shares nothing is exactly 0
                    limit = max(limit, ABOVE_ZERO)
                _measure_all(best, who, k, own, rows, query, about, highest, step, limit)
                break
            if _count(about, norms[level], rest, limit, 0, n) * to_measure <= work[level]:
                _measure(best, who, k, own, rows, query, about, norms[level], rest, limit)
                break
        for at in range(first, last):
            query[columns[at]] = 0.0
        _hand_over(best, k, similarities[i], found[i])


@compiled(
    read_only(types.float64, 2), read_only(types.float64), writable(types.float32, 2), types.float64,
    *WHO, *FOUND,
)  # fmt: skip
def nearest_dense_cosines(
    queries, data, abouts, slack,
    there, keys, groups, within, own_groups, parts, k, similarities, found,
):  # fmt: skip
    """The k nearest rows of each part, of which ``abouts`` knows the products up to ``slack``."""
    rows = (data, np.empty(0, np.uint32), np.empty(0, np.int64))
    who = (there, keys, groups, within)
    best, likely = _empty(parts, k), _empty(parts, k)
    for i in range(len(queries)):
        own = own_groups[i] if len(groups) > 0 else 0
        about, query = abouts[i], queries[i]
        highest, step = _highest(about, 2 * k * parts)
        if 8 * k * parts <= len(about):
            _measure_likely(best, likely, who, k, own, rows, query, about, highest, step)
        limit = np.float32(_least(best, k) - slack)
        _measure_all(best, who, k, own, rows, query, about, highest, step, limit)
        _hand_over(best, k, similarities[i], found[i])


@compiled(read_only(types.float64, 2), read_only(types.float64, 2), *WHO, *FOUND)
def nearest_dense_distances(
    queries, rows, there, keys, groups, within, own_groups, parts, k, similarities, found,
):  # fmt: skip
    """The k nearest rows of each part by distance; each is measured, until it is farther than the k-th."""
    who, best = (there, keys, groups, within), _empty(parts, k)
    for i in range(len(queries)):
        own = own_groups[i] if len(groups) > 0 else 0
        too_far = np.inf
        for row in range(len(rows)):
            part = _part_of(who, row, own)
            if part < 0:
                continue
            total, at = 0.0, 0
            while at < rows.shape[1] and total <= too_far:
                for column in range(at, min(at + 16, rows.shape[1])):
                    difference = queries[i, column] - rows[row, column]
                    total += difference * difference
                at += 16
            if total <= too_far:
                score = 1.0 / (1.0 + _rounded(np.sqrt(total)))
                _offer(best, part, k, score, keys[row], row)
                too_far = _too_far(_least(best, k))
        _hand_over(best, k, similarities[i], found[i])


@compiled(*CSR, *CSR, *WHO, *FOUND)
def nearest_sparse_distances(
    values, columns, starts, data, indices, indptr,
    there, keys, groups, within, own_groups, parts, k, similarities, found,
):  # fmt: skip
    """The same of sparse rows: both are read side by side, as their columns ascend."""
    who, best = (there, keys, groups, within), _empty(parts, k)
    for i in range(len(starts) - 1):
        own = own_groups[i] if len(groups) > 0 else 0
        too_far = np.inf
        for row in range(len(indptr) - 1):
            part = _part_of(who, row, own)
            if part < 0:
                continue
            total, at, end = 0.0, starts[i], starts[i + 1]
            other, other_end = indptr[row], indptr[row + 1]
            while (at < end or other < other_end) and total <= too_far:
                difference = 0.0
                one = columns[at] if at < end else np.uint32(0xFFFFFFFF)
                two = indices[other] if other < other_end else np.uint32(0xFFFFFFFF)
                if one <= two:
                    difference = values[at]
                    at += 1
                if two <= one:
                    difference -= data[other]
                    other += 1
                total += difference * difference
            if total <= too_far:
                score = 1.0 / (1.0 + _rounded(np.sqrt(total)))
                _offer(best, part, k, score, keys[row], row)
                too_far = _too_far(_least(best, k))
        _hand_over(best, k, similarities[i], found[i])


@inlined
def _too_far(least):
    """A squared distance beyond which no row reaches this similarity, with room for rounding."""
    if least <= 0:
        return np.inf
    distance = 1.0 / least - 1.0 + CERTAIN
    return distance * distance * (1.0 + CERTAIN)
