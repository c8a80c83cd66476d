"""Pieces of the loop over HTML: what is written, with a browser's line breaks, and references to characters.

What is pending before the next letter, and what else is known between two tags, is in an array of integers.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from textpipe.kernels.compiled import inlined

REFUSED = np.int64(-1)
SPACE, LINES, BLOCKS, CELLS, WRITTEN, GONE, OPEN, MODE, MISPLACED, KEEPING, KEPT, TAIL = range(12)
"""Places in the state. The first four are pending; then how much was written, which open element is not seen
with all inside (0 if none, else how many were open with it), three that are the stack's, and which open
element keeps white space as it is (as above). The last two are how many bytes at the end of what was written
a break that follows at once replaces, and how many are white space that an end of the text does without."""

A_BLOCK, A_LINE, A_CELL, A_SPACE = 1, 2, 3, 4

BLANK = np.zeros(256, np.bool_)
BLANK[[9, 10, 12, 13, 32]] = True
SMALL = np.arange(256, dtype=np.uint8)
SMALL[65:91] += 32

START, PRIME = np.uint32(0x811C9DC5), np.uint32(0x01000193)


@inlined
def find(text, begin, end, small, slots, starts, letters):
    """The number of the word at ``begin`` to ``end``, in small letters if asked; -1 if there is none."""
    hashed = START
    for at in range(begin, end):
        letter = SMALL[text[at]] if small else text[at]
        hashed = (hashed ^ np.uint32(letter)) * PRIME
    mask = np.int64(len(slots) - 1)
    slot = np.int64(hashed) & mask
    while slots[slot] >= 0:
        number = slots[slot]
        first = starts[number]
        if starts[number + 1] - first == end - begin:
            same = True
            for i in range(end - begin):
                letter = SMALL[text[begin + i]] if small else text[begin + i]
                if letters[first + i] != letter:
                    same = False
                    break
            if same:
                return number
        slot = (slot + 1) & mask
    return np.int32(-1)


@inlined
def is_word(text, begin, end, word):
    """Is this the word, which is given in small letters?"""
    if end - begin != len(word):
        return False
    for i in range(len(word)):  # noqa: SIM110  # Numba compiles no generators
        if SMALL[text[begin + i]] != word[i]:
            return False
    return True


@inlined
def mark(state, mark):
    if state[GONE] or mark == 0:
        return
    if state[KEPT]:
        if mark != A_SPACE and not state[SPACE]:  # the line end before a break is no other one
            state[WRITTEN] -= state[KEPT]
            state[TAIL] -= state[KEPT]
        state[KEPT] = 0
    if mark == A_BLOCK:
        state[BLOCKS] = 1
    elif mark == A_LINE:
        state[LINES] += 1
    elif mark == A_CELL:
        state[CELLS] = 1
    elif mark == A_SPACE:
        state[SPACE] = 1


@inlined
def _break(state, out):
    """Write what is pending: as a browser breaks lines, nothing at the beginning."""
    n = state[WRITTEN]
    if n:
        if state[LINES] or state[BLOCKS]:
            out[n] = 10
            n += 1
            if state[LINES] > 1:
                out[n] = 10
                n += 1
        elif state[CELLS]:
            out[n] = 9
            n += 1
        elif state[SPACE]:
            out[n] = 32
            n += 1
        state[WRITTEN] = n
    state[SPACE] = state[LINES] = state[BLOCKS] = state[CELLS] = 0


@inlined
def put(state, out, letter):
    if state[GONE]:
        return
    if state[SPACE] or state[LINES] or state[BLOCKS] or state[CELLS]:
        _break(state, out)
    out[state[WRITTEN]] = letter
    state[WRITTEN] += 1
    state[KEPT] = state[TAIL] = 0


@inlined
def keep(state, out, letter):
    """White space that is kept as it is."""
    if state[GONE]:
        return
    if letter == 12:
        mark(state, A_SPACE)
    elif letter != 10:
        put(state, out, letter)
    elif (
        state[LINES] or state[BLOCKS] or state[CELLS]
    ):  # the line end after a break is no other one
        before = state[WRITTEN]
        _break(state, out)
        state[TAIL] += state[WRITTEN] - before
    elif state[WRITTEN]:
        before = state[WRITTEN]
        _break(state, out)
        out[state[WRITTEN]] = letter
        state[WRITTEN] += 1
        state[KEPT] = state[WRITTEN] - before
        state[TAIL] += state[KEPT]
    else:
        state[SPACE] = 0


@inlined
def _put_code(state, out, code):
    if code < 0x80:
        put(state, out, code)
    elif code < 0x800:
        put(state, out, 0xC0 | code >> 6)
        put(state, out, 0x80 | code & 63)
    elif code < 0x10000:
        put(state, out, 0xE0 | code >> 12)
        put(state, out, 0x80 | code >> 6 & 63)
        put(state, out, 0x80 | code & 63)
    else:
        put(state, out, 0xF0 | code >> 18)
        put(state, out, 0x80 | code >> 12 & 63)
        put(state, out, 0x80 | code >> 6 & 63)
        put(state, out, 0x80 | code & 63)


@inlined
def entity(
    text, at, n, in_attribute, state, out, slots, starts, letters, text_starts, texts, windows
):  # fmt: skip
    """Write what the reference at ``at`` (an ampersand) stands for; where reading goes on, until ``n``.

    In an attribute no name may end before the letters do (HTML Standard, 13.2.5.73).
    """
    end = at + 1
    if end < n and text[end] == 35:  # "#"
        end += 1
        base = 10
        if end < n and (text[end] == 120 or text[end] == 88):
            base = 16
            end += 1
        code, first = np.int64(0), end
        while end < n:
            letter = np.int64(SMALL[text[end]])
            if 48 <= letter <= 57:
                digit = letter - 48
            elif base == 16 and 97 <= letter <= 102:
                digit = letter - 87
            else:
                break
            code = code * base + digit
            if code > 0x10FFFF:
                return REFUSED
            end += 1
        if end == first or code == 0 or 0xD800 <= code < 0xE000 or 0xFDD0 <= code < 0xFDF0:
            return REFUSED
        if code & 0xFFFE == 0xFFFE:
            return REFUSED
        if 128 <= code < 160:
            code = windows[code - 128]
        if code <= 32 and BLANK[code]:
            if state[KEEPING]:
                return REFUSED
            mark(state, A_SPACE)
        else:
            _put_code(state, out, code)
        return np.int64(end + 1 if end < n and text[end] == 59 else end)
    while (
        end < n
        and end - at < 40
        and (48 <= text[end] <= 57 or 65 <= text[end] <= 90 or 97 <= text[end] <= 122)
    ):
        end += 1
    found = np.int32(-1)
    if end < n and text[end] == 59:
        end += 1
        found = find(text, at + 1, end, False, slots, starts, letters)
    if found < 0 and not in_attribute:
        end = min(end, at + 7)
        while end > at + 2:
            found = find(text, at + 1, end, False, slots, starts, letters)
            if found >= 0:
                break
            end -= 1
    if found < 0:
        put(state, out, 38)
        return np.int64(at + 1)
    first = texts[text_starts[found]]
    if BLANK[first]:
        if state[KEEPING]:
            return REFUSED
        mark(state, A_SPACE)
    else:
        for i in range(text_starts[found], text_starts[found + 1]):
            put(state, out, texts[i])
    return np.int64(end)


@inlined
def stand_in(
    text, begin, end, state, out, slots, starts, letters, text_starts, texts, windows
):  # fmt: skip
    """Write an image's alternative or a button's label; false if it is refused."""
    if state[KEEPING]:
        return False
    seen, unclear, at = False, False, begin
    while at < end:
        letter = text[at]
        if letter == 0 or letter == 0xEF:
            return False
        at += 1
        if letter == 38:  # in attributes, old names without a semicolon follow rules of their own
            unclear = True
            numeric, first = at < end and text[at] == 35, at
            while at < end and (
                48 <= text[at] <= 57
                or 97 <= SMALL[text[at]] <= 122
                or (text[at] == 35 and at == first)
            ):
                at += 1
            if at < end and text[at] == 59:
                at += 1
            elif at == first:  # it is one, and nothing else
                seen = True
            elif not numeric:
                return False
        elif letter >= 128:
            unclear = True
        elif not (letter == 32 or 9 <= letter <= 13 or 28 <= letter <= 31):
            seen = True
    if not seen:
        return not unclear
    mark(state, A_SPACE)
    at = begin
    while at < end:
        letter = text[at]
        if letter == 38:
            at = entity(
                text, at, end, True, state, out, slots, starts, letters, text_starts, texts, windows
            )
            if at < 0:
                return False
            continue
        if BLANK[letter]:
            mark(state, A_SPACE)
        else:
            put(state, out, letter)
        at += 1
    mark(state, A_SPACE)
    return True
