"""How much of one document is read, so that none can take memory and time without bound."""

from __future__ import annotations

import warnings

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from textpipe.documents import Documents, Int64, Regions
from textpipe.errors import TextpipeWarning

MOST_CHARACTERS = 1_000_000
"""Characters (code points) of a document that are read unless said otherwise: those of a long novel, and what
spaCy takes at most (``Language.max_length``)."""

CUT = "text.cut_characters"
"""Under this name is counted how many characters were not read."""

AT_ONCE = 1_000_000
"""So many documents are looked at together."""

MOST_NAMED = 3
"""So many documents are named in a warning."""


def limited(documents: Documents, most: int) -> Documents:
    """The documents with at most so many characters each; what was cut off is counted, and warned of.

    Regions end with the text. Documents that came as words are left alone. Count: ``text.cut_characters``.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     short = limited(Documents.of(["a long text", "short"]), most=6)
    >>> short.texts(), short.counts["text.cut_characters"].tolist()
    (['a long', 'short'], [5, 0])
    >>> print(told[0].message)
    1 document has more than 6 characters, and the rest was not read: "0". To read more, set max_characters
    """
    if documents.text_bytes <= most or documents.words is not None:
        return documents
    long = _too_long(documents.text, most)
    if not len(long):
        return documents
    texts = documents.text.take(pa.array(long))
    lengths = pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    cut = np.zeros(len(documents), np.int64)
    cut[long] = lengths - most
    _warn(documents.ids.take(pa.array(long[:MOST_NAMED])).to_pylist(), len(long), most)
    regions, counts = documents.regions, dict(documents.counts)
    counts[CUT] = cut + counts.get(CUT, 0)
    return documents.with_(
        text=_with_short_ones(documents.text, long, pc.utf8_slice_codeunits(texts, 0, most)),
        regions=None if regions is None else _clipped(regions, long, most),
        counts=counts,
    )


def _too_long(text: pa.LargeStringArray, most: int) -> Int64:
    """Which texts have more characters than ``most``."""
    found = []
    for first in range(0, len(text), AT_ONCE):
        n_bytes = pc.binary_length(text.slice(first, AT_ONCE)).to_numpy(zero_copy_only=False)
        found.append(first + np.flatnonzero(n_bytes > most))
    some = np.concatenate(found)
    if not len(some):  # most often; no character is counted
        return some
    lengths = pc.utf8_length(text.take(pa.array(some))).to_numpy(zero_copy_only=False)
    long: Int64 = some[lengths > most]
    return long


def _with_short_ones(text: pa.LargeStringArray, at: Int64, short: pa.Array) -> pa.LargeStringArray:
    """The texts, those at these positions replaced. (The long ones are not copied.)"""
    parts, done = [], 0
    for number, position in enumerate(at.tolist()):
        parts += [text[done:position], short[number : number + 1]]
        done = position + 1
    return pa.concat_arrays([*parts, text[done:]]).cast(pa.large_string())


def _clipped(regions: Regions, long: Int64, most: int) -> Regions:
    """The regions, without what lies behind the end of a text that was cut."""
    document = np.repeat(np.arange(len(regions)), np.diff(regions.rows))
    is_long = np.isin(document, long)
    kept = ~is_long | (regions.starts < most)
    ends = np.where(is_long, np.minimum(regions.ends, most), regions.ends)[kept]
    rows = np.concatenate(([0], np.cumsum(kept)))[regions.rows]
    codes, starts = regions.codes[kept], regions.starts[kept]
    return Regions(regions.kinds, codes, starts, ends.astype(np.int32), rows.astype(np.int64))


def _warn(ids: list[str], n: int, most: int) -> None:
    names = ", ".join(f'"{name}"' for name in ids) + (", ..." if n > len(ids) else "")
    have = "1 document has" if n == 1 else f"{n:,} documents have"
    warnings.warn(
        f"{have} more than {most:,} characters, and the rest was not read: {names}. "
        "To read more, set max_characters",
        TextpipeWarning,
        stacklevel=3,
    )
