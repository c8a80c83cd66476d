"""What neighbours need: the training documents' rows, and who they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.classify.decider import Decider
from textpipe.documents import Documents, Int64
from textpipe.errors import DefinitionError, InputError
from textpipe.neighbours import Index, content_keys
from textpipe.rows import dense, unit_rows


class Neighbourhood(NamedTuple):
    """The neighbours of some documents, the nearest first; all arrays are [n_documents, k].

    Where a document has fewer neighbours than k, the position is -1 and the rest is 0.
    """

    positions: NDArray[np.int64]
    similarities: NDArray[np.float64]
    votes: NDArray[np.float64]


class TrainingSet(Decider):
    """A decider that keeps the training rows and asks the nearest of them.

    What it learned, parallel by position: ``rows_``, ``targets_`` (labels as numbers), ``keys_`` (for
    ties), ``digests_`` (of the text: the same document twice has the same), ``ids_``, ``excerpts_``.
    """

    k: int | Literal["auto"]

    def __init__(
        self,
        k: int | Literal["auto"] = 10,
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
            if not isinstance(value, str) and value < least:
                raise DefinitionError(
                    f"{self.name()}: {option} must be at least {least}, and {value} was given"
                )

    # -- training -----------------------------------------------------------------------------------

    def learn(self, documents: Documents, labels: Any = None) -> None:
        super().learn(documents, labels)
        self.ids_ = documents.ids
        self.excerpts_ = self._excerpts(documents)
        self.digests_ = digests_of(documents)

    def _keep(self, values: Any, targets: NDArray[Any], labels: NDArray[Any]) -> None:
        for name in ("ids_", "excerpts_", "digests_", "_there", "_found"):
            self.__dict__.pop(name, None)
        self._index = self.index_of(values, labels)
        self.rows_, self.keys_ = self._index.rows, self._index.keys
        self.targets_ = targets

    def _excerpts(self, documents: Documents) -> pa.Array:
        texts = documents.texts() if self.excerpt else []
        cut = [" ".join(text[: 4 * self.excerpt].split())[: self.excerpt] for text in texts]
        return pa.array(cut, pa.string())

    def targets_of(self, labels: NDArray[Any]) -> NDArray[Any]:
        """The labels as numbers; a label that training did not see becomes one of the classes."""
        raise TypeError(f"{type(self).__name__} must say targets_of(labels)")

    # -- neighbours ---------------------------------------------------------------------------------

    def index_of(self, values: Any, labels: NDArray[Any]) -> Index:
        """Rows [n, n_features] and their labels [n], ready to be searched."""
        rows = unit_rows(values) if self.metric == "cosine" else values
        return Index(rows, content_keys(rows, labels), self.metric)

    def index(self) -> Index:
        """The training rows, ready to be searched."""
        if not hasattr(self, "_index"):  # a model from disk
            n = self.rows_.shape[0]
            if not n == len(self.keys_) == len(self.targets_):
                raise InputError(f"{self.name()}: rows, keys and labels are not of the same number")
            self._index = Index(self.rows_, self.keys_, self.metric)
        return self._index

    def neighbourhood(self, values: Any, k: int | None = None) -> Neighbourhood:
        """The nearest training documents of each row of ``values`` and how much their votes weigh."""
        similarities, positions = self.index().nearest(values, k or self._k())
        return Neighbourhood(positions, similarities, self._votes(similarities, positions))

    def _k(self) -> int:
        """How many neighbours vote."""
        assert self.k != "auto", "knn_classifier chooses it"  # noqa: S101  # for mypy
        return self.k

    def _votes(
        self, similarities: NDArray[np.float64], positions: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        if self.weights == "uniform":
            return (positions >= 0).astype(np.float64)
        return np.where(positions >= 0, similarities**self.power, 0.0)

    def _has_evidence(self, values: Any) -> NDArray[np.bool_]:
        if self.metric == "euclidean":  # the origin is a point like any other
            return np.ones(values.shape[0], bool)
        return super()._has_evidence(values)

    # -- taught and untaught ------------------------------------------------------------------------

    def find(self, documents: Documents) -> list[list[int]]:
        """The positions at which each of these documents stands in training, by its text."""
        if not hasattr(self, "_found"):
            self._found: dict[bytes, list[int]] = {}
            for position, digest in enumerate(self.digests_):
                self._found.setdefault(digest.tobytes(), []).append(position)
        there = self.there()
        return [
            [at for at in self._found.get(digest.tobytes(), ()) if there[at]]
            for digest in digests_of(documents)
        ]

    def there(self) -> NDArray[np.bool_]:
        """Which positions hold a document that was not taken out, bool[n]."""
        if not hasattr(self, "_there"):
            self._there = np.ones(len(self.targets_), bool)
        return self._there

    def add(self, documents: Documents, labels: Sequence[Any] | NDArray[Any]) -> Int64:
        """Append documents that have a matrix, as rows of their own. Returns their positions."""
        assert documents.matrix is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        known, first = np.asarray(labels), len(self.targets_)
        rows = documents.matrix.values
        rows = unit_rows(rows) if self.metric == "cosine" else rows
        keys = content_keys(rows, known)
        there, digests = self.there(), digests_of(documents)
        if hasattr(self, "_found"):
            for position, digest in enumerate(digests, first):
                self._found.setdefault(digest.tobytes(), []).append(position)
        index = self.index()
        index.add(rows, keys)
        self.rows_, self.keys_ = index.rows, index.keys
        self._there = np.append(there, np.ones(len(known), bool))
        targets = self.targets_of(known)  # first: it may number the classes anew
        self.targets_ = np.concatenate([self.targets_, targets])
        self.digests_ = np.concatenate([self.digests_, digests])
        self.ids_ = pa.concat_arrays([self.ids_, documents.ids])
        self.excerpts_ = pa.concat_arrays([self.excerpts_, self._excerpts(documents)])
        self.recount()
        return np.arange(first, first + len(known))

    def remove(self, positions: Iterable[int]) -> None:
        """Take documents out: they vote no more, and are in no model that is saved afterwards."""
        at = list(positions)
        self.there()[at] = False
        self.index().remove(at)
        self.recount()

    def restore(self, positions: Iterable[int]) -> None:
        """Put back what was taken out."""
        at = list(positions)
        self.there()[at] = True
        self.index().restore(at)
        self.recount()

    def relabel(self, positions: Sequence[int], label: Any) -> None:
        """Give documents another label."""
        at, labels = list(positions), np.array([label for _ in positions])
        targets = self.targets_of(labels)  # first: it may number the classes anew
        self.targets_, self.keys_ = np.array(self.targets_), np.array(self.keys_)
        self.targets_[at] = targets
        self.keys_[at] = content_keys(self.rows_[at], labels)
        self.index().rekey(at, self.keys_[at])
        self.recount()

    def only(self, positions: Iterable[int]) -> None:
        """Keep these documents, in this order, and forget all others."""
        at = np.fromiter(positions, np.int64)
        for name, value in self.parallel(at).items():
            setattr(self, name, value)
        for name in ("_index", "_there", "_found"):
            self.__dict__.pop(name, None)
        self.recount()

    def parallel(self, at: Int64) -> dict[str, Any]:
        """What was learned about the documents at these positions."""
        kept: dict[str, Any] = {
            name: getattr(self, name)[at] for name in ("rows_", "targets_", "keys_")
        }
        if hasattr(self, "digests_"):
            kept["digests_"] = self.digests_[at]
        for name in ("ids_", "excerpts_"):
            if len(getattr(self, name, ())):
                kept[name] = getattr(self, name).take(pa.array(at))
        return kept

    def learned(self) -> dict[str, Any]:
        """What goes to disk: nothing of the documents that were taken out."""
        state = super().learned()
        if hasattr(self, "_there") and not self._there.all():
            state |= self.parallel(np.flatnonzero(self._there))
        return state

    def recount(self) -> None:
        """Bring up to date what is counted over all documents that are there."""

    # -- what a position stands for -----------------------------------------------------------------

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


def digests_of(documents: Documents) -> NDArray[np.uint64]:
    """A digest of each document's text, uint64[n_documents, 2]: by it a document is known again."""
    digests = [
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in documents.texts()
    ]
    return np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2)
