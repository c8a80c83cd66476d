"""Many parts of a corpus as one batch: in memory while that is little, else in mapped files."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textpipe.documents.columns_on_disk import (
    BagsColumn,
    Column,
    RegionsColumn,
    StringColumn,
    TokensColumn,
)
from textpipe.documents.documents import Documents
from textpipe.documents.matrix import Matrix
from textpipe.documents.pieces import Cut, PiecesOfWords
from textpipe.documents.tokens import Tokens

IN_MEMORY = 128_000_000
"""Bytes up to which the parts stay in memory: about 40 MB of text with its words."""


def joined(parts: Iterable[Documents]) -> Documents:
    """The documents of all parts, one part after another; see :class:`Joining`.

    >>> joined([Documents.of(["a", "b"]), Documents.of(["c"])]).texts()
    ['a', 'b', 'c']
    """
    joining = Joining()
    for part in parts:
        joining.add(part)
    return joining.documents()


class Joining:
    """Parts that come one by one, and are one batch in the end, as ``Documents.concat`` makes it.

    When they have more than ``IN_MEMORY`` bytes, all columns but a matrix go to files without a name in
    ``folder`` (None: the system's folder for temporary files), which are mapped into memory. A matrix is what
    is learned from. Raises SourceError where that folder is full.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._few: list[Documents] = []
        self._size = 0
        self._many: _OnDisk | None = None

    def add(self, part: Documents) -> None:
        """Append documents."""
        if self._many is not None:
            self._many.add(part)
            return
        self._few.append(part)
        self._size += _size(part)
        if self._size > IN_MEMORY:
            self._many = _OnDisk(self.folder)
            while self._few:
                self._many.add(self._few.pop(0))

    def documents(self) -> Documents:
        """All documents. Nothing can be added any more."""
        return Documents.concat(self._few) if self._many is None else self._many.documents()


class _OnDisk:
    """Parts that go to files, column by column."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.ids = StringColumn(pa.string(), folder)
        self.text = StringColumn(pa.large_string(), folder)
        self.mails = StringColumn(pa.large_binary(), folder)
        self.has_mails = False
        self.words, self.tokens = _Words(folder), _Words(folder)
        self.bags: BagsColumn | None = BagsColumn(folder)
        self.same = self.same_places = True
        """Are the tokens of each part the words themselves, and do they stand in the same places?"""
        self.regions: RegionsColumn | None = RegionsColumn(folder)
        self.counts: dict[str, Column] = {}
        self.matrices: list[Matrix | None] = []

    def add(self, part: Documents) -> None:
        n = self.ids.offsets.n - 1
        self.ids.add(part.ids)
        self.text.add(part.text)
        self.has_mails |= part.mails is not None
        self.mails.add(pa.nulls(len(part), pa.large_binary()) if part.mails is None else part.mails)
        if self.same and part.tokens is not part.words:
            self.same, self.tokens = False, self.words.copy()
        self.words.add(part.words)
        if not self.same:
            self.tokens.add(part.tokens)
            words, tokens = part.words, _cut(part.tokens)
            self.same_places &= words is not None and tokens is not None
            self.same_places &= getattr(words, "starts", 0) is getattr(tokens, "starts", 1)
        if part.bags is None:
            self.bags = None
        elif self.bags is not None:
            self.bags.add(part.bags)
        if part.regions is None:
            self.regions = None
        elif self.regions is not None:
            self.regions.add(part.regions)
        for name in part.counts:
            if name not in self.counts:
                self.counts[name] = Column(np.int64, self.folder)
                self.counts[name].add_zeros(n)
        for name, column in self.counts.items():
            if name in part.counts:
                column.add(part.counts[name])
            else:
                column.add_zeros(len(part))
        self.matrices.append(part.matrix)

    def documents(self) -> Documents:
        words = self.words.tokens()
        where = words if self.same_places else None
        tokens = words if self.same else self.tokens.tokens(where)
        matrices = [matrix for matrix in self.matrices if matrix is not None]
        return Documents(
            self.ids.array(),
            self.text.array(),
            None if self.regions is None else self.regions.regions(),
            words,
            tokens,
            Matrix.concat(matrices) if len(matrices) == len(self.matrices) else None,
            {name: column.array() for name, column in self.counts.items()},
            self.mails.array() if self.has_mails else None,
            None if self.bags is None else self.bags.bags(),
        )


class _Words:
    """The words or the tokens of parts; none, unless every part has them."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.column: TokensColumn | None = TokensColumn(folder)
        self.cut: Cut | None = None
        """Are they pieces of words? Then the words are kept, and this."""
        self.mixed = False
        self.n = 0

    def copy(self) -> _Words:
        other = copy.copy(self)
        other.column = None if self.column is None else self.column.copy()
        return other

    def add(self, tokens: Tokens | None) -> None:
        cut = tokens.cut if isinstance(tokens, PiecesOfWords) else None
        if tokens is None:
            self.column = None
        if self.column is None or tokens is None:
            return
        if not self.n:
            self.cut = cut
        self.mixed |= cut != self.cut
        if self.cut is not None and cut != self.cut:  # no longer all the same: they are written out
            before, self.column = self.column.tokens(), TokensColumn(self.folder)
            self.column.add(PiecesOfWords(before, self.cut))
            self.cut = None
        self.column.add(_cut(tokens) if self.cut is not None else tokens)
        self.n += 1

    def tokens(self, where: Tokens | None = None) -> Tokens | None:
        """All of them; in the places of other tokens, if those of each part stand there."""
        if self.column is None:
            return None
        tokens = self.column.tokens()
        if where is not None and not self.mixed:
            places = {name: getattr(where, name) for name in ("starts", "ends", "rows")}
            tokens = dataclasses.replace(tokens, **places)
        return tokens if self.cut is None else PiecesOfWords(tokens, self.cut)


def _cut(tokens: Tokens | None) -> Any:
    """The words of which the tokens are pieces; else the tokens."""
    return tokens.words if isinstance(tokens, PiecesOfWords) else tokens


def _size(part: Documents) -> int:
    """How many bytes the columns take that may go to files."""
    found = [part.text, part.mails]
    for tokens in {id(one): one for one in (_cut(part.words), _cut(part.tokens))}.values():
        if tokens is not None:
            found += [tokens.forms, tokens.codes, tokens.starts, tokens.ends]
    if part.bags is not None:
        found += [part.bags.forms, part.bags.codes, part.bags.times]
    return sum(int(column.nbytes) for column in found if column is not None)
