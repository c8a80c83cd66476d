"""``textpipe history``: what was a model taught?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.terminal import out, say
from textpipe.printable import json_text, one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from textpipe.corrections import Operation


def history(
    model: reading.ModelPath,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False,
    journal: correcting.JournalPath = None,
) -> None:
    """What a model was taught since it was trained, one operation a line, in order.

    What a rollback has undone is marked with a minus.

    \b
    textpipe history spam.tpipe
    """
    from textpipe.bundle import fingerprint
    from textpipe.corrections import standing

    with correcting.journal_of(model, journal) as book:
        operations = book.operations(fingerprint(model))
        if not operations and book.exists():
            correcting.tell_of_strangers(model, book)
    kept = {operation.sequence for operation in standing(operations)}
    if as_json:
        for one in operations:
            undone = one.kind != "rollback" and one.sequence not in kept
            typer.echo(json_text(one.as_json() | {"undone": undone}))
    elif operations:
        out().print(_table(operations, kept))
    else:
        say(f"{model}: nothing was taught since training")


def _table(operations: Sequence[Operation], kept: set[int]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for one in operations:
        undone = one.kind != "rollback" and one.sequence not in kept
        cells = (
            f"{'-' if undone else ''}{one.sequence}",
            one.time[:19].replace("T", " "),
            one.kind,
            _what(one),
            one_line(one.id, 60),
            one_line(one.source, 60),
        )
        table.add_row(*(Text(cell, "dim" if undone else "") for cell in cells))
    return table


def _what(operation: Operation) -> str:
    """The label, and the one before it.

    >>> from textpipe.corrections import Operation
    >>> _what(Operation("relabel", label="spam", before=("ham",)))
    'ham -> spam'
    """
    if operation.kind == "rollback":
        return f"to {operation.to}"
    before = one_line(", ".join(map(str, operation.before)), 30)
    label = "" if operation.label is None else one_line(str(operation.label), 30)
    return f"{before} -> {label}".strip() if before and label else label or f"{before} ->"
