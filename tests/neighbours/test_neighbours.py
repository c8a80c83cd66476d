"""Neighbours are exact, and neither the order of training nor the company of a query matters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from textpipe.classify.neighbours import BLOCK, canonical_order, nearest
from textpipe.rows import unit_rows

small = st.sampled_from([0.0, 0.0, 1.0, 2.0, 0.5, -1.0])


def matrices(rows=8):
    return st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            arrays(float, st.tuples(st.integers(1, rows), st.just(n)), elements=small),
            arrays(float, st.tuples(st.integers(0, 5), st.just(n)), elements=small),
        )
    )


def found(rows, queries, k, metric, of=lambda x: x):
    rows = unit_rows(rows) if metric == "cosine" else rows
    rank = canonical_order(of(rows), np.zeros(rows.shape[0]))
    return nearest(of(queries), of(rows), rank, k, metric)


def test_the_nearest_by_cosine_and_by_distance():
    rows, queries = np.array([[1.0, 0.0], [3.0, 4.0], [0.0, 2.0]]), np.array([[2.0, 0.0]])
    similarities, positions = found(rows, queries, 3, "cosine")
    assert similarities.tolist() == [[1.0, 0.6, 0.0]]
    assert positions.tolist() == [[0, 1, -1]]  # the third shares nothing with it
    similarities, positions = found(rows, queries, 2, "euclidean")
    assert similarities.tolist() == [[1 / 2, 1 / (1 + np.sqrt(8))]]
    assert positions.tolist() == [[0, 2]]


@pytest.mark.parametrize("k", [4, 10**12])
def test_more_neighbours_than_rows_are_all_rows(k):
    similarities, positions = found(np.eye(2), np.eye(2), k, "euclidean")
    assert positions.tolist() == [[0, 1], [1, 0]]
    assert similarities.shape == (2, 2)


def test_distances_of_large_sparse_rows_are_those_of_dense_ones():
    rows = np.array([[6200.7, 1.3, 0.0], [6200.7, 1.3, 0.001], [0.0, 1.0, 0.0]])
    dense, positions = found(rows, rows, 3, "euclidean")
    assert dense[0, 0] == 1
    for ours, theirs in zip(
        found(rows, rows, 3, "euclidean", sparse.csr_matrix),
        (dense, positions),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_a_zero_query_has_no_neighbours_by_cosine():
    similarities, positions = found(np.eye(3), np.zeros((1, 3)), 2, "cosine")
    assert positions.tolist() == [[-1, -1]]
    assert similarities.tolist() == [[0, 0]]


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@settings(max_examples=60, deadline=None)
@given(matrices(), st.integers(1, 10))
def test_it_is_what_brute_force_finds(metric, of, pair, k):
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
            kept = of(unit_rows(rows) if metric == "cosine" else rows)
            one = nearest(of(queries), kept, canonical_order(kept, labels), k, metric)
            rank = canonical_order(kept[order], labels[order])
            other = nearest(of(queries), kept[order], rank, k, metric)
            assert one[0].tobytes() == other[0].tobytes()

            def content(positions, rows, labels):
                return [
                    [(*rows[i], labels[i]) if i >= 0 else None for i in row] for row in positions
                ]

            dense = np.asarray(unit_rows(rows) if metric == "cosine" else rows)
            assert content(one[1], dense, labels) == content(other[1], dense[order], labels[order])


def test_rows_that_differ_in_rounding_only_are_a_tie():
    rows = np.array([[0.1 + 0.2, 0.4], [0.3, 0.4]])
    first = canonical_order(rows, np.array(["b", "a"]))
    second = canonical_order(rows[::-1], np.array(["a", "b"]))
    assert first.tolist() == [1, 0]  # equal rows go by label
    assert second.tolist() == [0, 1]


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_company_of_a_query_does_not_matter(metric, of):
    random = np.random.default_rng(0)
    rows, queries = random.normal(size=(300, 40)), random.normal(size=(2 * BLOCK + 7, 40))
    rows[random.random(rows.shape) < 0.5] = 0
    whole = found(rows, queries, 7, metric, of)
    for start, end in ((0, 1), (5, 9), (BLOCK - 1, BLOCK + 1), (BLOCK, 3 * BLOCK), (286, 295)):
        part = found(rows, queries[start:end], 7, metric, of)
        assert whole[0][start:end].tobytes() == part[0].tobytes()
        assert whole[1][start:end].tobytes() == part[1].tobytes()


def test_the_order_of_many_real_valued_rows_does_not_matter():
    random = np.random.default_rng(1)
    rows = random.normal(size=(257, 30))
    rows = np.concatenate([rows, rows[:100]])  # duplicates, which are ties
    queries = np.concatenate([rows[:20], random.normal(size=(20, 30))])
    order = random.permutation(len(rows))
    for metric in ("cosine", "euclidean"):
        one, other = found(rows, queries, 9, metric), found(rows[order], queries, 9, metric)
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


def test_a_training_set_in_the_other_format_is_brought_together():
    random = np.random.default_rng(2)
    rows, queries = random.random((9, 4)), random.random((3, 4))
    rank = canonical_order(unit_rows(rows), np.zeros(9))
    one = nearest(sparse.csr_matrix(queries), unit_rows(rows), rank, 3, "cosine")
    other = nearest(queries, sparse.csr_matrix(unit_rows(rows)), rank, 3, "cosine")
    assert one[1].tolist() == other[1].tolist()


def test_large_sparse_sets_are_compared_in_small_blocks():
    import tracemalloc

    n = 400_000
    rows = sparse.csr_matrix((np.ones(n), np.arange(n) % 50, np.arange(n + 1)), shape=(n, 50))
    queries = rows[:60]
    rank = np.arange(n)
    tracemalloc.start()
    nearest(queries, rows, rank, 3, "cosine")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * n * 8 * 2  # less than two copies of all similarities at once
