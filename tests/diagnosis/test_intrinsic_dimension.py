import numpy as np
import pytest
from scipy import sparse

from textpipe.diagnosis.intrinsic_dimension import (
    intrinsic_dimension,
    levina_bickel,
    ratios,
    two_nn,
)
from textpipe.diagnosis.vectors import neighbours
from textpipe.rows import unit_rows


def cube(dimensions, n=2000, columns=None, seed=0):
    """Points spread evenly in some dimensions, turned into many columns."""
    random = np.random.default_rng(seed)
    points = random.random((n, dimensions))
    if columns is None:
        return points
    turn = np.linalg.qr(random.normal(size=(columns, columns)))[0][:dimensions]
    return points @ turn


def distances(rows, k=10):
    return neighbours(rows, k, "euclidean", np.arange(rows.shape[0])).distances


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_points_in_few_dimensions_of_many_columns(dimensions):
    found = two_nn(ratios(distances(cube(dimensions, columns=40))))
    assert found.value == pytest.approx(dimensions, rel=0.1)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.12 * dimensions
    assert levina_bickel(distances(cube(dimensions, columns=40))) == pytest.approx(
        dimensions, rel=0.15
    )


def test_the_interval_holds_the_exponent_of_a_pareto_law_about_19_times_in_20():
    held = 0
    for seed in range(200):
        sample = np.sort(np.random.default_rng(seed).pareto(4.0, 300) + 1)
        found = two_nn(sample)
        held += found.low <= 4.0 <= found.high
    assert 180 <= held <= 199


def test_copies_do_not_matter():
    points = cube(3, 1000)
    groups = np.r_[np.arange(1000), np.arange(300)]
    twice = np.concatenate([points, points[:300]])
    near = neighbours(twice, 5, "euclidean", groups)
    # a copy stands twice among the neighbours of others: their second nearest is as near as the first
    doubled = two_nn(ratios(near.distances[:1000]))
    assert np.isfinite(doubled.value)
    assert len(ratios(distances(np.ones((50, 2))))) == 0


def test_too_few_documents_have_no_dimension():
    few = two_nn(ratios(distances(cube(2, 10))))
    assert few is None
    assert two_nn(np.ones(100)) is None
    assert levina_bickel(distances(cube(2, 10))) is None
    assert levina_bickel(distances(cube(2, 100), k=2)) is None
    assert ratios(np.zeros((5, 1))).tolist() == []
    measure = intrinsic_dimension(None, None, 10)
    assert (measure.value, measure.light) == (None, "unknown")


def test_more_dimensions_turn_the_light():
    lights = []
    for dimensions in (3, 40, 400):
        found = two_nn(ratios(distances(cube(dimensions, 800))))
        lights.append(intrinsic_dimension(found, None, dimensions).light)
    assert lights == ["good", "watch", "bad"]


def test_sparse_rows_by_cosine():
    rows = unit_rows(sparse.random(300, 50, 0.2, "csr", random_state=0))
    found = two_nn(ratios(neighbours(rows, 5, "cosine", np.arange(300)).distances))
    assert 5 < found.value < 60
