"""Which characters a Unicode normalization form puts together, and which it takes apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from textpipe.documents import Int32
from textpipe.places import Places

_MAY_CHANGE = re.compile("[\0-\x7f]?[^\0-\x7f]+")


def normalize_with_places(form: Literal["NFC", "NFKC"], text: str) -> tuple[str, Int32]:
    r"""What ``unicodedata.normalize(form, text)`` gives, and its places.

    What was composed or taken apart comes from all that went into it.

    >>> text, places = normalize_with_places("NFKC", "e\u0301 \ufb01")
    >>> text, places.tolist()
    ('é fi', [[0, 2], [2, 3], [3, 4], [3, 4]])
    """
    pieces, places, at = [], Places(), 0
    for stretch in _MAY_CHANGE.finditer(text):
        pieces.append(text[at : stretch.start()])
        places.keep(at, stretch.start())
        for begin, end in _groups(form, text, *stretch.span()):
            group = text[begin:end]
            written = unicodedata.normalize(form, group)
            pieces.append(written)
            if written == group:
                places.keep(begin, end)
            else:
                places.put(begin, end, len(written))
        at = stretch.end()
    places.keep(at, len(text))
    return "".join([*pieces, text[at:]]), places.array()


def _groups(
    form: Literal["NFC", "NFKC"], text: str, begin: int, end: int
) -> Iterator[tuple[int, int]]:
    """Stretches that can be normalized each for itself (Unicode Standard Annex 15, section 9).

    A stretch ends before a starter that is not composed with what stands before it.
    """
    for at in range(begin + 1, end):
        first = unicodedata.normalize("NFKD", text[at])[0]
        if unicodedata.combining(first):
            continue
        group = text[begin:at]
        apart = unicodedata.normalize(form, group) + unicodedata.normalize(form, text[at])
        if unicodedata.normalize(form, group + text[at]) == apart:
            yield begin, at
            begin = at
    if begin < end:
        yield begin, end
