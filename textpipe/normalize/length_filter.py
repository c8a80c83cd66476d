"""Tokens -> tokens that are neither too short nor too long."""

from __future__ import annotations

from textpipe.errors import DefinitionError
from textpipe.stage import FormStage


class LengthFilter(FormStage):
    """Keep the words of a certain length.

    Reads tokens, writes tokens.

    Options:
        minimum: shortest word that stays, in code points; default 1.
        maximum: longest word that stays, in code points; default 50 (few real words are longer, but
            encoded attachments are).

    Raises DefinitionError unless 1 <= minimum <= maximum.

    >>> LengthFilter(minimum=2, maximum=5).transform([["a", "to", "be", "longer"]]).tokens.to_lists()
    [['to', 'be']]
    """

    remembered = True
    in_threads = True

    def __init__(self, minimum: int = 1, maximum: int = 50) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def check(self) -> None:
        super().check()
        if not 1 <= self.minimum <= self.maximum:
            raise DefinitionError(
                "length_filter: 1 <= minimum <= maximum must hold, and "
                f"minimum = {self.minimum}, maximum = {self.maximum} were given"
            )

    def of(self, form: str) -> str | None:
        return form if self.minimum <= len(form) <= self.maximum else None
