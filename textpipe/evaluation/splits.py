"""Which documents train and which judge."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from textpipe.duplicates import near_duplicate_groups
from textpipe.errors import InputError

__all__ = ["Split", "folds_of", "near_duplicate_groups"]

Split = Literal["grouped", "random", "stratified"]


def folds_of(
    labels: NDArray[Any], groups: NDArray[np.int64], folds: int, split: Split, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Positions that train and positions that judge, for each fold.

    ``grouped`` keeps each group on one side and the shares of labels about the same; ``stratified`` keeps
    the shares only; ``random`` keeps nothing, and a label may be missing where a fold trains. Raises
    InputError where there are too few documents.
    """
    from sklearn.model_selection import KFold, StratifiedGroupKFold, StratifiedKFold

    if folds < 2:
        raise InputError(f"folds must be at least 2, and {folds} was given")
    if split == "random":
        _enough_documents(len(labels), folds)
    else:
        _enough_of_each_label(_sizes(labels, groups, split), folds, split)
    kinds = {"grouped": StratifiedGroupKFold, "random": KFold, "stratified": StratifiedKFold}
    splitter = kinds[split](n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # on rare labels, which were checked above
        return list(splitter.split(np.zeros(len(labels)), labels, groups))


def _enough_documents(count: int, folds: int) -> None:
    if count < folds:
        fewer = f", or folds={count}" if count > 1 else ""
        raise InputError(
            f"{folds} folds need at least {folds} documents, and the number given is {count}: "
            f"give more documents{fewer}"
        )


def _enough_of_each_label(sizes: dict[str, int], folds: int, split: Split) -> None:
    """Raise InputError for the label with the fewest documents, if it cannot be in every fold."""
    label, count = min(sizes.items(), key=lambda item: (item[1], item[0]))
    if count >= folds:
        return
    grouped = split == "grouped"
    if count < 2:
        has = "one group of near-duplicates" if grouped else "one document"
        raise InputError(
            f'label "{label}" has only {has}, and a label needs at least two {_units(grouped)}, one '
            'to train on and one to judge: give more documents of it, or leave it out (split="random" '
            "does without)"
        )
    raise InputError(
        f'label "{label}" has {count} {_units(grouped)}, and {folds} folds need at least {folds} of '
        f"each label: give more documents, or folds={count}"
    )


def _units(grouped: bool) -> str:
    return "groups of near-duplicates" if grouped else "documents"


def _sizes(labels: NDArray[Any], groups: NDArray[np.int64], split: Split) -> dict[str, int]:
    if split == "grouped":
        return Counter(
            label for label, _ in set(zip(labels.tolist(), groups.tolist(), strict=True))
        )
    return Counter(labels.tolist())
