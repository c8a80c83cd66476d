"""A diagnosis in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from textpipe.printable import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from textpipe.diagnosis.findings import Diagnosis, Measure

STYLES = {"good": "green", "watch": "yellow", "bad": "bold red", "unknown": "dim"}

MOST = 5
"""So many of each list are shown."""


def show_diagnosis(found: Diagnosis) -> RenderableType:
    """Every measure in a line, then the worst hubs, the likely mislabelled and the leaks."""
    parts: list[RenderableType] = [
        Text(scope(found), "dim"),
        Text(),
        _measures(found.measures),
        Text(),
    ]
    for part in (
        _advice(found.measures),
        _hubs(found),
        _suspects(found),
        _conflicts(found),
        _leaks(found),
    ):
        if part is not None:
            parts += [part, Text()]
    parts.append(Text(found.conclusion, "bold"))
    return Group(*parts)


def scope(found: Diagnosis) -> str:
    """What was measured, on how many documents."""
    sampled = "all of these" if found.measured == found.distinct else f"{found.measured:,} of these"
    without = f", without {' and '.join(found.left_out)}" if found.left_out else ""
    return (
        f"{found.documents:,} documents, {found.distinct:,} but for near-duplicates; distances measured on "
        f"{sampled}, {found.features:,} columns, {found.metric}, k = {found.k}{without}"
    )


def _measures(measures: list[Measure]) -> Table:
    table = _table("", "measure", ">value", "")
    for measure in measures:
        style = STYLES[measure.light]
        table.add_row(
            Text(measure.light, style),
            measure.name,
            Text(measure.shown, "bold"),
            Text(measure.brief),
        )
    return table


def _advice(measures: list[Measure]) -> Table | None:
    table = _table("what to do", "")
    for measure in measures:
        if measure.light in ("watch", "bad"):
            table.add_row(measure.name, Text(measure.advice, "dim"))
    return table if table.row_count else None


def _hubs(found: Diagnosis) -> Table | None:
    if not found.hubs:
        return None
    if found.labels is None:
        table = _table("hubs", ">neighbour of", "text")
        for hub in found.hubs[:MOST]:
            table.add_row(_name(hub.id), f"{hub.serves:,}", _text(hub.text))
        return table
    table = _table("worst hubs", "label", ">neighbour of", ">misleads", "text")
    for hub in found.hubs[:MOST]:
        table.add_row(
            _name(hub.id),
            _label(hub.label or ""),
            f"{hub.serves:,}",
            f"{hub.misleads:,}",
            _text(hub.text),
        )
    return table


def _suspects(found: Diagnosis) -> Table | None:
    if not found.suspects:
        return None
    table = _table("likely mislabelled", "label", "neighbours say", ">sure", "text")
    for suspect in found.suspects[:MOST]:
        table.add_row(
            _name(suspect.id),
            _label(suspect.label),
            _label(suspect.neighbours_say),
            f"{suspect.opposition:.0%}",
            _text(suspect.text),
        )
    return table


def _conflicts(found: Diagnosis) -> Table | None:
    if not found.conflicts:
        return None
    table = _table("same text, other label", "labels", "text")
    for conflict in found.conflicts[:MOST]:
        labels = ", ".join(f"{label} {n:,}" for label, n in conflict.labels.items())
        kind = "exact copies" if conflict.exact else "near-copies"
        table.add_row(
            f"{kind} ({sum(conflict.labels.values()):,})", _label(labels), _text(conflict.text)
        )
    return table


def _leaks(found: Diagnosis) -> Table | None:
    if not found.leaks:
        return None
    table = _table("gives away", "label", ">has it", ">others", ">precision", "for example")
    for leak in found.leaks[:MOST]:
        name = leak.word if leak.kind == "word" else f"region: {leak.word}"
        table.add_row(
            _name(name),
            _label(leak.label),
            f"{leak.coverage:.0%}",
            f"{leak.others:,}",
            f"{leak.precision:.3f}",
            _text(leak.example),
        )
    return table


def _name(text: str) -> Text:
    return Text(one_line(text, 40), overflow="ellipsis")


def _label(text: str) -> Text:
    return Text(one_line(text, 24))


def _text(text: str) -> Text:
    return Text(one_line(text, 150), overflow="ellipsis", no_wrap=True)


def _table(*columns: str) -> Table:
    """A plain table; a column that begins with ``>`` is set flush right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name.startswith(">")
        table.add_column(Text(name.removeprefix(">")), justify="right" if right else "left")
    return table
