"""Which documents can go, and nearest neighbours say the same."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.diagnosis.findings import Measure, light_of
from textpipe.diagnosis.vectors import Metric, measurable
from textpipe.neighbours import Index, content_keys
from textpipe.rows import unit_rows

Int64 = NDArray[np.int64]
Kind = Literal["edited", "condensed", "edited+condensed"]


def edited(
    rows: Any,
    labels: NDArray[Any],
    k: int = 3,
    groups: Int64 | None = None,
    metric: Metric = "cosine",
) -> Int64:
    """Positions that are left when each row goes whose ``k`` nearest give another label more votes.

    What goes is noise, and the overlap of labels: borders become smooth. Rows of one group
    (near-duplicates) do not vote for each other; a row without neighbours stays, and so does one in a
    tie. (Wilson: Asymptotic properties of nearest neighbor rules using edited data, 1972.)

    >>> edited(np.array([[1.0, 0], [1, 0.1], [1, 0.2], [1, 0.05]]), np.array(list("aaab"))).tolist()
    [0, 1, 2]
    """
    rows = _ready(rows, metric)
    codes = np.unique(labels, return_inverse=True)[1].ravel()
    groups = np.arange(len(codes)) if groups is None else groups
    keys = content_keys(rows, labels)
    found = Index(rows, keys, metric).nearest(rows, k, groups=groups, query_groups=groups)
    there = found.positions >= 0
    votes = np.zeros((len(codes), int(codes.max(initial=0)) + 1))
    np.add.at(votes, (np.nonzero(there)[0], codes[found.positions[there]]), 1.0)
    return np.flatnonzero(votes[np.arange(len(codes)), codes] >= votes.max(axis=1)).astype(np.int64)


def condensed(rows: Any, labels: NDArray[Any], metric: Metric = "cosine") -> Int64:
    """Positions of rows by which the nearest neighbour (k = 1) still gives all rows their labels.

    What goes lies inside, far from any border. Rows are looked at in the order of their content's key,
    so that the order in which they were given does not matter (but for rows that are the same, under
    the same label); one joins if the nearest of those that have joined has another label, again and
    again until none joins. A row without any number is nobody's neighbour and never joins, and of rows
    that are the same and labelled differently, one joins.
    (Hart: The condensed nearest neighbor rule, 1968.)

    >>> rows = np.array([[1.0, 0], [1, 0.1], [0.1, 1], [0, 1]])
    >>> [int(label) for label in np.array([1, 1, 2, 2])[condensed(rows, np.array([1, 1, 2, 2]))]]
    [1, 2]
    """
    rows = _ready(rows, metric)
    codes = np.unique(labels, return_inverse=True)[1].ravel()
    keys = content_keys(rows, labels)
    n = len(codes)
    index = Index(rows, keys, metric)
    rank = np.empty(n, np.int64)
    rank[np.lexsort((np.arange(n), keys))] = np.arange(n)
    nearest = np.full(n, -1, np.int64)  # of those that have joined; -1 for none
    similarity = np.zeros(n)
    joined = np.zeros(n, bool)
    pending = measurable(rows, metric)
    order = np.argsort(rank)
    grew = True
    while grew:
        grew = False
        for i in order[pending[order]]:
            if nearest[i] >= 0 and (codes[nearest[i]] == codes[i] or similarity[i] >= 1 - 1e-12):
                continue
            joined[i], pending[i], grew = True, False, True
            found = index.nearest(rows[i : i + 1], n)
            at = found.positions[0][found.positions[0] >= 0]
            near = found.similarities[0][: len(at)]
            old = similarity[at]
            closer = (near > old) | ((near == old) & (rank[i] < rank[nearest[at]]))
            closer |= nearest[at] < 0
            nearest[at[closer]], similarity[at[closer]] = i, near[closer]
    return np.flatnonzero(joined).astype(np.int64)


def kept(
    kind: Kind,
    rows: Any,
    labels: NDArray[Any],
    k: int = 3,
    groups: Int64 | None = None,
    metric: Metric = "cosine",
) -> Int64:
    """Positions that are left by ``edited``, by ``condensed``, or by one after the other."""
    if kind == "edited":
        return edited(rows, labels, k, groups, metric)
    if kind == "condensed":
        return condensed(rows, labels, metric)
    left = edited(rows, labels, k, groups, metric)
    return left[condensed(rows[left], labels[left], metric)]


def redundancy(documents: int, groups: int) -> Measure:
    """How many documents are near-duplicates of another."""
    share = 1 - groups / documents
    light = light_of(share, 0.1, 0.4)
    return Measure(
        "near_duplicates", "near-duplicates", share, f"{share:.1%}", light,
        f"of {documents:,} documents; {groups:,} are distinct",
        f"{documents:,} documents are {groups:,} but for case, digits, punctuation and space.",
        "Nothing."
        if light == "good"
        else "Never judge by a random split: copies on both sides flatter. (textpipe evaluate keeps them "
        "together.) One copy of each would do to train.",
        {"groups": groups},
    )  # fmt: skip


def removable(rows: Any, labels: NDArray[Any], metric: Metric) -> Measure:
    """How many documents a nearest neighbour could do without."""
    many = len(condensed(rows, labels, metric))
    share = 1 - many / rows.shape[0]
    return Measure(
        "removable", "documents that change nothing", share, f"{share:.0%}",
        "good",
        f"{many:,} of {rows.shape[0]:,} are enough for the nearest one",
        f"{many:,} of {rows.shape[0]:,} documents are enough for the nearest one (k = 1) to give all of "
        "them their labels.",
        "textpipe condense makes a smaller model and says what it costs."
        if share >= 0.5
        else "Nothing: most documents are needed.",
        {"needed": many},
    )  # fmt: skip


def _ready(rows: Any, metric: Metric) -> Any:
    rows = rows if sparse.issparse(rows) else np.asarray(rows, np.float64)
    return unit_rows(rows) if metric == "cosine" else rows
