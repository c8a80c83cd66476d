"""Tokens of which only the forms have changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from textpipe.documents.arrays import Int32, Int64
from textpipe.documents.tokens import Tokens, per_row
from textpipe.documents.unwritten import UnwrittenTokens


class MappedTokens(UnwrittenTokens):
    """Tokens with other forms, without those that were dropped for their form.

    of_tokens   the tokens as they were
    table       int32[n_forms of ``of_tokens``], which form each has become; -1 is dropped

    The other columns are written out when someone asks for them. Several changes in a row are one: who
    changes these changes the table, and the tokens themselves are walked through once, by who needs them.
    """

    of_tokens: Tokens
    table: Int32

    def __init__(self, of_tokens: Tokens, table: Int32, forms: pa.StringArray) -> None:
        self.__dict__.update(of_tokens=of_tokens, table=table, forms=forms)

    def __reduce__(self) -> Any:
        return Tokens, (self.forms, self.codes, self.starts, self.ends, self.rows, self.tags)

    def __len__(self) -> int:
        return len(self.of_tokens)

    @property
    def drops(self) -> bool:
        """Are there forms whose tokens are gone?"""
        return len(self.table) > 0 and int(self.table.min()) < 0

    def lengths(self) -> Int64:
        of = self.of_tokens
        return per_row(self.table[of.codes] >= 0, of.rows) if self.drops else of.lengths()

    def of_tokens_as(self, of_forms: Int32) -> Int32:
        """For each of the tokens as they were, what ``of_forms`` [n_forms] says of its form; -1: dropped."""
        if not len(self.table):
            return self.of_tokens.codes
        padded = np.append(of_forms, np.int32(-1))  # -1, dropped, is the last one
        return padded[self.table][self.of_tokens.codes]

    def _write(self) -> Tokens:
        of = self.of_tokens
        codes = self.table[of.codes] if len(self.table) else of.codes
        tokens = Tokens(self.forms, codes, of.starts, of.ends, of.rows, of.tags)
        return tokens.keep(codes >= 0) if self.drops else tokens

    @property
    def rows(self) -> Int64:
        return self._written_out().rows

    def _mapped(self, table: Int32, forms: pa.StringArray) -> Tokens:
        if not len(table):  # none had a form any more
            return MappedTokens(self.of_tokens, self.table, forms)
        composed = np.where(self.table < 0, np.int32(-1), table[self.table])
        return MappedTokens(self.of_tokens, composed, forms)

    def _words_under(self, words: Tokens) -> tuple[Int64, Int64]:
        if self.drops:
            return super()._words_under(words)
        return self.of_tokens._words_under(words)
