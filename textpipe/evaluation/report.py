"""An evaluation as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.definition import Definition, to_toml
from textpipe.documents import UNSURE
from textpipe.errors import InputError
from textpipe.evaluation.judgement import Report
from textpipe.evaluation.pictures import pictures_of
from textpipe.evaluation.shares import Share
from textpipe.evaluation.thresholds import Threshold
from textpipe.pipeline import Pipeline
from textpipe.printable import one_line, printable
from textpipe.whole_file import whole_file

if TYPE_CHECKING:
    from jinja2 import Environment

ALL_PICTURES = 3
"""Where so many pictures are drawn, one of them is a histogram."""

BINS = 20
"""Bars of a histogram."""

MOST_MISTAKES = 50
LONGEST_EXCERPT = 400

SCORES = {
    "accuracy": ("accuracy", "share of documents that got their label"),
    "macro_f1": ("macro F1", "F1 of each label, averaged"),
    "mcc": ("Matthews correlation", "1 perfect, 0 no better than chance"),
    "roc_auc": ("area under the ROC curve", "how well the scores put the labels in order"),
    "recall": ("recall of LABEL", "share of its documents that were found"),
    "false_positive_rate": (
        "false alarms of LABEL",
        "share of other documents that got it; lower is better",
    ),
    "recall_at_fpr_0.001": (
        "recall of LABEL at 0.1 % false alarms",
        "the most that any threshold finds with so few",
    ),
    "recall_at_fpr_0.01": ("recall of LABEL at 1 % false alarms", "the same with more of them"),
}
"""What people call a score, and what it is."""


class Score(NamedTuple):
    """One score over all documents, with the lowest and the highest of a fold, and its interval."""

    name: str
    meaning: str
    value: float
    low: float
    high: float
    interval: tuple[float, float] | None

    @property
    def between(self) -> str:
        """The interval in words."""
        return "" if self.interval is None else f"{self.interval[0]:.3f} to {self.interval[1]:.3f}"


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
    threshold, no_threshold = _threshold(report)
    pictures = pictures_of(report, threshold)
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
            histograms=histograms if len(pictures) < ALL_PICTURES else [],
            threshold=threshold,
            no_threshold=no_threshold,
            shares=_shares_at(threshold, report) if threshold else [],
            pictures=pictures,
            others=" or ".join(name for name in classes if name != report.positive),
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
        meaning = SCORES.get(key, ("", ""))[1]
        values = [fold[key] for fold in folds if key in fold] or [value]
        ends = report.intervals.get(key)
        between = None if ends is None else (ends[0], ends[1])
        found.append(
            Score(name_of_score(key, report), meaning, value, min(values), max(values), between)
        )
    return found


def name_of_score(key: str, report: Report) -> str:
    """What people call a score."""
    name = SCORES.get(key, (key.replace("_", " "), ""))[0]
    return name.replace("LABEL", report.positive or "")


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


def _threshold(report: Report) -> tuple[Threshold | None, str]:
    """The threshold for the lowest rate, or why there is none."""
    if report.positive is None:
        return None, ""
    try:
        return report.threshold(), ""
    except InputError as error:
        return None, str(error)


def _shares_at(threshold: Threshold, report: Report) -> list[tuple[str, Share]]:
    """What each mistake and each success with these thresholds is called, and how frequent it is."""
    says = report.positive
    other = next(name for name in report.decisions.classes.astype(str) if name != says)
    return [
        (f"{other} taken for {says} (false alarms)", threshold.false_positive_rate),
        (f"{says} found", threshold.recall),
        (f"{says} taken for {other} (missed)", threshold.missed),
        (f"{other} cleared", threshold.cleared),
    ]


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
