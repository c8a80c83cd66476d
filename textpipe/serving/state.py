"""Which model is in use."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textpipe.bundle import info

if TYPE_CHECKING:
    from textpipe.serving.detector import Detector


@dataclass(frozen=True)
class State:
    """The model in use: its fingerprint, positive label, labels and corrections; when it was written
    (seconds since 1970), its name, and of how many documents it was made.

    ``ham`` is the label that means no spam, where there is one: the only other one, or "ham".
    """

    model: str
    positive: str
    labels: list[str]
    corrections: int
    written: float
    name: str = ""
    documents: int = 0

    @property
    def ham(self) -> str | None:
        """See the class.

        >>> State("", "spam", ["ham", "news", "spam"], 0, 0.0).ham
        'ham'
        """
        others = [label for label in self.labels if label != self.positive]
        return others[0] if len(others) == 1 else "ham" if "ham" in others else None


def state_of(detector: Detector) -> State:
    """The model in use. Waits while the detector is busy, so it is no work for an event loop."""
    manifest = info(detector.path)
    return State(
        detector.model,
        detector.positive,
        detector.labels,
        detector.n_corrections,
        written(detector.path),
        str(manifest.get("name", "")),
        int(manifest.get("training", {}).get("documents", 0)),
    )


def written(bundle: Path) -> float:
    """When a bundle was written, in seconds since 1970; now, where nothing is there."""
    try:
        return max(bundle.stat().st_mtime, 0.0)
    except OSError:
        return time.time()
