"""What is printed without white space at the ends of its lines."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment


@dataclass(frozen=True)
class RaggedRight:
    """Its lines as they are, ``indent`` columns to the right; rich fills them with spaces to the end.

    >>> from rich.padding import Padding
    >>> Console(width=40).print(RaggedRight(Padding("a", (0, 9)), indent=2), ".", sep="")
               a
    .
    """

    shown: RenderableType
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines."""
        narrower = options.update_width(max(1, options.max_width - self.indent))
        for line in console.render_lines(self.shown, narrower, pad=False):
            kept = _without_spaces(line)
            if kept and self.indent:
                yield Segment(" " * self.indent)
            yield from kept
            yield Segment.line()


def _without_spaces(line: list[Segment]) -> list[Segment]:
    """The segments of a line without the white space at its end."""
    kept = list(line)
    while kept:
        text, style, control = kept.pop()
        if control or (text := text.rstrip()):
            return [*kept, Segment(text, style, control)]
    return kept
