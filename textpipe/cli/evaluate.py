"""``textpipe evaluate``: how good is a definition on documents that it has not seen?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from textpipe.cli import reading
from textpipe.cli.progress import progress
from textpipe.cli.terminal import out
from textpipe.printable import json_text
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from textpipe.definition import Definition, Evaluation
    from textpipe.evaluation import Report
    from textpipe.sources import Corpus


def evaluate(
    definition: reading.DefinitionFile,
    data: reading.Data = None,
    folds: Annotated[
        int | None,
        typer.Option(metavar="N", help="How many parts. 5 if the definition says nothing."),
    ] = None,
    split: Annotated[
        Literal["grouped", "random", "stratified"] | None,
        typer.Option(
            help="grouped keeps near-duplicates on one side (the default); stratified keeps the shares "
            "of labels; random keeps nothing.",
        ),
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL",
            help='Recall and false alarms are counted for this label. By default "spam", if there is it.',
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Of the split.")] = None,
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
    """Cross-validate: train on some parts of the data, judge on the one left out, for each in turn.

    A document without evidence ("unsure") counts as an error.

    \b
    textpipe evaluate spam.toml --data messages.csv
    textpipe evaluate spam.toml --data spam=a.txt --data ham=b.txt --folds 10 --json figures.json
    """
    found = reading.definition_of(definition)
    must_classify(found, definition)
    reading.rehearse(found)
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    corpus = reading.labelled(found, data, options)
    report = judged(found, corpus, _asked(found.evaluation, folds, split, positive, seed))
    if json_file != "-":
        from textpipe.cli.show_report import show_report

        show_report(report, out(), len(corpus.skipped))
    if json_file is not None:
        write_json(report, len(corpus.skipped), json_file)


def must_classify(found: Definition, path: Path) -> None:
    """Raise InputError for a definition that gives no labels, before any data is read."""
    from textpipe.classify.decider import Classifier
    from textpipe.errors import InputError

    last = found.pipeline.stages[-1]
    if not isinstance(last, Classifier):
        raise InputError(
            f"{path}: ends in {last.name()}, which gives no labels, and an evaluation compares labels: "
            'end it in a classifier, such as use = "knn_classifier"'
        )


def judged(found: Definition, corpus: Corpus, how: Evaluation) -> Report:
    """The report of a cross-validation."""
    from textpipe.evaluation import evaluate as cross_validate

    with progress() as bar:
        return cross_validate(
            found.pipeline,
            corpus.documents,
            corpus.labels,
            folds=how.folds,
            split=how.split,
            positive=how.positive,
            seed=how.seed,
            progress=bar,
        )


def figures(report: Report, skipped: int) -> dict[str, Any]:
    """What ``--json`` writes."""
    return {**report.as_json(), "skipped": skipped}


def write_json(report: Report, skipped: int, file: str | Path) -> None:
    """The figures as JSON, to a file or (``-``) to standard output."""
    text = json_text(figures(report, skipped), indent=1) + "\n"
    if file == "-":
        typer.echo(text, nl=False)
        return
    with whole_file(file) as whole:
        whole.write(text)


def _asked(
    own: Evaluation,
    folds: int | None,
    split: Literal["grouped", "random", "stratified"] | None,
    positive: str | None,
    seed: int | None,
) -> Evaluation:
    """The definition's way of evaluation, changed by what the command line says."""
    from textpipe.definition import Evaluation

    return Evaluation(
        own.folds if folds is None else folds,
        own.split if split is None else split,
        own.positive if positive is None else positive,
        own.seed if seed is None else seed,
    )
