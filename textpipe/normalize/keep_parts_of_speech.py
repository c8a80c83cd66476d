"""Tokens -> only those of some parts of speech."""

from __future__ import annotations

import numpy as np

from textpipe.documents import UPOS, Tokens
from textpipe.errors import DefinitionError, nearest
from textpipe.stage import TokenStage

CONTENT = ("ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB")
"""The open classes of Universal Dependencies: words with a meaning of their own."""


class KeepPartsOfSpeech(TokenStage):
    """Keep only the tokens of these parts of speech.

    Options:
        tags: the universal parts of speech to keep, such as ["NOUN", "VERB"]; default: the content
            words ADJ, ADV, INTJ, NOUN, PROPN and VERB.

    Reads tokens and tags (put tag_parts_of_speech before it); writes tokens, whose tags stay with them.

    Raises DefinitionError for a tag that is none of the 17 of https://universaldependencies.org/u/pos/.

    >>> import dataclasses
    >>> from textpipe.documents import Documents
    >>> documents = Documents.of([["a", "good", "deal"]])
    >>> tags = np.array([UPOS.index(tag) for tag in ("DET", "ADJ", "NOUN")], np.uint8)
    >>> tagged = documents.with_(tokens=dataclasses.replace(documents.tokens, tags=tags))
    >>> KeepPartsOfSpeech(["NOUN"]).transform(tagged).tokens.to_lists()
    [['deal']]
    """

    reads = ("tokens", "tags")

    def __init__(self, tags: list[str] | None = None) -> None:
        self.tags = tags

    def check(self) -> None:
        super().check()
        for tag in self.tags or ():
            if tag not in UPOS:
                raise DefinitionError(
                    f'{self.name()}: "{tag}" is no universal part of speech.'
                    f"{nearest(tag.upper(), UPOS)} There are {', '.join(sorted(UPOS))}"
                )

    def work(self, tokens: Tokens) -> Tokens:
        kept = CONTENT if self.tags is None else self.tags
        wanted = np.array([UPOS.index(tag) for tag in kept], np.uint8)
        assert tokens.tags is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        return tokens.keep(np.isin(tokens.tags, wanted))
