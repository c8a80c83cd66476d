"""A bar on standard error for what takes longer than two seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textpipe.cli.terminal import err

if TYPE_CHECKING:
    from rich.progress import Progress

    from textpipe.run import Work
    from textpipe.stage import Stage

PATIENCE = 2.0
"""Seconds before a bar appears."""


class Bar:
    """Told what is being done, how much of it is done, and how much there is (0 where nobody knows)."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._doing = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._progress is None:
            return
        if what != self._doing:
            for task in list(self._progress.task_ids):
                self._progress.remove_task(task)
            self._progress.add_task(what, total=total or None, shown="")
            self._doing = what
        self._progress.update(
            self._progress.task_ids[0],
            completed=done,
            total=total or None,
            shown=_shown(done, total),
        )

    def reading(self, done: int) -> None:
        """Told how many documents are read."""
        self("reading", done, 0)

    def training(self, documents: int, stages: list[Stage]) -> _Observer:
        """An observer for ``Pipeline.learn``."""
        return _Observer(self, documents, stages)


class _Observer:
    """Makes one bar of the work that each stage does on each batch."""

    def __init__(self, bar: Bar, documents: int, stages: list[Stage]) -> None:
        self.bar = bar
        self.documents = documents
        self.stages = stages
        self.done = [0] * len(stages)
        self._show(0)

    def __call__(self, work: Work) -> None:
        self.done[work.position] += work.documents
        self._show(work.position)

    def _show(self, position: int) -> None:
        if self.done[position] >= self.documents and position + 1 < len(self.stages):
            position += 1
        total = self.documents * max(1, len(self.stages) - 1)
        self.bar(f"training {self.stages[position].name()}", min(sum(self.done), total), total)


@contextmanager
def progress(wanted: bool = True) -> Iterator[Bar]:
    """A bar that appears after two seconds, only on a terminal, and goes when the work is done."""
    console = err()
    if not (wanted and console.is_terminal):
        yield Bar(None)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    shown = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[shown]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
    )
    shown.add_task("working", total=None, shown="")
    starter = threading.Timer(PATIENCE, shown.start)
    starter.daemon = True
    starter.start()
    try:
        yield Bar(shown)
    finally:
        starter.cancel()
        starter.join()
        shown.stop()


def _shown(done: int, total: int) -> str:
    return f"{done:,} / {total:,}" if total else f"{done:,}"
