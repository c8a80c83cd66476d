"""Other processes that put batches through stages.

Loky (what joblib and scikit-learn use) starts them anew instead of forking, so that no lock of a library
is copied while it is held, and a script needs no ``if __name__ == "__main__"``. Stages are sent once, as a
file; documents go to and fro as their Arrow and NumPy buffers.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import pickle  # between processes of one program; nothing is ever loaded from another's file
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

from textpipe.documents import Documents
from textpipe.errors import ProcessError
from textpipe.run.chain import Chain, Done
from textpipe.run.spreading import AHEAD, jobs
from textpipe.scratch import scratch_folder

IDLE = 60
"""Seconds after which a process that has nothing to do ends."""


_asked: dict[int, float] = {}
"""When so many processes were last asked for something."""


def are_there(n_jobs: int | None) -> bool:
    """Are the processes most likely still there, from the last call?"""
    return bool(_asked) and time.monotonic() - _asked.get(jobs(n_jobs), -IDLE) < IDLE


class Answer(NamedTuple):
    """What a process sends back."""

    done: Done
    warnings: list[tuple[str, type[Warning]]]


class Workers:
    """So many processes. They stay for the next call, for a minute, and end with the one that asked.

    Where one is killed (for memory, by a crash in a library), the batches under way are done again, one
    at a time; a batch that kills a process by itself is halved until the document that does so is found.
    """

    def __init__(self, n_jobs: int) -> None:
        self.n_jobs = n_jobs

    def through(self, chain: Chain, batches: Iterable[Documents]) -> Iterator[Done]:
        """Each batch after the stages of a chain, in order; see :func:`textpipe.run.spreading`.

        Where a document kills the process, a forgiving chain sets it aside; else ProcessError is raised,
        with the id of the document.
        """
        import cloudpickle

        with scratch_folder() as folder:
            path = folder / "chain"
            path.write_bytes(cloudpickle.dumps(chain))
            for answer in self._answers(chain, str(path), batches):
                for message, category in answer.warnings:
                    warnings.warn(message, category, stacklevel=2)
                yield answer.done

    def _answers(self, chain: Chain, path: str, batches: Iterable[Documents]) -> Iterator[Answer]:
        given = iter(batches)
        under_way: deque[tuple[Documents, Future[Answer]]] = deque()
        try:
            while True:
                for batch in itertools.islice(given, self.n_jobs * AHEAD - len(under_way)):
                    under_way.append((batch, self._submit(path, batch, self.n_jobs)))
                if not under_way:
                    return
                batch, future = under_way.popleft()
                try:
                    yield future.result()
                except BrokenProcessPool:
                    again = [batch, *(other for other, _ in under_way)]
                    under_way.clear()
                    for one in again:
                        yield self._alone(chain, path, one)
        finally:
            for _, future in under_way:
                future.cancel()

    def _alone(self, chain: Chain, path: str, batch: Documents) -> Answer:
        """A batch with no other under way, so that it is known who kills the process."""
        heard: list[tuple[str, type[Warning]]] = []

        def again(part: Documents) -> Done:
            answer = self._alone(chain, path, part)
            heard.extend(answer.warnings)
            return answer.done

        try:
            return self._submit(path, batch, 1).result()
        except BrokenProcessPool:
            killed = ProcessError(
                f"the process that worked on document {batch.ids[0].as_py()!r} was killed, twice: by the "
                "system for want of memory, or by a crash in a library. Leave the document out, or try it "
                "by itself (textpipe trace)"
            )
            if len(batch) == 1 and not chain.forgiving:
                raise killed from None
            return Answer(chain.without(batch, killed, again), heard)

    def _submit(self, path: str, batch: Documents, n_jobs: int) -> Future[Answer]:
        from loky import get_reusable_executor

        executor = get_reusable_executor(
            n_jobs,
            timeout=IDLE,
            initializer=_begin,
            initargs=(os.getpid(),),
            env={f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")},
        )
        future: Future[Answer] = executor.submit(_answer, path, batch)
        _asked.clear()  # there is one set of processes: others ended with this call
        _asked[n_jobs] = time.monotonic()
        return future


def end() -> None:
    """End the processes at once, whatever they are at."""
    if _asked:
        from loky import get_reusable_executor

        get_reusable_executor(reuse=True).shutdown(wait=False, kill_workers=True)
        _asked.clear()


# -- in the other process ----------------------------------------------------------------------------


def _begin(parent: int) -> None:  # pragma: no cover  # in the other process
    """End with the process that asked, even if it is killed; leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "getppid") and os.name == "posix":
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:  # pragma: no cover  # in the other process
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


@functools.lru_cache(maxsize=2)
def _chain(path: str) -> Any:  # pragma: no cover  # in the other process
    return pickle.loads(Path(path).read_bytes())  # noqa: S301  # of the process that asked


def _answer(path: str, batch: Documents) -> Answer:  # pragma: no cover  # in the other process
    chain = _chain(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            done = chain(batch)
        except Exception as error:
            raise _that_travels(error) from None
    documents = done.documents
    if documents.matrix is not None:  # the columns' names are the same for all batches
        documents = documents.with_(matrix=dataclasses.replace(documents.matrix, features=()))
    if chain.only_matrix:
        documents = documents.with_(words=None, tokens=None)
    seen = dict.fromkeys((str(warning.message), warning.category) for warning in caught)
    return Answer(dataclasses.replace(done, documents=documents), list(seen))


def _that_travels(error: Exception) -> Exception:  # pragma: no cover  # in the other process
    """The error, if it can be sent to the process that asked; else one that says the same."""
    try:
        if type(pickle.loads(pickle.dumps(error))) is type(error):  # noqa: S301  # made here
            return error
    except Exception:  # noqa: S110  # whatever its own code does
        pass
    other = RuntimeError(f"{type(error).__name__}: {error}")
    for note in getattr(error, "__notes__", []):
        other.add_note(note)
    return other
