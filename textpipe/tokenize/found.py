"""Words as a compiled loop has found them in short texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from textpipe.documents import Int32, Int64, Tokens
from textpipe.documents.arrays import Slices
from textpipe.documents.unwritten import LateTokens
from textpipe.kept import kept
from textpipe.tokenize.distinct import written


class FoundTokens(LateTokens):
    """Tokens whose distinct forms are known as slices of the texts.

    They are written out when someone asks for them: who looks few words up need not.
    """

    slices: Slices

    def __init__(
        self, slices: Slices, codes: Int32, starts: Int32, ends: Int32, rows: Int64
    ) -> None:
        self.__dict__.update(slices=slices, codes=codes, starts=starts, ends=ends, rows=rows)

    def __reduce__(self) -> Any:
        return Tokens, (self.forms, self.codes, self.starts, self.ends, self.rows)

    @kept
    def forms(self) -> pa.StringArray:
        """The distinct words, each once."""
        data, begins, ends = self.slices
        return written(data, begins.astype(np.int64), (ends - begins).astype(np.int64))
