"""A definition file with one option of its classifier changed, and its comments kept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from textpipe.errors import DefinitionError
from textpipe.printable import json_text

OPTION = "verdict_from"

_HEAD = re.compile(r"\s*\[\[\s*stages\s*\]\]")
_TABLE = re.compile(r"\s*\[")
_USE = re.compile(r"""(\s*)["']?use["']?\s*=""")
_OPTION = re.compile(rf"""\s*["']?{OPTION}["']?\s*=""")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def option_line(verdict_from: Mapping[str, float]) -> str:
    """The line of a definition that says from which score on labels are said.

    >>> option_line({"spam": 0.973, "no spam": 0.588})
    'verdict_from = { spam = 0.973, "no spam" = 0.588 }'
    """
    pairs = (
        f"{label if _BARE.fullmatch(label) else json_text(label)} = {float(least)!r}"
        for label, least in verdict_from.items()
    )
    return f"{OPTION} = {{ {', '.join(pairs)} }}"


def with_verdict_from(text: str, verdict_from: Mapping[str, float], place: str) -> str:
    """The definition's text with this option in its last stage, and everything else as it was.

    The line goes below ``use = ...``, or takes the place of the one that is there. What comes out is
    read again and compared with what went in: it may differ in this option only. Raises DefinitionError,
    which begins with ``place``, where that cannot be reached by changing one line.
    """
    before = _options(text, place)
    ending = "\r" if "\r\n" in text else ""
    lines = text.split("\n")
    line = option_line(verdict_from)
    at = _last_stage(lines)
    old = next((i for i in at if _OPTION.match(lines[i])), None)
    use = next((i for i in at if _USE.match(lines[i])), None)
    if old is not None:
        ending = "\r" if lines[old].endswith("\r") else ""
        lines[old] = _indent(lines[old]) + line + _comment(lines[old]) + ending
    elif use is not None:
        last = use + 1 == len(lines)  # and no newline after it
        lines[use] += ending if last else ""
        lines.insert(use + 1, _indent(lines[use]) + line + ("" if last else ending))
    changed = "\n".join(lines)
    if _wanted(before, verdict_from) != _options(changed, place, line):
        raise _must_be_written_by_hand(place, line)
    return changed


def _options(text: str, place: str, line: str = "") -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _must_be_written_by_hand(place, line) from error


def _wanted(whole: dict[str, Any], verdict_from: Mapping[str, float]) -> dict[str, Any]:
    *first, last = whole["stages"]
    return {**whole, "stages": [*first, {**last, OPTION: dict(verdict_from)}]}


def _last_stage(lines: list[str]) -> range:
    """The numbers of the lines from the head of the last stage to the next table."""
    heads = [i for i, line in enumerate(lines) if _HEAD.match(line)]
    if not heads:
        return range(0)
    begin = heads[-1] + 1
    end = next((i for i in range(begin, len(lines)) if _TABLE.match(lines[i])), len(lines))
    return range(begin, end)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _comment(line: str) -> str:
    """The comment after an option's inline table, with the space before it."""
    found = re.search(r"\}(\s*#.*)", line)
    return found[1].rstrip() if found else ""


def _must_be_written_by_hand(place: str, line: str) -> DefinitionError:
    return DefinitionError(
        f"{place}: is written in a way in which one line cannot be changed safely, and it was left as it "
        f"is. Put this into its last stage yourself: {line}"
    )
