"""Training anew, on the original documents as they were corrected."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from textpipe.corrections.corrected import CorrectedModel
from textpipe.corrections.operation import Label
from textpipe.corrections.stored import together
from textpipe.documents import Documents
from textpipe.labels import labels_of
from textpipe.pipeline import Observer, Pipeline


def corrected_corpus(
    model: CorrectedModel, documents: Any, labels: Any
) -> tuple[Documents, list[Label]]:
    """The original training documents and labels, with the corrections made in them.

    What was unlearned is gone and what was relabelled has its new label, each with all copies; what
    was taught and is not among the originals follows by digest. The order depends on nothing else.
    """
    original = Documents.of(documents)
    known = labels_of(labels, len(original)).tolist()
    corrections, digests = model.corrections(), model.digests(original)
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


def _like(known: list[Any], label: Label) -> Label:
    """The label as a text where the labels beside it are texts: a file's columns are."""
    return str(label) if known and isinstance(known[0], str) else label
