"""What was decided about documents: labels, scores, and where there was no evidence."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.documents.arrays import Int64
from textpipe.errors import InputError, TextpipeWarning

UNSURE = "unsure"
"""The verdict on a document that resembles nothing that training knew. No label may be called so."""


@dataclass(frozen=True)
class Decisions:
    """What was decided about each document.

    classes    the labels that training knew, [n_classes], sorted; empty for a regression
    values     [n_documents], the most likely label (or, for a regression, the value)
    scores     float64[n_documents, n_classes], higher is more likely; empty for a regression
    unsure     bool[n_documents], true where there is no evidence to decide by
    are_probabilities   do the scores of a document add up to 1?
    known, total        int64[n_documents] or None, as in :class:`Matrix`
    """

    classes: NDArray[Any]
    values: NDArray[Any]
    scores: NDArray[np.float64]
    unsure: NDArray[np.bool_]
    are_probabilities: bool = True
    known: Int64 | None = None
    total: Int64 | None = None

    def __len__(self) -> int:
        return len(self.values)

    def with_(self, **columns: Any) -> Decisions:
        """The same decisions with these columns put in place."""
        if not columns.keys() <= Decisions.__dataclass_fields__.keys():
            raise TypeError(f"decisions have no such column: {', '.join(columns)}")
        other = object.__new__(Decisions)  # dataclasses.replace takes four times as long
        other.__dict__.update(self.__dict__, **columns)
        return other

    def verdicts(self) -> NDArray[Any]:
        """The labels, with :data:`UNSURE` where there is no evidence, as an array of objects."""
        verdicts = self.values.astype(object)
        verdicts[self.unsure] = UNSURE
        return verdicts

    def take(self, indices: Int64) -> Decisions:
        """The decisions about these documents, in this order."""
        return dataclasses.replace(
            self,
            values=self.values[indices],
            scores=self.scores[indices],
            unsure=self.unsure[indices],
            known=None if self.known is None else self.known[indices],
            total=None if self.total is None else self.total[indices],
        )

    def bounded(self, verdict_from: Mapping[str, float]) -> Decisions:
        """The same scores, where a label may only be said from a score of its own on.

        The verdict is the likeliest of the labels that reach their bound, unsure where none does. A label
        without a bound may be said where it is the likeliest of all. Raises InputError for a label that
        training did not know.

        >>> scores = np.array([[0.6, 0.4], [0.2, 0.8], [0.1, 0.9]])
        >>> decided = Decisions(np.array(["ham", "spam"]), np.array(["ham", "spam", "spam"]), scores,
        ...                     np.zeros(3, bool))
        >>> decided.bounded({"ham": 0.7, "spam": 0.9}).verdicts().tolist()
        ['unsure', 'unsure', 'spam']
        """
        must_be_labels("verdict_from", verdict_from, self.classes)
        labels = self.classes.astype(str).tolist()
        rows, said = np.arange(len(self)), np.searchsorted(self.classes, self.values)
        least = np.array([verdict_from.get(label, np.inf) for label in labels])
        reaches = self.scores >= least
        reaches[rows, said] |= np.isinf(least[said])
        other = np.argmax(np.where(reaches, self.scores, -np.inf), axis=1)
        switched = ~reaches[rows, said] & reaches[rows, other] & ~self.unsure
        return dataclasses.replace(
            self,
            values=np.where(switched, self.classes[other], self.values),
            unsure=self.unsure | ~reaches.any(axis=1),
        )

    def answers(self) -> NDArray[Any]:
        """What ``predict`` returns: verdicts where labels are texts.

        Among numbers there is no "unsure". There the values are returned, which for a document without
        evidence are the label that training saw most (for a regression the mean), with a
        TextpipeWarning that says how many there are.
        """
        n = int(self.unsure.sum())
        if n and self.classes.dtype.kind in "UO":
            return self.verdicts()
        if n:
            stand_in = "the most frequent label" if len(self.classes) else "the mean of all labels"
            warnings.warn(
                f"no evidence for {n} of {len(self)} documents: {stand_in} stands in for them, since labels "
                'are numbers and cannot say "unsure"; decide(documents).unsure tells which',
                TextpipeWarning,
                stacklevel=3,
            )
        return self.values

    @staticmethod
    def concat(parts: Sequence[Decisions]) -> Decisions:
        """The decisions of all parts, one part after another."""
        if len(parts) == 1:
            return parts[0]

        def column(name: str) -> Any:
            values = [getattr(part, name) for part in parts]
            return None if any(value is None for value in values) else np.concatenate(values)

        return Decisions(
            parts[0].classes,
            column("values"),
            column("scores"),
            column("unsure"),
            parts[0].are_probabilities,
            column("known"),
            column("total"),
        )


def must_be_labels(option: str, names: Iterable[str], classes: NDArray[Any]) -> None:
    """Raise InputError if an option names what is none of these labels."""
    labels = classes.astype(str).tolist()
    for name in names:
        if name not in labels:
            raise InputError(f"{option} names {name!r}, and the labels are {', '.join(labels)}")
