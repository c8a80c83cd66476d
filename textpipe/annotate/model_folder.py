"""A tagger's model as a folder: ``model.json`` says what it is, ``tagger.npz.xz`` holds the weights."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textpipe.annotate import features
from textpipe.annotate.crf import Crf
from textpipe.errors import ResourceError, SourceError

SHIPPED = Path(__file__).parent / "models"
"""Where the models lie that come with textpipe, a folder for each language."""

ABOUT = "model.json"
WEIGHTS = "tagger.npz.xz"
KIND = "textpipe part-of-speech tagger"


def shipped_languages() -> list[str]:
    """The languages that a model is shipped for.

    >>> shipped_languages()
    ['de', 'en']
    """
    return sorted(path.parent.name for path in SHIPPED.glob(f"*/{ABOUT}"))


def model_of_language(language: str) -> Crf:
    """The shipped model of a language, such as "de" or "de-AT".

    :raises ResourceError: if there is none.
    """
    code = language.lower().replace("_", "-").split("-")[0]
    if code not in shipped_languages():
        raise ResourceError(
            f'there is no part-of-speech tagger for the language "{language}"; installed are '
            f"{', '.join(shipped_languages())}. Train one from a Universal Dependencies treebank "
            "(https://universaldependencies.org): textpipe train-tagger FILE.conllu --language "
            f"{code} --out FOLDER, "
            'and name it with model="FOLDER"'
        )
    return read_model(SHIPPED / code)


def read_model(folder: str | Path) -> Crf:
    """The model in a folder that :func:`~textpipe.annotate.train.train_tagger` wrote.

    Nothing is unpacked before its sha256 is what ``model.json`` says.

    :raises ResourceError: if the folder is not there, is damaged, or is of another version.
    """
    content = read_weights(folder)
    try:
        return Crf.of_bytes(content)
    except ValueError as error:
        raise ResourceError(f"{Path(folder) / WEIGHTS}: {error}. Train the tagger anew") from error


def read_weights(folder: str | Path) -> bytes:
    """The file of weights in such a folder, whose sha256 is what ``model.json`` says.

    :raises ResourceError: if the folder is not there, is damaged, or is of another version.
    """
    folder = Path(folder)
    about = read_about(folder)
    try:
        content = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ResourceError(f"{folder / WEIGHTS}: cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != about.get("sha256"):
        raise ResourceError(
            f"{folder / WEIGHTS}: its sha256 is {digest}, and {ABOUT} says {about.get('sha256')}: "
            "the file is damaged or from elsewhere. Copy the folder again, or train the tagger anew"
        )
    return content


def read_about(folder: str | Path) -> dict[str, Any]:
    """What ``model.json`` says: language, training files, options, accuracies."""
    path = Path(folder) / ABOUT
    try:
        about = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ResourceError(
            f"{path}: cannot be read ({error.strerror}); model must name a folder that "
            "textpipe train-tagger wrote"
        ) from error
    except ValueError as error:
        raise ResourceError(f"{path}: is no JSON: {error}") from error
    if not isinstance(about, dict) or about.get("kind") != KIND:
        raise ResourceError(f'{path}: does not describe a "{KIND}"')
    if about.get("features") != features.VERSION:
        raise ResourceError(
            f"{path}: the model was trained with features of version {about.get('features')}, and "
            f"this textpipe computes version {features.VERSION}. Train it anew: textpipe train-tagger"
        )
    return about


def write_model(folder: str | Path, crf: Crf, about: Mapping[str, Any]) -> dict[str, Any]:
    """Write the folder in one step: it is there whole, or not at all. Returns its ``model.json``.

    :raises SourceError: if the folder exists or cannot be made.
    """
    folder = Path(folder)
    refuse_existing(folder)
    content = crf.to_bytes()
    whole = {
        "kind": KIND,
        "features": features.VERSION,
        **about,
        "weights": len(crf.names),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            (unfinished / WEIGHTS).write_bytes(content)
            text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
            (unfinished / ABOUT).write_text(text, "utf-8")
            unfinished.chmod(0o755)  # mkdtemp's are private
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        raise SourceError(f"{folder}: cannot be written: {error.strerror}") from error
    return whole


def refuse_existing(folder: str | Path) -> None:
    """Raise SourceError if something stands where a model is to be written."""
    if Path(folder).exists():
        raise SourceError(f"{folder}: exists already: remove it, or name another folder")
