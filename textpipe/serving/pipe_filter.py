"""A mail on standard input, the same mail with its verdict on standard output.

What happens to the mail comes before what is said of it: whatever goes wrong, it is passed on as it
came. Nothing is imported here but the standard library, until there is a mail to judge.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

if TYPE_CHECKING:
    from textpipe.serving.verdict import Verdict

SPAM, HAM, UNSURE, ERROR, DEFER = 0, 1, 2, 3, 75
"""Exit codes: those of bogofilter, and EX_TEMPFAIL of sysexits.h."""

LIMIT = 10_000_000

PIECE = 1 << 20


@dataclass(frozen=True)
class Filter:
    """What ``textpipe filter`` is told.

    model      the bundle
    exit_zero  the exit code is 0, whatever the verdict, when the mail was passed on whole
    defer      where something goes wrong, nothing is written and the exit code is 75
    report     only the status is written, not the mail
    unsure_as  what "unsure" is called: "spam", "ham" or "unsure"
    limit      bytes; a larger mail is passed on without a verdict
    positive   the label that means spam; None: "spam"
    journal    where the model's corrections are; None: beside it
    """

    model: Path
    exit_zero: bool = False
    defer: bool = False
    report: bool = False
    unsure_as: str = "unsure"
    limit: int = LIMIT
    positive: str | None = None
    journal: str | None = None

    def __call__(self, given: BinaryIO, written: BinaryIO) -> int:
        """Pass on the mail that is ``given``; returns the exit code."""
        try:
            raw = self._read(given)
        except Exception as error:
            _say(f"{_shown(error)}; the mail could not be read")
            return DEFER if self.defer else ERROR
        try:
            with contextlib.redirect_stdout(sys.stderr):  # what a stage prints is no part of a mail
                changed, code = self._judged(raw)
        except Exception as error:  # a mail must not be lost, whatever it is
            if self.defer:
                _say(f"{_shown(error)}; the mail is deferred")
                return DEFER
            _say(f"{_shown(error)}; the mail was passed on as it is")
            changed, code = b"" if self.report else raw, ERROR
        try:
            written.write(changed)
            while not self.report and len(raw) > self.limit and (piece := given.read(PIECE)):
                written.write(piece)
            written.flush()
        except OSError as error:
            _say(f"{_shown(error)}; the mail could not be passed on whole")
            return DEFER if self.defer else ERROR
        return 0 if self.exit_zero else code

    def _read(self, given: BinaryIO) -> bytes:
        """The mail, whole if it is within the limit; if not, all of its header at least."""
        raw = given.read(self.limit + 1)
        if len(raw) <= self.limit:
            return raw
        from textpipe.serving.mail_status import has_empty_line

        pieces, seen, start = [raw], raw, 0
        while not has_empty_line(seen, start) and (piece := given.read(PIECE)):
            pieces.append(piece)
            seen, start = seen[-3:] + piece, 1
        return b"".join(pieces)

    def _judged(self, raw: bytes) -> tuple[bytes, int]:
        from textpipe.serving.mail_status import kind_of, status_of, unjudged, with_status

        if len(raw) > self.limit:
            status, code = unjudged(f"larger than {self.limit:,} bytes"), UNSURE
        else:
            verdict = self._verdict(raw)
            kind = kind_of(verdict, self.unsure_as)
            status, code = status_of(verdict, self.unsure_as), ("spam", "ham", "unsure").index(kind)
        return f"{status}\n".encode("ascii") if self.report else with_status(raw, status), code

    def _verdict(self, raw: bytes) -> Verdict:
        from textpipe.serving.detector import Detector

        with Detector.load(self.model, self.journal, self.positive) as detector:
            return detector.judge(raw)


def _say(text: str) -> None:
    """A line on standard error, with nothing of a terminal's commands in it."""
    from textpipe.printable import one_line

    with contextlib.suppress(OSError, ValueError, AttributeError):  # the mail matters more
        sys.stderr.write(f"textpipe filter: {one_line(text, 1000)}\n")
        sys.stderr.flush()


def _shown(error: Exception) -> str:
    from textpipe.errors import TextpipeError

    return str(error) if isinstance(error, TextpipeError) else f"{type(error).__name__}: {error}"


class _Options(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """A call that cannot be understood is an error, and no verdict: 2 would mean "unsure"."""
        _say(f"{message}. See textpipe filter --help")
        raise SystemExit(ERROR)


def _bytes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes above 0")
    return int(text)


def options() -> argparse.ArgumentParser:
    """The options of ``textpipe filter``, for the way that loads nothing else."""
    parser = _Options(prog="textpipe filter", add_help=False, allow_abbrev=False)
    parser.add_argument("model", type=Path)
    for switch in (("--exit-zero", "-e"), ("--defer",), ("--report",)):
        parser.add_argument(*switch, action="store_true")
    parser.add_argument("--unsure-as", choices=("spam", "ham", "unsure"), default="unsure")
    parser.add_argument("--limit", type=_bytes, default=LIMIT)
    parser.add_argument("--positive")
    parser.add_argument("--journal")
    return parser


def run(wanted: Filter) -> int:
    """Filter what is on standard input; returns the exit code."""
    from textpipe.serving.sparing import sparing_imports

    if sys.stdin is None or sys.stdout is None:
        _say("standard input and standard output must be open: the mail comes and goes by them")
        return DEFER if wanted.defer else ERROR
    with contextlib.ExitStack() as around:
        with contextlib.suppress(Exception):  # it will be seen again, with the mail in hand
            around.enter_context(sparing_imports())
        return wanted(sys.stdin.buffer, sys.stdout.buffer)


def main(
    arguments: Sequence[str] | None = None,
) -> NoReturn:  # pragma: no cover  # in a process that ends at once
    """A process of its own that filters one mail."""
    gc.disable()  # the process ends before it would pay
    code = run(Filter(**vars(options().parse_args(arguments))))
    os._exit(code)  # all is written: taking the libraries down costs time


if __name__ == "__main__":
    main()
