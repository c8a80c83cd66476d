"""``textpipe diagnose``: can neighbours work on these vectors, and what is odd about the documents?"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textpipe.cli import reading
from textpipe.cli.progress import progress
from textpipe.cli.terminal import out, tell
from textpipe.printable import json_text
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from textpipe.definition import Definition
    from textpipe.diagnosis import Diagnosis
    from textpipe.pipeline import Pipeline
    from textpipe.sources import Corpus

DefinitionOrModel = Annotated[
    Path,
    typer.Argument(
        metavar="DEFINITION|MODEL",
        help="A definition, such as spam.toml, or a model, whose definition is then trained anew.",
    ),
]


def diagnose(
    definition: DefinitionOrModel,
    data: reading.Data = None,
    k: Annotated[
        int | None,
        typer.Option(
            "-k", metavar="N", help="Neighbours. By default those of the definition, or 10."
        ),
    ] = None,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Distances are measured on so many documents at most.")
    ] = 5000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of what is drawn.")] = 0,
    json_file: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Write all findings; - for standard output."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with pictures.")
    ] = None,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    label_column: reading.LabelColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
) -> None:
    """Measure the vectors and the documents behind them: contrast of distances, hubs, dimension, unknown
    words, labels that neighbours oppose, words that give a label away, copies.

    Documents without labels are measured as far as that goes.

    \b
    textpipe diagnose spam.toml --data messages.csv
    textpipe diagnose spam.toml --data spam=a.txt --data ham=b.txt --html diagnosis.html
    """
    from textpipe.diagnosis.vectors import must_count

    found = definition_or_model(definition)
    reading.rehearse(found)
    must_count(found.pipeline)
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    unlabelled = dataclasses.replace(
        found, pipeline=found.pipeline[:-1]
    )  # which asks for no labels
    corpus = reading.labelled(unlabelled, data, options)
    diagnosis = _measured(found, corpus, k, seed, sample)
    if json_file != "-":
        from textpipe.diagnosis.show import show_diagnosis

        out().print(show_diagnosis(diagnosis))
    if json_file is not None:
        _write_json(diagnosis, len(corpus.skipped), json_file)
    if html is not None:
        from textpipe.diagnosis.page import write_page

        write_page(diagnosis, html, definition=found, summary=corpus.summary())
        if json_file != "-":
            tell(f"{html}  the same, with pictures")


def definition_or_model(path: Path) -> Definition:
    """A definition from its file, or from a model. Raises what reading them raises."""
    if path.suffix.lower() == ".toml":
        return reading.definition_of(path)
    from textpipe.bundle import info, load
    from textpipe.definition import Definition

    return Definition(load(path), name=str(info(path).get("name", "")) or path.stem)


def neighbours_of(pipeline: Pipeline) -> int:
    """How many neighbours the pipeline asks; 10 where it asks none, or finds out by itself."""
    k = getattr(pipeline.stages[-1], "k", 10)
    return k if isinstance(k, int) else 10


def _measured(
    found: Definition, corpus: Corpus, k: int | None, seed: int, sample: int
) -> Diagnosis:
    from textpipe.diagnosis import diagnose as measure

    with progress() as bar:
        return measure(
            found.pipeline,
            corpus.documents,
            corpus.labels,
            k=neighbours_of(found.pipeline) if k is None else k,
            seed=seed,
            sample=sample,
            progress=bar,
        )


def _write_json(diagnosis: Diagnosis, skipped: int, file: str) -> None:
    text = json_text({**diagnosis.as_json(), "skipped": skipped}, indent=1) + "\n"
    if file == "-":
        typer.echo(text, nl=False)
        return
    with whole_file(file) as whole:
        whole.write(text)
