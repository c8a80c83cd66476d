"""Training anew, on the original documents as they were corrected."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import clone

from textpipe.bundle import info
from textpipe.corrections.corrected import CorrectedModel
from textpipe.corrections.in_force import Correction, Corrections
from textpipe.corrections.operation import Label
from textpipe.corrections.stored import together
from textpipe.corrections.teachable import listed
from textpipe.documents import Documents
from textpipe.errors import InputError, TextpipeWarning
from textpipe.labels import labels_of
from textpipe.pipeline import Pipeline
from textpipe.run import Observer
from textpipe.sources.counted import counted


def corrected_corpus(
    model: CorrectedModel, documents: Any, labels: Any
) -> tuple[Documents, list[Label]]:
    """The original training documents and labels, with the corrections made in them.

    What was unlearned is gone and what was relabelled has its new label, each with all copies; what
    was taught and is not among the originals follows by digest. The order depends on nothing else.

    Raises InputError where training documents were corrected and the model knows none of these.
    Warns (TextpipeWarning) of corrections of training documents that are not among these.
    """
    original = Documents.of(documents)
    known = labels_of(labels, len(original)).tolist()
    corrections, digests = model.corrections(), model.digests(original)
    _must_be_its_own(model, corrections, digests)
    kept, wanted = [], []
    for row, (digest, label) in enumerate(zip(digests, known, strict=True)):
        correction = corrections.get(digest)
        if correction is None:
            kept.append(row)
            wanted.append(label)
        elif correction.label is not None:
            kept.append(row)
            wanted.append(_like(known, correction.label))
    taught, taught_labels, taught_digests = model.taught()
    there = set(digests)
    new = [row for row, digest in enumerate(taught_digests) if digest not in there]
    wanted += [_like(known, taught_labels[row]) for row in new]
    parts = [original[kept]] + [taught[new]] * bool(new)
    return together(parts), wanted


def refit(
    model: CorrectedModel,
    documents: Any,
    labels: Any,
    pipeline: Pipeline | None = None,
    observe: Observer | None = None,
) -> Pipeline:
    """A pipeline trained from scratch on what :func:`corrected_corpus` gives.

    ``pipeline`` is another definition than the model's, if there is one; it is trained in place.
    """
    whole, wanted = corrected_corpus(model, documents, labels)
    fresh: Pipeline = clone(model.pipeline) if pipeline is None else pipeline
    return fresh.learn(whole, np.array(wanted), observe)


def _must_be_its_own(model: CorrectedModel, corrections: Corrections, digests: list[str]) -> None:
    """Raise InputError for documents of somebody else; warn of corrections that find none to correct."""
    there = set(digests)
    of_training = {digest: one for digest, one in corrections.items() if one.original}
    missing = [one for digest, one in sorted(of_training.items()) if digest not in there]
    if corrections and not any(d in corrections or model.trained_on(d) for d in there):
        foreign = f"the model was trained on none of these {counted(len(digests), 'document')}"
        own = f"give what it was trained on{_sources(model)}"
        if missing:
            names = listed([f"{one.id} ({one.what})" for one in missing])
            raise InputError(
                f"{foreign}, so that its {counted(len(missing), 'correction')} of training documents "
                f"cannot be made in them: {names}. For a refit, {own}; textpipe fit trains on anything else"
            )
        _warn(f"{foreign}: if that is not meant, {own}")
    elif missing:
        _warn(
            f"{len(missing):,} of {counted(len(of_training), 'correction')} of training documents "
            f"found no such document in what was given: {_named(missing)}"
        )


def _warn(message: str) -> None:
    warnings.warn(message, TextpipeWarning, stacklevel=4)


def _named(missing: list[Correction]) -> str:
    return listed([f"{one.id} ({_without_original(one)})" for one in missing])


def _without_original(correction: Correction) -> str:
    """What comes of a correction whose document is not there."""
    if correction.label is None:
        return "unlearned"
    return (
        f"relabelled {correction.label}, "
        f"{'added from the journal' if correction.document else 'left out'}"
    )


def _sources(model: CorrectedModel) -> str:
    """What the model's manifest says about where they were; empty if it says nothing."""
    named = info(model.path).get("training", {}).get("data", [])
    return f" ({listed(named)})" if named else ""


def _like(known: list[Any], label: Label) -> Label:
    """The label as a text where the labels beside it are texts: a file's columns are."""
    return str(label) if known and isinstance(known[0], str) else label
