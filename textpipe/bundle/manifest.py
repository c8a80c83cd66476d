"""What a bundle says of itself: its format, its files, the versions that it was made with."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import textpipe
from textpipe.errors import BundleError
from textpipe.options import fits

FORMAT, SCHEMA = "textpipe-bundle", 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 2**20

LIBRARIES = (
    "beautifulsoup4",
    "confusable-homoglyphs",
    "gensim",
    "google-re2",
    "lxml",
    "nltk",
    "numpy",
    "publicsuffixlist",
    "pyarrow",
    "PyStemmer",
    "python-crfsuite",
    "scikit-learn",
    "scipy",
    "simplemma",
    "spacy",
)
WORDS_DEPEND_ON = (
    "beautifulsoup4",
    "confusable-homoglyphs",
    "lxml",
    "nltk",
    "publicsuffixlist",
    "PyStemmer",
    "simplemma",
    "spacy",
)
"""Other versions of these may cut or stem words differently than training did."""

FILE = re.compile(r"[0-9]{4,6}\.(npy|arrow)")
"""How the files beside the manifest are called."""

LEARNED = re.compile(r"[A-Za-z][A-Za-z0-9_]*_")
"""How the attributes are called that a stage learned."""


def info(path: str | Path) -> dict[str, Any]:
    """The manifest of a bundle: versions, the filled definition, what it was trained on."""
    path = Path(path)
    if path.is_file() and zipfile.is_zipfile(path):
        with opened(path) as archive:
            return parse(manifest_in(archive, path), path)
    return parse(manifest_of(path), path)


def fingerprint(path: str | Path) -> str:
    """sha256 (hex) of the manifest, and by it of everything in the bundle."""
    path = Path(path)
    if path.is_file() and zipfile.is_zipfile(path):
        with opened(path) as archive:
            return hashlib.sha256(manifest_in(archive, path)).hexdigest()
    return hashlib.sha256(manifest_of(path)).hexdigest()


def manifest_of(folder: Path, shown: Path | None = None) -> bytes:
    """The bytes of the manifest in a folder, which messages call ``shown``."""
    path, shown = folder / MANIFEST, shown or folder
    if not folder.exists():
        raise BundleError(f"{shown}: there is no such bundle")
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"{shown}: is no bundle: it has no {MANIFEST}")
    if path.stat().st_size > LARGEST_MANIFEST:
        raise BundleError(f"{shown}: its {MANIFEST} is larger than {LARGEST_MANIFEST} bytes")
    return path.read_bytes()


def manifest_in(archive: zipfile.ZipFile, path: Path) -> bytes:
    """The bytes of the manifest in a zip file, which messages call ``path``."""
    try:
        entry = archive.getinfo(MANIFEST)
    except KeyError as error:
        raise BundleError(f"{path}: is no bundle: it has no {MANIFEST}") from error
    if entry.file_size > LARGEST_MANIFEST or entry.compress_type != zipfile.ZIP_STORED:
        raise BundleError(f"{path}: its {MANIFEST} is compressed or too large")
    return archive.read(entry)


def parse(raw: bytes, path: Path) -> dict[str, Any]:
    """The manifest as data; BundleError, which begins with ``path``, unless it has the shape it must have."""

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


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file that is open; what is wrong with it becomes a BundleError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    # RuntimeError is what zipfile says of an encrypted entry
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError) as error:
        raise BundleError(f"{path}: is a damaged zip file: {error}") from error


def versions() -> dict[str, str]:
    """The versions of :data:`LIBRARIES` that are installed here."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def sha256(path: Path) -> str:
    """sha256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
