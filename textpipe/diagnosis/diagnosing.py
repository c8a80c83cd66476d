"""From a pipeline and documents to what is to be known before trusting neighbours."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Classifier, Decider
from textpipe.diagnosis import disagreement as labels_against
from textpipe.diagnosis.coverage import coverage
from textpipe.diagnosis.distances import contrast, spread
from textpipe.diagnosis.findings import Conflict, Curves, Diagnosis, Hub, Leak, Measure, Suspect
from textpipe.diagnosis.hubness import bad_hubness, hubness, occurrences, worst_hubs
from textpipe.diagnosis.intrinsic_dimension import (
    intrinsic_dimension,
    levina_bickel,
    ratios,
    two_nn,
)
from textpipe.diagnosis.leaks import leaking, leaks
from textpipe.diagnosis.redundancy import redundancy, removable
from textpipe.diagnosis.vectors import (
    Neighbours,
    Progress,
    dealt,
    measurable,
    metric_of,
    neighbours,
    prepare,
)
from textpipe.documents import Documents
from textpipe.duplicates import near_duplicate_groups
from textpipe.errors import InputError
from textpipe.labels import labels_of
from textpipe.pipeline import Pipeline
from textpipe.rows import unit_rows

Int64 = NDArray[np.int64]

EXCERPT = 200
"""Code points of a text that are kept to be shown."""

STEPS = 6


def diagnose(
    pipeline: Pipeline,
    documents: Any,
    labels: Any = None,
    *,
    k: int = 10,
    seed: int = 0,
    sample: int = 5000,
    progress: Progress | None = None,
) -> Diagnosis:
    """Train a pipeline's stages up to the matrix, and measure what neighbours can know by it.

    ``pipeline`` itself is left alone. Stages that learn from labels (``weigh_by_label``,
    ``stretch_by_label``) are left out: vectors that have seen their labels agree with them. Distances,
    hubs, dimension and disagreement are measured on distinct documents (one of each group of
    near-duplicates, and label), of which ``sample`` are drawn if there are more; words and
    near-duplicates are counted on all. What needs labels is left out without them, and where the
    pipeline predicts numbers.

    Raises DefinitionError for a pipeline without a matrix, InputError for fewer than 3 documents with a
    word, or labels of another number.

    >>> from textpipe import Tokenize, TfIdf
    >>> texts = ["win a prize", "win a big prize", "a prize to win", "see you at lunch", "lunch at noon"]
    >>> found = diagnose(Pipeline([Tokenize("words"), TfIdf()]), texts, k=2)
    >>> found.documents, found["near_duplicates"].shown
    (5, '0.0%')
    """
    documents = Documents.of(documents)
    for name, value, least in (("k", k, 1), ("sample", sample, 3)):
        if value < least:
            raise InputError(f"{name} must be at least {least}, and {value} was given")
    if len(documents) < 3:
        raise InputError(f"a diagnosis needs at least 3 documents, and {len(documents)} were given")
    given = None if labels is None else labels_of(labels, len(documents))
    said = None if given is None or not _of_labels(pipeline) else given.astype(str)
    step = _steps(progress)

    prepared = prepare(pipeline, documents, progress)
    step("training")
    texts = documents.texts()
    groups = near_duplicate_groups(texts)
    distinct = _distinct(groups, said)
    at = _drawn(distinct, sample, seed)
    trained = prepared.trained(np.arange(len(documents)), given)
    matrix = prepared.matrix(trained, at)
    metric = metric_of(pipeline)
    some = measurable(matrix.values, metric)
    if matrix.known is not None:
        some &= matrix.known > 0
    at, rows = at[some], matrix.values[some]
    if len(at) < 3:
        raise InputError(
            f"only {len(at)} of {len(documents)} documents differ and have a word that the vectorizer "
            "knows, and a diagnosis needs at least 3: look with textpipe trace at what drops the others"
        )
    rows = unit_rows(rows) if metric == "cosine" else rows

    step("finding neighbours")
    near = neighbours(rows, k, metric, groups[at])
    step("finding neighbours by chance")
    mixed = dealt(rows, np.random.default_rng(seed), metric)
    chance = neighbours(mixed, k, metric, groups[at])
    counts, dealt_counts = (occurrences(found.positions, len(at)) for found in (near, chance))
    real_spread = spread(rows, metric, groups[at], seed)
    quotients = ratios(near.distances)
    measures = [
        contrast(real_spread, spread(mixed, metric, groups[at], seed)),
        intrinsic_dimension(
            two_nn(quotients),
            two_nn(ratios(chance.distances)),
            rows.shape[1],
            levina_bickel(near.distances),
        ),
        hubness(counts, dealt_counts, near.positions.shape[1]),
    ]
    step("looking up unknown words")
    measures += coverage(prepared, given, groups, sample, seed)
    measures.append(redundancy(len(documents), len(np.unique(groups))))

    ids = documents.ids.to_pylist()
    words = prepared.before(trained)
    shown = [_excerpt(text) or _excerpt(texts[i]) for i, text in enumerate(words.texts())]
    short = [shown[i] for i in at]
    named = [ids[i] for i in at]
    suspects: list[Suspect] = []
    conflicts: list[Conflict] = []
    leaky: list[Leak] = []
    opposing: NDArray[np.float64] | None = None
    if said is not None:
        step("comparing labels")
        own = said[at]
        opposing, suspects, found = _by_labels(pipeline, near, own, named, short)
        conflicts = labels_against.conflicts(said, groups, ids, texts, shown)
        step("looking for leaks")
        leaky = leaks(words[distinct], documents[distinct], said[distinct])
        measures += [*found, leaking(leaky), removable(rows, own, metric)]
    if progress:
        progress("measuring", STEPS, STEPS)
    hubs: list[Hub] = worst_hubs(near.positions, None if said is None else said[at], named, short)
    return Diagnosis(
        len(documents),
        len(np.unique(groups)),
        len(at),
        rows.shape[1],
        near.positions.shape[1],
        metric,
        seed,
        None if said is None else dict(sorted(Counter(said.tolist()).items())),
        measures,
        hubs,
        suspects,
        conflicts,
        leaky,
        Curves(
            near.similarities[:, 0],
            np.zeros(0) if real_spread is None else real_spread.similarities,
            counts,
            dealt_counts,
            quotients,
            opposing,
        ),
        prepared.left_out,
    )


def _by_labels(
    pipeline: Pipeline, near: Neighbours, own: NDArray[Any], ids: list[str], texts: list[str]
) -> tuple[NDArray[np.float64], list[Suspect], list[Measure]]:
    """What labels and neighbours say of each other: opposing shares, suspects, measures."""
    classes, codes = np.unique(own, return_inverse=True)
    codes = codes.ravel().astype(np.int64)
    weights = labels_against.votes(pipeline, near)
    tally = labels_against.by_label(near.positions, weights, codes)
    listed = labels_against.suspects(near, tally, codes, classes.tolist(), ids, texts)
    many = labels_against.count_suspected(near, tally, codes)
    measures = [
        labels_against.disagreement(tally, codes),
        bad_hubness(near.positions, own),
        labels_against.suspected(many, len(own)),
    ]
    return labels_against.opposition(tally, codes), listed, measures


def _of_labels(pipeline: Pipeline) -> bool:
    """Are the pipeline's labels classes? (Without a last stage that decides, they are taken as such.)"""
    last = pipeline.stages[-1]
    return isinstance(last, Classifier) or not isinstance(last, Decider)


def _distinct(groups: Int64, labels: NDArray[Any] | None) -> Int64:
    """The first document of each group of near-duplicates; of each label in it, where there are labels."""
    codes = (
        np.zeros(len(groups), np.int64)
        if labels is None
        else np.unique(labels, return_inverse=True)[1].ravel()
    )
    pairs = np.stack([groups, codes], axis=1)
    return np.sort(np.unique(pairs, axis=0, return_index=True)[1]).astype(np.int64)


def _drawn(at: Int64, sample: int, seed: int) -> Int64:
    if len(at) <= sample:
        return at
    return np.sort(np.random.default_rng(seed).choice(at, sample, replace=False))


def _excerpt(text: str) -> str:
    return " ".join(text[: 4 * EXCERPT].split())[:EXCERPT]


def _steps(progress: Progress | None) -> Any:
    done = 0

    def step(what: str) -> None:
        nonlocal done
        if progress:
            progress(what, done, STEPS)
        done += 1

    return step
