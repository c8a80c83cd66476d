"""A pipeline as plain lists and dictionaries, and the digest by which two pipelines are the same."""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Mapping
from typing import Any

import numpy as np

from textpipe.catalogue import name_of
from textpipe.documents import clean_surrogates
from textpipe.errors import DefinitionError
from textpipe.options import declared, defaults
from textpipe.pipeline import Pipeline
from textpipe.run.limits import MOST_CHARACTERS
from textpipe.stage import Stage


def as_data(pipeline: Pipeline) -> dict[str, Any]:
    """Language and stages as plain lists and dictionaries, every default of a stage written out."""
    limit = pipeline.max_characters
    return {
        "language": pipeline.language,
        **({} if limit == MOST_CHARACTERS else {"max_characters": limit}),
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
    return {"use": name_of(stage), **filled(options)}


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


def filled(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options without those that are None, which TOML cannot hold."""
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
