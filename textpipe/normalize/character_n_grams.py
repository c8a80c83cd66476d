"""Tokens -> runs of their characters."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents import Int32, Int64, Tokens
from textpipe.documents.arrays import string_buffers
from textpipe.documents.pieces import Pieces, PiecesOfWords
from textpipe.errors import DefinitionError
from textpipe.kernels.worth import worth
from textpipe.stage import TokenStage

PER_RUN = 65e-9
"""Seconds that Arrow takes to cut out a run."""


class CharacterNGrams(TokenStage):
    """Each run of neighbouring characters of a word as one token: robust against odd spellings.

    Reads tokens, writes tokens: word by word, shorter runs first. The same runs, as often, as
    scikit-learn's ``analyzer="char_wb"`` makes of these words. A run spans its characters, or its whole
    word if an earlier stage changed the word's length; it has its word's part of speech.

    Options:
        minimum: fewest characters (code points) of a run; default 3.
        maximum: most characters of a run; default 5.
        word_boundaries: true (default): put a space before and after each word first, so that its
            beginning and end can be told; false: the word's own characters only.

    A word that is shorter than a run is taken once as a whole.

    Raises DefinitionError unless 1 <= minimum <= maximum.

    >>> CharacterNGrams(2, 3).transform([["to"]]).tokens.to_lists()
    [[' t', 'to', 'o ', ' to', 'to ']]
    """

    def __init__(self, minimum: int = 3, maximum: int = 5, word_boundaries: bool = True) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.word_boundaries = word_boundaries

    def check(self) -> None:
        super().check()
        if not 1 <= self.minimum <= self.maximum:
            raise DefinitionError(
                "character_n_grams: 1 <= minimum <= maximum must hold, and "
                f"minimum = {self.minimum}, maximum = {self.maximum} were given"
            )

    def work(self, tokens: Tokens) -> Tokens:
        cut = RunsOfCharacters(self.minimum, self.maximum, self.word_boundaries)
        return PiecesOfWords(tokens, cut)


@dataclass(frozen=True)
class RunsOfCharacters:
    """How a word is cut into runs of its characters; see :class:`CharacterNGrams`."""

    minimum: int
    maximum: int
    word_boundaries: bool

    def may_be_empty(self) -> bool:
        return self.word_boundaries and self.minimum == 1

    def pieces(self, forms: pa.StringArray) -> Pieces:
        n = int(self._sizes(forms).sum())
        loops = "strings.refill", "strings.number_runs", "strings.copy"
        compiled = worth(n * PER_RUN, *loops)
        return self.pieces_compiled(forms) if compiled else self.pieces_by_arrow(forms)

    def pieces_by_arrow(self, forms: pa.StringArray) -> Pieces:
        """The pieces, each cut out by itself."""
        data, _, rows = self._laid_out(forms)
        begin, length = self._places(forms)
        characters = np.append(np.flatnonzero((data & 0xC0) != 0x80), len(data))
        return Pieces(*_cut(data, characters[begin], characters[begin + length]), rows)

    def _laid_out(self, forms: pa.StringArray) -> tuple[NDArray[np.uint8], Int32, Int64]:
        """The bytes of the forms, where each begins and ends, and where its runs begin."""
        padded = pc.binary_join_element_wise(" ", forms, " ", "") if self.word_boundaries else forms
        rows = np.concatenate(([0], np.cumsum(self._sizes(forms).sum(axis=1))))
        return *string_buffers(padded), rows

    def pieces_compiled(self, forms: pa.StringArray) -> Pieces:
        """The pieces, counted where they stand."""
        from textpipe.kernels.strings import copy, number_runs, refill

        data, offsets, rows = self._laid_out(forms)
        codes, begins, ends = (np.empty(rows[-1], np.int32) for _ in range(3))
        keys, progress = np.empty(rows[-1], np.uint64), np.zeros(2, np.int64)
        size, secret = 1 << int(rows[-1] // 4).bit_length(), int.from_bytes(os.urandom(8))
        while progress[0] < len(rows) - 1:  # a table is made twice as large until there is room
            table = np.full(size, -1, np.int32), keys, begins, ends
            refill(secret, int(progress[1]), *table[:2])
            options = self.minimum, self.maximum, secret
            number_runs(data, offsets, *options, rows, *table, codes, progress)
            size *= 2
        begins, ends = begins[: progress[1]], ends[: progress[1]]
        bounds = np.empty(len(begins) + 1, np.int32)
        text = np.empty(int(ends.sum(dtype=np.int64) - begins.sum(dtype=np.int64)), np.uint8)
        copy(data, begins, ends, bounds, text)
        runs = pa.StringArray.from_buffers(len(begins), pa.py_buffer(bounds), pa.py_buffer(text))
        return Pieces(runs, codes, rows)

    def spans(self, forms: pa.StringArray) -> tuple[Int64, Int64, Int64]:
        lengths = _lengths(forms)
        shift = 1 if self.word_boundaries else 0
        room = lengths + 2 * shift
        begin, length = self._places(forms)
        per_form = self._sizes(forms).sum(axis=1)
        offset = begin - np.repeat(np.cumsum(room) - room, per_form) - shift
        return (
            np.maximum(0, offset),
            np.minimum(np.repeat(lengths, per_form), offset + length),
            lengths,
        )

    def _sizes(self, forms: pa.StringArray) -> Int64:
        """How many runs of each size a form has, [n_forms, n_sizes]: one of the whole form where it is no
        longer than the size."""
        room = (_lengths(forms) + (2 if self.word_boundaries else 0))[:, None]
        sizes = np.arange(self.minimum, self.maximum + 1)
        whole = (sizes == self.minimum) | (sizes == room)
        return np.where(sizes >= room, whole, room - sizes + 1).astype(np.int64)

    def _places(self, forms: pa.StringArray) -> tuple[Int64, Int64]:
        """With which character each run begins, counted from the first form's, and how many it has."""
        room = _lengths(forms) + (2 if self.word_boundaries else 0)
        counts = self._sizes(forms)
        flat = counts.ravel()
        form = np.repeat(np.arange(len(forms)), counts.sum(axis=1))
        offset = np.arange(len(form)) - np.repeat(np.cumsum(flat) - flat, flat)
        sizes = np.tile(np.arange(self.minimum, self.maximum + 1), len(forms))
        return (np.cumsum(room) - room)[form] + offset, np.minimum(
            np.repeat(sizes, flat), room[form]
        )


def _lengths(forms: pa.StringArray) -> Int64:
    """How many code points each form has."""
    return pc.utf8_length(forms).to_numpy(zero_copy_only=False).astype(np.int64)  # type: ignore[no-any-return]  # untyped library


def _cut(text: NDArray[np.uint8], starts: Int64, ends: Int64) -> tuple[pa.StringArray, Int32]:
    """The distinct pieces of a UTF-8 text, and which of them stands from each start to its end."""
    found = _pick(text, starts, ends).dictionary_encode()
    codes: Int32 = found.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return found.dictionary.cast(pa.string()), codes


def _pick(
    text: NDArray[np.uint8], starts: NDArray[np.integer], ends: NDArray[np.integer]
) -> pa.LargeStringArray:
    """The pieces of a UTF-8 text from each start to its end."""
    sizes = ends - starts
    offsets = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    data = text[np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])]
    return pa.LargeStringArray.from_buffers(
        len(sizes), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))
    )
