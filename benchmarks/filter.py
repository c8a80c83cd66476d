"""From the start of a process to the verdict on one mail: what a mail system pays for each.

    python benchmarks/filter.py [--quick] [--json FILE] [--rounds 11]

A model of pipelines/mail_spam_small.toml is trained on four fifths of data/mail and, unless --quick, one on
four fifths of SpamAssassin's mails. Then mails of the last fifth go through, each by a process of its own: by
`textpipe filter`; and, trained on the same mails, by a script as one writes it by hand: email,
BeautifulSoup, scikit-learn's TF-IDF and neighbours, loaded by joblib. Python's own start and the import of
scikit-learn's neighbours stand beside
them. CPU is user and system time, wall from start to end, medians of interleaved rounds with a mail of median
size. Ours must pass each mail on whole.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from _measure import need
from mail import files

import textpipe as tp

HERE = Path(__file__).parent.parent
DEFINITION = HERE / "pipelines" / "mail_spam_small.toml"
ROUNDS = 11
JUDGED, QUICK = 40, 1
"""So many mails go through both, to see what becomes of them."""

SCRIPT = """\
import email, sys

from bs4 import BeautifulSoup


def text_of(raw):
    message = email.message_from_bytes(raw)
    parts = [str(message["Subject"] or "")]
    for part in message.walk():
        if part.get_content_type() in ("text/plain", "text/html"):
            body = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
            if part.get_content_type() == "text/html":
                body = BeautifulSoup(body, "lxml").get_text(" ")
            parts.append(body)
    return "\\n".join(parts)


def train(paths, labels, to):
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    neighbours = KNeighborsClassifier(10, weights="distance", metric="cosine")
    model = make_pipeline(TfidfVectorizer(min_df=2, sublinear_tf=True), neighbours)
    joblib.dump(model.fit([text_of(path.read_bytes()) for path in paths], labels), to)


if __name__ == "__main__":
    import joblib

    raw = sys.stdin.buffer.read()
    verdict = joblib.load(sys.argv[1]).predict([text_of(raw)])[0]
    message = email.message_from_bytes(raw)
    del message["X-Status"]
    message["X-Status"] = verdict
    sys.stdout.buffer.write(message.as_bytes())
    sys.exit(0 if verdict == "spam" else 1)
"""


def main() -> None:
    """Measure, print a table, and write JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small sample: is all passed on?")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    parser.add_argument("--rounds", type=int, default=0, help=f"default {ROUNDS}; with --quick, 1")
    options = parser.parse_args()
    uses = ("scikit-learn", "scipy", "numpy", "pyarrow", "beautifulsoup4")
    versions = {"python": platform.python_version(), **{name: version(name) for name in uses}}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print("| learned | way | CPU s | wall s |\n|---|---|---|---|")
    rows = []
    for quick in (True,) if options.quick else (True, False):
        rows += measured(quick, options.rounds or (1 if options.quick else ROUNDS))
    if options.json:
        made = {"versions": versions, "quick": options.quick, "rows": rows}
        options.json.write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def measured(quick: bool, rounds: int) -> list[dict[str, Any]]:
    """Train both on the sample, or on SpamAssassin's mails, and let both filter."""
    paths, labels = files(quick)
    n = len(paths) - len(paths[::5])
    name = f"{n:,} mails of {'data/mail' if quick else 'SpamAssassin'}"
    rows = []
    with tempfile.TemporaryDirectory() as place:
        script, theirs, ours = (Path(place) / one for one in ("glue.py", "joblib", "model.tpipe"))
        script.write_text(SCRIPT, "utf-8")
        sys.path.insert(0, place)
        import glue  # type: ignore[import-not-found]

        glue.train(paths[:n], labels[:n], theirs)
        documents = tp.read([str(path) for path in paths[:n]], format="mail").documents
        tp.save(tp.from_toml(DEFINITION).pipeline.fit(documents, labels[:n]), ours)
        ways = {
            "textpipe filter": ["-m", "textpipe", "filter", str(ours)],
            "script": [str(script), str(theirs)],
            "python -c pass": ["-c", "pass"],
            "import sklearn.neighbors": ["-c", "import sklearn.neighbors"],
        }
        print(f"| {name} | *{passed_on(ways, paths[n:], labels[n:], quick)}* | | |", flush=True)
        mail = sorted((path.stat().st_size, path) for path in paths[n:])[len(paths[n:]) // 2][1]
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, arguments in ways.items():
                taken[way].append(run(arguments, mail.read_bytes())[1])
        for way, runs in taken.items():
            cpu, wall = (statistics.median(one) for one in zip(*runs, strict=True))
            rows.append({"learned": name, "way": way, "cpu_seconds": cpu, "wall_seconds": wall})
            print(f"| {name} | {way} | {cpu:.3f} | {wall:.3f} |", flush=True)
        sys.path.remove(place)
        del sys.modules["glue"]
    return rows


def run(arguments: list[str], mail: bytes) -> tuple[tuple[int, bytes], tuple[float, float]]:
    """Exit code and output of a process that is given a mail; its CPU and wall seconds."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as written:
        given.write(mail)
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdin=given, stdout=written)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        written.seek(0)
        return (process.returncode, written.read()), (used.ru_utime + used.ru_stime, wall)


def passed_on(ways: dict[str, list[str]], paths: list[Path], labels: list[str], quick: bool) -> str:
    """Is each mail passed on whole? And what is said of them."""
    said: dict[str, Counter[str]] = {"textpipe": Counter(), "the script": Counter()}
    command, script, *_ = ways.values()
    step = len(paths) // (QUICK if quick else JUDGED)
    for path, label in zip(paths[::step], labels[::step], strict=True):
        mail = path.read_bytes()
        (code, written), _ = run(command, mail)
        body = mail.partition(b"\n\n")[2]
        need(written.endswith(b"\n\n" + body) and code in (0, 1, 2), f"{path}: {code}")
        (code_of_script, by_script), _ = run(script, mail)
        failed = b"X-Status:" not in by_script
        verdicts = ("spam", "ham", "unsure")[code], ("spam", "ham")[code_of_script]
        said["textpipe"][kind(verdicts[0], label)] += 1
        said["the script"]["failed" if failed else kind(verdicts[1], label)] += 1
    return "; ".join(
        f"{name}: {', '.join(f'{count} {what}' for what, count in counts.most_common())}"
        for name, counts in said.items()
    )


def kind(verdict: str, label: str) -> str:
    return "unsure" if verdict == "unsure" else "right" if verdict == label else "wrong"


if __name__ == "__main__":
    main()
