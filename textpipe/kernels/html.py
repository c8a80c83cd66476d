"""The text of HTML that holds nothing out of the way. Its twin is libxml2's parser with the writer of
``clean/html_text.py``: what is not certain to come out of it in the same bytes is refused.

Letters are UTF-8 throughout: whatever is of interest to HTML is ASCII.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.compiled import compiled, inlined, read_only, writable
from textpipe.kernels.html_tags import attributes, past_comment, past_skipped
from textpipe.kernels.html_writing import (
    A_BLOCK,
    A_SPACE,
    BLANK,
    GONE,
    KEEPING,
    MISPLACED,
    MODE,
    OPEN,
    REFUSED,
    SMALL,
    TAIL,
    WRITTEN,
    entity,
    find,
    is_word,
    keep,
    mark,
    put,
    stand_in,
)  # fmt: skip

HTML, HEAD, BODY = 1, 2, 3
IN_HEAD, IN_BODY = 3, 10
IS_VOID, IS_SKIPPED, IS_UNREAD, IS_GONE, HAS_ALT, IS_INPUT, OF_HEAD, IS_KEPT, IS_RAW = (
    1 << i for i in range(9)
)
"""As in ``clean/html_rules.py``."""

NAMED = (read_only(types.int32), read_only(types.int32), read_only(types.uint8))


@inlined
def _push(state, stack, element, begin, end):
    top = state[OPEN]
    stack[top, 0], stack[top, 1], stack[top, 2] = element, begin, end
    state[OPEN] = top + 1
    if element == HEAD and state[MODE] < IN_HEAD:
        state[MODE] = IN_HEAD
    elif element == BODY:
        state[MODE] = IN_BODY


@inlined
def _close(state, stack, end_marks):
    """Close the innermost element."""
    mark(state, end_marks[stack[state[OPEN] - 1, 0]])
    state[OPEN] -= 1
    if state[OPEN] < state[GONE]:
        state[GONE] = 0
    if state[OPEN] < state[KEEPING]:
        state[KEEPING] = 0


@inlined
def _is_open(state, stack, element):
    for i in range(state[OPEN]):  # noqa: SIM110  # Numba compiles no generators
        if stack[i, 0] == element:
            return True
    return False


@inlined
def _imply(state, stack, kind):
    """Open html, head or body, where a start tag (or text) lacks them."""
    if state[OPEN] == 0:
        _push(state, stack, HTML, 0, 0)
        mark(state, A_BLOCK)
    if kind & OF_HEAD and state[OPEN] <= 1:
        if state[MODE] < IN_HEAD:
            _push(state, stack, HEAD, 0, 0)
            mark(state, A_BLOCK)
    elif state[MODE] < IN_BODY and not _is_open(state, stack, HEAD):
        _push(state, stack, BODY, 0, 0)
        mark(state, A_BLOCK)


@inlined
def _read(
    text, alt, stack,
    slots, starts, letters, kinds, start_marks, end_marks, weights, closes,
    entity_slots, entity_starts, entity_letters, text_starts, texts, windows,
    out,
):  # fmt: skip
    """Write the visible text of one HTML; its length, or REFUSED."""
    n, at, no_tag_before = len(text), np.int64(0), np.int64(0)
    state, found = np.zeros(16, np.int64), np.empty(8, np.int64)
    while at < n:
        letter = text[at]
        after = text[at + 1] if at + 1 < n else 0
        tag = (
            letter == 60
            and at >= no_tag_before
            and (97 <= SMALL[after] <= 122 or after == 33 or after == 47 or after == 63)
        )
        if not tag:
            if BLANK[letter]:
                if not state[KEEPING]:
                    mark(state, A_SPACE)
                elif letter != 13 or after != 10:  # the parser has one letter for all ends of lines
                    keep(state, out, 10 if letter == 13 else letter)
                at += 1
                continue
            innermost = stack[state[OPEN] - 1, 0] if state[OPEN] else HTML
            if innermost == HEAD:
                state[OPEN] -= 1
                mark(state, A_BLOCK)
            if innermost in (HEAD, HTML):
                _imply(state, stack, 0)
            if letter == 38:
                before = state[WRITTEN]
                at = entity(
                    text, at, n, False, state, out,
                    entity_slots, entity_starts, entity_letters, text_starts, texts, windows,
                )  # fmt: skip
                if at < 0 or (innermost <= HEAD and innermost > 0 and state[WRITTEN] == before):
                    return REFUSED  # white space by its number or name does not end a head
                continue
            if letter == 0:
                return REFUSED
            if letter == 0xEF and text[at + 1] == 0xB7 and text[at + 2] <= 0x95:  # our own marks
                return REFUSED
            if letter == 0xEF and at == 0:  # a byte order mark
                return REFUSED
            put(state, out, letter)
            at += 1
            while (
                not state[GONE]
                and at < n
                and text[at] > 32
                and text[at] < 0xEF
                and text[at] != 60
                and text[at] != 38
            ):
                out[state[WRITTEN]] = text[at]
                state[WRITTEN] += 1
                at += 1
            continue
        if after == 33 or after == 63:
            at = past_comment(text, at)
            if at < 0:
                return REFUSED
            continue
        closing = after == 47
        begin = at + 2 if closing else at + 1
        if begin >= n:
            return REFUSED
        end = begin
        while end < n and not (BLANK[text[end]] or text[end] == 62 or text[end] == 47):
            if text[end] == 64 or text[end] == 0:  # <me@x.de> is an address, and text
                return REFUSED
            end += 1
        if end >= n:
            return REFUSED
        if closing and not 97 <= SMALL[text[begin]] <= 122:  # </ > is as a comment, </> is nothing
            while at < n and text[at] != 62:
                at += 1
            if at >= n:
                return REFUSED
            at += 1
            continue
        if text[end] == 47 and text[end - 1] == 58:  # <http://x.de>
            return REFUSED
        if end - begin > 3 and text[begin + 3] == 46 and is_word(text, begin, begin + 3, b"www"):
            return REFUSED
        element = max(find(text, begin, end, True, slots, starts, letters), 0)
        kind = kinds[element]
        if kind & IS_UNREAD:
            return REFUSED
        at = attributes(text, end, found) if text[end] != 62 else np.int64(end + 1)
        if at < 0:
            return REFUSED
        if closing:
            if state[MISPLACED] and 0 < element <= BODY:
                state[MISPLACED] -= 1
                continue
            place = state[OPEN] - 1
            while place >= 0:
                old = stack[place, 0]
                if old == element:
                    if element:
                        break
                    first, last = stack[place, 1], stack[place, 2]
                    same = last - first == end - begin
                    for i in range(end - begin):
                        same = same and SMALL[text[first + i]] == SMALL[text[begin + i]]
                    if same:
                        break
                if weights[old] > weights[element]:
                    place = -1
                    break
                place -= 1
            if place >= 0:
                while state[OPEN] > place:
                    _close(state, stack, end_marks)
            continue
        while state[OPEN] and closes[element, stack[state[OPEN] - 1, 0]]:
            _close(state, stack, end_marks)
        if state[OPEN] + 4 > len(stack):
            return REFUSED
        if element in (HEAD, BODY):
            if state[OPEN] == 0:
                _push(state, stack, HTML, 0, 0)
                mark(state, A_BLOCK)
        elif element != HTML:
            _imply(state, stack, kind)
        if (
            (element == HTML and state[OPEN] > 0)
            or (element == HEAD and state[OPEN] != 1)
            or (element == BODY and _is_open(state, stack, BODY))
        ):
            state[MISPLACED] += 1
            continue
        has_more = text[end] != 62
        mark(state, start_marks[element])
        if kind & (HAS_ALT | IS_INPUT) and has_more and found[7]:
            which = 0
            if kind & IS_INPUT:
                first, last = found[4], found[5]
                for i in range(first, last):
                    if text[i] >= 128 or text[i] == 38:
                        return REFUSED
                if first >= 0 and is_word(text, first, last, b"hidden"):
                    which = -1
                else:
                    mark(state, A_SPACE)
                    which = -1
                    if first >= 0:
                        if is_word(text, first, last, b"image"):
                            which = 0
                        elif (
                            is_word(text, first, last, b"submit")
                            or is_word(text, first, last, b"button")
                            or is_word(text, first, last, b"reset")
                        ):
                            which = 2
            if which >= 0 and alt and found[which] >= 0 and not stand_in(
                text, found[which], found[which + 1], state, out,
                entity_slots, entity_starts, entity_letters, text_starts, texts, windows,
            ):  # fmt: skip
                return REFUSED
        if kind & IS_VOID or (has_more and found[6]):
            if kind & IS_SKIPPED:
                return REFUSED
            mark(state, end_marks[element])
            continue
        _push(state, stack, element, begin, end)
        if kind & IS_GONE and not state[GONE]:
            state[GONE] = state[OPEN]
        if kind & IS_KEPT and not state[KEEPING]:
            state[KEEPING] = state[OPEN]
        if kind & IS_SKIPPED:
            at = past_skipped(text, at, begin, end)
            if at < 0:
                return REFUSED
        elif kind & IS_RAW:  # text up to its end tag, with references to characters
            no_tag_before = past_skipped(text, at, begin, end)
            if no_tag_before < 0:
                return REFUSED
    return state[WRITTEN] - state[TAIL]


@compiled(
    read_only(types.uint8), read_only(types.int64), types.boolean, writable(types.int64, 2),
    *NAMED, read_only(types.int32), read_only(types.uint8), read_only(types.uint8),
    read_only(types.int32), read_only(types.boolean, 2),
    *NAMED, read_only(types.int32), read_only(types.uint8), read_only(types.int64),
    writable(types.uint8), writable(types.int64),
)  # fmt: skip
def read_quickly(
    texts, offsets, alt, stack,
    slots, starts, letters, kinds, start_marks, end_marks, weights, closes,
    entity_slots, entity_starts, entity_letters, entity_text_starts, entity_texts, windows,
    out, sizes,
):  # fmt: skip
    """Write the visible text of HTML to ``out``, one text after another; ``sizes`` [n] are their bytes, -1 of
    one that was refused.

    texts   UTF-8: text ``i`` is ``texts[offsets[i]:offsets[i + 1]]``
    alt     are images' alternatives and buttons' labels text?
    stack   int64[most that may be open, 3]: element, begin and end of its name
    slots, ... closes          fields of ``html_rules.Elements``
    entity_slots, ... entity_texts    fields of ``html_rules.Entities``; windows: ``html_rules.of_windows()``
    out     uint8[2 * len(texts) + 16 * n]
    """
    written = 0
    for i in range(len(sizes)):
        sizes[i] = _read(
            texts[offsets[i] : offsets[i + 1]], alt, stack,
            slots, starts, letters, kinds, start_marks, end_marks, weights, closes,
            entity_slots, entity_starts, entity_letters, entity_text_starts, entity_texts, windows,
            out[written:],
        )  # fmt: skip
        written += max(sizes[i], 0)
