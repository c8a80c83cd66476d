"""Documents whose label their neighbours oppose, and copies with different labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.training_set import TrainingSet
from textpipe.diagnosis.findings import Conflict, Light, Measure, Suspect, light_of
from textpipe.diagnosis.vectors import Neighbours
from textpipe.pipeline import Pipeline

Floats = NDArray[np.float64]

OPPOSED = 0.8
"""From this share of opposing votes on, a label is suspected."""

FEWEST = 3
"""So many neighbours must have voted before a label is suspected (or k, if that is less)."""

MOST = 50
POWER = 2.0
"""The weight of a vote, similarity to this power, where the pipeline does not say."""


def votes(pipeline: Pipeline, found: Neighbours) -> Floats:
    """How much each neighbour's vote weighs [n, k], as the pipeline's last stage has it; 0 for none."""
    last = pipeline.stages[-1]
    power = last.power if isinstance(last, TrainingSet) else POWER
    if isinstance(last, TrainingSet) and last.weights == "uniform":
        power = 0.0
    return np.where(found.positions >= 0, np.maximum(found.similarities, 0.0) ** power, 0.0)


def by_label(positions: NDArray[np.int64], weights: Floats, codes: NDArray[np.int64]) -> Floats:
    """The votes for each label [n, n_labels]."""
    rows, columns = np.nonzero(positions >= 0)
    tally = np.zeros((len(positions), int(codes.max()) + 1))
    np.add.at(tally, (rows, codes[positions[rows, columns]]), weights[rows, columns])
    return tally


def opposition(tally: Floats, codes: NDArray[np.int64]) -> Floats:
    """The share of votes for other labels than the document's own [n]; NaN where nobody votes."""
    total = tally.sum(axis=1)
    own = tally[np.arange(len(codes)), codes]
    return np.where(total > 0, 1.0 - own / np.where(total > 0, total, 1.0), np.nan)


def disagreement(tally: Floats, codes: NDArray[np.int64]) -> Measure:
    """The share of documents that their neighbours would label otherwise."""
    own = tally[np.arange(len(codes)), codes]
    lost = (np.round(tally.max(axis=1) - own, 10) > 0) | (own <= 0)
    value = float(lost.mean())
    chance = float(1 - np.bincount(codes).max() / len(codes))
    meaning = (
        f"Left out in turn, {value:.1%} of documents get another label from their neighbours, or none; "
        f"always saying the most frequent label is wrong for {chance:.1%}. "
    )
    light: Light = light_of(value, 0.25 * chance, 0.6 * chance) if chance else "unknown"
    if light == "unknown":
        advice = "Give documents of at least two labels."
    elif light == "good":
        meaning, advice = meaning + "Neighbours work here.", "Nothing."
    elif light == "watch":
        meaning += "Neighbours help, and err often."
        advice = "Read the suspected labels below, then try other features, k and power."
    else:
        meaning += "Neighbours know little more than the most frequent label."
        advice = (
            "Read the suspected labels below: are people of one mind about them? If so, nearness in these "
            "vectors is not what labels are about: try other features, or linear_svc."
        )
    return Measure(
        "disagreement", "labels against neighbours", value, f"{value:.1%}", light,
        f"err when left out; the most frequent label alone {chance:.1%}", meaning, advice,
        {"most_frequent_label_errs": chance},
    )  # fmt: skip


def suspects(
    found: Neighbours,
    tally: Floats,
    codes: NDArray[np.int64],
    classes: list[str],
    ids: list[str],
    texts: list[str],
) -> list[Suspect]:
    """Documents that are likely mislabelled, the surest first: by opposing share, then by how near."""
    opposing = opposition(tally, codes)
    voters = (found.positions >= 0).sum(axis=1)
    least = min(FEWEST, found.positions.shape[1])
    at = np.flatnonzero((np.nan_to_num(opposing) >= OPPOSED) & (voters >= least))
    nearness = tally.sum(axis=1)
    order = sorted(at, key=lambda i: (-round(float(opposing[i]), 9), -nearness[i], ids[i]))
    listed = []
    for i in order[:MOST]:
        others = tally[i].copy()
        others[codes[i]] = -1.0
        other = int(others.argmax())
        near = next(int(p) for p in found.positions[i] if p >= 0 and codes[p] == other)
        listed.append(
            Suspect(
                ids[i],
                classes[codes[i]],
                classes[other],
                float(opposing[i]),
                int(voters[i]),
                texts[i],
                ids[near],
                texts[near],
            )
        )
    return listed


def suspected(listed: int, documents: int) -> Measure:
    """How many labels are suspected. ``listed`` is what was found, which may be more than is shown."""
    share = listed / documents
    light = light_of(share, 0.005, 0.05)
    return Measure(
        "suspects", "suspected labels", share, f"{listed:,}", light,
        f"documents that {OPPOSED:.0%} of their neighbours' votes oppose",
        f"{share:.1%} of documents have a label that at least {OPPOSED:.0%} of their neighbours' votes "
        "oppose. Some are mislabelled; others are the hard ones.",
        "Nothing." if not listed else "Read them, surest first; correct the label or leave it.",
        {"documents": listed},
    )  # fmt: skip


def count_suspected(found: Neighbours, tally: Floats, codes: NDArray[np.int64]) -> int:
    """How many documents ``suspects`` would list, if it listed all."""
    least = min(FEWEST, found.positions.shape[1])
    voters = (found.positions >= 0).sum(axis=1)
    opposed = np.nan_to_num(opposition(tally, codes)) >= OPPOSED
    return int(np.count_nonzero(opposed & (voters >= least)))


def conflicts(
    labels: NDArray[Any],
    groups: NDArray[np.int64],
    ids: list[str],
    texts: list[str],
    excerpts: list[str],
) -> list[Conflict]:
    """Copies and near-copies that do not have the same label, exact ones first, then the most."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    listed = []
    for at in np.split(order, starts[1:]):
        if len(at) < 2 or len(set(labels[at].tolist())) < 2:
            continue
        by_text: dict[str, set[str]] = {}
        for i in at:
            by_text.setdefault(texts[i], set()).add(str(labels[i]))
        exact = any(len(said) > 1 for said in by_text.values())
        names, counts = np.unique(labels[at].astype(str), return_counts=True)
        counted = dict(zip(names.tolist(), counts.tolist(), strict=True))
        some = [ids[i] for i in at[:MOST]]
        listed.append(Conflict(some, counted, exact, excerpts[at[0]]))
    return sorted(
        listed, key=lambda found: (not found.exact, -sum(found.labels.values()), found.ids)
    )
