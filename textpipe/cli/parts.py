"""Results of a long run, part by part, so that a run that was killed goes on where it was."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textpipe.errors import SourceError

if TYPE_CHECKING:
    from textpipe.documents import Decisions, Documents
    from textpipe.pipeline import Pipeline
    from textpipe.run import Failed

Decide = Callable[[Iterable["Documents"]], Iterator[tuple["Documents", "Decisions"]]]


class Parts:
    """Lines about batches of documents, kept in a folder until all are there.

    A part is found by what is in its documents, in the folder of ``made_by``: a digest of everything else
    that its lines depend on.
    """

    def __init__(self, folder: Path, made_by: str) -> None:
        from textpipe.run import Store

        self.folder = folder
        self.store = Store(folder / made_by)
        self.done_before = 0

    def lines(
        self,
        batches: Iterable[Documents],
        decide: Decide,
        written: Callable[[Documents, Decisions], str],
        failed: list[Failed],
    ) -> Iterator[str]:
        """What is ``written`` about each batch, in order; only those that are not there are decided.

        ``failed`` is what ``decide`` set aside; what it set aside in an earlier run is added to it.
        """
        from textpipe.run.parcel import digest, to_parcel

        waiting: deque[tuple[str, list[str], bool]] = deque()

        def missing() -> Iterator[Documents]:
            for batch in rest:
                key = digest(to_parcel(batch))
                waiting.append((key, batch.ids.to_pylist(), self.store.has(key)))
                if not waiting[-1][2]:
                    yield batch

        rest = iter(batches)
        for batch in rest:  # those at the beginning are handed on one by one
            key = digest(to_parcel(batch))
            if not self.store.has(key):
                rest = itertools.chain([batch], rest)
                break
            yield self._there(key, len(batch), failed)
        for batch, decisions in decide(missing()):
            while waiting[0][2]:
                key, ids, _ = waiting.popleft()
                yield self._there(key, len(ids), failed)
            key, ids, _ = waiting.popleft()
            own = [dataclasses.astuple(one) for one in failed if one.id in ids]
            lines = written(batch, decisions)
            self.store.put(key, json.dumps({"lines": lines, "failed": own}).encode("utf-8"))
            yield lines
        for key, ids, _ in waiting:
            yield self._there(key, len(ids), failed)

    def _there(self, key: str, n_documents: int, failed: list[Failed]) -> str:
        from textpipe.run import Failed

        kept = self.store.get(key)
        if kept is None:
            raise SourceError(f"{self.folder}: a part is damaged or was removed: run again")
        part = json.loads(bytes(kept))
        failed.extend(Failed(*one) for one in part["failed"])
        self.done_before += n_documents
        return str(part["lines"])

    def remove(self) -> None:
        """All lines are where they belong: these parts can go. Those of others stay."""
        self.store.clear()
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
