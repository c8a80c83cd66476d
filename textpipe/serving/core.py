"""What the three tongues share: a bounded queue before the detector, tokens, and counting."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from textpipe.errors import InputError, TextpipeError
from textpipe.serving.limits import Limits, RefusedError, Room
from textpipe.serving.metrics import Metrics
from textpipe.serving.state import State, state_of

if TYPE_CHECKING:
    from textpipe.corrections import Outcome
    from textpipe.explanation.reasons import Explanation
    from textpipe.serving.detector import Detector
    from textpipe.serving.verdict import Verdict

LOG = logging.getLogger("textpipe.serving")

AT_ONCE = 16
"""So many waiting mails are judged as one batch: what a batch costs by itself is paid once."""

BYTES_AT_ONCE = 1_000_000
"""A batch takes no further mail from here on, so that small mails do not wait for many large ones."""

PAUSE = 0.5
"""Seconds before a mail is refused because too many wait. There may be room after them; and a client that
asks again at once takes no time from those that wait (without: a fifth of the mails judged a second)."""

SIDE_JOBS = 8
"""So many explanations and corrections may be under way; each holds the detector for a while."""

TRIES = 200
"""So many texts an explanation decides anew, unless it is told otherwise."""

MOST_TRIES = 2000

T = TypeVar("T")

_TOKEN = re.compile(r"[!-9;-~]+")


class Core:
    """Judges, explains and learns for any number of clients of one event loop.

    Judging is one thread's work: Python code of two would not run at the same time, and one takes the
    mails that wait as one batch. Explaining, learning and looking for a new model is another thread's.
    ``token`` is what a client must know to teach; None: nobody may.
    """

    def __init__(
        self,
        detector: Detector,
        limits: Limits | None = None,
        token: str | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        if token is not None and len(token) < 8:
            raise InputError("the token for learning must have 8 characters or more")
        if token is not None and not _TOKEN.fullmatch(token):
            raise InputError(
                "the token for learning must be of printable ASCII characters, without blanks and colons: "
                "others do not come through HTTP and spamd's protocol"
            )
        self.detector = detector
        self.limits = limits or Limits()
        self.metrics = metrics or Metrics()
        self.room = Room(self.limits.held)
        self.ready = False
        self.state = state_of(self.detector)
        self._token = token
        self._queue: deque[tuple[bytes, asyncio.Future[Verdict]]] = deque()
        self._waits = asyncio.Event()
        self._judge = ThreadPoolExecutor(1, "judge")
        self._side = ThreadPoolExecutor(1, "side")
        self._side_jobs = 0
        self._work: asyncio.Task[None] | None = None
        self.metrics.waiting.set_function(lambda: len(self._queue))

    async def start(self) -> None:
        """Judge a first mail, so that no client waits for what is loaded at first use; then be ready."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._judge, self.detector.judge, b"Subject: hello\n\nhello")
        self._tell(await loop.run_in_executor(self._side, state_of, self.detector))
        self._work = asyncio.create_task(self._judging())
        self.ready = True

    async def stop(self, seconds: float) -> bool:
        """Let go of the threads. False: one is still busy after so many seconds."""
        self.ready = False
        if self._work:
            self._work.cancel()
        for _, answer in self._queue:
            answer.cancel()
        self._queue.clear()
        ends = [asyncio.to_thread(pool.shutdown) for pool in (self._judge, self._side)]
        _, busy = await asyncio.wait(map(asyncio.ensure_future, ends), timeout=seconds)
        return not busy

    # -- judging --------------------------------------------------------------------------------------

    async def judge(self, tongue: str, raws: Sequence[bytes]) -> list[Verdict]:
        """What these mails are. Raises RefusedError where too many wait, or it takes too long."""
        limits = self.limits
        if len(raws) > limits.mails:
            raise RefusedError("too_large", f"a request holds {limits.mails:,} mails at most")
        if self._is_full(len(raws)):
            await asyncio.sleep(PAUSE)
            if self._is_full(len(raws)):
                raise RefusedError("busy", f"{len(self._queue):,} mails wait already: try again")
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Verdict]] = [loop.create_future() for _ in raws]
        self._queue.extend(zip(raws, answers, strict=True))
        self._waits.set()
        try:
            async with asyncio.timeout(limits.answer):
                verdicts = list(await asyncio.gather(*answers))
        except TimeoutError as error:
            raise RefusedError(
                "late", f"there was no verdict within {limits.answer:g} s"
            ) from error
        finally:
            for answer in answers:
                answer.cancel()  # the client is gone, or it is too late: it is not judged for nothing
        for verdict in verdicts:
            self.metrics.verdicts.labels(tongue, verdict.label).inc()
        return verdicts

    def _is_full(self, more: int) -> bool:
        return bool(self._queue) and len(self._queue) + more > self.limits.waiting

    async def _judging(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._waits.wait()
            if batch := self._next_batch():
                raws = [raw for raw, _ in batch]
                found = await loop.run_in_executor(self._judge, self._verdicts, raws)
                for (_, answer), verdict in zip(batch, found, strict=True):
                    if answer.done():
                        continue
                    if isinstance(verdict, RefusedError):
                        answer.set_exception(verdict)
                    else:
                        answer.set_result(verdict)
            else:
                self._waits.clear()

    def _next_batch(self) -> list[tuple[bytes, asyncio.Future[Verdict]]]:
        batch: list[tuple[bytes, asyncio.Future[Verdict]]] = []
        size = 0
        while self._queue and len(batch) < AT_ONCE and size < BYTES_AT_ONCE:
            raw, answer = self._queue.popleft()
            if not answer.done():
                batch.append((raw, answer))
                size += len(raw)
        return batch

    def _verdicts(self, raws: list[bytes]) -> Sequence[Verdict | RefusedError]:
        """A verdict for each mail; one on which a stage fails does not take the others with it."""
        try:
            return self.detector.judge_all(raws)
        except Exception as error:  # whatever a stage raises
            if len(raws) == 1:
                return [_failed(error)]
        return [one for raw in raws for one in self._verdicts([raw])]

    # -- explaining and learning ------------------------------------------------------------------------

    async def explain(self, raw: bytes, tries: int, written_as: Callable[[Explanation], T]) -> T:
        """Why a mail is what it is, in the form that ``written_as`` gives it, off the event loop."""
        if not 0 <= tries <= MOST_TRIES:
            raise RefusedError(
                "malformed", f"tries must be 0 to {MOST_TRIES:,}, and {tries} was given"
            )

        return await self.aside(lambda: written_as(self.detector.explain(raw, tries)))

    async def learn(self, tongue: str, raw: bytes, label: str | None, source: str) -> Outcome:
        """Teach a mail and its label, or take it out (None). It is in the journal when this returns."""
        detector = self.detector

        def teach() -> Outcome:
            if label is None:
                outcome = detector.unlearn(raw, source)
            elif label in (known := detector.labels):
                outcome = detector.learn(raw, label, source)
            else:
                raise RefusedError(
                    "unknown_label", f"the label is none of the model's: {', '.join(known)}"
                )
            self.metrics.taught.labels(tongue, outcome.happened).inc()
            self._tell(state_of(detector))  # here, because the client may be gone by now
            return outcome

        return await self.aside(teach)

    async def refresh(self) -> bool:
        """Take over another model on disk, or what others have taught. Did anything change?"""

        def look() -> State | None:
            return state_of(self.detector) if self.detector.refresh() else None

        loop = asyncio.get_running_loop()
        try:
            state = await loop.run_in_executor(self._side, look)
        except (TextpipeError, OSError) as error:
            self.metrics.swaps.labels("failed").inc()
            LOG.error("the model before stays in use: %s", error)
            return False
        if state is None:
            return False
        if state.model != self.state.model:
            self.metrics.swaps.labels("done").inc()
            LOG.info("another model is in use: %s", state.model)
            if self.state.corrections and not state.corrections:
                LOG.warning(
                    "it has none of the %d corrections of the model before, which stay in the journal: "
                    "textpipe refit makes a model that has them",
                    self.state.corrections,
                )
        self._tell(state)
        return True

    async def aside(self, job: Callable[[], T]) -> T:
        """Run in the other thread, if not too much is under way there."""
        if self._side_jobs >= SIDE_JOBS:
            raise RefusedError("busy", f"{SIDE_JOBS} explanations and corrections wait: try again")
        self._side_jobs += 1
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._side, job)
        done.add_done_callback(self._side_job_done)
        try:
            async with asyncio.timeout(self.limits.answer):
                return await asyncio.shield(done)
        except TimeoutError as error:
            raise RefusedError(
                "late", f"it was not done within {self.limits.answer:g} s"
            ) from error
        except (RefusedError, InputError):
            raise
        except Exception as error:
            raise _failed(error) from error

    def _side_job_done(self, job: asyncio.Future[Any]) -> None:
        self._side_jobs -= 1
        if not job.cancelled():
            job.exception()  # looked at, where nobody waits for it any more

    # -- who may teach ----------------------------------------------------------------------------------

    def must_be_allowed(self, given: str | None) -> None:
        """Raises RefusedError unless this is the token for learning."""
        if self._token is None:
            raise RefusedError(
                "not_allowed", "this server was started without a token, so nobody may teach"
            )
        if given is None or not hmac.compare_digest(
            given.encode(errors="replace"), self._token.encode()
        ):
            raise RefusedError(
                "not_allowed", "learning needs the token that the server was started with"
            )

    @property
    def may_teach(self) -> bool:
        """Is there a token with which somebody may teach?"""
        return self._token is not None

    def _tell(self, state: State) -> None:
        """Take over what is in use, and let the metrics know."""
        self.state = state
        self.metrics.in_use(state.model, state.written, state.corrections)


def _failed(error: Exception) -> RefusedError:
    """What the client is told; what a stage says may hold the mail's text, so it is not logged either."""
    LOG.error("judging failed: %s", type(error).__name__)
    return RefusedError("failed", f"the model failed on this mail ({type(error).__name__})")
