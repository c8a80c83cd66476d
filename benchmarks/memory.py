"""Memory and time of predict over files that do not fit into memory: flat, and linear.

    python benchmarks/memory.py [--large] [--quick] [--json FILE] [--svg FILE]

Text is generated: lines of words from a Zipf distribution, with new words all the way, so that whatever keeps
words would grow. A model of 2,000 documents (words -> lowercase -> tf_idf -> neighbours) decides about each
line, in a process of its own, whose peak memory is the system's figure. One core; --large goes to 2 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import textpipe as tp

SIZES, LARGE, QUICK = [10, 30, 100, 300], [100, 300, 1000, 2000], [1, 3]
ENGINES = ("words", "spacy")

RUN = """
import sys, resource
from textpipe.cli import app
try:
    app(sys.argv[1:], standalone_mode=False)
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
"""


def main() -> None:
    """Print a table; write figures and a picture where asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="100 MB to 2 GB")
    parser.add_argument("--quick", action="store_true", help="1 and 3 MB: does it run?")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    parser.add_argument("--svg", type=Path, help="a file to draw the figures in")
    options = parser.parse_args()
    sizes = QUICK if options.quick else LARGE if options.large else SIZES
    rows = []
    print(
        "| tokenizer | MB of text | lines | seconds | MB/s | peak MB |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine in ENGINES[: 1 if options.large else 2]:
            model = trained(folder, engine)
            for size in sizes:
                text = folder / "text.txt"
                lines = generate(text, size)
                seconds, peak = measure(model, text)
                made = {"engine": engine, "megabytes": size, "lines": lines}
                rows.append({**made, "seconds": seconds, "peak_megabytes": peak})
                print(
                    f"| {engine} | {size:,} | {lines:,} | {seconds:,.1f} | {size / seconds:,.1f} "
                    f"| {peak:,.0f} |",
                    flush=True,
                )
    if options.json:
        options.json.write_text(json.dumps({"rows": rows}, indent=2) + "\n", "utf-8")
    if options.svg:
        draw(rows, options.svg)


def generate(path: Path, megabytes: int) -> int:
    """Write lines of words, the same for the same size; returns how many."""
    random = np.random.default_rng(megabytes)
    lines = written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < megabytes * 1_000_000:
            words = random.zipf(1.3, (1000, 30)) % 50_000_000
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


def measure(model: Path, text: Path) -> tuple[float, float]:
    """Seconds that went by, and the peak memory in megabytes, of predict in a process of its own."""
    out = text.with_suffix(".out")
    command = [sys.executable, "-c", RUN, "predict", str(model), str(text), "--out", str(out)]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--n-jobs", "1"],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - started
    assert out.stat().st_size
    return seconds, float(done.stdout.split()[-1])


def draw(rows: list[dict[str, object]], path: Path) -> None:
    """Memory and seconds by the size of the text."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots(1, 2)
    for engine in dict.fromkeys(row["engine"] for row in rows):
        own = [row for row in rows if row["engine"] == engine]
        sizes = [row["megabytes"] for row in own]
        axes[0].plot(sizes, [row["peak_megabytes"] for row in own], "o-", label=engine)
        axes[1].plot(sizes, [row["seconds"] for row in own], "o-", label=engine)
    for one, title in zip(axes, ("peak memory, MB", "seconds"), strict=True):
        one.set(xlabel="MB of text", title=title, ylim=(0, None))
        one.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
