"""Documents as they come from their sources, and an account of what was set aside."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from textpipe.cli import reading
from textpipe.cli.terminal import say
from textpipe.printable import one_line

if TYPE_CHECKING:
    from textpipe.documents import Documents
    from textpipe.pipeline import Pipeline
    from textpipe.run import Failed
    from textpipe.sources import Record

AT_A_TIME, MOST_AT_A_TIME = 500, 2000
"""So many documents are read before their verdicts are asked for; and if nobody waits for the first ones, so
many after a while: each batch costs something, and a file that must be on disk."""

MOST_CHARACTERS = 4_000_000
"""So many characters, and bytes of mails, end a batch before it has so many documents."""

LONGEST = 400
"""Characters of what is said of one of them."""

MOST_SKIPPED = 5
"""So many places of what was set aside are named."""


class Taken:
    """Counts what goes by: documents, and what was set aside."""

    def __init__(self) -> None:
        self.documents = 0
        self.skipped = 0
        self.examples: list[str] = []
        self.notes: list[str] = []

    def records(self, sources: list[str], options: reading.Options) -> Iterator[Record]:
        """The records of all sources, one after another."""
        from textpipe.sources import Record, Skipped, records

        for source in sources:
            own = dict(options)
            if source == "-" and own["format"] is None:
                own["format"] = "lines"
            for item in records(source, **own):
                if isinstance(item, Record):
                    self.documents += 1
                    yield item
                elif isinstance(item, Skipped):
                    self.skipped += 1
                    self.examples += [f"{item.place}: {item.reason}"] * (
                        self.skipped <= MOST_SKIPPED
                    )
                else:
                    self.notes.append(item.text)

    def tell(self, done: str) -> None:
        """Say what was set aside, on standard error; ``done`` is what became of the rest."""
        for note in self.notes:
            say(note)
        if self.skipped:
            more = [f"  and {self.skipped - MOST_SKIPPED:,} more"] * (self.skipped > MOST_SKIPPED)
            lines = [f"{self.skipped:,} set aside, {self.documents:,} {done}:"]
            say("\n".join([*lines, *(f"  {one_line(line)}" for line in self.examples), *more]))


def tell_of_failed(failed: Sequence[Failed]) -> None:
    """Say which documents were set aside because a stage failed at them, on standard error."""
    if not failed:
        return
    more = [f"  and {len(failed) - MOST_SKIPPED:,} more"] * (len(failed) > MOST_SKIPPED)
    lines = [f"  {one_line(f'{one.id}: {one.why}', LONGEST)}" for one in failed[:MOST_SKIPPED]]
    from textpipe.sources.counted import counted

    documents, were = counted(len(failed), "document"), "was" if len(failed) == 1 else "were"
    told = f"{documents} could not be worked on and {were} set aside:"
    say("\n".join([told, *lines, *more]), "yellow")


def defects_of(pipeline: Pipeline, documents: Documents) -> Counter[str]:
    """How many of these documents a stage could not read as it reads others, by what it has counted."""
    from textpipe.stage import walk

    names = {f"{stage.name()}.{one}" for stage in walk(pipeline.stages) for one in stage.defects}
    counts = documents.counts
    found = {name: int((counts[name] > 0).sum()) for name in names & counts.keys()}
    return Counter({name: n for name, n in found.items() if n})


def tell_of_defects(defects: Counter[str]) -> None:
    """Say how many documents were not read as others are, and where that is explained, on standard error."""
    from textpipe.sources.counted import counted

    for name, n in sorted(defects.items()):
        stage = name.partition(".")[0]
        say(f"{counted(n, 'document')} with {name}: see textpipe stages {stage}")


def batches(
    records: Iterable[Record], mails: bool = True, growing: bool = False
) -> Iterator[Documents]:
    """Documents, some hundreds at a time, under the ids that their sources gave them; the bytes of mails are
    kept only where ``mails`` says so. ``growing`` batches have more and more documents.
    """
    import pyarrow as pa

    from textpipe.sources.corpus import gather

    records, most = iter(records), AT_A_TIME
    while part := list(_bounded(records, most)):
        most = min(2 * most, MOST_AT_A_TIME) if growing else most
        ids = pa.array([record.id for record in part], pa.string())
        yield gather(part, mails=mails, labels=False).documents.with_(ids=ids)


def _bounded(records: Iterator[Record], most: int) -> Iterator[Record]:
    """The next records, up to so many, or until they have too many characters."""
    size = 0
    for record in itertools.islice(records, most):
        yield record
        size += len(record.raw or b"") + sum(len(region.text) for region in record.regions)
        if size > MOST_CHARACTERS:
            return
