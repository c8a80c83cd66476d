"""Document vectors, one row for each document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from textpipe.documents.arrays import Int64


@dataclass(frozen=True)
class Matrix:
    """Document vectors.

    values     [n_documents, n_features], a scipy CSR matrix or a dense array, float64
    features   what each column is called, [n_features]
    known      int64[n_documents], on how many of the document's words a token stands that the vectorizer
               knows; None where the columns are not made of words
    total      int64[n_documents], on how many words its tokens stand; None likewise
    """

    values: Any
    features: Sequence[str]
    known: Int64 | None = None
    total: Int64 | None = None

    def __len__(self) -> int:
        return int(self.values.shape[0])

    @staticmethod
    def concat(parts: Sequence[Matrix]) -> Matrix:
        """The rows of all parts, one part after another."""
        values = [part.values for part in parts]
        stacked = (
            sparse.vstack(values, "csr") if sparse.issparse(values[0]) else np.concatenate(values)
        )
        known = [part.known for part in parts if part.known is not None]
        total = [part.total for part in parts if part.total is not None]
        return Matrix(
            stacked,
            parts[0].features,
            np.concatenate(known) if len(known) == len(parts) else None,
            np.concatenate(total) if len(total) == len(parts) else None,
        )

    def take(self, indices: Int64) -> Matrix:
        """The rows of these documents, in this order."""
        return Matrix(
            self.values[indices],
            self.features,
            None if self.known is None else self.known[indices],
            None if self.total is None else self.total[indices],
        )
