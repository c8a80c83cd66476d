"""The label that a document's nearest neighbours have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Classifier, Probabilities
from textpipe.classify.training_set import TrainingSet
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

    Reads a matrix; writes decisions, whose scores are each label's share of the votes.
    Raises InputError where labels are missing, or one is called "unsure".

    >>> knn = KnnClassifier(k=2).fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], ["ham", "ham", "spam"])
    >>> knn.predict([[0.8, 0.1], [0.1, 0.8], [0.0, 0.0]]).tolist()
    ['ham', 'spam', 'unsure']
    """

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        codes = self._classes_of(y)
        self.codes_ = codes.astype(np.int32)
        self.shares_ = np.bincount(codes, minlength=len(self.classes_)) / len(codes)
        self._keep(values, y)

    def _decide(self, values: Any) -> Decisions:
        hood = self.neighbourhood(values)
        votes = np.zeros((len(hood.positions), len(self.classes_)))
        present = hood.positions >= 0
        rows = np.nonzero(present)[0]
        np.add.at(votes, (rows, self.codes_[hood.positions[present]]), hood.votes[present])
        totals = votes.sum(axis=1, keepdims=True)
        scores = np.where(totals > 0, votes / np.where(totals > 0, totals, 1.0), self.shares_)
        return Decisions(
            self.classes_,
            self.classes_[np.argmax(np.round(scores, 10), axis=1)],
            scores,
            np.zeros(len(scores), bool),
        )

    def label_of(self, position: int) -> str:
        """The label of the training document at this position."""
        return str(self.classes_[self.codes_[position]])
