"""What is written to the terminal, and how an error ends a command."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from textpipe.errors import TextpipeError, TextpipeWarning
from textpipe.printable import printable

PIPED_WIDTH = 120
"""Columns of a table that goes to a file or another program."""


def out() -> Console:
    """Standard output: results. Colours only where it is a terminal."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error: what happened on the way."""
    return _console(stderr=True)


def tell(text: str) -> None:
    """A line of the result, on standard output. The text may be anybody's."""
    out().print(Text(printable(text)), soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Tell the user something on standard error. The text may be anybody's."""
    err().print(Text(printable(text), style), soft_wrap=True)


def _console(stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


class Commands(TyperGroup):
    """The commands. What textpipe raises on purpose is one line on standard error and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with _plain_warnings(), _stopped_in_order():
            try:
                result = super().invoke(ctx)
                sys.stdout.flush()
                return result
            except TextpipeError as error:
                say(f"error: {error}", "red")
                raise typer.Exit(2) from error
            except KeyboardInterrupt as error:
                _end_processes()
                say("stopped")
                raise typer.Exit(143 if isinstance(error, _TerminatedError) else 130) from error
            except BrokenPipeError as error:  # the reader of our output went away: `| head`
                _forget_output()
                raise typer.Exit(1) from error
            except OSError as error:
                if error.errno is None:
                    raise
                where = "" if error.filename is None else f"{error.filename}: "
                say(f"error: {where}{error.strerror}", "red")
                _forget_output()
                raise typer.Exit(2) from error


def _end_processes() -> None:
    """End the processes that work for this one, which would wait for them."""
    if "textpipe.run.workers" in sys.modules:
        from textpipe.run.workers import end

        end()


class _TerminatedError(KeyboardInterrupt):
    """The process was asked to end (SIGTERM)."""


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does, so that nothing half done is left behind."""

    def stop(number: int, frame: object) -> None:
        raise _TerminatedError

    in_main = threading.current_thread() is threading.main_thread()  # which alone hears of signals
    if not in_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Our own warnings as sentences, without the place in our source that Python prints with them."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Any, category: Any, *place: Any, **more: Any) -> None:
            if issubclass(category, TextpipeWarning):
                say(f"warning: {message}", "yellow")
            else:
                usual(message, category, *place, **more)

        warnings.showwarning = show
        yield


def _forget_output() -> None:
    """Python flushes standard output when it ends, which would complain once more."""
    with suppress(OSError):  # what stands in for standard output in tests is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
