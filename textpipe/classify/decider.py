"""What all classifiers share: labels, evidence, and how they stand in scikit-learn."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.validation import validate_data

from textpipe.documents import UNSURE, Decisions, Documents, Matrix
from textpipe.documents.decisions import must_be_labels
from textpipe.errors import DefinitionError, InputError
from textpipe.labels import labels_of
from textpipe.stage import Stage


class Decider(Stage, auto_wrap_output_keys=None):  # type: ignore[call-arg]  # untyped base
    """A stage that decides by a matrix. Write ``_learn(values, y)`` and ``_decide(values)``.

    It takes ``Documents`` inside a pipeline, and plain arrays where it stands alone or in a
    scikit-learn pipeline.
    """

    reads = ("matrix",)
    writes = ("decisions",)
    nonnegative: ClassVar[bool] = False
    minimum_known: float = 0.0
    """Where a smaller share of a document's words is known, the verdict is unsure."""

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        raise TypeError(f"{type(self).__name__} must say _learn(values, y)")

    def _decide(self, values: Any) -> Decisions:
        raise TypeError(f"{type(self).__name__} must say _decide(values)")

    def _has_evidence(self, values: Any) -> NDArray[np.bool_]:
        """Which rows can be judged at all, bool[n]: those that are not zero throughout."""
        if not sparse.issparse(values):
            found: NDArray[np.bool_] = values.any(axis=1)
            return found
        if values.data.all():
            filled: NDArray[np.bool_] = values.indptr[1:] > values.indptr[:-1]
            return filled
        found = np.zeros(values.shape[0], bool)
        rows = np.repeat(np.arange(len(found)), np.diff(values.indptr))
        found[rows[values.data != 0]] = True
        return found

    def fit(self, X: Any, y: Any = None) -> Decider:
        """Learn from rows [n_documents, n_features] and their labels [n_documents]."""
        self.check()
        if isinstance(X, Documents):
            self.learn(self._readable(X), y)
        else:
            values, y = self._validated(X, y)
            self._learn(values, y)
        return self

    def learn(self, documents: Documents, labels: Any = None) -> None:
        """Learn from training documents with a matrix, and their labels."""
        assert documents.matrix is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        if labels is None:
            raise InputError(
                f"{self.name()} needs a label for each training document, and none were given: "
                "fit(texts, labels), or --data LABEL=PATH, or a column of labels"
            )
        labels = labels_of(labels, len(documents))
        if labels.dtype.kind == "f" and not np.isfinite(labels).all():
            raise InputError(f"{self.name()}: a label must be a finite number, and inf was given")
        values, y = self._validated(documents.matrix.values, labels)
        self._learn(values, y)

    def decide(self, X: Any) -> Decisions:
        """What each row is, as :class:`Decisions`. Takes documents with a matrix, a matrix, or rows."""
        self.need_training()
        if isinstance(X, Documents):
            X = self._readable(X).matrix
        matrix = X if isinstance(X, Matrix) else None
        values = X if matrix is None else matrix.values
        if matrix is None or not self._is_as_in_training(values):
            values = validate_data(
                self,
                values,
                accept_sparse="csr",
                reset=False,
                dtype=np.float64,
                ensure_min_samples=0,
            )
        decisions = self._decide(values)
        unsure = decisions.unsure | ~self._has_evidence(values)
        if matrix is not None and matrix.known is not None:
            unsure |= matrix.known == 0
            if matrix.total is not None and self.minimum_known:
                unsure |= matrix.known < self.minimum_known * matrix.total
        return decisions.with_(
            unsure=unsure,
            known=None if matrix is None else matrix.known,
            total=None if matrix is None else matrix.total,
        )

    def _is_as_in_training(self, values: Any) -> bool:
        """Is this what scikit-learn's validation, which takes longer than a verdict, would let through?"""
        return (
            sparse.isspmatrix_csr(values)
            and values.dtype == np.float64
            and values.shape[1] == self.n_features_in_
            and bool(np.isfinite(values.data.sum()))
        )

    def predict(self, X: Any) -> NDArray[Any]:
        """The label of each row [n_documents].

        Where labels are texts, a row without evidence gets :data:`textpipe.documents.UNSURE`; where
        they are numbers, the label that training saw most, with a warning (see ``decide``).
        """
        return self.decide(X).answers()

    @property
    def transform(self) -> Any:  # so that scikit-learn sees no transformer
        """Classifiers have none: use ``predict``."""
        raise AttributeError(
            f"{type(self).__name__} has no transform: a decision is the end of a way"
        )

    @property
    def fit_transform(self) -> Any:  # as above
        """Classifiers have none: use ``fit`` and ``predict``."""
        raise AttributeError(
            f"{type(self).__name__} has no transform: a decision is the end of a way"
        )

    def _validated(self, X: Any, y: Any) -> tuple[Any, NDArray[Any]]:
        values, labels = validate_data(
            self, X, y, accept_sparse="csr", dtype=np.float64, y_numeric=False, ensure_min_samples=1
        )
        if self.nonnegative and values.min() < 0:
            raise InputError(
                f"{self.name()} needs counts or weights of 0 or more, and the matrix holds "
                f"{values.min():.3g}: Negative values in data passed to {type(self).__name__}. "
                "Use count, tf_idf or bm25, or another classifier"
            )
        return values, labels

    def _classes_of(self, y: NDArray[Any]) -> NDArray[np.intp]:
        """Store the distinct labels, sorted; return the number of each label."""
        from sklearn.utils.multiclass import check_classification_targets

        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
        self._must_fit(classes)
        self.classes_ = classes.astype(str) if classes.dtype.kind == "O" else classes
        return codes.ravel()

    def _must_fit(self, classes: NDArray[Any]) -> None:
        """Raise InputError unless these may be the labels, and the options name none but these."""
        self.not_unsure(classes)

    def not_unsure(self, classes: NDArray[Any]) -> None:
        """Raise InputError if one of these labels is the word for having none."""
        if UNSURE in classes.tolist():
            raise InputError(
                f'"{UNSURE}" cannot be a label: it is the verdict on a document without evidence'
            )


class Classifier(Decider):
    """A decider whose values are labels."""

    def like_training(self, labels: NDArray[Any]) -> None:
        """Raise InputError unless these labels are texts where training's are, else numbers."""
        if len(labels) and (labels.dtype.kind in "UO") != (self.classes_.dtype.kind in "UO"):
            kind = "texts" if self.classes_.dtype.kind in "UO" else "numbers"
            raise InputError(
                f"{self.name()}: the labels of training are {kind}, and {labels[0]!r} was given"
            )

    def score(self, X: Any, y: Any) -> float:
        """Accuracy. A row without evidence counts as an error where labels are texts."""
        return float(np.mean(np.asarray(self.predict(X)) == np.asarray(y)))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags

        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier"
        tags.classifier_tags = ClassifierTags()
        tags.transformer_tags = None
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = self.nonnegative
        return tags


class Probabilities(Decider):
    """For classifiers whose scores are probabilities, or shares of the votes.

    Their option ``verdict_from`` says from which score on a label may be said.
    """

    verdict_from: dict[str, float] | None

    def _must_fit(self, classes: NDArray[Any]) -> None:
        super()._must_fit(classes)
        must_be_labels("verdict_from", self.verdict_from or (), classes)

    def check(self) -> None:
        super().check()
        for label, least in (self.verdict_from or {}).items():
            if not 0 <= least <= 1:
                raise DefinitionError(
                    f"{self.name()}: verdict_from must be scores from 0.0 to 1.0, and {least} was given "
                    f"for {label}"
                )

    def decide(self, X: Any) -> Decisions:
        decisions = super().decide(X)
        return decisions.bounded(self.verdict_from) if self.verdict_from else decisions

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Share of each class [n_documents, n_classes]; without evidence, neighbours say training's."""
        return self.decide(X).scores
