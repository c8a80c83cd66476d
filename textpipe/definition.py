"""A pipeline as a TOML file, and back, without loss.

::

    name = "spam"
    language = "en"

    [[stages]]
    use = "tokenize"

    [[stages]]
    use = "count"

    [[data]]                      # for ``textpipe run``: paths are relative to this file
    path = "messages.csv"

A definition names stages of the catalogue and nothing else: no code, no templates, no import paths.
Every complaint begins with ``file:line:``.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import tomllib
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from textpipe.catalogue import name_of, stage_class
from textpipe.documents import clean_surrogates
from textpipe.errors import DefinitionError, SourceError, TextpipeError
from textpipe.options import check_names, check_values, declared, defaults
from textpipe.pipeline import Pipeline
from textpipe.stage import Stage


@dataclass(frozen=True)
class Data:
    """One source of documents that a definition names; the options of ``textpipe.read``."""

    path: str
    label: str | None = None
    format: str | None = None
    text_column: str | None = None
    label_column: str | None = None
    id_column: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Evaluation:
    """How ``textpipe run`` judges a definition; the options of ``textpipe evaluate``."""

    folds: int = 5
    split: typing.Literal["grouped", "random", "stratified"] = "grouped"
    positive: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Definition:
    """A pipeline with its name, the data that it is run on, and how it is judged."""

    pipeline: Pipeline
    name: str = "pipeline"
    description: str = ""
    data: tuple[Data, ...] = ()
    evaluation: Evaluation = field(default_factory=Evaluation)
    path: Path | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        """sha256 of what the pipeline does: language, stages and every option, defaults included."""
        return digest(self.pipeline)

    def source_paths(self) -> list[Path]:
        """The paths of ``data``, relative ones taken from where the definition lies."""
        base = self.path.parent if self.path else Path()
        return [base / data.path for data in self.data]


# -- Pipeline -> TOML ---------------------------------------------------------------------------------


def to_toml(pipeline: Pipeline | Definition) -> str:
    """The definition as TOML, filled: every default is written out.

    >>> from textpipe import Tokenize
    >>> print(to_toml(Pipeline([Tokenize("words")])))
    language = "en"
    <BLANKLINE>
    [[stages]]
    use = "tokenize"
    engine = "words"
    <BLANKLINE>
    """
    if isinstance(pipeline, Pipeline):
        return _dumped(as_data(pipeline))
    whole: dict[str, Any] = {"name": pipeline.name}
    if pipeline.description:
        whole["description"] = pipeline.description
    whole |= as_data(pipeline.pipeline)
    if pipeline.data:
        whole["data"] = [_filled(vars(data)) for data in pipeline.data]
    if pipeline.evaluation != Evaluation():
        whole["evaluate"] = _filled(vars(pipeline.evaluation))
    return _dumped(whole)


def _dumped(whole: dict[str, Any]) -> str:
    """TOML, with a table of its own for each stage, however short it is."""
    import tomli_w

    written = [
        tomli_w.dumps({key: value for key, value in whole.items() if isinstance(value, str)})
    ]
    for key, value in whole.items():
        if isinstance(value, list):
            written += [f"[{tomli_w.dumps({key: table})}".replace("]", "]]", 1) for table in value]
        elif isinstance(value, dict):
            written.append(tomli_w.dumps({key: value}))
    return "\n".join(written)


def as_data(pipeline: Pipeline) -> dict[str, Any]:
    """Language and stages as plain lists and dictionaries, every default written out."""
    return {
        "language": pipeline.language,
        "stages": [_stage_as_data(stage) for stage in pipeline.stages],
    }


def digest(pipeline: Pipeline) -> str:
    """sha256 (hex) of what the pipeline does; the same for the same definition however it is written."""
    canonical = json.dumps(as_data(pipeline), sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _stage_as_data(stage: Stage) -> dict[str, Any]:
    hints = declared(type(stage))
    options = {
        name: _as_declared(_plain(getattr(stage, name), stage), hints.get(name))
        for name in defaults(type(stage))
    }
    return {"use": name_of(stage), **_filled(options)}


def _as_declared(value: Any, hint: Any) -> Any:
    """3 as 3.0 where only a float is declared, so that both give the same digest."""
    kinds = [hint, *typing.get_args(hint)]
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and float in kinds
        and int not in kinds
    ):
        return float(value)
    if isinstance(value, list):
        lists = [kind for kind in kinds if typing.get_origin(kind) in (list, tuple)]
        item = typing.get_args(lists[0])[0] if lists else None
        return [_as_declared(part, item) for part in value]
    return value


def _filled(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _plain(value: Any, stage: Stage) -> Any:
    if isinstance(value, Stage):
        return _stage_as_data(value)
    if isinstance(value, list | tuple):
        return [
            {"stages": _plain(item, stage)} if _is_branch(item) else _plain(item, stage)
            for item in value
        ]
    if isinstance(value, dict):
        return {str(key): _plain(item, stage) for key, item in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str):
        if value != clean_surrogates(value):
            raise DefinitionError(
                f"{stage.name()} has an option that cannot be written as UTF-8: {value!r:.80}"
            )
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    raise DefinitionError(
        f"{stage.name()} has an option that a definition cannot hold: {value!r:.80} "
        f"({type(value).__name__}). Options are texts, numbers, true, false, or lists of them"
    )


def _is_branch(value: Any) -> bool:
    """Is it a list of stages, inside a list?"""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(item, Stage) for item in value)
    )


# -- TOML -> Pipeline ---------------------------------------------------------------------------------


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
    return Pipeline([_stage_of(stage) for stage in data["stages"]], data["language"])


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
        known = ["name", "description", "language", "stages", "data", "evaluate"]
        for key in data:
            self._check(self._line_of(key), partial(check_names, "a definition", known, [key]))
        for key in ("name", "description", "language"):
            if not isinstance(data.get(key, ""), str):
                raise self._error(
                    self._line_of(key), f"{key} must be a text, and {data[key]!r} was given"
                )
        tables = data.get("stages", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error(
                self._line_of("stages"), "stages must be tables: write [[stages]] and use = ..."
            )
        if not tables:
            raise self._error(1, 'has no stages: add [[stages]] and, below it, use = "tokenize"')
        stages = [self._stage(number, table) for number, table in enumerate(tables)]
        pipeline = Pipeline(stages, data.get("language", "en"))
        try:
            pipeline.check()
        except DefinitionError as error:
            line = self._line_in_stage(error.stage, str(error)) if error.stage is not None else 1
            raise self._error(line, str(error), error.stage) from error
        return Definition(
            pipeline,
            data.get("name", path.stem if path else "pipeline"),
            data.get("description", ""),
            tuple(self._tables("data", data, Data)),
            (self._tables("evaluate", data, Evaluation) or [Evaluation()])[0],
            path,
        )

    def _stage(self, number: int, table: dict[str, Any]) -> Stage:
        try:
            return _stage_of(table)
        except TextpipeError as error:
            line = self._line_in_stage(number, str(error))
            raise self._error(line, f"stage {number + 1}: {error}", number) from error

    def _tables(self, key: str, data: dict[str, Any], kind: type) -> list[Any]:
        tables = data.get(key, [])
        made = []
        for number, table in enumerate(tables if isinstance(tables, list) else [tables]):

            def build(table: Any = table) -> Any:
                if not isinstance(table, dict):
                    raise DefinitionError(f"{key} must be a table, and {table!r} was given")
                check_names(f"[{key}]", defaults(kind), table)
                missing = [
                    name
                    for name, default in defaults(kind).items()
                    if default is inspect.Parameter.empty and name not in table
                ]
                if missing:
                    raise DefinitionError(f"[{key}] needs {missing[0]}")
                check_values(f"[{key}]", kind, table)
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
