"""Neighbours are exact, and neither the order of rows nor the company of a query matters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from textpipe.errors import InputError
from textpipe.neighbours import Index, content_keys
from textpipe.neighbours.index import BLOCK
from textpipe.rows import unit_rows

small = st.sampled_from([0.0, 0.0, 1.0, 2.0, 0.5, -1.0])
formats = pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
metrics = pytest.mark.parametrize("metric", ["cosine", "euclidean"])


def matrices(rows=8):
    return st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            arrays(float, st.tuples(st.integers(1, rows), st.just(n)), elements=small),
            arrays(float, st.tuples(st.integers(0, 5), st.just(n)), elements=small),
        )
    )


def index_of(rows, metric, of=np.asarray, labels=None):
    rows = of(unit_rows(rows) if metric == "cosine" else rows)
    labels = np.zeros(rows.shape[0]) if labels is None else labels
    return Index(rows, content_keys(rows, labels), metric)


def found(rows, queries, k, metric, of=np.asarray):
    return index_of(rows, metric, of).nearest(of(queries), k)


def text_like(n, n_features=2000, length=40, seed=0):
    """Rows of words as frequent as in text, some of them nearly the same."""
    random = np.random.default_rng(seed)
    words = np.minimum(random.zipf(1.3, n * length), n_features) - 1
    counts = sparse.csr_matrix((np.ones(n * length), words, np.arange(n + 1) * length))
    counts.resize((n, n_features))
    counts = counts[random.integers(0, n, n)]  # a third are copies
    counts.sum_duplicates()
    counts.data *= random.choice([1.0, 1.0, 1.0, 0.5], counts.nnz)
    return unit_rows(counts)


def test_the_nearest_by_cosine_and_by_distance():
    rows, queries = np.array([[1.0, 0.0], [3.0, 4.0], [0.0, 2.0]]), np.array([[2.0, 0.0]])
    similarities, positions = found(rows, queries, 3, "cosine")
    assert similarities.tolist() == [[1.0, 0.6, 0.0]]
    assert positions.tolist() == [[0, 1, -1]]  # the third shares nothing with it
    similarities, positions = found(rows, queries, 2, "euclidean")
    assert similarities.tolist() == [[1 / 2, 1 / (1 + np.round(np.sqrt(8), 10))]]
    assert positions.tolist() == [[0, 2]]


@formats
def test_a_query_does_not_see_its_own_group(of):
    index = index_of(np.array([[1.0, 0.0], [1.0, 0.1], [0.5, 0.5]]), "cosine", of)
    groups = np.array([7, 7, 8])
    nearest = index.nearest(of(np.eye(2)), 2, groups=groups, query_groups=np.array([7, 8]))
    assert nearest.positions.tolist() == [[2, -1], [1, -1]]


@formats
def test_the_nearest_of_each_part(of):
    rows = np.array([[1.0, 0.0], [1.0, 0.1], [0.5, 0.5], [1.0, 0.2]])
    nearest = index_of(rows, "cosine", of).nearest(
        of(np.array([[1.0, 0.0]])), 2, within=np.array([1, 0, 0, -1], np.int32), n_within=3
    )
    assert nearest.positions.tolist() == [[1, 2, 0, -1, -1, -1]]
    assert nearest.similarities[0, 2] == 1


@formats
def test_equal_rows_go_by_key_and_equal_keys_by_position(of):
    rows = of(np.ones((5, 1)))
    index = Index(rows, np.array([9, 3, 5, 3, 2**64 - 1], np.uint64))
    assert index.nearest(rows[:1], 3).positions.tolist() == [[1, 3, 2]]
    assert index.nearest(rows[:1], 9).positions.tolist() == [[1, 3, 2, 0, 4]]


@pytest.mark.parametrize("k", [4, 10**12])
def test_more_neighbours_than_rows_are_all_rows(k):
    similarities, positions = found(np.eye(2), np.eye(2), k, "euclidean")
    assert positions.tolist() == [[0, 1], [1, 0]]
    assert similarities.shape == (2, 2)


@formats
@metrics
def test_nobody_asks_nobody_answers_and_nothing_is_known(of, metric):
    assert found(np.eye(3), np.zeros((0, 3)), 2, metric, of).positions.shape == (0, 2)
    nobody = Index(of(np.zeros((0, 3))), np.zeros(0, np.uint64), metric)
    assert nobody.nearest(of(np.eye(3)), 2).positions.shape == (3, 0)
    nobody.add(of(np.eye(3)), np.arange(3, dtype=np.uint64))
    assert nobody.nearest(of(np.eye(3)), 1).positions.tolist() == [[0], [1], [2]]
    assert found(np.eye(3), np.eye(3), 0, metric, of).positions.shape == (3, 0)


def test_distances_of_large_sparse_rows_are_those_of_dense_ones():
    rows = np.array([[6200.7, 1.3, 0.0], [6200.7, 1.3, 0.001], [0.0, 1.0, 0.0]])
    dense, positions = found(rows, rows, 3, "euclidean")
    assert dense[0, 0] == 1
    assert positions[0].tolist() == [0, 1, 2]
    other = found(rows, rows, 3, "euclidean", sparse.csr_matrix)
    assert dense.tobytes() == other.similarities.tobytes()
    assert positions.tolist() == other.positions.tolist()


def test_a_zero_query_has_no_neighbours_by_cosine():
    similarities, positions = found(np.eye(3), np.zeros((1, 3)), 2, "cosine")
    assert positions.tolist() == [[-1, -1]]
    assert similarities.tolist() == [[0, 0]]


@formats
def test_what_was_given_is_not_changed(of):
    rows = of(np.eye(3))
    index = Index(rows, np.arange(3, dtype=np.uint64))
    index.add(of(np.eye(3)), np.arange(3, dtype=np.uint64))
    index.remove([0])
    assert rows.shape == (3, 3)
    assert (rows != of(np.eye(3))).sum() == 0
    assert index.rows.shape == (6, 3)
    assert (index.rows[[3, 4, 5]] != of(np.eye(3))).sum() == 0
    assert index.there.tolist() == [False] + [True] * 5
    assert len(index) == 6


@formats
def test_what_does_not_fit_is_refused(of):
    index = index_of(np.eye(3), "cosine", of)
    with pytest.raises(InputError, match="rows of 3 columns are needed"):
        index.nearest(of(np.eye(4)), 1)
    with pytest.raises(InputError, match="rows of 3 columns are needed"):
        index.add(of(np.eye(2)), np.arange(2, dtype=np.uint64))
    with pytest.raises(InputError, match="3 rows need as many keys of type uint64"):
        index.add(of(np.eye(3)), np.arange(2, dtype=np.uint64))
    with pytest.raises(InputError, match="3 rows need as many keys of type uint64"):
        index.add(of(np.eye(3)), np.arange(3))
    for positions in ([3], [-1], [0, 7]):
        with pytest.raises(InputError, match="positions must be from 0 to 2"):
            index.remove(positions)
    with pytest.raises(InputError, match="groups must have 3 values"):
        index.nearest(of(np.eye(3)), 1, groups=np.zeros(2), query_groups=np.zeros(3))
    with pytest.raises(InputError, match="no query_groups"):
        index.nearest(of(np.eye(3)), 1, groups=np.zeros(3))
    with pytest.raises(InputError, match="n_within is 1"):
        index.nearest(of(np.eye(3)), 1, within=np.arange(3), n_within=1)


def test_a_damaged_matrix_is_refused():
    damaged = sparse.csr_matrix((np.ones(2), np.array([0, 1]), np.array([0, 1, 2])), shape=(2, 2))
    damaged.indices[1] = 1_000_000  # what is compiled would read beyond the end of an array
    with pytest.raises(ValueError, match="indices"):
        Index(damaged, np.zeros(2, np.uint64))


@formats
@metrics
@settings(max_examples=60, deadline=None)
@given(matrices(), st.integers(1, 10))
def test_it_is_what_the_definition_says(metric, of, pair, k):
    rows, queries = pair
    if metric == "cosine":
        exact = unit_rows(queries) @ unit_rows(rows).T if len(queries) else np.zeros((0, len(rows)))
    else:
        exact = 1 / (1 + np.linalg.norm(queries[:, None] - rows[None], axis=2))
    expected = -np.sort(-np.maximum(exact, 0), axis=1)[:, :k]
    expected[expected < 1e-10] = 0
    similarities, positions = found(rows, queries, k, metric, of)
    np.testing.assert_allclose(similarities[:, : len(rows)], expected, atol=1e-9)
    for row, (near, at) in enumerate(zip(similarities, positions, strict=True)):
        kept = at[at >= 0]
        assert len(set(kept.tolist())) == len(kept)
        np.testing.assert_allclose(exact[row, kept], near[: len(kept)], atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(matrices(), st.integers(1, 10), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(pair, k, random):
    rows, queries = pair
    labels = np.arange(len(rows)) % 2
    order = np.array(random.sample(range(len(rows)), len(rows)))
    for metric in ("cosine", "euclidean"):
        for of in (np.asarray, sparse.csr_matrix):
            one = index_of(rows, metric, of, labels).nearest(of(queries), k)
            other = index_of(rows[order], metric, of, labels[order]).nearest(of(queries), k)
            assert one[0].tobytes() == other[0].tobytes()

            def content(positions, rows, labels):
                return [
                    [(*rows[i], labels[i]) if i >= 0 else None for i in row] for row in positions
                ]

            dense = np.asarray(unit_rows(rows) if metric == "cosine" else rows)
            assert content(one[1], dense, labels) == content(other[1], dense[order], labels[order])


@formats
@metrics
def test_the_company_of_a_query_does_not_matter(metric, of):
    random = np.random.default_rng(0)
    rows, queries = random.normal(size=(300, 40)), random.normal(size=(2 * BLOCK + 7, 40))
    rows[random.random(rows.shape) < 0.5] = 0
    whole = found(rows, queries, 7, metric, of)
    last = 2 * BLOCK
    for start, end in ((0, 1), (5, 9), (BLOCK - 1, BLOCK + 1), (BLOCK, last), (last, last + 7)):
        part = found(rows, queries[start:end], 7, metric, of)
        assert whole[0][start:end].tobytes() == part[0].tobytes()
        assert whole[1][start:end].tobytes() == part[1].tobytes()


@formats
@metrics
@pytest.mark.parametrize("n_jobs", [2, 5, -1])
def test_the_number_of_threads_does_not_matter(metric, of, n_jobs):
    rows = text_like(500, 300).toarray()
    index = index_of(rows, metric, of)
    one = index.nearest(of(rows[:300]), 6)
    other = index.nearest(of(rows[:300]), 6, n_jobs=n_jobs)
    assert one[0].tobytes() == other[0].tobytes()
    assert one[1].tobytes() == other[1].tobytes()


@formats
@metrics
def test_the_order_of_many_real_valued_rows_does_not_matter(metric, of):
    random = np.random.default_rng(1)
    rows = random.normal(size=(257, 30))
    rows = np.concatenate([rows, rows[:100]])  # duplicates, which are ties
    queries = np.concatenate([rows[:20], random.normal(size=(20, 30))])
    order = random.permutation(len(rows))
    one, other = found(rows, queries, 9, metric, of), found(rows[order], queries, 9, metric, of)
    assert one[0].tobytes() == other[0].tobytes()


@pytest.mark.parametrize("scale", [1.0, 1e4, 1e8])
def test_large_numbers_are_as_exact_as_small_ones(scale):
    random = np.random.default_rng(3)
    rows = random.normal(size=(300, 30)) * scale
    rows = np.concatenate([rows, rows[:100]])
    order = random.permutation(len(rows))
    similarities = found(rows, rows[:50], 3, "euclidean")[0]
    assert (similarities[:, :2] == 1).all()
    assert similarities.tobytes() == found(rows[order], rows[:50], 3, "euclidean")[0].tobytes()


@formats
def test_queries_in_the_other_format_are_brought_together(of):
    random = np.random.default_rng(2)
    rows, queries = random.random((9, 4)), random.random((3, 4))
    index = index_of(rows, "cosine", of)
    one, other = index.nearest(sparse.csr_matrix(queries), 3), index.nearest(queries, 3)
    assert one.similarities.tobytes() == other.similarities.tobytes()
    assert one.positions.tolist() == other.positions.tolist()


def test_columns_in_any_order_and_twice_are_the_same_row():
    values, columns = np.array([0.6, 0.4, 0.4]), np.array([2, 0, 0])
    row = sparse.csr_matrix((values, columns, np.array([0, 3])), shape=(1, 3))
    tidy = sparse.csr_matrix(np.array([[0.8, 0.0, 0.6]]))
    keys = content_keys(row, np.zeros(1))
    assert keys.tolist() == content_keys(tidy, np.zeros(1)).tolist()
    for rows, queries in ((row, tidy), (tidy, row)):
        assert Index(rows, keys).nearest(queries, 1).similarities.tolist() == [[1.0]]


@formats
@metrics
def test_scikit_learn_finds_the_same_where_nothing_is_tied(metric, of):
    random = np.random.default_rng(4)
    rows, queries = random.random((800, 25)), random.random((60, 25))
    rows[random.random(rows.shape) < 0.6] = 0
    theirs = NearestNeighbors(n_neighbors=8, algorithm="brute", metric=metric).fit(of(rows))
    distances, positions = theirs.kneighbors(of(queries))
    ours = found(rows, queries, 8, metric, of)
    assert ours.positions.tolist() == positions.tolist()
    similar = 1 - distances if metric == "cosine" else 1 / (1 + distances)
    np.testing.assert_allclose(ours.similarities, similar, atol=1e-7)


def test_scikit_learn_finds_the_same_similarities_in_text():
    rows = text_like(3000)
    theirs = NearestNeighbors(n_neighbors=10, algorithm="brute", metric="cosine").fit(rows)
    distances, _ = theirs.kneighbors(rows[:200])
    ours = index_of(rows, "cosine", sparse.csr_matrix).nearest(rows[:200], 10)
    np.testing.assert_allclose(ours.similarities, np.maximum(1 - distances, 0), atol=1e-9)


def test_real_messages_have_the_neighbours_that_scikit_learn_finds(sms_spam):
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer().fit_transform(sms_spam[0])
    theirs = NearestNeighbors(n_neighbors=10, algorithm="brute", metric="cosine").fit(rows)
    distances, _ = theirs.kneighbors(rows)
    ours = index_of(rows, "cosine", sparse.csr_matrix).nearest(rows, 10)
    np.testing.assert_allclose(ours.similarities, np.maximum(1 - distances, 0), atol=1e-9)


def test_large_sparse_sets_take_little_memory():
    import tracemalloc

    n = 400_000
    rows = sparse.csr_matrix((np.ones(n), np.arange(n) % 50, np.arange(n + 1)), shape=(n, 50))
    queries, keys = rows[:60], np.arange(n, dtype=np.uint64)
    tracemalloc.start()
    Index(rows, keys).nearest(queries, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * n * 8 / 2  # less than half of all similarities
