"""Documents as one Arrow message, to be kept on disk or to be told by their digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents, Regions, Tokens

ARRAYS = ("codes", "starts", "ends", "rows", "tags")


def to_parcel(documents: Documents) -> pa.Buffer:
    """The documents, without a matrix, as an Arrow stream: one row, whose columns are lists.

    The same documents give the same bytes, wherever they were cut out of.
    """
    columns: dict[str, Any] = {"ids": documents.ids, "text": documents.text}
    about: dict[str, Any] = {"counts": sorted(documents.counts), "same": False}
    for name in about["counts"]:
        columns[f"counts.{name}"] = documents.counts[name]
    if documents.regions is not None:
        about["kinds"] = list(documents.regions.kinds)
        for part in ARRAYS[:4]:
            columns[f"regions.{part}"] = getattr(documents.regions, part)
    if documents.mails is not None:
        columns["mails"] = documents.mails
    about["same"] = documents.tokens is not None and documents.tokens is documents.words
    for which in ("words", "tokens"):
        tokens = getattr(documents, which)
        if tokens is None or (which == "words" and about["same"]):
            continue
        columns[f"{which}.forms"] = tokens.forms
        for part in ARRAYS:
            if getattr(tokens, part) is not None:
                columns[f"{which}.{part}"] = getattr(tokens, part)
    lists = {name: _as_list(values) for name, values in columns.items()}
    schema = pa.schema(
        [pa.field(name, values.type) for name, values in lists.items()],
        {"textpipe": json.dumps(about)},
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        stream.write_batch(pa.record_batch(list(lists.values()), schema=schema))
    return sink.getvalue()


def from_parcel(parcel: Any) -> Documents:
    """The documents of a parcel; their columns are views of it."""
    with pa.ipc.open_stream(parcel) as stream:
        batch = stream.read_next_batch()
    about = json.loads(batch.schema.metadata[b"textpipe"])

    def column(name: str) -> Any:
        return batch.column(name).flatten()

    def array(name: str) -> Any:
        return column(name).to_numpy(zero_copy_only=True)

    def tokens(which: str) -> Tokens | None:
        if f"{which}.forms" not in batch.schema.names:
            return None
        there = [part for part in ARRAYS if f"{which}.{part}" in batch.schema.names]
        return Tokens(column(f"{which}.forms"), **{p: array(f"{which}.{p}") for p in there})

    regions = None
    if "kinds" in about:
        regions = Regions(tuple(about["kinds"]), *(array(f"regions.{part}") for part in ARRAYS[:4]))
    found = tokens("tokens")
    return Documents(
        column("ids"),
        column("text"),
        regions,
        found if about["same"] else tokens("words"),
        found,
        counts={name: array(f"counts.{name}") for name in about["counts"]},
        mails=column("mails") if "mails" in batch.schema.names else None,
    )


def digest(*parts: Any) -> str:
    """The BLAKE2b digest (32 hex digits) of texts, bytes and buffers, one after another."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(str(len(memoryview(content))).encode() + b":")
        found.update(content)
    return found.hexdigest()


def _as_list(values: Any) -> Any:
    """One row that holds all values; values that are a part of others are copied out of them."""
    if isinstance(values, np.ndarray):
        values = pa.array(np.ascontiguousarray(values))
    elif values.offset:
        values = pa.concat_arrays([values, values[:0]])
    return pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), values)
