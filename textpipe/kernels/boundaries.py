"""Where pieces of text begin and end, as sets of bits, one bit for each byte.

To branch at each character costs more than all else there is to do: a processor guesses which way a branch
goes, and where a word ends nobody can guess. So 64 bytes are looked up in a table at a time, and shifting
their bits says where runs begin and end. Only characters of several bytes, joiners, and those that stand
alone are looked at one by one. (After Langdale and Lemire, Parsing Gigabytes of JSON per Second, 2019.)
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from textpipe.kernels.compiled import inlined

INSIDE, JOINER, ALONE, MORE = 1, 2, 4, 8
"""What a character is, in bits; ``MORE`` is what its first byte does not tell."""

NONE, ONE, LAST = np.uint64(0), np.uint64(1), np.uint64(63)
DE_BRUIJN, TOP = np.uint64(0x03F79D71B4CB0A89), np.uint64(58)
"""Times a power of two its six highest bits are different for each (Leiserson, Prokop, Randall, 1998)."""

BIT = np.zeros(64, np.int64)
BIT[(ONE << np.arange(64, dtype=np.uint64)) * DE_BRUIJN >> TOP] = np.arange(64)

PAIRS, FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
BYTES, SUM = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)


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
def lowest(bits):
    """The number of the lowest bit of a word that is not 0."""
    return BIT[((bits & (~bits + ONE)) * DE_BRUIJN) >> TOP]


@inlined
def how_many(bits):
    """How many bits of a word are set."""
    bits -= (bits >> ONE) & PAIRS
    bits = (bits & FOURS) + ((bits >> np.uint64(2)) & FOURS)
    return np.int64((((bits + (bits >> np.uint64(4))) & BYTES) * SUM) >> np.uint64(56))


@inlined
def first_bytes(table):
    """What each byte says of the character that it begins, uint8[256], one bit for each."""
    kinds = np.full(256, MORE, np.uint8)
    kinds[:128] = np.where(table[:128] & INSIDE, INSIDE, table[:128])
    return kinds


@inlined
def find_boundaries(data, at, end, table, kinds, inside, others, extra, begins, ends):
    """Mark where in ``data[at:end]`` pieces begin and where they end; is there a character of many bytes?

    Bit ``i`` of each set (uint64, one more than needed) is byte ``at + i``. A piece ends where the first byte
    after it is. ``extra`` are bytes that begin no character; ``inside`` and ``others`` are for notes.
    """
    n_blocks = ((end - at) >> 6) + 1
    for block in range(n_blocks):
        first, mine, rest = at + (block << 6), NONE, NONE
        for i in range(min(64, end - first)):
            said = np.uint64(kinds[data[first + i]])
            mine |= (said & ONE) << np.uint64(i)
            rest |= np.uint64(said > ONE) << np.uint64(i)
        inside[block], others[block] = mine, rest
        extra[block], begins[block], ends[block] = NONE, NONE, NONE
    has_extra, free = False, at
    for block in range(n_blocks):
        rest = others[block]
        while rest:
            byte = at + (block << 6) + lowest(rest)
            rest &= rest - ONE
            if byte < free:  # within a character that was looked at
                continue
            code, width = character(data, byte, end)
            kind, free, first = table[code], byte + width, byte - at
            if not kind & INSIDE and kind & JOINER and first and free < end:
                following = character(data, free, end)[0]
                before = inside[(first - 1) >> 6] >> np.uint64((first - 1) & 63)
                if before & ONE and table[following] & INSIDE:
                    kind = np.uint8(INSIDE)
            if kind & INSIDE:
                for i in range(first, free - at):
                    inside[i >> 6] |= ONE << np.uint64(i & 63)
            elif kind & ALONE:
                begins[first >> 6] |= ONE << np.uint64(first & 63)
                ends[(free - at) >> 6] |= ONE << np.uint64((free - at) & 63)
            for i in range(first + 1, free - at):
                has_extra = True
                extra[i >> 6] |= ONE << np.uint64(i & 63)
    carry = NONE
    for block in range(n_blocks):
        mine = inside[block]
        shifted = mine << ONE | carry
        begins[block] |= mine & ~shifted
        ends[block] |= shifted & ~mine
        carry = mine >> LAST
    return has_extra
