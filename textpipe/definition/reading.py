"""From TOML to a definition; every complaint says on which line it arose."""

from __future__ import annotations

import inspect
import re
import tomllib
import typing
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textpipe.catalogue import stage_class
from textpipe.definition.definition import Data, Definition, Evaluation
from textpipe.errors import DefinitionError, SourceError, TextpipeError
from textpipe.options import check_names, check_values, defaults, shown
from textpipe.pipeline import Pipeline
from textpipe.run.limits import MOST_CHARACTERS
from textpipe.stage import Stage, walk


def from_toml(source: str | Path) -> Definition:
    """The definition in a file (a ``Path``, or a name that ends in ``.toml``) or in a TOML text.

    Raises DefinitionError, which begins with ``file:line:``, and SourceError for a missing file.
    """
    if isinstance(source, Path) or source.endswith(".toml"):
        path = Path(source)
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise DefinitionError(
                f"{path}:{line}: is not UTF-8, as TOML must be: {error}"
            ) from error
        return _Reader(text, str(path)).definition(path)
    return _Reader(source, "<definition>").definition(None)


def from_data(data: Mapping[str, Any]) -> Pipeline:
    """The pipeline that :func:`as_data` described."""
    return Pipeline(
        [_stage_of(stage) for stage in data["stages"]],
        data["language"],
        max_characters=data.get("max_characters", MOST_CHARACTERS),
    )


_MULTILINE = re.compile(r"""(\"{3}|'{3}).*?\1""", re.DOTALL)
"""Texts of several lines may hold what looks like a table; they are blanked out to count lines."""


class _Reader:
    """Reads one definition and knows on which line everything stands."""

    def __init__(self, text: str, place: str) -> None:
        self.text = text
        self.lines = _MULTILINE.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
        self.place = place

    def definition(self, path: Path | None) -> Definition:
        try:
            data = tomllib.loads(self.text)
        except RecursionError as error:
            raise self._error(1, "is nested too deeply") from error
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+), column \d+\)", str(error))
            line = int(found[1]) if found else self.text.count("\n") + 1
            raise self._error(line, f"is no valid TOML: {error}") from error
        except ValueError as error:  # a number of more digits than Python reads
            raise self._error(1, f"holds a number that cannot be meant: {error}") from error
        known = ["name", "description", "language", "max_characters", "stages", "data", "evaluate"]
        for key in data:
            self._check(self._line_of(key), partial(check_names, "a definition", known, [key]))
        for key in ("name", "description", "language"):
            if not isinstance(data.get(key, ""), str):
                raise self._error(
                    self._line_of(key), f"{key} must be a text, and {shown(data[key])} was given"
                )
        tables = data.get("stages", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error(
                self._line_of("stages"), "stages must be tables: write [[stages]] and use = ..."
            )
        if not tables:
            raise self._error(1, 'has no stages: add [[stages]] and, below it, use = "tokenize"')
        stages = [self._stage(number, table) for number, table in enumerate(tables)]
        if path is not None:
            _find_files(stages, path.parent)
        limit = data.get("max_characters", MOST_CHARACTERS)
        pipeline = Pipeline(stages, data.get("language", "en"), max_characters=limit)
        try:
            pipeline.check()
        except DefinitionError as error:
            line = self._line_of("max_characters") if "max_characters" in str(error) else 1
            line = line if error.stage is None else self._line_in_stage(error.stage, str(error))
            raise self._error(line, str(error), error.stage) from error
        return Definition(
            pipeline,
            data.get("name", path.stem if path else "pipeline"),
            data.get("description", ""),
            tuple(self._tables("data", data, Data)),
            (self._tables("evaluate", data, Evaluation) or [Evaluation()])[0],
            path,
            tuple(self._line_in_stage(number, "") for number in range(len(tables))),
        )

    def _stage(self, number: int, table: dict[str, Any]) -> Stage:
        try:
            return _stage_of(table)
        except TextpipeError as error:
            line = self._line_in_stage(number, str(error))
            raise self._error(line, f"stage {number + 1}: {error}", number) from error

    def _tables(self, key: str, data: dict[str, Any], kind: type) -> list[Any]:
        tables = data.get(key, [])
        if key == "evaluate" and isinstance(tables, list) and tables:
            raise self._error(
                self._line_of(key), "[evaluate] is one table: write it once, as [evaluate]"
            )
        made = []
        for number, table in enumerate(tables if isinstance(tables, list) else [tables]):

            def build(table: Any = table) -> Any:
                if not isinstance(table, dict):
                    raise DefinitionError(f"{key} must be a table, and {shown(table)} was given")
                check_names(f"[{key}]", defaults(kind), table)
                missing = [
                    name
                    for name, default in defaults(kind).items()
                    if default is inspect.Parameter.empty and name not in table
                ]
                if missing:
                    raise DefinitionError(f"[{key}] needs {missing[0]}")
                check_values(f"[{key}]", kind, table)
                if table.get("folds", 2) < 2:
                    raise DefinitionError(f"[{key}]: folds must be at least 2")
                return kind(**table)

            made.append(self._check(self._line_of(key, number), build))
        return made

    def _check(self, line: int, build: typing.Callable[[], Any]) -> Any:
        try:
            return build()
        except DefinitionError as error:
            raise self._error(line, str(error)) from error

    def _error(self, line: int, message: str, stage: int | None = None) -> DefinitionError:
        return DefinitionError(f"{self.place}:{line}: {message}", stage)

    def _line_of(self, key: str, number: int = 0) -> int:
        """The line on which a key of the top level, or the table of this name and number, stands."""
        name = rf"""["']?{re.escape(key)}["']?\s*"""
        table = re.compile(rf"\s*\[\[?\s*{name}\]")
        tables = [i for i, line in enumerate(self.lines, 1) if table.match(line)]
        if number < len(tables):
            return tables[number]
        other = re.compile(rf"\s*(\[\[?\s*)?{name}[.=]")
        return next((i for i, line in enumerate(self.lines, 1) if other.match(line)), 1)

    def _line_in_stage(self, number: int, message: str) -> int:
        """The line of what a message about this stage quotes, else the line of the stage's name."""
        lines = self.lines
        heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[\[\s*stages\s*\]\]", line)]
        if number >= len(heads):
            return self._line_of("stages")
        end = heads[number + 1] if number + 1 < len(heads) else len(lines)
        at = range(heads[number] + 1, end)
        option = re.search(r'no option "([^"]+)"|: (\w+) must ', message)
        unknown = re.search(r'unknown stage "([^"]+)"', message)
        patterns = [r"""\s*["']?use["']?\s*="""]
        if option:
            patterns.insert(0, rf""".*\b{re.escape(option[1] or option[2])}["']?\s*=""")
        if unknown:
            patterns.insert(0, rf""".*\buse["']?\s*=\s*["']{re.escape(unknown[1])}["']""")
        for pattern in patterns:
            for i in at:
                if re.match(pattern, lines[i]):
                    return i + 1
        return heads[number] + 1


def _find_files(stages: Iterable[Stage], folder: Path) -> None:
    """Options that name a file or folder beside the definition get its path, from wherever it is run."""
    for stage in walk(stages):
        for option in stage.file_options:
            value = getattr(stage, option)
            if value is not None and (folder / value).exists():
                setattr(stage, option, str(folder / value))


def _stage_of(table: Mapping[str, Any]) -> Stage:
    """The stage that a table describes; nested tables with ``use`` or ``stages`` are stages as well."""
    if not isinstance(table.get("use"), str):
        raise DefinitionError(
            f'a stage needs its name: use = "...", and {dict(table)!r:.80} was given'
        )
    cls = stage_class(table["use"])
    options = {name: _nested(value) for name, value in table.items() if name != "use"}
    known = defaults(cls)
    check_names(table["use"], known, options)
    for name, default in known.items():
        if default is inspect.Parameter.empty and name not in options:
            raise DefinitionError(f'{table["use"]} needs the option "{name}"')
    check_values(table["use"], cls, options)
    return cls(**options)


def _nested(value: Any) -> Any:
    if isinstance(value, dict) and "use" in value:
        return _stage_of(value)
    if (
        isinstance(value, dict)
        and list(value) == ["stages"]
        and isinstance(value["stages"], Sequence)
    ):
        return [_nested(item) for item in value["stages"]]
    if isinstance(value, list):
        return [_nested(item) for item in value]
    return value
