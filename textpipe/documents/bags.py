"""Bags of words: how often each form occurs in each document, without where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from textpipe.documents.arrays import Int32, Int64, concat_rows, take_rows
from textpipe.documents.tokens import renumbered


@dataclass(frozen=True)
class Bags:
    """What a batch of documents is to who only counts its words.

    forms   Arrow string array, the distinct words, each once
    codes   int32[n_entries], which form; within a document each once, in no particular order
    times   int32[n_entries], how often it occurs in the document
    rows    int64[n_documents + 1], where each document's entries begin
    total   int64[n_documents], how many tokens each document has; each of them is one of its words
    """

    forms: pa.StringArray
    codes: Int32
    times: Int32
    rows: Int64
    total: Int64

    def __len__(self) -> int:
        """How many documents."""
        return len(self.rows) - 1

    def take(self, indices: Int64) -> Bags:
        """The bags of these documents, in this order; the forms stay."""
        at, rows = take_rows(self.rows, indices)
        return Bags(self.forms, self.codes[at], self.times[at], rows, self.total[indices])

    @staticmethod
    def concat(parts: Sequence[Bags]) -> Bags:
        """The documents of all parts, one after another; a form that several parts have stands once."""
        forms, codes = renumbered(parts)
        return Bags(
            forms,
            codes,
            np.concatenate([part.times for part in parts]),
            concat_rows([part.rows for part in parts]),
            np.concatenate([part.total for part in parts]),
        )
