"""An evaluation in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from textpipe.cli.profiling import profile_table
from textpipe.errors import InputError
from textpipe.evaluation.report import scores_of
from textpipe.printable import one_line
from textpipe.sources.counted import counted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from textpipe.evaluation import NumberReport, Report

WIDEST = 8
"""A confusion matrix of more labels than these is shown as a list instead."""

MOST_MISTAKES = 5
"""So many of the surest mistakes are shown."""


def show_report(report: Report, console: Console, skipped: int) -> None:
    """Scores, confusions, seconds and the surest mistakes."""
    console.print(about(report, skipped))
    parts = [_scores(report), _confusions(report), _threshold(report)]
    for part in filter(None, [*parts, profile_table(report.stages), _mistakes(report)]):
        console.print()
        console.print(part)


def show_numbers(report: NumberReport, console: Console, skipped: int) -> None:
    """The scores of predicted numbers, and the worst mistakes."""
    console.print(about(report, skipped))
    scores = table("score", ">all", ">95 % interval")
    names = {"r2": "R²", "mean_absolute_error": "mean absolute error", "spearman": "Spearman's ρ"}
    for key, value in report.scores.items():
        ends = report.intervals.get(key)
        between = f"{ends[0]:.3f} to {ends[1]:.3f}" if ends else ""
        scores.add_row(names[key], Text(f"{value:.3f}", "bold"), between)
    off = abs(report.values - report.labels)
    worst = table("farthest off", ">label", ">predicted", "text")
    for position in (-off).argsort(kind="stable")[:MOST_MISTAKES].tolist():
        worst.add_row(
            Text(one_line(report.ids[position], 40)),
            f"{report.labels[position]:g}",
            f"{report.values[position]:.4g}",
            Text(one_line(report.texts[position], 150), overflow="ellipsis", no_wrap=True),
        )
    for part in (scores, worst):
        console.print()
        console.print(part)
    console.print(f"\nunsure, the mean stands in: {int(report.unsure.sum()):,}")


def about(report: Report | NumberReport, skipped: int) -> Text:
    """How many documents there were, and how they were split."""
    folds = int(report.folds.max()) + 1
    aside = f", {skipped:,} set aside" if skipped else ""
    return Text(
        f"{counted(len(report.labels), 'document')} in "
        f"{counted(report.n_groups, 'group')} of near-duplicates{aside}; "
        f"{folds} folds, {report.split} split",
        "dim",
    )


def _scores(report: Report) -> RenderableType:
    shown = table("score", ">all", ">95 % interval", ">lowest fold", ">highest")
    for score in scores_of(report):
        shown.add_row(
            Text(one_line(score.name, 60)),
            Text(f"{score.value:.3f}", "bold"),
            score.between,
            f"{score.low:.3f}",
            f"{score.high:.3f}",
        )
    return shown


def _confusions(report: Report) -> RenderableType:
    classes, counts = report.confusion()
    if len(classes) > WIDEST:
        return _by_label(report)
    shown = table("label \\ verdict", *(f">{one_line(name, 20)}" for name in classes), ">unsure")
    for row, name in enumerate(classes):
        cells = []
        for column, count in enumerate(counts[row].tolist()):
            style = "green" if row == column else "red" if count else "dim"
            cells.append(Text(f"{count:,}", style))
        shown.add_row(Text(one_line(name, 40)), *cells)
    return shown


def _threshold(report: Report) -> RenderableType | None:
    """What a threshold for few false alarms would come to; nothing where none can be chosen."""
    if report.positive is None:
        return None
    try:
        chosen = report.threshold()
    except InputError:
        return None
    says = one_line(report.positive, 30)
    return Text(
        f"{says} said from {chosen.positive_from:g} on: {100 * chosen.false_positive_rate.value:.2g} % "
        f"false alarms, {100 * chosen.recall.value:.3g} % of {says} found, {chosen.unsure:,} unsure "
        "(see textpipe threshold)"
    )


def _by_label(report: Report) -> RenderableType:
    classes, counts = report.confusion()
    shown = table("label", ">documents", ">right", ">unsure", "most often taken for")
    for row, name in enumerate(classes):
        others = counts[row, :-1].copy()
        others[row] = 0
        worst = int(others.argmax())
        taken = f"{one_line(classes[worst], 40)} ({others[worst]:,})" if others[worst] else ""
        total = int(counts[row].sum())
        shown.add_row(
            Text(one_line(name, 40)),
            f"{total:,}",
            f"{counts[row, row] / max(1, total):.1%}",
            f"{counts[row, -1]:,}",
            Text(taken),
        )
    return shown


def _mistakes(report: Report) -> RenderableType:
    wrong = report.mistakes()
    if not wrong:
        return Text("no mistakes", "green")
    shown = table(counted(len(wrong), "mistake"), "label", "verdict", ">score", "text")
    for position in wrong[:MOST_MISTAKES]:
        scores = report.decisions.scores[position]
        shown.add_row(
            Text(one_line(report.ids[position], 40)),
            Text(one_line(str(report.labels[position]), 20)),
            Text(one_line(str(report.verdicts[position]), 20), "red"),
            f"{scores.max():.2f}" if scores.size else "",
            Text(one_line(report.texts[position], 150), overflow="ellipsis", no_wrap=True),
        )
    if len(wrong) > MOST_MISTAKES:
        shown.caption = "the surest ones"
        shown.caption_justify = "left"
    return shown


def table(*columns: str) -> Table:
    """A plain table; a column that begins with ``>`` is set flush right. Names may be anybody's."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name.startswith(">")
        shown.add_column(Text(name.removeprefix(">")), justify="right" if right else "left")
    return shown
