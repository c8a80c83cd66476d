"""What an evaluation found: each document's label and verdict, and the figures that follow from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import UNSURE, Decisions
from textpipe.errors import InputError
from textpipe.evaluation.calibration import Reliability, reliability
from textpipe.evaluation.intervals import Judged, drawn, interval
from textpipe.evaluation.scores import RATES, lead_of, positive_scores, scores_of
from textpipe.evaluation.splits import Split
from textpipe.evaluation.thresholds import Threshold, choose_threshold, recall_name
from textpipe.run import Spent


@dataclass
class Report:
    """What an evaluation found. ``as_json()`` is what ``textpipe evaluate --json`` writes.

    labels, verdicts   what each document is, and what was said about it by the fold that left it out
    decisions          the same with scores
    folds, groups      int64[n]: the number of each document's fold, and of its group of near-duplicates
    positive           the label that recall and false alarms are about, if there is one
    evidence           bool[n]: which documents there is evidence for. All that are not unsure, unless a
                       classifier's ``verdict_from`` makes more of them unsure
    """

    labels: NDArray[Any]
    verdicts: NDArray[Any]
    decisions: Decisions
    ids: list[str]
    texts: list[str]
    folds: NDArray[np.int64]
    split: Split
    groups: NDArray[np.int64]
    positive: str | None
    seconds: dict[str, float] = field(default_factory=dict)
    stages: list[Spent] = field(default_factory=list)
    evidence: NDArray[np.bool_] | None = None

    @property
    def n_groups(self) -> int:
        """How many groups of near-duplicates there are."""
        return len(np.unique(self.groups))

    @cached_property
    def scores(self) -> dict[str, float]:
        """Accuracy and the like over all documents, each judged once, by the fold that left it out."""
        return self._scores_at(np.arange(len(self.labels)))

    @cached_property
    def fold_scores(self) -> list[dict[str, float]]:
        """The same for each fold by itself: how much the figures vary."""
        folds = range(int(self.folds.max()) + 1)
        return [self._scores_at(np.flatnonzero(self.folds == fold)) for fold in folds]

    @cached_property
    def resampled(self) -> dict[str, NDArray[np.float64]]:
        """Scores of 1,000 resamples of the groups (see :func:`textpipe.evaluation.intervals.drawn`)."""
        return drawn(self._judged(), self.groups, RATES)

    @cached_property
    def intervals(self) -> dict[str, list[float]]:
        """For each score the interval [low, high] that holds 95 % of the resamples."""
        found = {name: interval(values) for name, values in self.resampled.items()}
        return {name: ends for name, ends in found.items() if ends is not None}

    def positives(self) -> NDArray[np.bool_]:
        """Which documents have the positive label, bool[n]."""
        truth: NDArray[np.bool_] = self.labels.astype(str) == self.positive
        return truth

    def positive_scores(self) -> NDArray[np.float64] | None:
        """The score of the positive label; NaN for a document without evidence, None without such a label."""
        scores = positive_scores(self.decisions, self.positive)
        return None if scores is None else np.where(self._with_evidence(), scores, np.nan)

    def threshold(
        self,
        rate: float = RATES[0],
        confidence: float = 0.95,
        *,
        miss_rate: float | None = None,
        minimum_training: int = 20,
    ) -> Threshold:
        """From which score on the positive and the negative label are to be said.

        See :func:`textpipe.evaluation.thresholds.choose_threshold`. Raises InputError where there are
        more labels than two, where none of them is positive, where scores are no probabilities, or
        where there are too few documents.
        """
        classes = self.decisions.classes.astype(str).tolist()
        if len(classes) != 2:
            raise InputError(
                f"a threshold needs two labels, and there are {len(classes)}: {', '.join(classes)}. "
                "Join those that are not the positive one"
            )
        scores = self.positive_scores()
        if scores is None:
            raise InputError(
                f"a threshold needs to know which label is positive: positive={classes[0]!r} or "
                f"positive={classes[1]!r} (on the command line --positive)"
            )
        if not self.decisions.are_probabilities:
            raise InputError(
                "a threshold needs scores from 0 to 1, and this classifier's have no such bounds: "
                "use logistic_regression, complement_nb or knn_classifier"
            )
        return choose_threshold(
            self.positives(),
            scores,
            rate,
            confidence,
            miss_rate=miss_rate,
            minimum_training=minimum_training,
        )

    def reliability(self) -> Reliability | None:
        """Do the positive label's scores mean what they say? None where they are no probabilities."""
        scores = positive_scores(self.decisions, self.positive)
        if scores is None or not self.decisions.are_probabilities:
            return None
        return reliability(self.positives(), scores)

    def confusion(self) -> tuple[list[str], NDArray[np.int64]]:
        """Labels, and how often which label [rows] got which verdict [columns; the last is unsure]."""
        classes = [str(label) for label in np.unique(self.labels)]
        columns = [*classes, UNSURE]
        table = np.zeros((len(classes), len(columns)), np.int64)
        for label, verdict in zip(self.labels, self.verdicts, strict=True):
            table[classes.index(str(label)), columns.index(str(verdict))] += 1
        return classes, table

    def mistakes(self) -> list[int]:
        """Positions of the documents that got another verdict than their label, the surest first."""
        wrong = np.flatnonzero(self.labels.astype(str) != self.verdicts.astype(str))
        scores, unsure = self.decisions.scores[wrong].max(axis=1), self.decisions.unsure[wrong]
        surest_first = np.argsort(np.where(unsure, np.inf, -scores), kind="stable")
        return [int(position) for position in wrong[surest_first]]

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries."""
        classes, table = self.confusion()
        found = self.reliability()
        return {
            "documents": len(self.labels),
            "labels": {str(label): n for label, n in sorted(Counter(self.labels.tolist()).items())},
            "split": {
                "kind": self.split,
                "folds": int(self.folds.max()) + 1,
                "groups": self.n_groups,
            },
            "scores": self.scores,
            "intervals": self.intervals,
            "folds": self.fold_scores,
            "positive": self.positive,
            "recall_at_fpr": {
                f"{rate:g}": self.scores[recall_name(rate)]
                for rate in RATES
                if recall_name(rate) in self.scores
            },
            "threshold": self._threshold_as_json(),
            "reliability": None if found is None else found.as_json(),
            "unsure": int(self.decisions.unsure.sum()),
            "confusion": {
                label: dict(zip([*classes, UNSURE], row, strict=True))
                for label, row in zip(classes, table.tolist(), strict=True)
            },
            "seconds": {name: round(seconds, 4) for name, seconds in self.seconds.items()},
            "stages": [stage.as_json() for stage in self.stages],
        }

    def _threshold_as_json(self) -> dict[str, Any]:
        """The threshold for the lowest of the rates, or why there is none."""
        try:
            return self.threshold().as_json()
        except InputError as error:
            return {"rate": RATES[0], "refused": str(error)}

    def _with_evidence(self) -> NDArray[np.bool_]:
        return ~self.decisions.unsure if self.evidence is None else self.evidence

    def _scores_at(self, at: NDArray[np.intp]) -> dict[str, float]:
        return scores_of(
            self.labels[at],
            self.verdicts[at],
            self.decisions.take(at),
            self.positive,
            self._with_evidence()[at],
        )

    def _judged(self) -> Judged:
        classes = np.unique(self.labels.astype(str))
        said = self.verdicts.astype(str)
        known = np.isin(said, classes)
        lead = lead_of(self.decisions, self.positive)
        ranked = self.positive if lead is None else lead.label
        return Judged(
            np.searchsorted(classes, self.labels.astype(str)),
            np.where(known, np.searchsorted(classes, said), len(classes)),
            len(classes),
            None if self.positive is None else classes.tolist().index(self.positive),
            None if ranked is None else self.labels.astype(str) == ranked,
            self.positive_scores(),
            None if lead is None else lead.scores,
        )
