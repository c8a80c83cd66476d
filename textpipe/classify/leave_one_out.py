"""How a training set judges itself: every document by its neighbours, its near-duplicates left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.neighbours import Index

SAMPLE = 5_000
"""How many training documents are judged at most. They are picked by their content, not by chance."""


class Judged(NamedTuple):
    """The neighbours of some training documents, the nearest first, none of them of the document's own
    group of near-duplicates.

    ``judged`` int64[n] are the documents' positions in training; ``similarities`` and ``positions`` [n, k]
    as :meth:`textpipe.neighbours.Index.nearest` has them.
    """

    judged: NDArray[np.int64]
    similarities: NDArray[np.float64]
    positions: NDArray[np.int64]


def sample_of(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Positions of the documents that are judged, by the keys of all, in the order of the keys."""
    return np.argsort(keys, kind="stable")[:SAMPLE]


def leave_one_out(index: Index, groups: NDArray[np.int64], k: int) -> Judged:
    """The k nearest of each training document (or of a sample of them) outside of its own group [n].

    Copies of a document would tell nothing but that it is a copy: with each document all of its group of
    near-duplicates is left out.
    """
    judged = sample_of(index.keys)
    found = index.nearest(index.rows[judged], k, groups=groups, query_groups=groups[judged])
    return Judged(judged, found.similarities, found.positions)


def loss_by_k(
    votes: NDArray[np.float64],
    of_class: NDArray[np.int64],
    truth: NDArray[np.int64],
    shares: NDArray[np.float64],
    prior: float,
) -> NDArray[np.float64]:
    """Brier's score of each document if its first k neighbours vote, float64[n, k] for k = 1, 2, ...

    That is the squared difference of the scores from the truth, half its sum over the classes (Brier:
    Verification of forecasts expressed in terms of probability, 1950): 0 is certain and right, 1 certain
    and wrong. ``votes`` [n, k] and their classes ``of_class`` [n, k] (-1 where there is no neighbour),
    the ``truth`` [n], each class's share of training ``shares`` [n_classes], and the ``prior`` votes that
    are shared out by it. Where there is neither vote nor prior, the shares are the scores.
    """
    loss = np.zeros(votes.shape)
    totals = votes.cumsum(axis=1) + prior
    voted = totals > 0
    for number, share in enumerate(shares):
        of_this = np.where(of_class == number, votes, 0.0).cumsum(axis=1) + prior * share
        scores = np.where(voted, of_this / np.where(voted, totals, 1.0), share)
        loss += (scores - (truth == number)[:, None]) ** 2 / 2
    return loss


def mean_loss(loss: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over the documents of ``loss`` [n, k], the same to the byte in whatever order they came."""
    mean: NDArray[np.float64] = np.sort(loss, axis=0).mean(axis=0)
    return mean


def smallest_good_k(loss: NDArray[np.float64]) -> int:
    """The smallest k whose mean loss is within one standard error of the least (Breiman et al.:
    Classification and Regression Trees, 1984). ``loss`` is [n, k].

    >>> smallest_good_k(np.array([[0.9, 0.2, 0.1], [0.7, 0.3, 0.4]]))
    2
    """
    mean = mean_loss(loss)
    best = int(np.argmin(mean))
    standard_error = float(np.sort(loss[:, best]).std() / np.sqrt(len(loss)))
    return int(np.flatnonzero(mean <= mean[best] + standard_error)[0]) + 1
