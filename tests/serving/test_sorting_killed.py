"""A mailbox sorted by a process that is killed at any moment: no mail is lost, the next run ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

UNSURE = b"Subject: quux\n\nquuux\n"


@pytest.fixture
def maildir(tmp_path: Path, spam: bytes, ham: bytes) -> Path:
    """A spam, a ham and a mail of which the model is unsure."""
    path = tmp_path / "Maildir"
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    (path / "cur" / "1.a:2,S").write_bytes(spam)
    (path / "new" / "2.b").write_bytes(ham)
    (path / "cur" / "3.c:2,").write_bytes(UNSURE)
    return path


KILLED = r"""
import json, os, shutil, signal, sys
from pathlib import Path

from textpipe import Detector
from textpipe.serving.mailboxes import locked, open_mailbox
from textpipe.serving.sorting import Sorter

MOMENTS = {"os.link", "os.remove", "os.rename", "os.mkdir", "os.utime", "open"}
model, source, work = map(Path, sys.argv[1:])
detector = Detector.load(model)


def sort(place, die_at):
    # Files it, in a process of its own that dies just before the given system call. Did it die?
    child = os.fork()
    if not child:
        count = 0

        def hook(event, _):
            nonlocal count
            if event in MOMENTS:
                count += 1
                if count == die_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            box = open_mailbox(place / source.name, {"spam": "Spam", "unsure": "Unsure"})
            with locked(place / source.name):
                for _ in Sorter(detector, box, True, place / "report.jsonl"):
                    pass
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitpid(child, 0)[1]


def state(place):
    return sorted(
        (str(path.relative_to(place)), path.read_bytes().hex(), path.stat().st_ino)
        for path in place.rglob("*")
        if path.is_file() and path.name != "report.jsonl"
    )


def copy(place):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    (shutil.copytree if source.is_dir() else shutil.copy)(source, place / source.name)
    shutil.copy(work / "dry.jsonl", place / "report.jsonl")


dry = Sorter(detector, open_mailbox(source, {"spam": "Spam", "unsure": "Unsure"}), False, work / "dry.jsonl")
assert all(dry)
runs, at = [], 0
while True:
    at += 1
    copy(work / "place")
    status = sort(work / "place", at)
    killed = state(work / "place")
    again = None if status == 0 else sort(work / "place", 0)
    runs.append([status, killed, again, state(work / "place")])
    if status == 0:
        break
print(json.dumps(runs))
"""


def killed_at_every_moment(
    bundle: Path, source: Path, work: Path
) -> list[tuple[int, dict[str, bytes], int | None, dict[str, bytes]]]:
    """For each moment: how the run ended, what was there, how the next run ended, what was there then."""
    work.mkdir()
    done = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", KILLED, str(bundle), str(source), str(work)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]

    def read(state: list[tuple[str, str, int]]) -> dict[str, bytes]:
        return {name: bytes.fromhex(content) for name, content, _ in state}

    return [
        (one, read(there), again, read(then)) for one, there, again, then in json.loads(done.stdout)
    ]


def test_a_maildir_survives_a_kill_at_every_moment(
    bundle: Path, maildir: Path, tmp_path: Path, spam: bytes
) -> None:
    for number in range(4):
        (maildir / "new" / f"7{number}.x").write_bytes(spam + b"%d" % number)
    mails = sorted(path.read_bytes() for path in maildir.rglob("*") if path.is_file())
    runs = killed_at_every_moment(bundle, maildir, tmp_path / "work")
    *_, (ended, _, _, whole) = runs
    assert ended == 0
    assert len(runs) > 20
    half = 0
    for status, there, again, then in runs[:-1]:
        assert status == 9
        assert {*mails} <= {*there.values()}, "a mail was lost"
        half += len([name for name in there if not name.endswith("maildirfolder")]) > len(mails)
        assert again == 0
        assert then == whole
    assert half > 3, "no run was killed while a mail had two names"
    kept = {name: content for name, content in whole.items() if not name.endswith("maildirfolder")}
    assert sorted(kept.values()) == mails
    assert sorted(kept) == [
        *("Maildir/.Spam/cur/1.a:2,S", *(f"Maildir/.Spam/new/7{at}.x" for at in range(4))),
        *("Maildir/.Unsure/cur/3.c:2,", "Maildir/new/2.b"),
    ]


def test_an_mbox_survives_a_kill_at_every_moment(
    bundle: Path, tmp_path: Path, spam: bytes, ham: bytes
) -> None:
    line = b"From a@b Mon Jan  5 10:00:00 2026\n"
    content = b"".join(line + mail + b"\n" for mail in (spam, ham, UNSURE, spam))
    source = tmp_path / "inbox"
    source.write_bytes(content)
    runs = killed_at_every_moment(bundle, source, tmp_path / "work")
    *_, (ended, _, _, whole) = runs
    assert ended == 0
    assert len(runs) > 8
    for status, there, again, then in runs[:-1]:
        assert status == 9
        assert there["inbox"] == content
        if any(name.startswith("inbox.sorted/") for name in there):
            assert there == whole, "it was there before it was whole"
            assert again != 0
        else:
            assert again == 0
        assert then == whole
    assert sorted(whole) == [
        "inbox",
        *(f"inbox.sorted/{one}.mbox" for one in ("ham", "spam", "unsure")),
    ]
    assert sum(map(len, whole.values())) == 2 * len(content)
