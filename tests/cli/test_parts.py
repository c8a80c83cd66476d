"""Parts of a long run: what was set aside is told once, and too much of it is an error each time."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from textpipe.cli.parts import Parts
from textpipe.documents import Decisions, Documents
from textpipe.errors import InputError
from textpipe.run import Failed


class Run:
    """Decides batches, but for texts that say "bad"."""

    def __init__(self, folder: Path) -> None:
        self.parts = Parts(folder / "out.parts", "digest")
        self.failed: list[Failed] = []
        self.decided = 0
        self.ahead = 0

    def decide(self, given: Iterable[Documents]) -> Iterator[tuple[Documents, Decisions]]:
        """With some batches ahead, as threads do."""
        made: deque[tuple[Documents, Decisions]] = deque()
        for one in self.one_by_one(given):
            made.append(one)
            if len(made) > self.ahead:
                yield made.popleft()
        yield from made

    def one_by_one(self, given: Iterable[Documents]) -> Iterator[tuple[Documents, Decisions]]:
        for batch in given:
            texts, ids = batch.texts(), batch.ids.to_pylist()
            for at, text in enumerate(texts):
                if text == "bad":
                    self.failed.append(Failed(self.decided + at, ids[at], "it is bad"))
            self.decided += len(batch)
            left = batch[np.array([text != "bad" for text in texts], bool)]
            n = len(left)
            yield (
                left,
                Decisions(np.array(["ham"]), np.full(n, "ham"), np.ones((n, 1)), np.zeros(n, bool)),
            )

    def lines(self, batches: list[Documents]) -> list[str]:
        def written(batch: Documents, decisions: Decisions) -> str:
            return "".join(f"{text}\n" for text in batch.texts())

        return list(self.parts.lines(batches, self.decide, written, self.failed))

    def told(self) -> list[str]:
        return [one.id for one in [*self.parts.failed_before, *self.failed]]


def batch(*texts: str) -> Documents:
    return Documents.of(list(texts), ids=["the same"] * len(texts))


def test_what_was_set_aside_is_told_once_also_where_ids_are_the_same(tmp_path: Path) -> None:
    batches = [batch("a", "bad"), batch("b"), batch("c", "bad", "d")]
    first, second, third = (Run(tmp_path) for _ in range(3))
    expected = ["a\n", "b\n", "c\nd\n"]
    assert first.lines(batches[:2]) == expected[:2]
    assert second.lines(batches) == expected
    assert second.decided == 3
    assert second.parts.done_before == 3
    assert second.told() == ["the same"] * 2
    assert third.lines([batches[2], batch("e"), *batches[:2]]) == ["c\nd\n", "e\n", "a\n", "b\n"]
    assert third.told() == ["the same"] * 2


def test_too_much_that_was_set_aside_by_earlier_runs_is_an_error_too(tmp_path: Path) -> None:
    batches = [batch(*["bad"] * 60, "a"), batch(*["bad"] * 60, "b")]
    Run(tmp_path).lines(batches[:1])
    for _ in range(2):
        with pytest.raises(InputError, match="120 of the first 122 documents"):
            Run(tmp_path).lines(batches)


def test_what_is_set_aside_ahead_is_judged_when_it_is_its_turn(tmp_path: Path) -> None:
    batches = [batch(*["bad"] * (number // 20), *["a"] * number) for number in (500, 1500, 2000)]
    run = Run(tmp_path)
    run.ahead = 5
    assert len(run.lines(batches)) == 3
    assert len(run.told()) == 25 + 75 + 100


def test_a_resumed_run_judges_by_all_documents(tmp_path: Path) -> None:
    good, bad = batch(*["a"] * 2000), batch(*["bad"] * 150)
    Run(tmp_path).lines([good])
    resumed = Run(tmp_path)
    assert resumed.lines([good, bad])[1:] == [""]
    assert len(resumed.told()) == 150
