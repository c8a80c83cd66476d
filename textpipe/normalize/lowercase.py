"""Tokens -> tokens in small letters."""

from __future__ import annotations

from textpipe.stage import FormStage


class Lowercase(FormStage):
    """Write each word in small letters.

    Reads tokens, writes tokens.

    Options:
        fold: false (default): lower case (str.lower); true: full case folding (str.casefold,
            Unicode Standard, section 3.13), which also makes "ß" "ss" and "ς" "σ".

    >>> Lowercase().of("STRASSE"), Lowercase().of("Straße"), Lowercase(fold=True).of("Straße")
    ('strasse', 'straße', 'strasse')
    """

    def __init__(self, fold: bool = False) -> None:
        self.fold = fold

    def of(self, form: str) -> str:
        return form.casefold() if self.fold else form.lower()
