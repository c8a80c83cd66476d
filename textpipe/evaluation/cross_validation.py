"""Train on some folds, judge on the one left out, for each fold in turn."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from textpipe.classify.decider import Classifier
from textpipe.documents import Decisions, Documents
from textpipe.errors import DefinitionError, InputError
from textpipe.evaluation.judgement import Report
from textpipe.evaluation.splits import Split, folds_of, near_duplicate_groups
from textpipe.labels import labels_of
from textpipe.pipeline import Pipeline
from textpipe.run import Observer, Profile, Spent, Work

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

Parts = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
"""For each fold the positions that train and the positions that judge."""


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
            f"one ends in {pipeline.stages[-1].name()}. (For labels that are numbers there is "
            "textpipe.evaluation.evaluate_numbers)",
            len(pipeline.stages) - 1,
        )
    positive = _positive(labels, positive)
    groups = near_duplicate_groups(documents.texts())
    parts = folds_of(labels, groups, folds, split, seed)

    bounds = getattr(pipeline.stages[-1], "verdict_from", None) or {}
    if bounds:  # scores are judged without them, verdicts with them
        pipeline = clone(pipeline)
        pipeline.stages[-1].set_params(verdict_from=None)
    found, fold_of, seconds, times = crossed_over(pipeline, documents, labels, parts, progress)
    decisions = in_order(_same_classes(found, np.unique(labels)), parts)
    evidence = ~decisions.unsure
    decisions = decisions.bounded(bounds)
    return Report(
        labels,
        decisions.verdicts(),
        decisions,
        documents.ids.to_pylist(),
        documents.texts(),
        fold_of,
        split,
        groups,
        positive,
        seconds,
        times,
        evidence,
    )


def crossed_over(
    pipeline: Pipeline,
    documents: Documents,
    labels: NDArray[Any],
    parts: Parts,
    progress: Progress | None,
) -> tuple[list[Decisions], NDArray[np.int64], dict[str, float], list[Spent]]:
    """What each fold decided about the documents left out of it, the fold of each document, and what
    everything cost. What is given is left as it is.
    """
    profile = Profile(pipeline.named_stages())
    first = next((i for i, s in enumerate(pipeline.stages) if s.learns), len(pipeline.stages) - 1)
    observe = _observer(profile, progress, "preparing documents", len(documents), last=first - 1)
    started = time.perf_counter()
    prefix = clone(pipeline)[:first]
    ready = prefix.run(documents, observe) if first else documents
    seconds = {"prepare": time.perf_counter() - started, "fit": 0.0, "predict": 0.0}

    found: list[Decisions] = []
    fold_of = np.zeros(len(documents), np.int64)
    for number, (train, test) in enumerate(parts):
        if progress:
            progress("folds", number, len(parts))
        trained = clone(pipeline)
        started = time.perf_counter()
        trained.learn(ready[train], labels[train], profile, done=first)
        between = time.perf_counter()
        found.append(trained.decide(ready[test], profile, done=first))
        seconds["fit"] += between - started
        seconds["predict"] += time.perf_counter() - between
        fold_of[test] = number
    if progress:
        progress("folds", len(parts), len(parts))
    return found, fold_of, seconds, profile.stages


def in_order(found: list[Decisions], parts: Parts) -> Decisions:
    """The decisions of all folds, in the order of the documents."""
    order = np.argsort(np.concatenate([test for _, test in parts]), kind="stable")
    return Decisions.concat(found).take(order)


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
    profile: Profile, progress: Progress | None, what: str, total: int, last: int
) -> Observer:
    done = 0

    def observe(work: Work) -> None:
        nonlocal done
        profile(work)
        if progress and work.position == last:
            done += work.documents
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
