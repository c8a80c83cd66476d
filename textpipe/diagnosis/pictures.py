"""Pictures of a diagnosis, as SVG that takes its colours from the page it stands in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from textpipe.diagnosis.intrinsic_dimension import TRUSTED, two_nn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from textpipe.diagnosis.findings import Diagnosis

COLOURS = {"#010101": "var(--ink)", "#020202": "var(--soft)", "#030303": "var(--line)",
           "#040404": "var(--bar)", "#050505": "var(--other)"}  # fmt: skip
"""Colours that stand for the page's own, so that light and dark pages both read well."""

INK, SOFT, LINE, BAR, OTHER = COLOURS

SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",  # words stay words
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": LINE,
    "legend.frameon": False,
}
SIZE = (4.8, 2.9)
"""Inches, at 72 units each."""


class Picture(NamedTuple):
    """A picture with what it shows; ``svg`` is trusted mark-up, made of numbers only."""

    title: str
    caption: str
    svg: str


def pictures(found: Diagnosis) -> list[Picture]:
    """The pictures for which there are numbers. The same diagnosis gives the same bytes."""
    made = [_similarities(found), _occurrences(found), _dimension(found), _opposition(found)]
    return [picture for picture in made if picture is not None]


def drawn(name: str, paint: Callable[[Axes], None]) -> str:
    """An SVG element with what ``paint`` draws; ``name`` keeps its ids apart from others on the page."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    sink = io.StringIO()
    settings: Any = {"svg.hashsalt": name, **SETTINGS}
    with rc_context(settings):
        drawing = Figure(SIZE, layout="constrained")
        drawing.patch.set_alpha(0)
        axes = drawing.add_subplot()
        axes.patch.set_alpha(0)
        paint(axes)
        canvas: Any = FigureCanvasSVG(drawing)
        canvas.print_svg(sink, metadata={"Date": None, "Creator": None})
    svg = sink.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace("xlink:href", "href")
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)  # nothing refers to groups
    svg = re.sub(
        r'^<svg [^>]*?viewBox="([^"]*)"[^>]*>',
        rf'<svg viewBox="\1" role="img" aria-label="{name}">',
        svg,
    )
    for stands_for, colour in COLOURS.items():
        svg = svg.replace(stands_for, colour)
    return svg.strip()


def _similarities(found: Diagnosis) -> Picture | None:
    near, random = found.curves.nearest, found.curves.random
    if not len(near) or not len(random):
        return None

    def paint(axes: Axes) -> None:
        low = min(0.0, float(random.min()), float(near.min()))
        edges = np.linspace(low, max(1.0, float(near.max())), 41)
        for values, colour, name in ((random, OTHER, "a random other"), (near, BAR, "the nearest")):
            shares = np.histogram(values, edges)[0] / len(values)
            axes.stairs(shares, edges, fill=True, color=colour, alpha=0.75, label=name)
        axes.set_xlabel("similarity" if found.metric == "euclidean" else "cosine similarity")
        axes.set_ylabel("share")
        axes.yaxis.set_major_formatter(_percent())
        axes.legend()

    return Picture(
        "Near and far",
        f"Similarity of each document to its nearest (median {np.median(near):.2f}) and to others drawn at "
        f"random (median {np.median(random):.2f}). The farther the two lie apart, the more near means.",
        drawn("similarities", paint),
    )


def _occurrences(found: Diagnosis) -> Picture | None:
    real, chance = found.curves.occurrences, found.curves.dealt_occurrences
    if not len(real):
        return None

    def paint(axes: Axes) -> None:
        top = int(max(real.max(), min(chance.max(initial=0), 4 * real.max()), 10)) + 1
        edges = np.unique(np.r_[0, np.geomspace(1, top, 28).round()].astype(int))
        width = np.diff(edges)
        axes.stairs(
            np.histogram(real, edges)[0] / width,
            edges,
            fill=True,
            color=BAR,
            alpha=0.75,
            label="here",
        )
        axes.stairs(
            np.histogram(chance, edges)[0] / width,
            edges,
            color=OTHER,
            linewidth=1.6,
            label="dealt out at random",
        )
        axes.set_xscale("symlog", linthresh=1)
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter(_plain())
        axes.yaxis.set_major_formatter(_plain())
        axes.set_xlim(0, top)
        axes.set_xlabel(f"neighbour of so many (k = {found.k})")
        axes.set_ylabel("documents")
        axes.legend()

    return Picture(
        "Hubs",
        f"For how many others a document is among the {found.k} nearest; both axes are logarithmic. What "
        "reaches far to the right are hubs. The line is the same words dealt out at random.",
        drawn("occurrences", paint),
    )


def _dimension(found: Diagnosis) -> Picture | None:
    ratios = found.curves.ratios
    estimate = two_nn(ratios)
    if estimate is None:
        return None

    def paint(axes: Axes) -> None:
        logs = np.log(ratios)
        rest = -np.log1p(-np.arange(len(logs)) / len(logs))
        end = int(TRUSTED * len(logs))
        some = np.unique(np.linspace(0, len(logs) - 1, 400).astype(int))
        axes.scatter(logs[some], rest[some], s=6, color=BAR, linewidths=0, label="documents")
        reach = logs[end - 1] * 1.6
        axes.plot([0, reach], [0, estimate.value * reach], color=OTHER, linewidth=1.6,
                  label=f"{estimate.value:.1f} dimensions")  # fmt: skip
        axes.axhline(rest[end - 1], color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set_xlim(0, max(float(np.quantile(logs, 0.985)), reach * 0.7))
        axes.set_ylim(0, float(rest[-1]) * 1.02)
        axes.set_xlabel("log(second nearest / nearest)")
        axes.set_ylabel("-log(share beyond)")
        axes.legend(loc="lower right")

    return Picture(
        "Intrinsic dimension",
        "Were documents spread evenly around each other, the points would lie on a line whose slope is the "
        "dimension (TwoNN). Those above the dashed line, a tenth, are not fitted.",
        drawn("dimension", paint),
    )


def _opposition(found: Diagnosis) -> Picture | None:
    opposing = found.curves.opposition
    if opposing is None:
        return None
    opposing = opposing[~np.isnan(opposing)]
    if not len(opposing):
        return None

    def paint(axes: Axes) -> None:
        edges = np.linspace(0, 1, 21)
        axes.stairs(np.histogram(opposing, edges)[0], edges, fill=True, color=BAR, alpha=0.75)
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(_plain())
        axes.xaxis.set_major_formatter(_percent())
        axes.set_xlabel("votes of neighbours for another label")
        axes.set_ylabel("documents")

    return Picture(
        "Labels against neighbours",
        "The share of votes for another label than the document's own; the scale of documents is "
        "logarithmic. On the far right are the likely mislabelled.",
        drawn("opposition", paint),
    )


def _percent() -> Any:
    from matplotlib.ticker import PercentFormatter

    return PercentFormatter(1.0, decimals=0)


def _plain() -> Any:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 or value == 0 else "")
