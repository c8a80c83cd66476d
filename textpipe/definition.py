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
from pathlib import Path
from typing import Any

import numpy as np

from textpipe.catalogue import name_of, stage_class
from textpipe.errors import DefinitionError, SourceError, TextpipeError
from textpipe.options import check_names, check_values, defaults
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
    import tomli_w

    if isinstance(pipeline, Pipeline):
        return tomli_w.dumps(as_data(pipeline))
    whole: dict[str, Any] = {"name": pipeline.name}
    if pipeline.description:
        whole["description"] = pipeline.description
    whole |= as_data(pipeline.pipeline)
    if pipeline.data:
        whole["data"] = [_filled(vars(data)) for data in pipeline.data]
    if pipeline.evaluation != Evaluation():
        whole["evaluate"] = _filled(vars(pipeline.evaluation))
    return tomli_w.dumps(whole)


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
    hints = typing.get_type_hints(type(stage).__init__)
    options = {}
    for name in defaults(type(stage)):
        plain = _plain(getattr(stage, name), stage)
        options[name] = float(plain) if hints.get(name) is float and plain is not None else plain
    return {"use": name_of(stage), **_filled(options)}


def _filled(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _plain(value: Any, stage: Stage) -> Any:
    if isinstance(value, Stage):
        return _stage_as_data(value)
    if isinstance(value, list | tuple):
        if value and all(isinstance(item, Stage | list | tuple) for item in value):  # branches
            return [
                _stage_as_data(item)
                if isinstance(item, Stage)
                else {"stages": [_stage_as_data(inner) for inner in item]}
                for item in value
            ]
        return [_plain(item, stage) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item, stage) for key, item in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise DefinitionError(
        f"{stage.name()} has an option that a definition cannot hold: {value!r:.80} "
        f"({type(value).__name__}). Options are texts, numbers, true, false, or lists of them"
    )


# -- TOML -> Pipeline ---------------------------------------------------------------------------------


def from_toml(source: str | Path) -> Definition:
    """The definition in a file (a ``Path``, or a name that ends in ``.toml``) or in a TOML text.

    Raises DefinitionError, which begins with ``file:line:``, and SourceError for a missing file.
    """
    if isinstance(source, Path) or source.endswith(".toml"):
        path = Path(source)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise DefinitionError(f"{path}: is not UTF-8, as TOML must be: {error}") from error
        return _Reader(text, str(path)).definition(path)
    return _Reader(source, "<definition>").definition(None)


def from_data(data: Mapping[str, Any]) -> Pipeline:
    """The pipeline that :func:`as_data` described."""
    return Pipeline([_stage_of(stage) for stage in data["stages"]], data["language"])


class _Reader:
    """Reads one definition and knows on which line everything stands."""

    def __init__(self, text: str, place: str) -> None:
        self.text = text
        self.place = place

    def definition(self, path: Path | None) -> Definition:
        try:
            data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+), column \d+\)", str(error))
            line = int(found[1]) if found else self.text.count("\n") + 1
            raise self._error(line, f"is no valid TOML: {error}") from error
        known = ["name", "description", "language", "stages", "data", "evaluate"]
        for key in data:
            self._check(self._line_of(key), lambda: check_names("a definition", known, data))
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
            line = 1 if error.stage is None else self._line_of_message(error)
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
            line = self._line_in_stage(number, _quoted_option(str(error)))
            raise self._error(line, f"stage {number + 1}: {error}", number) from error

    def _tables(self, key: str, data: dict[str, Any], kind: type) -> list[Any]:
        tables = data.get(key, [])
        tables = [tables] if isinstance(tables, dict) else tables
        made = []
        for table in tables:

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

            made.append(self._check(self._line_of(key), build))
        return made

    def _check(self, line: int, build: typing.Callable[[], Any]) -> Any:
        try:
            return build()
        except DefinitionError as error:
            raise self._error(line, str(error)) from error

    def _error(self, line: int, message: str, stage: int | None = None) -> DefinitionError:
        return DefinitionError(f"{self.place}:{line}: {message}", stage)

    def _line_of(self, key: str) -> int:
        """The line on which a key of the top level, or the first table of this name, stands."""
        pattern = re.compile(rf'\s*(\[\[?\s*)?"?{re.escape(key)}"?\s*(\]|=|\.)')
        for number, line in enumerate(self.text.splitlines(), 1):
            if pattern.match(line):
                return number
        return 1

    def _line_of_message(self, error: DefinitionError) -> int:
        assert error.stage is not None, "asked for only then"  # noqa: S101  # for mypy
        return self._line_in_stage(error.stage, _quoted_option(str(error)))

    def _line_in_stage(self, number: int, option: str) -> int:
        """The line of this option in the stage at this position, else the line of the stage's name."""
        lines = self.text.splitlines()
        heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[\[\s*stages\s*\]\]", line)]
        if number >= len(heads):
            return self._line_of("stages")
        end = heads[number + 1] if number + 1 < len(heads) else len(lines)
        for key in (option, "use"):
            for i in range(heads[number] + 1, end):
                if key and re.match(rf'\s*"?{re.escape(key)}"?\s*=', lines[i]):
                    return i + 1
        return heads[number] + 1


def _quoted_option(message: str) -> str:
    """The option that a message is about: ``... has no option "x"``, or ``stage: x must be ...``."""
    found = re.search(r'no option "([^"]+)"|: (\w+) must ', message)
    return (found[1] or found[2]) if found else ""


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
