"""One batch through stages, and an account of it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from textpipe.documents import Documents
from textpipe.documents.pieces import PiecesOfWords
from textpipe.errors import InputError, TextpipeError
from textpipe.run.batching import bytes_of
from textpipe.run.form_run import Step, in_runs
from textpipe.run.memory import Memory
from textpipe.stage import Stage

WORTH = 0.05
"""Seconds of work on a batch whose result is kept, also where it is not the last stage's."""


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


@dataclass(frozen=True)
class Failed:
    """A document that could not be worked on: its position among all that were given, its id, and why."""

    position: int
    id: str
    why: str


@dataclass(frozen=True)
class Done:
    """A batch after all stages, without the documents that failed."""

    documents: Documents
    work: list[Work]
    failed: list[Failed] = field(default_factory=list)

    @staticmethod
    def concat(one: Done, other: Done, first_of_other: int) -> Done:
        """Two parts of a batch as one; the second one begins at ``first_of_other``."""
        works = [
            dataclasses.replace(
                a,
                documents=a.documents + b.documents,
                seconds=a.seconds + b.seconds,
                bytes=a.bytes + b.bytes,
                tokens=a.tokens + b.tokens,
                forms=a.forms + b.forms,
                cached=a.cached and b.cached,
            )
            for a, b in zip(one.work, other.work, strict=True)
        ]
        later = [_moved(failed, first_of_other) for failed in other.failed]
        documents = Documents.concat([one.documents, other.documents])
        return Done(documents, works, one.failed + later)

    def moved(self, by: int) -> Done:
        """The same, of a batch that begins ``by`` documents later."""
        return dataclasses.replace(self, failed=[_moved(failed, by) for failed in self.failed])


@dataclass(frozen=True)
class Chain:
    """Stages, of which the first has the position ``first`` in its pipeline.

    What ``memory`` holds is not done again. A ``forgiving`` chain sets documents aside that a stage fails
    at, where others raise; it halves the batch until it has found them. Only an ``observed`` one gives an
    account of each stage; else neighbours that work on word forms are one (``FormRun``), and a vectorizer
    with them where ``only_matrix`` is wanted. What the ``gatherer``, which learns from all batches, needs
    of each is all that is left of it.
    """

    stages: Sequence[Stage]
    first: int = 0
    memory: Memory | None = None
    forgiving: bool = False
    observed: bool = True
    gatherer: Stage | None = None
    only_matrix: bool = False

    def __call__(self, batch: Documents) -> Done:
        """The batch after all stages."""
        try:
            return self._through(batch)
        except TextpipeError as error:
            if not self.forgiving or not isinstance(error, InputError):
                raise  # it is not the document that is wrong
            return self.without(batch, error, self)
        except Exception as error:
            if not self.forgiving:
                raise
            return self.without(batch, error, self)

    def without(
        self, batch: Documents, error: Exception, again: Callable[[Documents], Done]
    ) -> Done:
        """What can be done of a batch with which it went wrong; ``again`` works on parts of it."""
        if not len(batch):
            raise error
        if len(batch) == 1:
            notes = "; ".join(getattr(error, "__notes__", []))
            why = f"{type(error).__name__}: {error}" + (f" ({notes})" if notes else "")
            failed = Failed(0, str(batch.ids[0].as_py()), why)
            return dataclasses.replace(self._through(batch[:0]), failed=[failed])
        half = len(batch) // 2
        return Done.concat(again(batch[:half]), again(batch[half:]), half)

    def _through(self, batch: Documents) -> Done:
        done = self._through_stages(batch)
        if self.gatherer is None:
            return done
        return dataclasses.replace(done, documents=self.gatherer.gather(done.documents))

    def _through_stages(self, batch: Documents) -> Done:
        if self.observed or self.memory is not None:
            return self._one_by_one(batch)
        position = self.first
        for step in in_runs(self.stages, self.only_matrix):
            try:
                batch = step.apply(batch)
            except Exception as error:
                say_where(error, position, step)
                raise
            position += 1 if isinstance(step, Stage) else len(step.stages)
        return Done(batch, [])

    def _one_by_one(self, batch: Documents) -> Done:
        done: list[Work] = []
        keys = self.memory.keys_for(batch) if self.memory else []
        found = self.memory.latest(keys) if self.memory else None
        if found is not None:
            n_done, after = found
            size = int(bytes_of(batch).sum())
            done = [
                Work(position, len(batch), 0.0, size, cached=True)
                for position in range(self.first, self.first + n_done - 1)
            ]
            last = self.first + n_done - 1  # of those before nobody knows how many words they had
            done.append(Work(last, len(batch), 0.0, size, *_words(after), cached=True))
            batch = after
        since = 0.0
        for position, stage in enumerate(self.stages[len(done) :], self.first + len(done)):
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
            last = len(done) == len(keys)
            if self.memory and len(done) <= len(keys) and (since > WORTH or last):
                self.memory.keep(keys[len(done) - 1], batch)
                since = 0.0
        return Done(batch, done)


def say_where(error: Exception, position: int, stage: Step) -> None:
    """Add to an error that is not ours, such as a bug in a stage of one's own, where it happened."""
    if isinstance(error, TextpipeError):
        return
    several = [stage] if isinstance(stage, Stage) else stage.stages
    names = ", ".join(one.name() for one in several)
    to = (
        f"s {position + 1} to {position + len(several)}" if len(several) > 1 else f" {position + 1}"
    )
    error.add_note(f"in stage{to}, {names}")


def _moved(failed: Failed, by: int) -> Failed:
    return dataclasses.replace(failed, position=failed.position + by)


def _words(documents: Documents) -> tuple[int, int]:
    """How many tokens documents have, and how many distinct ones; of pieces of words, how many words."""
    tokens = documents.tokens
    if isinstance(tokens, PiecesOfWords):  # they are not written out to be counted
        tokens = tokens.words
    return (0, 0) if tokens is None else (len(tokens.codes), len(tokens.forms))
