"""The similarity of queries to all rows, block by block: what faster ways are held to."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial.distance import cdist

DIGITS = 10
"""Similarities that differ by less than this many decimals are a tie."""


def similarities_to(queries: Any, rows: Any, metric: Literal["cosine", "euclidean"]) -> Any:
    """Similarity of each query [m, n_features] to each row [n, n_features], float64[m, n], rounded.

    The cosine, of queries and rows that have length 1; or 1 / (1 + Euclidean distance).
    """
    if metric == "cosine":
        products = queries @ rows.T
        return np.round(products.toarray() if sparse.issparse(products) else products, DIGITS)
    if sparse.issparse(rows):
        queries, rows = queries.toarray(), rows.toarray()
    squared: NDArray[np.float64] = cdist(queries, rows, "sqeuclidean")
    return 1.0 / (1.0 + np.round(np.sqrt(squared), DIGITS))
