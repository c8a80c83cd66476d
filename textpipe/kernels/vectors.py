"""Vectors of documents, from vectors of words. The loop has a twin, SciPy's product of a sparse and a dense
matrix (``vectorize/document_vectors.py``), that gives the same bits: both add up in the order of the entries.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from numba import types

from textpipe.kernels.compiled import compiled, read_only, writable

CSR = (read_only(types.float64), read_only(types.int32), read_only(types.int64))


@compiled(
    *CSR, read_only(types.float32, 2), read_only(types.float32, 2), writable(types.float64, 2)
)
def sum_vectors(weights, columns, rows, vectors, extra, sums):
    """Add to each row of ``sums`` [n_documents, dimensions] the weighted vectors of its words.

    weights, columns, rows   CSR [n_documents, n_words + n_extra]
    vectors [n_words, dimensions], extra [n_extra, dimensions]   what the columns stand for, in this order
    """
    n_words, dimensions = vectors.shape
    for row in range(len(rows) - 1):
        for entry in range(rows[row], rows[row + 1]):
            weight, column = weights[entry], columns[entry]
            if column < n_words:
                for i in range(dimensions):
                    sums[row, i] += weight * vectors[column, i]
            else:
                for i in range(dimensions):
                    sums[row, i] += weight * extra[column - n_words, i]
