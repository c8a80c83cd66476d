"""Which of many strings is it? Tables of strings, each of which stands there once.

A table is an array of slots, most of them empty (-1); where to begin to look for a string, its hash says.
``secret`` is any number: it keeps who writes the strings from choosing such as fall into the same slot, and
changes no result.

Short pieces of code that look at an array stand where they are needed, and more than once: a call hands
arrays over, and counts who holds them, which takes longer than to hash a word.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.compiled import compiled, inlined, read_only, writable

GOLDEN, OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
EIGHT, HALF, LONG = np.uint64(8), np.uint64(32), np.uint64(1 << 63)
UPPER = ~np.int64(0xFFFFFFFF)

SHORT = 7
"""Bytes of a string that is compared as one number."""

STRINGS = (read_only(types.uint8), read_only(types.int32))
"""The bytes of strings (Arrow's), and where each begins and ends."""

PLACES = (writable(types.int32), writable(types.int32))
"""Where each distinct string begins and ends."""


@inlined
def _mixed(hashed):
    hashed = (hashed ^ (hashed >> HALF)) * OTHER
    return np.int64(hashed ^ (hashed >> HALF))


@inlined
def _mixed_in(hashed, byte):
    hashed = (hashed ^ np.uint64(byte)) * GOLDEN
    return hashed ^ (hashed >> HALF)


@compiled(*STRINGS, types.uint64, writable(types.int64))
def fill(data, offsets, secret, slots):
    """Put strings, each of which stands there once, into an empty table with room for twice as many.

    A slot holds half of the hash of a string, and its number.
    """
    last = len(slots) - 1
    for number in range(len(offsets) - 1):
        hashed = secret
        for at in range(offsets[number], offsets[number + 1]):
            hashed = _mixed_in(hashed, data[at])
        mixed = _mixed(hashed)
        slot = mixed & last
        while slots[slot] != -1:
            slot = (slot + 1) & last
        slots[slot] = (mixed & UPPER) | number


@compiled(
    *STRINGS, types.uint64, read_only(types.int64), *STRINGS, read_only(types.int32),
    writable(types.int32),
)  # fmt: skip
def find(data, offsets, secret, slots, own_data, begins, ends, found):
    """The number of each own string, ``own_data[begins[i]:ends[i]]``, among those of a table; -1 if it is
    not there.
    """
    last = len(slots) - 1
    for own in range(len(begins)):
        start, end = begins[own], ends[own]
        hashed = secret
        for at in range(start, end):
            hashed = _mixed_in(hashed, own_data[at])
        mixed = _mixed(hashed)
        slot = mixed & last
        found[own] = -1
        while slots[slot] != -1:
            if (slots[slot] ^ mixed) & UPPER == 0:
                number = slots[slot] & 0xFFFFFFFF
                other = offsets[number]
                same, at = offsets[number + 1] - other == end - start, start
                while same and at < end:
                    same = own_data[at] == data[other + at - start]
                    at += 1
                if same:
                    found[own] = number
                    break
            slot = (slot + 1) & last


@compiled(
    read_only(types.uint8), read_only(types.int32), read_only(types.int32), writable(types.int32),
    writable(types.uint8),
)  # fmt: skip
def copy(data, begins, ends, offsets, copied):
    """Write strings one after another, and where each begins and ends."""
    offsets[0] = 0
    for number in range(len(begins)):
        to = offsets[number] - begins[number]
        for at in range(begins[number], ends[number]):
            copied[at + to] = data[at]
        offsets[number + 1] = ends[number] + to


@compiled(types.uint64, types.int64, writable(types.int32), read_only(types.uint64))
def refill(secret, n, slots, keys):
    """Put the first ``n`` strings into an empty table, by their keys."""
    last = len(slots) - 1
    for number in range(n):
        slot = _mixed((keys[number] ^ secret) * GOLDEN) & last
        while slots[slot] >= 0:
            slot = (slot + 1) & last
        slots[slot] = number


@compiled(
    *STRINGS, types.int64, types.int64, types.uint64, read_only(types.int64), writable(types.int32),
    writable(types.uint64), *PLACES, writable(types.int32), writable(types.int64),
)  # fmt: skip
def number_runs(
    data, offsets, minimum, maximum, secret, rows, slots, keys, begins, ends, codes, progress
):
    """Number the runs of ``minimum`` to ``maximum`` characters of each string in order of appearance.

    String by string, shorter runs first; a string that is shorter than a run is taken once as a whole.
    ``rows`` says where in ``codes`` each string's runs begin. Stops before a string that the table may
    have no room for; ``progress`` says how many strings are done, and how many runs are distinct.

    The key of a short run is all its bytes and how many they are; that of a long one is its hash.
    """
    done, n = progress
    last = len(slots) - 1
    longest = 0
    for number in range(len(offsets) - 1):
        longest = max(longest, offsets[number + 1] - offsets[number])
    characters = np.empty(longest + 1, np.int32)  # where each begins
    while done < len(offsets) - 1 and 3 * (n + rows[done + 1] - rows[done]) < 2 * len(slots):
        room, at = 0, rows[done]
        for byte in range(offsets[done], offsets[done + 1]):
            if data[byte] & 0xC0 != 0x80:
                characters[room] = byte
                room += 1
        characters[room] = offsets[done + 1]
        for size in range(minimum, maximum + 1):
            if size > room and size > minimum:
                break
            taken = min(size, room)
            for first in range(room - taken + 1):
                start, end = characters[first], characters[first + taken]
                is_short = end - start <= SHORT
                key = np.uint64(end - start + 1) if is_short else secret
                if is_short:
                    for byte in range(start, end):
                        key = (key << EIGHT) | np.uint64(data[byte])
                else:
                    for byte in range(start, end):
                        key = _mixed_in(key, data[byte])
                    key |= LONG
                slot = _mixed((key ^ secret) * GOLDEN) & last
                while slots[slot] >= 0:
                    number = slots[slot]
                    same = keys[number] == key
                    if same and not is_short:
                        same = ends[number] - begins[number] == end - start
                        byte, other = start, begins[number]
                        while same and byte < end:
                            same = data[byte] == data[other + byte - start]
                            byte += 1
                    if same:
                        break
                    slot = (slot + 1) & last
                if slots[slot] < 0:
                    slots[slot] = n
                    keys[n], begins[n], ends[n] = key, start, end
                    n += 1
                codes[at] = slots[slot]
                at += 1
        done += 1
    progress[0], progress[1] = done, n
