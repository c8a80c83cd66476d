"""Which elements are open, and how their text looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from textpipe.signs.colours import Colour, Look

_VOID = (
    "area base basefont bgsound br col embed frame hr img input link meta param source track wbr"
)
VOID = frozenset(_VOID.split())
_MAY_STAY_OPEN = "body colgroup dd dt head html li option p tbody td tfoot th thead tr"
MAY_STAY_OPEN = frozenset(_MAY_STAY_OPEN.split())
"""Elements whose end HTML lets one leave out."""

_ENDS_ITS_LIKE = frozenset(("li", "p", "option", "a"))
_ROWS = frozenset(("tr", "tbody", "thead", "tfoot"))
_CELLS = frozenset(("td", "th"))

_EMPTY_IF_STRAY = frozenset(("p", "br", "body", "html"))
"""Their ends mean something even where nothing is open, or are often put twice."""

LINK = (0, 0, 238)
"""The colour of links where none is said."""


class Shown(NamedTuple):
    """How text looks here."""

    text: Colour = (0, 0, 0)
    background: Colour | None = (255, 255, 255)
    size: float = 16.0


class _Element(NamedTuple):
    name: str
    outside: Shown
    """How text looks around it."""


@dataclass
class _Table:
    """An open table: the stack's depth where it begins, and its open row's and cell's (-1: none)."""

    depth: int
    row: int = -1
    cell: int = -1
    times: dict[str, int] = field(default_factory=dict)
    """How many elements of each name are open in it, but for those inside tables in it."""


@dataclass
class OpenElements:
    """A stack of elements. Each is put on it and taken off it once, so time is linear."""

    shown: Shown = field(default_factory=Shown)
    stray: int = 0
    """Ends of what was not open."""
    unclosed: int = 0
    """Elements that had no end and should have had one."""
    _stack: list[_Element] = field(default_factory=list)
    _tables: list[_Table] = field(default_factory=lambda: [_Table(-1)])
    """The open ones; the first is none, but the page itself."""

    def begin(self, name: str, look: Look | None) -> None:
        """An element begins."""
        if name in VOID:
            return
        self._end_what_this_ends(name)
        if name == "table":
            self._tables.append(_Table(len(self._stack)))
        self._stack.append(_Element(name, self.shown))
        times = self._tables[-1].times
        times[name] = times.get(name, 0) + 1
        if name == "a":
            self.shown = self.shown._replace(text=LINK)
        if look is not None:
            self.shown = self._with(look)

    def _with(self, look: Look) -> Shown:
        text, background, size = self.shown
        if look.covered:
            background = None
        elif look.background is not None:
            background = look.background
        return Shown(
            text if look.text is None else look.text,
            background,
            size if look.size is None else look.size,
        )

    def _end_what_this_ends(self, name: str) -> None:
        table, here = self._tables[-1], len(self._stack)
        if name in _CELLS and len(self._tables) > 1:
            if table.cell >= 0:
                self._cut(table.cell)
            table.cell = len(self._stack)
        elif name in _ROWS and len(self._tables) > 1:
            depth = table.row if table.row >= 0 else table.cell
            if depth >= 0:
                self._cut(depth)
            table.row = len(self._stack)
        elif name in _ENDS_ITS_LIKE and here and self._stack[-1].name == name:
            self._cut(here - 1)

    def end(self, name: str) -> None:
        """An end tag. It does not reach out of the table that it stands in."""
        table = self._tables[-1]
        if name == "table" and table.depth >= 0:
            self._cut(table.depth)
        elif not table.times.get(name):
            self.stray += name not in _EMPTY_IF_STRAY
        elif name in _CELLS and table.cell >= 0:
            self._cut(table.cell)
        elif name in _ROWS and table.row >= 0:
            self._cut(table.row)
        else:
            while (ended := self._pop().name) != name:
                self.unclosed += ended not in MAY_STAY_OPEN

    def _cut(self, depth: int) -> None:
        """Close the element at this depth, and what is open inside it."""
        while len(self._stack) > depth + 1:
            self.unclosed += self._pop().name not in MAY_STAY_OPEN
        self._pop()

    def _pop(self) -> _Element:
        element = self._stack.pop()
        depth, table = len(self._stack), self._tables[-1]
        table.times[element.name] -= 1
        self.shown = element.outside
        table.row = -1 if table.row >= depth else table.row
        table.cell = -1 if table.cell >= depth else table.cell
        if table.depth == depth:
            self._tables.pop()
        return element

    def close(self) -> None:
        """The text is at its end."""
        self.unclosed += sum(element.name not in MAY_STAY_OPEN for element in self._stack)
