"""Results of a long run, part by part, so that a run that was killed goes on where it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textpipe.documents import Decisions, Documents
    from textpipe.pipeline import Pipeline

Decide = Callable[[Iterable["Documents"]], Iterator[tuple["Documents", "Decisions"]]]


class Parts:
    """Lines about batches of documents, kept in a folder until all are there.

    A part is found by what is in its documents, and by ``made_by``: a digest of everything else that its
    lines depend on.
    """

    def __init__(self, folder: Path, made_by: str) -> None:
        from textpipe.run import Store

        self.store = Store(folder)
        self.made_by = made_by
        self.done_before = 0

    def lines(
        self,
        batches: Iterable[Documents],
        decide: Decide,
        written: Callable[[Documents, Decisions], str],
    ) -> Iterator[str]:
        """What is ``written`` about each batch, in order; only those that are not there are decided."""
        from textpipe.run.parcel import digest, to_parcel

        waiting: deque[tuple[str, str | None]] = deque()

        def missing() -> Iterator[Documents]:
            for batch in batches:
                key = digest(self.made_by, to_parcel(batch))
                found = self.store.get(key)
                if found is None:
                    waiting.append((key, None))
                    yield batch
                else:
                    self.done_before += len(batch)
                    waiting.append((key, bytes(found).decode("utf-8")))

        def there() -> Iterator[str]:
            while waiting and waiting[0][1] is not None:
                yield str(waiting.popleft()[1])

        for batch, decisions in decide(missing()):
            yield from there()
            key, _ = waiting.popleft()
            lines = written(batch, decisions)
            self.store.put(key, lines.encode("utf-8"))
            yield lines
        yield from there()

    def remove(self) -> None:
        """All lines are where they belong: the parts can go."""
        self.store.clear()


def made_by(pipeline: Pipeline, *more: object) -> str | None:
    """The digest of a trained pipeline, with all that it knows, and of what else is given; None where a
    stage of somebody's own has none.
    """
    from textpipe.run.keys import NoKeyError, stage_key
    from textpipe.run.parcel import digest

    if not all(stage.deterministic for stage in pipeline.stages):
        return None
    try:
        return digest(*map(stage_key, pipeline.stages), pipeline.language, *map(repr, more))
    except NoKeyError:
        return None
