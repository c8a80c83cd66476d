"""The label that a document's nearest neighbours have."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Classifier, Probabilities
from textpipe.classify.training_set import Neighbourhood, TrainingSet
from textpipe.documents import Decisions


class KnnClassifier(TrainingSet, Probabilities, Classifier):
    """The label with the most votes among the nearest training documents.

    A vote is evidence: a neighbour that shares nothing with the document has none. A document without
    any known word is ``unsure``. Ties between neighbours are broken by what is in them, ties between
    labels by the sum of votes, then by the alphabet: never by the order of the training documents.
    (Cover and Hart: Nearest neighbor pattern classification, 1967; weighted votes as Dudani, 1976.)

    Options:
        k: how many neighbours vote; if there are fewer training documents, all of them. Default 10.
        metric: "cosine", or "euclidean" (then similarity is 1 / (1 + distance)). Default "cosine".
        weights: "similarity": a vote weighs the similarity to the power of ``power``; or "uniform": each
            neighbour has one vote. Default "similarity".
        power: see weights; 0 or more. Default 2.0.
        excerpt: how many characters of each training text are kept, to be shown with an explanation;
            0 keeps none. Default 200.
        prior: votes that are shared out among the labels as training has them, before any neighbour
            votes: little evidence then moves the scores little. 0 or more. Default 0.0.
        verdict_from: a label is only said where its score is at least this, such as
            ``{ spam = 0.97 }``; else the verdict is "unsure". Default: no such bound.
        minimum_evidence: where the votes add up to less, the verdict is "unsure". Default 0.0.
        minimum_training: while a label has fewer training documents, every verdict is "unsure".
            Default 0.

    Reads a matrix; writes decisions, whose scores are each label's share of the votes.
    Raises InputError where labels are missing, or one is called "unsure".

    >>> knn = KnnClassifier(k=2).fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], ["ham", "ham", "spam"])
    >>> knn.predict([[0.8, 0.1], [0.1, 0.8], [0.0, 0.0]]).tolist()
    ['ham', 'spam', 'unsure']
    """

    def __init__(
        self,
        k: int = 10,
        metric: Literal["cosine", "euclidean"] = "cosine",
        weights: Literal["similarity", "uniform"] = "similarity",
        power: float = 2.0,
        excerpt: int = 200,
        prior: float = 0.0,
        verdict_from: dict[str, float] | None = None,
        minimum_evidence: float = 0.0,
        minimum_training: int = 0,
    ) -> None:
        super().__init__(k, metric, weights, power, excerpt)
        self.prior = prior
        self.verdict_from = verdict_from
        self.minimum_evidence = minimum_evidence
        self.minimum_training = minimum_training

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        codes = self._classes_of(y)
        self._keep(values, codes.astype(np.int32), y)
        self._counted()

    def _targets_of(self, labels: NDArray[Any]) -> NDArray[np.int32]:
        self._like_training(labels)
        classes = np.union1d(self.classes_, labels)
        if len(classes) > len(self.classes_):
            self._not_unsure(classes)
            self.targets_ = np.searchsorted(classes, self.classes_)[self.targets_].astype(np.int32)
            self.classes_ = classes
        return np.searchsorted(classes, labels).astype(np.int32)

    def _counted(self) -> None:
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
        votes = np.zeros((len(hood.positions), len(self.classes_)))
        present = hood.positions >= 0
        rows = np.nonzero(present)[0]
        np.add.at(votes, (rows, self.targets_[hood.positions[present]]), hood.votes[present])
        votes += self.prior * self.shares_
        totals = votes.sum(axis=1, keepdims=True)
        return np.where(totals > 0, votes / np.where(totals > 0, totals, 1.0), self.shares_)

    def _decide(self, values: Any) -> Decisions:
        hood = self.neighbourhood(values)
        scores = self.evidence(hood)
        unsure = hood.votes.sum(axis=1) < self.minimum_evidence
        if self.counts_.min() < self.minimum_training:
            unsure[:] = True
        at = np.argmax(np.round(scores, 10), axis=1)
        return Decisions(self.classes_, self.classes_[at], scores, unsure)

    def label_of(self, position: int) -> str:
        """The label of the training document at this position."""
        return str(self.classes_[self.targets_[position]])
