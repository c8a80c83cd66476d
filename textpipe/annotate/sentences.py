"""Where sentences begin, by rule: for taggers, which look at a few words around each word.

No rule finds every sentence in chats and mails; a tagger hardly minds, so no other stage depends on this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Int64, Tokens

LONGEST = 200
"""A sentence of more tokens is cut, so that a text without full stops costs no more than others."""

_END = re.compile(r"[.!?…。！？‽]+")
_CLOSER = re.compile(r"['\"’”“»«)\]}›‹]+")
_BLANK_LINE = re.compile(r"\n[ \t\r\f\v]*(?=\n)|\u2029")


def sentence_bounds(words: Tokens, texts: Sequence[str]) -> Int64:
    """Where each sentence begins, and at last the number of words: int64[n_sentences + 1].

    A sentence ends with ``.``, ``!``, ``?`` or ``…`` (and the quotes and brackets that close right
    behind them), with a blank line, with its document, or after :data:`LONGEST` words.

    >>> text = 'She said "Stop!" and left. He stayed'
    >>> words = re.findall(r"[a-zA-Z]+|[^a-zA-Z ]", text)
    >>> spans = [m.span() for m in re.finditer(r"[a-zA-Z]+|[^a-zA-Z ]", text)]
    >>> sentence_bounds(Tokens.of_lists([words], [spans]), [text]).tolist()
    [0, 6, 9, 11]
    """
    count = len(words.codes)
    begins = np.zeros(count + 1, np.bool_)
    begins[words.rows] = True
    begins[count] = True
    if not count:
        return np.zeros(1, np.int64)
    ends, closes = _of_forms(words, _END), _of_forms(words, _CLOSER)
    touches = np.append(False, words.starts[1:] == words.ends[:-1])  # the word before
    touches[words.rows[:-1][words.rows[:-1] < count]] = False  # which is in another document
    closing = closes & touches
    closed = np.maximum.accumulate(
        np.where(closing, 0, np.arange(count))
    )  # what closers stand behind
    finished = ends[closed]
    begins[1:count] |= finished[:-1] & ~(touches & (closes | ends))[1:]
    _mark_blank_lines(begins, words, texts)
    return _cap(np.flatnonzero(begins))


def _of_forms(words: Tokens, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    matches = [pattern.fullmatch(form) is not None for form in words.forms.to_pylist()]
    return np.array(matches, np.bool_)[words.codes]


def _mark_blank_lines(begins: NDArray[np.bool_], words: Tokens, texts: Sequence[str]) -> None:
    for row, text in enumerate(texts):
        lines = [match.start() for match in _BLANK_LINE.finditer(text)]
        if lines:
            first, last = words.rows[row], words.rows[row + 1]
            begins[first + np.searchsorted(words.starts[first:last], lines, side="right")] = True


def _cap(bounds: Int64) -> Int64:
    lengths = np.diff(bounds)
    if not len(lengths) or lengths.max() <= LONGEST:
        return bounds
    pieces = [
        np.arange(start, start + length, LONGEST)
        for start, length in zip(bounds[:-1], lengths, strict=True)
    ]
    return np.concatenate([*pieces, bounds[-1:]])
