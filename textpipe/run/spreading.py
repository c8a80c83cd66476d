"""Batches through stages, on as many cores as asked for, in order."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from textpipe.documents import Documents
from textpipe.run.batching import batches, is_one
from textpipe.run.chain import Chain, Done
from textpipe.stage import Stage

Given = TypeVar("Given")
Made = TypeVar("Made")

PATIENCE = 1.0
"""Seconds of work that are done here before other processes are asked. To start one takes about two."""

SHARES, QUICK_SHARES = 4, 2
"""Parts for each process, and for each thread, so that none has nothing to do while another has a slow one:
nor while another holds Python's lock."""

AHEAD = 2
"""How many batches are under way for each job: one is worked on, and the next one lies ready."""


def jobs(n_jobs: int | None) -> int:
    """How many cores ``n_jobs`` means: None is 1, -1 all of them, -2 all but one, as in scikit-learn.

    >>> jobs(None), jobs(3)
    (1, 3)
    """
    if n_jobs is None or n_jobs > 0:
        return n_jobs or 1
    import loky

    return max(1, int(loky.cpu_count()) + 1 + n_jobs)


def through(
    chain: Chain,
    given: Iterator[Documents],
    n_jobs: int | None,
    at_hand: bool = False,
    all_kept: bool = False,
    whole: bool = False,
    apart: bool = False,
) -> Iterator[Done]:
    """Documents after the stages of a chain, in order, cut into batches and shared out as is quickest.

    Those that are ``at_hand``, and need not be waited for, are one; else there may be many. ``all_kept`` says
    that the results will be in memory together. Batches that are taken as a ``whole`` are not cut. Where they
    are ``apart``, other processes do all the work.
    """
    stages = chain.stages
    quick, several = all(stage.in_threads for stage in stages), n_jobs not in (None, 1)
    if at_hand and not whole:
        documents = next(given)
        is_small = is_one(documents, slow=several and not quick)
        if is_small and not apart:  # most often, and then there is nothing to share
            yield chain(documents)
            return
        given = iter([documents])
    large, shares, by_itself = quick and all_kept and chain.memory is None, 1, False
    # what is kept on disk is found by its batch
    if at_hand and chain.memory is None and several:
        shares = jobs(n_jobs) * (QUICK_SHARES if quick else SHARES)
        by_itself = shares > 1 and all(stage.by_itself for stage in stages)
    parts = itertools.chain.from_iterable(
        [one] if whole else batches(one, large, 1 if by_itself else shares, not quick)
        for one in given
    )
    with all_cores_for(stages if by_itself and not apart else [], n_jobs):
        yield from spread(chain, parts, n_jobs, at_hand, apart)


@contextmanager
def all_cores_for(stages: Sequence[Stage], n_jobs: int | None) -> Iterator[None]:
    """The stages may use all cores by themselves: nothing else is under way."""
    for stage in stages:
        stage._cores = jobs(n_jobs)
    try:
        yield
    finally:
        for stage in stages:
            stage._cores = 1


def spread(
    chain: Chain,
    batches: Iterable[Documents],
    n_jobs: int | None = 1,
    at_hand: bool = False,
    apart: bool = False,
) -> Iterator[Done]:
    """Each batch after the stages of a chain, in order.

    Where more than one job may be used: if all stages leave Python free for each other
    (``Stage.in_threads``), threads share the batches. Else processes do: for all but the first batch if they
    are there already, else for what is left after the first second of work, which is done here. Where batches
    are ``at_hand``, threads begin with the first one. Where they are ``apart``, processes do it all.
    """
    sizes: deque[int] = deque()

    def counted() -> Iterator[Documents]:
        for batch in batches:
            sizes.append(len(batch))
            yield batch

    begins = 0
    found = (
        _in_processes(chain, counted(), n_jobs)
        if apart
        else _spread(chain, counted(), n_jobs, at_hand)
    )
    for done in found:
        yield done.moved(begins) if done.failed else done
        begins += sizes.popleft()


def _spread(
    chain: Chain, left: Iterator[Documents], n_jobs: int | None, at_hand: bool
) -> Iterator[Done]:
    if n_jobs in (None, 1):
        yield from map(chain, left)
        return
    if all(stage.in_threads for stage in chain.stages):
        if not at_hand:  # what comes of the first batch need not wait for the next one
            yield from map(chain, itertools.islice(left, 1))
        some = list(itertools.islice(left, 2))
        yield from threaded(chain, itertools.chain(some, left), n_jobs if len(some) > 1 else 1)
        return
    from textpipe.run.workers import are_there

    started = time.perf_counter()
    for batch in left:
        yield chain(batch)
        if time.perf_counter() - started >= PATIENCE or are_there(n_jobs):
            break
    more = list(itertools.islice(left, 1))
    rest = itertools.chain(more, left)
    if more and jobs(n_jobs) > 1:
        yield from _in_processes(chain, rest, n_jobs)
    else:
        yield from map(chain, rest)


def _in_processes(chain: Chain, batches: Iterator[Documents], n_jobs: int | None) -> Iterator[Done]:
    from textpipe.run.workers import Workers

    first = list(itertools.islice(batches, 1))
    features = None  # the columns' names, which are not sent
    if first and any("matrix" in stage.writes for stage in chain.stages):
        nothing = dataclasses.replace(chain, memory=None)(first[0][:0]).documents
        features = None if nothing.matrix is None else nothing.matrix.features
    for done in Workers(jobs(n_jobs)).through(chain, itertools.chain(first, batches)):
        matrix = done.documents.matrix
        if matrix is not None and features is not None:
            matrix = dataclasses.replace(matrix, features=features)
        yield dataclasses.replace(done, documents=done.documents.with_(matrix=matrix))


def threaded(
    function: Callable[[Given], Made], values: Iterable[Given], n_jobs: int | None
) -> Iterator[Made]:
    """The function's result for each value, in order, by threads; few values are taken ahead."""
    many = jobs(n_jobs)
    if many == 1:
        yield from map(function, values)
        return
    with ThreadPoolExecutor(many, "textpipe") as pool:
        yield from in_order((pool.submit(function, value) for value in values), many * AHEAD)


def in_order(submitted: Iterator[Future[Made]], ahead: int) -> Iterator[Made]:
    """The results of futures in the order in which they were submitted, ``ahead`` of them under way."""
    under_way: deque[Future[Made]] = deque(itertools.islice(submitted, ahead))
    try:
        while under_way:
            result = under_way.popleft().result()
            under_way.extend(itertools.islice(submitted, 1))
            yield result
    finally:
        for future in under_way:
            future.cancel()
