"""Values of any size have neighbours, or are refused; what is ordinary does not change by a bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from textpipe import KnnClassifier
from textpipe.errors import InputError
from textpipe.neighbours import Index, content_keys, lengths, near_one
from textpipe.neighbours.lengths import _divided_by_numpy, of_length_one
from textpipe.rows import dense

FORMATS = pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
ROWS = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, 0.8]])
KEYS = np.arange(3, dtype=np.uint64)


@FORMATS
@pytest.mark.parametrize("size", [1e-320, 1e-200, 1e-3, 1.0, 1e160, 1e308])
def test_a_query_has_the_same_neighbours_whatever_its_size(of, size):
    index = Index(of(ROWS), KEYS)
    queries = np.array([[0.9, 0.3, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    expected, found = index.nearest(of(queries), 3), index.nearest(of(queries * size), 3)
    assert found.positions.tolist() == expected.positions.tolist()
    np.testing.assert_allclose(found.similarities, expected.similarities, atol=1e-3)
    if size >= 1e-200:
        np.testing.assert_allclose(found.similarities, expected.similarities, atol=2e-10)


@FORMATS
@pytest.mark.parametrize("size", [1e-200, 1e160, 1e308])
def test_training_rows_of_any_size_are_neighbours(of, size):
    knn = KnnClassifier(k=1).fit(of(ROWS * size), ["a", "b", "c"])
    np.testing.assert_allclose(dense(knn.rows_), ROWS, atol=1e-12)
    assert knn.predict(of(ROWS)).tolist() == ["a", "b", "c"]


values = st.one_of(
    st.sampled_from([0.0, 1.0, -2.5, 1e160, -1e-170]),
    st.floats(allow_nan=False, allow_infinity=False),
)


@given(arrays(float, st.tuples(st.integers(0, 4), st.integers(1, 4)), elements=values))
def test_every_row_gets_length_one_or_is_zero(rows):
    made = of_length_one(rows)
    of_sparse = of_length_one(sparse.csr_matrix(rows))
    np.testing.assert_allclose(dense(of_sparse), made, rtol=1e-12)
    lengths = np.linalg.norm(made, axis=1)
    np.testing.assert_allclose(lengths, rows.any(axis=1).astype(float), rtol=1e-12)


@FORMATS
def test_ordinary_rows_are_left_as_they_are(of):
    rows = of(ROWS * 1e9)
    assert near_one(rows) is rows
    mixed = np.vstack([ROWS, [[0.0, 3e200, 4e200]]])
    scaled = near_one(of(mixed))
    assert dense(scaled)[:3].tobytes() == ROWS.tobytes()
    assert dense(scaled)[3].max() < 1
    assert dense(of(mixed)).tobytes() == mixed.tobytes()


@FORMATS
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_is_refused(of, metric, value):
    wrong = np.vstack([ROWS[:2], [[0.0, value, 0.0]]])
    message = f"Index: row 2 has the value {value:g}, and neighbours need finite numbers"
    with pytest.raises(InputError, match=message):
        Index(of(wrong), KEYS, metric)
    index = Index(of(ROWS), KEYS, metric)
    with pytest.raises(InputError, match=message):
        index.nearest(of(wrong), 1)
    with pytest.raises(InputError, match=message):
        index.add(of(wrong), KEYS)
    assert len(index) == 3


@FORMATS
def test_values_whose_squares_are_not_finite_are_refused(of):
    with pytest.raises(
        InputError, match="row 1 has the value 6e\\+159, and none must be beyond 1e"
    ):
        Index(of(ROWS * [[1], [1e160], [1]]), KEYS, "euclidean")
    with pytest.raises(
        InputError, match=r"row 0 has the value 1e\+20, .* divide the rows by their"
    ):
        Index(of(ROWS * 1e20), KEYS)
    index = Index(of(ROWS * 1e150), KEYS, "euclidean")
    assert index.nearest(of(ROWS * 1e150), 1).positions.ravel().tolist() == [0, 1, 2]
    assert (index.nearest(of(-ROWS * 1e150), 3).positions >= 0).all()
    with pytest.raises(InputError, match="none must be beyond 1e\\+150"):
        index.nearest(of(ROWS * 1e151), 1)


def test_training_rows_whose_columns_are_in_disorder_or_there_twice():
    columns = [0, 1, 2, 1, 0, 2, 1, 0, 1]
    values = [1.0, 0, 0, 0.8, 0.6, 0.8, 0.2, 0, 0.4]  # the last row has column 1 twice
    tangled = sparse.csr_matrix((values, columns, [0, 3, 5, 9]), (3, 3))
    before = tangled.indices.copy(), tangled.data.copy()
    one = KnnClassifier(k=2).fit(ROWS, ["a", "b", "c"])
    other = KnnClassifier(k=2).fit(tangled, ["a", "b", "c"])
    assert tangled.indices.tolist() == before[0].tolist()
    assert tangled.data.tolist() == before[1].tolist()
    assert other.rows_.has_canonical_format
    assert other.rows_.toarray() == pytest.approx(one.rows_)
    assert other.predict(tangled).tolist() == one.predict(ROWS).tolist()
    assert other.decide(tangled).scores == pytest.approx(one.decide(ROWS).scores)
    tidy = KnnClassifier(k=2).fit(sparse.csr_matrix(ROWS), ["a", "b", "c"])
    assert (
        content_keys(other.rows_, tidy.targets_).tolist()
        == content_keys(tidy.rows_, tidy.targets_).tolist()
    )


@given(arrays(np.float64, (4, 5), elements=st.floats(-1e300, 1e300) | st.just(0.0)))
def test_a_row_by_itself_has_the_length_that_it_has_among_others(values: np.ndarray) -> None:
    rows = sparse.csr_matrix(values)
    together = of_length_one(rows)
    for row in range(4):
        assert of_length_one(rows[[row]]).data.tobytes() == together[[row]].data.tobytes()


SIZES = st.floats(-1e300, 1e300) | st.floats(-2.0, 2.0) | st.just(0.0)


@given(arrays(np.float64, (3, 6), elements=SIZES))
def test_a_loop_divides_as_numpy_does(values: np.ndarray) -> None:
    rows = sparse.csr_matrix(values)
    expected = _divided_by_numpy(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lengths, "worth", lambda seconds, *loops: True)
        divided = of_length_one(rows)
    assert divided.data.tobytes() == expected.data.tobytes()
    assert divided.indices.tobytes() == expected.indices.tobytes()


def test_a_query_may_lie_in_memory_with_gaps() -> None:
    index = Index(sparse.csr_matrix(ROWS), KEYS)
    apart = np.array([0.9, 0.0, 0.3, 0.0])[::2]
    query = sparse.csr_matrix(ROWS[:1])
    query.data, query.indices, query.indptr = (
        apart,
        np.arange(4, dtype=np.int32)[:2],
        np.array([0, 2]),
    )
    expected = index.nearest(sparse.csr_matrix([[0.9, 0.3, 0.0]]), 3)
    assert index.nearest(query, 3).positions.tolist() == expected.positions.tolist()


@pytest.mark.parametrize("column", [-1, 3, 2**31 - 1])
@pytest.mark.parametrize("asked", [1, 2**30])
def test_a_query_whose_columns_do_not_exist_is_refused(column: int, asked: int) -> None:
    index = Index(sparse.csr_matrix(ROWS), KEYS)
    index._compared = asked  # by brute force, and compiled
    query = sparse.csr_matrix(ROWS[:1])
    query.indices = np.array([column], np.int32)
    with pytest.raises(ValueError, match="ind"):
        index.nearest(query, 1)


def test_what_a_matrix_holds_behind_its_last_row_does_not_count() -> None:
    query = sparse.csr_matrix(ROWS[1:2])
    query.data, query.indices = np.append(query.data, 9.0), np.append(query.indices, 2)
    found = Index(sparse.csr_matrix(ROWS), KEYS).nearest(query, 1)
    assert found.positions.tolist() == [[1]]
    assert found.similarities.tolist() == [[1.0]]
