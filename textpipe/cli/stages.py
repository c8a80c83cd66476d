"""``textpipe stages``: the catalogue, from the docstrings."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textpipe.cli.check import shown
from textpipe.cli.terminal import out
from textpipe.printable import printable

if TYPE_CHECKING:
    from textpipe.stage import Stage

PHASES = {
    "signs": "mail or text → text, and counts of what is odd about it",
    "clean": "source → text",
    "tokenize": "text → tokens",
    "annotate": "tokens → tags",
    "normalize": "tokens → tokens",
    "vectorize": "tokens or text → matrix",
    "classify": "matrix → decisions",
}
"""The folders of stages in the order of a text's way, and what they do."""


def stages(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A stage, to see all about it.")
    ] = None,
) -> None:
    """The stages that a definition may use, or all about one of them.

    Stages of other installed packages are listed too.

    \b
    textpipe stages
    textpipe stages remove_stop_words
    """
    if name is None:
        _list()
    else:
        _describe(name)


def _list() -> None:
    from rich.table import Table
    from rich.text import Text

    from textpipe.catalogue import names, stage_class
    from textpipe.errors import ResourceError

    rows: dict[str, list[tuple[str, str, str]]] = {phase: [] for phase in [*PHASES, "others"]}
    for name in names():
        try:
            cls = stage_class(name)
        except (ResourceError, ImportError) as error:
            rows["others"].append((name, f"cannot be used: {error}", ""))
            continue
        rows[phase_of(cls)].append((name, first_sentence(cls), flow_of(cls)))
    width = max(len(name) for found in rows.values() for name, _, _ in found)
    console = out()
    for phase, found in rows.items():
        if not found:
            continue
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(min_width=width, no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(no_wrap=True)
        for name, sentence, flow in found:
            table.add_row(
                Text(printable(name), "bold"), Text(printable(sentence)), Text(flow, "dim")
            )
        console.print(Text.assemble((phase, "bold cyan"), f"  {PHASES.get(phase, '')}"))
        console.print(table)
        console.print()
    console.print(Text("textpipe stages NAME shows all about one of them", "dim"))


def _describe(name: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from textpipe.catalogue import stage_class
    from textpipe.options import defaults, describe

    cls = stage_class(name)
    hints = typing.get_type_hints(cls.__init__)
    console = out()
    console.print(Text.assemble((name, "bold cyan"), f"  {flow_of(cls)}"))
    console.print()
    console.print(Text(printable(inspect.getdoc(cls) or "")), soft_wrap=True)
    options = defaults(cls)
    if options:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("option", "type", "default"):
            table.add_column(heading)
        for option, default in options.items():
            kind = describe(hints[option]) if option in hints else ""
            table.add_row(Text(option, "bold"), Text(kind), Text(_default(default), "dim"))
        console.print()
        console.print(table)
    console.print()
    console.print(Text("In a definition, every option written out:", "bold"))
    console.print()
    console.print(Text(snippet(name, cls)), soft_wrap=True)


def phase_of(cls: type[Stage]) -> str:
    """The phase of a text's way that a stage belongs to: for ours, the folder it lies in."""
    package, _, rest = cls.__module__.partition(".")
    folder = rest.partition(".")[0]
    return folder if package == "textpipe" and folder in PHASES else "others"


def flow_of(cls: type[Stage]) -> str:
    """The columns that a stage reads and writes; "…" where that hangs on its options."""
    reads, writes = (
        ", ".join(columns) if isinstance(columns, tuple) else "…"
        for columns in (cls.reads, cls.writes)
    )
    return f"{reads} → {writes}"


def first_sentence(cls: type[Stage]) -> str:
    """The first paragraph of a class's docstring in one line, up to its first full stop.

    >>> class Shout:
    ...     '''Write all in capitals. Loud.'''
    >>> first_sentence(Shout)
    'Write all in capitals.'
    """
    paragraph = (inspect.getdoc(cls) or "").partition("\n\n")[0]
    words = " ".join(paragraph.split()).replace("``", "")
    sentence, stop, _ = words.partition(". ")
    return sentence + "." if stop else words


def snippet(name: str, cls: type[Stage]) -> str:
    """The stage as a definition writes it, with each option at its default."""
    from textpipe.options import defaults

    lines = ["[[stages]]", f'use = "{name}"']
    for option, default in defaults(cls).items():
        if default is inspect.Parameter.empty:
            lines.append(f"{option} = ...  # must be given")
        elif default is None:
            lines.append(f"# {option} = ...  # not set")
        else:
            lines.append(f"{option} = {shown(default)}")
    return "\n".join(lines)


def _default(default: Any) -> str:
    if default is inspect.Parameter.empty:
        return "must be given"
    return "not set" if default is None else shown(default)
