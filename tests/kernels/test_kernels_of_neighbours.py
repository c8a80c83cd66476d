"""What is compiled finds what plain numpy finds, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from textpipe.errors import InputError
from textpipe.kernels import compiled
from textpipe.neighbours.brute_force import Who, nearest_by_brute_force
from textpipe.neighbours.growing import GrowingDense, GrowingSparse
from textpipe.neighbours.search import FEW, search_of
from textpipe.rows import unit_rows


@st.composite
def problems(draw):
    """Rows, queries, and who may be found: with ties, noise, both signs, groups and parts, or without."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, n_features = draw(st.integers(1, 400)), draw(st.integers(1, 300))
    rows = np.zeros((n, n_features))
    length = draw(st.integers(1, 60))
    words = np.minimum(random.zipf(1.4, (n, length)), n_features) - 1
    values = {
        "counts": lambda: np.ones((n, length)),
        "signs": lambda: random.choice([1.0, -1.0], (n, length)),
        "numbers": lambda: random.normal(size=(n, length)),
        "tiny": lambda: random.random((n, length)) * 1e-12,
    }[draw(st.sampled_from(["counts", "signs", "numbers", "tiny"]))]()
    np.add.at(rows, (np.arange(n)[:, None], words), values)
    copies = random.integers(0, n, n // 2)
    noise = draw(st.sampled_from([0.0, 1e-16, 1e-12, 1e-10, 1e-9]))
    rows[: len(copies)] = rows[copies] * (1 + noise * random.normal(size=(len(copies), 1)))
    queries = rows[random.integers(0, n, 12)].copy()
    queries[random.random(queries.shape) < draw(st.sampled_from([0.0, 0.5]))] = 0
    k = min(n, draw(st.sampled_from([1, 2, 5, 10, 50, 1000])))
    grouped, parts = draw(st.booleans()), draw(st.sampled_from([0, 0, 1, 3]))
    who = Who(
        random.random(n) < draw(st.sampled_from([1.0, 0.7])),
        random.integers(0, draw(st.sampled_from([2, 2**63])), n).astype(np.uint64),
        random.integers(0, 4, n) if grouped else np.empty(0, np.int64),
        random.integers(-1, parts, n, dtype=np.int32) if parts else np.empty(0, np.int32),
        random.integers(0, 4, len(queries)) if grouped else np.empty(0, np.int64),
        max(parts, 1),
        k,
    )
    return rows, queries, who


def answers(who, queries, find):
    shape = (queries.shape[0], who.parts * who.k)
    similarities, positions = np.zeros(shape), np.full(shape, -1, np.int64)
    find(similarities, positions)
    return similarities.tobytes(), positions.tobytes()


@pytest.mark.parametrize("asked", [1, FEW + 1], ids=["row by row", "by column"])
@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@settings(max_examples=60, deadline=None)
@given(problem=problems(), later=st.integers(0, 50))
def test_a_search_finds_what_brute_force_finds(metric, of, asked, problem, later):
    rows, queries, who = problem
    if metric == "cosine":
        rows, queries = unit_rows(rows), unit_rows(queries)
    rows, queries = of(rows), of(queries)
    first = max(0, len(who.there) - later)
    growing = (GrowingSparse if sparse.issparse(rows) else GrowingDense)(rows[:first])
    search = search_of(growing, metric)
    search.prepare(asked)
    if later:
        growing.append(rows[first:])
        search.prepare(asked + 1)

    def by_brute_force(similarities, positions):
        nearest_by_brute_force(queries, rows, metric, who, similarities, positions)

    def by_search(similarities, positions):
        search.nearest(queries, who, similarities, positions)

    assert answers(who, queries, by_search) == answers(who, queries, by_brute_force)


def test_a_similarity_that_float32_takes_for_nothing_is_found():
    rows = sparse.csr_matrix(unit_rows(np.array([[1.0, 1e-8 - 1.0], [1.0, -1.0]])))
    query = sparse.csr_matrix(unit_rows(np.array([[1.0, 1.0]])))
    who = Who(
        np.ones(2, bool), np.zeros(2, np.uint64), np.empty(0, np.int64), np.empty(0, np.int32),
        np.empty(0, np.int64), 1, 2,
    )  # fmt: skip
    search = search_of(GrowingSparse(rows), "cosine")
    search.prepare(FEW + 1)
    similarities, positions = np.zeros((1, 2)), np.full((1, 2), -1)
    search.nearest(query, who, similarities, positions)
    assert similarities.tolist() == [[5e-9, 0]]
    assert positions.tolist() == [[0, -1]]


def test_a_kernel_works_where_machine_code_cannot_be_kept():
    source = "def double(numbers):\n    for i in range(len(numbers)):\n        numbers[i] *= 2\n"
    names = {}
    exec(source, names)  # noqa: S102  # a function without a file: there is no folder beside it
    numbers = np.arange(3.0)
    compiled.compiled(compiled.writable(compiled.types.float64))(names["double"])(numbers)
    assert numbers.tolist() == [0, 2, 4]


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_rows_that_came_in_between_are_noticed(metric, of):
    rows = of(np.eye(3))
    growing = (GrowingSparse if sparse.issparse(rows) else GrowingDense)(rows)
    search = search_of(growing, metric)
    search.prepare(FEW + 1)
    who = Who(
        np.ones(3, bool), np.zeros(3, np.uint64), np.empty(0, np.int64), np.empty(0, np.int32),
        np.empty(0, np.int64), 1, 1,
    )  # fmt: skip
    growing.append(rows)
    with pytest.raises(InputError, match="there were 3 rows"):
        search.nearest(rows, who, np.zeros((3, 1)), np.zeros((3, 1), np.int64))


def test_rows_in_a_file_are_read_where_they_are(tmp_path):
    rows = np.random.default_rng(0).random((50, 7))
    np.save(tmp_path / "rows.npy", rows)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    who = Who(
        np.ones(50, bool), np.arange(50, dtype=np.uint64), np.empty(0, np.int64),
        np.empty(0, np.int32), np.empty(0, np.int64), 1, 3,
    )  # fmt: skip
    for of in (np.asarray, sparse.csr_matrix):
        for metric in ("cosine", "euclidean"):
            found = []
            for each in (rows, mapped):
                each = of(each)
                if sparse.issparse(each):
                    each.data.flags.writeable = False
                search = search_of(
                    (GrowingSparse if sparse.issparse(each) else GrowingDense)(each), metric
                )
                search.prepare(FEW + 1)
                found.append(
                    answers(
                        who,
                        each,
                        lambda one, two, s=search, q=each: s.nearest(q[:50], who, one, two),
                    )
                )
            assert found[0] == found[1]
