"""A mailbox sorted by a real model: what goes where, what is said of it, and what stays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import textpipe as tp
from textpipe.errors import SourceError
from textpipe.serving.mailboxes import open_mailbox
from textpipe.serving.sorting import Filed, Sorter

FOLDERS = {"spam": "Spam", "unsure": "Unsure"}
UNSURE = b"Subject: quux\n\nquuux\n"


@pytest.fixture
def detector(bundle: Path) -> Iterator[tp.Detector]:
    with tp.Detector.load(bundle) as one:
        yield one


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


def names(path: Path) -> list[str]:
    """All files that are mails."""
    return sorted(
        str(file.relative_to(path))
        for file in path.rglob("*")
        if file.is_file() and file.name != "maildirfolder"
    )


def sorted_by(detector: tp.Detector, path: Path, **options: object) -> dict[str, Filed]:
    sorter = Sorter(detector, open_mailbox(path, FOLDERS), **options)  # type: ignore[arg-type]
    return {one.name: one for one in sorter}


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_it_is_said_where_mails_would_go_and_nothing_is_moved(
    detector: tp.Detector, maildir: Path
) -> None:
    found = sorted_by(detector, maildir)
    assert {name: (one.kind, one.to) for name, one in found.items()} == {
        "1.a:2,S": ("spam", ".Spam"),
        "2.b": ("ham", None),
        "3.c:2,": ("unsure", ".Unsure"),
    }
    assert sorted(str(path.relative_to(maildir)) for path in maildir.rglob("*")) == [
        *("cur", "cur/1.a:2,S", "cur/3.c:2,", "new", "new/2.b", "tmp"),
    ]


def test_mails_go_where_it_was_said(detector: tp.Detector, maildir: Path, spam: bytes) -> None:
    sorted_by(detector, maildir, apply=True)
    assert names(maildir) == [".Spam/cur/1.a:2,S", ".Unsure/cur/3.c:2,", "new/2.b"]
    assert (maildir / ".Spam" / "cur" / "1.a:2,S").read_bytes() == spam
    assert list(sorted_by(detector, maildir, apply=True)) == ["2.b"]


def test_unsure_mails_can_be_filed_as_something_else(detector: tp.Detector, maildir: Path) -> None:
    sorted_by(detector, maildir, apply=True, unsure_as="ham")
    assert names(maildir) == [".Spam/cur/1.a:2,S", "cur/3.c:2,", "new/2.b"]


def test_a_report_says_what_went_where_and_why(
    detector: tp.Detector, maildir: Path, tmp_path: Path
) -> None:
    report = tmp_path / "made" / "report.jsonl"
    sorted_by(detector, maildir, apply=True, report=report)
    first, spam, *_ = lines(report)
    assert first["mailbox"] == str(maildir)
    assert (spam["id"], spam["verdict"], spam["to"]) == ("1.a:2,S", "spam", ".Spam")
    assert spam["subject"] == "Win"
    assert "prize" in str(spam["reasons"])
    assert len(lines(report)) == 4


def test_a_report_saves_judging_again(detector: tp.Detector, maildir: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    first = sorted_by(detector, maildir, report=report)
    again = sorted_by(detector, maildir, report=report, apply=True, unsure_as="spam")
    assert not any(one.again for one in first.values())
    assert all(one.again for one in again.values())
    assert {name: one.about for name, one in again.items()} == {
        name: one.about for name, one in first.items()
    }
    assert again["3.c:2,"].to == ".Spam"


def test_a_report_by_another_model_saves_nothing(
    bundle: Path, detector: tp.Detector, maildir: Path, tmp_path: Path, ham: bytes
) -> None:
    report = tmp_path / "report.jsonl"
    sorted_by(detector, maildir, report=report)
    with tp.Detector.load(bundle, positive="ham") as other:
        found = sorted_by(other, maildir, report=report)
    assert [one.again for one in found.values()] == [False] * 3
    assert found["2.b"].kind == "spam"
    detector.learn(ham, "spam")
    found = sorted_by(detector, maildir, report=report)
    assert [one.again for one in found.values()] == [False] * 3
    assert found["2.b"].kind == "spam"


def test_another_file_is_no_report(detector: tp.Detector, maildir: Path, tmp_path: Path) -> None:
    for text in ('{"a": 1}\n', "a,b\n", '{\n"a": 1\n}\n', '{"mailbox": 1}\n'):
        (tmp_path / "other").write_text(text)
        with pytest.raises(SourceError, match="no report"):
            sorted_by(detector, maildir, report=tmp_path / "other", apply=True)
        assert (tmp_path / "other").read_text() == text
    assert names(maildir) == ["cur/1.a:2,S", "cur/3.c:2,", "new/2.b"]


@pytest.mark.parametrize("cut", [1, 5, 20, 60, -1, -30])
def test_a_report_may_end_anywhere(
    detector: tp.Detector, maildir: Path, tmp_path: Path, cut: int
) -> None:
    report = tmp_path / "report.jsonl"
    sorted_by(detector, maildir, report=report)
    report.write_bytes(report.read_bytes()[:cut])
    for _ in range(2):
        assert len(sorted_by(detector, maildir, report=report)) == 3


def test_a_mail_that_cannot_be_judged_stays(
    detector: tp.Detector, maildir: Path, spam: bytes, tmp_path: Path
) -> None:
    (maildir / "cur" / "4.large").write_bytes(spam + b"win a prize " * 100)
    (tmp_path / "outside").write_bytes(spam)
    (maildir / "cur" / "5.link").symlink_to(tmp_path / "outside")
    os.mkfifo(maildir / "cur" / "6.fifo")
    found = sorted_by(detector, maildir, apply=True, limit=1000)
    assert {
        name: (one.kind, one.to) for name, one in found.items() if name >= "4"
    } == dict.fromkeys(("4.large", "5.link", "6.fifo"), ("not judged", None))
    assert found["4.large"].why_not == "larger than 1,000 bytes"
    assert found["6.fifo"].why_not == "is no plain file"
    left = sorted(path.name for path in (maildir / "cur").iterdir())
    assert left == ["4.large", "5.link", "6.fifo"]
    assert (tmp_path / "outside").read_bytes() == spam


def test_two_mails_of_one_name_are_not_confused(
    detector: tp.Detector, maildir: Path, spam: bytes, ham: bytes
) -> None:
    (maildir / "cur" / "9.x").write_bytes(ham)
    (maildir / "new" / "9.x").write_bytes(spam)
    sorted_by(detector, maildir, apply=True)
    assert (maildir / "cur" / "9.x").read_bytes() == ham
    assert (maildir / ".Spam" / "new" / "9.x").read_bytes() == spam


def test_the_same_mail_many_times_is_filed_each_time(
    detector: tp.Detector, maildir: Path, spam: bytes
) -> None:
    for number in range(150):
        (maildir / "new" / f"7{number:03}").write_bytes(spam)
    found = sorted_by(detector, maildir, apply=True)
    assert len(found) == 153
    assert len(names(maildir / ".Spam")) == 151


def test_an_mbox_is_sorted_into_copies(
    detector: tp.Detector, tmp_path: Path, spam: bytes, ham: bytes
) -> None:
    line = b"From a@b Mon Jan  5 10:00:00 2026\n"
    mails = [line + mail + b"\n" for mail in (spam, ham, UNSURE, spam + b"larger " * 200)]
    path = tmp_path / "inbox"
    path.write_bytes(b"".join(mails))
    dry = sorted_by(detector, path, limit=1000)
    assert not (tmp_path / "inbox.sorted").exists()
    assert sorted_by(detector, path, limit=1000, apply=True) == dry
    assert [one.to for one in dry.values()] == [
        f"inbox.sorted/{name}.mbox" for name in ("spam", "ham", "unsure", "ham")
    ]
    folder = tmp_path / "inbox.sorted"
    assert (folder / "spam.mbox").read_bytes() == mails[0]
    assert (folder / "ham.mbox").read_bytes() == mails[1] + mails[3]
    assert (folder / "unsure.mbox").read_bytes() == mails[2]
    assert path.read_bytes() == b"".join(mails)


def test_real_mails_are_all_there_when_they_are_filed(bundle: Path, tmp_path: Path) -> None:
    corpora = os.environ.get("TEXTPIPE_CORPORA")
    if corpora is None:
        pytest.skip("TEXTPIPE_CORPORA is not set, so that spamassassin's mails were not sorted")
    paths = sorted(path for path in (Path(corpora) / "spamassassin").rglob("*") if path.is_file())
    path = tmp_path / "Maildir"
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    mails = {f"{at}.real:2,": one.read_bytes() for at, one in enumerate(paths[::12])}
    for name, content in mails.items():
        (path / "cur" / name).write_bytes(content)
    with tp.Detector.load(bundle) as detector:
        found = sorted_by(detector, path, apply=True)
    assert len(found) == len(mails) > 400
    assert {one.why_not for one in found.values()} == {""}
    for name, content in mails.items():
        folder = found[name].to or "."
        assert (path / folder / "cur" / name).read_bytes() == content
