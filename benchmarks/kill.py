"""Commands that are killed at any moment and run again: the same bytes, and only what was not done is redone.

    python benchmarks/kill.py [--times N] [--quick] [--json FILE]

``textpipe predict --out`` and ``textpipe fit --cache`` are begun in a process group of their own, and all
of it gets SIGKILL after a random time, again and again until a run comes to its end. Then the result is
compared with that of a run that nobody disturbed. The table says how many kills there were, how many
documents that a killed run had finished were not worked on again (of predict), and how many results were
the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DOCUMENTS, QUICK = 20_000, 2_000
ROOT = Path(__file__).parent.parent


def command(*arguments: str | Path) -> list[str]:
    """A command of textpipe."""
    return [sys.executable, "-m", "textpipe", *map(str, arguments)]


def ended(arguments: list[str], after: float | None) -> tuple[bool, str]:
    """Did it end by itself before it was killed? And what it said on standard error."""
    process = subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=after)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return False, ""
    if process.returncode:
        raise RuntimeError(said)
    return True, said


def digest(path: Path) -> str:
    """By which two results are known to be the same: a file, or all files of a folder."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    found = hashlib.sha256()
    for file in files:
        if file.is_file():
            found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def killed(make: Any, kills: int, chance: random.Random) -> dict[str, Any]:
    """A command killed ``kills`` times in all, over as many whole runs as that takes.

    ``make(folder)`` gives the command and the file that it writes.
    """
    with tempfile.TemporaryDirectory() as place:
        arguments, file = make(Path(place))
        started = time.perf_counter()
        ended(arguments, None)
        whole, wanted = time.perf_counter() - started, digest(file)
    n_kills = n_runs = n_same = spared = 0
    while n_kills < kills:
        with tempfile.TemporaryDirectory() as place:
            arguments, file = make(Path(place))
            done, said = False, ""
            while not done:
                more = n_kills < kills
                done, said = ended(arguments, chance.uniform(0.1, whole) if more else None)
                n_kills += not done
            n_runs += 1
            n_same += digest(file) == wanted
            if found := re.search(r"([\d,]+) documents? were done by an earlier run", said):
                spared += int(found[1].replace(",", ""))
    return {
        "kills": n_kills,
        "results": n_runs,
        "same": n_same,
        "documents_spared": spared,
        "seconds_undisturbed": whole,
    }


def main() -> None:
    """Print a table; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=100, help="kills of each command; default 100")
    parser.add_argument("--quick", action="store_true", help="a few kills, to try it out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    kills, documents = (3, QUICK) if options.quick else (options.times, DOCUMENTS)
    chance = random.Random(options.seed)  # noqa: S311  # moments and made-up words
    figures = {}
    print(f"{documents:,} documents\n")
    print(
        "| command | kills | results | the same bytes | documents not redone | seconds undisturbed |"
    )
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as shared:
        folder = Path(shared)
        table, model = folder / "many.csv", folder / "model.tpipe"
        write_table(table, documents, chance)
        definition = ROOT / "pipelines" / "spam_words.toml"
        ended(command("fit", definition, "--out", model, "--no-cache"), None)

        def predicting(place: Path) -> tuple[list[str], Path]:
            out = place / "verdicts.tsv"
            return command("predict", model, table, "--out", out), out

        def fitting(place: Path) -> tuple[list[str], Path]:
            out, cache = place / "model.tpipe", place / "cache"
            given = ("fit", definition, "--data", table, "--out", out, "--cache", cache, "--force")
            return command(*given), out

        for name, make in (("predict --out", predicting), ("fit --cache", fitting)):
            found = figures[name] = killed(make, kills, chance)
            print(
                f"| {name} | {found['kills']} | {found['results']} | {found['same']} | "
                f"{found['documents_spared']:,} | {found['seconds_undisturbed']:.1f} |",
                flush=True,
            )
            assert found["same"] == found["results"], f"{name}: a result differs"
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def write_table(path: Path, documents: int, chance: random.Random) -> None:
    """Made-up messages of two labels."""
    words = {
        "ham": ["see", "you", "at", "the", "lake", "for", "lunch", "tomorrow", "bring", "boat"],
        "spam": ["win", "a", "free", "prize", "now", "claim", "your", "money", "loan", "casino"],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write("label,text\n")
        for number in range(documents):
            label = "spam" if number % 3 == 0 else "ham"
            some = chance.choices(words[label] + words["ham"], k=chance.randint(5, 40))
            file.write(f"{label},{' '.join(some)} {number}\n")


if __name__ == "__main__":
    main()
