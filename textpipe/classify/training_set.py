"""What neighbours need: the training documents' rows, and who they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from textpipe.classify.decider import Decider
from textpipe.documents import Documents, Int64
from textpipe.errors import BundleError, DefinitionError, InputError
from textpipe.labels import labels_of
from textpipe.neighbours import Index, content_keys, near_one
from textpipe.rows import unit_rows


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
        texts = each_text(documents.text) if self.excerpt else iter(())
        cut = [" ".join(text[: 4 * self.excerpt].split())[: self.excerpt] for text in texts]
        return pa.array(cut, pa.string())

    def targets_of(self, labels: NDArray[Any]) -> NDArray[Any]:
        """The labels as numbers; a label that training did not see becomes one of the classes."""
        raise TypeError(f"{type(self).__name__} must say targets_of(labels)")

    def labels_at(self, targets: NDArray[Any]) -> NDArray[Any]:
        """The labels that these numbers stand for."""
        raise TypeError(f"{type(self).__name__} must say labels_at(targets)")

    # -- neighbours ---------------------------------------------------------------------------------

    def index_of(self, values: Any, labels: NDArray[Any]) -> Index:
        """Rows [n, n_features] and their labels [n], ready to be searched."""
        rows = self._in_space(values)
        return Index(rows, content_keys(rows, labels), self.metric)

    def _in_space(self, values: Any) -> Any:
        """Rows as the index keeps them: CSR in order, and of length 1 for cosines."""
        if sparse.issparse(values) and not values.has_canonical_format:
            values = values.copy()
            values.sum_duplicates()
        return unit_rows(near_one(values)) if self.metric == "cosine" else values

    def index(self) -> Index:
        """The training rows, ready to be searched."""
        if not hasattr(self, "_index"):  # a model from disk, or a copy
            self.must_fit_together()
            self._index = Index(self.rows_, self.keys_, self.metric)
            self._index.remove(np.flatnonzero(~self.there()))
        return self._index

    def must_fit_together(self) -> None:
        """Raise BundleError unless what was learned is about the same documents, columns and labels."""
        if wrong := self.misfits():
            raise BundleError(
                f"{self.name()}: what it learned does not fit together ({', '.join(wrong)}): the model is "
                "damaged, train it again"
            )

    def misfits(self) -> list[str]:
        """The names of what was learned that is missing, or does not fit to the rest."""
        n = len(getattr(self, "targets_", ()))
        shapes = {"targets_": (n,), "keys_": (n,), "rows_": (n, getattr(self, "n_features_in_", 0))}
        wrong = [
            name for name in shapes if shapes[name] != getattr(getattr(self, name, 0), "shape", 0)
        ]
        of_each = {name: getattr(self, name, None) for name in ("ids_", "digests_")}
        wrong += [name for name, kept in of_each.items() if kept is not None and len(kept) != n]
        if getattr(getattr(self, "keys_", None), "dtype", None) != np.uint64:
            wrong.append("keys_")
        if len(getattr(self, "excerpts_", ())) not in (0, n):
            wrong.append("excerpts_")
        return wrong

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
        self._must_know_its_documents()
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
        self._must_know_its_documents()
        index, first, rows = self.index(), len(self.targets_), documents.matrix.values
        if rows.shape[1] != index.n_features:
            raise InputError(
                f"{self.name()} learned from a matrix of {index.n_features} columns, and one of "
                f"{rows.shape[1]} was given"
            )
        targets = self.targets_of(labels_of(labels, len(documents)))
        rows = self._in_space(rows)
        there, digests = self.there(), digests_of(documents)
        index.add(rows, content_keys(rows, self.labels_at(targets)))
        if hasattr(self, "_found"):
            for position, digest in enumerate(digests, first):
                self._found.setdefault(digest.tobytes(), []).append(position)
        self.rows_, self.keys_ = index.rows, index.keys
        self._there = np.append(there, np.ones(len(targets), bool))
        self.targets_ = np.concatenate([self.targets_, targets])
        self.digests_ = np.concatenate([self.digests_, digests])
        self.ids_ = pa.concat_arrays([self.ids_, documents.ids])
        self.excerpts_ = pa.concat_arrays([self.excerpts_, self._excerpts(documents)])
        self.recount()
        return np.arange(first, first + len(targets))

    def remove(self, positions: Iterable[int]) -> None:
        """Take documents out: they vote no more, and are in no model that is saved afterwards."""
        self._set_there(positions, False)

    def restore(self, positions: Iterable[int]) -> None:
        """Put back what was taken out."""
        self._set_there(positions, True)

    def _set_there(self, positions: Iterable[int], there: bool) -> None:
        at = self._checked(positions)
        self._there = np.array(self.there())  # a copy may share it
        self._there[at] = there
        (self.index().restore if there else self.index().remove)(at)
        self.recount()

    def relabel(self, positions: Iterable[int], label: Any) -> None:
        """Give documents another label."""
        at = self._checked(positions)
        if not len(at):
            return
        targets = self.targets_of(labels_of([label] * len(at), len(at)))
        self.targets_, self.keys_ = np.array(self.targets_), np.array(self.keys_)
        self.targets_[at] = targets
        self.keys_[at] = content_keys(self.rows_[at], self.labels_at(targets))
        self.index().rekey(at, self.keys_[at])
        self.recount()

    def only(self, positions: Iterable[int]) -> None:
        """Keep these documents, in this order, and forget all others."""
        at = self._checked(positions)
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

    def _checked(self, positions: Iterable[int]) -> Int64:
        at = np.fromiter(positions, np.int64)
        n = len(self.targets_)
        if len(at) and not 0 <= at.min() <= at.max() < n:
            raise InputError(
                f"{self.name()}: positions must be from 0 to {n - 1}, and {at.min()} to {at.max()} were given"
            )
        return at

    def _must_know_its_documents(self) -> None:
        if not hasattr(self, "digests_") or not hasattr(self, "ids_"):
            raise InputError(
                f"{self.name()} was trained on a plain array and does not know its documents: train it in "
                "a pipeline, and it can be taught"
            )

    def __getstate__(self) -> dict[str, Any]:
        """A copy has all that was taken out at its position, and it votes as little."""
        there = {"_there": self._there} if hasattr(self, "_there") else {}
        return super().__getstate__() | there

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


def digests_of(documents: Documents) -> NDArray[np.uint64]:
    """A digest of each document's text, uint64[n_documents, 2]: by it a document is known again."""
    digests = [
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in each_text(documents.text)
    ]
    return np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2)


def each_text(text: pa.LargeStringArray) -> Iterator[str]:
    """One text after another; not all of them are Python strings at the same time."""
    for first in range(0, len(text), 1000):
        yield from text.slice(first, 1000).to_pylist()
