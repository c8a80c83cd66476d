"""The tables and the picture of docs/speed.md, made from what the benchmarks wrote: see ``make bench``.

    python benchmarks/_tables.py [FOLDER]

FOLDER (default build/bench) holds the JSON of each benchmark, by its name. A table whose figures are not
there stays as it is.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

DOCS = Path(__file__).parent.parent / "docs"

TICKS = (1, 2, 5, 10, 20, 50)

BUSY = 1.6
"""Processes that wanted a core before a job: from here on, what two cores would do is not told."""


class Road(NamedTuple):
    """A road, and whose it is."""

    name: str
    benchmark: str
    job: str
    peer: str


ROADS = [
    Road("words, counted", "counting", "words", "scikit-learn"),
    Road("words, TF-IDF", "counting", "tf_idf", "scikit-learn"),
    Road("words and pairs of words", "counting", "word_pairs", "scikit-learn"),
    Road("character n-grams, 3 to 5", "counting", "characters", "scikit-learn"),
    Road("stop words, NLTK's stems, TF-IDF", "words", "stem_nltk", "scikit-learn, NLTK"),
    Road("stop words, PyStemmer's stems, TF-IDF", "words", "stem", "scikit-learn, NLTK"),
    Road("spaCy's tokens", "text_to_tokens", "spacy", "spaCy"),
    Road("HTML to text", "clean_html", "clean_html", "BeautifulSoup, html.parser"),
    Road("lemmas", "words", "lemmatize", "simplemma"),
    Road("parts of speech", "words", "tag", "python-crfsuite"),
    Road("document vectors", "document_vectors", "document vectors", "gensim, numpy mean"),
    Road("raw mails to verdicts", "mail", "same_stages", "script"),
    Road("the same, spam_words.toml", "mail", "spam_words", "script"),
    Road("the same, spam.toml", "mail", "spam", "script"),
    Road("one mail to its verdict", "mail", "one", "script"),
]


LIMITS = {
    "words": ("words, counted", "the text read, the matrix written, once"),
    "pairs": (
        "words and pairs of words",
        "the text read, the matrix and its columns written, once",
    ),
    "stems": ("stop words, PyStemmer's stems, TF-IDF", "PyStemmer, for each distinct word once"),
    "spacy": ("spaCy's tokens", "spaCy, for each distinct stretch once"),
    "html": ("HTML to text", "the HTML read once"),
    "vectors": ("document vectors", "counts times vectors, by scipy"),
    "mails": ("raw mails to texts", "the files opened and read"),
}


def main() -> None:
    """Write the tables into the page, and draw the picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench")
    rows = [row for road in ROADS if (row := measured(folder, road))]
    page = DOCS / "speed.md"
    text = page.read_text("utf-8")
    if rows:
        text = put(text, "roads", roads_table(rows))
        draw(rows, DOCS / "images" / "speed.svg")
    if stages := read(folder, "stages"):
        text = put(text, "stages", stages_table(stages))
    if limits := read(folder, "limits"):
        text = put(text, "limits", limits_table(limits["rows"]))
    page.write_text(text, "utf-8")


def read(folder: Path, name: str) -> Any:
    """What a benchmark wrote; None if it did not."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def measured(folder: Path, road: Road) -> dict[str, Any] | None:
    """The figures of ours, and of the peer as ``peer``."""
    found = read(folder, road.benchmark)
    rows = [row for row in found["rows"] if row["job"] == road.job] if found else []
    if not rows:
        return None
    peer = next(row for row in rows if row["way"] == road.peer)
    return {**rows[0], "name": road.name, "peer": peer}


def roads_table(rows: list[dict[str, Any]]) -> str:
    """Ours beside the peers."""
    lines = [
        "| road | peer | CPU s | peer's | faster by, one core | two cores | MB/s | peak MB | peer's |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        peer = row["peer"]
        two = peer.get("ratio_on_two_cores") if row["load"] < BUSY else None
        lines.append(
            f"| {row['name']} | {peer['way']} | {row['seconds']:.2f} | {peer['seconds']:.2f} "
            f"| **{peer['ratio']:.1f}** | {'' if two is None else f'{two:.1f}'} "
            f"| {row['megabytes'] / row['seconds']:.1f} | {row['peak_megabytes']:,.0f} "
            f"| {peer['peak_megabytes']:,.0f} |"
        )
    return "\n".join(lines)


def stages_table(rows: list[dict[str, Any]]) -> str:
    """Each stage by itself."""
    lines = ["| stage | on | MB/s | tokens/s |", "|---|---|---|---|"]
    for row in rows:
        tokens = f"{row['tokens'] / row['seconds']:,.0f}" if row["tokens"] else ""
        speed = row["megabytes"] / row["seconds"]
        lines.append(f"| {row['stage']} | {row['on']} | {speed:,.2f} | {tokens} |")
    return "\n".join(lines)


def limits_table(rows: list[dict[str, Any]]) -> str:
    """The roads beside what nobody could do without."""
    lines = ["| road | CPU s | limit | its CPU s | share of the road |", "|---|---|---|---|---|"]
    for job, (name, limit) in LIMITS.items():
        two = [row["seconds"] for row in rows if row["job"] == job]
        if two:
            road, least = two
            lines.append(
                f"| {name} | {road:.3f} | {limit} | {least:.3f} | {100 * least / road:.0f} % |"
            )
    return "\n".join(lines)


def put(text: str, name: str, table: str) -> str:
    """The page with a table in its place, between two comments."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    return re.sub(pattern, lambda _: begin + table + end, text, flags=re.DOTALL)


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """How many times faster each road is."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullLocator

    matplotlib.rcParams["svg.hashsalt"] = "speed"
    figure = Figure(figsize=(8, 0.35 * len(rows) + 1), layout="constrained")
    axes = figure.subplots()
    names = [row["name"] for row in rows]
    ratios = [row["peer"]["ratio"] for row in rows]
    bars = axes.barh(names, ratios, color="#4477aa")
    axes.bar_label(bars, [f"{ratio:.1f} x" for ratio in ratios], padding=3)
    limits = min(1.0, *ratios), 1.7 * max(ratios)
    axes.set(xscale="log", xlabel="times faster than the peer, one core (logarithmic)", xlim=limits)
    axes.set_xticks(TICKS, labels=[str(tick) for tick in TICKS])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.invert_yaxis()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
