"""The vectors that a pipeline makes of documents, and what is measured on all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone

from textpipe.classify.training_set import TrainingSet
from textpipe.documents import Documents, Matrix
from textpipe.errors import DefinitionError
from textpipe.neighbours import Index, content_keys
from textpipe.pipeline import Pipeline
from textpipe.rows import unit_rows
from textpipe.run import Work
from textpipe.stage import Stage
from textpipe.vectorize.matrix_stage import MatrixStage
from textpipe.vectorize.union import Union

Metric = Literal["cosine", "euclidean"]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Prepared:
    """Documents after all stages that work on each by itself, and the stages up to the matrix.

    ``first`` is the position of the first stage that learns or writes a matrix, ``counted`` that of the
    first that writes a matrix. ``left_out`` are the names of stages that learn from labels: a vector that
    has seen its label cannot tell whether labels agree with neighbours.
    """

    documents: Documents
    chain: Pipeline
    first: int
    counted: int
    left_out: tuple[str, ...] = ()

    def trained(self, at: NDArray[np.int64], labels: NDArray[Any] | None) -> Pipeline:
        """The stages up to the matrix, trained on the documents at these positions."""
        chain: Pipeline = clone(self.chain)
        chain.learn(self.documents[at], None if labels is None else labels[at], done=self.first)
        return chain

    def matrix(self, trained: Pipeline, at: NDArray[np.int64]) -> Matrix:
        """The rows of the documents at these positions."""
        found = trained.run(self.documents[at], done=self.first).matrix
        assert found is not None, "the chain ends in a matrix"  # noqa: S101  # for mypy
        return found

    def before(self, trained: Pipeline) -> Documents:
        """All documents as they come to the stage that counts."""
        if self.first == self.counted:
            return self.documents
        before: Pipeline = trained[: self.counted]
        return before.run(self.documents, done=self.first)


@dataclass(frozen=True)
class Neighbours:
    """The k nearest of each row, itself and its near-duplicates left out; arrays are [n, k].

    Where there are fewer, the position is -1, the similarity 0 and the distance NaN.
    """

    positions: NDArray[np.int64]
    similarities: NDArray[np.float64]
    distances: NDArray[np.float64]


def must_count(pipeline: Pipeline) -> None:
    """Raise DefinitionError for a pipeline without vectors."""
    pipeline.check()
    if not any("matrix" in stage.writes for stage in pipeline.stages):
        raise DefinitionError(
            "a diagnosis measures vectors, and no stage of this pipeline writes a matrix: add tf_idf, "
            "or another vectorizer"
        )


def prepare(pipeline: Pipeline, documents: Documents, progress: Progress | None) -> Prepared:
    """The documents after the stages before any training. Raises DefinitionError for no vectors."""
    must_count(pipeline)
    left_out: list[str] = []
    stages = _without_labels(clone(pipeline).stages, left_out)
    writers = [i for i, stage in enumerate(stages) if "matrix" in stage.writes]
    most = pipeline.max_characters
    chain = Pipeline(stages[: writers[-1] + 1], pipeline.language, max_characters=most)
    unlabelled = tuple(dict.fromkeys(left_out))
    first = next(i for i, stage in enumerate(chain.stages) if i == writers[0] or stage.learns)
    if not first:
        return Prepared(documents, chain, first, writers[0], unlabelled)
    done = 0

    def observe(work: Work) -> None:
        nonlocal done
        if progress and work.position == first - 1:
            done += work.documents
            progress("preparing documents", done, len(documents))

    ready = chain[:first].run(documents, observe)
    return Prepared(ready, chain, first, writers[0], unlabelled)


def _without_labels(stages: Sequence[Stage], left_out: list[str]) -> list[Stage]:
    """The stages without those that learn a matrix from labels, also inside of unions."""
    kept = []
    for stage in stages:
        if isinstance(stage, Union):
            stage.branches = [_without_labels(branch, left_out) for branch in stage.chains()]
        elif isinstance(stage, MatrixStage) and stage.needs_labels:
            left_out.append(stage.name())
            continue
        kept.append(stage)
    return kept


def metric_of(pipeline: Pipeline) -> Metric:
    """The metric by which the pipeline's last stage asks for neighbours, else the cosine."""
    last = pipeline.stages[-1]
    return last.metric if isinstance(last, TrainingSet) else "cosine"


def neighbours(rows: Any, k: int, metric: Metric, groups: NDArray[np.int64]) -> Neighbours:
    """The k nearest rows of each row, without the rows of its own group."""
    keys = content_keys(rows, np.zeros(rows.shape[0], np.int64))
    found = Index(rows, keys, metric).nearest(rows, k, groups=groups, query_groups=groups)
    there = found.positions >= 0
    similarities = found.similarities
    if metric == "cosine":
        distances = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * similarities))
    else:
        distances = 1.0 / np.where(there, similarities, 1.0) - 1.0
    return Neighbours(found.positions, similarities, np.where(there, distances, np.nan))


def measurable(rows: Any, metric: Metric) -> NDArray[np.bool_]:
    """Which rows have a direction (by cosine), or are points at all (by Euclidean distance), bool[n]."""
    if metric == "euclidean":
        return np.ones(rows.shape[0], bool)
    found: NDArray[np.bool_] = np.asarray(abs(rows).sum(axis=1)).ravel() > 0
    return found


def dealt(rows: Any, random: np.random.Generator, metric: Metric) -> Any:
    """Rows with the same numbers, dealt out at random: what neighbours look like where there are none.

    Of a sparse matrix, each row keeps how many words it has and each word in how many rows it stands
    (but for what meets by chance), and no two words belong together any more. Of a dense one, each
    column is shuffled by itself. (As Radovanović, Nanopoulos and Ivanović did to tell hubs of the data
    from hubs of the dimension: Hubs in space, 2010, section 4.)
    """
    if sparse.issparse(rows):
        cells = rows.tocoo()
        order = random.permutation(len(cells.row))
        mixed = sparse.csr_matrix((cells.data, (cells.row[order], cells.col)), shape=rows.shape)
    else:
        mixed = np.column_stack([random.permutation(column) for column in np.asarray(rows).T])
    return unit_rows(mixed) if metric == "cosine" else mixed
