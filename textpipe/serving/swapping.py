"""A model that was replaced on disk, or taught by others, is taken over while requests are answered."""

from __future__ import annotations

import asyncio
import logging

from textpipe.serving.core import Core

LOG = logging.getLogger("textpipe.serving")

SECONDS = 1.0
"""So often the files are looked at; that costs a few system calls."""


class Watch:
    """Looks at the model's files again and again, and at once when it is asked to.

    The new model is loaded beside the old one, which goes on judging; then they are switched between
    two batches. No request is refused or waits for it. A model that cannot be loaded is told of once
    for each state of its files, and the one before stays.
    """

    def __init__(self, core: Core, seconds: float = SECONDS) -> None:
        self.core = core
        self.seconds = seconds
        self._now = asyncio.Event()

    def look_now(self) -> None:
        """Look at once, as after SIGHUP."""
        self._now.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                async with asyncio.timeout(self.seconds):
                    await self._now.wait()
                LOG.info("asked to look for another model")
            except TimeoutError:
                pass
            self._now.clear()
            try:
                await self.core.refresh()
            except Exception as error:  # nothing may end the watch
                LOG.error("looking for another model failed: %s", type(error).__name__)
