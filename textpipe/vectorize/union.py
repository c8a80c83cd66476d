"""Several views of a document, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from textpipe.documents import Documents, Int64, Matrix
from textpipe.errors import DefinitionError
from textpipe.rows import unit_rows
from textpipe.stage import Stage, flow
from textpipe.vectorize.joined_names import JoinedNames


class Union(Stage):
    """The matrices of several branches, side by side in one.

    Each branch is a vectorizer, or a list of stages that ends in one; all branches start from the same
    documents and do not see each other. Rows of a branch are brought to Euclidean length 1 before its
    weight, so that cosine similarity of the whole is the weighted mean of the branches' similarities
    (weights squared). A column is called by its branch and its own name where branches share a name.

    Options:
        branches: the branches, in order.
        weights: one number for each branch. Default: 1 for each.
        normalize: bring each branch's rows to length 1 first. Default true.

    Reads what the branches read; writes a matrix, CSR if any branch is sparse, else dense, float64.

    >>> from textpipe.vectorize.count import Count
    >>> from textpipe.vectorize.tf_idf import TfIdf
    >>> both = Union([Count(), TfIdf()]).fit([["a"], ["b"]])
    >>> both.transform([["a"]]).toarray()
    array([[1., 0., 1., 0.]])
    """

    writes = ("matrix",)

    def __init__(
        self,
        branches: list[Any],
        weights: list[float] | None = None,
        normalize: bool = True,
    ) -> None:
        self.branches = branches
        self.weights = weights
        self.normalize = normalize

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]  # the kinds of stage have it fixed
        """What the branches read and do not write themselves."""
        wanted: list[str] = []
        for branch in self.chains():
            wanted += _wanted(branch)
        return tuple(dict.fromkeys(wanted))

    def chains(self) -> Iterator[Sequence[Stage]]:
        """Each branch as a list of stages."""
        for branch in self.branches:
            yield branch if isinstance(branch, list | tuple) else [branch]

    def check(self) -> None:
        super().check()
        if not self.branches:
            raise DefinitionError(
                "union: branches must name at least one vectorizer, and none was given"
            )
        if self.weights is not None and len(self.weights) != len(self.branches):
            raise DefinitionError(
                f"union: weights must be one number for each of {len(self.branches)} branches, and "
                f"{len(self.weights)} were given"
            )
        if min(self.weights or [1.0]) < 0:
            raise DefinitionError(f"union: weights must be 0 or more, and {self.weights} was given")
        for number, branch in enumerate(self.chains(), 1):
            for stage in branch:
                if not isinstance(stage, Stage):
                    raise DefinitionError(
                        f"union: branch {number} holds {stage!r}, which is no stage"
                    )
                stage.check()
            try:
                columns = flow(branch, frozenset(_wanted(branch)))[-1:]
            except DefinitionError as error:
                raise DefinitionError(f"union, branch {number}: {error}") from error
            if not columns or "matrix" not in columns[0] or "decisions" in columns[0]:
                raise DefinitionError(f"union: branch {number} must end in a vectorizer")

    @property
    def learns(self) -> bool:
        return any(stage.learns for branch in self.chains() for stage in branch)

    def __sklearn_is_fitted__(self) -> bool:
        return all(
            stage.__sklearn_is_fitted__()
            for branch in self.chains()
            for stage in branch
            if stage.learns
        )

    def meet(self, earlier: Sequence[Stage], language: str) -> None:
        super().meet(earlier, language)
        for branch in self.chains():
            for position, stage in enumerate(branch):
                stage.meet([*earlier, *branch[:position]], language)

    def look_up(self) -> None:
        for branch in self.chains():
            for stage in branch:
                stage.look_up()

    @property
    def sees_labels(self) -> bool:
        return any(stage.sees_labels for branch in self.chains() for stage in branch)

    @property
    def cross_fits(self) -> bool:
        return any(stage.cross_fits for branch in self.chains() for stage in branch)

    def learn(self, documents: Documents, labels: Any = None) -> None:
        matrices = []
        for branch in self.chains():
            flowing = documents
            for stage in branch:
                stage.learn(flowing, labels)
                if stage is not branch[-1] or self.cross_fits:
                    flowing = stage.apply_in_training(flowing)
            matrices.append(flowing.matrix)
        if self.cross_fits:
            self._in_training = self._beside([matrix for matrix in matrices if matrix is not None])

    def apply_in_training(self, documents: Documents) -> Documents:
        if not self.cross_fits:
            return self.apply(documents)
        return documents.with_(matrix=self.__dict__.pop("_in_training"))

    def apply(self, documents: Documents) -> Documents:
        matrices = []
        for branch in self.chains():
            flowing = documents
            for stage in branch:
                flowing = stage.apply(flowing)
            assert flowing.matrix is not None, "checked before"  # noqa: S101  # for mypy
            matrices.append(flowing.matrix)
        return documents.with_(matrix=self._beside(matrices))

    def _beside(self, matrices: list[Matrix]) -> Matrix:
        weights = self.weights or [1.0] * len(matrices)
        blocks = []
        for matrix, weight in zip(matrices, weights, strict=True):
            rows = unit_rows(matrix.values) if self.normalize else matrix.values
            blocks.append(rows * weight)
        if any(sparse.issparse(block) for block in blocks):
            values = sparse.hstack([sparse.csr_matrix(block) for block in blocks], "csr")
        else:
            values = np.hstack(blocks)
        wordy = [matrix for matrix in matrices if matrix.known is not None]
        # the branch that knows most of a document's words says how many are known
        known = _most([matrix.known for matrix in wordy]) if wordy else None
        total = _most([matrix.total for matrix in wordy]) if wordy else None
        names = JoinedNames([matrix.features for matrix in matrices], self._prefixes)
        return Matrix(values, names, known, total)

    def _prefixes(self) -> list[str]:
        """What tells the branches apart: their vectorizers, else their first stages, else numbers."""
        chains = list(self.chains())
        last = [branch[-1].name() for branch in chains]
        for names in (last, [branch[0].name() for branch in chains]):
            if len(set(names)) == len(names):
                return [f"{name}:" for name in names]
        return [
            f"{name}{'' if last.count(name) == 1 else last[:i].count(name) + 1}:"
            for i, name in enumerate(last)
        ]


def _wanted(branch: Sequence[Stage]) -> list[str]:
    """What the stages of a branch read and none of them writes before."""
    wanted: list[str] = []
    written: set[str] = set()
    for stage in branch:
        wanted += [column for column in stage.reads if column not in written]
        written |= set(stage.writes)
    return wanted


def _most(columns: list[Any]) -> Int64:
    most: Int64 = np.max(np.stack(columns), axis=0)
    return most
