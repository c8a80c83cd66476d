"""``textpipe trace``: what does every stage make of a text?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textpipe.cli import reading
from textpipe.cli.terminal import out, say
from textpipe.printable import json_text

if TYPE_CHECKING:
    from textpipe.pipeline import Pipeline


def trace(
    definition: Annotated[
        Path, typer.Argument(metavar="DEFINITION", help="A definition, or a trained model.")
    ],
    file: reading.OneFile = None,
    text: reading.OneText = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="A model trained by it, for the stages that learn."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
    format: reading.OneFormat = None,  # noqa: A002  # the option's name
    encoding: reading.Encoding = None,
) -> None:
    """The text after every stage, and what each stage changed and dropped.

    A definition is followed up to the first stage that has to learn; a trained model all the way.

    \b
    textpipe trace spam.toml --text "You have WON!"
    textpipe trace spam.toml letter.eml --model spam.tpipe
    """
    from textpipe.explanation import trace as steps_of
    from textpipe.explanation.show import show_trace

    pipeline = _pipeline(definition, model)
    steps = steps_of(pipeline, reading.one_document(text, file, format, encoding))
    if as_json:
        typer.echo(json_text([step.as_json() for step in steps], indent=1))
        return
    out().print(show_trace(steps))
    waiting = [stage.name() for stage in pipeline.stages if stage.learns]
    if waiting and not hasattr(pipeline, "trained_"):
        say(f"{waiting[0]} learns from documents: give --model MODEL to see it and what follows")


def _pipeline(definition: Path, model: Path | None) -> Pipeline:
    from textpipe.bundle import load
    from textpipe.definition import digest

    if definition.suffix.lower() == ".zip" or (definition / "manifest.json").is_file():
        return load(definition)
    found = reading.definition_of(definition)
    if model is None:
        return found.pipeline
    pipeline = load(model)
    if digest(pipeline) != found.digest:
        say(f"warning: {model} was trained by another definition, which is the one shown", "yellow")
    return pipeline
