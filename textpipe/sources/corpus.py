"""What was read, in memory: documents, labels, and an account of what was set aside and guessed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Documents, Regions
from textpipe.sources.counted import counted
from textpipe.sources.record import Note, Record, Skipped

REPORT_EVERY = 1000
"""After how many documents progress is reported."""


@dataclass(frozen=True)
class Corpus:
    """Documents as their sources gave them.

    documents   ids are unique; ``counts["mail.defects"]`` int64[n_documents] where there are mails, and
                ``mails``, unless they were not asked for
    labels      [n_documents], or None when there are none
    skipped     what did not become a document, with its place and the reason
    encodings   how many documents were read by which encoding
    notes       what else a reader should know, a sentence each
    """

    documents: Documents
    labels: NDArray[np.str_] | None
    skipped: list[Skipped]
    encodings: dict[str, int]
    notes: list[str]

    def __len__(self) -> int:
        return len(self.documents)

    def summary(self) -> str:
        """A few lines: how many documents of which label, what was set aside and why, and the notes."""
        n = len(self)
        lines = [counted(n, "document")]
        if self.labels is not None:
            counts = Counter(self.labels.tolist()).most_common()
            shown = ", ".join(f"{label} {count:,}" for label, count in counts[:10])
            lines[0] += f": {shown}" + (f", {len(counts) - 10} more" * (len(counts) > 10))
        lines += self._set_aside()
        if self.encodings:
            shown = ", ".join(f"{name} {count:,}" for name, count in self.encodings.items())
            lines.append(f"encodings: {shown}")
        return "\n".join(lines + self.notes)

    def _set_aside(self) -> list[str]:
        if not self.skipped:
            return []
        places: dict[str, list[str]] = {}
        for skipped in self.skipped:
            places.setdefault(skipped.reason, []).append(skipped.place)
        lines = [f"{len(self.skipped):,} set aside:"]
        by_size = sorted(places.items(), key=lambda pair: -len(pair[1]))
        for reason, found in by_size[:5]:
            more = ", ..." if len(found) > 3 else ""
            lines.append(f"  {len(found):,} {reason} ({', '.join(found[:3])}{more})")
        if len(by_size) > 5:
            rest = sum(len(found) for _, found in by_size[5:])
            others = counted(len(by_size) - 5, "other reason")
            lines.append(f"  {rest:,} for {others}")
        return lines


def gather(
    items: Iterable[Record | Skipped | Note],
    progress: Callable[[int], None] | None = None,
    mails: bool = True,
) -> Corpus:
    """A corpus of all that the readers yield.

    If some records have a label, those without one are set aside. An id that comes twice gets a
    number, ``name#2``. ``progress`` is called with the number of documents read so far. Without ``mails``,
    the bytes of mails are not kept, only their texts.
    """
    records: list[Record] = []
    skipped: list[Skipped] = []
    notes: list[str] = []
    for item in items:
        if isinstance(item, Record):
            records.append(item if mails else dataclasses.replace(item, raw=None))
            if progress is not None and len(records) % REPORT_EVERY == 0:
                progress(len(records))
        elif isinstance(item, Skipped):
            skipped.append(item)
        else:
            notes.append(item.text)
    if progress is not None:
        progress(len(records))
    if any(record.label is not None for record in records):
        reason = "no label, while other documents have one"
        skipped += [Skipped(record.place, reason) for record in records if record.label is None]
        records = [record for record in records if record.label is not None]
    encodings = Counter(record.encoding for record in records)
    ids = _unique([record.id for record in records], notes)
    notes += _defects(records)
    return Corpus(
        _documents(records, ids),
        _labels(records),
        skipped,
        dict(encodings.most_common()),
        notes,
    )


def _documents(records: list[Record], ids: list[str]) -> Documents:
    kinds = {region.kind for record in records for region in record.regions}
    texts, regions = Regions.join([record.regions for record in records])
    counts = {}
    if any(record.defects is not None for record in records):
        n_defects = [len(record.defects or ()) for record in records]
        counts["mail.defects"] = np.array(n_defects, np.int64)
    return Documents(
        pa.array(ids, pa.string()),
        pa.array(texts, pa.large_string()),
        regions=None if kinds <= {""} else regions,
        counts=counts,
        mails=pa.array([record.raw for record in records], pa.large_binary())
        if any(record.raw is not None for record in records)
        else None,
    )


def _labels(records: list[Record]) -> NDArray[np.str_] | None:
    labels = [record.label for record in records if record.label is not None]
    return np.array(labels, np.str_) if labels else None


def _unique(ids: list[str], notes: list[str]) -> list[str]:
    """The ids, those that came before with a number; that they did is noted."""
    taken = set(ids)
    if len(taken) == len(ids):
        return ids
    used: set[str] = set()
    numbers: Counter[str] = Counter()
    unique, renamed = [], []
    for name in ids:
        new = name
        if name in used:
            while new in taken:
                numbers[name] += 1
                new = f"{name}#{numbers[name] + 1}"
            renamed.append(new)
            taken.add(new)
        used.add(name)
        unique.append(new)
    notes.append(f"ids that came again got a number: {len(renamed):,}, such as {renamed[0]!r}")
    return unique


def _defects(records: list[Record]) -> list[str]:
    """A note for each kind of defect: in how many mails it is."""
    kinds = Counter(
        kind
        for record in records
        for kind in {defect.split(":")[0] for defect in record.defects or ()}
    )
    found = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"mails with the defect {kind!r}: {count:,}" for kind, count in found]
