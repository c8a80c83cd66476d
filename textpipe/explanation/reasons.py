"""What an explanation holds: scores, evidence, neighbours, words, and what would change the verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Spans = list[tuple[int, int]]

CONSTANT = "(before any word)"
"""The part of a vector that a stage gives to every document, such as a learned direction's intercept."""

REST = "(rest)"
"""The part of a vector that no single word brought, after a stage that cannot say what became of them."""


@dataclass(frozen=True)
class Neighbour:
    """A training document that voted.

    ``similarity`` is the sum of ``words``, what each word (see :class:`Word`) brought to it (for
    cosine; with Euclidean distances there is no such sum, and ``words`` is empty). ``vote`` is what its
    vote weighs, ``share`` its part of all evidence: the shares of all neighbours and the prior add up
    to 1.
    """

    id: str
    label: str | float
    similarity: float
    vote: float
    share: float
    text: str
    words: list[tuple[str, float]]


@dataclass(frozen=True)
class Word:
    """What a word of the document did for the verdict, at all of its places.

    ``word`` is a token as the vectorizer gets it, so lower-cased or stemmed where the pipeline does so;
    where the tokens are pieces or runs of words, the word as it stands in the text (lower-cased if all
    tokens are). An n-gram or a run of letters is shared out among the words on which it stands, equally
    over its places and by the code points that each word has of it. What stands on no word, such as
    ``(before any word)`` or ``(intercept)``, is a row of its own.

    ``supports`` is what it brought to the votes for the verdict, ``opposes`` to those for other labels,
    as shares of all evidence: over all words they add up to what the neighbours brought. (Of a linear
    classifier: the positive or negative part that it has in the verdict's margin.) With dense vectors
    a word can have a share below 0. ``spans`` are its places in the cleaned text, ``places`` in the
    original; each [start, end) in code points. ``parts`` are the pieces behind it, each with what it
    supports and opposes, the weightiest first: they add up to the word's. Empty if that is the word
    itself and nothing else.
    """

    word: str
    supports: float
    opposes: float
    spans: Spans
    places: Spans = field(default_factory=list)
    parts: list[tuple[str, float, float]] = field(default_factory=list)

    @property
    def net(self) -> float:
        """What is left for the verdict: ``supports - opposes``."""
        return self.supports - self.opposes


@dataclass(frozen=True)
class Flip:
    """Words without which the verdict would be another.

    ``words`` are tokens as the vectorizer sees them, the weightiest first; every occurrence of each was
    taken out, and the rest decided anew: ``verdict`` and ``scores``. ``proven``: no smaller set of words
    does it, for all of them were tried. ``irreducible``: with any one of the words put back, it is not
    reached. ``places`` are where the words stand in the original.
    """

    words: list[str]
    verdict: str
    scores: dict[str, float]
    proven: bool
    irreducible: bool
    places: Spans = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """Why a document got its verdict.

    id                  what the document is called
    text                the cleaned text, into which ``Word.spans`` point
    original            the text before the first stage, into which ``Word.places`` point
    verdict             a label, a number (of a regression), or "unsure"
    leaning             the best label; None where there is no evidence at all
    why_unsure          a sentence; None unless the verdict is "unsure"
    scores              each label's score, as decided (calibrated where the classifier is)
    are_probabilities   do the scores add up to 1?
    evidence            what neighbours and prior add up to for each label, shares of 1; of a linear
                        classifier the margins that words and intercept add up to
    prior               the part of ``evidence`` that no neighbour brought, by label
    total_evidence      the sum of all votes; None where nobody votes
    known_words, total_words   on how many words tokens stand that the vectorizer knows, and on how many
                        tokens stand at all; None where the columns are not made of words
    neighbours          who voted, the nearest first
    words               the words behind ``evidence`` of the leaning, the weightiest first
    flip                the fewest words found whose removal leads to another label; None if none was
    doubt               likewise, but to "unsure"
    tried               how many documents with words taken out were decided for these two
    compared            stages that cannot tell what became of what: through these, places in the
                        original were found by comparing words
    way                 the stages by name, each with what it did in short
    """

    id: str
    text: str
    original: str
    verdict: str | float
    leaning: str | float | None
    why_unsure: str | None
    scores: dict[str, float]
    are_probabilities: bool
    evidence: dict[str, float]
    prior: dict[str, float]
    total_evidence: float | None
    known_words: int | None
    total_words: int | None
    neighbours: list[Neighbour]
    words: list[Word]
    flip: Flip | None = None
    doubt: Flip | None = None
    tried: int = 0
    compared: list[str] = field(default_factory=list)
    way: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries."""
        return asdict(self)

    def as_html(self) -> str:
        """The whole of it as one page that loads nothing and runs nothing."""
        from textpipe.explanation.page import as_html

        return as_html(self)
