"""Tokens -> runs of their characters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents import Int32, Int64, Tokens
from textpipe.errors import DefinitionError
from textpipe.stage import TokenStage


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
        runs = self._runs(tokens.forms)
        size = runs.per_form[tokens.codes]
        until = np.concatenate(([0], np.cumsum(size)))
        first = np.cumsum(runs.per_form) - runs.per_form
        at = np.arange(until[-1]) + np.repeat(first[tokens.codes] - until[:-1], size)
        starts, ends = np.repeat(tokens.starts, size), np.repeat(tokens.ends, size)
        fits = np.repeat(runs.lengths[tokens.codes] == tokens.ends - tokens.starts, size)
        return Tokens(
            runs.distinct,
            runs.codes[at],
            np.where(fits, starts + runs.starts[at], starts).astype(np.int32),
            np.where(fits, starts + runs.ends[at], ends).astype(np.int32),
            until[tokens.rows],
            None if tokens.tags is None else np.repeat(tokens.tags, size),
        )

    def _runs(self, forms: pa.StringArray) -> _Runs:
        """The runs of each form, cut out of the forms' bytes without a loop."""
        lengths = pc.utf8_length(forms).to_numpy(zero_copy_only=False).astype(np.int64)
        shift = 1 if self.word_boundaries else 0
        padded = pc.binary_join_element_wise(" ", forms, " ", "") if shift else forms
        text = np.frombuffer(_bytes_of(padded), np.uint8)
        characters = np.append(
            np.flatnonzero((text & 0xC0) != 0x80), len(text)
        )  # where each begins
        room = lengths + 2 * shift
        first_character = np.cumsum(room) - room
        # how many runs of each size a form has: one of the whole form where it is no longer than the size
        sizes = np.arange(self.minimum, self.maximum + 1)
        counts = np.maximum(room[:, None] - sizes + 1, 0)
        whole = (sizes >= room[:, None]) & ((sizes == self.minimum) | (sizes - 1 < room[:, None]))
        counts[sizes >= room[:, None]] = 0
        counts[whole] = 1
        per_form = counts.sum(axis=1)
        flat = counts.ravel()
        form = np.repeat(np.arange(len(forms)), per_form)
        offset = np.arange(len(form)) - np.repeat(np.cumsum(flat) - flat, flat)
        length = np.minimum(np.repeat(np.tile(sizes, len(forms)), flat), room[form])
        begin = first_character[form] + offset
        distinct, codes = _cut(text, characters[begin], characters[begin + length])
        return _Runs(
            distinct,
            codes,
            np.maximum(0, offset - shift),
            np.minimum(lengths[form], offset - shift + length),
            per_form,
            lengths,
        )


class _Runs(NamedTuple):
    """The runs of some forms, form by form: distinct ones, which one each is, where in its form it begins
    and ends; how many each form has, and how many characters."""

    distinct: pa.StringArray
    codes: Int32
    starts: Int64
    ends: Int64
    per_form: Int64
    lengths: Int64


def _cut(text: NDArray[np.uint8], starts: Int64, ends: Int64) -> tuple[pa.StringArray, Int32]:
    """The distinct pieces of a UTF-8 text, and which of them stands from each start to its end."""
    sizes = ends - starts
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    data = text[np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])]
    pieces = pa.LargeStringArray.from_buffers(
        len(sizes), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))
    )
    found = pieces.dictionary_encode()
    codes: Int32 = found.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return found.dictionary.cast(pa.string()), codes


def _bytes_of(strings: pa.StringArray) -> bytes:
    """All strings' UTF-8 bytes, one string after another."""
    _, offsets, data = strings.buffers()
    if data is None or not len(strings):
        return b""
    ends = np.frombuffer(offsets, np.int32)[strings.offset : strings.offset + len(strings) + 1]
    whole: bytes = data.to_pybytes()[ends[0] : ends[-1]]
    return whole
