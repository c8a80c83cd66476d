"""``textpipe evaluate``: how good is a definition on documents that it has not seen?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from textpipe.cli import profiling, reading
from textpipe.cli.progress import progress
from textpipe.cli.terminal import out
from textpipe.printable import json_text
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from textpipe.definition import Definition, Evaluation
    from textpipe.evaluation import Report
    from textpipe.sources import Corpus

DefinitionFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="DEFINITION...",
        help="A definition, such as spam.toml; or several, to be compared with the first.",
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(metavar="N", help="How many parts. 5 if the definition says nothing."),
]
Split = Annotated[
    Literal["grouped", "random", "stratified"] | None,
    typer.Option(
        help="grouped keeps near-duplicates on one side (the default); stratified keeps the shares "
        "of labels; random keeps nothing.",
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        metavar="LABEL",
        help='Recall and false alarms are counted for this label. By default "spam", if there is it.',
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Of the split.")]


def evaluate(
    definitions: DefinitionFiles,
    data: reading.Data = None,
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
    n_jobs: profiling.NJobs = -1,
    cache: profiling.CacheFolder = None,
    no_cache: profiling.NoCache = False,
    profile_file: profiling.ProfileFile = None,
) -> None:
    """Cross-validate: train on some parts of the data, judge on the one left out, for each in turn.

    A document without evidence ("unsure") counts as an error. Labels may be numbers, if the definition
    ends in knn_regressor. Several definitions are judged on the same
    parts of the same data (the first one's, unless there is --data), and compared with the first.

    \b
    textpipe evaluate spam.toml --data messages.csv
    textpipe evaluate spam.toml --data spam=a.txt --data ham=b.txt --folds 10 --json figures.json
    textpipe evaluate spam.toml other.toml --data messages.csv
    """
    profiling.check_profile_file(profile_file)
    numbers = len(definitions) == 1 and _predicts_numbers(definitions[0])
    found = [reading.ready(path) if numbers else judgeable(path) for path in definitions]
    for one in found:
        profiling.run_by(one.pipeline, n_jobs, cache, no_cache)
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    corpus = reading.labelled(found[0], data, options)
    how = asked(found[0].evaluation, folds, split, positive, seed)
    skipped = len(corpus.skipped)
    if numbers:
        _judge_numbers(found[0], corpus, how, json_file)
        return
    reports = [judged(one, corpus, how) for one in found]
    profiling.tell_profile(reports[0].stages, False, profile_file)
    if len(reports) > 1:
        _compared(definitions, reports, skipped, json_file)
        return
    if json_file != "-":
        from textpipe.cli.show_report import show_report

        show_report(reports[0], out(), skipped)
    if json_file is not None:
        write_json(reports[0], skipped, json_file)


def _predicts_numbers(path: Path) -> bool:
    from textpipe.classify.decider import Classifier, Decider

    last = reading.definition_of(path).pipeline.stages[-1]
    return isinstance(last, Decider) and not isinstance(last, Classifier)


def _judge_numbers(
    found: Definition, corpus: Corpus, how: Evaluation, json_file: str | None
) -> None:
    """Evaluate a definition whose labels are numbers, show its scores and write them."""
    from textpipe.cli.show_report import show_numbers
    from textpipe.evaluation import evaluate_numbers

    with progress() as bar:
        report = evaluate_numbers(
            found.pipeline,
            corpus.documents,
            corpus.labels,
            folds=how.folds,
            split=how.split,
            seed=how.seed,
            progress=bar,
        )
    skipped = len(corpus.skipped)
    if json_file != "-":
        show_numbers(report, out(), skipped)
    if json_file is not None:
        write_figures({**report.as_json(), "skipped": skipped}, json_file)


def _compared(
    definitions: list[Path], reports: list[Report], skipped: int, json_file: str | None
) -> None:
    """Show several evaluations side by side, and write them."""
    from textpipe.cli.show_comparison import show_comparison
    from textpipe.evaluation.comparison import compare

    names = [str(path) for path in definitions]
    comparisons = [compare(reports[0], other) for other in reports[1:]]
    if json_file != "-":
        show_comparison(names, reports, comparisons, out(), skipped)
    if json_file is None:
        return
    write_figures(
        {
            "evaluations": [
                {"definition": name, **figures(report, skipped)}
                for name, report in zip(names, reports, strict=True)
            ],
            "comparisons": [
                {"first": names[0], "second": name, **found.as_json()}
                for name, found in zip(names[1:], comparisons, strict=True)
            ],
        },
        json_file,
    )


def judgeable(path: Path) -> Definition:
    """The definition in a file, if it gives labels and has what it needs."""
    found = reading.definition_of(path)
    must_classify(found, path)
    reading.rehearse(found)
    return found


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
    write_figures(figures(report, skipped), file)


def write_figures(figures: dict[str, Any], file: str | Path) -> None:
    """Any figures as JSON, to a file or (``-``) to standard output."""
    text = json_text(figures, indent=1) + "\n"
    if file == "-":
        typer.echo(text, nl=False)
        return
    with whole_file(file) as whole:
        whole.write(text)


def asked(
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
