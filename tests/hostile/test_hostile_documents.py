"""Hostile documents cost no stage more than friendly ones, character by character, and lose no text."""

import importlib.util
import pathlib
import time
import warnings

import pytest

from textpipe.errors import TextpipeError, TextpipeWarning
from textpipe.testing.hostile_documents import KINDS, LAST_WORD, hostile_document

PATH = pathlib.Path(__file__).parent.parent.parent / "benchmarks" / "hostile.py"
_spec = importlib.util.spec_from_file_location("benchmark_of_hostile_documents", PATH)
benchmark = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(benchmark)

FRIENDLY = "We shall meet at the lake at 7, and I will bring the boat. Is that fine with you? "
AIM = 0.004
"""Seconds that the larger document would take if it were friendly."""

SUSPICIOUS = 0.08
"""Seconds from which on it is asked how the time grows."""

GENEROUS = 3.0
"""So much more than four times as long may four times as much text take; quadratic time is 4.0."""


def seconds(do):
    """The better of two."""
    found = []
    for _ in range(2):
        started = time.process_time()
        do()
        found.append(time.process_time() - started)
    return min(found)


@pytest.mark.parametrize(
    ("name", "make"), [pytest.param(*one, id=one[0]) for one in benchmark.stages()]
)
def test_time_grows_with_the_text_and_no_text_is_lost(name, make):
    work = make()
    friendly = FRIENDLY * 100
    rate = seconds(work(friendly)) / len(friendly)
    large = int(min(max(AIM / rate, 4_000), 40_000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TextpipeWarning)
        for kind in KINDS:
            try:
                do = work(hostile_document(kind, large))
                started = time.process_time()
                made = do()
                spent = time.process_time() - started
            except TextpipeError:
                continue  # refused in words
            assert not benchmark.lost(made), f"{name} lost the end of the text: {kind}"
            if spent < SUSPICIOUS:
                continue
            for _ in range(3):  # a busy machine may err
                growth = seconds(do) / 4 / seconds(work(hostile_document(kind, large // 4)))
                if growth < GENEROUS:
                    break
            assert growth < GENEROUS, f"{name} on {kind}: {growth:.1f} times as long as linear"


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_of_about_the_size_that_was_asked_for(kind):
    small, large = (hostile_document(kind, n) for n in (1_000, 8_000))
    assert small.endswith(f" {LAST_WORD}")
    assert len(small) <= 1_100
    assert len(large) <= 8_800
    assert len(large) >= 0.55 * 8_000
    assert hostile_document(kind, 1_000) == small


def test_quadratic_time_is_found():
    def quadratic(text):
        return lambda: [sum(range(len(text))) for _ in range(len(text) // 100)]

    growth = seconds(quadratic("x" * 20_000)) / 4 / seconds(quadratic("x" * 5_000))
    assert growth > GENEROUS
