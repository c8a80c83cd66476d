"""Rows by column: small enough to be read quickly, and nothing that counts is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from textpipe.kernels.neighbours import STRETCH
from textpipe.neighbours import Index
from textpipe.neighbours.brute_force import nearest_by_brute_force
from textpipe.neighbours.growing import Csr
from textpipe.neighbours.index import nothing_found
from textpipe.neighbours.postings import postings_of
from textpipe.rows import unit_rows

VALUES = st.floats(-1.0, 1.0) | st.sampled_from([0.0, 1e-9, -1e-200, 1.17549435e-38, -1e-34, 1.0])


def rows_again(postings, n, n_features):
    """The rows that the postings stand for."""
    rows = np.zeros((n, n_features))
    for place in range(len(postings.bounds) - 1):
        stretch, column = divmod(place, n_features)
        part = slice(postings.bounds[place], postings.bounds[place + 1])
        row = stretch * STRETCH + postings.posted[part].astype(np.int64)
        rows[row, column] = postings.weights[part] * np.float64(postings.steps[column])
    return rows


@given(arrays(float, st.tuples(st.integers(0, 5), st.integers(1, 4)), elements=VALUES))
def test_a_weight_is_wrong_by_a_step_at_most_and_never_becomes_nothing(rows):
    matrix = sparse.csr_matrix(rows)
    postings = postings_of(Csr.of(matrix), rows.shape[1])
    again = rows_again(postings, *rows.shape)
    assert np.array_equal(np.sign(again), np.sign(rows))
    assert (np.abs(again - rows) <= postings.steps.astype(np.float64)).all()
    assert np.diff(postings.bounds).sum() == np.count_nonzero(rows)
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


def test_rows_without_columns_have_no_neighbours():
    rows = sparse.csr_matrix((STRETCH + 2, 0))
    index = Index(rows, np.zeros(STRETCH + 2, np.uint64))
    for _ in range(20):  # more than are answered without postings
        assert index.nearest(rows[:1], 3).positions.tolist() == [[-1, -1, -1]]


def test_one_long_weight_does_not_make_the_others_coarse():
    rows = sparse.csr_matrix(np.array([[1.0, 0.0], [0.0, 1e-3], [0.0, 2e-3]]))
    postings = postings_of(Csr.of(rows), 2)
    assert np.abs(rows_again(postings, 3, 2) - rows.toarray()).max() < 1e-7
