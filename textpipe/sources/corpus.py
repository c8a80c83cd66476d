"""What was read, in memory: documents, labels, and an account of what was set aside and guessed."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Documents, Regions
from textpipe.documents.joining import Joining
from textpipe.sources.counted import counted
from textpipe.sources.record import Note, Record, Skipped

REPORT_EVERY = 1000
"""After how many documents progress is reported."""

MOST_RECORDS, MOST_CHARACTERS = 10_000, 8_000_000
"""So many records, or characters and bytes of mails, are held before they become columns."""

HASH, LABEL = "id.hash", "label.number"
"""Kept beside the documents while they are gathered, for there may be more of them than fit into memory: a
number for each id, by which it is seen that none came twice, and for each label."""


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
    labels: bool = True,
) -> Corpus:
    """A corpus of all that the readers yield.

    If some records have a label, those without one are set aside. An id that comes twice gets a
    number, ``name#2``. ``progress`` is called with the number of documents read so far. Without ``mails``,
    the bytes of mails are not kept, only their texts; without ``labels``, no label is.
    """
    labelled, unlabelled = _Gathered(mails, labels), _Gathered(mails, labels)
    skipped: list[Skipped] = []
    notes: list[str] = []
    n = 0
    for item in items:
        if isinstance(item, Record):
            (labelled if labels and item.label is not None else unlabelled).add(item)
            n += 1
            if progress is not None and n % REPORT_EVERY == 0:
                progress(n)
        elif isinstance(item, Skipped):
            skipped.append(item)
        else:
            notes.append(item.text)
    if progress is not None:
        progress(n)
    taken = unlabelled
    if len(labelled):
        taken, reason = labelled, "no label, while other documents have one"
        skipped += [Skipped(place, reason) for place in unlabelled.places()]
    documents, known_labels = taken.documents(notes)
    encodings = dict(taken.encodings.most_common())
    return Corpus(documents, known_labels, skipped, encodings, [*notes, *taken.defects()])


class _Gathered:
    """Records, all with a label or all without, as documents: part by part, for they may be many."""

    def __init__(self, mails: bool, labels: bool) -> None:
        self.mails, self.with_labels = mails, labels
        self.encodings: Counter[str] = Counter()
        self._parts = Joining()
        self._records: list[Record] = []
        self._size = 0
        self._n = 0
        self._places: list[bytes] = []
        """Of those without a label, packed part by part: few ask for them."""
        self._labels: dict[str, int] = {}
        self._defects: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._n + len(self._records)

    def add(self, record: Record) -> None:
        """One more."""
        self._records.append(record)
        self._size += sum(len(region.text) for region in record.regions) + len(record.raw or b"")
        if len(self._records) == MOST_RECORDS or self._size > MOST_CHARACTERS:
            self._end_part()

    def _end_part(self) -> None:
        records = self._records
        part = _documents(records, self.mails)
        hashes = np.array([hash(record.id) for record in records], np.int64)
        columns = {HASH: hashes}
        if self.with_labels and records and records[0].label is not None:
            numbers = [
                self._labels.setdefault(str(record.label), len(self._labels)) for record in records
            ]
            columns[LABEL] = np.array(numbers, np.int64)
        elif self.with_labels:
            self._places.append(zlib.compress(json.dumps([r.place for r in records]).encode(), 1))
        self._parts.add(part.with_(counts={**part.counts, **columns}))
        self.encodings.update(record.encoding for record in records)
        for record in records:
            self._defects.update({defect.split(":")[0] for defect in record.defects or ()})
        self._n += len(records)
        self._records, self._size = [], 0

    def documents(self, notes: list[str]) -> tuple[Documents, NDArray[np.str_] | None]:
        """All of them, and their labels if they have some; that ids came twice is noted."""
        self._end_part()
        documents = self._parts.documents()
        regions = documents.regions
        if regions is not None and set(regions.kinds) <= {""}:
            documents = documents.with_(regions=None)
        counts = dict(documents.counts)
        hashes, numbers = counts.pop(HASH), counts.pop(LABEL, None)
        documents = documents.with_(counts=counts)
        hashes.sort()
        if (hashes[1:] == hashes[:-1]).any():
            ids = _unique(documents.ids.to_pylist(), notes)
            documents = documents.with_(ids=pa.array(ids, pa.string()))
        labels = None if numbers is None else np.array(list(self._labels), np.str_)[numbers]
        return documents, labels

    def places(self) -> list[str]:
        """Where those without a label stand."""
        self._end_part()
        return [place for packed in self._places for place in json.loads(zlib.decompress(packed))]

    def defects(self) -> list[str]:
        """A note for each kind of defect: in how many mails it is."""
        found = sorted(self._defects.items(), key=lambda pair: (-pair[1], pair[0]))
        return [f"mails with the defect {kind!r}: {count:,}" for kind, count in found]


def _documents(records: list[Record], mails: bool) -> Documents:
    """Documents, all of which consist of regions."""
    texts, regions = Regions.join([record.regions for record in records])
    counts = {}
    if any(record.defects is not None for record in records):
        n_defects = [len(record.defects or ()) for record in records]
        counts["mail.defects"] = np.array(n_defects, np.int64)
    return Documents(
        pa.array([record.id for record in records], pa.string()),
        pa.array(texts, pa.large_string()),
        regions,
        counts=counts,
        mails=pa.array([record.raw for record in records], pa.large_binary())
        if mails and any(record.raw is not None for record in records)
        else None,
    )


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
