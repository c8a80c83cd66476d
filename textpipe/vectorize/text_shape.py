"""What a text looks like from afar: how long, how loud, how many figures and links."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Documents, Int64, Matrix
from textpipe.stage import Vectorizer

FEATURES = (
    "shape:characters",
    "shape:words",
    "shape:lines",
    "shape:word_length",
    "shape:longest_run",
    "shape:links",
    "shape:mail_addresses",
    "shape:capitals",
    "shape:words_in_capitals",
    "shape:digits",
    "shape:punctuation",
    "shape:exclamation_marks",
    "shape:question_marks",
    "shape:currency_signs",
    "shape:white_space",
    "shape:not_ascii",
)

LETTER, UPPER, LOWER, DIGIT, PUNCTUATION, CURRENCY, SPACE = (1 << bit for bit in range(7))


class TextShape(Vectorizer):
    """A dense row of 16 numbers between 0 and 1 for each text: its shape, whatever its words.

    ============================  ==========================================================
    shape:characters              log10(1 + code points) / 6, so 1.0 is a million
    shape:words                   log10(1 + runs without white space) / 5, 1.0 is 100,000
    shape:lines                   log10(1 + line feeds) / 4, 1.0 is 10,000
    shape:word_length             code points per word / 20
    shape:longest_run             log10(longest run of one character, not white space) / 3
    shape:links                   log10(1 + "http://", "https://", "www.") / 2, 1.0 is 99
    shape:mail_addresses          log10(1 + "@" between letters or digits) / 2, 1.0 is 99
    shape:capitals                capitals per letter
    shape:words_in_capitals       words of two letters or more without a small one, per word
    shape:digits                  decimal digits (Unicode Nd) per code point
    shape:punctuation             punctuation (Unicode P) per code point
    shape:exclamation_marks       "!" per code point
    shape:question_marks          "?" per code point
    shape:currency_signs          currency signs (Unicode Sc) per code point
    shape:white_space             white space per code point
    shape:not_ascii               code points beyond U+007F per code point
    ============================  ==========================================================

    What is beyond the scale is 1.0; an empty text is all zeros. It has no options and learns nothing.

    Reads text, so it stands before stages that take apart what it measures, or in a branch of
    ``union``; writes a matrix, float64 [n_documents, 16]. Its columns know no words: ``known`` and
    ``total`` are None.

    >>> shape = TextShape().vectorize(Documents.of(["WIN 500 NOW!!", ""]))
    >>> dict(zip(shape.features, shape.values[0].round(2).tolist()))["shape:words_in_capitals"]
    0.67
    >>> shape.values[1].sum().item()
    0.0
    """

    reads = ("text",)

    def vectorize(self, documents: Documents) -> Matrix:
        texts = documents.texts()
        batch = _Batch.of(texts)
        is_word_start, word_of = _words(batch)
        characters = np.diff(batch.rows)
        words = batch.count(is_word_start)
        letters = batch.count_kind(LETTER)
        white = batch.count_kind(SPACE)
        columns = [
            np.log10(1 + characters) / 6,
            np.log10(1 + words) / 5,
            np.log10(1 + batch.count(batch.points == ord("\n"))) / 4,
            _share(characters - white, words) / 20,
            np.log10(np.maximum(_longest_runs(batch), 1)) / 3,
            np.log10(1 + np.array([_links(text) for text in texts], np.int64)) / 2,
            np.log10(1 + batch.count(_mail_addresses(batch))) / 2,
            _share(batch.count_kind(UPPER), letters),
            _share(batch.count(_shouted(batch, is_word_start, word_of)), words),
            _share(batch.count_kind(DIGIT), characters),
            _share(batch.count_kind(PUNCTUATION), characters),
            _share(batch.count(batch.points == ord("!")), characters),
            _share(batch.count(batch.points == ord("?")), characters),
            _share(batch.count_kind(CURRENCY), characters),
            _share(white, characters),
            _share(batch.count(batch.points > 127), characters),
        ]
        values = np.minimum(np.column_stack(columns), 1.0)
        return Matrix(np.ascontiguousarray(values), list(FEATURES))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The columns' names, as scikit-learn asks for them."""
        return np.array(FEATURES, object)


@dataclass(frozen=True)
class _Batch:
    """The characters of all texts, one after the other."""

    points: NDArray[np.uint32]  # [n_characters], code points
    kinds: NDArray[np.uint8]  # [n_characters], bits LETTER ... SPACE
    rows: Int64  # [n_texts + 1], where each text begins

    @staticmethod
    def of(texts: list[str]) -> _Batch:
        joined = "".join(texts)
        points = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
        kind_of = np.zeros(int(points.max(initial=0)) + 1, np.uint8)
        for character in set(joined):
            kind_of[ord(character)] = _kind(character)
        rows = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        return _Batch(points, kind_of[points], rows)

    def count(self, mask: NDArray[np.bool_]) -> Int64:
        """How many characters of each text the mask marks, int64[n_texts]."""
        return np.diff(np.searchsorted(np.flatnonzero(mask), self.rows))

    def count_kind(self, kind: int) -> Int64:
        return self.count((self.kinds & kind) > 0)

    def first(self) -> NDArray[np.bool_]:
        """Marks the first character of each text."""
        mask = np.zeros(len(self.points) + 1, np.bool_)
        mask[self.rows[:-1]] = True
        return mask[:-1]


@cache
def _kind(character: str) -> int:
    category = unicodedata.category(character)
    kind = SPACE if character.isspace() else 0
    if category.startswith("L"):
        kind |= LETTER
    if category == "Lu":
        kind |= UPPER
    if category == "Ll":
        kind |= LOWER
    if category == "Nd":
        kind |= DIGIT
    if category.startswith("P"):
        kind |= PUNCTUATION
    if category == "Sc":
        kind |= CURRENCY
    return kind


def _share(part: Int64, whole: Int64) -> NDArray[np.float64]:
    share: NDArray[np.float64] = part / np.maximum(whole, 1)
    return share


def _words(batch: _Batch) -> tuple[NDArray[np.bool_], Int64]:
    """Marks the first character of each word; and, for each character, the number of its word."""
    inside = (batch.kinds & SPACE) == 0
    after_gap = np.concatenate(([True], ~inside[:-1])) if len(inside) else inside
    is_start = inside & (after_gap | batch.first())
    return is_start, np.cumsum(is_start, dtype=np.int64) - 1


def _shouted(batch: _Batch, is_word_start: NDArray[np.bool_], word_of: Int64) -> NDArray[np.bool_]:
    """Marks the first character of each word of two letters or more, at least one of them a capital
    and none of them small."""
    n_words = int(is_word_start.sum())
    kinds = batch.kinds

    def letters(kind: int) -> Int64:
        return np.bincount(word_of[(kinds & kind) > 0], minlength=n_words)

    loud = (letters(LETTER) >= 2) & (letters(UPPER) >= 1) & (letters(LOWER) == 0)
    mask = np.zeros(len(kinds), np.bool_)
    mask[np.flatnonzero(is_word_start)[loud]] = True
    return mask


def _longest_runs(batch: _Batch) -> Int64:
    """Length of the longest run of one character in each text, white space left out."""
    longest = np.zeros(len(batch.rows) - 1, np.int64)
    if not len(batch.points):
        return longest
    changes = np.concatenate(([True], batch.points[1:] != batch.points[:-1])) | batch.first()
    starts = np.flatnonzero(changes)
    lengths = np.diff(np.append(starts, len(batch.points)))
    lengths[(batch.kinds[starts] & SPACE) > 0] = 0
    np.maximum.at(longest, np.searchsorted(batch.rows, starts, "right") - 1, lengths)
    return longest


def _mail_addresses(batch: _Batch) -> NDArray[np.bool_]:
    """Marks each "@" between two letters or digits (of one text)."""
    mask: NDArray[np.bool_] = batch.points == ord("@")
    plain = (batch.kinds & (LETTER | DIGIT)) > 0
    first = batch.first()
    mask[:1] = mask[-1:] = False
    mask[1:] &= plain[:-1] & ~first[1:]
    mask[:-1] &= plain[1:] & ~first[1:]
    return mask


def _links(text: str) -> int:
    lowered = text.lower()
    schemes = lowered.count("http://") + lowered.count("https://")
    return schemes + lowered.count("www.") - lowered.count("://www.")
