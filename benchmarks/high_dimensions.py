"""The figures and pictures of docs/high_dimensions.md, and what textpipe diagnose says of real corpora.

    python benchmarks/high_dimensions.py [--without-corpora]

Pictures go to docs/images/. The real corpora need TEXTPIPE_CORPORA (see CONTRIBUTING.md).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import CORPORA

import textpipe as tp
from textpipe.diagnosis import Diagnosis, diagnose
from textpipe.diagnosis.distances import spread
from textpipe.diagnosis.hubness import occurrences, skewness
from textpipe.diagnosis.pictures import BAR, COLOURS, INK, OTHER, SOFT, drawn
from textpipe.diagnosis.vectors import neighbours

HERE = Path(__file__).parent.parent
IMAGES = HERE / "docs" / "images"

FIXED = {INK: "#1d2230", SOFT: "#636b7c", "#030303": "#d9d7d0", BAR: "#3f6fb5", OTHER: "#c97a1a"}
"""A picture that stands alone has colours of its own, on white."""

DIMENSIONS = [2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]
POINTS = 2000
RUNS = [
    ("sms-spam", "spam_words"),
    ("sms-spam", "spam_word2vec"),
    ("spamassassin", "spam_words"),
    ("germeval2018", "german_topics"),
]
ROWS = [
    ("contrast", "contrast_by_chance"),
    ("intrinsic_dimension", "by_chance"),
    ("hubness", "skewness_by_chance"),
    ("bad_hubness", "by_chance"),
    ("disagreement", "most_frequent_label_errs"),
]


def main() -> None:
    """Print the tables and draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without-corpora", action="store_true", help="only what needs no corpus")
    options = parser.parse_args()
    found = {} if options.without_corpora else {run: measured(*run) for run in RUNS}
    shell()
    angles()
    contrasts, skews = uniform()
    lost_contrast(contrasts, found)
    hubs(skews, found)
    if found:
        table(found)


def shell() -> None:
    """The share of a ball's volume in the outer hundredth of its radius."""
    print("\n| dimensions | share of the volume in the outer 1 % |\n|---|---|")
    for d in (2, 3, 10, 100, 400, 1000):
        print(f"| {d:,} | {1 - 0.99**d:.5f} |")

    def paint(axes: Any) -> None:
        d = np.geomspace(1, 1000, 200)
        axes.plot(d, 1 - 0.99**d, color=BAR, linewidth=2)
        for one, side, away in (
            (3, "left", (-8, 10)),
            (100, "right", (-6, 5)),
            (400, "right", (-6, 5)),
        ):
            share = 1 - 0.99**one
            axes.plot(one, share, "o", color=OTHER)
            said = {"ha": side, "va": "bottom", "xytext": away, "textcoords": "offset points"}
            axes.annotate(f"{one}: {share:.3f}", (one, share), **said)
        plain_log(axes)
        axes.set_ylim(0, 1.08)
        axes.set_xlabel("dimensions")
        axes.set_ylabel("volume in the outer 1 %")

    write("shell", paint)


def angles() -> None:
    """Angles between random directions."""
    random = np.random.default_rng(0)
    found = {}
    print(
        "\n| dimensions | mean angle | standard deviation | within 5° of a right angle |\n|---|---|---|---|"
    )
    for d in (2, 10, 100, 1000, 10000):
        one, other = random.normal(size=(2, POINTS, d))
        cosines = np.sum(one * other, axis=1) / (
            np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        )
        found[d] = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
        near = np.mean(abs(found[d] - 90) <= 5)
        print(f"| {d:,} | {found[d].mean():.1f}° | {found[d].std():.1f}° | {near:.1%} |")

    def paint(axes: Any) -> None:
        edges = np.linspace(0, 180, 91)
        for d, colour, width in (
            (2, SOFT, 1.2),
            (10, OTHER, 1.6),
            (100, BAR, 1.6),
            (1000, INK, 1.6),
        ):
            counts = np.histogram(found[d], edges)[0] / POINTS
            axes.stairs(counts, edges, color=colour, linewidth=width, label=f"{d:,} dimensions")
        axes.set_xticks(range(0, 181, 30))
        axes.set_xlabel("angle, degrees")
        axes.set_ylabel("share of pairs")
        axes.legend()

    write("angles", paint)


def uniform() -> tuple[dict[int, float], dict[int, float]]:
    """Contrast and skewness of evenly and normally spread points, by dimension."""
    random = np.random.default_rng(0)
    contrasts, skews = {}, {}
    groups = np.arange(POINTS)
    print(
        "\n| dimensions | (farthest - nearest) / nearest | relative variance | skewness of N_10 |"
        "\n|---|---|---|---|"
    )
    for d in DIMENSIONS:
        found = spread(random.random((POINTS, d)), "euclidean", groups, 0)
        assert found is not None
        near = neighbours(random.normal(size=(POINTS, d)), 10, "euclidean", groups)
        contrasts[d] = found.contrast
        skews[d] = skewness(occurrences(near.positions, POINTS))
        print(f"| {d:,} | {found.contrast:.2f} | {found.variance:.5f} | {skews[d]:.2f} |")
    return contrasts, skews


def lost_contrast(contrasts: dict[int, float], found: dict[tuple[str, str], Diagnosis]) -> None:
    """Contrast by dimension, with the real corpora as points at their number of columns."""

    def paint(axes: Any) -> None:
        axes.plot(list(contrasts), list(contrasts.values()), color=BAR, linewidth=2, marker="o",
                  markersize=4, label="points spread evenly")  # fmt: skip
        for (name, definition), one in found.items():
            measure = one["contrast"]
            axes.plot(one.features, measure.value, "o", color=OTHER)
            axes.plot(one.features, measure.figures["contrast_by_chance"], "x", color=SOFT)
            low = (name, definition) == ("germeval2018", "german_topics")
            axes.annotate(short(name, definition), (one.features, measure.value), fontsize=8.5,
                          ha="center", va="top" if low else "bottom", color=INK,
                          xytext=(0, -6 if low else 5), textcoords="offset points")  # fmt: skip
        if found:
            axes.plot([], [], "o", color=OTHER, label="real texts")
            axes.plot([], [], "x", color=SOFT, label="the same, dealt at random")
        plain_log(axes)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_ylim(bottom=0.05)
        axes.set_xlim(1.5, 120_000)
        axes.set_xlabel("columns")
        axes.set_ylabel("(farthest - nearest) / nearest")
        axes.legend()

    write("contrast", paint)


def hubs(skews: dict[int, float], found: dict[tuple[str, str], Diagnosis]) -> None:
    """Skewness of the 10-occurrence by dimension, with the real corpora at their intrinsic dimension."""

    def paint(axes: Any) -> None:
        axes.plot(list(skews), list(skews.values()), color=BAR, linewidth=2, marker="o", markersize=4,
                  label="points, normally spread")  # fmt: skip
        for (name, definition), one in found.items():
            at = (one["intrinsic_dimension"].value, one["hubness"].value)
            axes.plot(*at, "o", color=OTHER)
            above = definition == "spam_word2vec" or name == "spamassassin"
            axes.annotate(short(name, definition), at, fontsize=8.5, ha="center", color=INK,
                          va="bottom" if above else "top",
                          xytext=(0, 5 if above else -6), textcoords="offset points")  # fmt: skip
        if found:
            axes.plot([], [], "o", color=OTHER, label="real texts, at their intrinsic dimension")
        plain_log(axes)
        axes.set_ylim(-0.6, 10)
        axes.set_xlabel("dimensions")
        axes.set_ylabel("skewness of N_10")
        axes.legend(loc="upper left")

    write("hubs", paint)


def measured(name: str, definition: str) -> Diagnosis:
    """The diagnosis of one definition on one corpus."""
    corpus = CORPORA[name]()
    pipeline = tp.from_toml(HERE / "pipelines" / f"{definition}.toml").pipeline
    return diagnose(pipeline, corpus.documents, corpus.labels)


def table(found: dict[tuple[str, str], Diagnosis]) -> None:
    """What textpipe diagnose says, corpus by corpus; in brackets what chance gives."""
    print("\n| | " + " | ".join(short(*run) for run in found) + " |\n|---|" + "---|" * len(found))
    print(
        "| documents measured | " + " | ".join(f"{one.measured:,}" for one in found.values()) + " |"
    )
    print("| columns | " + " | ".join(f"{one.features:,}" for one in found.values()) + " |")
    for key, chance in ROWS:
        cells = []
        for one in found.values():
            value, by_chance = one[key].value, one[key].figures[chance]
            share = key in ("bad_hubness", "disagreement")
            assert value is not None
            assert by_chance is not None
            cells.append(
                f"{value:.1%} ({by_chance:.1%}) {one[key].light}"
                if share
                else f"{value:.2f} ({by_chance:.2f}) {one[key].light}"
            )
        print(f"| {one[key].name} | " + " | ".join(cells) + " |")


def short(name: str, definition: str) -> str:
    """What a run is called in pictures and tables."""
    names = {"spamassassin": "mails", "germeval2018": "tweets", "sms-spam": "SMS"}
    return names[name] + (", Word2Vec" if definition == "spam_word2vec" else "")


def plain_log(axes: Any) -> None:
    """A logarithmic axis of dimensions with plain numbers."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def write(name: str, paint: Any) -> None:
    """Draw docs/images/NAME.svg, on white."""
    svg = drawn(name, paint)
    for stands_for, colour in FIXED.items():
        svg = svg.replace(COLOURS[stands_for], colour)
    svg = svg.replace(
        "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" '
        'style="background: #fff" ', 1
    )  # fmt: skip
    IMAGES.mkdir(exist_ok=True)
    lines = [line.rstrip() for line in svg.splitlines()]
    (IMAGES / f"high_dimensions_{name}.svg").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
