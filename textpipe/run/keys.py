"""By what a result is found again: what was given, and everything that it was made by."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import inspect
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

from textpipe.run.parcel import digest
from textpipe.stage import Stage


class NoKeyError(Exception):
    """A stage, or an option of it, of which nobody can say when it is the same."""


def stage_key(stage: Stage) -> str:
    """The digest of a stage: its code, options, language, what it has learned, the files that its options
    name, and the versions of the libraries. Never of a pickle, whose bytes may change by chance.

    Raises NoKeyError for a class that is made inside a function, or typed into a terminal, and for options
    that are no plain values, such as functions.
    """
    cls: Any = type(stage)
    return digest(
        _code(cls),
        _libraries(),
        *_parts(stage.get_params(deep=False)),
        stage.spoken(),
        *_parts(stage.learned()),
        *(_file(getattr(stage, option)) for option in stage.file_options),
    )


def _parts(value: Any) -> list[Any]:
    """The bytes that a value consists of, each with its kind before it."""
    if isinstance(value, Stage):
        return ["stage", stage_key(value)]
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: str(item[0]))
        return ["dict", str(len(items)), *(p for k, v in items for p in [str(k), *_parts(v)])]
    if isinstance(value, list | tuple):
        return ["list", str(len(value)), *(part for item in value for part in _parts(item))]
    if sparse.issparse(value):
        rows = sparse.csr_matrix(value)
        return ["csr", str(rows.shape), *_parts([rows.data, rows.indices, rows.indptr])]
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return [
            "array",
            value.dtype.str,
            str(value.shape),
            np.ascontiguousarray(value).data.cast("B"),
        ]
    if isinstance(value, np.ndarray):
        return ["objects", str(value.shape), *_parts(value.ravel().tolist())]
    if isinstance(value, pa.Array):
        return ["arrow", pa.record_batch([value], ["values"]).serialize()]
    if value is None or isinstance(value, bool | int | float | str | bytes | Path | np.generic):
        return [type(value).__name__, value if isinstance(value, str) else repr(value)]
    raise NoKeyError(f"{type(value).__name__} has no digest")


@functools.cache
def _code(cls: Any) -> str:
    """The source of the files that the class and its bases are written in; a stage of one's own changes
    without a new version of anything.
    """
    found = []
    for base in cls.__mro__:
        module = sys.modules.get(base.__module__)
        if issubclass(base, Stage) and getattr(module, base.__qualname__, None) is not base:
            raise NoKeyError(f"{base.__qualname__} is not to be found in {base.__module__}")
        if base.__module__.partition(".")[0] == "textpipe":
            found.append(_own_sources())
        elif issubclass(base, Stage) and module is not None:
            try:
                found.append(inspect.getsource(module))
            except (OSError, TypeError) as error:
                raise NoKeyError(f"{base.__qualname__} was typed into a terminal") from error
    return digest(cls.__qualname__, *found)


@functools.cache
def _own_sources() -> str:
    """Changes with each file of textpipe itself, so that whoever works on it is not served old results."""
    folder = Path(__file__).parent.parent
    about = [
        (file, file.stat()) for file in sorted(folder.rglob("*")) if "__pycache__" not in file.parts
    ]
    return digest(*(f"{file} {s.st_size} {s.st_mtime_ns}" for file, s in about if file.is_file()))


@functools.cache
def _libraries() -> str:
    """Every package that is installed, with its version: models and word lists are packages, too."""
    found = {f"{one.name} {one.version}" for one in importlib.metadata.distributions()}
    return "; ".join([sys.version, *sorted(found)])


def _file(path: Any) -> str:
    """The digest of a file, or of the files of a folder; of what is no path, its text."""
    try:
        found = Path(path)
        if found.is_dir():
            names = sorted(file for file in found.rglob("*") if file.is_file())
            return digest(*(part for file in names for part in (str(file), _file(file))))
        with found.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (TypeError, ValueError, OSError):
        return str(path)
