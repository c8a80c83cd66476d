"""How fast the nearest rows are found, beside scikit-learn and others, and that they are the same.

    python benchmarks/neighbours.py [--quick | --large] [--json FILE] [--plot FILE]

CPU seconds of one core, the median of interleaved rounds, for 1,000 queries at once and for one. Sparse rows
are generated as words are in text (Zipf), with topics and near-duplicates; and 20 Newsgroups by TF-IDF where
TEXTPIPE_CORPORA names the corpora. Dense rows are in clusters of about fifty. Each answer is compared with
scikit-learn's in the same run, and a part of ours with plain numpy's, bit by bit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

import textpipe.kernels.neighbours  # noqa: F401  # its import is not what is measured
from textpipe.neighbours import Index, content_keys
from textpipe.neighbours.approximate import ApproximateIndex
from textpipe.neighbours.brute_force import Who, nearest_by_brute_force
from textpipe.neighbours.index import of_length_one
from textpipe.rows import unit_rows

K = 10
Way = Callable[[Any], Any]


def words_as_in_text(n: int, n_features: int = 50_000, length: int = 100, seed: int = 0) -> Any:
    """TF-IDF rows [n, n_features]: Zipf, 40 % of the words by topic, and a tenth near-duplicates."""
    at_once = 100_000  # counted so many at a time: a million would take 12 GB on the way
    seeds = range(seed, seed + max(1, -(-n // at_once)))
    counts = sparse.vstack(
        [
            counted(min(n - first * at_once, at_once), n_features, length, each)
            for first, each in enumerate(seeds)
        ],
        "csr",
    )
    frequencies = np.bincount(counts.indices, minlength=n_features)
    weights = np.log((1 + n) / (1 + frequencies)) + 1
    counts.data = (1 + np.log(counts.data)) * weights[counts.indices]
    return unit_rows(counts)


def counted(n: int, n_features: int, length: int, seed: int) -> Any:
    """The words of such documents, counted [n, n_features]."""
    random = np.random.default_rng(seed)
    frequency = np.cumsum(1 / np.arange(1, n_features + 1))
    lengths = random.poisson(length, n) + 3
    owners = np.repeat(np.arange(n), lengths)
    words = np.searchsorted(frequency / frequency[-1], random.random(len(owners)))
    topical = random.random(len(owners)) < 0.4
    topics = random.integers(0, 500, n)[owners]
    words = np.where(topical, (words * 7919 + topics * 104_729) % n_features, words)
    shape = (n, n_features)
    counts = sparse.csr_matrix((np.ones(len(owners)), (owners, words)), shape=shape)
    copies = counts[random.integers(0, max(1, n // 50), n // 10)]
    copies.data[random.random(copies.nnz) < 0.1] = 0
    copies.eliminate_zeros()
    counts = sparse.vstack([counts[: n - n // 10], copies]).tocsr()[random.permutation(n)]
    counts.sum_duplicates()
    return counts


def newsgroups() -> Any:
    """TF-IDF rows of 20 Newsgroups (18,846 articles, with headers); None if it is not there."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    root = Path(os.environ.get("TEXTPIPE_CORPORA", "")) / "20news-bydate"
    paths = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
    if not paths:
        print("20 Newsgroups is not there (TEXTPIPE_CORPORA), and was left out")
        return None
    texts = [path.read_bytes().decode("latin-1") for path in paths]
    rows = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    rows.sort_indices()  # as our vectorizers give them
    return rows


def clusters(n: int, n_features: int = 300, seed: int = 0) -> Any:
    """Dense rows [n, n_features] in clusters of about fifty."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(1, n // 50), n_features))
    rows = centres[random.integers(0, len(centres), n)] + random.normal(size=(n, n_features)) / 2
    return unit_rows(rows)


def sparse_ways(rows: Any, index: Index) -> dict[str, Way]:
    """How the nearest of sparse rows are found, by who finds them."""
    from sparse_dot_topn import sp_matmul_topn

    theirs = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(rows)
    by_column = rows.T.tocsr()

    def product(queries: Any) -> None:
        for start in range(0, queries.shape[0], 64):
            likeness = (queries[start : start + 64] @ by_column).toarray()
            np.argpartition(-likeness, K, axis=1)[:, :K]

    return {
        "textpipe": lambda queries: index.nearest(queries, K),
        "scikit-learn": theirs.kneighbors,
        "scipy product": product,
        "sparse_dot_topn": lambda queries: sp_matmul_topn(
            queries, by_column, top_n=K, sort=True, n_threads=1
        ),
    }


def dense_ways(rows: Any, index: Index, slow: bool) -> dict[str, Way]:
    """How the nearest of dense rows are found; those that need long to be built only if ``slow``."""
    import faiss

    faiss.omp_set_num_threads(1)
    theirs = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(rows)
    flat = faiss.IndexFlatIP(rows.shape[1])
    flat.add(rows.astype(np.float32))
    ways: dict[str, Way] = {
        "textpipe": lambda queries: index.nearest(queries, K),
        "scikit-learn": theirs.kneighbors,
        "faiss flat (float32)": lambda queries: flat.search(queries.astype(np.float32), K),
    }
    if slow:
        from pynndescent import NNDescent

        start = time.process_time()
        approximate = ApproximateIndex(rows, index.keys)
        built = time.process_time() - start
        print(
            f"    approximate: built in {built:.1f} s, recall {approximate.recall(rows[:500]):.3f}"
        )
        ways["textpipe approximate"] = lambda queries: approximate.nearest(queries, K)
        start = time.process_time()
        descent = NNDescent(rows.astype(np.float32), metric="cosine", n_jobs=1, random_state=0)
        descent.prepare()
        built = time.process_time() - start
        found = descent.query(rows[:500].astype(np.float32), K)[0]
        exact = index.nearest(rows[:500], K).positions
        same = np.mean([len(set(a) & set(b)) / K for a, b in zip(found, exact, strict=True)])
        print(f"    pynndescent: built in {built:.1f} s, recall {same:.3f}")
        ways["pynndescent"] = lambda queries: descent.query(queries.astype(np.float32), K)
    return ways


def interleaved(ways: dict[str, Way], queries: Any, rounds: int) -> dict[str, float]:
    """The median of CPU seconds; each round asks everybody once."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.process_time()
            way(queries)
            taken[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def check_equal(rows: Any, index: Index, queries: Any) -> None:
    """Ours are scikit-learn's similarities, and plain numpy's bits."""
    found = index.nearest(queries, K)
    theirs = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(rows)
    distances, _ = theirs.kneighbors(queries)
    np.testing.assert_allclose(found.similarities, np.maximum(1 - distances, 0), atol=1e-9)
    few = queries[:5]
    similarities, positions = np.zeros((5, K)), np.full((5, K), -1, np.int64)
    empty = np.empty(0, np.int64)
    who = Who(index.there, index.keys, empty, empty.astype(np.int32), empty, 1, K)
    nearest_by_brute_force(of_length_one(few), rows, "cosine", who, similarities, positions)
    assert found.similarities[:5].tobytes() == similarities.tobytes()
    assert found.positions[:5].tolist() == positions.tolist()


def growth(rows: Any, index: Index) -> dict[str, float]:
    """What it costs to add rows and to ask after that, in milliseconds of CPU."""
    one, thousand = rows[:1], rows[:1000]
    keys = index.keys[:1000].copy()

    def milliseconds(act: Callable[[], object]) -> float:
        start = time.process_time()
        act()
        return 1000 * (time.process_time() - start)

    return {
        "add_one_ms": statistics.median(
            [milliseconds(lambda: index.add(one, keys[:1])) for _ in range(50)]
        ),
        "add_thousand_ms": milliseconds(lambda: index.add(thousand, keys[: thousand.shape[0]])),
        "first_query_after_ms": milliseconds(lambda: index.nearest(one, K)),
        "query_after_ms": milliseconds(lambda: index.nearest(one, K)),
    }


def measure(name: str, rows: Any, rounds: int, slow: bool) -> dict[str, Any]:
    """All figures of one set of rows."""
    random = np.random.default_rng(1)
    n = rows.shape[0]
    queries = rows[random.choice(n, min(1000, n), replace=False)]
    keys = content_keys(rows, np.zeros(n))
    Index(rows[:100], keys[:100]).nearest(queries[:50], K)  # so that the kernels are loaded
    tracemalloc.start()
    index = Index(rows, keys)
    index.nearest(queries[:50], K)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    is_sparse = sparse.issparse(rows)
    own = rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes if is_sparse else rows.nbytes
    print(f"{name}: {rows.shape}, {'sparse' if is_sparse else 'dense'}", flush=True)
    check_equal(rows, index, queries[:200])
    ways = sparse_ways(rows, index) if is_sparse else dense_ways(rows, index, slow)
    batch = interleaved(ways, queries, rounds)
    single = interleaved(ways, queries[:1], 5 * rounds)
    found = {
        "rows": name,
        "n": n,
        "format": "sparse" if is_sparse else "dense",
        "queries": queries.shape[0],
        "index_mib": kept / 2**20,
        "rows_mib": own / 2**20,
        "batch_s": batch,
        "single_ms": {way: 1000 * seconds for way, seconds in single.items()},
        **growth(rows, index),
    }
    for way in ways:
        times = batch[way] / batch["textpipe"], single[way] / single["textpipe"]
        print(
            f"    {way:22} batch {batch[way]:8.3f} s ({times[0]:6.1f} x)   "
            f"one {1000 * single[way]:8.2f} ms ({times[1]:6.1f} x)"
        )
    print(
        f"    index beside the rows {kept / 2**20:.0f} MiB, rows {own / 2**20:.0f} MiB; "
        f"add 1: {found['add_one_ms']:.3f} ms, add 1,000: {found['add_thousand_ms']:.2f} ms, "
        f"query after it: {found['first_query_after_ms']:.2f} ms"
    )
    return found


def plot(results: list[dict[str, Any]], path: Path) -> None:
    """How the time of a query grows with the rows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for at, format_ in enumerate(("sparse", "dense")):
        axes = figure.add_subplot(1, 2, at + 1)
        chosen = [
            each for each in results if each["format"] == format_ and each["rows"] == "generated"
        ]
        for way in chosen[0]["batch_s"]:
            points = [
                (each["n"], 1000 * each["batch_s"][way] / each["queries"])
                for each in chosen
                if way in each["batch_s"]
            ]
            axes.plot(*zip(*points, strict=True), marker="o", label=way)
        axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="CPU ms a query, 1,000 at once")
        axes.set_title(f"{format_} rows")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 rows only: does it work?")
    parser.add_argument("--large", action="store_true", help="a million sparse rows, too")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    chosen = parser.parse_args()
    sizes = [1000] if chosen.quick else [1000, 10_000, 100_000]
    rounds = 1 if chosen.quick else 3
    results = []
    with threadpool_limits(1):
        for n in sizes + [1_000_000] * chosen.large:
            once = 1 if n > 100_000 else rounds  # scikit-learn needs minutes
            results.append(measure("generated", words_as_in_text(n), once, slow=False))
        news = None if chosen.quick else newsgroups()
        if news is not None:
            results.append(measure("20 Newsgroups", news, rounds, slow=False))
        for n in sizes:
            results.append(measure("generated", clusters(n), rounds, slow=n == 10_000))
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n")
    if chosen.plot:
        plot(results, chosen.plot)


if __name__ == "__main__":
    main()
