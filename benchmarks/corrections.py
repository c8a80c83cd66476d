"""How fast a model learns: corrections into a model of 100,000 documents, and the first answer after.

    python benchmarks/corrections.py [--documents N] [--corrections N] [--quick] [--json FILE]

Documents are generated: 12 words each, drawn by Zipf's law from 50,000, with a fixed seed. Wall-clock
seconds; for single operations the median, the 99th percentile and the largest.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
import sqlalchemy

from textpipe import KnnClassifier, Pipeline, TfIdf, Tokenize, save
from textpipe.corrections import CorrectedModel

WORDS, LENGTH = 50_000, 12


def main() -> None:
    """Print a table; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--corrections", type=int, default=1_000)
    parser.add_argument("--single", type=int, default=100, help="operations timed one by one")
    parser.add_argument("--quick", action="store_true", help="small: does it work?")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    if options.quick:
        options.documents, options.corrections, options.single = 2_000, 50, 10
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.documents, options.corrections, options.single)
    report = {
        "versions": versions(),
        "documents": options.documents,
        "corrections": options.corrections,
        "seconds": figures,
    }
    print(", ".join(f"{name} {version}" for name, version in report["versions"].items()))
    print(f"{options.documents:,} documents, {options.corrections:,} corrections\n")
    print("| | seconds |\n|---|---|")
    for name, seconds in figures.items():
        print(f"| {name} | {shown(seconds)} |")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def measure(folder: Path, documents: int, corrections: int, single: int) -> dict[str, Any]:
    """The figures by name, in seconds."""
    texts = generated(documents + corrections + 2 * single)
    labels = [("ham", "spam")[number % 2] for number in range(len(texts))]
    pipeline = Pipeline([Tokenize("words"), TfIdf(), KnnClassifier(k=10)])
    path = save(pipeline.fit(texts[:documents], labels[:documents]), folder / "m.tpipe")
    figures: dict[str, Any] = {}
    figures["open, no correction"], model = timed(lambda: CorrectedModel(path))
    model.pipeline.predict(texts[:1])  # the index is there
    third = corrections // 3
    figures["unlearn a third"], _ = timed(lambda: model.unlearn(texts[:third]))
    figures["relabel a third"], _ = timed(lambda: model.relabel(texts[third : 2 * third], "ham"))
    new = slice(documents, documents + corrections - 2 * third)
    figures["learn a third"], _ = timed(lambda: model.learn(texts[new], labels[new]))
    figures["first answer after"], _ = timed(lambda: model.pipeline.predict(texts[-1:]))
    answers = [timed(lambda: model.pipeline.predict(texts[-1:]))[0] for _ in range(single)]
    figures["answer"] = spread(answers)
    model.close()
    figures["open with the corrections"], model = timed(lambda: CorrectedModel(path))
    figures["first answer after opening"], _ = timed(lambda: model.pipeline.predict(texts[-1:]))
    more = documents + corrections
    one_by_one = range(more, more + single)
    figures["learn one"] = spread(
        [timed(lambda n=n: model.learn([texts[n]], [labels[n]]))[0] for n in one_by_one]
    )
    figures["answer after one"], _ = timed(lambda: model.pipeline.predict(texts[-1:]))
    figures["unlearn one"] = spread(
        [timed(lambda n=n: model.unlearn([texts[n]]))[0] for n in one_by_one]
    )
    figures["roll all back"], _ = timed(lambda: model.rollback(0))
    figures["save"], _ = timed(lambda: model.save(folder / "new.tpipe"))
    model.close()
    return figures


def generated(count: int) -> list[str]:
    """Texts of words that are as frequent as Zipf's law has it."""
    chance = 1.0 / np.arange(1, WORDS + 1)
    words = np.random.default_rng(0).choice(WORDS, (count, LENGTH), p=chance / chance.sum())
    return [" ".join(f"w{word}" for word in row) for row in words.tolist()]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that it took, and its result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile and largest."""
    return {
        "p50": float(np.median(seconds)),
        "p99": float(np.percentile(seconds, 99)),
        "max": max(seconds),
    }


def shown(seconds: float | dict[str, float]) -> str:
    """The figure for a table."""
    if isinstance(seconds, float):
        return f"{seconds:.4f}"
    return ", ".join(f"{name} {value:.4f}" for name, value in seconds.items())


def versions() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "SciPy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "SQLAlchemy": sqlalchemy.__version__,
        "SQLite": sqlite3.sqlite_version,
    }


if __name__ == "__main__":
    main()
