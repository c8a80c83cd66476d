"""Tokens -> runs of their characters."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from textpipe.documents import Tokens
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
        forms: dict[str, int] = {}
        codes: list[int] = []
        offsets, ends, sizes, lengths = [], [], [], []
        for form in tokens.forms.to_pylist():
            before = len(codes)
            for gram, offset in self.grams(form):
                codes.append(forms.setdefault(gram, len(forms)))
                offsets.append(max(0, offset))
                ends.append(min(len(form), offset + len(gram)))
            sizes.append(len(codes) - before)
            lengths.append(len(form))
        size, length = np.array(sizes, np.int64), np.array(lengths, np.int64)
        first = np.cumsum(size) - size
        repeats = size[tokens.codes]
        until = np.concatenate(([0], np.cumsum(repeats)))
        at = np.arange(until[-1]) + np.repeat(first[tokens.codes] - until[:-1], repeats)
        starts, word_ends = np.repeat(tokens.starts, repeats), np.repeat(tokens.ends, repeats)
        fits = np.repeat(length[tokens.codes] == tokens.ends - tokens.starts, repeats)
        inner, outer = np.array(offsets, np.int32)[at], np.array(ends, np.int32)[at]
        return Tokens(
            pa.array(list(forms), pa.string()),
            np.array(codes, np.int32)[at],
            np.where(fits, starts + inner, starts),
            np.where(fits, starts + outer, word_ends),
            until[tokens.rows],
            None if tokens.tags is None else np.repeat(tokens.tags, repeats),
        )

    def grams(self, form: str) -> list[tuple[str, int]]:
        """The runs of one word, each with where in the word it begins (-1: at the space before)."""
        padded, shift = (f" {form} ", -1) if self.word_boundaries else (form, 0)
        found: list[tuple[str, int]] = []
        for n in range(self.minimum, self.maximum + 1):
            last = len(padded) - n
            found.extend((padded[at : at + n], at + shift) for at in range(max(0, last) + 1))
            if last <= 0:
                break
        return found
