"""Texts that are copies of each other but for numbers and punctuation, and parts that keep them together."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_NO_LETTER = re.compile(r"[\W\d_]+")


def near_duplicate_groups(texts: Sequence[str]) -> NDArray[np.int64]:
    """The group of each text: texts that differ in case, digits, punctuation and space only share one
    (a text without any letter is compared as it stands).

    A campaign is sent a thousand times with other numbers in it. If one copy trains and another judges,
    a classifier that remembers looks better than it is.

    >>> near_duplicate_groups(["Win 100 now!", "win 250, NOW", "Bye"]).tolist()
    [0, 0, 1]
    """
    numbers: dict[str, int] = {}
    folded = (_NO_LETTER.sub(" ", text.casefold()).strip() or text for text in texts)
    return np.array([numbers.setdefault(text, len(numbers)) for text in folded], np.int64)


def by_content(keys: NDArray[np.uint64], texts: Sequence[str] | None = None) -> NDArray[np.int64]:
    """Positions in an order that does not depend on the order in which documents came: by the keys of
    their rows, and where those are equal by their texts.

    >>> by_content(np.array([9, 4, 4], np.uint64), ["a", "c", "b"]).tolist()
    [2, 1, 0]
    """
    order = np.argsort(keys, kind="stable").astype(np.int64)
    if texts is None:
        return order
    return np.array(sorted(order.tolist(), key=lambda at: (keys[at], texts[at])), np.int64)


def in_several_groups(codes: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which documents [n] are of a class that has two groups or more: it can be left out in part.

    >>> in_several_groups(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2])).tolist()
    [True, True, False, False]
    """
    if not len(codes):
        return np.zeros(0, bool)
    n_groups = np.bincount(np.unique(np.stack([codes, groups]), axis=1)[0])
    several: NDArray[np.bool_] = (n_groups > 1)[codes]
    return several


def grouped_parts(
    codes: NDArray[np.int64], groups: NDArray[np.int64], folds: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Positions that train and positions that are judged, for each of ``folds`` parts.

    Each group stays on one side, and the shares of the classes ``codes`` [n] about the same. Where a class
    has fewer groups, there are as many parts. A class with a single group has no say in how many parts there
    are and which: its documents train in each of them (but for one that is judged on their near-duplicates)
    and are never judged. There are no parts where fewer than two classes have two groups.
    A part without which a class of several groups could not be trained is left out: nobody judges it. (That
    takes tiny training sets: a class of two groups, both in one part.)

    >>> parts = grouped_parts(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 2, 3, 4]), folds=5, seed=0)
    >>> sorted((judged.tolist(), train.tolist()) for train, judged in parts)
    [([0, 3], [1, 2, 4]), ([1, 2], [0, 3, 4])]
    """
    from sklearn.model_selection import StratifiedGroupKFold

    several = in_several_groups(codes, groups)
    at, alone = np.flatnonzero(several), np.flatnonzero(~several)
    classes, inside = np.unique(codes[at], return_inverse=True)
    if len(classes) < 2:
        return
    # numbered in the order of their first rows, so that the numbers they came with do not matter
    _, first, number = np.unique(groups[at], return_index=True, return_inverse=True)
    numbers = np.argsort(np.argsort(first))[number]
    n_groups = np.bincount(np.unique(np.stack([inside, numbers]), axis=1)[0])
    splitter = StratifiedGroupKFold(
        min(folds, int(n_groups.min())), shuffle=True, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # on rare classes
        for train, judged in splitter.split(inside, inside, numbers):
            if len(np.unique(inside[train])) == len(classes):
                others = alone[~np.isin(groups[alone], groups[at[judged]])]
                yield np.sort(np.concatenate([at[train], others])), at[judged]
