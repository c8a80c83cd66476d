"""Tokens whose columns are written out when someone asks for them."""

from __future__ import annotations

from typing import Any

from textpipe.documents.arrays import Int32, UInt8
from textpipe.documents.tokens import Tokens


class LateTokens(Tokens):
    """Tokens of which something is worked out later."""

    def __new__(cls, *arguments: Any, **columns: Any) -> Any:
        """With a column replaced (dataclasses.replace) they are plain tokens."""
        return Tokens(**columns) if columns else super().__new__(cls)


class UnwrittenTokens(LateTokens):
    """Write ``_write``; what knows a column without it says so itself."""

    is_plain = False

    def _write(self) -> Tokens:
        """The tokens, column by column."""
        raise TypeError(f"{type(self).__name__} must say _write()")

    def _written_out(self) -> Tokens:
        if "_tokens" not in self.__dict__:
            self.__dict__["_tokens"] = self._write()
        return self.__dict__["_tokens"]  # type: ignore[no-any-return]

    @property
    def codes(self) -> Int32:
        return self._written_out().codes

    @property
    def starts(self) -> Int32:
        return self._written_out().starts

    @property
    def ends(self) -> Int32:
        return self._written_out().ends

    @property
    def tags(self) -> UInt8 | None:
        return self._written_out().tags
