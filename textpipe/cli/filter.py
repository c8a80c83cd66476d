"""``textpipe filter``: a mail through a pipe, with its verdict in a header."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from textpipe.serving.pipe_filter import ERROR, LIMIT, Filter, run

USAGE = 2
"""The exit code of a wrong call of any other command."""

AsUnsure = Literal["spam", "ham", "unsure"]


class FilterCommand(TyperCommand):
    """The command, for which exit code 2 is a verdict: a wrong call has that of an error."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Read the command line."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except Exception as error:
            if getattr(error, "exit_code", 0) == USAGE:
                vars(error)["exit_code"] = ERROR
            raise


def filter(  # noqa: A001  # the command's name
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model, such as spam.tpipe.")],
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", "-e", help="Exit code 0 for every verdict.")
    ] = False,
    defer: Annotated[
        bool,
        typer.Option(
            "--defer",
            help="If something goes wrong, write nothing and exit with 75, so that the mail is tried again "
            "later. By default it is passed on as it came.",
        ),
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Write the status only, not the mail.")
    ] = False,
    unsure_as: Annotated[
        AsUnsure,
        typer.Option("--unsure-as", help="What to call a mail of which the model is unsure."),
    ] = "unsure",
    limit: Annotated[
        int,
        typer.Option(
            "--limit", metavar="BYTES", min=1, help="A larger mail is passed on without a verdict."
        ),
    ] = LIMIT,
    positive: Annotated[
        str | None,
        typer.Option(
            "--positive", metavar="LABEL", help='The label that means spam, if it is not "spam".'
        ),
    ] = None,
    journal: Annotated[
        str | None,
        typer.Option(
            "--journal",
            metavar="FILE",
            help="The journal of corrections. By default MODEL.journal.sqlite beside the model.",
        ),
    ] = None,
) -> None:
    """A mail on standard input; the same mail on standard output, with its verdict in a header.

    The header is X-Textpipe-Status: Spam, Ham or Unsure, then the score and the words that spoke most.
    Fields of that kind that the mail brings are taken out; all else stays as it is. The exit code is 0
    for spam, 1 for ham, 2 for unsure, 3 for an error. Whatever goes wrong, the mail is passed on.

    \b
    textpipe filter spam.tpipe < letter.eml
    textpipe filter spam.tpipe --report < letter.eml
    """
    raise typer.Exit(
        run(Filter(model, exit_zero, defer, report, unsure_as, limit, positive, journal))
    )
