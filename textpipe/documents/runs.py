"""Tokens that are runs of other tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from textpipe.documents.arrays import Int32, Int64
from textpipe.documents.tokens import Tokens


@dataclass(frozen=True)
class RunsOfTokens(Tokens):
    """Runs of neighbouring tokens, which know from these on which words they stand.

    of_tokens      the tokens
    first, after   int32[n_runs], where in ``of_tokens`` each run begins, and where the next token follows
    """

    is_plain: ClassVar[bool] = False
    of_tokens: Tokens | None = None
    first: Int32 = field(default_factory=lambda: np.zeros(0, np.int32))
    after: Int32 = field(default_factory=lambda: np.zeros(0, np.int32))

    def _words_under(self, words: Tokens) -> tuple[Int64, Int64]:
        if self.of_tokens is None:
            return super()._words_under(words)
        if self.of_tokens._are(words):
            return self.first.astype(np.int64), self.after.astype(np.int64)
        first, after = self.of_tokens._words_under(words)
        return first[self.first], np.maximum(first[self.first], after[self.after - 1])
