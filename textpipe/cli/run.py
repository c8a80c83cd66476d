"""``textpipe run``: a definition that names its own data, from reading to report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from textpipe.cli import profiling, reading
from textpipe.cli.evaluate import judged, must_classify, write_json
from textpipe.cli.fit import train_and_save
from textpipe.cli.terminal import out, tell


def run(
    definition: reading.DefinitionFile,
    to: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Where results go. By default build/NAME."),
    ] = None,
    n_jobs: profiling.NJobs = -1,
    cache: profiling.CacheFolder = None,
    no_cache: profiling.NoCache = False,
) -> None:
    """Evaluate a definition on the data that it names, train it on all of it, save and report.

    Writes model.tpipe, evaluation.json and report.html; those of an earlier run are replaced.

    \b
    textpipe run spam.toml
    """
    from textpipe.errors import InputError

    found = reading.definition_of(definition)
    if not found.data:
        raise InputError(
            f"{definition}: names no data to run on. Add [[data]] with path = ..., or use textpipe "
            "evaluate and textpipe fit with --data"
        )
    must_classify(found, definition)
    reading.rehearse(found)
    profiling.run_by(found.pipeline, n_jobs, cache, no_cache)
    folder = to or Path("build") / folder_name(found.name)
    corpus = reading.labelled(found, None, {})
    report = judged(found, corpus, found.evaluation)

    from textpipe.cli.show_report import show_report
    from textpipe.evaluation.report import write_report

    console = out()
    show_report(report, console, len(corpus.skipped))
    console.print()
    write_json(report, len(corpus.skipped), folder / "evaluation.json")
    write_report(report, folder / "report.html", definition=found, summary=corpus.summary())
    train_and_save(found, corpus, None, folder / "model.tpipe", replace=True)
    for name in ("evaluation.json", "report.html"):
        tell(str(folder / name))


def folder_name(name: str) -> str:
    """A name of a definition as a folder may be called on any system.

    >>> folder_name("Spam: de/en"), folder_name("..")
    ('Spam-de-en', 'pipeline')
    """
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100] or "pipeline"
