"""Tokens -> runs of neighbouring tokens."""

from __future__ import annotations

from textpipe.documents import Tokens
from textpipe.errors import DefinitionError
from textpipe.grams import word_n_grams
from textpipe.stage import TokenStage


class NGrams(TokenStage):
    """Each run of neighbouring words as one token, its words joined by a space.

    Reads tokens, writes tokens, in the order of their first words, shorter ones first. An n-gram spans
    the text from its first word to its last; a single word keeps its part of speech, a longer one has
    X. Words that earlier stages dropped leave no gap: what stands side by side counts.

    Options:
        minimum: fewest words of a run; default 1.
        maximum: most words of a run; default 2.

    Raises DefinitionError unless 1 <= minimum <= maximum.

    >>> NGrams().transform([["new", "york", "city"]]).tokens.to_lists()
    [['new', 'new york', 'york', 'york city', 'city']]
    """

    def __init__(self, minimum: int = 1, maximum: int = 2) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def check(self) -> None:
        super().check()
        if not 1 <= self.minimum <= self.maximum:
            raise DefinitionError(
                "n_grams: 1 <= minimum <= maximum must hold, and "
                f"minimum = {self.minimum}, maximum = {self.maximum} were given"
            )

    def work(self, tokens: Tokens) -> Tokens:
        return word_n_grams(tokens, self.minimum, self.maximum)
