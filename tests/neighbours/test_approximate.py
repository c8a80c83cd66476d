"""Approximate neighbours are exact in all but that some may be missing."""

import sys

import numpy as np
import pytest
from scipy import sparse

from textpipe.errors import InputError, ResourceError
from textpipe.neighbours import Index, content_keys
from textpipe.neighbours.approximate import ApproximateIndex
from textpipe.rows import unit_rows

pytest.importorskip(
    "faiss", reason="faiss is not installed, so that approximate neighbours were not tested"
)


def clusters(n, n_features=24, seed=0):
    """Rows in tight clusters, as near-duplicates are."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(1, n // 20), n_features))
    rows = centres[random.integers(0, len(centres), n)] + 0.2 * random.normal(size=(n, n_features))
    return unit_rows(rows)


@pytest.fixture(scope="module")
def pair():
    rows = clusters(2000)
    keys = content_keys(rows, np.zeros(len(rows)))
    return rows, Index(rows, keys), ApproximateIndex(rows, keys)


def test_nearly_all_neighbours_are_found_and_measured_exactly(pair):
    rows, exact, approximate = pair
    one, other = exact.nearest(rows[:300], 10), approximate.nearest(rows[:300], 10)
    assert approximate.recall(rows[:300]) > 0.99
    same = one.positions == other.positions
    assert same.mean() > 0.9
    assert one.similarities[same].tobytes() == other.similarities[same].tobytes()


def test_recall_is_less_where_less_effort_is_made():
    rows = np.random.default_rng(0).normal(size=(3000, 40))  # without any clusters: the hard case
    keys = np.arange(3000, dtype=np.uint64)
    lazy = ApproximateIndex(unit_rows(rows), keys, links=4, effort=10, spare=1)
    assert 0 < lazy.recall(rows[:100]) < 0.9


def test_groups_parts_and_removed_rows(pair):
    rows, exact, _ = pair
    approximate = ApproximateIndex(rows, exact.keys, effort=400)
    exact = Index(rows, exact.keys)
    groups, within = np.arange(2000) // 2, (np.arange(2000) % 3 - 1).astype(np.int32)
    for index in (exact, approximate):
        index.remove(range(0, 2000, 5))
        index.restore([5])
    options = {"groups": groups, "query_groups": groups[:50], "within": within, "n_within": 2}
    one, other = (index.nearest(rows[:50], 3, **options) for index in (exact, approximate))
    assert (one.positions == other.positions).mean() > 0.95
    found = other.positions[other.positions >= 0]
    assert approximate.there[found].all()
    assert (groups[other.positions] != groups[:50, None])[other.positions >= 0].all()


def test_added_rows_are_found():
    rows = clusters(600)
    keys = content_keys(rows, np.zeros(600))
    index = ApproximateIndex(rows[:300], keys[:300])
    index.add(rows[300:], keys[300:])
    assert len(index) == 600
    assert index.nearest(rows, 1).similarities.tolist() == [[1.0]] * 600
    assert index.keys.tolist() == keys.tolist()


def test_the_same_rows_give_the_same_graph():
    rows, keys = clusters(500), np.zeros(500, np.uint64)
    one, other = (ApproximateIndex(rows, keys).nearest(rows, 5) for _ in range(2))
    assert one.positions.tolist() == other.positions.tolist()


def test_no_rows_and_more_than_there_are():
    keys = np.arange(3, dtype=np.uint64)
    empty = ApproximateIndex(np.zeros((0, 3)), keys[:0])
    assert empty.nearest(np.eye(3), 2).positions.shape == (3, 0)
    assert empty.recall(np.eye(3)) == 1.0
    few = ApproximateIndex(np.eye(3), keys)
    assert few.nearest(np.eye(3), 10).positions.tolist() == [[i, -1, -1] for i in range(3)]


def test_sparse_rows_are_refused():
    with pytest.raises(InputError, match="dense rows are needed"):
        ApproximateIndex(sparse.eye(3, format="csr"), np.zeros(3, np.uint64))


def test_without_faiss_the_message_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ResourceError, match=r'pip install "textpipe-nlp\[ann\]"'):
        ApproximateIndex(np.eye(3), np.zeros(3, np.uint64))
