"""Rows by column: small enough to be read quickly, and nothing that counts is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from textpipe.neighbours import Index
from textpipe.neighbours.brute_force import nearest_by_brute_force
from textpipe.neighbours.growing import Csr
from textpipe.neighbours.index import nothing_found
from textpipe.neighbours.postings import STRETCH, postings_of
from textpipe.rows import unit_rows

VALUES = st.floats(-1.0, 1.0) | st.sampled_from([0.0, 1e-9, -1e-200, 1.0])


def rows_again(postings, n, n_features):
    """The rows that the postings stand for."""
    rows = np.zeros((n, n_features))
    for place in range(len(postings.bounds) - 1):
        stretch, column = divmod(place, n_features)
        part = slice(postings.bounds[place], postings.bounds[place + 1])
        row = stretch * STRETCH + postings.posted[part].astype(np.int64)
        rows[row, column] = postings.weights[part] * postings.step
    return rows


@given(arrays(float, st.tuples(st.integers(0, 5), st.integers(1, 4)), elements=VALUES))
def test_a_weight_is_wrong_by_a_step_at_most_and_never_becomes_nothing(rows):
    matrix = sparse.csr_matrix(rows)
    postings = postings_of(Csr.of(matrix), rows.shape[1])
    again = rows_again(postings, *rows.shape)
    assert np.array_equal(np.sign(again), np.sign(rows))
    assert np.abs(again - rows).max(initial=0.0) <= postings.step * (1 + 1e-9)
    assert postings.often.tolist() == (rows != 0).sum(axis=0).tolist()
    assert postings.longest >= np.linalg.norm(rows, axis=1).max(initial=0.0) * (1 - 1e-12)
    assert postings.signed == bool((rows < 0).any())


@pytest.fixture(scope="module")
def many():
    """More rows than two stretches have; many are alike, and many are nearly so."""
    random = np.random.default_rng(3)
    n, n_features, length = 2 * STRETCH + 1000, 60, 4
    columns = np.minimum(random.zipf(1.4, n * length), n_features) - 1
    values = random.choice([1.0, 1.0, 1.00002, 0.5, -0.5], n * length)
    rows = sparse.csr_matrix((values, columns, np.arange(n + 1) * length), (n, n_features))
    rows.sum_duplicates()
    return unit_rows(rows)


@pytest.mark.parametrize("k", [1, 7])
def test_rows_of_every_stretch_are_found(many, k):
    keys = np.arange(many.shape[0], dtype=np.uint64)[::-1].copy()
    index = Index(many, keys)
    gone = [0, STRETCH, 2 * STRETCH + 5]
    index.remove(gone)
    asked = [0, 17, STRETCH - 1, STRETCH, 2 * STRETCH - 1, 2 * STRETCH + 5, 2 * STRETCH + 999]
    queries = sparse.vstack([many[asked], many[asked] + 0.5 * many[asked[::-1]]], "csr")
    for _ in range(3):  # without postings at first
        found = index.nearest(queries, k)
    of_length_one, who = index.asked(queries, k, None, None, None, 0)
    expected = nothing_found(queries.shape[0], who)
    nearest_by_brute_force(of_length_one, index.rows, "cosine", who, *expected)
    assert found.positions.tolist() == expected.positions.tolist()
    assert found.similarities.tobytes() == expected.similarities.tobytes()
    assert not np.isin(gone, found.positions).any()
