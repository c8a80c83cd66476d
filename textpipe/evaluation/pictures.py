"""Pictures of how scores and mistakes go together, as SVG to be put into a page.

They hold no words of anybody's: what a colour stands for is said beside them. Colours are those of the
page (CSS variables), so that they follow it into the dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.evaluation.calibration import Reliability
from textpipe.evaluation.judgement import Report
from textpipe.evaluation.scores import RATES
from textpipe.evaluation.shares import share
from textpipe.evaluation.thresholds import Threshold

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOWEST_RATE = 1e-4
"""Where the axis of false-positive rates begins."""

BINS = 40
"""Bars of the histogram."""

_COLOURS = {
    "ink": "#010203",
    "soft": "#010204",
    "line": "#010205",
    "first": "#010206",
    "second": "#010207",
}
"""Stand-ins that are replaced by the page's own colours of these names."""

_STYLE: Any = {
    "svg.hashsalt": "textpipe",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.edgecolor": _COLOURS["soft"],
    "axes.labelcolor": _COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _COLOURS["line"],
    "grid.linewidth": 0.6,
    "text.color": _COLOURS["ink"],
    "xtick.color": _COLOURS["soft"],
    "ytick.color": _COLOURS["soft"],
}


class Picture(NamedTuple):
    """An SVG element, and what it shows."""

    title: str
    svg: str
    meaning: str


def pictures_of(report: Report, threshold: Threshold | None) -> list[Picture]:
    """The ROC curve near zero; for probabilities also their reliability and a histogram of them.

    Nothing where there is no positive label or no score of it, or only one label among the documents.
    """
    truth, scores = report.positives(), report.positive_scores()
    if scores is None or truth.all() or not truth.any():
        return []
    cross = (
        "; the cross is the threshold chosen for it, with its 95 % intervals" if threshold else ""
    )
    found = [
        Picture(
            "Recall at few false alarms",
            roc_near_zero(truth, scores, threshold),
            f"Each score could be the threshold. The dashed line is one false alarm in a thousand{cross}.",
        )
    ]
    reliable = report.reliability()
    if reliable is None:
        return found
    return [
        *found,
        Picture(
            "Do scores mean what they say?",
            reliability_diagram(reliable),
            "Documents by their score, in bins of about equally many, with 95 % intervals of the share. "
            "On the diagonal, of the documents with score 0.9 nine in ten have the label. Below: how many "
            f"documents. Expected calibration error {reliable.calibration_error:.3f}, Brier score "
            f"{reliable.brier:.3f}.",
        ),
        Picture(
            "How sure it was",
            histogram(truth, scores, threshold),
            "Documents of each score; the axis of counts is logarithmic."
            + (" Between the lines lies what is unsure." if threshold else ""),
        ),
    ]


def roc_near_zero(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], threshold: Threshold | None
) -> str:
    """Recall over the false-positive rate, where few false alarms have most of the room."""
    rates, recalls = _curve(truth, scores)
    with _figure() as (figure, drawn):
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.set_xlim(LOWEST_RATE, 1)
        axes.set_ylim(0, 1.02)
        axes.axvline(RATES[0], color=_COLOURS["soft"], linestyle="--", linewidth=1)
        axes.step(
            np.maximum(rates, LOWEST_RATE / 10), recalls, where="post", color=_COLOURS["first"]
        )
        if threshold is not None:
            alarms, found = threshold.false_positive_rate, threshold.recall
            at = max(alarms.value, LOWEST_RATE)
            axes.plot(
                [max(alarms.low, LOWEST_RATE), alarms.high],
                [found.value] * 2,
                color=_COLOURS["ink"],
            )
            axes.plot([at] * 2, [found.low, found.high], color=_COLOURS["ink"])
        axes.xaxis.set_major_formatter(lambda rate, _: f"{100 * rate:g} %")
        axes.set_xlabel("false-positive rate")
        axes.set_ylabel("recall")
    return drawn[0]


def reliability_diagram(found: Reliability) -> str:
    """The share of positive documents over the score, and below it how many documents there are."""
    with _figure() as (figure, drawn):
        axes, below = figure.subplots(2, sharex=True, height_ratios=[3, 1])
        axes.plot([0, 1], [0, 1], color=_COLOURS["soft"], linestyle="--", linewidth=1)
        for one in found.bins:
            ends = share(round(one.share * one.documents), one.documents, 0.95)
            axes.plot([one.mean_score] * 2, [ends.low, ends.high], color=_COLOURS["first"])
        middles = [one.mean_score for one in found.bins]
        axes.plot(
            middles, [one.share for one in found.bins], "o", markersize=4, color=_COLOURS["first"]
        )
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.set_ylabel("share with the label")
        below.vlines(
            middles, 0, [one.documents for one in found.bins], color=_COLOURS["first"], linewidth=3
        )
        below.set_ylim(bottom=0)
        below.set_ylabel("documents")
        below.set_xlabel("score")
        figure.align_ylabels()
    return drawn[0]


def histogram(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], threshold: Threshold | None
) -> str:
    """How many documents of the positive label and of the others have which score."""
    edges = np.linspace(0, 1, BINS + 1)
    known = ~np.isnan(scores)
    with _figure() as (figure, drawn):
        axes = figure.subplots()
        axes.set_yscale("log")
        for colour, of in (("second", ~truth), ("first", truth)):
            counts = np.histogram(scores[of & known], edges)[0]
            axes.stairs(counts, edges, fill=True, color=_COLOURS[colour], alpha=0.35)
            axes.stairs(np.maximum(counts, 0.5), edges, color=_COLOURS[colour], baseline=0.5)
        if threshold is not None:
            for at in (threshold.negative_below, threshold.positive_from):
                axes.axvline(at, color=_COLOURS["ink"], linestyle="--", linewidth=1)
        axes.yaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(bottom=0.5)
        axes.set_xlabel("score")
        axes.set_ylabel("documents")
    return drawn[0]


def _curve(
    truth: NDArray[np.bool_], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """False-positive rates and recalls from the highest threshold to the lowest; ties are one step."""
    known = ~np.isnan(scores)
    falling = np.argsort(-scores[known], kind="stable")
    ordered, up = scores[known][falling], truth[known][falling]
    last = np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], np.ones(min(1, len(ordered)), bool)])
    rates = np.cumsum(~up)[last] / (~truth).sum()
    recalls = np.cumsum(up)[last] / truth.sum()
    return np.r_[0.0, rates], np.r_[0.0, recalls]


@contextmanager
def _figure() -> Iterator[tuple[Figure, list[str]]]:
    """A figure to draw on, and a list that holds its SVG when it is done."""
    import matplotlib
    from matplotlib.figure import Figure

    drawn: list[str] = []
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(4.4, 3.4), layout="constrained")
        figure.patch.set_visible(False)
        yield figure, drawn
        for axes in figure.axes:
            axes.patch.set_visible(False)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    drawn.append(_inline(file.getvalue()))


def _inline(svg: str) -> str:
    """The SVG element alone, in the page's colours and letters, and as wide as there is room."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r""" (xmlns(:\w+)?|width|height|version)="[^"]*\"""", "", svg, count=5)
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # the same ones are in every picture
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    for name, colour in _COLOURS.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg
