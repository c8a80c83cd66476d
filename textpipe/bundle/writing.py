"""From a trained pipeline to a bundle that is there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

import textpipe
from textpipe.bundle.manifest import FORMAT, LEARNED, MANIFEST, SCHEMA, sha256, versions
from textpipe.definition import as_data, digest
from textpipe.errors import BundleError
from textpipe.pipeline import Pipeline
from textpipe.stage import NotTrainedError, walk


def save(
    pipeline: Pipeline,
    path: str | Path,
    *,
    name: str = "",
    training: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a trained pipeline to a directory, or to one file if ``path`` ends in ``.zip``.

    ``name`` and ``training`` (what it was trained on, as JSON values) are kept in the manifest.
    Raises BundleError if something is there already (unless ``overwrite``) or cannot be kept.
    """
    path = Path(path)
    if not pipeline.__sklearn_is_fitted__():
        raise NotTrainedError("this Pipeline is not fitted yet: call fit before save")
    if path.exists() and not overwrite:
        raise BundleError(f"{path}: is there already; say overwrite to replace it")
    if path.is_dir() and any(path.iterdir()) and not (path / MANIFEST).is_file():
        raise BundleError(f"{path}: is a folder that is no bundle; it is left alone")
    if path.exists() and path.is_dir() == (path.suffix == ".zip"):
        raise BundleError(
            f"{path}: a bundle is one file if its name ends in .zip, else a folder, and what is there "
            "is not; it is left alone"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        folder = work / "bundle"
        folder.mkdir()
        _write(pipeline, folder, name, dict(training or {}))
        if path.suffix == ".zip":
            _pack(folder, work / "packed")
            (work / "packed").replace(path)
        else:
            _put_in_place(folder, path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _sync(path.parent)
    return path


def _write(pipeline: Pipeline, folder: Path, name: str, training: dict[str, Any]) -> None:
    writer = _Writer(folder)
    states = [
        {
            attribute: writer.encode(value, f"{stage.name()}.{attribute}")
            for attribute, value in sorted(stage.learned().items())
            if LEARNED.fullmatch(attribute)
        }
        for stage in walk(pipeline.stages)
    ]
    manifest = {
        "format": FORMAT,
        "schema": SCHEMA,
        "textpipe": textpipe.__version__,
        "libraries": versions(),
        "name": name,
        "definition": as_data(pipeline),
        "digest": digest(pipeline),
        "training": training,
        "trained": hasattr(pipeline, "trained_"),
        "states": states,
        "files": writer.files,
    }
    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
    _write_synced(folder / MANIFEST, text.encode())
    _sync(folder)


class _Writer:
    """Turns learned values into JSON, and arrays into files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, dict[str, Any]] = {}

    def encode(self, value: Any, what: str) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            if not np.isfinite(value):
                raise BundleError(f"{what} is {value}, which a bundle does not hold")
            return value
        if isinstance(value, list | tuple):
            return [self.encode(item, what) for item in value]
        if isinstance(value, dict):
            if any(not isinstance(key, str) or key.startswith("$") for key in value):
                raise BundleError(f"{what} has a key that is no text, or that begins with $")
            return {key: self.encode(item, what) for key, item in value.items()}
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return {"$array": self._file("npy", value)}
        if isinstance(value, np.ndarray) and all(isinstance(item, str) for item in value.ravel()):
            return {"$array": self._file("npy", value.astype(str))}
        if sparse.issparse(value) and value.format == "csr":
            value.sort_indices()
            parts = [self._file("npy", part) for part in (value.data, value.indices, value.indptr)]
            return {"$csr": parts, "shape": list(value.shape)}
        if isinstance(value, pa.Array):
            return {"$arrow": self._file("arrow", value)}
        raise BundleError(
            f"{what} is {type(value).__name__}, which a bundle does not hold: a stage learns numbers, "
            "texts, lists, arrays, CSR matrices and Arrow arrays"
        )

    def _file(self, kind: str, value: Any) -> str:
        name = f"{len(self.files):04d}.{kind}"
        path = self.folder / name
        if kind == "npy":
            np.save(path, np.asarray(value, order="C"), allow_pickle=False)
        else:
            table = pa.table({"values": value})
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
                file.write_table(table)
        with path.open("rb") as file_:
            os.fsync(file_.fileno())
        self.files[name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
        return name


def _put_in_place(folder: Path, path: Path) -> None:
    """Rename the folder to ``path``; what was there stays beside ``folder``, to be removed with it."""
    if not path.exists():
        folder.rename(path)
    elif not _exchange(folder, path):  # then there is no bundle for a moment
        old = folder.with_name("old")
        try:
            path.rename(old)
            folder.rename(path)
        except BaseException:  # also where somebody stops the process in between
            if old.exists() and not path.exists():
                old.rename(path)
            raise


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders trade names in one step, where the system can (renameat2 of Linux)."""
    import ctypes

    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done: int = rename(here, os.fsencode(one), here, os.fsencode(other), exchange)
    return done == 0


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if hasattr(os, "O_DIRECTORY"):  # Windows has no way to do it
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
