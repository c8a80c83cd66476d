"""How the benchmarks measure: ways to do one job, interleaved, and the memory of each in its own process.

On one core, seconds are CPU time, the median of rounds in which each way has its turn, so that a busy machine
slows all of them alike. On two cores it is the time that goes by, beside the peer's, which has one core;
a busy machine disturbs it: the table says how busy it was. A short turn comes three times in a row, and the
quickest counts: memory that a process has freed and nobody has asked for since, a virtual machine may hand
back to its host, and the first to ask for it again waits (up to 27 microseconds a page, where it is 1 else).
Peak memory is that of a new process which reads the input and does the job once.

Most jobs have their turns in one process. Those that ask for the same large pieces of memory again and again
have them each in a process of its own (``apart``), as people run them: what one way has freed would make it
cheaper for the other.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from textpipe.documents import Documents
from textpipe.run.parcel import to_parcel

Way = Callable[[], Any]
ROUNDS = 5

SHORT = 5.0
"""Seconds. In a longer turn, what it waits for memory at its beginning is next to nothing."""


class Job(NamedTuple):
    """What is measured.

    ways        who does it, by name; the first one is ours
    check       compares the results, ends the benchmark where they differ, and says what was found
    size        megabytes of text
    two_cores   ways of ours with two jobs; each must have the result of the way of the same name
    apart       has each way a process of its own? (Such a job has no ``two_cores``.)
    """

    ways: dict[str, Way]
    check: Callable[[], str]
    size: float
    two_cores: Mapping[str, Way] = {}
    apart: bool = False


class Seconds(NamedTuple):
    """Of CPU, and that went by; medians."""

    cpu: float
    wall: float


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
    parser.add_argument("--turns", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.turns:
        name, way = options.turns
        _take_turns(jobs[name](options.quick).ways[way])
        return
    if options.only:
        name, way = options.only
        jobs[name](options.quick).ways[way]()
        print(_own_peak())
        return
    versions = {"python": platform.python_version(), **{name: version(name) for name in uses}}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print(
        "| job | way | CPU s | MB/s | ours is faster by | seconds on two cores | ours is faster by "
        "| peak MB |\n|---|---|---|---|---|---|---|---|"
    )
    figures = []
    for name in options.jobs or jobs:
        job = jobs[name](options.quick)
        said = job.check()
        for way, on_two in job.two_cores.items():
            need(same(job.ways[way](), on_two()), f"{name}: {way} on two cores")
        rounds = options.rounds or (1 if options.quick else ROUNDS)
        busy = os.getloadavg()[0]
        if job.apart:
            taken, two = seconds_apart(script, name, job.ways, rounds, options.quick), {}
        else:
            taken, two = seconds(job.ways, job.two_cores, rounds)
        ours = next(iter(taken))
        for way, spent in taken.items():
            row = {
                "job": name,
                "way": way,
                "seconds": spent.cpu,
                "seconds_that_went_by": spent.wall,
                "megabytes": job.size,
                "ratio": spent.cpu / taken[ours].cpu,
                "peak_megabytes": 0.0 if options.quick else _peak(script, name, way),
                "check": said,
            }
            if way in two:
                row["seconds_on_two_cores"] = two[way]
            if ours in two:
                row["ratio_on_two_cores"] = spent.wall / two[ours]
            figures.append({**row, "rounds": rounds, "load": busy})
            on_two_cores = (
                f"{two[way]:,.4f} | "
                if way in two
                else f"| {spent.wall / two[ours]:,.1f}"
                if ours in two
                else "| "
            )
            print(
                f"| {name} | {way} | {spent.cpu:,.4f} | {job.size / spent.cpu:,.1f} "
                f"| {spent.cpu / taken[ours].cpu:,.1f} | {on_two_cores} "
                f"| {row['peak_megabytes']:,.0f} |",
                flush=True,
            )
        print(f"| {name} | *{said}* | | | | | | |", flush=True)
    if options.json:
        made = {"versions": versions, "quick": options.quick, "rows": figures}
        options.json.write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def seconds(
    ways: Mapping[str, Way], two_cores: Mapping[str, Way], rounds: int
) -> tuple[dict[str, Seconds], dict[str, float]]:
    """What each way takes, and what went by on two cores: medians of ``rounds`` interleaved rounds."""
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    two: dict[str, list[float]] = {name: [] for name in two_cores}
    for _ in range(rounds):
        for name, way in ways.items():
            spent = _once(way)
            cpu[name].append(spent.cpu)
            wall[name].append(spent.wall)
        for name, way in two_cores.items():
            two[name].append(_once(way).wall)
    of = statistics.median
    return (
        {name: Seconds(of(cpu[name]), of(wall[name])) for name in ways},
        {name: of(times) for name, times in two.items()},
    )


def seconds_apart(
    script: str, job: str, ways: Mapping[str, Way], rounds: int, quick: bool
) -> dict[str, Seconds]:
    """What each way takes in a process of its own, in turns: medians of ``rounds`` rounds."""
    found: dict[str, list[Seconds]] = {name: [] for name in ways}
    with contextlib.ExitStack() as stack:
        others = {
            name: stack.enter_context(
                _Other([script, *["--quick"][: int(quick)], "--turns", job, name])
            )
            for name in ways
        }
        for _ in range(rounds):
            for name, other in others.items():
                found[name].append(other.turn())
    of = statistics.median
    return {
        name: Seconds(of(turn.cpu for turn in turns), of(turn.wall for turn in turns))
        for name, turns in found.items()
    }


class _Other:
    """Another process that has done its job once, and does it again when it is asked (``_take_turns``)."""

    def __init__(self, command: list[str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=pipe, stdout=pipe, text=True
        )
        self._said()

    def turn(self) -> Seconds:
        assert self._process.stdin is not None  # for mypy
        print("go", file=self._process.stdin, flush=True)
        return Seconds(*map(float, self._said()))

    def _said(self) -> list[str]:
        assert self._process.stdout is not None  # for mypy
        said = self._process.stdout.readline().split()
        need(bool(said), "nothing, for the process of one of them has ended")
        return said

    def __enter__(self) -> _Other:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()  # it ends when nobody asks any more


def _take_turns(way: Way) -> None:
    """Do the job once, and say so; then again for each line that is read, and print what it took."""
    way()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(*_once(way), flush=True)


def _once(way: Way) -> Seconds:
    gc.collect()  # once: after it, nothing of what a process works with is at hand
    first = _turn(way)
    if first.wall >= SHORT:
        return first
    turns = [first, *(_turn(way) for _ in range(2))]
    return Seconds(min(turn.cpu for turn in turns), min(turn.wall for turn in turns))


def _turn(way: Way) -> Seconds:
    started = time.perf_counter(), time.process_time()
    made = way()
    ended = time.perf_counter(), time.process_time()
    del made
    return Seconds(ended[1] - started[1], ended[0] - started[0])


def same(one: Any, other: Any) -> bool:
    """Are two results the same, bit for bit?"""
    if isinstance(one, Documents):
        return bool(to_parcel(one) == to_parcel(other))
    if sparse.issparse(one):
        parts = ("data", "indices", "indptr")
        return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in parts)
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else bool(one == other)


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
