"""What ``import textpipe`` and ``textpipe --help`` cost, in CPU seconds of a fresh process.

    python benchmarks/import_time.py [--json FILE]

Medians of nine runs, less nothing: Python's own start is shown beside them.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 9
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import textpipe": [sys.executable, "-c", "import textpipe"],
    "textpipe --help": [sys.executable, "-m", "textpipe", "--help"],
    "from textpipe import Pipeline": [sys.executable, "-c", "from textpipe import Pipeline"],
}


def main() -> None:
    """Print a table; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            seconds[name].append(cpu_seconds(command))
    print("| | CPU seconds |\n|---|---|")
    figures = {name: statistics.median(runs) for name, runs in seconds.items()}
    for name, median in figures.items():
        print(f"| {name} | {median:.3f} |")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
