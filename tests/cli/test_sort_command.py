"""``textpipe sort``: what it says and what it leaves alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPAM = b"Subject: Win\n\nYou win a free prize\n"
HAM = b"Subject: Lunch\n\nSee you at lunch tomorrow with Ann\n"
UNSURE = b"Subject: quux\n\nquuux\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    path = tmp_path / "Maildir"
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    (path / "cur" / "1.a:2,S").write_bytes(SPAM)
    (path / "new" / "2.b").write_bytes(HAM)
    (path / "new" / "3.c").write_bytes(UNSURE)
    return path


def mails(path: Path) -> list[str]:
    return sorted(
        str(file.relative_to(path))
        for file in path.rglob("*")
        if file.is_file() and file.name != "maildirfolder"
    )


def test_it_says_what_it_would_do(textpipe: Callable[..., Any], model: Path, maildir: Path) -> None:
    done = textpipe("sort", model, maildir).ok()
    assert "1 spam: would go to .Spam" in done.out
    assert "1 ham: stay" in done.out
    assert "1 unsure: would go to .Unsure" in done.out
    assert "give --apply" in done.err
    assert mails(maildir) == ["cur/1.a:2,S", "new/2.b", "new/3.c"]
    assert sorted(path.name for path in maildir.iterdir()) == ["cur", "new", "tmp"]


def test_it_does_what_it_said(
    textpipe: Callable[..., Any], model: Path, maildir: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.jsonl"
    textpipe("sort", model, maildir, "--report", report).ok()
    done = textpipe("sort", model, maildir, "--report", report, "--apply").ok()
    assert "1 spam: went to .Spam" in done.out
    assert "3 mails had been judged by an earlier run" in done.err
    assert mails(maildir) == [".Spam/cur/1.a:2,S", ".Unsure/new/3.c", "new/2.b"]
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert [line.get("to") for line in lines[1:4]] == [".Spam", None, ".Unsure"]
    done = textpipe("sort", model, maildir, "--apply").ok()
    assert "1 ham: stay" in done.out
    assert "spam" not in done.out


def test_folders_can_have_other_names(
    textpipe: Callable[..., Any], model: Path, maildir: Path
) -> None:
    options = ("--apply", "--spam-folder", "Junk", "--unsure-as", "spam")
    textpipe("sort", model, maildir, *options).ok()
    assert mails(maildir) == [".Junk/cur/1.a:2,S", ".Junk/new/3.c", "new/2.b"]
    said = textpipe("sort", model, maildir, "--spam-folder", "../Junk").refused()
    assert "cannot be the name of a folder" in said


def test_an_mbox_is_left_as_it_is(
    textpipe: Callable[..., Any], model: Path, tmp_path: Path
) -> None:
    line = b"From a@b Mon Jan  5 10:00:00 2026\n"
    content = b"".join(line + mail + b"\n" for mail in (SPAM, HAM, UNSURE, SPAM))
    (tmp_path / "inbox").write_bytes(content)
    done = textpipe("sort", model, tmp_path / "inbox", "--apply").ok()
    assert "2 spam: went to inbox.sorted/spam.mbox" in done.out
    assert (tmp_path / "inbox").read_bytes() == content
    assert (tmp_path / "inbox.sorted" / "spam.mbox").read_bytes() == (line + SPAM + b"\n") * 2
    assert "there already" in textpipe("sort", model, tmp_path / "inbox", "--apply").refused()


def test_what_a_stranger_wrote_does_nothing_to_the_terminal(
    textpipe: Callable[..., Any], model: Path, maildir: Path
) -> None:
    mail = b"Subject: \x1b[31m[bold]free=?utf-8?q?=1B=5B31m=0A?= [/nonsense] prize\n\nwin a free prize\n"
    (maildir / "new" / "4.\x1b[31m[red]").write_bytes(mail)
    done = textpipe("sort", model, maildir).ok()
    assert "\x1b" not in done.out + done.err
    assert "2 spam: would go" in done.out
    assert "[/nonsense]" in done.out


def test_what_is_no_mailbox_is_refused(
    textpipe: Callable[..., Any], model: Path, tmp_path: Path
) -> None:
    assert "no such mailbox" in textpipe("sort", model, tmp_path / "none").refused()
    assert "no Maildir" in textpipe("sort", model, tmp_path).refused()
    (tmp_path / "text").write_text("a text")
    assert "no mbox file" in textpipe("sort", model, tmp_path / "text").refused()


def test_an_empty_mailbox_has_no_mails(
    textpipe: Callable[..., Any], model: Path, tmp_path: Path
) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    assert "no mails" in textpipe("sort", model, tmp_path / "Maildir", "--apply").ok().out
    (tmp_path / "inbox").write_bytes(b"")
    assert "no mails" in textpipe("sort", model, tmp_path / "inbox").ok().out


def test_a_command_that_is_killed_while_it_files_is_ended_by_the_next(
    textpipe: Callable[..., Any], model: Path, maildir: Path
) -> None:
    for number in range(500):
        (maildir / "new" / f"5{number:03}.x").write_bytes(SPAM + b"%d\n" % number)
    names, spam = sorted(Path(name).name for name in mails(maildir)), maildir / ".Spam" / "new"
    command = [sys.executable, "-m", "textpipe", "sort", str(model), str(maildir), "--apply"]
    with subprocess.Popen(command, stdout=-3, stderr=-3) as process:  # noqa: S603  # ours
        while process.poll() is None and not (spam.exists() and any(spam.iterdir())):
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert {Path(name).name for name in mails(maildir)} == {*names}
    textpipe("sort", model, maildir, "--apply").ok()
    assert sorted(Path(name).name for name in mails(maildir)) == names
    assert len(mails(maildir / ".Spam")) == 501
    assert mails(maildir / "new") == ["2.b"]
