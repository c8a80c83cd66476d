"""Tokens -> tokens without punctuation."""

from __future__ import annotations

from textpipe.stage import FormStage


class RemovePunctuation(FormStage):
    """Drop the tokens that hold no letter and no digit: punctuation, symbols, emoji.

    Reads tokens, writes tokens. Words stay as they are, with what stands inside them: "don't",
    "e-mail", "3.50".

    Options:
        keep: symbols that carry meaning, such as ["!", "€"]; a token that is one of them or made of
            them only ("!!!") stays; default none.

    >>> words = [["e-mail", ",", "!!!", "€", "½", "…"]]
    >>> RemovePunctuation().transform(words).tokens.to_lists()
    [['e-mail', '½']]
    >>> RemovePunctuation(keep=["!", "€"]).transform(words).tokens.to_lists()
    [['e-mail', '!!!', '€', '½']]
    """

    remembered = True
    in_threads = True

    def __init__(self, keep: list[str] | None = None) -> None:
        self.keep = keep

    def of(self, form: str) -> str | None:
        keep = self.keep or ()
        stays = any(map(str.isalnum, form)) or form in keep or all(sign in keep for sign in form)
        return form if stays else None
