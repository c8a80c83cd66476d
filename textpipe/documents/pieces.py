"""Tokens that are pieces of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents.arrays import Int32, Int64
from textpipe.documents.tokens import Tokens
from textpipe.documents.unwritten import UnwrittenTokens


class Pieces(NamedTuple):
    """What some forms are cut into.

    forms   Arrow string array, the distinct pieces
    codes   int32[n_pieces], which piece, form after form
    rows    int64[n_forms + 1], where in ``codes`` each form begins
    """

    forms: pa.StringArray
    codes: Int32
    rows: Int64


class Cut(Protocol):
    """How a form is cut; two that are equal cut alike."""

    def pieces(self, forms: pa.StringArray) -> Pieces:
        """What each of these forms is cut into."""

    def spans(self, forms: pa.StringArray) -> tuple[Int64, Int64, Int64]:
        """Where in its form each piece begins and ends, [n_pieces], and how long each form is, in code
        points."""

    def may_be_empty(self) -> bool:
        """May a piece stand on no character of its form?"""


class PiecesOfWords(UnwrittenTokens):
    """The pieces of words, where which they are depends on the word alone.

    ``words`` are the tokens that are cut, by ``cut``. The other columns are written out when someone asks
    for them: who only counts pieces needs those of each distinct word (``pieces``), and how often it
    occurs. A piece spans its characters, or its whole word where the length of that has changed.
    """

    words: Tokens
    cut: Cut

    def __init__(self, words: Tokens, cut: Cut) -> None:
        self.__dict__.update(words=words, cut=cut)

    def __reduce__(self) -> Any:
        return PiecesOfWords, (self.words, self.cut)

    def __len__(self) -> int:
        return len(self.words)

    @property
    def pieces(self) -> Pieces:
        """The pieces of each distinct word."""
        if "_pieces" not in self.__dict__:
            self.__dict__["_pieces"] = self.cut.pieces(self.words.forms)
        return self.__dict__["_pieces"]  # type: ignore[no-any-return]

    def _per_word(self) -> Int64:
        """How many pieces each token of ``words`` has."""
        return np.diff(self.pieces.rows)[self.words.codes]

    def _write(self) -> Tokens:
        words, pieces, size = self.words, self.pieces, self._per_word()
        until = np.concatenate(([0], np.cumsum(size)))
        at = np.arange(until[-1]) + np.repeat(pieces.rows[words.codes] - until[:-1], size)
        begins, finishes, lengths = self.cut.spans(words.forms)
        starts, ends = np.repeat(words.starts, size), np.repeat(words.ends, size)
        fits = np.repeat(lengths[words.codes] == words.ends - words.starts, size)
        return Tokens(
            pieces.forms,
            pieces.codes[at],
            np.where(fits, starts + begins[at], starts).astype(np.int32),
            np.where(fits, starts + finishes[at], ends).astype(np.int32),
            until[words.rows],
            None if words.tags is None else np.repeat(words.tags, size),
        )

    @property
    def forms(self) -> pa.StringArray:
        return self.pieces.forms

    @property
    def rows(self) -> Int64:
        if "_rows" not in self.__dict__:
            until = np.concatenate(([0], np.cumsum(self._per_word())))
            self.__dict__["_rows"] = until[self.words.rows]
        return self.__dict__["_rows"]  # type: ignore[no-any-return]

    def take(self, indices: Int64) -> Tokens:
        return PiecesOfWords(self.words.take(indices), self.cut)

    def _concat(self, parts: Sequence[Tokens]) -> Tokens:
        words = [p.words for p in parts if isinstance(p, PiecesOfWords) and p.cut == self.cut]
        if len(words) < len(parts):
            return super()._concat(parts)
        return PiecesOfWords(Tokens.concat(words), self.cut)

    def words_covered(self, words: Tokens | None) -> Int64:
        if words is None or not self._one_word_each(words):
            return super().words_covered(words)
        return self.words.lengths()

    def words_with_known(self, known: NDArray[np.bool_], words: Tokens | None) -> Int64:
        if words is None or not self._one_word_each(words):
            return super().words_with_known(known, words)
        codes, rows = self.pieces.codes, self.pieces.rows
        if known.all() or not len(codes):
            return self.words.lengths()
        pieces_known = np.add.reduceat(known[codes], rows[:-1], dtype=np.int64)
        mostly = 2 * pieces_known > np.diff(rows)
        return self.words.words_known(mostly[self.words.codes], None)

    def _one_word_each(self, words: Tokens) -> bool:
        """Are all tokens that are cut words as the tokenizer cut them, each another one, and has each
        piece characters to stand on?"""
        if self.cut.may_be_empty() or (self.words.ends <= self.words.starts).any():
            return False
        if self.words._are(words):
            return True
        at = self.words.places_in(words)
        return bool((at >= 0).all() and (np.diff(at) > 0).all())
