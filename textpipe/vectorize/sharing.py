"""Loops over documents, shared by threads."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from textpipe.documents import Int64

Made = TypeVar("Made")

LEAST = 200_000
"""Entries of a matrix for which a core is asked."""


def shares(room: Int64, cores: int) -> list[tuple[int, int]]:
    """The documents in as many parts, of about the same size in ``room``."""
    cores = min(cores, int(room[-1]) // LEAST + 1)
    cuts = np.searchsorted(room, np.linspace(0, room[-1], cores + 1)).tolist()
    cuts[0], cuts[-1] = 0, len(room) - 1
    return list(itertools.pairwise(cuts))


def each(do: Callable[[int], Made], n: int) -> list[Made]:
    """Do 0, 1, ... up to ``n``, each in a thread of its own."""
    if n == 1:
        return [do(0)]
    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(do, range(n)))


def by_documents(loop: Callable[..., None], room: Int64, kinds: Sequence[Any], cores: int) -> Any:
    """Where each document's entries begin, int64[n_documents + 1], and arrays of these kinds that hold them.

    ``loop(first, last, starts, *arrays)`` writes those of the documents from ``first`` to ``last``, of which
    there are at most ``room[last] - room[first]``. (What is not written to takes no memory.) So many
    ``cores`` share the documents.
    """
    arrays = [np.empty(room[-1], kind) for kind in kinds]
    parts = shares(room, cores)

    def write(share: int) -> Int64:
        first, last = parts[share]
        starts, here = np.empty(last - first + 1, np.int64), slice(room[first], room[last])
        loop(first, last, starts, *(array[here] for array in arrays))
        return starts

    starts, at = np.zeros(len(room), np.int64), 0
    for (first, last), written in zip(parts, each(write, len(parts)), strict=True):
        since, size = int(room[first]), int(written[-1])
        if since != at:  # there was more room than entries
            for array in arrays:
                array[at : at + size] = array[since : since + size]
        starts[first : last + 1] = written + at
        at += size
    for array in arrays:
        array.resize(at, refcheck=False)
    return starts, *arrays


def added_up(loop: Callable[..., None], rows: Int64, n_columns: int, cores: int) -> Int64:
    """What ``loop(first, last, found)`` counts by column in parts of the documents, in all."""
    parts = shares(rows, cores)
    found = np.zeros((len(parts), n_columns), np.int64)
    each(lambda share: loop(*parts[share], found[share]), len(parts))
    total: Int64 = found.sum(axis=0) if len(parts) > 1 else found[0]
    return total
