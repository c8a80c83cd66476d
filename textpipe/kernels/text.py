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

from textpipe.kernels.boundaries import (
    find_boundaries,
    first_bytes,
    how_many,
    lowest,
)
from textpipe.kernels.compiled import compiled, inlined, read_only, writable

N_CODES = 1 << 21
"""Entries of a table: whatever four bytes can say, so that no byte leads out of it."""

DONE, PIECES, DISTINCT = 0, 1, 2
"""Where in ``progress`` stands how many documents, pieces and distinct pieces there are so far."""

BLOCK = 512
"""How many pieces are found before they are numbered."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
LOW = np.uint64(0xFFFFFFFF)
HALF, EIGHT, ONE, WHOLE = np.uint64(32), np.uint64(8), np.uint64(1), np.uint64(64)
TO_TOP = np.uint64(56)

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
def hash_block(data, eights, block, lengths, n_block, multiplier, marks):
    """The hash and the key of each piece of a block: eight bytes at a time, the last eight once more."""
    for piece in range(n_block):
        first, size = block[piece], lengths[piece]
        if size <= 8:
            packed = np.uint64(0)
            if first < len(eights):
                packed = eights[first] << np.uint64(64 - 8 * size)
            else:
                for byte in range(first, first + size):
                    packed = packed >> EIGHT | np.uint64(data[byte]) << TO_TOP
            marks[piece, 0], marks[piece, 1] = packed * multiplier, packed
            continue
        hashed, last = multiplier, first + size - 8
        if last < len(eights):
            for byte in range(first, last, 8):
                hashed = (hashed ^ eights[byte]) * multiplier
                hashed ^= hashed >> HALF
            hashed = (hashed ^ eights[last]) * multiplier
        else:
            for byte in range(first, first + size):
                hashed = (hashed + np.uint64(data[byte])) * multiplier
        marks[piece, 0], marks[piece, 1] = hashed, hashed


@inlined
def _room(offsets, row):
    """How many words of 64 bits the longest of the texts needs, and one more."""
    longest = 0
    for text in range(row, len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    return (longest >> 6) + 2


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
    *TEXT, types.Array(types.uint64, 1, "A", readonly=True, aligned=False), read_only(types.uint8),
    types.int64, types.uint64, writable(types.int64), *KNOWN, *PLACES,
)  # fmt: skip
def find_pieces(
    data, offsets, eights, table, shortest, multiplier, progress,
    slots, hashes, keys, firsts, sizes, codes, starts, ends, rows,
):  # fmt: skip
    """Find the pieces of the texts ``data[offsets[i]:offsets[i + 1]]``, and number the distinct ones.

    eights    the eight bytes from each byte on as a number, as long as there are eight
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
    kinds, room = first_bytes(table), _room(offsets, progress[DONE])
    inside, others, extra = (
        np.empty(room, np.uint64),
        np.empty(room, np.uint64),
        np.empty(room, np.uint64),
    )
    begun, ended, before = (
        np.empty(room, np.uint64),
        np.empty(room, np.uint64),
        np.zeros(room, np.int64),
    )
    for row in range(progress[DONE], len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        many = find_boundaries(data, at, end, table, kinds, inside, others, extra, begun, ended)
        if many:
            for word in range((end - at) >> 6):
                before[word + 1] = before[word] + how_many(extra[word])
        last_word = (end - at) >> 6
        word, other, begins, finishes = 0, 0, begun[0], ended[0]
        while True:
            while not begins and word < last_word:
                word += 1
                begins = begun[word]
            if not begins:
                break
            while not finishes:
                other += 1
                finishes = ended[other]
            start, stop = lowest(begins), lowest(finishes)
            begins, finishes = begins & (begins - ONE), finishes & (finishes - ONE)
            first, size = at + (word << 6) + start, ((other - word) << 6) + stop - start
            start, stop = start + (word << 6), stop + (other << 6)
            if many:
                start -= before[word] + how_many(
                    extra[word] & ((ONE << np.uint64(start & 63)) - ONE)
                )
                stop -= before[other] + how_many(
                    extra[other] & ((ONE << np.uint64(stop & 63)) - ONE)
                )
            if stop - start < shortest:
                continue
            if not held:
                held_from = row
            if n == len(codes):
                progress[DONE], progress[PIECES] = held_from, rows[held_from]
                progress[DISTINCT] = n_distinct
                return
            block[held], lengths[held] = first, size
            starts[n], ends[n] = start, stop
            n += 1
            held += 1
            if held == BLOCK:
                hash_block(data, eights, block, lengths, held, multiplier, marks)
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
    hash_block(data, eights, block, lengths, held, multiplier, marks)
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
