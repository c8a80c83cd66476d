"""What neighbours need: the training documents' rows, and who they were."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.classify.decider import Decider
from textpipe.classify.neighbours import by_column, canonical_order, nearest
from textpipe.documents import Documents
from textpipe.errors import DefinitionError
from textpipe.rows import dense, unit_rows


class Neighbourhood(NamedTuple):
    """The neighbours of some documents, the nearest first; all arrays are [n_documents, k].

    Where a document has fewer neighbours than k, the position is -1 and the rest is 0.
    """

    positions: NDArray[np.int64]
    similarities: NDArray[np.float64]
    votes: NDArray[np.float64]


class TrainingSet(Decider):
    """A decider that keeps the training rows and asks the nearest of them."""

    def __init__(
        self,
        k: int = 10,
        metric: Literal["cosine", "euclidean"] = "cosine",
        weights: Literal["similarity", "uniform"] = "similarity",
        power: float = 2.0,
        excerpt: int = 200,
    ) -> None:
        self.k = k
        self.metric = metric
        self.weights = weights
        self.power = power
        self.excerpt = excerpt

    def check(self) -> None:
        super().check()
        for option, least in (("k", 1), ("power", 0), ("excerpt", 0)):
            value = getattr(self, option)
            if value < least:
                raise DefinitionError(
                    f"{self.name()}: {option} must be at least {least}, and {value} was given"
                )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        super().learn(documents, labels)
        self.ids_ = documents.ids
        texts = documents.texts() if self.excerpt else []
        self.excerpts_ = pa.array(
            [" ".join(text[: 4 * self.excerpt].split())[: self.excerpt] for text in texts],
            pa.string(),
        )

    def _keep(self, values: Any, y: NDArray[Any]) -> None:
        self.rows_ = unit_rows(values) if self.metric == "cosine" else values
        self.rank_ = canonical_order(self.rows_, y)
        self._transposed = by_column(self.rows_)
        for name in ("ids_", "excerpts_"):
            self.__dict__.pop(name, None)

    def _has_evidence(self, values: Any) -> NDArray[np.bool_]:
        if self.metric == "euclidean":  # the origin is a point like any other
            return np.ones(values.shape[0], bool)
        return super()._has_evidence(values)

    def neighbourhood(self, values: Any, k: int | None = None) -> Neighbourhood:
        """The nearest training documents of each row of ``values`` and how much their votes weigh."""
        if not hasattr(self, "_transposed"):  # a model from disk
            self._transposed = by_column(self.rows_)
        similarities, positions = nearest(
            values, self.rows_, self.rank_, k or self.k, self.metric, self._transposed
        )
        if self.weights == "uniform":
            votes = (positions >= 0).astype(np.float64)
        else:
            votes = np.where(positions >= 0, similarities**self.power, 0.0)
        return Neighbourhood(positions, similarities, votes)

    def label_of(self, position: int) -> str | float:
        """The label of the training document at this position."""
        raise TypeError(f"{type(self).__name__} must say label_of(position)")

    def id_of(self, position: int) -> str:
        """What the training document at this position was called; its number where it had no name."""
        return str(self.ids_[position].as_py()) if hasattr(self, "ids_") else str(position)

    def excerpt_of(self, position: int) -> str:
        """The beginning of the training document at this position; empty where none was kept."""
        excerpts = getattr(self, "excerpts_", ())
        return str(excerpts[position].as_py()) if len(excerpts) > position else ""

    def row_of(self, position: int) -> Any:
        """The training document's row, 1-D dense [n_features]."""
        return dense(self.rows_[position]).ravel()
