"""Train on some folds, judge on the one left out, for each fold in turn."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from textpipe.classify.decider import Classifier
from textpipe.documents import UNSURE, Decisions, Documents
from textpipe.errors import DefinitionError, InputError
from textpipe.evaluation.scores import scores_of
from textpipe.evaluation.splits import Split, folds_of, near_duplicate_groups
from textpipe.labels import labels_of
from textpipe.pipeline import Pipeline
from textpipe.stage import Stage

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass
class StageTime:
    """What one stage cost, over all folds."""

    name: str
    seconds: float = 0.0
    documents: int = 0


@dataclass
class Report:
    """What an evaluation found. ``as_json()`` is what ``textpipe evaluate --json`` writes."""

    labels: NDArray[Any]
    verdicts: NDArray[Any]
    decisions: Decisions
    ids: list[str]
    texts: list[str]
    folds: NDArray[np.int64]
    split: Split
    groups: int
    positive: str | None
    seconds: dict[str, float] = field(default_factory=dict)
    stages: list[StageTime] = field(default_factory=list)

    @property
    def scores(self) -> dict[str, float]:
        """Accuracy and the like over all documents, each judged once, by the fold that left it out."""
        return scores_of(self.labels, self.verdicts, self.decisions, self.positive)

    @property
    def fold_scores(self) -> list[dict[str, float]]:
        """The same for each fold by itself: how much the figures vary."""
        found = []
        for fold in range(int(self.folds.max()) + 1):
            at = np.flatnonzero(self.folds == fold)
            part = self.decisions.take(at)
            found.append(scores_of(self.labels[at], self.verdicts[at], part, self.positive))
        return found

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
        return {
            "documents": len(self.labels),
            "labels": {str(label): n for label, n in sorted(Counter(self.labels.tolist()).items())},
            "split": {
                "kind": self.split,
                "folds": int(self.folds.max()) + 1,
                "groups": self.groups,
            },
            "scores": self.scores,
            "folds": self.fold_scores,
            "positive": self.positive,
            "unsure": int(self.decisions.unsure.sum()),
            "confusion": {
                label: dict(zip([*classes, UNSURE], row, strict=True))
                for label, row in zip(classes, table.tolist(), strict=True)
            },
            "seconds": {name: round(seconds, 4) for name, seconds in self.seconds.items()},
            "stages": [
                {
                    "name": stage.name,
                    "seconds": round(stage.seconds, 4),
                    "documents": stage.documents,
                }
                for stage in self.stages
            ],
        }


def evaluate(
    pipeline: Pipeline,
    documents: Any,
    labels: Any,
    *,
    folds: int = 5,
    split: Split = "grouped",
    positive: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Cross-validate a pipeline. Everything that learns is trained inside the fold.

    Stages before the first one that learns see each document once, since what they do to it does not
    depend on any other. A document without evidence counts as an error. ``positive`` is the label that
    recall and false-positive rate are about; without it, "spam" if there is such a label.

    Raises InputError for too few documents of a label, DefinitionError for a pipeline that cannot work.
    """
    documents = Documents.of(documents)
    labels = labels_of(labels, len(documents))
    pipeline.check()
    if not isinstance(pipeline.stages[-1], Classifier):
        raise DefinitionError(
            "an evaluation needs a pipeline that ends in a classifier, such as knn_classifier, and this "
            f"one ends in {pipeline.stages[-1].name()}",
            len(pipeline.stages) - 1,
        )
    positive = _positive(labels, positive)
    groups = near_duplicate_groups(documents.texts())
    parts = folds_of(labels, groups, folds, split, seed)

    times = [StageTime(name) for name in pipeline.named_stages()]
    first = next((i for i, s in enumerate(pipeline.stages) if s.learns), len(pipeline.stages) - 1)
    observe = _observer(times, progress, "preparing documents", len(documents), last=first - 1)
    started = time.perf_counter()
    prefix = clone(pipeline)[:first]
    ready = prefix.run(documents, observe) if first else documents
    seconds = {"prepare": time.perf_counter() - started, "fit": 0.0, "predict": 0.0}

    found: list[Decisions] = []
    fold_of = np.zeros(len(documents), np.int64)
    for number, (train, test) in enumerate(parts):
        observe = _observer(times, None, "", 0, last=-1)
        if progress:
            progress("folds", number, folds)
        trained = clone(pipeline)
        started = time.perf_counter()
        trained.learn(ready[train], labels[train], observe, done=first)
        between = time.perf_counter()
        found.append(Decisions.concat(list(trained.decisions(ready[test], observe, done=first))))
        seconds["fit"] += between - started
        seconds["predict"] += time.perf_counter() - between
        fold_of[test] = number
    if progress:
        progress("folds", folds, folds)

    order = np.argsort(np.concatenate([test for _, test in parts]), kind="stable")
    decisions = Decisions.concat(_same_classes(found, np.unique(labels))).take(order)
    verdicts = decisions.verdicts()
    return Report(
        labels,
        verdicts,
        decisions,
        documents.ids.to_pylist(),
        documents.texts(),
        fold_of,
        split,
        len(np.unique(groups)),
        positive,
        seconds,
        times,
    )


def _positive(labels: NDArray[Any], positive: str | None) -> str | None:
    known = [str(label) for label in np.unique(labels)]
    if not known:
        raise InputError("there are no documents to train on and to judge")
    if len(known) < 2:
        raise InputError(f"there is only one label, {known[0]!r}: an evaluation needs at least two")
    if positive is not None and positive not in known:
        raise InputError(f"positive is {positive!r}, and the labels are {', '.join(known)}")
    return positive or ("spam" if "spam" in known else None)


def _observer(
    times: list[StageTime], progress: Progress | None, what: str, total: int, last: int
) -> Callable[[int, Stage, int, float], None]:
    done = 0

    def observe(position: int, stage: Stage, documents: int, seconds: float) -> None:
        nonlocal done
        times[position].seconds += seconds
        times[position].documents += documents
        if progress and position == last:
            done += documents
            progress(what, done, total)

    return observe


def _same_classes(parts: list[Decisions], classes: NDArray[Any]) -> list[Decisions]:
    """Scores with one column for each label, even where a fold's training did not see one."""
    aligned = []
    for part in parts:
        scores = np.zeros((len(part), len(classes)))
        scores[:, np.searchsorted(classes, part.classes)] = part.scores
        aligned.append(dataclasses.replace(part, classes=classes, scores=scores))
    return aligned
