"""From a bundle to the trained pipeline, after everything in it was checked."""

from __future__ import annotations

import hashlib
import math
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

from textpipe.bundle.manifest import (
    FILE,
    LEARNED,
    MANIFEST,
    WORDS_DEPEND_ON,
    manifest_in,
    manifest_of,
    opened,
    parse,
    sha256,
    versions,
)
from textpipe.definition import from_data
from textpipe.errors import BundleError, TextpipeError, TextpipeWarning
from textpipe.pipeline import Pipeline
from textpipe.scratch import scratch_folder
from textpipe.stage import walk


def load(path: str | Path, *, expect: str | None = None) -> Pipeline:
    """The trained pipeline in a bundle. It predicts the same bytes as the one that was saved.

    ``expect`` is the :func:`fingerprint` that the bundle must have. Raises BundleError where anything is
    missing, too much, damaged, or from a newer format; warns where a library that cuts or stems words
    has another version than in training.
    """
    path = Path(path)
    if path.is_file() and zipfile.is_zipfile(path):
        with scratch_folder() as folder:
            with opened(path) as archive:
                _unpack(archive, path, folder)
            return _load(folder, expect, mapped=False, shown=path)
    return _load(path, expect, mapped=True, shown=path)


def _load(folder: Path, expect: str | None, *, mapped: bool, shown: Path) -> Pipeline:
    raw = manifest_of(folder, shown)
    if expect is not None and hashlib.sha256(raw).hexdigest() != expect:
        raise BundleError(
            f"{shown}: is not the bundle that was expected (sha256 of its manifest differs)"
        )
    manifest = parse(raw, shown)
    _verify(folder, manifest["files"], shown)
    _compare_versions(manifest["libraries"], shown)
    try:
        pipeline = from_data(manifest["definition"])
        pipeline.check()
        stages = list(walk(pipeline.stages))
        for stage, state in zip(stages, manifest["states"], strict=True):
            for attribute, value in state.items():
                if not LEARNED.fullmatch(attribute):
                    raise BundleError(f"{shown}: {stage.name()} cannot have learned {attribute!r}")
                setattr(stage, attribute, _decode(value, folder, manifest["files"], mapped))
        if manifest["trained"]:
            pipeline.trained_ = True
    except BundleError:
        raise
    except TextpipeError as error:
        raise BundleError(f"{shown}: its definition does not work here: {error}") from error
    except (
        *(KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError),
        *(OSError, pa.ArrowException),
    ) as error:
        raise BundleError(
            f"{shown}: the manifest and the files do not fit together: {error!r}"
        ) from error
    return pipeline


def _decode(value: Any, folder: Path, files: Mapping[str, Any], mapped: bool) -> Any:
    if isinstance(value, list):
        return [_decode(item, folder, files, mapped) for item in value]
    if not isinstance(value, dict):
        return value
    if "$array" in value:
        return _array(value["$array"], folder, files, mapped)
    if "$csr" in value:
        data, indices, indptr = (_array(part, folder, files, mapped) for part in value["$csr"])
        matrix = sparse.csr_matrix((data, indices, indptr), shape=tuple(value["shape"]), copy=False)
        matrix.check_format(full_check=True)  # compiled code would read beyond the arrays otherwise
        matrix.has_sorted_indices = True
        return matrix
    if "$arrow" in value:
        path = str(_listed(value["$arrow"], folder, files))
        source = pa.memory_map(path) if mapped else pa.BufferReader(Path(path).read_bytes())
        column = pa.ipc.open_file(source).read_all().column("values").combine_chunks()
        column.validate(full=True)
        return column
    return {key: _decode(item, folder, files, mapped) for key, item in value.items()}


def _array(name: Any, folder: Path, files: Mapping[str, Any], mapped: bool) -> Any:
    path = _listed(name, folder, files)
    with path.open("rb") as file:
        major, _ = np.lib.format.read_magic(file)
        read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
        shape, _, dtype = read[major](file)
        size = math.prod(shape) * dtype.itemsize
        if dtype.hasobject or size != path.stat().st_size - file.tell():
            raise BundleError(f"{name} holds objects, or another number of values than it says")
    mapped = mapped and size > 0  # an empty array cannot be mapped
    return np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)


def _listed(name: Any, folder: Path, files: Mapping[str, Any]) -> Path:
    if name not in files:
        raise BundleError(f"the manifest uses {name!r} but does not list it")
    return folder / str(name)


def _verify(folder: Path, files: Mapping[str, Any], shown: Path) -> None:
    """Exactly the listed files, each a plain file with the size and the sha256 that it should have."""
    found = {entry.name for entry in folder.iterdir()} - {MANIFEST}
    for name in sorted(found | set(files)):
        path = folder / name
        if name not in files:
            raise BundleError(f"{shown}: holds {name}, which is not in its manifest")
        if not FILE.fullmatch(name) or path.is_symlink() or not path.is_file():
            raise BundleError(f"{shown}: {name} is missing or is no plain file")
        expected = files[name]
        if path.stat().st_size != expected["bytes"]:
            raise BundleError(
                f"{shown}: {name} has {path.stat().st_size} bytes, and {expected['bytes']} were written"
            )
        if sha256(path) != expected["sha256"]:
            raise BundleError(
                f"{shown}: {name} is damaged: its sha256 is not the one that was written"
            )


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> None:
    raw = manifest_in(archive, path)
    manifest = parse(raw, path)
    (folder / MANIFEST).write_bytes(raw)
    entries = archive.infolist()
    if len({entry.filename for entry in entries}) < len(entries):
        raise BundleError(f"{path}: holds a file twice")
    for entry in entries:
        if entry.filename == MANIFEST:
            continue
        listed = manifest["files"].get(entry.filename)
        if (
            listed is None
            or not FILE.fullmatch(entry.filename)
            or entry.file_size != listed["bytes"]
            or entry.compress_type != zipfile.ZIP_STORED
        ):
            raise BundleError(f"{path}: holds {entry.filename!r}, which is not in its manifest")
        (folder / entry.filename).write_bytes(archive.read(entry))


def _compare_versions(libraries: Mapping[str, str], shown: Path) -> None:
    here = versions()
    other = [
        f"{name} {libraries[name]} then, {here.get(name, 'none')} now"
        for name in WORDS_DEPEND_ON
        if name in libraries and libraries[name].split(".")[:2] != here.get(name, "").split(".")[:2]
    ]
    if other:
        warnings.warn(
            f"{shown}: was trained with other libraries, so that words may be cut or stemmed "
            f"differently: {'; '.join(other)}. Train again to be sure",
            TextpipeWarning,
            stacklevel=4,
        )
