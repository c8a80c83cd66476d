"""What a diagnosis found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Light = Literal["good", "watch", "bad", "unknown"]
"""What a measure says, as a traffic light would; "unknown" where it could not be taken."""


def light_of(value: float, good: float, watch: float) -> Light:
    """Good up to a bound, to be watched up to another, else bad.

    >>> light_of(0.1, 0.1, 0.4), light_of(0.2, 0.1, 0.4), light_of(0.5, 0.1, 0.4)
    ('good', 'watch', 'bad')
    """
    return "good" if value <= good else "watch" if value <= watch else "bad"


@dataclass(frozen=True)
class Measure:
    """One thing that was measured.

    ``shown`` is ``value`` as a person reads it, ``brief`` goes on from there in a few words; ``meaning``
    says what it is in full and ``advice`` what to do, both for this value. ``figures`` are the numbers
    behind it.
    """

    key: str
    name: str
    value: float | None
    shown: str
    light: Light
    brief: str
    meaning: str
    advice: str
    figures: dict[str, float | int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Hub:
    """A document that is among the nearest neighbours of many others.

    ``serves`` is how many have it among their ``k`` nearest, ``misleads`` how many of these have another
    label (None where no labels were given).
    """

    id: str
    label: str | None
    serves: int
    misleads: int | None
    text: str


@dataclass(frozen=True)
class Suspect:
    """A document whose label its neighbours oppose.

    ``opposition`` is the share of votes for other labels, ``neighbours`` how many of them voted;
    ``nearest`` is the nearest one of the label that they give.
    """

    id: str
    label: str
    neighbours_say: str
    opposition: float
    neighbours: int
    text: str
    nearest: str
    nearest_text: str


@dataclass(frozen=True)
class Conflict:
    """Documents with one text, or nearly one, and different labels: ``labels`` counts each label.

    ``exact`` says that two of the texts are the same, character by character, and labelled differently;
    ``ids`` are the first 50.
    """

    ids: list[str]
    labels: dict[str, int]
    exact: bool
    text: str


@dataclass(frozen=True)
class Leak:
    """A word (or a kind of region) that alone gives a label away.

    ``documents`` with it have the label and ``others`` do not; ``coverage`` is the share of the label's
    documents that have it; ``precision`` is documents / (documents + others), with an interval of 95 %
    (Clopper-Pearson); ``z`` is the log-odds ratio in standard errors. ``reason`` says why it may be a
    leak, or the topic.
    """

    word: str
    kind: Literal["word", "region"]
    label: str
    documents: int
    others: int
    coverage: float
    precision: float
    low: float
    high: float
    z: float
    reason: str
    example: str


@dataclass(frozen=True)
class Curves:
    """What the pictures are drawn from, one value for each document (or pair) that was measured.

    nearest      similarity to the nearest other document
    random       similarity to one that was drawn
    occurrences  for how many documents it is one of the k nearest
    dealt_occurrences   the same, after the words were dealt out at random
    ratios       distance to the second nearest over distance to the nearest
    opposition   share of its neighbours' votes that are for another label; None without labels
    """

    nearest: NDArray[np.float64]
    random: NDArray[np.float64]
    occurrences: NDArray[np.int64]
    dealt_occurrences: NDArray[np.int64]
    ratios: NDArray[np.float64]
    opposition: NDArray[np.float64] | None


@dataclass(frozen=True)
class Diagnosis:
    """What was found out about a pipeline's vectors and its documents.

    ``documents`` were given, ``distinct`` is how many are no near-duplicates of each other, and
    ``measured`` how many of these the distances were measured on (all, or a sample). ``left_out`` names
    the stages that learn from labels: the vectors were measured as they are without them.
    """

    documents: int
    distinct: int
    measured: int
    features: int
    k: int
    metric: str
    seed: int
    labels: dict[str, int] | None
    measures: list[Measure]
    hubs: list[Hub]
    suspects: list[Suspect]
    conflicts: list[Conflict]
    leaks: list[Leak]
    curves: Curves
    left_out: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> Measure:
        """The measure of this key, such as "contrast"; KeyError where it was not taken."""
        for measure in self.measures:
            if measure.key == key:
                return measure
        raise KeyError(key)

    @property
    def conclusion(self) -> str:
        """In one sentence: can neighbours work here?"""
        light = self["disagreement" if self.labels else "contrast"].light
        said = {
            "good": "Neighbours work on these vectors.",
            "watch": "Neighbours help on these vectors, and need watching.",
            "bad": "Neighbours cannot be trusted on these vectors.",
            "unknown": "There is too little to say whether neighbours work on these vectors.",
        }[light]
        by = "labels agree with neighbours" if self.labels else "distances have contrast"
        return f"{said} (Judged by how far {by}.)"

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries; the curves are left out."""
        found: dict[str, Any] = {"conclusion": self.conclusion}
        found |= {name: value for name, value in vars(self).items() if name != "curves"}
        for name in ("measures", "hubs", "suspects", "conflicts", "leaks"):
            found[name] = [asdict(item) for item in found[name]]
        return found
