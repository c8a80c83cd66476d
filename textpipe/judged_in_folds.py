"""How a pipeline judges its training documents, where its stages learn from their labels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from textpipe.classify.knn_classifier import KnnClassifier
from textpipe.classify.leave_one_out import Judged, leave_one_out, sample_of
from textpipe.documents import Documents, Matrix
from textpipe.duplicates import by_content, grouped_parts, near_duplicate_groups
from textpipe.errors import TextpipeWarning
from textpipe.stage import Stage

FOLDS = 5


def judged_in_folds(
    stages: Sequence[Stage], first: int, documents: Documents, labels: NDArray[Any]
) -> Judged:
    """The neighbours of training documents, themselves and their near-duplicates left out.

    A stage that has learned from a document's label has drawn the document and its neighbours together;
    leaving it out afterwards cannot undo that. So the ``stages`` from ``first`` on, the first that learns
    from labels, are trained anew without each fold, on ``documents`` as they are before it. The last
    stage, trained, says how many neighbours are looked at. Where no stage learns from labels, ``first``
    is the last one, and each document is left out by itself. Documents of a label that cannot be cut into
    folds, since they are near-duplicates or there is but one, train in each and are not judged; where fewer
    than two labels can be cut, nobody is judged.
    """
    keeper = stages[-1]
    assert isinstance(keeper, KnnClassifier), "it judges itself"  # noqa: S101  # for mypy
    texts = documents.texts()
    groups = near_duplicate_groups(texts)
    if first == len(stages) - 1:
        return leave_one_out(keeper.index(), groups, keeper.most())
    sample = np.zeros(len(documents), bool)
    sample[sample_of(keeper.keys_)] = True
    most = min(keeper.most(), len(documents))
    judged, similarities, positions = [], [], []
    order = by_content(keeper.keys_, texts)  # theirs must not matter
    codes = np.unique(labels, return_inverse=True)[1][order]
    for train, test in grouped_parts(codes, groups[order], FOLDS, seed=0):
        train, test = order[train], order[test]
        test = test[sample[test]]
        if not len(test):
            continue
        rows, asked = _matrices(stages, first, documents[train], labels[train], documents[test])
        index = keeper.index_of(rows.values, labels[train])
        found = index.nearest(asked.values, most)
        here = np.full((len(test), most), -1, np.int64)
        here[:, : found.positions.shape[1]] = np.where(
            found.positions >= 0, train[found.positions], -1
        )
        near = np.zeros((len(test), most))
        near[:, : found.similarities.shape[1]] = found.similarities
        judged.append(test)
        similarities.append(near)
        positions.append(here)
    if not judged:
        return Judged(np.zeros(0, np.int64), np.zeros((0, most)), np.zeros((0, most), np.int64))
    return Judged(np.concatenate(judged), np.concatenate(similarities), np.concatenate(positions))


def _matrices(
    stages: Sequence[Stage],
    first: int,
    training: Documents,
    labels: NDArray[Any],
    judged: Documents,
) -> tuple[Matrix, Matrix]:
    """The matrix of training documents, and of others, by stages that learn from the former only."""
    earlier = list(stages[:first])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextpipeWarning)  # they warned when they learned from all
        for stage in stages[first:-1]:
            fresh = clone(stage)
            fresh.meet(earlier, getattr(stage, "language_", "en"))
            earlier.append(fresh)
            if fresh.learns:
                fresh.learn(training, labels)
            training, judged = fresh.apply_in_training(training), fresh.apply(judged)
    assert training.matrix is not None and judged.matrix is not None  # noqa: S101, PT018  # for mypy
    return training.matrix, judged.matrix
