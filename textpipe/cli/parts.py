"""Results of a long run, part by part, so that a run that was killed goes on where it was."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textpipe.cli.tries import Tries
from textpipe.errors import SourceError

if TYPE_CHECKING:
    from textpipe.documents import Decisions, Documents
    from textpipe.pipeline import Pipeline
    from textpipe.run import Failed

Decide = Callable[[Iterable["Documents"]], Iterator[tuple["Documents", "Decisions"]]]


class _Part(NamedTuple):
    """A batch: its key, how many documents it has, and the position of its first one among those that this
    run decides; None if an earlier run has done it."""

    key: str
    size: int
    first: int | None

    def holds(self, position: int) -> bool:
        """Is the document at this position one of its own?"""
        return self.first is not None and self.first <= position < self.first + self.size


class Parts:
    """Lines about batches of documents, kept in a folder until all are there.

    A part is found by what is in its documents, in the folder of ``made_by``: a digest of everything else
    that its lines depend on.
    """

    def __init__(self, folder: Path, made_by: str) -> None:
        from textpipe.run import Store

        self.folder = folder
        self.store = Store(folder / made_by)
        self._done_now: set[str] = set()
        self.tries = Tries(folder / f"{made_by}.tries")
        self.done_before = 0
        self.failed_before: list[Failed] = []
        """What an earlier run set aside."""
        self.defects: Counter[str] = Counter()
        """How many documents have which defect."""

    def lines(
        self,
        batches: Iterable[Documents],
        decide: Decide,
        written: Callable[[Documents, Decisions], str],
        failed: list[Failed],
        defects_of: Callable[[Documents], Counter[str]] = lambda documents: Counter(),
    ) -> Generator[str, None, None]:
        """What is ``written`` about each batch, in order; only those that are not there are decided.

        ``defects_of`` a batch are added up. ``failed`` is what ``decide`` has set aside so far. Raises
        InputError where that, with what earlier runs set aside, is too much of what there is.
        """
        from textpipe.run.parcel import digest, to_parcel
        from textpipe.run.runner import check_failed

        waiting: deque[_Part] = deque()
        n_given = n_decided = n_seen = 0

        def missing() -> Iterator[Documents]:
            nonlocal n_given
            for batch in rest:
                key = digest(to_parcel(batch))
                there = self.store.has(key)
                waiting.append(_Part(key, len(batch), None if there else n_given))
                if not there:
                    n_given += len(batch)
                    self.tries.begin(key)
                    yield batch

        def seen(part: _Part) -> None:
            nonlocal n_decided, n_seen
            n_seen += part.size
            if part.first is not None:  # others may have been decided ahead
                n_decided = part.first + part.size
            found = [one for one in failed if one.position < n_decided]
            found = [*self.failed_before, *found]
            if found:
                check_failed(len(found), n_seen, found[-1].why)

        def there(part: _Part) -> str:
            lines = self._there(part)
            seen(part)
            return lines

        rest = iter(batches)
        for batch in rest:  # those at the beginning are handed on one by one
            key = digest(to_parcel(batch))
            if not self.store.has(key):
                rest = itertools.chain([batch], rest)
                break
            yield there(_Part(key, len(batch), None))
        try:
            for batch, decisions in decide(missing()):
                while waiting[0].first is None:
                    yield there(waiting.popleft())
                part = waiting.popleft()
                own = [dataclasses.astuple(one) for one in failed if part.holds(one.position)]
                lines, defects = written(batch, decisions), defects_of(batch)
                self.defects += defects
                content = json.dumps({"lines": lines, "failed": own, "defects": defects})
                self.store.put(part.key, content.encode("utf-8"))
                self._done_now.add(part.key)
                self.tries.end(part.key)
                seen(part)
                yield lines
        finally:
            self.tries.stop()
        for part in waiting:
            yield there(part)

    def _there(self, part: _Part) -> str:
        from textpipe.run import Failed

        kept = self.store.get(part.key)
        if kept is None:
            raise SourceError(f"{self.folder}: a part is damaged or was removed: run again")
        content = json.loads(bytes(kept))
        self.failed_before += [Failed(*one) for one in content["failed"]]
        self.defects += Counter(content.get("defects", {}))
        if part.key not in self._done_now:
            self.done_before += part.size
        return str(content["lines"])

    def remove(self) -> None:
        """All lines are where they belong: these parts can go. Those of others stay."""
        self.store.clear()
        self.tries.remove()
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def made_by(pipeline: Pipeline, *more: object) -> str | None:
    """The digest of a trained pipeline, with all that it knows, and of what else is given; None where a
    stage of somebody's own has none.
    """
    from textpipe.run.keys import NoKeyError, stage_key
    from textpipe.run.parcel import digest

    if not all(stage.deterministic for stage in pipeline.stages):
        return None
    try:
        own = pipeline.language, str(pipeline.max_characters)
        return digest(*map(stage_key, pipeline.stages), *own, *map(repr, more))
    except NoKeyError:
        return None
