"""The direction in which labels differ counts for more."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents
from textpipe.duplicates import (
    by_content,
    grouped_parts,
    in_several_groups,
    near_duplicate_groups,
)
from textpipe.errors import DefinitionError, TextpipeWarning
from textpipe.neighbours import content_keys, equal_rows
from textpipe.rows import unit_rows
from textpipe.vectorize.joined_names import JoinedNames
from textpipe.vectorize.matrix_stage import MatrixStage, matrix_of

Array = NDArray[np.float64]

NAMED = 10
"""So many labels are named in a warning."""


class StretchByLabel(MatrixStage):
    """The same columns, and one more (with several labels, one for each) that says for which label a row
    speaks.

    A linear discriminant learns a weight for each column, and its value for a row is appended to the row.
    The cosine of two rows is then a mean of two things: how alike their words are, and how alike what the
    words say about the label. It stays a sum over words, so that neighbours are explained as exactly as
    before. This is a metric that is learned from the labels: the space is stretched along the direction
    that separates them (Hastie and Tibshirani: Discriminant adaptive nearest neighbor classification,
    1996, with one direction for the whole space).

    A training row's own label must not shine through, or its neighbours look better than they are: in
    training, a row's value comes from a discriminant that did not see it nor its near-duplicates
    (cross-fitting; Wolpert: Stacked generalization, 1992). That takes two documents of a label that are no
    near-duplicates. A label with fewer takes no part: the discriminant does not see its documents, and it
    gets no column. Where fewer than two labels can take part, nothing is stretched: the new columns are 0.
    A TextpipeWarning says either.

    Options:
        strength: how much the new column weighs against all others together; 0 switches it off.
            Default 1.0, as much.
        C: how much a training error costs the discriminant; smaller is smoother. Default 1.0.
        folds: in how many parts training is cut for cross-fitting. Default 5.
        seed: of the parts, 0 to 2**32 - 1. Default 0.

    Reads a matrix, writes a matrix with more columns, of the same kind; rows get Euclidean length 1, and
    a row of zeros stays one. Learns from labels.
    Raises InputError where labels are missing.

    >>> rows = [[1.0, 0.0], [0.9, 0.1], [0.2, 1.0], [0.0, 0.8]]
    >>> stretched = StretchByLabel(folds=2).fit(rows, ["ham", "ham", "spam", "spam"])
    >>> np.sign(stretched.transform([[1.0, 0.0], [0.0, 0.7]])[:, -1]).tolist()
    [-1.0, 1.0]
    """

    needs_labels = True

    def __init__(
        self,
        strength: float = 1.0,
        C: float = 1.0,
        folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.strength = strength
        self.C = C
        self.folds = folds
        self.seed = seed

    def check(self) -> None:
        super().check()
        if self.strength < 0:
            raise DefinitionError(
                f"stretch_by_label: strength must be 0 or more, and {self.strength} was given"
            )
        if self.C <= 0:
            raise DefinitionError(f"stretch_by_label: C must be above 0, and {self.C} was given")
        if self.folds < 2:
            raise DefinitionError(
                f"stretch_by_label: folds must be at least 2, and {self.folds} was given"
            )
        if not 0 <= self.seed < 2**32:
            raise DefinitionError(
                f"stretch_by_label: seed must lie between 0 and 2**32 - 1, and {self.seed} was given"
            )

    # -- training -----------------------------------------------------------------------------------

    def _learn(self, values: Any, labels: NDArray[Any] | None, texts: Sequence[str] | None) -> None:
        assert labels is not None, "needs_labels"  # noqa: S101  # for mypy
        classes, codes = self.classes_of(labels)
        rows = unit_rows(values)
        # whoever trains in another order gets the same
        order = by_content(content_keys(rows, labels), texts)
        groups = near_duplicate_groups(texts) if texts is not None else equal_rows(rows)
        parts = list(grouped_parts(codes[order], groups[order], self.folds, self.seed))
        takes_part = in_several_groups(codes, groups) if parts else np.ones(len(codes), bool)
        self.classes_ = classes[np.unique(codes[takes_part])]
        self._left_out = np.setdiff1d(classes, self.classes_)
        n_columns = 1 if len(self.classes_) <= 2 else len(self.classes_)
        self.coef_: Array = np.zeros((n_columns, values.shape[1]))
        self.intercept_: Array = np.zeros(n_columns)
        self.scale_ = 1.0
        said = np.zeros((len(codes), n_columns))
        if parts:
            alone = ~takes_part
            for train, judge in parts:
                train, judge = order[train], order[judge]
                train = train[takes_part[train]]
                coef, intercept = self._discriminant(rows[train], codes[train])
                judge = np.append(judge, np.flatnonzero(alone & np.isin(groups, groups[judge])))
                said[judge] = rows[judge] @ coef.T + intercept
            inside = order[takes_part[order]]
            self.coef_, self.intercept_ = self._discriminant(rows[inside], codes[inside])
            unseen = alone & ~np.isin(groups, groups[inside])
            said[unseen] = rows[unseen] @ self.coef_.T + self.intercept_
            self.scale_ = float(np.sqrt((said[inside] ** 2).sum(axis=1).mean())) or 1.0
        self._in_training = said

    def _discriminant(self, rows: Any, codes: NDArray[np.intp]) -> tuple[Array, Array]:
        """Weights [n_columns, n_features] and intercepts of a linear support-vector machine."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.svm import LinearSVC

        machine = LinearSVC(C=self.C, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # near enough to stretch a space
            machine.fit(rows, codes)
        coef, intercept = machine.coef_, machine.intercept_
        if len(coef) > 1:  # what all labels' values have in common tells nothing
            coef, intercept = coef - coef.mean(axis=0), intercept - intercept.mean()
        return coef, intercept

    def apply_in_training(self, documents: Documents) -> Documents:
        """The training documents, each with the value of a discriminant that did not see it."""
        matrix = matrix_of(documents)
        return documents.with_(matrix=self._new(matrix, self._training_rows(matrix.values)))

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """The training rows, each with the value of a discriminant that did not see it: in training, this
        is not ``fit(X, y).transform(X)``.
        """
        self.fit(X, y)
        if isinstance(X, Documents):
            return matrix_of(self.apply_in_training(X)).values
        from sklearn.utils.validation import validate_data

        values = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return self._training_rows(values)

    def _training_rows(self, values: Any) -> Any:
        if warning := self._warning():
            warnings.warn(f"stretch_by_label: {warning}", TextpipeWarning, stacklevel=3)
        return self._beside(unit_rows(values), self.__dict__.pop("_in_training"))

    def _warning(self) -> str | None:
        """What did not become of training as it was meant."""
        if not self.coef_.any():
            return (
                "nothing is stretched. It needs two documents or more of each of two labels, "
                "near-duplicates counted once: give more of the rare labels, or leave it out"
            )
        left_out = [str(label) for label in self.__dict__.pop("_left_out")]
        if not left_out:
            return None
        named = ", ".join(left_out[:NAMED]) + (", ..." if len(left_out) > NAMED else "")
        return (
            f"too few documents of {named}: it needs two or more of a label, near-duplicates counted "
            f"once. Rows are stretched by the other {len(self.classes_)} labels only: give more "
            f"documents of {'it' if len(left_out) == 1 else 'them'}, or none"
        )

    # -- use ----------------------------------------------------------------------------------------

    def _map(self, values: Any) -> Any:
        self._must_have(self.coef_.shape[-1])
        rows = unit_rows(values)
        # a sparse product, whose sums do not depend on how many rows there are
        said = sparse.csr_matrix(rows) @ np.ascontiguousarray(self.coef_.T) + self.intercept_
        return self._beside(rows, said)

    def _beside(self, rows: Any, said: Array) -> Any:
        said = said * (np.sqrt(self.strength) / self.scale_)
        if sparse.issparse(rows):
            said[np.asarray(abs(rows).sum(axis=1)).ravel() == 0] = 0.0  # zeros may be stored
            return unit_rows(sparse.hstack([rows, sparse.csr_matrix(said)], "csr"))
        said[~rows.any(axis=1)] = 0.0
        return unit_rows(np.hstack([rows, said]))

    def map_parts(self, values: Any) -> Any:
        """Each part with its share in the discriminant; the intercept is no part's."""
        said = (values @ self.coef_.T) * (np.sqrt(self.strength) / self.scale_)
        if sparse.issparse(values):
            return sparse.hstack([values, sparse.csr_matrix(said)], "csr")
        return np.hstack([values, np.asarray(said)])

    def features(self, before: Sequence[str]) -> Sequence[str]:
        """What the columns are called: as before, and the labels that the new ones speak for."""
        speaks_for = self.classes_[-1:] if len(self.coef_) == 1 else self.classes_
        return JoinedNames([before, [f"(speaks for {label})" for label in speaks_for]])
