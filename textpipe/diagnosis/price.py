"""What dropping training documents costs on documents that were not used."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from textpipe.classify.decider import Classifier
from textpipe.classify.training_set import TrainingSet
from textpipe.diagnosis.redundancy import Kind, kept
from textpipe.diagnosis.vectors import Progress, prepare
from textpipe.documents import Documents
from textpipe.duplicates import near_duplicate_groups
from textpipe.errors import DefinitionError, InputError
from textpipe.labels import labels_of
from textpipe.pipeline import Pipeline


@dataclass(frozen=True)
class Price:
    """Accuracy with all rows and with those that are left, on the same ``documents``.

    ``change`` is accuracy_after - accuracy_before; ``low`` and ``high`` are its interval of 95 %, from
    the documents that only one of the two gets right (``only_before``, ``only_after``), each raised by a
    half (Agresti and Min: Simple improved confidence intervals for comparing matched proportions, 2005).
    ``rows_before`` and ``rows_after`` are sums over folds, where there are several.
    """

    documents: int
    rows_before: int
    rows_after: int
    accuracy_before: float
    accuracy_after: float
    only_before: int
    only_after: int
    change: float
    low: float
    high: float

    @staticmethod
    def of(
        before: NDArray[np.bool_], after: NDArray[np.bool_], rows_before: int, rows_after: int
    ) -> Price:
        """From which documents were right before and after.

        >>> yes, no = np.ones(99, bool), np.zeros(1, bool)
        >>> found = Price.of(np.r_[yes, no], np.r_[no, yes], 500, 50)
        >>> found.change, round(found.low, 3), round(found.high, 3)
        (0.0, -0.033, 0.033)
        """
        n = len(before)
        lost, won = int((before & ~after).sum()), int((after & ~before).sum())
        b, c, of = won + 0.5, lost + 0.5, n + 2.0
        middle = (b - c) / of
        error = 1.96 * float(np.sqrt(b + c - (b - c) ** 2 / of)) / of
        return Price(
            n, rows_before, rows_after, float(before.mean()), float(after.mean()), lost, won,
            (won - lost) / n, max(-1.0, middle - error), min(1.0, middle + error),
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)


def must_keep_rows(pipeline: Pipeline) -> TrainingSet:
    """The last stage, which keeps its training rows and gives labels. Raises DefinitionError otherwise."""
    last = pipeline.stages[-1]
    if not (isinstance(last, TrainingSet) and isinstance(last, Classifier)):
        raise DefinitionError(
            f"only a pipeline that keeps its training documents has rows to drop, and gives labels: "
            f"knn_classifier. This one ends in {last.name()}",
            len(pipeline.stages) - 1,
        )
    return last


def price(
    pipeline: Pipeline,
    documents: Any,
    labels: Any,
    kind: Kind = "condensed",
    *,
    k: int = 3,
    folds: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Price:
    """Train on some folds, drop rows by ``kind``, judge on the fold left out, for each fold in turn.

    Near-duplicates stay on one side. A verdict without evidence counts as an error. ``k`` is how many
    neighbours ``edited`` asks. Raises DefinitionError for a pipeline that keeps no training documents,
    InputError where a label has fewer groups than there are folds.
    """
    must_keep_rows(pipeline)
    documents = Documents.of(documents)
    labels = labels_of(labels, len(documents)).astype(str)
    groups = near_duplicate_groups(documents.texts())
    parts = _folds(labels, groups, folds, seed)
    ready = prepare(pipeline, documents, progress)
    before, after = np.zeros(len(labels), bool), np.zeros(len(labels), bool)
    rows_before = rows_after = 0
    for number, (train, test) in enumerate(parts):
        if progress:
            progress("folds", number, folds)
        trained = clone(pipeline)
        trained.learn(ready.documents[train], labels[train], done=ready.first)
        found = trained.run(ready.documents[test], done=ready.first)
        last = must_keep_rows(trained)
        at = kept(kind, last.rows_, labels[train], k, groups[train], last.metric)
        rows_before, rows_after = rows_before + len(train), rows_after + len(at)
        before[test] = last.decide(found).verdicts().astype(str) == labels[test]
        last.only(at)
        after[test] = last.decide(found).verdicts().astype(str) == labels[test]
    if progress:
        progress("folds", folds, folds)
    return Price.of(before, after, rows_before, rows_after)


def _folds(
    labels: NDArray[Any], groups: NDArray[np.int64], folds: int, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import StratifiedGroupKFold

    if folds < 2:
        raise InputError(f"folds must be at least 2, and {folds} was given")
    for label in np.unique(labels):
        many = len(np.unique(groups[labels == label]))
        if many < folds:
            raise InputError(
                f'label "{label}" has {many} groups of near-duplicates, and {folds} folds need at least '
                f"{folds}: give more documents of it, or fewer folds"
            )
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # on rare labels, which were checked above
        return list(splitter.split(np.zeros(len(labels)), labels, groups))
