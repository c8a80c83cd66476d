"""What pieces of words, words and runs of words bring, added up under the words of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Int64
from textpipe.explanation.reasons import Spans, Word

Named = tuple[bool, str]
"""A row's name, and whether a word of the text is called so: a word may be called "(rest)" too."""


@dataclass(frozen=True)
class TextWords:
    """The words of one text, and after them what stands on no word, such as an intercept.

    ``shares`` [n_words, n_parts], CSR, says which share of each part of the vector is whose; each column
    adds up to 1. ``spans`` [n_words] are all places of each.
    """

    names: list[Named]
    spans: list[Spans]
    parts: Sequence[str]
    shares: Any

    def words(self, supports: NDArray[np.float64], opposes: NDArray[np.float64]) -> list[Word]:
        """What each word did, of what each part [n_parts] did; without those that did nothing."""
        found = []
        totals = (self.shares @ supports).tolist(), (self.shares @ opposes).tolist()
        bounds, of = self.shares.indptr, self.shares.indices
        did = (self.shares.data * supports[of], self.shares.data * opposes[of])
        for at, ((_, name), plus, minus) in enumerate(zip(self.names, *totals, strict=True)):
            if not plus and not minus:
                continue
            row = slice(bounds[at], bounds[at + 1])
            pieces: dict[str, tuple[float, float]] = {}
            for part, p, m in zip(of[row], did[0][row].tolist(), did[1][row].tolist(), strict=True):
                before = pieces.get(self.parts[part], (0.0, 0.0))
                pieces[self.parts[part]] = before[0] + p, before[1] + m
            parts = [(piece, p, m) for piece, (p, m) in pieces.items() if p or m]
            parts.sort(key=lambda part: (-abs(part[1]) - abs(part[2]), part[0]))
            itself = len(parts) == 1 and parts[0][0] == name
            found.append(Word(name, plus, minus, self.spans[at], parts=[] if itself else parts))
        return found

    def shared(self, each: NDArray[np.float64]) -> list[tuple[str, float]]:
        """The words with what they have of a sum over the parts, [n_parts]; the largest first."""
        sums = self.shares @ each
        order = sorted(np.flatnonzero(sums), key=lambda i: (-sums[i], self.names[i]))
        return [(self.names[i][1], float(sums[i])) for i in order]


def text_words(parts: Sequence[str], places: Sequence[Spans], documents: Documents) -> TextWords:
    """The words of the first document, and which share of each of these parts is theirs.

    ``documents`` are as the vectorizer reads them. A part has the same share at each of its places;
    of a place, each word has the share of code points that it covers. Words on which no token stands
    any more, such as stop words that were dropped, have none. What stands on no word keeps its name.

    All words that are called alike are one. A word is called what its token is called: lower-cased or
    stemmed where the pipeline does so, which is also what a flip calls it. Where tokens are no words
    (but pieces or runs of them), it is called what it is in the text, lower-cased if all tokens are.

    >>> read = Documents.of([["be", "removed", "be"]])
    >>> found = text_words(["be removed", "remo"], [[(0, 10)], [(3, 7)]], read)
    >>> [name for _, name in found.names], found.shares.toarray().round(2).tolist()
    (['be', 'removed'], [[0.22, 0.0], [0.78, 1.0]])
    """
    starts, ends, forms = _words_read(documents)
    rows: dict[Named, int] = {}
    row_of = np.array([rows.setdefault((True, form), len(rows)) for form in forms], np.int64)
    owner = np.repeat(np.arange(len(parts)), [max(1, len(spans)) for spans in places])
    flat = np.array([span for spans in places for span in (spans or [(0, 0)])], np.int64)
    flat = flat.reshape(-1, 2)
    place, word, overlap = _overlaps(flat, starts, ends)
    covered = np.bincount(place, overlap, len(owner))
    share = 1.0 / np.bincount(owner, minlength=len(parts))[owner]
    alone = np.flatnonzero(covered == 0)
    own_rows = [rows.setdefault((False, parts[part]), len(rows)) for part in owner[alone].tolist()]
    values = np.concatenate((share[place] * overlap / covered[place], share[alone]))
    at = np.concatenate((row_of[word], np.array(own_rows, np.int64)))
    shares = sparse.csr_matrix(
        (values, (at, np.concatenate((owner[place], owner[alone])))), (len(rows), len(parts))
    )
    shares.sum_duplicates()
    spans: list[set[tuple[int, int]]] = [set() for _ in rows]
    for row, start, end in zip(row_of.tolist(), starts.tolist(), ends.tolist(), strict=True):
        spans[row].add((start, end))
    for row, (start, end) in zip(own_rows, flat[alone].tolist(), strict=True):
        spans[row] |= {(start, end)} if start < end else set()
    return TextWords(list(rows), [sorted(found) for found in spans], parts, shares)


def _words_read(documents: Documents) -> tuple[Int64, Int64, list[str]]:
    """Start, end and name of each word on which a token stands, in the order of the text."""
    tokens = documents.tokens
    if tokens is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), []
    words = documents.words or tokens
    at = tokens.places_in(words)
    if len(at) and at.min() >= 0 and len(np.unique(at)) == len(at):  # each token is a word
        words = tokens
    order = np.lexsort((words.ends, words.starts))
    starts, ends = words.starts[order].astype(np.int64), words.ends[order].astype(np.int64)
    names = words.of(0)
    if words is not tokens:
        spans = np.column_stack((tokens.starts, tokens.ends)).astype(np.int64)
        read = np.unique(_overlaps(spans, starts, ends)[1])
        starts, ends, order = starts[read], ends[read], order[read]
        if all(form == form.lower() for form in tokens.of(0)):
            names = [name.lower() for name in names]
    return starts, ends, [names[i] for i in order.tolist()]


def _overlaps(spans: Int64, starts: Int64, ends: Int64) -> tuple[Int64, Int64, Int64]:
    """Which span [n, 2] covers which word, and how many code points of it; words in order."""
    first = np.searchsorted(np.maximum.accumulate(ends), spans[:, 0], "right")
    last = np.maximum(first, np.searchsorted(starts, spans[:, 1], "left"))
    many = last - first
    span = np.repeat(np.arange(len(spans)), many)
    word = np.arange(len(span)) - np.repeat(np.cumsum(many) - many, many) + first[span]
    length = np.minimum(spans[span, 1], ends[word]) - np.maximum(spans[span, 0], starts[word])
    return span[length > 0], word[length > 0], length[length > 0]
