"""What a detector says of one mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_ENCODED_WORD = re.compile(r"=(?=\?)")


@dataclass(frozen=True)
class Near:
    """A training document that voted: its id, its label, and how similar it is (cosine: 0 to 1)."""

    id: str
    label: str
    similarity: float


@dataclass(frozen=True)
class Verdict:
    """What a model says of one mail.

    label       the verdict: a label of the model, or "unsure"
    score       of the positive label, 0 to 1: its probability or share of votes. Of a classifier that
                gives margins only, ``1 / (1 + exp(-margin))``, which orders mails but is no probability
    threshold   the score from which on the positive label is said, where the model has one
    positive    the positive label, such as "spam"
    words       the words (n-grams, signs) that spoke most, the strongest first, each with its share of
                all evidence (of a linear classifier: of the margin): above 0 for the positive label,
                below 0 against it. Only those that speak for the verdict, or for
                either side if it is "unsure"
    neighbours  the training documents that voted, the nearest first; empty without neighbours
    defects     what is broken in the mail, in words
    model       the fingerprint of the bundle (sha256 of its manifest, hex)
    corrections how many corrections the model has been taught since training

    >>> verdict = Verdict("spam", 0.973, None, "spam", (("prize", 0.4), ("win", 0.2)))
    >>> verdict.is_spam, verdict.reasons
    (True, ['prize', 'win'])
    """

    label: str
    score: float
    threshold: float | None
    positive: str
    words: tuple[tuple[str, float], ...] = ()
    neighbours: list[Near] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    model: str = ""
    corrections: int = 0

    @property
    def is_spam(self) -> bool | None:
        """Is the verdict the positive label? None where the model is unsure."""
        return None if self.label == "unsure" else self.label == self.positive

    @property
    def reasons(self) -> list[str]:
        """The words that spoke most, as they are: they come from the mail. See :func:`ascii_safe`."""
        return [word for word, _ in self.words]

    def as_json(self) -> dict[str, Any]:
        """The verdict as JSON knows it."""
        return {
            "label": self.label,
            "is_spam": self.is_spam,
            "score": self.score,
            "threshold": self.threshold,
            "positive": self.positive,
            "reasons": [{"word": word, "weight": weight} for word, weight in self.words],
            "neighbours": [
                {"id": near.id, "label": near.label, "similarity": near.similarity}
                for near in self.neighbours
            ],
            "defects": self.defects,
            "model": self.model,
            "corrections": self.corrections,
        }


def ascii_safe(text: str, longest: int = 40) -> str:
    r"""The text in printable ASCII of at most ``longest`` characters, fit for a quoted header value.

    White space becomes one blank, everything else that is not printable ASCII is written as Python
    does (``\xfc``), as are the quote, the backslash, and what would begin an encoded word.

    >>> print(ascii_safe('Gr\u00fc\u00dfe\r\n "x" =?utf-8?q?y?='))
    Gr\xfc\xdfe \x22x\x22 \x3d?utf-8?q?y?=
    """
    line = " ".join(text[: 4 * longest].split())
    line = _ENCODED_WORD.sub(r"\\x3d", line.replace("\\", r"\x5c").replace('"', r"\x22"))
    safe = "".join(one if " " <= one <= "~" else _escaped(one) for one in line)
    return safe if len(safe) <= longest else _cut(safe, longest)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _cut(text: str, longest: int) -> str:
    """The beginning of the text, without half an escape at its end."""
    kept = re.sub(r"\\(x.?|u.{0,3}|U.{0,7})?$", "", text[: longest - 2])
    return kept.rstrip() + ".."
