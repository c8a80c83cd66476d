"""Pieces of the loop over HTML: where tags, comments and what is no mark-up end, and what may hide text."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from textpipe.kernels.compiled import inlined
from textpipe.kernels.html_writing import BLANK, REFUSED, SMALL, is_word


@inlined
def _may_hide(text, begin, end):
    """May this style hide something? Only of what is in plain sight is it said that it does not."""
    for at in range(begin, end):
        letter = text[at]
        if letter >= 128 or letter == 92 or letter == 38 or letter == 60:  # \ & <
            return True
        if letter == 47 and at + 1 < end and text[at + 1] == 42:
            return True
        if letter < 32 and not BLANK[letter]:
            return True
    at = begin
    while at < end:
        while at < end and BLANK[text[at]]:
            at += 1
        first = at
        while at < end and text[at] != 58 and text[at] != 59:
            at += 1
        last = at
        while last > first and BLANK[text[last - 1]]:
            last -= 1
        value = at
        while at < end and text[at] != 59:
            at += 1
        letter = SMALL[text[first]] if first < last else 0
        if letter == 100 or letter == 118 or letter == 111:
            if is_word(text, first, last, b"display") or is_word(text, first, last, b"visibility"):
                return True
            if is_word(text, first, last, b"opacity"):
                return True
        elif letter == 102 and (
            is_word(text, first, last, b"font") or is_word(text, first, last, b"font-size")
        ):
            if value == at:
                return True
            number, zero = False, True
            for i in range(value, at + 1):
                digit = i < at and (48 <= text[i] <= 57 or text[i] == 46)
                if digit:
                    zero = zero and (text[i] == 48 or text[i] == 46)
                    number = True
                elif number:
                    if zero:
                        return True
                    number, zero = False, True
        at += 1
    return False


@inlined
def attributes(text, at, found):
    """Where reading goes on after the attributes of a tag; refused where one may hide something.

    found   begins and ends of the values of alt, value and type, -1 where there is none; whether the tag
            ends itself; how many attributes there are
    """
    n = len(text)
    found[:] = -1
    found[7] = 0
    slashed = 0
    while True:
        while at < n and (BLANK[text[at]] or text[at] == 47):
            slashed = 1 if text[at] == 47 else 0
            at += 1
        if at >= n:
            return REFUSED
        if text[at] == 62:
            found[6] = slashed
            return at + 1
        slashed = 0
        found[7] += 1
        begin = at
        at += 1
        while at < n and not (
            BLANK[text[at]] or text[at] == 47 or text[at] == 62 or text[at] == 61
        ):
            at += 1
        end = at
        while at < n and BLANK[text[at]]:
            at += 1
        first = last = at
        if at < n and text[at] == 61:
            at += 1
            while at < n and BLANK[text[at]]:
                at += 1
            if at >= n:
                return REFUSED
            quote = text[at]
            if quote == 34 or quote == 39:
                at += 1
                first = at
                while at < n and text[at] != quote:
                    at += 1
                last = at
                at += 1
            else:
                first = at
                while at < n and not (BLANK[text[at]] or text[at] == 62):
                    at += 1
                last = at
            if at > n:
                return REFUSED
        letter = SMALL[text[begin]]
        if letter == 115:
            if is_word(text, begin, end, b"style") and _may_hide(text, first, last):
                return REFUSED
        elif letter == 104:
            if is_word(text, begin, end, b"hidden"):
                return REFUSED
        elif letter == 97:
            if found[0] < 0 and is_word(text, begin, end, b"alt"):
                found[0], found[1] = first, last
        elif letter == 118:
            if found[2] < 0 and is_word(text, begin, end, b"value"):
                found[2], found[3] = first, last
        elif letter == 116 and found[4] < 0 and is_word(text, begin, end, b"type"):
            found[4], found[5] = first, last


@inlined
def past_comment(text, at):
    """Past a comment, or a declaration or instruction, which ends at the first ">"."""
    n = len(text)
    end = at + 1
    while end < n:  # <!me@x.de> is an address, and text
        letter = text[end]
        if letter == 64:
            return REFUSED
        if BLANK[letter] or letter == 60 or letter == 62 or letter == 34 or letter == 39:
            break
        if letter == 61 or letter == 47:
            break
        end += 1
    end = at + 2
    if text[at + 1] == 33 and at + 3 < n and text[at + 2] == 45 and text[at + 3] == 45:
        end = at + 4
        if end < n and text[end] == 62:
            return np.int64(end + 1)
        if end + 1 < n and text[end] == 45 and text[end + 1] == 62:
            return np.int64(end + 2)
        while end + 2 < n:
            if text[end] == 45 and text[end + 1] == 45:
                if text[end + 2] == 62:
                    return np.int64(end + 3)
                if text[end + 2] == 33 and end + 3 < n and text[end + 3] == 62:
                    return np.int64(end + 4)
            end += 1
        return REFUSED
    while end < n and text[end] != 62:
        end += 1
    return np.int64(end + 1) if end < n else REFUSED


@inlined
def past_skipped(text, at, begin, end):
    """Where the end tag stands of an element in which there is no mark-up; its name is given."""
    n = len(text)
    script, commented = is_word(text, begin, end, b"script"), False
    while at < n:
        if text[at] == 60:
            if at + 1 < n and text[at + 1] == 47:
                last = at + 2 + end - begin
                if last >= n:
                    return REFUSED
                same = BLANK[text[last]] or text[last] == 47 or text[last] == 62
                for i in range(end - begin):
                    same = same and SMALL[text[at + 2 + i]] == SMALL[text[begin + i]]
                if same:
                    return np.int64(at)
            elif script and at + 1 < n:  # "<!--", and "<script" in it: its end tag is not the end
                if text[at + 1] == 33:
                    commented = True
                elif commented and SMALL[text[at + 1]] == 115:
                    return REFUSED
        at += 1
    return REFUSED
