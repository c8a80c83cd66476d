"""The rows of a nearest-neighbour stage, brought to what the corrections say."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Classifier
from textpipe.classify.training_set import TrainingSet, digests_of
from textpipe.corrections.in_force import Correction, Corrections
from textpipe.corrections.operation import Label
from textpipe.corrections.teachable import must_be_known
from textpipe.documents import Documents, Int64
from textpipe.errors import InputError
from textpipe.pipeline import Pipeline

Fetch = Callable[[Sequence[Correction]], Documents]
"""Gives the documents that corrections teach."""


class TaughtRows:
    """The training documents of a pipeline, with corrections worked in.

    A document of training keeps its position, also while it is taken out; what is learned gets a
    position behind. What decisions are made of depends on the corrections alone, not on their order.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.keeper = keeper_of(pipeline)
        self._n_trained = len(self.keeper.targets_)
        self._classes = self.keeper.classes_ if isinstance(self.keeper, Classifier) else None
        self._places = _Places(self.keeper.digests_)
        self._applied: Corrections = {}
        self._learned: dict[
            tuple[str, int], int
        ] = {}  # digest and number of the document: position
        self._trained_targets = np.array(self.keeper.targets_)

    # -- what is there ----------------------------------------------------------------------------

    def trained(self, digest: str) -> tuple[Label, ...]:
        """The labels that a document has in training, each once; empty if it is not in it."""
        return tuple(sorted({self._trained_label(at) for at in self._places.of(digest)}))

    def digests_called(self, name: str) -> list[str]:
        """The digests of all documents of this id, taken out or not."""
        import pyarrow.compute as pc

        same = np.flatnonzero(pc.equal(self.keeper.ids_, name).to_numpy(zero_copy_only=False))
        return list(dict.fromkeys(hex_of(self.keeper.digests_[at]) for at in same))

    def order(self) -> Int64:
        """The positions of what is there: training's in their order, then what was learned by digest."""
        learned = sorted(
            (digest, self._learned[digest, correction.document])
            for digest, correction in self._applied.items()
            if not correction.original
        )
        there = np.flatnonzero(self.keeper.there()[: self._n_trained])
        return np.concatenate([there, np.array([at for _, at in learned], np.int64)])

    # -- corrections ------------------------------------------------------------------------------

    def bring_to(self, corrections: Corrections, fetch: Fetch) -> None:
        """Work in what differs from the corrections that are worked in already."""
        old, new = self._applied, corrections
        changed = sorted(
            digest for digest in old.keys() | new.keys() if old.get(digest) != new.get(digest)
        )
        if not changed:
            return
        out: list[int] = []
        labelled: dict[Label, list[int]] = {}
        missing: list[str] = []
        for digest in changed:
            correction = new.get(digest)
            if places := self._places.of(digest):
                self._change_trained(places, correction, out, labelled)
                continue
            before = old.get(digest)
            if before is not None:
                out.append(self._learned[digest, before.document])
            if correction is None or correction.label is None:
                continue
            at = self._learned.get((digest, correction.document))
            if at is None:
                missing.append(digest)
            else:
                labelled.setdefault(correction.label, []).append(at)
        self._add(missing, new, fetch)
        self._set(out, labelled)
        self._applied = dict(corrections)
        self._forget_labels()

    def _change_trained(
        self,
        places: Iterable[int],
        correction: Correction | None,
        out: list[int],
        labelled: dict[Label, list[int]],
    ) -> None:
        for at in places:
            label = self._trained_label(at) if correction is None else correction.label
            if label is None:
                out.append(at)
            else:
                labelled.setdefault(label, []).append(at)

    def _set(self, out: list[int], labelled: dict[Label, list[int]]) -> None:
        if out:
            self.keeper.remove(out)
        if labelled:
            self.keeper.restore([at for places in labelled.values() for at in places])
        for label, places in labelled.items():
            self.keeper.relabel(places, label)

    def _add(self, digests: list[str], corrections: Corrections, fetch: Fetch) -> None:
        if not digests:
            return
        added = [corrections[digest] for digest in digests]
        documents = self.pipeline.run(fetch(added))
        labels = np.array([one.label for one in added])
        positions = self.keeper.add(documents, labels)
        for digest, one, at in zip(digests, added, positions.tolist(), strict=True):
            self._learned[digest, one.document] = at

    def _trained_label(self, at: int) -> Label:
        target = self._trained_targets[at]
        label: Label = (target if self._classes is None else self._classes[target]).item()
        return label

    def _forget_labels(self) -> None:
        """Classes are those of training and of what was taught: a label that nobody has any more goes."""
        keeper = self.keeper
        if self._classes is None or not isinstance(keeper, Classifier):
            return
        taught = [one.label for one in self._applied.values() if one.label is not None]
        classes = np.union1d(self._classes, np.array(taught)) if taught else self._classes
        if classes.dtype != keeper.classes_.dtype or not np.array_equal(classes, keeper.classes_):
            numbers = np.searchsorted(classes, keeper.classes_[keeper.targets_])
            keeper.targets_ = np.minimum(numbers, len(classes) - 1).astype(np.int32)
            keeper.classes_ = classes
            keeper.recount()

    # -- a copy ------------------------------------------------------------------------------------

    def pipeline_in_order(self) -> Pipeline:
        """A pipeline with the same training documents, in the one order that the corrections give."""
        keeper = copy.copy(self.keeper)
        keeper.only(self.order())
        own = self.pipeline
        stages, most = [*own.stages[:-1], keeper], own.max_characters
        whole = Pipeline(stages, own.language, max_characters=most)
        whole.trained_ = True
        return whole


class _Places:
    """Where in training a document stands, by its digest: a sorted list, since that is made at once."""

    def __init__(self, digests: NDArray[np.uint64]) -> None:
        self._digests = digests
        self._order = np.argsort(digests[:, 0], kind="stable")
        self._sorted = digests[self._order, 0]

    def of(self, digest: str) -> list[int]:
        wanted = np.frombuffer(bytes.fromhex(digest), "<u8")
        start = np.searchsorted(self._sorted, wanted[0], "left")
        end = np.searchsorted(self._sorted, wanted[0], "right")
        places = self._order[start:end]
        return [at for at in places.tolist() if self._digests[at, 1] == wanted[1]]


def keeper_of(pipeline: Pipeline) -> TrainingSet:
    """The last stage, which keeps the training documents. Raises InputError where there is none."""
    keeper = pipeline.stages[-1]
    if not isinstance(keeper, TrainingSet):
        raise InputError(
            f"only a model that keeps its training documents can be corrected: it ends in "
            f"knn_classifier or knn_regressor, and this one ends in {keeper.name()}. Train it again "
            "with the right labels instead"
        )
    if not hasattr(keeper, "digests_") or not hasattr(keeper, "ids_"):
        raise InputError(
            "this model does not say which documents it was trained on (an earlier textpipe made it): "
            "train it again, and it can be corrected"
        )
    return keeper


def hex_of(digest: NDArray[np.uint64]) -> str:
    """A document's digest as the journal writes it."""
    return digest.tobytes().hex()


def digests(documents: Documents) -> list[str]:
    """The digest of each document's text, hex."""
    return [hex_of(digest) for digest in digests_of(documents)]


def checked_labels(
    keeper: TrainingSet, labels: NDArray[np.generic], new_label: bool = False
) -> list[Label]:
    """The labels as plain values. Raises InputError for one that this stage cannot have.

    A label that training does not know is one of them, unless a ``new_label`` is meant.
    """
    if not len(labels):
        return []
    if isinstance(keeper, Classifier):
        keeper.not_unsure(labels)
        plain: list[Label] = labels.tolist()
        if (labels.dtype.kind in "UO") == (keeper.classes_.dtype.kind in "UO"):
            must_be_known(keeper, plain, new_label)
        keeper.like_training(labels)
    else:
        plain = keeper.targets_of(labels).tolist()
    for label in plain:
        if isinstance(label, float) and not np.isfinite(label):
            raise InputError(f"a label must be a finite number, and {label} was given")
    return plain
