"""Hostile documents through every stage that reads text or words, and through whole pipelines.

    python benchmarks/hostile.py [--characters N] [--quick] [--stages NAME ...] [--kinds NAME ...] [--all]

Each document (see textpipe/testing/hostile_documents.py) is given to each stage at two sizes, N and four
times N characters, in a process of its own that is ended after a minute. The table says, for each stage: the
slowest document, its CPU seconds at the larger size, the largest growth (seconds for four times as much text,
by four times the seconds: 1 is linear, 4 is quadratic) and the most memory. --all prints every row.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numba  # noqa: F401  # here, so that it is not loaded in each of the processes

import textpipe as tp
from textpipe.catalogue import BUILT_IN, stage_class
from textpipe.documents import Documents, Region
from textpipe.errors import TextpipeError, TextpipeWarning
from textpipe.testing.case import Case
from textpipe.testing.hostile_documents import KINDS, LAST_WORD, hostile_document

SIZE, QUICK = 50_000, 2_000
LIMIT = 60.0
"""Seconds unless said otherwise; then the process is ended."""

LITTLE = 0.05
"""Seconds that are too few to tell growth from noise."""

PIPELINES = Path(__file__).parent.parent / "pipelines"
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "clean_html": [{}, {"hidden": "apart", "links": True}],
    "normalize_unicode": [{}, {"form": "NFKC"}],
    "replace": [{"pattern": r"(a+)+\d"}],
    "tokenize": [
        {"engine": engine}
        for engine in ("spacy", "nltk_treebank", "nltk_tweet", "words", "sklearn", "whitespace")
    ],
    "stem": [
        {},
        {"algorithm": "porter"},
        {"algorithm": "lancaster"},
        {"algorithm": "cistem", "language": "de"},
    ],
    "lemmatize": [{}, {"language": "de"}],
}
LEFT_OUT = {"pretrained_vectors", "union"}
"""They need files or other stages; what they do is done by stages that are here."""


class Stage:
    """A trained stage under a name, and documents as it reads them."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name = " ".join([name, *map(str, options.values())])
        self.case = Case(stage_class(name)(**options), None)

    def __call__(self, text: str) -> Any:
        """A function that does what is to be timed."""
        given = Documents.of([text])
        if self.name.startswith("clean_html"):
            given = Documents.of_regions([[Region("html", text)]])
        prepared = self.case.prepared(given)
        return lambda: self.case.after(prepared)


class Whole:
    """A definition, trained on its own data."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        definition = tp.from_toml(path)
        corpus = tp.read([str(source) for source in definition.source_paths()])
        chosen = corpus.documents[::3], corpus.labels[::3]
        self.pipeline = definition.pipeline.fit(*chosen)

    def __call__(self, text: str) -> Any:
        """A function that does what is to be timed."""
        given = Documents.of([text])
        return lambda: self.pipeline.decide(given)


def stages() -> list[tuple[str, Any]]:
    """Name and maker of everything that hostile documents are given to."""
    found: list[tuple[str, Any]] = []
    for name in BUILT_IN:
        cls = stage_class(name)
        if name in LEFT_OUT or "decisions" in cls.writes or cls.reads == ("matrix",):
            continue
        for options in VARIANTS.get(name, [{}]):
            shown = " ".join([name, *map(str, options.values())])
            found.append((shown, lambda name=name, options=options: Stage(name, options)))
    return [
        *found,
        *((path.name, lambda path=path: Whole(path)) for path in sorted(PIPELINES.glob("*.toml"))),
    ]


def measure(work: Any, kind: str, size: int, tell: Connection) -> None:
    """In a process of its own: seconds, megabytes above what it began with, and whether text was lost."""
    warnings.simplefilter("ignore", TextpipeWarning)
    try:
        do = work(hostile_document(kind, size))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        made = do()
        seconds = time.process_time() - started
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
        tell.send({"seconds": seconds, "megabytes": peak, "lost": lost(made)})
    except TextpipeError as error:
        tell.send(
            {"seconds": time.process_time() - started, "megabytes": 0.0, "refused": str(error)}
        )


def lost(made: Any) -> bool:
    """Is the last word gone from a text, or from the words that a text was cut into? (It may be turned
    round, as a reader sees it after a mark that says so.)
    """
    if not isinstance(made, Documents):
        return False
    if made.tokens is None:
        text = made.texts()[0]
        return made.matrix is None and LAST_WORD not in text and LAST_WORD[::-1] not in text
    return made.words is made.tokens and LAST_WORD not in made.tokens.of(0)[-1]


def measured(work: Any, kind: str, size: int, limit: float) -> dict[str, Any]:
    """What ``measure`` found, or that it did not end."""
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=measure, args=(work, kind, size, theirs)
    )
    process.start()
    theirs.close()
    try:
        if ours.poll(limit):
            return ours.recv()
        return {"seconds": limit, "megabytes": 0.0, "ended": True}
    except EOFError:
        return {"seconds": 0.0, "megabytes": 0.0, "crashed": True}
    finally:
        process.kill()
        process.join()


def main() -> None:
    """Print a table; write figures where asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--characters", type=int, default=SIZE, help=f"default {SIZE:,}")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} characters: does it run?")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"seconds; default {LIMIT:g}")
    parser.add_argument("--stages", nargs="*", help="only those whose names begin so")
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), help="default: all")
    parser.add_argument("--all", action="store_true", help="a row for each document and stage")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    size = QUICK if options.quick else options.characters
    kinds = options.kinds or list(KINDS)[:: 12 if options.quick else 1]
    head = [
        "stage",
        "slowest document",
        "seconds",
        "us/character",
        "growth",
        "at",
        "peak MB",
        "at",
        "wrong",
    ]
    print(f"{4 * size:,} characters\n| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    rows = []
    for name, make in stages():
        if options.stages and not any(name.startswith(asked) for asked in options.stages):
            continue
        work, of_stage = make(), []
        work("a short text to begin with " * 30_000)()
        for kind in kinds:
            large = measured(work, kind, 4 * size, options.limit)
            growth = None
            if large["seconds"] > LITTLE and "ended" not in large:
                small = min(measured(work, kind, size, options.limit)["seconds"] for _ in range(2))
                growth = (
                    min(large["seconds"], measured(work, kind, 4 * size, options.limit)["seconds"])
                    / 4
                    / small
                )
            of_stage.append({"stage": name, "kind": kind, **large, "growth": growth})
            if options.all:
                print(of_stage[-1], flush=True)
        rows += of_stage
        print(f"| {' | '.join(summary(name, of_stage, 4 * size))} |", flush=True)
    if options.json:
        options.json.write_text(
            json.dumps({"characters": 4 * size, "rows": rows}, indent=1), "utf-8"
        )


def summary(name: str, rows: list[dict[str, Any]], size: int) -> list[str]:
    """A line of the table."""
    slowest = max(rows, key=lambda row: row["seconds"])
    grown = max(rows, key=lambda row: row["growth"] or 0.0)
    largest = max(rows, key=lambda row: row["megabytes"])
    wrong = [f"{row['kind']}: {what}" for row in rows for what in WRONG if row.get(what)]
    return [
        *(name, slowest["kind"], f"{slowest['seconds']:.2f}"),
        f"{slowest['seconds'] / size * 1e6:.2f}",
        *((f"{grown['growth']:.1f}", grown["kind"]) if grown["growth"] else ("", "")),
        *(f"{largest['megabytes']:.0f}", largest["kind"], "; ".join(wrong)),
    ]


WRONG = ("ended", "crashed", "refused", "lost")

if __name__ == "__main__":
    main()
