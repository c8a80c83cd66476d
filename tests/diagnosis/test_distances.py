import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from textpipe.diagnosis.distances import contrast, spread
from textpipe.diagnosis.vectors import dealt, neighbours
from textpipe.rows import unit_rows


def test_the_farthest_beside_the_nearest():
    points = np.array([[0.0], [1.0], [3.0], [3.0]])
    found = spread(points, "euclidean", np.array([0, 1, 2, 2]), 0)
    # from 0: 1, 3, 3; from 1: 1, 2, 2; from 3: 2, 3; the two at 3 are of one group
    assert (found.nearest, found.farthest) == (1.5, 3.0)
    assert found.contrast == np.median([2.0, 1.0, 0.5, 0.5])
    assert found.variance == pytest.approx(
        np.median([np.var(d) / np.mean(d) ** 2 for d in ([1, 3, 3], [1, 2, 2], [2, 3], [2, 3])])
    )


def test_where_all_lie_in_one_place_there_is_no_contrast():
    assert spread(np.ones((4, 2)), "euclidean", np.arange(4), 0) is None
    assert spread(np.ones((3, 2)), "euclidean", np.zeros(3, np.int64), 0) is None
    assert contrast(None, None).light == "unknown"


def test_contrast_is_lost_with_the_dimension():
    random = np.random.default_rng(0)
    found = [spread(random.random((500, d)), "euclidean", np.arange(500), 0) for d in (2, 20, 200)]
    contrasts = [one.contrast for one in found]
    assert contrasts[0] > 10 * contrasts[1] > 30 * contrasts[2]
    assert found[0].variance > found[1].variance > found[2].variance


def test_neighbours_leave_out_the_own_group_and_say_where_there_are_none():
    rows = unit_rows(sparse.csr_matrix([[1.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]]))
    found = neighbours(rows, 2, "cosine", np.array([0, 0, 1, 2]))
    assert found.positions.tolist()[0] == [2, -1]
    assert found.positions.tolist()[3] == [-1, -1]
    assert found.distances[0, 0] == pytest.approx(np.sqrt(2 - np.sqrt(2)))
    assert np.isnan(found.distances[3]).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 5))
def test_dealing_keeps_how_much_each_row_and_each_column_holds(n, columns, seed):
    rows = sparse.random(n, columns, 0.4, "csr", random_state=seed)
    rows.data[:] = 1.0
    mixed = dealt(rows, np.random.default_rng(seed), "euclidean")
    assert mixed.sum(axis=0).tolist() == rows.sum(axis=0).tolist()
    assert mixed.sum(axis=1).tolist() == rows.sum(axis=1).tolist()
    dense = np.random.default_rng(seed).random((n, columns))
    shuffled = dealt(dense, np.random.default_rng(seed), "euclidean")
    assert np.sort(shuffled, axis=0).tolist() == np.sort(dense, axis=0).tolist()


def test_texts_of_two_topics_have_more_contrast_than_chance():
    random = np.random.default_rng(0)
    topics = random.random((6, 60)) ** 8
    rows = sparse.csr_matrix(random.poisson(3 * topics[random.integers(6, size=400)]).astype(float))
    rows = unit_rows(rows[np.asarray(rows.sum(axis=1)).ravel() > 0])
    groups = np.arange(rows.shape[0])
    real = spread(rows, "cosine", groups, 0)
    chance = spread(dealt(rows, random, "cosine"), "cosine", groups, 0)
    assert contrast(real, chance).light == "good"
    assert contrast(chance, chance).light == "bad"
    assert "1.0 times" in contrast(chance, chance).meaning
