"""Single words that give a label away."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.diagnosis.findings import Leak, Measure, light_of
from textpipe.documents import Documents, Regions, Tokens
from textpipe.printable import one_line
from textpipe.vectorize.counting import count_forms

COVERAGE = 0.15
"""A word that fewer of a label's documents have is no leak: it decides too little."""

PRECISION = 0.9
"""The lower bound of its precision must be at least this."""

REMOVED = 0.9
"""And it must remove this share of the errors that always saying the label would make."""

MOST = 20
AROUND = 40
"""Code points shown before and after a word."""

_FORMAT = re.compile(r"[\d@/\\_=<>#]|\w[.:-]\w|^(?:https?|www|re|fwd)$", re.IGNORECASE)


def leaks(documents: Documents, sources: Documents, labels: NDArray[Any]) -> list[Leak]:
    """Words and kinds of regions that alone give a label away, those that cover most first.

    Words are those of ``documents``, as a vectorizer would count them; regions are those of the
    ``sources``, the same documents before any stage. Both should be distinct (one of each group of
    near-duplicates): a campaign of a thousand copies is one observation. Document frequencies are
    compared, each label against all others: the precision has an interval by Clopper and Pearson (1934),
    z is the log-odds ratio over its standard error, each count raised by a half (Jeffreys' prior; Monroe,
    Colaresi, Quinn: Fightin' words, 2008, use a larger one and the counts of words).
    """
    found: list[Leak] = []
    for label in np.unique(labels):
        own = labels == label
        if documents.tokens is not None:
            names = documents.tokens.forms.to_pylist()
            found += _of_label(documents, "word", _words(documents.tokens), names, own, str(label))
        if sources.regions is not None and len(sources.regions.kinds) > 1:
            kinds = list(sources.regions.kinds)
            found += _of_label(sources, "region", _regions(sources.regions), kinds, own, str(label))
    return sorted(found, key=lambda leak: (-leak.coverage, -leak.z, leak.kind, leak.word))[:MOST]


def leaking(found: list[Leak]) -> Measure:
    """What the leaks say, as a measure."""
    if not found:
        return Measure(
            "leaks", "words that give a label away", 0.0, "none", "good",
            f"that {COVERAGE:.0%} of a label's documents have",
            f"No word that {COVERAGE:.0%} or more of a label's documents have is (nearly) theirs alone.",
            "Nothing.",
        )  # fmt: skip
    widest = found[0]
    word, label, wide = one_line(widest.word, 20), one_line(widest.label, 20), widest.coverage
    return Measure(
        "leaks", "words that give a label away", widest.coverage, f"{len(found)}",
        light_of(wide, 0.2, 0.5), f'the widest, "{word}", in {wide:.0%} of {label}',
        f'The widest, "{word}", stands in {wide:.0%} of the documents labelled {label} and in '
        f"{widest.others:,} of all others.",
        "Ask of each: will new documents have it for the same reason? If it comes from how the data were "
        "collected (a list's footer, a sender, a date), replace or remove it and measure again.",
        {"words": len(found)},
    )  # fmt: skip


def _words(tokens: Tokens) -> Any:
    """Which document [row] has which word [column]; CSC of ones."""
    table = count_forms(tokens)
    table.data[:] = 1.0
    return table.tocsc()


def _regions(regions: Regions) -> Any:
    """Which document [row] has which kind of region [column]; CSC of ones."""
    table = sparse.csr_matrix(
        (np.ones(len(regions.codes)), regions.codes.astype(np.int32), regions.rows),
        shape=(len(regions), len(regions.kinds)),
    )
    table.sum_duplicates()
    table.data[:] = 1.0
    return table.tocsc()


def _of_label(
    documents: Documents,
    kind: Literal["word", "region"],
    table: Any,
    names: list[str],
    own: NDArray[np.bool_],
    label: str,
) -> list[Leak]:
    from scipy.stats import beta

    inside, outside = int(own.sum()), int((~own).sum())
    if not outside:
        return []
    with_it = np.asarray(table[np.flatnonzero(own)].sum(axis=0)).ravel()
    others = np.asarray(table.sum(axis=0)).ravel() - with_it
    errs = outside / len(own)
    wide = (with_it >= COVERAGE * inside) & (with_it > 0)
    pure = others <= (1 - REMOVED) * errs * (with_it + others)
    at = np.flatnonzero(wide & pure)
    low = beta.ppf(0.025, with_it[at], others[at] + 1)
    high = np.where(others[at] > 0, beta.ppf(0.975, with_it[at] + 1, others[at]), 1.0)
    log_odds = [
        np.log((count + 0.5) / (total - count + 0.5))
        for count, total in ((with_it[at], inside), (others[at], outside))
    ]
    error = sum(
        1 / (count + 0.5) + 1 / (total - count + 0.5)
        for count, total in ((with_it[at], inside), (others[at], outside))
    )
    z = (log_odds[0] - log_odds[1]) / np.sqrt(error)
    return [
        Leak(
            names[column],
            kind,
            label,
            int(with_it[column]),
            int(others[column]),
            float(with_it[column] / inside),
            float(with_it[column] / (with_it[column] + others[column])),
            float(low[i]),
            float(high[i]),
            float(z[i]),
            _reason(names[column], kind, label),
            _example(documents, kind, table, column, own),
        )
        for i, column in enumerate(at.tolist())
        if low[i] >= max(PRECISION, 1 - errs)
    ]


def _reason(name: str, kind: Literal["word", "region"], label: str) -> str:
    if kind == "region":
        return (
            "A part of the format, not a word: a leak, if it comes from how the documents were collected; "
            f"a sign, if new {label} has it too."
        )
    if _FORMAT.search(name):
        return (
            "Looks like a number, an address or mark-up: most often a leak, from how or when the "
            "documents were collected."
        )
    return (
        f"A plain word: it may be what {label} is about, or stand in a footer, a signature or a name that "
        "only these documents share. The text around it tells."
    )


def _example(
    documents: Documents,
    kind: Literal["word", "region"],
    table: Any,
    column: int,
    own: NDArray[np.bool_],
) -> str:
    """The text around it, in the first document of the label that has it."""
    rows = table.indices[table.indptr[column] : table.indptr[column + 1]]
    row = int(min(row for row in rows if own[row]))
    text = documents.text[row].as_py()
    held = documents.tokens if kind == "word" else documents.regions
    assert held is not None, "a table was made of it"  # noqa: S101  # for mypy
    at = held.rows[row] + np.flatnonzero(held.codes[held.rows[row] : held.rows[row + 1]] == column)
    start, end = int(held.starts[at[0]]), int(held.ends[at[0]])
    end = min(end, start + 4 * AROUND)
    return " ".join(text[max(0, start - AROUND) : end + AROUND].split())
