"""One model, loaded, with the corrections that it has."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textpipe.bundle import fingerprint, load
from textpipe.classify.decider import Decider
from textpipe.documents import UNSURE
from textpipe.errors import InputError
from textpipe.serving.spoken import spoken
from textpipe.serving.verdict import Verdict

if TYPE_CHECKING:
    from textpipe.corrections import CorrectedModel
    from textpipe.documents import Decisions, Documents

SPAM = "spam"
"""The positive label, unless another is named."""

MOST_WORDS = 5
MOST_NEIGHBOURS = 5


class Opened:
    """The model at ``path``, with the corrections in ``journal`` unless they are not wanted.

    It is used by one thread at a time. See :class:`~textpipe.serving.detector.Detector`.
    """

    def __init__(
        self, path: Path, journal: str | Path, positive: str | None, corrections: bool
    ) -> None:
        self.path, self.journal = path, journal
        self.corrected: CorrectedModel | None = None
        self.corrections = corrections
        self.fingerprint = fingerprint(self.path)
        if self._has_corrections():
            taught = self.taught()
            self.pipeline, self.fingerprint = taught.pipeline, taught.fingerprint
        else:
            self.pipeline = load(self.path, expect=self.fingerprint)
        decider = self.pipeline.stages[-1] if self.pipeline.stages else None
        if not isinstance(decider, Decider) or not hasattr(decider, "classes_"):
            raise InputError(
                f"{self.path}: says no labels, so it cannot tell spam: train a definition that ends in "
                "a classifier, such as knn_classifier"
            )
        self.decider = decider
        self.positive = _positive(self.path, list(map(str, decider.classes_)), positive)

    # -- judging --------------------------------------------------------------------------------------

    def verdicts(self, documents: Documents, defects: list[list[str]]) -> list[Verdict]:
        stages = self.pipeline.stages
        last = len(stages) - 1
        first = next((at for at, stage in enumerate(stages) if "matrix" in stage.writes), last)
        before = self.pipeline[:first].run(documents) if first else documents
        after = self.pipeline.run(before, done=first)
        decisions = self.pipeline.decide(after, done=last)
        assert after.matrix is not None, "a decider reads a matrix"  # noqa: S101  # for mypy
        column = decisions.classes.astype(str).tolist().index(self.positive)
        positive = decisions.classes[column].item()
        threshold = (getattr(self.decider, "verdict_from", None) or {}).get(self.positive)
        corrections = self.n_corrections()
        found = []
        for row, label in enumerate(decisions.verdicts().tolist()):
            values = after.matrix.values[row : row + 1]
            words, near = spoken(self.pipeline, first, before.take([row]), values, positive)
            found.append(
                Verdict(
                    str(label),
                    _score(decisions, row, column),
                    threshold,
                    self.positive,
                    _strongest(words, str(label), self.positive),
                    near[:MOST_NEIGHBOURS],
                    defects[row],
                    self.fingerprint,
                    corrections,
                )
            )
        return found

    # -- corrections ----------------------------------------------------------------------------------

    def n_corrections(self) -> int:
        return len(self.corrected.corrections()) if self.corrected else 0

    def taught(self) -> CorrectedModel:
        """The model as one that can be taught."""
        if self.corrected is None:
            from textpipe.corrections import CorrectedModel

            if not self.corrections:
                raise InputError(
                    f"{self.path}: is used without corrections, so it cannot be taught"
                )
            self.corrected = CorrectedModel(self.path, self.journal)
            if self.corrected.fingerprint != self.fingerprint:
                self.fingerprint = self.corrected.fingerprint
            self.pipeline = self.corrected.pipeline
            self.decider = self.pipeline.stages[-1]
        return self.corrected

    def refresh(self) -> bool:
        """Take over corrections that others have made. Were there any?"""
        if self.corrected is None:
            return self._has_corrections() and bool(self.taught().history())
        return self.corrected.refresh() > 0

    def label_called(self, label: str) -> Any:
        """The label as the model has it: a number where its labels are numbers."""
        for known in self.decider.classes_.tolist():
            if str(known) == label:
                return known
        return label

    def _has_corrections(self) -> bool:
        """Does the journal hold operations on this model? A file that is not there is not asked."""
        if not self.corrections or (
            "://" not in str(self.journal) and not Path(self.journal).exists()
        ):
            return False
        from textpipe.corrections import Journal

        with Journal(self.journal) as journal:
            return bool(journal.operations(self.fingerprint))

    def close(self) -> None:
        if self.corrected is not None:
            self.corrected.close()


def _positive(path: Path, labels: list[str], wanted: str | None) -> str:
    """The positive label; InputError where it cannot be known."""
    listed = ", ".join(labels)
    if wanted is None and SPAM not in labels:
        raise InputError(
            f"{path}: knows the labels {listed}, and none is called {SPAM}: say which one means spam "
            f"with positive, such as {labels[-1]}"
        )
    if wanted is not None and wanted not in labels:
        raise InputError(f"{path}: knows the labels {listed}, and {wanted!r} is none of them")
    return wanted or SPAM


def _score(decisions: Decisions, row: int, column: int) -> float:
    scores: list[float] = decisions.scores[row].tolist()
    if decisions.are_probabilities:
        return min(1.0, max(0.0, scores[column]))
    others = scores[:column] + scores[column + 1 :]
    margin = scores[column] - max(others, default=0.0)
    return 1.0 / (1.0 + math.exp(min(700.0, max(-700.0, -margin))))


def _strongest(
    words: list[tuple[str, float]], label: str, positive: str
) -> tuple[tuple[str, float], ...]:
    """The words that say the most for the verdict; of an unsure one, for whichever side."""
    if label == UNSURE:
        return tuple(words[:MOST_WORDS])
    for_it = [one for one in words if (one[1] > 0) == (label == positive)]
    return tuple(for_it[:MOST_WORDS])
