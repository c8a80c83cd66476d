"""JSON Lines (https://jsonlines.org): one object a line."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from textpipe.errors import SourceError, nearest
from textpipe.sources.counted import counted
from textpipe.sources.lines import decoded_lines
from textpipe.sources.record import NO_COLUMN, Item, Note, Origin, Skipped, row_record, unread_label


def read_jsonl(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """Each object is a document. Numbers are taken as they are written.

    A line is set aside when it is no JSON, no object, names a key twice, or has neither text nor
    number under the key of the text. Without names, the first object decides which key is what.
    """
    keys: tuple[str, str | None, str | None] | None = None
    blank = 0
    seen: dict[str, None] = {}
    for number, (line, encoding) in enumerate(decoded_lines(stream, origin.encoding), 1):
        if not line.strip():
            blank += 1
            continue
        try:
            found = _parse(line)
        except _BadLineError as error:
            yield Skipped(f"{origin.place}:{number}", str(error))
            continue
        if keys is None:
            keys = _keys(found, origin)
            yield from unread_label(origin, list(found))
        text, label, identity = keys
        if len(seen) < 1000:
            seen.update(dict.fromkeys(found))
        value = NO_COLUMN if label is None else found.get(label)
        identity_value = None if identity is None else found.get(identity)
        yield row_record(origin, number, found.get(text), value, identity_value, encoding)
    if blank:
        yield Note(f"{origin.place}: passed over {counted(blank, 'blank line')}")
    for key in keys or ():
        if key is not None and key not in seen:
            raise SourceError(
                f"{origin.place}: no object has the key {key!r}.{nearest(key, seen)} "
                f"They have {', '.join(map(repr, list(seen)[:20]))}"
            )


class _BadLineError(Exception):
    """Why a line is set aside."""


def _parse(line: str) -> dict[str, Any]:
    try:
        found = json.loads(
            line,
            object_pairs_hook=_object,
            parse_int=str,
            parse_float=str,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise _BadLineError(f"no valid JSON: {str(error)[:100]}") from error
    if not isinstance(found, dict):
        raise _BadLineError("no JSON object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise _BadLineError(f"the key {twice[:40]!r} stands there twice")
    return found


def _no_number(name: str) -> Any:
    raise _BadLineError(f"no valid JSON: {name}")


def _keys(first: dict[str, Any], origin: Origin) -> tuple[str, str | None, str | None]:
    """The keys of text, label and id: as they were asked for, else as the first object has them."""
    columns = origin.columns
    if columns.numbered:
        raise SourceError(f"{origin.place}: JSON objects have keys. Give names, not numbers")
    names = list(first)
    given = [str(key) for key in (columns.text, columns.label, columns.id) if key]
    found = columns.find(names + [key for key in given if key not in names], origin.place)
    names += [key for key in given if key not in names]
    return (
        names[found.text],
        None if found.label is None else names[found.label],
        None if found.id is None else names[found.id],
    )
