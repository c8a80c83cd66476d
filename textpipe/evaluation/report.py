"""An evaluation as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.definition import Definition, to_toml
from textpipe.documents import UNSURE
from textpipe.evaluation.cross_validation import Report
from textpipe.pipeline import Pipeline
from textpipe.printable import one_line, printable
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from jinja2 import Environment

BINS = 20
"""Bars of a histogram."""

MOST_MISTAKES = 50
LONGEST_EXCERPT = 400

SCORES = {
    "accuracy": ("accuracy", "share of documents that got their label"),
    "macro_f1": ("macro F1", "F1 of each label, averaged"),
    "mcc": ("Matthews correlation", "1 perfect, 0 no better than chance"),
    "roc_auc": ("area under the ROC curve", "how well the scores put the labels in order"),
    "recall": ("recall of", "share of its documents that were found"),
    "false_positive_rate": (
        "false alarms of",
        "share of other documents that got it; lower is better",
    ),
}
"""What people call a score, and what it is."""


class Score(NamedTuple):
    """One score over all documents, with the lowest and the highest of a fold."""

    name: str
    meaning: str
    value: float
    low: float
    high: float


class Histogram(NamedTuple):
    """How many documents of a label have which score; ``bars`` are shares of the highest bar."""

    label: str
    documents: int
    counts: list[int]
    bars: list[float]


class Mistake(NamedTuple):
    """A document that got another verdict than its label."""

    id: str
    label: str
    verdict: str
    score: str
    text: str


def write_report(
    report: Report,
    path: str | Path,
    *,
    definition: Definition | Pipeline | None = None,
    summary: str = "",
) -> Path:
    """Write the report as one HTML file, whole or not at all.

    ``definition`` is shown as TOML, and gives the page its name; ``summary`` is an account of the data,
    such as ``Corpus.summary()``. Texts of documents are shown as text, whatever they hold. Raises OSError
    where the file cannot be written.
    """
    path = Path(path)
    with whole_file(path) as file:
        file.write(as_html(report, definition=definition, summary=summary))
    return path


def as_html(
    report: Report, *, definition: Definition | Pipeline | None = None, summary: str = ""
) -> str:
    """The page as a text."""
    classes, table = report.confusion()
    wrong = report.mistakes()
    axis, edges, histograms = histograms_of(report)
    named = definition if isinstance(definition, Definition) else None
    return (
        _environment()
        .from_string(files("textpipe.evaluation").joinpath("report.html.j2").read_text("utf-8"))
        .render(
            name=named.name if named else "Evaluation",
            description=named.description if named else "",
            toml=to_toml(definition) if definition is not None else "",
            digest=named.digest if named else "",
            summary=summary.strip(),
            report=report,
            folds=int(report.folds.max()) + 1,
            unsure=int(report.decisions.unsure.sum()),
            scores=scores_of(report),
            classes=classes,
            columns=[*classes, UNSURE],
            rows=_shares(table),
            axis=axis,
            edges=edges,
            histograms=histograms,
            slowest=max((stage.seconds for stage in report.stages), default=0.0) or 1.0,
            n_wrong=len(wrong),
            mistakes=[_mistake(report, position) for position in wrong[:MOST_MISTAKES]],
        )
    )


def scores_of(report: Report) -> list[Score]:
    """The scores as the page shows them."""
    folds = report.fold_scores
    found = []
    for key, value in report.scores.items():
        name, meaning = SCORES.get(key, (key.replace("_", " "), ""))
        name = f"{name} {report.positive}" if name.endswith(" of") else name
        values = [fold[key] for fold in folds if key in fold] or [value]
        found.append(Score(name, meaning, value, min(values), max(values)))
    return found


def histograms_of(report: Report) -> tuple[str, tuple[float, float], list[Histogram]]:
    """What the horizontal axis is, its ends, and for each label how its documents are spread over it.

    With two labels: the score of the positive one (else the second). With more: the score that each
    document gave to its own label. Documents without evidence are left out.
    """
    decisions = report.decisions
    names = [str(label) for label in decisions.classes]
    labels = report.labels.astype(str)
    if not decisions.scores.size:
        return "", (0.0, 1.0), []
    if len(names) == 2:
        column = names.index(report.positive) if report.positive in names else 1
        scores, axis = decisions.scores[:, column], f"score of {names[column]}"
    else:
        at = np.array([names.index(label) for label in labels])
        scores, axis = decisions.scores[np.arange(len(at)), at], "score of the document's own label"
    ends = (0.0, 1.0) if decisions.are_probabilities else (float(scores.min()), float(scores.max()))
    found = [
        _histogram(name, scores[(labels == name) & ~decisions.unsure], ends)
        for name in sorted(set(labels.tolist()))
    ]
    return axis, ends, found


def _histogram(label: str, scores: NDArray[np.float64], ends: tuple[float, float]) -> Histogram:
    width = (ends[1] - ends[0]) or 1.0
    bins = np.clip(((scores - ends[0]) / width * BINS).astype(int), 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    highest = max(1, int(counts.max()))
    return Histogram(label, len(scores), counts.tolist(), (counts / highest).tolist())


def _shares(table: NDArray[np.int64]) -> list[list[tuple[int, float]]]:
    """Each count with its share of its row."""
    totals = np.maximum(1, table.sum(axis=1, keepdims=True))
    return [
        list(zip(counts, shares, strict=True))
        for counts, shares in zip(table.tolist(), (table / totals).tolist(), strict=True)
    ]


def _mistake(report: Report, position: int) -> Mistake:
    scores = report.decisions.scores[position]
    unsure = bool(report.decisions.unsure[position])
    return Mistake(
        report.ids[position],
        str(report.labels[position]),
        str(report.verdicts[position]),
        "" if unsure or not scores.size else f"{scores.max():.2f}",
        one_line(report.texts[position], LONGEST_EXCERPT),
    )


def _environment() -> Environment:
    """Every value is escaped; control and invisible characters are written out before."""
    from jinja2 import Environment, StrictUndefined

    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
