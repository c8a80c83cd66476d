"""``textpipe fit``: train a definition and keep the model."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textpipe.cli import profiling, reading
from textpipe.cli.progress import progress
from textpipe.cli.taken import tell_of_failed
from textpipe.cli.terminal import tell

if TYPE_CHECKING:
    from textpipe.definition import Definition
    from textpipe.run import Failed, Spent, Work
    from textpipe.sources import Corpus


def fit(
    definition: reading.DefinitionFile,
    to: Annotated[
        Path,
        typer.Option("--out", metavar="MODEL", help="Where the model goes: a folder, or FILE.zip."),
    ],
    data: reading.Data = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a model that is there.")] = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    label_column: reading.LabelColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    n_jobs: profiling.NJobs = -1,
    cache: profiling.CacheFolder = None,
    no_cache: profiling.NoCache = False,
    profile: profiling.ShowProfile = False,
    profile_file: profiling.ProfileFile = None,
) -> None:
    """Train a definition on documents and save the model.

    \b
    textpipe fit spam.toml --data messages.csv --out spam.tpipe
    textpipe fit spam.toml --data spam=mail/spam --data ham=mail/ham --out spam.tpipe
    """
    from textpipe.errors import BundleError

    profiling.check_profile_file(profile_file)
    found = reading.ready(definition)
    profiling.run_by(found.pipeline, n_jobs, cache, no_cache)
    if to.exists() and not force:
        raise BundleError(f"{to}: is there already; --force replaces it")
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    corpus = reading.labelled(found, data, options)
    stages = train_and_save(found, corpus, data, to, replace=force)
    profiling.tell_profile(stages, profile, profile_file)


def train_and_save(
    found: Definition, corpus: Corpus, data: list[str] | None, to: Path, *, replace: bool
) -> list[Spent]:
    """Train on the whole corpus, save the model, and say where it is. Returns what each stage cost."""
    from textpipe.bundle import save
    from textpipe.run import Profile
    from textpipe.sources.counted import counted

    started = time.perf_counter()
    with progress() as bar:
        spent = Profile(found.pipeline.named_stages())
        show = bar.training(len(corpus), list(found.pipeline.stages))

        def observe(work: Work) -> None:
            spent(work)
            show(work)

        aside: list[Failed] = []
        found.pipeline.learn(corpus.documents, corpus.labels, observe, set_aside=aside.append)
        bar("saving", 0, 0)
        save(
            found.pipeline,
            to,
            name=found.name,
            training=trained_on(corpus, data or [source.path for source in found.data], aside),
            overwrite=replace,
        )
    tell_of_failed(aside)
    seconds = time.perf_counter() - started
    keeper = found.pipeline.stages[-1]
    if hasattr(keeper, "k_"):
        tell(f"{keeper.name()}  k = {keeper.k_} of 1 to {len(keeper.k_curve_)}, by leaving out")
    tell(f"{to}  {size_of(to)}, {counted(len(corpus) - len(aside), 'document')}, {seconds:.1f} s")
    return spent.stages


def trained_on(corpus: Corpus, data: list[str], aside: Sequence[Failed] = ()) -> dict[str, Any]:
    """What a model keeps about its training: sources, documents, labels, what was set aside."""
    from textpipe.documents import clean_surrogates

    labels = Counter([] if corpus.labels is None else corpus.labels.tolist())
    if corpus.labels is not None:
        labels -= Counter(corpus.labels[[one.position for one in aside]].tolist())
    return {
        "data": [clean_surrogates(source) for source in data],
        "documents": len(corpus) - len(aside),
        "labels": dict(sorted(labels.items())),
        "skipped": len(corpus.skipped) + len(aside),
        "encodings": corpus.encodings,
    }


def size_of(path: Path) -> str:
    """How much a file, or all files of a folder, take on disk."""
    files = path.rglob("*") if path.is_dir() else [path]
    return in_units(sum(file.stat().st_size for file in files if file.is_file()))


def in_units(n: float) -> str:
    """A number of bytes as people read it.

    >>> in_units(2_000_000)
    '1.9 MiB'
    """
    size = float(n)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
