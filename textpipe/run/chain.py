"""One batch through stages, and an account of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textpipe.documents import Documents
from textpipe.errors import TextpipeError
from textpipe.run.batching import bytes_of
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


Observer: TypeAlias = Callable[[Work], None]
"""Told after each piece of work."""


def through(stages: Sequence[Stage], first: int, batch: Documents) -> tuple[Documents, list[Work]]:
    """The batch after all stages; ``first`` is the position of the first of them in the pipeline."""
    done = []
    for position, stage in enumerate(stages, first):
        started = time.perf_counter()
        size = int(bytes_of(batch).sum())
        try:
            after = stage.apply(batch)
        except Exception as error:
            say_where(error, position, stage)
            raise
        seconds = time.perf_counter() - started
        tokens = after.tokens
        counted = (0, 0) if tokens is None else (len(tokens.codes), len(tokens.forms))
        done.append(Work(position, len(batch), seconds, size, *counted))
        batch = after
    return batch, done


def say_where(error: Exception, position: int, stage: Stage) -> None:
    """Add to an error that is not ours, such as a bug in a stage of one's own, where it happened."""
    if not isinstance(error, TextpipeError):
        error.add_note(f"in stage {position + 1}, {stage.name()}")
