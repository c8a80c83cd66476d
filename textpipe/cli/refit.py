"""``textpipe refit``: a model trained anew, with its corrections."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.fit import size_of, trained_on
from textpipe.cli.progress import progress
from textpipe.cli.terminal import say, tell

if TYPE_CHECKING:
    from textpipe.corrections import CorrectedModel
    from textpipe.sources import Corpus


def refit(
    model: reading.ModelPath,
    to: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="NEW", help="Where the new model goes: a folder, or FILE.zip."
        ),
    ],
    data: reading.Data = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a model that is there.")] = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    label_column: reading.LabelColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    journal: correcting.JournalPath = None,
) -> None:
    """Train a model's definition from scratch, on the original data as they were corrected.

    What was unlearned is left out, what was relabelled has its new label, and what was learned is
    added. The new model then knows the words of what was learned. Corrections of documents that are not
    in the data are named; data of which the model was trained on nothing are refused.

    \b
    textpipe refit spam.tpipe -o new.tpipe --data messages.csv
    """
    from sklearn.base import clone

    from textpipe.bundle import info, save
    from textpipe.definition import Definition
    from textpipe.errors import BundleError, InputError
    from textpipe.sources.counted import counted

    if to.exists() and not force:
        raise BundleError(f"{to}: is there already; --force replaces it")
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    if not data:
        named = ", ".join(map(str, info(model).get("training", {}).get("data", [])))
        raise InputError(
            "there is no data: a refit reads again what the model was trained on"
            f"{f' ({named})' if named else ''}, which a model does not keep. Give it: --data PATH or "
            "--data LABEL=PATH"
        )
    with correcting.corrected(model, journal) as taught:
        name = str(info(model).get("name", ""))
        corpus = reading.labelled(Definition(taught.pipeline, name), data, options)
        whole = _corrected(taught, corpus)
        say(f"with {correcting.counted_corrections(len(taught.corrections()))}")
        started = time.perf_counter()
        with progress() as bar:
            observe = bar.training(len(whole), list(taught.pipeline.stages))
            pipeline = clone(taught.pipeline).learn(whole.documents, whole.labels, observe)
            bar("saving", 0, 0)
            training = trained_on(whole, data) | {"corrections": taught.note()}
            save(pipeline, to, name=name, training=training, overwrite=force)
    seconds = time.perf_counter() - started
    tell(f"{to}  {size_of(to)}, {counted(len(whole), 'document')}, {seconds:.1f} s")


def _corrected(taught: CorrectedModel, corpus: Corpus) -> Corpus:
    import numpy as np

    from textpipe.corrections import corrected_corpus

    documents, labels = corrected_corpus(taught, corpus.documents, corpus.labels)
    return dataclasses.replace(corpus, documents=documents, labels=np.array(labels, np.str_))
