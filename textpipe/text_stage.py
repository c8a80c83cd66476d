"""Stages that work on a text as such, before it is cut into tokens."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents, Int32, Int64, Region, Regions
from textpipe.documents.tokens import per_row
from textpipe.stage import Stage


class Cleaned(NamedTuple):
    """What became of one region: the regions that replace it, and what was counted on the way."""

    regions: list[Region]
    counts: Mapping[str, int] = {}


class TextStage(Stage):
    """Text -> text. Write ``of``; or ``clean``, to see the kind of region or to count something."""

    reads = ("text",)
    writes = ("text",)
    kinds: ClassVar[frozenset[str] | None] = None
    """The kinds of regions that may change; None are all of them. Documents whose regions are all of other
    kinds are not looked at."""
    counted: ClassVar[tuple[str, ...]] = ()
    """What is counted of each document, also where it is 0."""

    def of(self, text: str) -> str:
        """What becomes of one text."""
        raise TypeError(f"{type(self).__name__} is a TextStage and must say of(text)")

    def clean(self, region: Region) -> Cleaned:
        """What becomes of one region of a document (most documents are one region of kind "")."""
        return Cleaned([Region(region.kind, self.of(region.text))])

    def clean_all(self, regions: list[Region]) -> list[Cleaned]:
        """What becomes of each of these regions, for a stage that has a quicker way with many.

        A subclass that says ``clean`` anew is asked for one after another instead.
        """
        return [self.clean(region) for region in regions]

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        """Where in ``region`` the code points of each cleaned region come from; see ``explain``.

        For each cleaned region begins and ends [len(text), 2] in ``region.text``, both the same for
        what comes from nothing. None if this stage cannot tell: then words are compared instead.
        """
        return None

    def apply(self, documents: Documents) -> Documents:
        rows = self._rows_of_kinds(documents)
        if rows is None:
            done = self._apply_to_all(documents)
        elif not len(rows):
            done = documents
        else:
            some = documents.with_(mails=None).take(rows)
            done = documents.with_texts_of(rows, self._apply_to_all(some))
        names = [f"{self.name()}.{key}" for key in self.counted]
        missing = [name for name in names if name not in done.counts]
        if not missing:
            return done
        zeros = {name: np.zeros(len(documents), np.int64) for name in missing}
        return done.with_(counts={**done.counts, **zeros})

    def _rows_of_kinds(self, documents: Documents) -> Int64 | None:
        """Which documents have a region that may change; None where all of them may."""
        regions = documents.regions
        if self.kinds is None or regions is None or self._one_by_one:
            return None
        if self.kinds.isdisjoint(regions.kinds):  # a mail without HTML, by itself
            return np.empty(0, np.int64)
        wanted = np.array([kind in self.kinds for kind in regions.kinds], bool)
        rows = np.flatnonzero(per_row(wanted[regions.codes], regions.rows))
        return rows if len(rows) < len(documents) else None

    @property
    def _one_by_one(self) -> bool:
        kind: Any = type(self)
        return _cleans_anew(kind)

    def _apply_to_all(self, documents: Documents) -> Documents:
        regions = list(documents.documents_regions())
        results = self._clean_each(regions)
        cleaned = [[region for one in row for region in one.regions] for row in results]
        counts = {**documents.counts, **self._counts(documents, results)}
        if all(map(_are_the_same, cleaned, regions)):
            return documents.with_(counts=counts)
        if documents.regions is None and all([r.kind for r in row] == [""] for row in cleaned):
            texts = [row[0].text for row in cleaned]
            return documents.with_(text=pa.array(texts, pa.large_string()), counts=counts)
        texts, joined = Regions.join(cleaned)
        return documents.with_(
            text=pa.array(texts, pa.large_string()), regions=joined, counts=counts
        )

    def _clean_each(self, regions: list[list[Region]]) -> list[list[Cleaned]]:
        """What becomes of each region of each document."""
        together = list(itertools.chain.from_iterable(regions))
        if self._one_by_one:
            done = iter([self.clean(region) for region in together])
        else:
            done = iter(self.clean_all(together))
        return [list(itertools.islice(done, len(row))) for row in regions]

    def _counts(self, documents: Documents, results: list[list[Cleaned]]) -> dict[str, Int64]:
        """What was counted on the way, with what a stage of the same name has counted before."""
        counts: dict[str, Int64] = {}
        for row, several in enumerate(results):
            for result in several:
                for key, count in result.counts.items():
                    column = f"{self.name()}.{key}"
                    if column not in counts:
                        before = documents.counts.get(column)
                        zeros = np.zeros(len(documents), np.int64)
                        counts[column] = zeros if before is None else before.copy()
                    counts[column][row] += count
        return counts


def _are_the_same(one: list[Region], other: list[Region]) -> bool:
    return len(one) == len(other) and all(map(operator.is_, one, other))


@functools.cache
def _cleans_anew(kind: Any) -> bool:
    """Did a subclass say what becomes of one region, after its base has said what becomes of many?"""
    order = [vars(base).keys() for base in kind.__mro__]
    first = next(at for at, names in enumerate(order) if "clean" in names or "clean_all" in names)
    return "clean_all" not in order[first]
