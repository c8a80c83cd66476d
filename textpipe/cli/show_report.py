"""An evaluation in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from textpipe.evaluation.report import scores_of
from textpipe.printable import one_line
from textpipe.sources.counted import counted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from textpipe.evaluation import Report

WIDEST = 8
"""A confusion matrix of more labels than these is shown as a list instead."""

MOST_MISTAKES = 5
"""So many of the surest mistakes are shown."""


def show_report(report: Report, console: Console, skipped: int) -> None:
    """Scores, confusions, seconds and the surest mistakes."""
    folds = int(report.folds.max()) + 1
    aside = f", {skipped:,} set aside" if skipped else ""
    console.print(
        Text(
            f"{counted(len(report.labels), 'document')} in "
            f"{counted(report.groups, 'group')} of near-duplicates{aside}; "
            f"{folds} folds, {report.split} split",
            "dim",
        )
    )
    for part in (_scores(report), _confusions(report), _seconds(report), _mistakes(report)):
        console.print()
        console.print(part)


def _scores(report: Report) -> RenderableType:
    table = _table("score", ">all", ">lowest fold", ">highest")
    for score in scores_of(report):
        table.add_row(
            Text(one_line(score.name, 60)),
            Text(f"{score.value:.3f}", "bold"),
            f"{score.low:.3f}",
            f"{score.high:.3f}",
        )
    return table


def _confusions(report: Report) -> RenderableType:
    classes, counts = report.confusion()
    if len(classes) > WIDEST:
        return _by_label(report)
    table = _table("label \\ verdict", *(f">{one_line(name, 20)}" for name in classes), ">unsure")
    for row, name in enumerate(classes):
        cells = []
        for column, count in enumerate(counts[row].tolist()):
            style = "green" if row == column else "red" if count else "dim"
            cells.append(Text(f"{count:,}", style))
        table.add_row(Text(one_line(name, 40)), *cells)
    return table


def _by_label(report: Report) -> RenderableType:
    classes, counts = report.confusion()
    table = _table("label", ">documents", ">right", ">unsure", "most often taken for")
    for row, name in enumerate(classes):
        others = counts[row, :-1].copy()
        others[row] = 0
        worst = int(others.argmax())
        taken = f"{one_line(classes[worst], 40)} ({others[worst]:,})" if others[worst] else ""
        total = int(counts[row].sum())
        table.add_row(
            Text(one_line(name, 40)),
            f"{total:,}",
            f"{counts[row, row] / max(1, total):.1%}",
            f"{counts[row, -1]:,}",
            Text(taken),
        )
    return table


def _seconds(report: Report) -> RenderableType:
    table = _table("stage", ">seconds", ">documents/s", "")
    most = max((stage.seconds for stage in report.stages), default=0.0) or 1.0
    for stage in report.stages:
        speed = f"{stage.documents / stage.seconds:,.0f}" if stage.seconds > 1e-6 else ""
        bar = "█" * round(30 * stage.seconds / most)
        table.add_row(Text(stage.name), f"{stage.seconds:.2f}", speed, Text(bar, "cyan"))
    return table


def _mistakes(report: Report) -> RenderableType:
    wrong = report.mistakes()
    if not wrong:
        return Text("no mistakes", "green")
    table = _table(counted(len(wrong), "mistake"), "label", "verdict", ">score", "text")
    for position in wrong[:MOST_MISTAKES]:
        scores = report.decisions.scores[position]
        table.add_row(
            Text(one_line(report.ids[position], 40)),
            Text(one_line(str(report.labels[position]), 20)),
            Text(one_line(str(report.verdicts[position]), 20), "red"),
            f"{scores.max():.2f}" if scores.size else "",
            Text(one_line(report.texts[position], 150), overflow="ellipsis", no_wrap=True),
        )
    if len(wrong) > MOST_MISTAKES:
        table.caption = "the surest ones"
        table.caption_justify = "left"
    return table


def _table(*columns: str) -> Table:
    """A plain table; a column that begins with ``>`` is set flush right. Names may be anybody's."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name.startswith(">")
        table.add_column(Text(name.removeprefix(">")), justify="right" if right else "left")
    return table
