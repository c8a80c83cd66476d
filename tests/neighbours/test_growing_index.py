"""An index that rows are added to and removed from finds what a new one finds."""

import copy
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from scipy import sparse

from textpipe.neighbours import Index, content_keys
from textpipe.neighbours.brute_force import Who, nearest_by_brute_force
from textpipe.neighbours.growing import Csr, Growing
from textpipe.neighbours.lengths import of_length_one
from textpipe.rows import unit_rows

N_FEATURES = 30


def some_rows(random, n):
    rows = np.round(random.random((n, N_FEATURES)), 1) * (random.random((n, N_FEATURES)) < 0.2)
    return unit_rows(rows) if n else rows


class Growth(RuleBasedStateMachine):
    """Rows come and go; after each step the index answers as brute force does over what is there."""

    @initialize(
        of=st.sampled_from([np.asarray, sparse.csr_matrix]),
        metric=st.sampled_from(["cosine", "euclidean"]),
        n=st.integers(0, 40),
        seed=st.integers(0, 2**32 - 1),
    )
    def begin(self, of, metric, n, seed):
        self.random = np.random.default_rng(seed)
        self.of, self.metric = of, metric
        self.rows = some_rows(self.random, n)
        self.labels = np.arange(n) % 3
        self.there = np.ones(n, bool)
        self.index = Index(of(self.rows), self.keys(), metric)

    def keys(self, start=0):
        return content_keys(self.rows[start:], self.labels[start:])

    @rule(n=st.sampled_from([0, 1, 1, 5, 60]))
    def add(self, n):
        before = len(self.rows)
        new = some_rows(self.random, n)
        if before and n:
            new[0] = self.rows[self.random.integers(before)]  # a duplicate
        self.rows = np.concatenate([self.rows, new])
        self.labels = np.append(self.labels, self.random.integers(0, 3, n))
        self.there = np.append(self.there, np.ones(n, bool))
        self.index.add(self.of(new), self.keys(before))

    @precondition(lambda self: len(self.rows))
    @rule(data=st.data(), come=st.booleans())
    def remove_or_restore(self, data, come):
        positions = data.draw(st.lists(st.integers(0, len(self.rows) - 1), max_size=20))
        (self.index.restore if come else self.index.remove)(iter(positions))
        self.there[positions] = come

    @rule()
    def look_at_all_rows(self):
        rows = self.index.rows
        rows = rows.toarray() if sparse.issparse(rows) else rows
        assert rows.tobytes() == self.rows.tobytes()
        assert self.index.keys.tolist() == self.keys().tolist()
        assert self.index.there.tolist() == self.there.tolist()

    @rule(
        k=st.sampled_from([1, 3, 10, 1000]),
        m=st.sampled_from([1, 3, 20]),
        grouped=st.booleans(),
        parts=st.sampled_from([0, 1, 3]),
    )
    def ask(self, k, m, grouped, parts):
        n, k = len(self.rows), min(k, len(self.rows))
        queries = some_rows(self.random, m)
        if n:
            queries[0] = self.rows[self.random.integers(n)]
        groups, own = (self.labels, self.random.integers(0, 3, m)) if grouped else (None, None)
        within = self.random.integers(-1, parts, n, dtype=np.int32) if parts else None
        who = Who(
            self.there,
            self.keys(),
            np.empty(0, np.int64) if groups is None else groups,
            np.empty(0, np.int32) if within is None else within,
            np.empty(0, np.int64) if own is None else own,
            max(parts, 1),
            k,
        )
        similarities = np.zeros((m, who.parts * k))
        positions = np.full((m, who.parts * k), -1, np.int64)
        if n:
            asked = of_length_one(queries) if self.metric == "cosine" else queries
            nearest_by_brute_force(asked, self.rows, self.metric, who, similarities, positions)
        found = self.index.nearest(
            self.of(queries), k, groups=groups, query_groups=own, within=within, n_within=parts
        )
        assert found.positions.tolist() == positions.tolist()
        assert found.similarities.tobytes() == similarities.tobytes()


TestGrowth = Growth.TestCase
TestGrowth.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_postings_are_made_anew_when_many_rows_came_later():
    random = np.random.default_rng(0)
    rows = sparse.csr_matrix(unit_rows(random.random((1100, 100)).round(1)))
    keys = np.arange(1100, dtype=np.uint64)
    growing = Index(rows[:100], keys[:100])
    for start in range(100, 1100, 250):  # 90,000 numbers in all: more than LEAST
        growing.nearest(rows[:20], 3)
        growing.add(rows[start : start + 250], keys[start : start + 250])
    whole = Index(rows, keys).nearest(rows[:300], 5)
    found = growing.nearest(rows[:300], 5)
    assert found.similarities.tobytes() == whole.similarities.tobytes()
    assert found.positions.tolist() == whole.positions.tolist()


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix])
def test_a_copy_has_rows_of_its_own(of):
    rows = of(np.array([[1.0, 0.0], [0.6, 0.8]]))
    index = Index(rows, np.arange(2, dtype=np.uint64))
    assert index.nearest(rows[1:], 1).positions.tolist() == [[1]]
    for copied in (copy.deepcopy(index), pickle.loads(pickle.dumps(index))):  # noqa: S301  # made here
        copied.remove([1])
        assert copied.nearest(rows[1:], 1).positions.tolist() == [[0]]
        assert index.nearest(rows[1:], 1).positions.tolist() == [[1]]


def test_few_numbers_are_compared_without_numba():
    script = """
import sys
import numpy as np
from textpipe.neighbours import Index

rows = np.linspace(0, 1, 3000).reshape(1000, 3)
index = Index(rows, np.arange(1000, dtype=np.uint64), "euclidean")
one = index.nearest(rows[:7], 5)
assert "numba" not in sys.modules
index.nearest(np.repeat(rows, 30, axis=0), 5)
assert "numba" in sys.modules
other = index.nearest(rows[:7], 5)
assert [each.tobytes() for each in one] == [each.tobytes() for each in other]
"""
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603  # our own script


def test_rows_are_copied_once_and_then_grow_in_place():
    rows = sparse.csr_matrix(np.eye(50))
    growing = Index(rows, np.arange(50, dtype=np.uint64))
    assert np.shares_memory(growing.rows.data, rows.data)
    growing.add(rows[:1], np.zeros(1, np.uint64))
    one = growing.rows
    growing.add(rows[1:2], np.zeros(1, np.uint64))
    other = growing.rows
    assert not np.shares_memory(one.data, rows.data)
    assert np.shares_memory(one.data, other.data)
    assert (one.shape, other.shape) == ((51, 50), (52, 50))


def test_a_growing_array_copies_seldom():
    growing, buffers = Growing(np.zeros(3)), set()
    for number in range(1000):
        growing.append(np.array([number]))
        buffers.add(growing.values.__array_interface__["data"][0])
    assert growing.values[3:].tolist() == list(range(1000))
    assert len(buffers) < 12


def test_other_keys_break_ties_otherwise():
    growing = Index(np.ones((3, 1)), np.array([1, 2, 3], np.uint64))
    growing.rekey([0, 2], np.array([9, 0], np.uint64))
    assert growing.nearest(np.ones((1, 1)), 3).positions.tolist() == [[2, 1, 0]]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("indices", [0, 2, 30]),
        ("indices", [0, -1, 2]),
        ("indices", [0, 1]),
        ("indptr", [1, 2, 3]),
        ("indptr", [0, 2, 4]),
        ("indptr", [0, 4, 3]),
        ("indptr", [0, 3]),
    ],
)
def test_places_outside_of_a_matrix_are_refused(name, values):
    rows = sparse.csr_matrix(([0.5, 0.5, 1.0], [0, 2, 1], [0, 2, 3]), shape=(2, 30))
    assert Csr.of(rows).arrays[0].tolist() == [0.5, 0.5, 1.0]
    setattr(rows, name, np.array(values, np.int32))
    with pytest.raises(ValueError, match="ind"):
        Csr.of(rows)


@pytest.mark.parametrize("of", [sparse.csr_array, sparse.csc_array, sparse.coo_matrix])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_queries_come_in_any_sparse_format(of, metric):
    rows = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    index = Index(sparse.csr_matrix(rows), np.array([1, 2, 3], np.uint64), metric)
    assert index.nearest(of(rows), 1).positions.tolist() == [[0], [1], [2]]


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_threads_may_ask_first_at_the_same_time(kind):
    random = np.random.default_rng(0)
    rows = random.random((3000, 60))
    rows = sparse.csr_matrix(np.where(rows > 0.9, rows, 0)) if kind == "sparse" else rows
    rows = unit_rows(rows)
    keys, n = np.arange(3000, dtype=np.uint64), 8
    expected = Index(rows, keys).nearest(rows[:40], 3)
    for _ in range(5):
        index, together = Index(rows, keys), threading.Barrier(n)

        def ask(index=index, together=together):
            together.wait()
            return index.nearest(rows[:40], 3)

        with ThreadPoolExecutor(n) as pool:
            for found in [asked.result() for asked in [pool.submit(ask) for _ in range(n)]]:
                np.testing.assert_array_equal(found.positions, expected.positions)
                np.testing.assert_array_equal(found.similarities, expected.similarities)
