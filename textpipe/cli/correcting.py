"""What the commands share that teach a model, or use one that was taught."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textpipe.cli import reading
from textpipe.cli.taken import Taken, batches
from textpipe.cli.terminal import say
from textpipe.errors import InputError
from textpipe.printable import json_text, one_line

if TYPE_CHECKING:
    from textpipe.corrections import CorrectedModel, Journal, Outcome
    from textpipe.documents import Documents
    from textpipe.pipeline import Pipeline

CORRECTIONS = "Corrections"
TEXT_ID = "--text:"

JournalPath = Annotated[
    str | None,
    typer.Option(
        "--journal",
        metavar="FILE",
        help="The journal of corrections: a file, or an address such as postgresql+psycopg://host/name. "
        "By default MODEL.journal.sqlite beside the model.",
        rich_help_panel=CORRECTIONS,
    ),
]
WithoutCorrections = Annotated[
    bool,
    typer.Option(
        "--without-corrections",
        help="The model as it was trained, without what it was taught since.",
        rich_help_panel=CORRECTIONS,
    ),
]
LabelName = Annotated[str, typer.Argument(metavar="LABEL", help="The label, such as spam.")]
Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="D",
        help="Files or folders; - or nothing: standard input, a document each line.",
    ),
]
Texts = Annotated[
    list[str] | None,
    typer.Option("--text", metavar="TEXT", help="A text itself. Give it once for each."),
]
Ids = Annotated[
    list[str] | None,
    typer.Option(
        "--id", metavar="ID", help="A document of training, by its id. Give it once for each."
    ),
]
Note = Annotated[
    str, typer.Option("--note", metavar="TEXT", help="Kept in the journal: who says so, or why.")
]
NewLabel = Annotated[
    bool,
    typer.Option("--new-label", help="The label is a new one, which the model does not know yet."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines instead of ID, WHAT HAPPENED.")]


def deciding(model: Path, journal: str | None = None, without: bool = False) -> Pipeline:
    """The model at a path, with its corrections unless ``without``; how many there are is said.

    Raises InputError if it decides nothing.
    """
    if without or not (book := journal_of(model, journal)).exists():
        return reading.deciding(model)
    from textpipe.bundle import fingerprint

    with book:
        if not book.operations(fingerprint(model)):
            tell_of_strangers(model, book)
            return reading.deciding(model)
        from textpipe.corrections import CorrectedModel

        corrected = CorrectedModel(model, book)
        if n := len(corrected.corrections()):
            say(f"with {counted_corrections(n)}")
        return corrected.pipeline


def journal_of(model: Path, journal: str | None) -> Journal:
    """The journal that was named, else the one beside the model."""
    from textpipe.corrections import Journal, journal_beside

    return Journal(journal or journal_beside(model))


def tell_of_strangers(model: Path, book: Journal) -> None:
    """Say so if the journal holds operations, but none on this model or one that it comes from."""
    from textpipe.bundle import info
    from textpipe.sources.counted import counted

    training = info(model).get("training", {})
    known = set(training.get("corrections", {}).get("models", []))
    n = sum(count for name, count in book.models().items() if name not in known)
    if n and book.path() is not None:  # a database that is shared holds other models' as a rule
        say(
            f"warning: {book} holds {counted(n, 'operation')} on another model (it was trained anew "
            "since?): not used",
            "yellow",
        )


@contextlib.contextmanager
def corrected(model: Path, journal: str | None) -> Iterator[CorrectedModel]:
    """The model at a path with its corrections, to be taught."""
    from textpipe.corrections import CorrectedModel

    with CorrectedModel(model, journal) as found:
        if not found.history():
            tell_of_strangers(model, found.journal)
        yield found


def label_of(model: CorrectedModel, text: str) -> Any:
    """The label as the model has it: a number where training's labels are numbers."""
    classes = getattr(model.pipeline.stages[-1], "classes_", None)
    if classes is not None and classes.dtype.kind in "UO":
        return text
    try:
        return int(text) if classes is not None and classes.dtype.kind in "iu" else float(text)
    except ValueError as error:
        raise InputError(
            f"{one_line(repr(text))} is no number, and the labels of this model are numbers"
        ) from error


def given_documents(
    model: CorrectedModel,
    sources: list[str] | None,
    texts: list[str] | None,
    options: reading.Options,
    command: str,
) -> Iterator[Documents]:
    """The documents of --text, files and standard input, some hundreds at a time.

    ``command`` is what was called, for an example. Raises InputError where there are none.
    """
    from textpipe.documents import Documents

    if texts:
        first = 1 + _texts_so_far(model)
        yield Documents.of(texts, [f"{TEXT_ID}{n}" for n in range(first, first + len(texts))])
    if sources or not texts:
        if not sources and (sys.stdin is None or sys.stdin.isatty()):
            raise InputError(_no_documents(command))
        taken = Taken()
        yield from batches(taken.records(sources or ["-"], options))
        if not sources and not taken.documents:
            raise InputError(_no_documents(command))
        taken.tell("read")


def _no_documents(command: str) -> str:
    by_id = "" if " learn " in command else ", --id ID for one of training"
    return (
        f"there are no documents: name files, or give --text TEXT{by_id}, or pipe lines into it, such as "
        f'echo "a text" | {command}'
    )


def is_typed(documents: Documents) -> bool:
    """Do these documents come from --text?"""
    return str(documents.ids[0].as_py()).startswith(TEXT_ID)


def _texts_so_far(model: CorrectedModel) -> int:
    """The number of the last --text in the journal, so that each is called by a name of its own."""
    numbers = [
        one.id.removeprefix(TEXT_ID) for one in model.history() if one.id.startswith(TEXT_ID)
    ]
    return max((int(n) for n in numbers if n.isascii() and n.isdecimal()), default=0)


def write_outcomes(model: CorrectedModel, outcomes: Iterator[list[Outcome]], as_json: bool) -> None:
    """A line for each document as soon as it is kept, and what it comes to on standard error."""
    happened: Counter[str] = Counter()
    line_of: Callable[[Outcome], str] = _json_line if as_json else _plain_line
    for part in outcomes:
        for outcome in part:
            sys.stdout.write(line_of(outcome) + "\n")
        sys.stdout.flush()
        happened.update(outcome.happened for outcome in part)
    what = ", ".join(f"{count:,} {name}" for name, count in happened.items()) or "nothing given"
    say(f"{what}; now {counted_corrections(len(model.corrections()))}")


def counted_corrections(n: int) -> str:
    """Such as ``1 correction``.

    >>> counted_corrections(1200)
    '1,200 corrections'
    """
    from textpipe.sources.counted import counted

    return counted(n, "correction")


def _plain_line(outcome: Outcome) -> str:
    return f"{one_line(outcome.id)}\t{one_line(str(outcome))}"


def _json_line(outcome: Outcome) -> str:
    return json_text(
        {
            "id": outcome.id,
            "happened": outcome.happened,
            "label": outcome.label,
            "before": list(outcome.before),
        }
    )
