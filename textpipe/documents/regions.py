"""Stretches of a document that have a kind of their own, and where in its text they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from textpipe.documents.arrays import Int32, Int64, UInt8, concat_rows, take_rows


class Region(NamedTuple):
    """A stretch of a document that has a kind of its own, such as the subject of a mail."""

    kind: str
    text: str


@dataclass(frozen=True)
class Regions:
    """Where in each text which kind of region stands, by column.

    ``codes`` [n_regions] index ``kinds``; ``starts`` and ``ends`` [n_regions] are code points in the
    document's text; ``rows`` [n_documents + 1] says where each document's regions begin. Regions do
    not overlap and stand in the order of the text.
    """

    kinds: tuple[str, ...]
    codes: UInt8
    starts: Int32
    ends: Int32
    rows: Int64

    JOINER = "\n\n"

    def __len__(self) -> int:
        return len(self.rows) - 1

    def of(self, row: int, text: str) -> list[Region]:
        """The regions of one document, cut out of its ``text``."""
        return [
            Region(self.kinds[self.codes[i]], text[self.starts[i] : self.ends[i]])
            for i in range(self.rows[row], self.rows[row + 1])
        ]

    def take(self, indices: Int64) -> Regions:
        """The regions of these documents, in this order."""
        at, rows = take_rows(self.rows, indices)
        return Regions(self.kinds, self.codes[at], self.starts[at], self.ends[at], rows)

    def replaced(self, rows: Int64, others: Regions) -> Regions:
        """The same, with the regions of ``others`` for the documents at ``rows``."""
        index = np.arange(len(self), dtype=np.int64)
        index[rows] = len(self) + np.arange(len(rows))
        made = Regions.concat([self, others]).take(index)
        used, first = np.unique(made.codes, return_index=True)
        order = used[np.argsort(first)]  # as join numbers them
        table = np.zeros(len(made.kinds), np.uint8)
        table[order] = np.arange(len(order))
        kinds = tuple(made.kinds[code] for code in order)
        return Regions(kinds, table[made.codes], made.starts, made.ends, made.rows)

    @staticmethod
    def concat(parts: Sequence[Regions]) -> Regions:
        """The regions of all parts' documents, one part after another."""
        kinds = tuple(dict.fromkeys(kind for part in parts for kind in part.kinds))
        codes = []
        for part in parts:
            table = np.array([kinds.index(kind) for kind in part.kinds], np.uint8)
            codes.append(table[part.codes] if len(part.codes) else part.codes)
        return Regions(
            kinds,
            np.concatenate(codes),
            np.concatenate([part.starts for part in parts]),
            np.concatenate([part.ends for part in parts]),
            concat_rows([part.rows for part in parts]),
        )

    @staticmethod
    def join(documents: Iterable[Sequence[Region]]) -> tuple[list[str], Regions]:
        """Texts (regions joined by a blank line) and where the regions lie in them.

        >>> texts, regions = Regions.join([[Region("subject", "Hi"), Region("plain", "Bob")]])
        >>> texts, regions.of(0, texts[0])
        (['Hi\\n\\nBob'], [Region(kind='subject', text='Hi'), Region(kind='plain', text='Bob')])
        """
        kinds: dict[str, int] = {}
        texts, codes, starts, ends, rows = [], [], [], [], [0]
        for regions in documents:
            at = 0
            for kind, text in regions:
                codes.append(kinds.setdefault(kind, len(kinds)))
                starts.append(at)
                ends.append(at + len(text))
                at += len(text) + len(Regions.JOINER)
            rows.append(len(codes))
            texts.append(Regions.JOINER.join(region.text for region in regions))
        return texts, Regions(
            tuple(kinds),
            np.array(codes, np.uint8),
            np.array(starts, np.int32),
            np.array(ends, np.int32),
            np.array(rows, np.int64),
        )
