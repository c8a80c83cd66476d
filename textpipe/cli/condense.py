"""``textpipe condense``: a smaller model, and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.progress import progress
from textpipe.cli.terminal import say, tell
from textpipe.printable import json_text
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from textpipe.classify.training_set import TrainingSet
    from textpipe.diagnosis import Price
    from textpipe.documents import Documents
    from textpipe.pipeline import Pipeline
    from textpipe.sources import Corpus


def condense(
    model: reading.ModelPath,
    to: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="SMALLER", help="Where the model goes: a folder, or FILE.zip."
        ),
    ],
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="[LABEL=]PATH",
            help="Labelled documents that the model has not seen, to measure the price on; with --folds, "
            "those that it was trained on. Without it, no price is measured.",
        ),
    ] = None,
    kind: Annotated[
        Literal["edited", "condensed", "edited+condensed"],
        typer.Option(
            help="edited drops rows that their neighbours oppose (Wilson); condensed keeps only what the "
            "nearest neighbour needs to tell all rows apart (Hart); or one after the other."
        ),
    ] = "condensed",
    k: Annotated[int, typer.Option("-k", metavar="N", help="Neighbours that edited asks.")] = 3,
    folds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Measure the price by cross-validation: train, drop and judge N times.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the folds.")] = 0,
    at_most: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Write nothing where more accuracy is lost than this; where none is measured, where more "
            "of the training documents get another verdict.",
        ),
    ] = 0.02,
    json_file: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Write all figures; - for standard output."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a model that is there.")] = False,
    format: reading.Format = None,  # noqa: A002  # the option's name
    text_column: reading.TextColumn = None,
    label_column: reading.LabelColumn = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
) -> None:
    """Drop the training documents that a model can do without, and say what that costs in accuracy.

    Hart's rule, the default, keeps what one nearest neighbour needs: mostly documents at the border between
    labels. A model that asks ten of them, above all in a space that was stretched by labels, may do badly
    with these; then nothing is written, and --kind edited may do better.

    \b
    textpipe condense spam.tpipe -o small.tpipe --data new-messages.csv
    textpipe condense spam.tpipe -o small.tpipe --data messages.csv --folds 5
    """
    import numpy as np

    from textpipe.classify.leave_one_out import sample_of
    from textpipe.diagnosis.price import Price, must_keep_rows
    from textpipe.diagnosis.price import price as measured
    from textpipe.errors import BundleError, InputError

    if to.exists() and not force:
        raise BundleError(f"{to}: is there already; --force replaces it")
    if folds is not None and not data:
        raise InputError(
            "--folds trains anew, and needs the documents that the model was trained on: --data PATH"
        )
    if k < 1:
        raise InputError(f"-k must be at least 1, and {k} was given")
    pipeline = correcting.deciding(model)
    last = must_keep_rows(pipeline)
    _must_not_depend_on_all_rows(last)
    last.only(np.flatnonzero(last.there()).tolist())  # what was unlearned is no row any more
    options = {
        "format": format,
        "text_column": text_column,
        "label_column": label_column,
        "id_column": id_column,
        "encoding": encoding,
    }
    corpus = _corpus(pipeline, data, options) if data else None
    price = None
    if corpus is not None and folds is not None:
        with progress() as bar:
            documents, labels = corpus.documents, corpus.labels
            price = measured(
                pipeline, documents, labels, kind, k=k, folds=folds, seed=seed, progress=bar
            )
    held_out = None if corpus is None or folds is not None else _held_out(pipeline, corpus)
    right = None if held_out is None else held_out.right(last)
    sample = last.rows_[sample_of(last.keys_)]
    verdicts = last.decide(sample).verdicts()
    before, size_before = last.rows_.shape[0], bytes_of(model)
    with progress() as bar:
        bar("dropping documents", 0, 0)
        last.only(_kept(pipeline, kind, k))
    after = last.rows_.shape[0]
    if held_out is not None and right is not None:
        price = Price.of(right, held_out.right(last), before, after)
    others = float(np.mean(last.decide(sample).verdicts() != verdicts))
    _must_not_cost_more(at_most, price, others, before, after)
    _save(pipeline, model, to, kind, before, force)
    size_after = bytes_of(to)
    found = {
        "kind": kind,
        "rows_before": before,
        "rows_after": after,
        "bytes_before": size_before,
        "bytes_after": size_after,
        "other_verdicts": others,
    }
    if json_file != "-":
        _show(found, price, to, folds)
    if json_file is not None:
        _write_json({**found, "price": None if price is None else price.as_json()}, json_file)


def _must_not_depend_on_all_rows(last: TrainingSet) -> None:
    """Raise InputError if a bound or a calibration was chosen for the scores that all rows give."""
    from textpipe.errors import InputError

    chosen = [
        option for option in ("verdict_from", "minimum_evidence") if getattr(last, option, None)
    ]
    chosen += ["calibrate"] * bool(getattr(last, "calibration_", None))
    if chosen:
        raise InputError(
            f"this model has {' and '.join(chosen)}, which was chosen for the scores that all its rows give; "
            "fewer rows give others. Train the model without, condense it, then choose anew"
        )


def _must_not_cost_more(
    at_most: float, price: Price | None, others: float, before: int, after: int
) -> None:
    """Raise InputError where the smaller model is too much worse."""
    from textpipe.errors import InputError

    lost = others if price is None else -price.change
    if lost <= at_most:
        return
    what = (
        f"{100 * others:.1f} % of the training documents would get another verdict"
        if price is None
        else f"accuracy would fall from {price.accuracy_before:.4f} to {price.accuracy_after:.4f}"
    )
    raise InputError(
        f"with {after:,} of {before:,} documents left, {what}: nothing was written. Try --kind edited, or "
        f"allow it with --at-most {lost + 0.005:.2f}"
    )


def bytes_of(path: Path) -> int:
    """How many bytes a file, or all files of a folder, have."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _corpus(pipeline: Pipeline, data: list[str], options: reading.Options) -> Corpus:
    from textpipe.definition import Definition

    return reading.labelled(Definition(pipeline), data, options)


def _kept(pipeline: Pipeline, kind: Any, k: int) -> Any:
    """Positions of the model's rows that stay. Rows that are the same do not vote for each other."""
    import numpy as np

    from textpipe.diagnosis import kept
    from textpipe.diagnosis.price import must_keep_rows
    from textpipe.neighbours import content_keys

    last = must_keep_rows(pipeline)
    n = last.rows_.shape[0]
    labels = np.array([str(last.label_of(i)) for i in range(n)])
    same = content_keys(last.rows_, np.zeros(n, np.int64))
    groups = np.unique(same, return_inverse=True)[1].ravel().astype(np.int64)
    return kept(kind, last.rows_, labels, k, groups, last.metric)


def _save(pipeline: Pipeline, model: Path, to: Path, kind: str, before: int, force: bool) -> None:
    from textpipe.bundle import info, save

    manifest = info(model)
    condensing = {"kind": kind, "rows_before": before}
    training = {**manifest.get("training", {}), "condensed": condensing}
    save(pipeline, to, name=str(manifest.get("name", "")), training=training, overwrite=force)


class _HeldOut(NamedTuple):
    """Documents with their matrix, that the model has not seen, and their labels."""

    documents: Documents
    labels: NDArray[Any]

    def right(self, decider: TrainingSet) -> NDArray[np.bool_]:
        """Which of them get their label, bool[n]."""
        said = decider.decide(self.documents).verdicts().astype(str)
        right: NDArray[np.bool_] = said == self.labels
        return right


def _held_out(pipeline: Pipeline, corpus: Corpus) -> _HeldOut:
    """The documents that were given; a warning where the model has some of them already."""
    from textpipe.diagnosis.price import must_keep_rows

    last, found = must_keep_rows(pipeline), pipeline.run(corpus.documents)
    if hasattr(last, "digests_"):
        known = sum(bool(at) for at in last.find(found))
        if known:
            say(
                f"warning: the model was trained on {known:,} of these {len(found):,} documents, so that "
                "the price is wrong: give others, or --folds 5 with all of its training documents",
                "yellow",
            )
    assert corpus.labels is not None, "a model that decides needs them"  # noqa: S101  # for mypy
    return _HeldOut(found, corpus.labels)


def _show(found: dict[str, Any], price: Price | None, to: Path, folds: int | None) -> None:
    rows, left = found["rows_before"], found["rows_after"]
    megabytes = [found[f"bytes_{when}"] / 1e6 for when in ("before", "after")]
    tell(f"{to}  {left:,} of {rows:,} documents ({left / max(1, rows):.1%})")
    tell(
        f"verdicts  {100 * found['other_verdicts']:.1f} % of the training documents get another one"
    )
    tell(f"size      {megabytes[0]:.2f} MB -> {megabytes[1]:.2f} MB")
    if price is None:
        tell("accuracy  not measured: give --data")
        return
    where = f"{price.documents:,} documents" + (f", {folds}-fold" if folds else "")
    tell(f"accuracy  {price.accuracy_before:.4f} -> {price.accuracy_after:.4f} on {where}")
    tell(
        f"change    {100 * price.change:+.2f} points (95 %: {100 * price.low:+.2f} to "
        f"{100 * price.high:+.2f}); {price.only_before:,} only right before, {price.only_after:,} "
        "only right after"
    )


def _write_json(found: dict[str, Any], file: str) -> None:
    text = json_text(found, indent=1) + "\n"
    if file == "-":
        typer.echo(text, nl=False)
        return
    with whole_file(file) as whole:
        whole.write(text)
