"""The command ``textpipe``: one file a command.

Only typer and rich are imported here; what does the work is imported when a command runs, so that
``textpipe --help`` answers at once.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from textpipe.cli.cache import cache
from textpipe.cli.check import check
from textpipe.cli.condense import condense
from textpipe.cli.diagnose import diagnose
from textpipe.cli.evaluate import evaluate
from textpipe.cli.explain import explain
from textpipe.cli.filter import FilterCommand
from textpipe.cli.filter import filter as filter_mail
from textpipe.cli.fit import fit
from textpipe.cli.history import history
from textpipe.cli.info import info
from textpipe.cli.learn import learn
from textpipe.cli.new import new
from textpipe.cli.predict import predict
from textpipe.cli.refit import refit
from textpipe.cli.relabel import relabel
from textpipe.cli.rollback import rollback
from textpipe.cli.run import run
from textpipe.cli.serve import serve
from textpipe.cli.sort import sort
from textpipe.cli.stages import stages
from textpipe.cli.terminal import Commands
from textpipe.cli.threshold import threshold
from textpipe.cli.trace import trace
from textpipe.cli.train_tagger import train_tagger
from textpipe.cli.unlearn import unlearn

app = typer.Typer(
    name="textpipe",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def flowing(docstring: str) -> str:
    r"""A docstring whose paragraphs are one line each, so that the terminal's width cuts them.

    Paragraphs that begin with a backspace (examples) keep their lines, as typer has it.

    >>> flowing("One\ntwo.\n\n\b\n$ a\n$ b")
    'One two.\n\n\x08\n$ a\n$ b'
    """
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(
        paragraph if paragraph.startswith("\b") else " ".join(paragraph.split())
        for paragraph in paragraphs
    )


_PANELS: dict[str, list[Callable[..., None]]] = {
    "Begin": [new, stages, check, trace],
    "Train and judge": [run, evaluate, threshold, diagnose, fit],
    "Use": [predict, explain, filter_mail, sort, serve, info],
    "Correct": [learn, unlearn, relabel, history, rollback, refit],
    "Make a resource": [condense, train_tagger],
    "Keep house": [cache],
}

for _panel, _commands in _PANELS.items():
    for _command in _commands:
        _kind = FilterCommand if _command is filter_mail else None  # its exit codes are verdicts
        app.command(cls=_kind, rich_help_panel=_panel, help=flowing(_command.__doc__ or ""))(
            _command
        )


def _version(wanted: bool) -> None:
    if wanted:
        from textpipe import __version__

        typer.echo(f"textpipe {__version__}")
        raise typer.Exit()


@app.callback()
def _textpipe(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From raw text to a decision that you can explain.

    A definition (a TOML file) chains stages; trained on labelled documents it is a model.

    \b
    textpipe new spam                 a definition and sample data to begin with
    textpipe run spam/spam.toml       train, judge, save and report
    textpipe predict build/spam/model.tpipe new.txt
    """


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows pipes are not UTF-8 by themselves
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="textpipe")
