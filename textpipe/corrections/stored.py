"""A document as the journal keeps it: as the pipeline gets it, before any stage has worked on it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from textpipe.corrections.operation import encoded
from textpipe.documents import Documents, Region, Regions


def stored(documents: Documents) -> list[str]:
    """Each document as JSON: its text, or its regions (kind and text), or its words; its counts, and the
    bytes of a mail in base64.

    >>> stored(Documents.of(["Hello"]))
    ['{"text":"Hello"}']
    """
    words = None if documents.words is None else documents.words.to_lists()
    kept = []
    for row, regions in enumerate(documents.documents_regions()):
        document: dict[str, Any] = {}
        if words is not None:
            document["words"] = list(words[row])
        elif [region.kind for region in regions] == [""]:
            document["text"] = regions[0].text
        else:
            document["regions"] = [list(region) for region in regions]
        if documents.mails is not None and documents.mails[row].is_valid:
            document["mail"] = base64.b64encode(documents.mails[row].as_py()).decode()
        counted = {name: int(values[row]) for name, values in documents.counts.items()}
        if counts := {name: count for name, count in sorted(counted.items()) if count}:
            document["counts"] = counts
        kept.append(encoded(document))
    return kept


def restored(kept: Sequence[str], ids: Sequence[str]) -> Documents:
    """The documents again, as one batch.

    >>> restored(['{"text":"Hello"}'], ["a"]).texts()
    ['Hello']
    """
    documents = [json.loads(document) for document in kept]
    if all(document.keys() == {"text"} for document in documents):
        return Documents.of([document["text"] for document in documents], ids)
    parts = [_with_the_rest(_one(document), document) for document in documents]
    return together(parts).with_(ids=pa.array(ids, pa.string()))


def together(parts: Sequence[Documents]) -> Documents:
    """One batch of several. Where some are made of regions, a text becomes a region of kind ``""``."""
    if any(part.regions is not None for part in parts):
        parts = [part if part.regions is not None else _as_regions(part) for part in parts]
    return Documents.concat(parts)


def _one(document: dict[str, Any]) -> Documents:
    if "words" in document:
        return Documents.of([document["words"]])
    if "regions" in document:
        return Documents.of_regions([[Region(*region) for region in document["regions"]]])
    return Documents.of([document["text"]])


def _with_the_rest(document: Documents, kept: dict[str, Any]) -> Documents:
    counts = kept.get("counts", {})
    mail = base64.b64decode(kept["mail"]) if "mail" in kept else None
    return document.with_(
        counts={name: np.array([count], np.int64) for name, count in counts.items()},
        mails=None if mail is None else pa.array([mail], pa.large_binary()),
    )


def _as_regions(documents: Documents) -> Documents:
    _, regions = Regions.join([Region("", text)] for text in documents.texts())
    return documents.with_(regions=regions)
