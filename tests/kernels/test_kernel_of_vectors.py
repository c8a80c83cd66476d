"""The compiled sum of vectors gives the bits of its twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from textpipe.kernels.vectors import sum_vectors
from textpipe.vectorize import document_vectors


def by_scipy(weights, vectors, extra):
    """The twin, which is taken where there is little to do and the loop is not loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document_vectors, "_worth_compiling", lambda work: False)
        return document_vectors.weighted_sums(weights, vectors, extra)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.integers(0, 5))
def test_sums_are_the_same_to_the_bit(seed, n_documents, n_extra):
    random = np.random.default_rng(seed)
    vectors, extra = (random.normal(size=(n, 7)).astype(np.float32) for n in (9, n_extra))
    weights = sparse.random_array((n_documents, 9 + n_extra), density=0.4, rng=random, format="csr")
    sums = np.zeros((n_documents, 7))
    columns, rows = weights.indices.astype(np.int32), weights.indptr.astype(np.int64)
    sum_vectors(weights.data, columns, rows, vectors, extra, sums)
    assert sums.tobytes() == by_scipy(weights, vectors, extra).tobytes()
    assert np.allclose(sums, weights.toarray() @ np.concatenate([vectors, extra]))
