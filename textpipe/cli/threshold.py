"""``textpipe threshold``: from which score on a label is to be said, by the cost of a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from textpipe.cli import reading
from textpipe.cli.evaluate import (
    Folds,
    Positive,
    Seed,
    Split,
    asked,
    judgeable,
    judged,
    write_figures,
)
from textpipe.cli.terminal import out, say, tell
from textpipe.errors import DefinitionError
from textpipe.printable import one_line
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from textpipe.definition import Definition
    from textpipe.evaluation.shares import Share
    from textpipe.evaluation.thresholds import Threshold


DEFAULT_RATE = 0.001


def threshold(
    definition: reading.DefinitionFile,
    data: reading.Data = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--false-positive-rate",
            metavar="SHARE",
            help="How many of the other documents may get the positive label: 0.001 is one in a thousand, "
            "and what holds without this option.",
        ),
    ] = None,
    miss_rate: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="How many of the positive documents may get the other label. Without it: the other label "
            "is said wherever it is the likelier one.",
        ),
    ] = None,
    confidence: Annotated[float, typer.Option(metavar="SHARE", help="Of the intervals.")] = 0.95,
    minimum_training: Annotated[
        int, typer.Option(metavar="N", help="Refuse fewer documents of either label than these.")
    ] = 20,
    write: Annotated[
        bool, typer.Option("--write", help="Put the thresholds into the definition file.")
    ] = False,
    folds: Folds = None,
    split: Split = None,
    positive: Positive = None,
    seed: Seed = None,
    json_file: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Write all figures; - for standard output."),
    ] = None,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    label_column: reading.LabelColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
) -> None:
    """Choose from which score on a label is said, so that false alarms are as rare as they have to be.

    The definition is cross-validated. The positive label is said from a score on at which no more of the
    other documents would get it than the rate allows; what lies between the labels is "unsure".

    \b
    textpipe threshold spam.toml --data messages.csv --false-positive-rate 0.01
    textpipe threshold spam.toml --miss-rate 0.01 --write
    """
    found = judgeable(definition)
    _must_have_the_option(found, definition)
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    corpus = reading.labelled(found, data, options)
    report = judged(found, corpus, asked(found.evaluation, folds, split, positive, seed))
    if rate is None:
        say(f"false-positive rate: {DEFAULT_RATE:g}, the default of --false-positive-rate")
    chosen = report.threshold(
        DEFAULT_RATE if rate is None else rate,
        confidence,
        miss_rate=miss_rate,
        minimum_training=minimum_training,
    )
    says, other = _labels(report.decisions.classes.astype(str).tolist(), report.positive)
    bounds = chosen.verdict_from(says, other)

    from textpipe.evaluation.into_definition import option_line

    if json_file != "-":
        from textpipe.cli.show_report import about

        console = out()
        console.print(about(report, len(corpus.skipped)))
        _show(chosen, says, other, console)
        tell("\n" + option_line(bounds))
    if json_file is not None:
        figures = {"positive": says, "negative": other, **chosen.as_json(), "verdict_from": bounds}
        write_figures({"documents": len(report.labels), **figures}, json_file)
    if write:
        _write(definition, bounds)


def _must_have_the_option(found: Definition, path: Path) -> None:
    """Raise DefinitionError before any data is read for a classifier that takes no thresholds."""
    from textpipe.classify.decider import Probabilities

    last = found.pipeline.stages[-1]
    if not isinstance(last, Probabilities):
        raise DefinitionError(
            f"{path}: {last.name()} has no option verdict_from, since its scores are no probabilities: "
            "use logistic_regression, complement_nb or knn_classifier"
        )


def _labels(classes: list[str], positive: str | None) -> tuple[str, str]:
    """The positive label and the other one."""
    return (classes[0], classes[1]) if positive == classes[0] else (classes[1], classes[0])


def _show(chosen: Threshold, says: str, other: str, console: Console) -> None:
    from textpipe.cli.show_report import table

    says, other = one_line(says, 30), one_line(other, 30)
    interval = f"{chosen.confidence:.0%} interval".replace("%", " %")
    shares = table("", ">share", f">{interval}", ">documents")
    for what, found in (
        (f"{other} taken for {says} (false alarms)", chosen.false_positive_rate),
        (f"{says} found", chosen.recall),
        (f"{says} taken for {other} (missed)", chosen.missed),
        (f"{other} cleared", chosen.cleared),
    ):
        shares.add_row(Text(what), *_cells(found))
    console.print()
    console.print(
        Text(
            f"{says} from {chosen.positive_from:g}, {other} where {says} is below "
            f"{chosen.negative_below:g}, between them unsure: {chosen.unsure:,} documents"
        )
    )
    for part in (shares, _three_ways(chosen, says, other)):
        console.print()
        console.print(part)


def _cells(found: Share) -> tuple[str, str, str]:
    return (
        f"{100 * found.value:.3g} %",
        f"{100 * found.low:.3g} to {100 * found.high:.3g} %",
        f"{found.part:,} of {found.total:,}",
    )


def _three_ways(chosen: Threshold, says: str, other: str) -> RenderableType:
    from textpipe.cli.show_report import table

    shown = table("label \\ verdict", f">{says}", ">unsure", f">{other}")
    for label, counts, right in ((says, chosen.positives, 0), (other, chosen.negatives, 2)):
        cells = [
            Text(f"{count:,}", "green" if at == right else "red" if count and at != 1 else "")
            for at, count in enumerate(counts)
        ]
        shown.add_row(Text(label), *cells)
    return shown


def _write(path: Path, bounds: dict[str, float]) -> None:
    """Put the thresholds into the definition file; nothing else in it changes."""
    from textpipe.evaluation.into_definition import with_verdict_from

    mark = "\ufeff"
    text = path.read_bytes().decode("utf-8")
    changed = with_verdict_from(text.removeprefix(mark), bounds, str(path))
    with whole_file(path) as file:
        file.write((mark if text.startswith(mark) else "") + changed)
    say(f"{path}: written")
