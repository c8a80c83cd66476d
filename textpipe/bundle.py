"""A trained pipeline on disk: a directory of arrays with a manifest, and no pickle anywhere.

::

    spam.tpipe/
      manifest.json       format, versions, the filled definition, sha256 and size of every other file
      0000.npy ...        arrays; loaded memory-mapped
      0003.arrow ...      words; memory-mapped as well

Nothing is loaded before its sha256 is the one in the manifest. That finds damage, not forgery: whoever
can rewrite a file can rewrite the manifest, so compare :func:`fingerprint` with one from a source that
you trust (``load(path, expect=...)``). A bundle is written beside its place and then renamed, so that it
is there whole or not at all. As one file for transport it is an uncompressed zip (``model.zip``).
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

import textpipe
from textpipe import definition
from textpipe.errors import BundleError, TextpipeError, TextpipeWarning
from textpipe.options import fits
from textpipe.pipeline import Pipeline
from textpipe.stage import NotTrainedError, Stage

FORMAT, SCHEMA = "textpipe-bundle", 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 2**20

LIBRARIES = (
    "beautifulsoup4",
    "gensim",
    "google-re2",
    "lxml",
    "nltk",
    "numpy",
    "pyarrow",
    "PyStemmer",
    "python-crfsuite",
    "scikit-learn",
    "scipy",
    "simplemma",
    "spacy",
)
WORDS_DEPEND_ON = ("beautifulsoup4", "lxml", "nltk", "PyStemmer", "simplemma", "spacy")
"""Other versions of these may cut or stem words differently than training did."""

_FILE = re.compile(r"[0-9]{4,6}\.(npy|arrow)")
_LEARNED = re.compile(r"[A-Za-z][A-Za-z0-9_]*_")


# -- writing ------------------------------------------------------------------------------------------


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
            for attribute, value in sorted(vars(stage).items())
            if _LEARNED.fullmatch(attribute)
        }
        for stage in _walk(pipeline.stages)
    ]
    manifest = {
        "format": FORMAT,
        "schema": SCHEMA,
        "textpipe": textpipe.__version__,
        "libraries": _versions(),
        "name": name,
        "definition": definition.as_data(pipeline),
        "digest": definition.digest(pipeline),
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
        self.files[name] = {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        return name


def _put_in_place(folder: Path, path: Path) -> None:
    """Rename the folder to ``path``; what was there stays beside ``folder``, to be removed with it."""
    if not path.exists():
        folder.rename(path)
    elif not _exchange(folder, path):  # then there is no bundle for a moment
        old = folder.with_name("old")
        path.rename(old)
        try:
            folder.rename(path)
        except OSError:
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


# -- reading ------------------------------------------------------------------------------------------


def load(path: str | Path, *, expect: str | None = None) -> Pipeline:
    """The trained pipeline in a bundle. It predicts the same bytes as the one that was saved.

    ``expect`` is the :func:`fingerprint` that the bundle must have. Raises BundleError where anything is
    missing, too much, damaged, or from a newer format; warns where a library that cuts or stems words
    has another version than in training.
    """
    path = Path(path)
    if path.is_file() and zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory(prefix="textpipe-") as folder:
            with _opened(path) as archive:
                _unpack(archive, path, Path(folder))
            return _load(Path(folder), expect, mapped=False, shown=path)
    return _load(path, expect, mapped=True, shown=path)


def info(path: str | Path) -> dict[str, Any]:
    """The manifest of a bundle: versions, the filled definition, what it was trained on."""
    path = Path(path)
    if path.is_file() and zipfile.is_zipfile(path):
        with _opened(path) as archive:
            return _parse(_manifest_in(archive, path), path)
    return _parse(_manifest_of(path), path)


def fingerprint(path: str | Path) -> str:
    """sha256 (hex) of the manifest, and by it of everything in the bundle."""
    path = Path(path)
    if path.is_file() and zipfile.is_zipfile(path):
        with _opened(path) as archive:
            return hashlib.sha256(_manifest_in(archive, path)).hexdigest()
    return hashlib.sha256(_manifest_of(path)).hexdigest()


def _load(folder: Path, expect: str | None, *, mapped: bool, shown: Path) -> Pipeline:
    raw = _manifest_of(folder, shown)
    if expect is not None and hashlib.sha256(raw).hexdigest() != expect:
        raise BundleError(
            f"{shown}: is not the bundle that was expected (sha256 of its manifest differs)"
        )
    manifest = _parse(raw, shown)
    _verify(folder, manifest["files"], shown)
    _compare_versions(manifest["libraries"], shown)
    try:
        pipeline = definition.from_data(manifest["definition"])
        pipeline.check()
        stages = list(_walk(pipeline.stages))
        for stage, state in zip(stages, manifest["states"], strict=True):
            for attribute, value in state.items():
                if not _LEARNED.fullmatch(attribute):
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


def _manifest_of(folder: Path, shown: Path | None = None) -> bytes:
    path, shown = folder / MANIFEST, shown or folder
    if not folder.exists():
        raise BundleError(f"{shown}: there is no such bundle")
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"{shown}: is no bundle: it has no {MANIFEST}")
    if path.stat().st_size > LARGEST_MANIFEST:
        raise BundleError(f"{shown}: its {MANIFEST} is larger than {LARGEST_MANIFEST} bytes")
    return path.read_bytes()


def _manifest_in(archive: zipfile.ZipFile, path: Path) -> bytes:
    try:
        entry = archive.getinfo(MANIFEST)
    except KeyError as error:
        raise BundleError(f"{path}: is no bundle: it has no {MANIFEST}") from error
    if entry.file_size > LARGEST_MANIFEST or entry.compress_type != zipfile.ZIP_STORED:
        raise BundleError(f"{path}: its {MANIFEST} is compressed or too large")
    return archive.read(entry)


def _parse(raw: bytes, path: Path) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    try:
        manifest = json.loads(raw, object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path}: its {MANIFEST} is damaged: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleError(f"{path}: is no textpipe bundle")
    if manifest.get("schema") != SCHEMA:
        raise BundleError(
            f"{path}: has format version {manifest.get('schema')!r}, and this textpipe "
            f"({textpipe.__version__}) reads version {SCHEMA}: use the textpipe that wrote it "
            f"({manifest.get('textpipe')}) or train again"
        )
    kinds = {
        "files": dict[str, dict[str, int | str]],
        "states": list[dict[str, Any]],
        "definition": dict[str, Any],
        "libraries": dict[str, str],
        "trained": bool,
    }
    for key, kind in kinds.items():
        if not fits(manifest.get(key), kind):
            raise BundleError(f"{path}: its {MANIFEST} is damaged: {key} is missing or malformed")
    if any(set(entry) != {"bytes", "sha256"} for entry in manifest["files"].values()):
        raise BundleError(f"{path}: its {MANIFEST} is damaged: files is malformed")
    return manifest


def _verify(folder: Path, files: Mapping[str, Any], shown: Path) -> None:
    """Exactly the listed files, each a plain file with the size and the sha256 that it should have."""
    found = {entry.name for entry in folder.iterdir()} - {MANIFEST}
    for name in sorted(found | set(files)):
        path = folder / name
        if name not in files:
            raise BundleError(f"{shown}: holds {name}, which is not in its manifest")
        if not _FILE.fullmatch(name) or path.is_symlink() or not path.is_file():
            raise BundleError(f"{shown}: {name} is missing or is no plain file")
        expected = files[name]
        if path.stat().st_size != expected["bytes"]:
            raise BundleError(
                f"{shown}: {name} has {path.stat().st_size} bytes, and {expected['bytes']} were written"
            )
        if _sha256(path) != expected["sha256"]:
            raise BundleError(
                f"{shown}: {name} is damaged: its sha256 is not the one that was written"
            )


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    # RuntimeError is what zipfile says of an encrypted entry
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError) as error:
        raise BundleError(f"{path}: is a damaged zip file: {error}") from error


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> None:
    raw = _manifest_in(archive, path)
    manifest = _parse(raw, path)
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
            or not _FILE.fullmatch(entry.filename)
            or entry.file_size != listed["bytes"]
            or entry.compress_type != zipfile.ZIP_STORED
        ):
            raise BundleError(f"{path}: holds {entry.filename!r}, which is not in its manifest")
        (folder / entry.filename).write_bytes(archive.read(entry))


def _compare_versions(libraries: Mapping[str, str], shown: Path) -> None:
    here = _versions()
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


# -- shared -------------------------------------------------------------------------------------------


def _walk(stages: Any) -> Iterator[Stage]:
    """Every stage, and the stages inside its options, in a fixed order."""
    for stage in stages:
        if isinstance(stage, list | tuple):
            yield from _walk(stage)
        elif isinstance(stage, Stage):
            yield stage
            for value in stage.get_params(deep=False).values():
                yield from _walk(value if isinstance(value, list | tuple) else [value])


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
