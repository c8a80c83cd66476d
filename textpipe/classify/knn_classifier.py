"""The label that a document's nearest neighbours have."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.calibration import calibrate, calibrated, fit_classes
from textpipe.classify.decider import Classifier, Probabilities
from textpipe.classify.leave_one_out import (
    Judged,
    leave_one_out,
    loss_by_k,
    mean_loss,
    smallest_good_k,
)
from textpipe.classify.training_set import Neighbourhood, TrainingSet
from textpipe.documents import Decisions, Documents
from textpipe.documents.decisions import must_be_labels
from textpipe.duplicates import near_duplicate_groups
from textpipe.errors import DefinitionError, InputError, TextpipeWarning
from textpipe.neighbours import equal_rows


class KnnClassifier(TrainingSet, Probabilities, Classifier):
    """The label with the most votes among the nearest training documents.

    A vote is evidence: a neighbour that shares nothing with the document has none. A document without
    any known word is ``unsure``. Ties between neighbours are broken by what is in them, ties between
    labels by the sum of votes, then by the alphabet: never by the order of the training documents.
    (Cover and Hart: Nearest neighbor pattern classification, 1967; weighted votes as Dudani, 1976.)

    Options:
        k: how many neighbours vote; if there are fewer training documents, all of them. "auto" judges
            training documents (5,000 at most) by each other, near-duplicates left out, and takes the
            smallest k whose Brier score is within one standard error of the best; ``k_curve_`` has the
            score of each k. Where an earlier stage learns from labels, they are judged in five folds;
            where a label has too few documents for that, k is 10, and a TextpipeWarning says so.
            Default 10.
        metric: "cosine", or "euclidean" (then similarity is 1 / (1 + distance)). Default "cosine".
        weights: "similarity": a vote weighs the similarity to the power of ``power``; or "uniform": each
            neighbour has one vote. Default "similarity".
        power: see weights; 0 or more. Default 2.0.
        excerpt: how many characters of each training text are kept, to be shown with an explanation;
            0 keeps none. Default 200.
        prior: votes that are shared out among the labels as training has them, before any neighbour
            votes: little evidence then moves the scores little. 0 or more. Default 0.001.
        calibrate: "beta" or "isotonic" turns shares of votes into probabilities that come true as often
            as they say; fitted on training documents judged by each other, near-duplicates left out.
            A label with less than five of them keeps its share of votes. Default "none".
        most_k: the largest k that "auto" considers. Default 50.
        verdict_from: a label is only said where its score is at least this, such as
            ``{ spam = 0.97 }``; else the verdict is "unsure". Default: no such bound.
        minimum_evidence: where the votes add up to less, the verdict is "unsure". A number, or one for
            each label that asks for some, such as ``{ spam = 0.4 }``. Default 0.0.
        minimum_known: where a smaller share of a document's words is known, 0.0 to 1.0, the verdict is
            "unsure". Default 0.0: one known word is enough.
        minimum_training: a label with fewer training documents is never said: where it would be, the
            verdict is "unsure". While fewer than two labels have as many, every verdict is. Default 0.

    Reads a matrix; writes decisions, whose scores are each label's share of the votes, or its probability.
    Raises InputError where labels are missing, or one is called "unsure".

    >>> knn = KnnClassifier(k=2).fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], ["ham", "ham", "spam"])
    >>> knn.predict([[0.8, 0.1], [0.1, 0.8], [0.0, 0.0]]).tolist()
    ['ham', 'spam', 'unsure']
    """

    def __init__(
        self,
        k: int | Literal["auto"] = 10,
        metric: Literal["cosine", "euclidean"] = "cosine",
        weights: Literal["similarity", "uniform"] = "similarity",
        power: float = 2.0,
        excerpt: int = 200,
        prior: float = 0.001,
        calibrate: Literal["none", "beta", "isotonic"] = "none",
        most_k: int = 50,
        verdict_from: dict[str, float] | None = None,
        minimum_evidence: float | dict[str, float] = 0.0,
        minimum_known: float = 0.0,
        minimum_training: int = 0,
    ) -> None:
        super().__init__(k, metric, weights, power, excerpt)
        self.prior = prior
        self.calibrate = calibrate
        self.most_k = most_k
        self.verdict_from = verdict_from
        self.minimum_evidence = minimum_evidence
        self.minimum_known = minimum_known
        self.minimum_training = minimum_training

    def check(self) -> None:
        super().check()
        for option, least in (("prior", 0), ("most_k", 1), ("minimum_training", 0)):
            value = getattr(self, option)
            if value < least:
                raise DefinitionError(
                    f"{self.name()}: {option} must be at least {least}, and {value} was given"
                )
        if not 0 <= self.minimum_known <= 1:
            raise DefinitionError(
                f"{self.name()}: minimum_known must be a share from 0.0 to 1.0, and "
                f"{self.minimum_known} was given"
            )

    # -- training -----------------------------------------------------------------------------------

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        for name in ("k_", "k_curve_", "calibration_"):
            self.__dict__.pop(name, None)
        codes = self._classes_of(y)
        self._keep(values, codes.astype(np.int32), y)
        self.recount()

    def fit(self, X: Any, y: Any = None) -> KnnClassifier:
        """Learn from rows [n_documents, n_features] and their labels [n_documents]."""
        super().fit(X, y)
        if self.judges_itself():
            texts = X.texts() if isinstance(X, Documents) else None
            groups = equal_rows(self.rows_) if texts is None else near_duplicate_groups(texts)
            self.judge(leave_one_out(self.index(), groups, self.most()))
        return self

    def _must_fit(self, classes: NDArray[Any]) -> None:
        super()._must_fit(classes)
        if isinstance(self.minimum_evidence, dict):
            must_be_labels("minimum_evidence", self.minimum_evidence, classes)

    def judges_itself(self) -> bool:
        """Must training documents be judged by each other?"""
        return self.k == "auto" or self.calibrate != "none"

    def most(self) -> int:
        """How many neighbours of a judged document are looked at."""
        return self.most_k if self.k == "auto" else self._k()

    def judge(self, left_out: Judged) -> None:
        """Choose k and calibrate, by training documents that were judged without themselves."""
        votes = self._votes(left_out.similarities, left_out.positions)
        truth = self.targets_[left_out.judged]
        if self.k == "auto":
            of_class = np.where(left_out.positions >= 0, self.targets_[left_out.positions], -1)
            loss = loss_by_k(votes, of_class, truth, self.shares_, self.prior)
            self._choose(loss)
        if self.calibrate != "none":
            k = self._k()
            hood = Neighbourhood(
                left_out.positions[:, :k], left_out.similarities[:, :k], votes[:, :k]
            )
            voted = hood.votes.sum(axis=1) > 0
            scores = self.evidence(hood)[voted]
            self.calibration_ = calibrate(self.calibrate, scores, truth[voted])

    def _choose(self, loss: NDArray[np.float64]) -> None:
        """Choose k by the loss of each judged document and each k, [n, most]."""
        if len(loss):
            self.k_curve_, self.k_ = mean_loss(loss), smallest_good_k(loss)
            return
        self.k_curve_, self.k_ = np.full(loss.shape[1], np.nan), min(10, self.most_k)
        warnings.warn(
            f"knn_classifier: too few documents to choose k by leaving them out in folds: k is {self.k_}",
            TextpipeWarning,
            stacklevel=2,
        )

    def _k(self) -> int:
        return self.k_ if self.k == "auto" else super()._k()

    def like_training(self, labels: NDArray[Any]) -> None:
        """Raise InputError for labels that this model cannot be taught."""
        super().like_training(labels)
        new = np.setdiff1d(labels, self.classes_)
        if len(new) and getattr(self, "calibration_", None):
            raise InputError(
                f"{self.name()}: {str(new[0])!r} is a new label, and probabilities were calibrated "
                f"for {', '.join(map(str, self.classes_))}: train it anew with documents of that label"
            )

    def targets_of(self, labels: NDArray[Any]) -> NDArray[np.int32]:
        self.like_training(labels)
        classes = np.union1d(self.classes_, labels)
        if len(classes) > len(self.classes_):
            self.not_unsure(classes)
            self.targets_ = np.searchsorted(classes, self.classes_)[self.targets_].astype(np.int32)
            self.classes_ = classes
        return np.searchsorted(classes, labels).astype(np.int32)

    def misfits(self) -> list[str]:
        wrong = super().misfits()
        if not {"targets_", "classes_", "counts_"} <= vars(self).keys():
            return [*wrong, "classes_"]
        numbers, n_classes = self.targets_, len(self.classes_)
        if (
            numbers.dtype.kind != "i"
            or not -1 < numbers.min(initial=0) <= numbers.max(initial=0) < n_classes
        ):
            wrong.append("targets_")
        if len(self.counts_) != n_classes or not (self.classes_[1:] > self.classes_[:-1]).all():
            wrong.append("classes_")
        if self.k == "auto" and not getattr(self, "k_", 0) >= 1:
            wrong.append("k_")
        if not fit_classes(getattr(self, "calibration_", {}), n_classes):
            wrong.append("calibration_")
        return wrong

    def labels_at(self, targets: NDArray[Any]) -> NDArray[Any]:
        labels: NDArray[Any] = self.classes_[targets]
        return labels

    def recount(self) -> None:
        self.counts_ = np.bincount(self.targets_[self.there()], minlength=len(self.classes_))

    @property
    def shares_(self) -> NDArray[np.float64]:
        """How much of the training documents each class has, float64[n_classes]."""
        shares: NDArray[np.float64] = self.counts_ / max(1, int(self.counts_.sum()))
        return shares

    def evidence(self, hood: Neighbourhood) -> NDArray[np.float64]:
        """Each class's share of the votes and of the prior, float64[n_documents, n_classes].

        (votes of the class + prior * its share of training) / (all votes + prior); where there is
        neither vote nor prior, the share of training.
        """
        shape = len(hood.positions), len(self.classes_)
        shares = self.shares_
        cells = self.targets_[hood.positions]  # where there is none, at -1, the vote is 0
        if shape[0] > 1:
            cells = cells + shape[1] * np.arange(shape[0])[:, None]
        counted = np.bincount(cells.ravel(), hood.votes.ravel(), shape[0] * shape[1])
        votes = counted.reshape(shape) + self.prior * shares
        totals = votes.sum(axis=1, keepdims=True)
        if totals.all():
            return votes / totals  # type: ignore[no-any-return]
        return np.where(totals > 0, votes / np.where(totals > 0, totals, 1.0), shares)

    # -- use ----------------------------------------------------------------------------------------

    def _decide(self, values: Any) -> Decisions:
        hood = self.neighbourhood(values)
        scores, evidence = self.evidence(hood), hood.votes.sum(axis=1)
        if maps := getattr(self, "calibration_", {}):
            scores[evidence > 0] = calibrated(maps, scores[evidence > 0])
        at = scores.round(10).argmax(axis=1)
        unsure = evidence == 0
        if self.minimum_evidence:
            if isinstance(self.minimum_evidence, dict):
                must_be_labels("minimum_evidence", self.minimum_evidence, self.classes_)
            least = np.array([self.least_evidence(label) for label in self.classes_.tolist()])
            unsure |= evidence < least[at]
        if self.minimum_training:
            second = np.sort(np.append(self.counts_, 0))[-2]
            unsure |= np.minimum(self.counts_[at], second) < self.minimum_training
        return Decisions(self.classes_, self.classes_[at], scores, unsure)

    def least_evidence(self, label: Any) -> float:
        """How much the votes must add up to for this label to be said."""
        least = self.minimum_evidence
        return float(least.get(str(label), 0.0) if isinstance(least, dict) else least)

    def label_of(self, position: int) -> str:
        """The label of the training document at this position."""
        return str(self.classes_[self.targets_[position]])
