"""How the benchmarks measure: ways to do one job, interleaved, and the memory of each in its own process.

Seconds are CPU time, the median of rounds in which each way has its turn, so that a busy machine slows all
of them alike. Peak memory is that of a new process which reads the input and does the job once.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

Way = Callable[[], Any]
ROUNDS = 5


class Job(NamedTuple):
    """What is measured.

    ways    who does it, by name; the first one is ours
    check   compares the results, ends the benchmark where they differ, and says what was found
    size    megabytes of text
    """

    ways: dict[str, Way]
    check: Callable[[], str]
    size: float


def run(
    doc: str, script: str, jobs: Mapping[str, Callable[[bool], Job]], uses: Sequence[str]
) -> None:
    """Measure all jobs, print a table, and write JSON where it is asked for.

    Each of ``jobs`` is called with ``quick``: true for a small input. ``uses`` are the packages whose
    versions matter.
    """
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small sample: are results equal?")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    parser.add_argument("--rounds", type=int, default=0, help=f"default {ROUNDS}; with --quick, 1")
    parser.add_argument("--jobs", nargs="*", choices=list(jobs), help="default: all")
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        name, way = options.only
        jobs[name](options.quick).ways[way]()
        print(_own_peak())
        return
    versions = {"python": platform.python_version(), **{name: version(name) for name in uses}}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print("| job | way | CPU s | MB/s | ours is faster by | peak MB |\n|---|---|---|---|---|---|")
    figures = []
    for name in options.jobs or jobs:
        job = jobs[name](options.quick)
        said = job.check()
        taken = seconds(job.ways, options.rounds or (1 if options.quick else ROUNDS))
        ours = next(iter(taken.values()))
        for way, time_taken in taken.items():
            peak = 0.0 if options.quick else _peak(script, name, way)
            row = {"job": name, "way": way, "seconds": time_taken, "megabytes": job.size}
            figures.append(
                {**row, "ratio": time_taken / ours, "peak_megabytes": peak, "check": said}
            )
            print(
                f"| {name} | {way} | {time_taken:,.4f} | {job.size / time_taken:,.1f} "
                f"| {time_taken / ours:,.1f} | {peak:,.0f} |",
                flush=True,
            )
        print(f"| {name} | *{said}* | | | | |", flush=True)
    if options.json:
        made = {"versions": versions, "quick": options.quick, "rows": figures}
        options.json.write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def seconds(ways: Mapping[str, Way], rounds: int) -> dict[str, float]:
    """CPU seconds of each way, the median of ``rounds`` interleaved rounds."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            started = time.process_time()
            way()
            taken[name].append(time.process_time() - started)
    return {name: statistics.median(times) for name, times in taken.items()}


def need(right: bool, what: str) -> None:
    """End the benchmark, saying what is wrong, unless it is right."""
    if not right:
        sys.exit(f"results differ: {what}")


def _peak(script: str, job: str, way: str) -> float:
    """The peak memory, in megabytes, of a new process that does the job this way."""
    command = [sys.executable, script, "--only", job, way]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # ours
    return float(done.stdout.split()[-1])


def _own_peak() -> float:
    """Peak memory of this process in megabytes, by Linux; 0.0 elsewhere."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)
