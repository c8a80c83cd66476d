"""Rows divided by their lengths. The loop has a twin in numpy that gives the same bits
(``neighbours/lengths.py``).
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.compiled import compiled, read_only, writable


@compiled(
    read_only(types.float64), read_only(types.int64), types.float64, types.float64,
    writable(types.float64), writable(types.boolean),
)  # fmt: skip
def to_length_one(values, bounds, smallest, largest, divided, done):
    """The values of CSR rows, divided by the row's length, which is summed up from the first to the last.

    ``done`` [1] becomes false, and nothing is worth anything, if the size of a value is not between
    ``smallest`` and ``largest``: NaN is not.
    """
    done[0] = True
    for row in range(len(bounds) - 1):
        first, end = bounds[row], bounds[row + 1]
        total = 0.0
        for at in range(first, end):
            if not smallest < abs(values[at]) < largest:
                done[0] = False
                return
            total += values[at] * values[at]
        length = np.sqrt(total)
        for at in range(first, end):
            divided[at] = values[at] / length
