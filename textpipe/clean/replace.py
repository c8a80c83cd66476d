"""A regular expression of the user's own, replaced wherever it matches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from textpipe.documents import Int32, Region, clean_surrogates
from textpipe.errors import DefinitionError
from textpipe.places import Places, places_through, told, without_surrogates
from textpipe.text_stage import Cleaned, TextStage

_TEMPLATE = re.compile(r"\\(?:([0-9])|g<(\w+)>|(.?))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}
_NOT_IN_RE2 = {
    r"\(\?<?[=!]": "look-around",
    r"(?<!\\)(?:\\\\)*\\[1-9]|\(\?P=": "back-references",
    r"\(\?>": "atomic groups",
    r"\(\?#": "comments",
    r"[*+?}]\+": "possessive quantifiers",
}


class Replace(TextStage):
    r"""Text in which each match of a regular expression is replaced.

    Options:
        pattern: the expression, in RE2's syntax. It is like Python's without look-around and
            back-references; ``\d``, ``\w``, ``\s`` and ``\b`` know ASCII only (for all letters write
            ``\p{L}``), ``$`` is only the very end, and a count in braces is at most 1000.
        by: what stands in its place; ``\1`` to ``\9`` and ``\g<name>`` are the groups, ``\0`` is the
            whole match, ``\n``, ``\t`` and ``\\`` are newline, tab and backslash. Default a space.
        ignore_case: whether upper and lower case are the same. Default false.

    Reads text, writes text. Counts ``replacements``.

    Raises DefinitionError if the pattern or ``by`` cannot be read, before the first text is.

    RE2 does not backtrack, so no pattern makes a search take longer than linear time.
    Source: https://github.com/google/re2/wiki/Syntax

    >>> Replace(r"(\w+)@(\w+)", r"\2 at \1").of("bob@home, ann@work")
    'home at bob, work at ann'
    """

    def __init__(self, pattern: str, by: str = " ", ignore_case: bool = False) -> None:
        self.pattern = pattern
        self.by = by
        self.ignore_case = ignore_case

    def check(self) -> None:
        super().check()
        self._compile()

    def of(self, text: str) -> str:
        return self.clean(Region("", text)).regions[0].text

    def clean(self, region: Region) -> Cleaned:
        _, template = self._ready()
        text = clean_surrogates(region.text)
        pieces, at, count = [], 0, 0
        for begin, end, match in self._matches(text):
            pieces.append(text[at:begin])
            pieces += [part if isinstance(part, str) else match[part] or "" for part in template]
            at = end
            count += 1
        replaced = "".join([*pieces, text[at:]])
        return Cleaned([Region(region.kind, replaced)], {"replacements": count})

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        _, template = self._ready()
        text, earlier = without_surrogates(region.text)
        pieces, places, at = [], Places(), 0
        for begin, end, match in self._matches(text):
            pieces.append(text[at:begin])
            places.keep(at, begin)
            for part in template:
                pieces.append(part if isinstance(part, str) else match[part] or "")
                if isinstance(part, str):
                    places.put(begin, end, len(part))
                elif match[part]:
                    places.keep(*match.span(part))
            at = end
        places.keep(at, len(text))
        replaced = "".join([*pieces, text[at:]])
        return told(cleaned, replaced, places_through(places.array(), earlier))

    def _matches(self, text: str) -> Iterator[tuple[int, int, Any]]:
        """Begin and end of each match, and the match."""
        expression, _ = self._ready()
        last = None
        for match in expression.finditer(text):
            span = match.span()
            if span != last:  # re2's wrapper tells of an empty match twice
                yield *span, match
                last = span

    def _ready(self) -> tuple[Any, list[str | int]]:
        """The compiled expression and template, kept for these options only."""
        key = (self.pattern, self.by, self.ignore_case)
        if getattr(self, "_compiled_for", None) != key:
            self._compiled = self._compile()
            self._compiled_for = key
        return self._compiled

    def _compile(self) -> tuple[Any, list[str | int]]:
        import re2

        options = re2.Options()
        options.case_sensitive = not self.ignore_case
        options.log_errors = False
        try:
            expression = re2.compile(self.pattern, options)
        except (re2.error, UnicodeEncodeError) as error:
            raise DefinitionError(_complaint(self.pattern, error)) from error
        return expression, _template(self.by, expression)


def _complaint(pattern: str, error: Exception) -> str:
    why = error.args[0] if error.args else error
    why = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
    message = f"replace: the pattern {pattern!a} cannot be read: {why}."
    for sign, name in _NOT_IN_RE2.items():
        found = re.search(sign, pattern)
        if found:
            return (
                f"{message} RE2 has no {name} (at character {found.start() + 1}): put what stands "
                r"around the match into groups and write them back with \1 in by."
            )
    return f"{message} Its syntax is at https://github.com/google/re2/wiki/Syntax"


def _template(by: str, expression: Any) -> list[str | int]:
    """The replacement as texts and numbers of groups, in turn."""
    parts: list[str | int] = []
    at = 0
    for match in _TEMPLATE.finditer(by):
        parts.append(by[at : match.start()])
        at = match.end()
        number, name, other = match.groups()
        group = number or name
        if group is None:
            if other not in _PLAIN_ESCAPES:
                raise DefinitionError(
                    f"replace: by is {by!a}, in which {match[0]} (at character "
                    f"{match.start() + 1}) means nothing. Write two backslashes for one."
                )
            parts.append(_PLAIN_ESCAPES[other])
            continue
        index = int(group) if group.isdecimal() else expression.groupindex.get(group)
        if index is None or index > expression.groups:
            raise DefinitionError(
                f"replace: by is {by!a} and names the group {group}, but the pattern "
                f"{expression.pattern!a} has {expression.groups} groups. Put parentheses "
                "around the part that is meant, or write two backslashes for one."
            )
        parts.append(index)
    return [part for part in [*parts, by[at:]] if part != ""]
