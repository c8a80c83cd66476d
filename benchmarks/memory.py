"""Memory and time of predict and fit over files that do not fit into memory: flat, and linear.

    python benchmarks/memory.py [--large] [--quick] [--json FILE] [--svg FILE]

Text is generated: lines of words from a Zipf distribution, with new words all the way, so that whatever keeps
words would grow. A model of 2,000 documents (words -> lowercase -> tf_idf -> neighbours) decides about each
line. ``fit`` learns the weights of words (words -> lowercase -> tf_idf) from lines of a million different
words at most, so that what it must know in the end is the same for all sizes. Each in a process of its own.
Peak memory is what only this process has; what it has mapped of files, which the system may drop at any
moment, is told beside it. One core; --large goes to 2 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import textpipe as tp

SIZES, LARGE, QUICK = [10, 30, 100, 300], [100, 300, 1000, 2000], [1, 3]
ALL_WORDS, FEW_WORDS = 50_000_000, 1_000_000
TASKS = ("predict, words", "fit, words", "predict, spacy")

WATCHED = """
import pathlib, sys, threading, time
peaks = dict(RssAnon=0, RssFile=0)
def look():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        name, _, size = line.partition(":")
        if name in peaks:
            peaks[name] = max(peaks[name], int(size.split()[0]))
def watch():
    while True:
        look()
        time.sleep(0.02)
threading.Thread(target=watch, daemon=True).start()
"""
PREDICT = """
from textpipe.cli import app
app(sys.argv[1:], standalone_mode=False)
"""
FIT = """
import textpipe as tp
documents = tp.read(sys.argv[1], format="lines").documents
pipeline = tp.Pipeline([tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(min_df=2)]).fit(documents)
assert len(pipeline[-1].vocabulary_)
"""
TOLD = """
print(peaks["RssAnon"] / 1000, peaks["RssFile"] / 1000)
"""


def main() -> None:
    """Print a table; write figures and a picture where asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="100 MB to 2 GB")
    parser.add_argument("--quick", action="store_true", help="1 and 3 MB: does it run?")
    parser.add_argument("--tasks", nargs="*", choices=TASKS)
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    parser.add_argument("--svg", type=Path, help="a file to draw the figures in")
    options = parser.parse_args()
    sizes = QUICK if options.quick else LARGE if options.large else SIZES
    rows: list[dict[str, Any]] = []
    print(
        "| task | MB of text | lines | seconds | MB/s | peak MB | peak MB mapped |"
        "\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for task in options.tasks or TASKS[: 2 if options.large else 3]:
            what, engine = task.split(", ")
            model = trained(folder, engine) if what == "predict" else None
            for size in sizes:
                text = folder / "text.txt"
                lines = generate(text, size, ALL_WORDS if model else FEW_WORDS)
                seconds, peak, mapped = measure(model, text)
                row = {"task": task, "megabytes": size, "lines": lines, "seconds": seconds}
                rows.append({**row, "peak_megabytes": peak, "mapped_megabytes": mapped})
                print(
                    f"| {task} | {size:,} | {lines:,} | {seconds:,.1f} | {size / seconds:,.1f} "
                    f"| {peak:,.0f} | {mapped:,.0f} |",
                    flush=True,
                )
    if options.json:
        options.json.write_text(json.dumps({"rows": rows}, indent=2) + "\n", "utf-8")
    if options.svg:
        draw(rows, options.svg)


def generate(path: Path, megabytes: int, n_words: int = ALL_WORDS) -> int:
    """Write lines of up to so many different words, the same for the same size; returns how many."""
    random = np.random.default_rng(megabytes)
    lines = written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < megabytes * 1_000_000:
            words = random.zipf(1.3, (1000, 30)) % n_words
            text = "\n".join(" ".join(f"w{word:x}" for word in line) for line in words.tolist())
            written += file.write(text + "\n")
            lines += 1000
    return lines


def trained(folder: Path, engine: str) -> Path:
    """A model of 2,000 lines of two labels."""
    path = folder / "training.txt"
    generate(path, 1)
    texts = path.read_text("utf-8").splitlines()[:2000]
    stages = [tp.Tokenize(engine), tp.Lowercase(), tp.TfIdf(min_df=2), tp.KnnClassifier()]
    pipe = tp.Pipeline(stages).fit(texts, ["odd" if i % 2 else "even" for i in range(len(texts))])
    return tp.save(pipe, folder / f"{engine}.tpipe")


def measure(model: Path | None, text: Path) -> tuple[float, float, float]:
    """Seconds that went by, the peak memory in megabytes, and that of mapped files: of predict or, without a
    model, of fit, in a process of its own."""
    out = text.with_suffix(".out")
    script, given = WATCHED + (PREDICT if model else FIT) + TOLD, [str(text)]
    if model:
        given = ["predict", str(model), str(text), "--out", str(out), "--n-jobs", "1"]
    started = time.perf_counter()
    command = [sys.executable, "-c", script, *given]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    assert model is None or out.stat().st_size
    peak, mapped = done.stdout.split()[-2:]
    return seconds, float(peak), float(mapped)


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Memory and time by the size of the text, beside each other."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "memory"
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    axes = figure.subplots(1, 2)
    tasks = dict.fromkeys(row["task"] for row in rows)
    for task, color in zip(tasks, ("#4477aa", "#ee6677", "#228833"), strict=False):
        own = [row for row in rows if row["task"] == task]
        sizes = [row["megabytes"] for row in own]
        minutes = [row["seconds"] / 60 for row in own]
        axes[0].plot(sizes, [row["peak_megabytes"] for row in own], "o-", color=color, label=task)
        axes[1].plot(sizes, minutes, "o-", color=color, label=task)
    biggest = max(row["megabytes"] for row in rows)
    axes[0].plot([0, biggest], [0, biggest], ":", color="grey", label="as much as the text")
    top = 2 * max(row["peak_megabytes"] for row in rows)
    axes[0].set(title="Peak memory", ylabel="MB of anonymous memory", ylim=(0, top))
    axes[1].set(title="Time", ylabel="minutes, one core", ylim=(0, None))
    for one in axes:
        one.set(xlabel="MB of text", xlim=(0, 1.05 * biggest))
        one.legend(frameon=False, loc="center right" if one is axes[0] else "best")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
