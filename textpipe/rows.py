"""Rows of a matrix brought to the same length."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy import sparse


def dense(values: Any) -> Any:
    """The rows as a dense array, whatever they are."""
    return values.toarray() if sparse.issparse(values) else np.asarray(values)


def unit_rows(values: Any, norm: Literal["l2", "l1"] = "l2") -> Any:
    """The rows, dense or CSR [n, n_features], divided by their length; a zero row stays zero.

    ``l2`` is the Euclidean length, ``l1`` the sum of absolute values. No row at all is fine.

    >>> unit_rows([[3.0, 4.0], [0.0, 0.0]]).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    if getattr(values, "shape", (1,))[0] == 0:  # scikit-learn refuses it
        return values
    if norm == "l2" and sparse.isspmatrix_csr(values) and values.dtype == np.float64:
        from sklearn.utils.sparsefuncs_fast import inplace_csr_row_normalize_l2

        if np.isfinite(values.data.sum()):  # else scikit-learn says what is wrong
            rows = values.copy()
            inplace_csr_row_normalize_l2(
                rows
            )  # as normalize, which asks first whether it got a data frame
            return rows
    from sklearn.preprocessing import normalize

    return normalize(values, norm)
