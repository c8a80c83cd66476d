"""How long rows are: finite, and not so long that squares are not."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.errors import InputError
from textpipe.kernels.worth import worth

LARGEST = {"cosine": 1e15, "euclidean": 1e150}
"""Rows have length 1 for cosines, or nearly so, for products are added up in float32 first. The square of
a difference must be finite for distances."""

EXPONENT = 500
"""Between 2 to this and to minus this, squares of 2**23 values have a sum that is neither 0 nor infinite."""

PER_CALL, PER_VALUE = 20e-6, 10e-9
"""Seconds that NumPy takes to divide a row by its length."""


def check_values(rows: Any, largest: float = np.inf) -> None:
    """Raise InputError unless all values of rows, dense or CSR, are finite and none is beyond ``largest``."""
    values = rows.data if sparse.issparse(rows) else rows
    if not values.size:
        return
    beyond = max(float(values.max()), -float(values.min()))  # NaN if there is one
    if np.isfinite(beyond) and beyond <= largest:
        return
    wrong = ~(np.abs(values) <= min(largest, np.finfo(float).max))
    at = tuple(np.argwhere(wrong)[0])
    row = np.searchsorted(rows.indptr, at[0], "right") - 1 if sparse.issparse(rows) else at[0]
    value = float(values[at])
    if np.isfinite(value):
        raise InputError(
            f"Index: row {row} has the value {value:g}, and none must be beyond {largest:g}: divide the rows "
            "by their lengths, or all of them by the same number"
        )
    raise InputError(
        f"Index: row {row} has the value {value:g}, and neighbours need finite numbers: put 0 there, or "
        "leave the row out"
    )


def near_one(rows: Any) -> Any:
    """The rows, dense or CSR float64[n, n_features], and those whose squares would be infinite or all 0
    times a power of two, which changes no digit.

    >>> near_one(np.array([[3e200, 0.0], [3.0, 4.0]]))[1].tolist()
    [3.0, 4.0]
    >>> bool(near_one(np.array([[3e200, 0.0]])).max() < 1)
    True
    """
    if sparse.issparse(rows) and _none_is_extreme(rows.data):
        return rows
    exponents = np.frexp(_largest(rows))[1]
    exponents[np.abs(exponents) < EXPONENT] = 0
    if not exponents.any():
        return rows
    if sparse.issparse(rows):
        return with_values(rows, np.ldexp(rows.data, -np.repeat(exponents, np.diff(rows.indptr))))
    return np.ldexp(rows, -exponents[:, None])


def of_length_one(rows: Any) -> Any:
    """Rows divided by their length, which is summed up from the first column to the last.

    Raises InputError for values that are not finite.
    """
    divided = _divided_by_loop(rows) if sparse.issparse(rows) else None
    return _divided_by_numpy(rows) if divided is None else with_values(rows, divided)


def _divided_by_numpy(rows: Any) -> Any:
    check_values(rows)
    rows = near_one(rows)
    if not sparse.issparse(rows):
        if not rows.shape[1]:
            return rows
        lengths = np.sqrt(np.add.accumulate(np.square(rows), axis=1)[:, -1:])
        lengths[lengths == 0] = 1.0
        return rows / lengths
    owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    lengths = np.sqrt(np.bincount(owners, np.square(rows.data), minlength=rows.shape[0]))
    lengths[lengths == 0] = 1.0
    return with_values(rows, rows.data / lengths[owners])


def _divided_by_loop(rows: Any) -> NDArray[np.float64] | None:
    """The values of CSR rows of length 1; None where a value is extreme, or the loop is not worth it."""
    values = np.ascontiguousarray(rows.data, np.float64)
    if not worth(PER_CALL + PER_VALUE * len(values), "lengths.to_length_one"):
        return None
    from textpipe.kernels.lengths import to_length_one

    divided, done = np.empty(len(values)), np.empty(1, np.bool_)
    bounds = np.ascontiguousarray(rows.indptr, np.int64)
    to_length_one(values, bounds, 2.0**-EXPONENT, 2.0 ** (EXPONENT - 1), divided, done)
    return divided if done[0] else None


def with_values(rows: Any, values: NDArray[np.float64]) -> Any:
    """A CSR matrix with other values at the same places. (One that is made is checked anew.)"""
    made = copy.copy(rows)
    made.data = values
    return made


def _none_is_extreme(values: NDArray[np.float64]) -> bool:
    """Are all values of a size that rows may have as they are? Most are."""
    sizes = np.abs(values)
    smallest, largest = sizes.min(initial=1.0), sizes.max(initial=1.0)
    return bool(smallest > 2.0**-EXPONENT and largest < 2.0 ** (EXPONENT - 1))


def _largest(rows: Any) -> NDArray[np.float64]:
    """The largest absolute value of each row, float64[n]."""
    if not sparse.issparse(rows):
        largest: NDArray[np.float64] = np.abs(rows).max(axis=1, initial=0.0)
        return largest
    largest, filled = np.zeros(rows.shape[0]), np.diff(rows.indptr) > 0
    if filled.any():
        values = np.abs(rows.data[: rows.indptr[-1]])
        largest[filled] = np.maximum.reduceat(values, rows.indptr[:-1][filled])
    return largest
