"""``textpipe filter``: the command as a mail system calls it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPAM = b"Subject: Win\n\nYou win a free prize\n"
HAM = b"Subject: Lunch\n\nSee you at lunch tomorrow with Ann\n"


def called(*arguments: object, mail: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "textpipe", "filter", *map(str, arguments)],
        input=mail,
        capture_output=True,
        check=False,
    )


def test_a_mail_goes_through_the_command(model: Path) -> None:
    done = called(model, mail=SPAM)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"X-Textpipe-Status: Spam, score=")
    assert done.stdout.endswith(b"\n" + SPAM)


def test_bytes_that_are_no_text_come_through(model: Path) -> None:
    mail = b"Subject: \xff\r\n\r\n\x80\x00\r\n.\r\nFrom here\r\n\x1a"
    done = called(model, "--exit-zero", mail=mail)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"\r\n" + mail)


@pytest.mark.parametrize(
    ("options", "mail", "code", "begins"),
    [
        ((), SPAM, 0, "X-Textpipe-Status: Spam, score="),
        ((), HAM, 1, "X-Textpipe-Status: Ham, score="),
        ((), b"Subject: quux\n\n", 2, "X-Textpipe-Status: Unsure, score="),
        (("-e",), HAM, 0, "X-Textpipe-Status: Ham, score="),
        (("--exit-zero",), HAM, 0, "X-Textpipe-Status: Ham, score="),
        (("--report",), HAM, 1, "Ham, score="),
        (("--unsure-as", "ham"), b"Subject: quux\n\n", 1, "X-Textpipe-Status: Ham, score="),
        (("--limit", "10"), SPAM, 2, 'X-Textpipe-Status: Unjudged, reason="larger than 10 bytes"'),
        (("--positive", "ham"), HAM, 0, "X-Textpipe-Status: Spam, score="),
        (("--positive", "phish"), HAM, 3, "Subject: Lunch"),
        (("--positive", "phish", "-e"), HAM, 0, "Subject: Lunch"),
        (("--positive", "phish", "--defer"), HAM, 75, ""),
    ],
)
def test_options_are_passed_on(
    textpipe: Callable[..., Any],
    model: Path,
    options: tuple[str, ...],
    mail: bytes,
    code: int,
    begins: str,
) -> None:
    done = textpipe("filter", model, *options, stdin=mail)
    assert (done.code, done.out[: len(begins)]) == (code, begins)
    assert bool(done.out) == (code != 75)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--no-such-option",),
        ("--limit", "0"),
        ("--limit", "x"),
        ("--unsure-as", "y"),
        ("m", "n"),
    ],
)
def test_a_wrong_call_is_an_error_and_no_verdict(
    textpipe: Callable[..., Any], model: Path, arguments: tuple[str, ...]
) -> None:
    given = arguments if arguments in ((), ("m", "n")) else (model, *arguments)
    done = textpipe("filter", *given, stdin=SPAM)
    assert (done.code, done.out) == (3, "")
    assert done.err


def test_help_is_no_error(textpipe: Callable[..., Any]) -> None:
    done = textpipe("filter", "--help")
    assert done.code == 0
    assert "X-Textpipe-Status" in done.out


def test_the_model_beside_a_mail_system_learns(
    textpipe: Callable[..., Any], model: Path, tmp_path: Path
) -> None:
    """With a journal of its own, as each user of a mail system may have one."""
    journal, mail = tmp_path / "ann.sqlite", tmp_path / "mail.eml"
    mail.write_bytes(b"Subject: late\n\nnoon with the dinner team\n")
    textpipe("learn", model, "spam", mail, "--journal", journal, "--format", "mail").ok()
    assert textpipe("filter", model, stdin=mail.read_bytes()).code == 1
    assert textpipe("filter", model, "--journal", journal, stdin=mail.read_bytes()).code == 0
