"""``textpipe rollback``: a model as it was before."""

from __future__ import annotations

from typing import Annotated

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.terminal import say


def rollback(
    model: reading.ModelPath,
    to: Annotated[
        int,
        typer.Option(
            "--to", metavar="N", help="Go back to how it was after operation N; 0: as trained."
        ),
    ],
    note: correcting.Note = "",
    journal: correcting.JournalPath = None,
) -> None:
    """Go back to how a model was after an operation that textpipe history names.

    That is an operation as well, so that it can be undone by another rollback.

    \b
    textpipe rollback spam.tpipe --to 12
    """
    with correcting.corrected(model, journal) as taught:
        taught.rollback(to, note)
        n = len(taught.corrections())
        say(f"as after operation {to}: {correcting.counted_corrections(n)}")
