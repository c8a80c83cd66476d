"""One batch through stages, and an account of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textpipe.documents import Documents
from textpipe.errors import TextpipeError
from textpipe.run.batching import bytes_of
from textpipe.run.memory import Memory
from textpipe.stage import Stage


@dataclass(frozen=True)
class Work:
    """What one stage did to one batch, or that it learned.

    position    of the stage in its pipeline, counted from 0
    documents   how many it was given
    seconds     of time that went by, in whichever process
    bytes       of UTF-8 text that the documents have
    tokens      how many there are afterwards, and ``forms``, how many distinct ones in this batch
    cached      was the result there already?
    learned     is it about learning, and not about documents?
    """

    position: int
    documents: int
    seconds: float
    bytes: int = 0
    tokens: int = 0
    forms: int = 0
    cached: bool = False
    learned: bool = False


WORTH = 0.05
"""Seconds of work on a batch whose result is kept, also where it is not the last stage's."""

Observer: TypeAlias = Callable[[Work], None]
"""Told after each piece of work."""


def through(
    stages: Sequence[Stage], first: int, batch: Documents, memory: Memory | None = None
) -> tuple[Documents, list[Work]]:
    """The batch after all stages; ``first`` is the position of the first of them in the pipeline.

    What ``memory`` holds is not done again.
    """
    done: list[Work] = []
    keys = memory.keys_for(batch) if memory else []
    found = memory.latest(keys) if memory else None
    if found is not None:
        n_done, after = found
        size = int(bytes_of(batch).sum())
        done = [
            Work(position, len(batch), 0.0, size, *_words(after), cached=True)
            for position in range(first, first + n_done)
        ]
        batch = after
    since = 0.0
    for position, stage in enumerate(stages[len(done) :], first + len(done)):
        started = time.perf_counter()
        size = int(bytes_of(batch).sum())
        try:
            after = stage.apply(batch)
        except Exception as error:
            say_where(error, position, stage)
            raise
        seconds = time.perf_counter() - started
        done.append(Work(position, len(batch), seconds, size, *_words(after)))
        batch = after
        since += seconds
        if memory and len(done) <= len(keys) and (since > WORTH or len(done) == len(keys)):
            memory.keep(keys[len(done) - 1], batch)
            since = 0.0
    return batch, done


def _words(documents: Documents) -> tuple[int, int]:
    """How many tokens documents have, and how many distinct ones."""
    tokens = documents.tokens
    return (0, 0) if tokens is None else (len(tokens.codes), len(tokens.forms))


def say_where(error: Exception, position: int, stage: Stage) -> None:
    """Add to an error that is not ours, such as a bug in a stage of one's own, where it happened."""
    if not isinstance(error, TextpipeError):
        error.add_note(f"in stage {position + 1}, {stage.name()}")
