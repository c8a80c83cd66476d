"""Draw the pictures of the documentation from what the commands really print: python docs/pictures.py

Each picture is a terminal recording as SVG. The data are those of data/, so that anybody can draw them again.
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

import textpipe as tp
from textpipe.explanation import explain, trace
from textpipe.explanation.show import show_explanation, show_trace

HERE = Path(__file__).parent
MESSAGE = "CONGRATS!! You have w&#111;n a <b>FREE</b> phone. Call n\u200bow to claim your prize"


def main() -> None:
    """Draw every picture."""
    definition = tp.from_toml(HERE.parent / "pipelines" / "spam.toml")
    corpus = tp.read([str(path) for path in definition.source_paths()])
    pipeline = definition.pipeline.fit(corpus.documents, corpus.labels)
    draw(
        "explain",
        "textpipe explain build/spam/model.tpipe --text ...",
        show_explanation(explain(pipeline, MESSAGE)),
    )
    draw(
        "trace",
        "textpipe trace build/spam/model.tpipe --text ...",
        show_trace(trace(pipeline, MESSAGE)),
    )


def draw(name: str, command: str, shown: object) -> None:
    """Record what a command shows as docs/images/NAME.svg."""
    console = Console(record=True, width=110, file=Path("/dev/null").open("w"), force_terminal=True)  # noqa: SIM115
    console.print(Text(f"$ {command}\n", "bold"))
    console.print(shown)
    target = HERE / "images" / f"{name}.svg"
    target.parent.mkdir(exist_ok=True)
    svg = console.export_svg(title="textpipe", unique_id=name)
    # no font is fetched from elsewhere: a reader's machine has a monospaced one
    target.write_text("\n".join(strip_fonts(svg)) + "\n", "utf-8")


def strip_fonts(svg: str) -> list[str]:
    """The lines of the picture without its @font-face blocks."""
    kept, inside = [], False
    for line in svg.splitlines():
        inside = inside or "@font-face" in line
        if not inside:
            kept.append(line.rstrip())
        inside = inside and "}" not in line
    return kept


if __name__ == "__main__":
    main()
