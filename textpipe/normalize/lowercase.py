"""Tokens -> tokens in small letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from textpipe.stage import FormStage

MANY = 1000
"""From how many distinct words on Arrow is faster than a loop."""


class Lowercase(FormStage):
    """Write each word in small letters.

    Reads tokens, writes tokens.

    Options:
        fold: false (default): lower case (str.lower); true: full case folding (str.casefold,
            Unicode Standard, section 3.13), which also makes "ß" "ss" and "ς" "σ".

    >>> Lowercase().of("STRASSE"), Lowercase().of("Straße"), Lowercase(fold=True).of("Straße")
    ('strasse', 'straße', 'strasse')
    """

    in_threads = True
    remembered = True

    def __init__(self, fold: bool = False) -> None:
        self.fold = fold

    def of(self, form: str) -> str:
        return form.casefold() if self.fold else form.lower()

    def map_forms(self, forms: pa.StringArray) -> Sequence[str | None] | pa.StringArray:
        return super().map_forms(forms) if len(forms) < MANY else mapped_by_case(forms, self.of)


def mapped_by_case(forms: pa.StringArray, of: Callable[[str], str]) -> pa.StringArray:
    """Each word in small letters; ``of`` says what they are where a word is not of ASCII.

    >>> mapped_by_case(pa.array(["To", "ÄRA"]), str.lower).to_pylist()
    ['to', 'ära']
    """
    small = pc.ascii_lower(forms)
    others = pc.invert(pc.string_is_ascii(forms))  # Arrow's rules for these are not Python's
    if pc.any(others).as_py():
        theirs = list(map(of, forms.filter(others).to_pylist()))
        small = pc.replace_with_mask(small, others, pa.array(theirs, pa.string()))
    return small
