"""Several evaluations side by side in the terminal."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.text import Text

from textpipe.cli.show_report import about, table
from textpipe.evaluation.report import name_of_score
from textpipe.printable import one_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from textpipe.evaluation import Report
    from textpipe.evaluation.comparison import Comparison


def show_comparison(
    names: list[str],
    reports: list[Report],
    comparisons: list[Comparison],
    console: Console,
    skipped: int,
) -> None:
    """The scores of each, with their intervals, and how each but the first differs from the first."""
    files = [PurePath(name).name for name in names]
    names = files if len(set(files)) == len(files) else names
    console.print(about(reports[0], skipped))
    for part in (_side_by_side(names, reports), _against_first(names, reports, comparisons)):
        console.print()
        console.print(part)


def _side_by_side(names: list[str], reports: list[Report]) -> RenderableType:
    shown = table("score, 95 % interval", *(f">{one_line(name, 40)}" for name in names))
    for key in reports[0].scores:
        cells = []
        for report in reports:
            ends = report.intervals.get(key)
            between = f"  {ends[0]:.3f} to {ends[1]:.3f}" if ends else ""
            value = report.scores.get(key)
            cells.append(Text(f"{value:.3f}{between}" if value is not None else ""))
        shown.add_row(Text(one_line(name_of_score(key, reports[0]), 60)), *cells)
    shown.add_row("unsure", *(f"{int(report.decisions.unsure.sum()):,}" for report in reports))
    seconds = (sum(stage.seconds for stage in report.stages) for report in reports)
    shown.add_row("seconds", *(f"{found:.1f}" for found in seconds))
    return shown


def _against_first(
    names: list[str], reports: list[Report], comparisons: list[Comparison]
) -> RenderableType:
    shown = table(f"against {one_line(names[0], 40)}", "score", ">difference", ">95 % interval")
    for name, found in zip(names[1:], comparisons, strict=True):
        for number, difference in enumerate(found.differences):
            ends = difference.interval
            shown.add_row(
                Text(one_line(name, 40) if number == 0 else ""),
                Text(one_line(name_of_score(difference.score, reports[0]), 60)),
                f"{difference.value:+.3f}",
                f"{ends[0]:+.3f} to {ends[1]:+.3f}" if ends else "",
            )
        shown.add_row(
            "",
            "only it is right / only the first is",
            f"{found.only_second:,} / {found.only_first:,}",
            f"p = {found.p_value:.2g}",
        )
    return shown
