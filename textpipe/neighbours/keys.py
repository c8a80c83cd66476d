"""What breaks a tie between rows: their content."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.neighbours.brute_force import DIGITS

ODD = np.uint64(0x9E3779B97F4A7C15)

BLOCK = 2**15
"""So many entries are hashed at once: their hashes stay in the processor's cache."""


def content_keys(rows: Any, labels: NDArray[Any]) -> NDArray[np.uint64]:
    """A key for each row [n] by what is in it and how it is labelled, to break ties by.

    It is a hash, so that it favours no label, and neither depends on the order of the rows nor on which
    others there are, nor on whether they are dense or sparse.

    >>> one, other = content_keys(np.array([[0.0, 0.5], [0.5, 0.0]]), np.array(["a", "b"]))
    >>> bool(one == content_keys(np.array([[0.0, 0.5]]), np.array(["a"]))[0])
    True
    """
    n, n_features = rows.shape
    if sparse.issparse(rows):
        rows = rows.tocsr()
        if not rows.has_canonical_format:
            rows = rows.copy()
            rows.sum_duplicates()
        step = max(1, BLOCK * n // max(1, rows.nnz))
    else:
        step = max(1, BLOCK // max(1, n_features))
    of_columns = _mixed(np.arange(n_features, dtype=np.uint64))
    totals = np.empty(n, np.uint64)
    for start in range(0, n, step):
        block = slice(start, start + step)
        if sparse.issparse(rows):
            bounds = rows.indptr[start : start + step + 1]
            here = slice(bounds[0], bounds[-1])
            totals[block] = _totals(rows.data[here], of_columns[rows.indices[here]], bounds)
        else:
            values = np.asarray(rows[block], np.float64)
            bounds = np.arange(len(values) + 1) * n_features
            totals[block] = _totals(values.ravel(), np.tile(of_columns, len(values)), bounds)
    return _mixed(totals + _label_hashes(labels))


def _totals(
    values: NDArray[Any], of_columns: NDArray[np.uint64], bounds: NDArray[Any]
) -> NDArray[np.uint64]:
    """The sum of the hashes of each row's entries that are not 0 [n], between bounds [n + 1]."""
    rounded = np.round(values.astype(np.float64, copy=False), DIGITS) + 0.0
    hashes = _mixed(rounded.view(np.uint64) + of_columns)
    hashes[rounded == 0] = 0
    sums = np.append(np.uint64(0), np.cumsum(hashes))  # sums wrap around, and so do differences
    bounds = bounds - bounds[0]
    difference: NDArray[np.uint64] = sums[bounds[1:]] - sums[bounds[:-1]]
    return difference


def _label_hashes(labels: NDArray[Any]) -> NDArray[np.uint64]:
    hashes: dict[str, int] = {}
    found = np.empty(len(labels), np.uint64)
    for i, label in enumerate(map(str, labels.tolist())):
        if label not in hashes:
            digest = hashlib.blake2b(label.encode("utf-8", "surrogatepass"), digest_size=8)
            hashes[label] = int.from_bytes(digest.digest(), "little")
        found[i] = hashes[label]
    return found


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each number, with every bit depending on every bit. (Steele, Lea and Flood 2014: SplitMix64.)"""
    mixed: NDArray[np.uint64] = numbers + ODD
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def equal_rows(rows: Any) -> NDArray[np.int64]:
    """The group of each row [n]: rows that are equal share one.

    >>> equal_rows(np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 2.0]])).tolist() in ([0, 1, 0], [1, 0, 1])
    True
    """
    keys = content_keys(rows, np.zeros(rows.shape[0], np.int64))
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)
