"""``textpipe check``: is a definition sound?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textpipe.cli.reading import DefinitionFile, data_must_exist, definition_of, rehearse
from textpipe.cli.terminal import out
from textpipe.printable import one_line, printable

if TYPE_CHECKING:
    from rich.text import Text

    from textpipe.stage import Stage


def check(definition: DefinitionFile) -> None:
    """Is a definition sound? Shows what flows between its stages.

    Exit code 0 if it is; 2, and the line that is wrong, if it is not. The models and files that its
    stages need must be there, and so must its data, which is not read.

    \b
    textpipe check spam.toml
    """
    from rich.table import Table
    from rich.text import Text

    found = definition_of(definition)
    pipeline = found.pipeline
    columns = pipeline.check()
    rehearse(found)
    data_must_exist(found)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("", "stage", "options", "reads → writes", "then a document has", "runs"):
        table.add_column(name, overflow="fold")
    before = frozenset({"text"})
    for number, (stage, after) in enumerate(zip(pipeline.stages, columns, strict=True), 1):
        table.add_row(
            str(number),
            Text(stage.name(), "bold"),
            Text(", ".join(chosen(stage)) or "as by default", "" if chosen(stage) else "dim"),
            f"{', '.join(stage.reads)} → {', '.join(stage.writes)}",
            _columns(before, after),
            _runs(pipeline.stages, number - 1),
        )
        before = after
    console = out()
    console.print(
        Text.assemble((printable(found.name), "bold"), f"  language {printable(pipeline.language)}")
    )
    if found.description:
        console.print(Text(printable(found.description), "dim"))
    console.print(table)
    for number, stage in enumerate(pipeline.stages, 1):
        for line in report_of(stage):
            console.print(Text(f"{number} {stage.name()}: {printable(line)}", "yellow"))
    console.print(Text(plan(pipeline.stages)))
    learns = [stage.name() for stage in pipeline.stages if stage.learns]
    console.print(Text(f"learns from documents: {', '.join(learns) or 'no stage'}"))
    for source in found.data:
        label = f"{source.label}=" if source.label else ""
        console.print(Text(f"data: {one_line(label + source.path)}"), soft_wrap=True)
    console.print(Text(f"sound; digest {found.digest}", "green"), soft_wrap=True)


def plan(stages: Sequence[Stage]) -> str:
    """In which parts documents go through the stages, and what is kept from run to run.

    A part is what a batch goes through without a stop; it ends (|) where a stage must see all documents.
    Stages on word forms that stand side by side (+) are one pass over the distinct forms.
    """
    from textpipe.classify.decider import Decider
    from textpipe.stage import FormStage

    before: Stage | None = None
    said = ""
    for stage in stages:
        if isinstance(stage, Decider):
            continue
        if before is not None:
            both = all(isinstance(one, FormStage) and one.maps_forms for one in (before, stage))
            said += " | " if stage.learns else " + " if both else " → "
        said += stage.name()
        before = stage
    said = said or "nothing before the decision"
    kept = list(itertools.takewhile(_can_be_kept, stages))
    cached = f"; cached up to {kept[-1].name()}" if kept else ""
    return f"in training, batches go through: {said}{cached}"


def _can_be_kept(stage: Stage) -> bool:
    return "matrix" not in stage.writes and "decisions" not in stage.writes and stage.deterministic


def _runs(stages: Sequence[Stage], position: int) -> Text:
    """Where a stage works with several jobs, and whether by the distinct word."""
    from rich.text import Text

    from textpipe.classify.decider import Decider

    stage = stages[position]
    where = "threads" if stage.in_threads or isinstance(stage, Decider) else "processes"
    return Text(where + (", by word" if stage.by_word else ""), "dim")


def chosen(stage: Stage) -> list[str]:
    """The options of a stage that are not left at their default, as a definition would write them."""
    from textpipe.options import defaults

    known = defaults(type(stage))
    options = stage.get_params(deep=False)
    return [
        f"{name} = {shown(value)}"
        for name, value in options.items()
        if not _same(value, known.get(name))
    ]


def shown(value: Any) -> str:
    """A value as TOML writes it, in one short printable line; stages inside it by their names.

    >>> shown(["not", "no"]), shown(True), shown(0.5)
    ('["not", "no"]', 'true', '0.5')
    """
    from textpipe.stage import Stage

    if isinstance(value, Stage):
        inner = chosen(value)
        return value.name() + (f"({', '.join(inner)})" if inner else "")
    if isinstance(value, list | tuple):
        return one_line(f"[{', '.join(map(shown, value))}]", 400)
    if isinstance(value, dict):
        return one_line("{ " + ", ".join(f"{k} = {shown(v)}" for k, v in value.items()) + " }", 400)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        from textpipe.printable import json_text

        return one_line(json_text(value), 120)
    return str(value)


def report_of(stage: Stage) -> list[str]:
    """What a stage has to say about how it stands in the pipeline, a sentence each."""
    report = getattr(stage, "report", None)
    return list(report()) if callable(report) else []


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)


def _columns(before: frozenset[str], after: frozenset[str]) -> Text:
    """The columns in the order of a text's way; new ones stand out."""
    from rich.text import Text

    order = ["text", "words", "tokens", "tags", "matrix", "decisions"]
    names = sorted(after, key=lambda name: (order.index(name) if name in order else 99, name))
    return Text(", ").join(Text(name, "green" if name not in before else "dim") for name in names)
