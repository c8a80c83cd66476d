"""Pieces of text (words, stretches without white space) over Arrow's bytes; each distinct one once.

A piece is a run of characters that are ``INSIDE``, which single ones that are a ``JOINER`` may join; or
one character that stands ``ALONE``. What a character is, a table says, in bits. Two pieces are the same
if their bytes are: those of up to eight bytes are compared as one number, longer ones by a hash first. A
loop that finds no more room stops, and goes on from a document that it did not finish when it is called
with more.

The loops write out what functions could say: numba counts references to each array that a function is
given, and would spend more on that than on the text.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.compiled import compiled, inlined, read_only, writable

INSIDE, JOINER, ALONE = 1, 2, 4

N_CODES = 1 << 21
"""Entries of a table: whatever four bytes can say, so that no byte leads out of it."""

DONE, PIECES, DISTINCT = 0, 1, 2
"""Where in ``progress`` stands how many documents, pieces and distinct pieces there are so far."""

BLOCK = 512
"""How many pieces are found before they are numbered."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
LOW = np.uint64(0xFFFFFFFF)
HALF, EIGHT, ONE, WHOLE = np.uint64(32), np.uint64(8), np.uint64(1), np.uint64(64)

TEXT = (read_only(types.uint8), read_only(types.int64))
KNOWN = (
    writable(types.uint64), writable(types.uint64), writable(types.uint64),
    writable(types.int64), writable(types.int64),
)  # fmt: skip
PLACES = (
    writable(types.int32),
    writable(types.int32),
    writable(types.int32),
    writable(types.int64),
)


@inlined
def character(data, at, end):
    """The code point that begins at a byte, and its bytes; what is no UTF-8 is one byte of U+FFFD."""
    byte = np.int64(data[at])
    if byte < 0x80:
        return byte, 1
    if byte >= 0xF0 and at + 4 <= end:
        code = (byte & 7) << 18 | (np.int64(data[at + 1]) & 63) << 12
        return code | (np.int64(data[at + 2]) & 63) << 6 | np.int64(data[at + 3]) & 63, 4
    if 0xE0 <= byte < 0xF0 and at + 3 <= end:
        code = (byte & 15) << 12 | (np.int64(data[at + 1]) & 63) << 6
        return code | np.int64(data[at + 2]) & 63, 3
    if 0xC0 <= byte < 0xE0 and at + 2 <= end:
        return (byte & 31) << 6 | np.int64(data[at + 1]) & 63, 2
    return np.int64(0xFFFD), 1


@inlined
def _shift(slots):
    """By how much a number of 64 bits is shifted to fall into one of ``len(slots)``, a power of two."""
    shift, room = WHOLE, len(slots)
    while room > 1:
        room >>= 1
        shift -= ONE
    return shift


@inlined
def refill(slots, hashes, n_distinct):
    """Put the pieces that are known into an empty table."""
    shift, last = _shift(slots), len(slots) - 1
    for number in range(n_distinct):
        slot = np.int64((hashes[number] * GOLDEN) >> shift)
        while slots[slot]:
            slot = (slot + 1) & last
        slots[slot] = (hashes[number] & LOW) << HALF | np.uint64(number + 1)


@inlined
def number_block(
    data, block, lengths, marks, n_block, slots, hashes, keys, firsts, sizes, n_distinct, codes, at
):  # fmt: skip
    """Number the pieces of a block; how many distinct ones there are then, or -1 if there is no room.

    block, lengths   the first byte of each, and how many
    marks    [n_block, 2], its hash and its last eight bytes
    codes    its number is written here, from ``at``
    """
    shift, last = _shift(slots), len(slots) - 1
    for piece in range(n_block):
        size, hashed = lengths[piece], marks[piece, 0]
        key = marks[piece, 1] if size <= 8 else hashed
        slot = np.int64((hashed * GOLDEN) >> shift)
        number = np.int64(-1)
        while True:
            entry = slots[slot]
            if not entry:
                break
            if entry >> HALF == hashed & LOW:
                known = np.int64(entry & LOW) - 1
                if keys[known] == key and sizes[known] == size:
                    step = 0
                    if size > 8:
                        one, other = firsts[known], block[piece]
                        while step < size and data[one + step] == data[other + step]:
                            step += 1
                    if size <= 8 or step == size:
                        number = known
                        break
            slot = (slot + 1) & last
        if number < 0:
            if n_distinct == len(firsts):
                return -1
            number = np.int64(n_distinct)
            n_distinct += 1
            slots[slot] = (hashed & LOW) << HALF | np.uint64(number + 1)
            hashes[number], keys[number] = hashed, key
            firsts[number], sizes[number] = block[piece], size
        codes[at + piece] = number
    return n_distinct


@compiled(
    *TEXT, read_only(types.uint8), types.int64, types.uint64, writable(types.int64), *KNOWN, *PLACES
)
def find_pieces(
    data, offsets, table, shortest, multiplier, progress,
    slots, hashes, keys, firsts, sizes, codes, starts, ends, rows,
):  # fmt: skip
    """Find the pieces of the texts ``data[offsets[i]:offsets[i + 1]]``, and number the distinct ones.

    table     uint8[N_CODES], what each code point is
    shortest  how many characters a piece has at least
    multiplier   an odd number that whoever wrote the texts cannot know
    progress  int64[3]: documents, pieces and distinct pieces so far
    slots     an empty table: a power of two, more than there are places in ``firsts``
    hashes, keys, firsts, sizes   for each distinct piece its hash, its key, its first byte, and how many
    codes, starts, ends   for each piece its number, and where it stands (code points)
    rows      int64[n_documents + 1], where each document's pieces begin
    """
    n_distinct = progress[DISTINCT]
    refill(slots, hashes, n_distinct)
    block, lengths = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    marks = np.empty((BLOCK, 2), np.uint64)
    held, held_from = 0, progress[DONE]  # pieces that have no number yet, and their first document
    n = progress[PIECES]
    for row in range(progress[DONE], len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        place = 0
        while at < end:
            byte = data[at]
            if byte < 0x80:
                kind, width = table[byte], 1
            else:
                code, width = character(data, at, end)
                kind = table[code]
            if not kind & (INSIDE | ALONE):
                at += width
                place += 1
                continue
            first, first_place, is_alone = at, place, not kind & INSIDE
            hashed, packed = multiplier, np.uint64(0)
            while True:  # one more character of the piece, of ``width`` bytes
                for step in range(at, at + width):
                    byte = data[step]
                    hashed = (hashed + np.uint64(byte)) * multiplier
                    packed = packed << EIGHT | np.uint64(byte)
                at += width
                place += 1
                if at >= end or is_alone:
                    break
                byte = data[at]
                if byte < 0x80:
                    kind, width = table[byte], 1
                else:
                    code, width = character(data, at, end)
                    kind = table[code]
                if kind & INSIDE:
                    continue
                if not kind & JOINER or at + width >= end:
                    break
                code, _ = character(data, at + width, end)
                if not table[code] & INSIDE:
                    break
            if place - first_place < shortest:
                continue
            if not held:
                held_from = row
            if n == len(codes):
                progress[DONE], progress[PIECES] = held_from, rows[held_from]
                progress[DISTINCT] = n_distinct
                return
            block[held], lengths[held] = first, at - first
            marks[held, 0], marks[held, 1] = hashed, packed
            starts[n], ends[n] = first_place, place
            n += 1
            held += 1
            if held == BLOCK:
                n_distinct = number_block(
                    data, block, lengths, marks, held,
                    slots, hashes, keys, firsts, sizes, n_distinct, codes, n - held,
                )  # fmt: skip
                if n_distinct < 0:
                    progress[DONE], progress[PIECES] = held_from, rows[held_from]
                    progress[DISTINCT] = len(firsts)
                    return
                held = 0
        rows[row + 1] = n
    n_distinct = number_block(
        data, block, lengths, marks, held,
        slots, hashes, keys, firsts, sizes, n_distinct, codes, n - held,
    )  # fmt: skip
    if n_distinct < 0:
        progress[DONE], progress[PIECES] = held_from, rows[held_from]
        progress[DISTINCT] = len(firsts)
        return
    progress[DONE], progress[PIECES], progress[DISTINCT] = len(offsets) - 1, n, n_distinct


@compiled(
    read_only(types.uint8), read_only(types.int64), read_only(types.int64), writable(types.uint8)
)
def gather(data, firsts, sizes, into):
    """Copy the bytes ``data[firsts[i]:firsts[i] + sizes[i]]``, one after another."""
    to = 0
    for piece in range(len(firsts)):
        for at in range(firsts[piece], firsts[piece] + sizes[piece]):
            into[to] = data[at]
            to += 1
