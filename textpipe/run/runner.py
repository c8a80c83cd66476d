"""Documents through some stages of a pipeline, as its user wants them to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from textpipe.documents import Documents
from textpipe.errors import InputError
from textpipe.run.chain import Chain, Failed, Observer
from textpipe.run.limits import limited
from textpipe.run.memory import Memory
from textpipe.run.spreading import through
from textpipe.run.store import LIMIT
from textpipe.stage import Stage, use_mails

SetAside = Callable[[Failed], None]
"""Told of each document that was left out."""

MOST_FAILED = 100
"""More documents than these, if they are more than a tenth, are not set aside: it is an error then."""


def check_failed(n_failed: int, n: int, why: str) -> None:
    """Raise InputError if so many of the first ``n`` documents are too many to be set aside; ``why`` the last
    one was."""
    if n_failed > max(MOST_FAILED, n // 10):
        raise InputError(
            f"{n_failed:,} of the first {n:,} documents could not be worked on: it is not the documents "
            f"that are wrong. The last one: {why}"
        )


class Runner(NamedTuple):
    """How documents go through stages, and who is told of it.

    n_jobs, memory, max_characters   as the pipeline's user has set them
    observe     told of each piece of work
    set_aside   told of each document that a stage failed at, which is left out; without it, the error is
                raised
    judge       are too many of those an InputError?
    apart       do other processes do all the work of the stages? What kills one does not kill this one then
    """

    n_jobs: int | None
    memory: str | None
    max_characters: int
    observe: Observer | None = None
    set_aside: SetAside | None = None
    judge: bool = True
    apart: bool = False

    def through(
        self,
        stages: Sequence[Stage],
        first: int,
        until: int,
        documents: Documents | Iterable[Documents],
        *,
        only_matrix: bool = False,
        all_kept: bool = False,
        with_mails: bool = False,
        whole: bool = False,
        learner: Stage | None = None,
    ) -> Iterator[Documents]:
        """The documents, batch by batch, after the stages of a pipeline from ``first`` up to ``until``.

        only_matrix   nobody needs more of them than their matrix
        all_kept      they will be in memory together
        with_mails    they keep their mails, also where no stage from ``first`` on looks at them
        whole         they are not cut into batches
        learner       who learns from them, and gets no more of each batch than it needs
        """
        at_hand = isinstance(documents, Documents)
        given = iter([documents] if isinstance(documents, Documents) else documents)
        if not with_mails:
            left = stages[first:]
            given = (
                one if one.mails is None or use_mails(left) else one.with_(mails=None)
                for one in given
            )
        if not first:
            given = (limited(one, self.max_characters) for one in given)
        some = stages[first:until]
        memory = None if self.memory is None else Memory(self.memory, some, LIMIT)
        forgiving, observed = self.set_aside is not None, self.observe is not None
        chain = Chain(some, first, memory, forgiving, observed, learner, only_matrix)
        n_failed = 0
        for done in through(chain, given, self.n_jobs, at_hand, all_kept, whole, self.apart):
            if self.observe:
                for work in done.work:
                    self.observe(work)
            for failed in done.failed:  # judged document by document, whatever the batches are
                n_failed += 1
                if self.set_aside:
                    self.set_aside(failed)
                if self.judge:
                    check_failed(n_failed, failed.position + 1, failed.why)
            yield done.documents
