"""The column of a word is worked out once, whichever way it is found later."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents.arrays import Slices
from textpipe.run.known_columns import KnownColumns
from textpipe.run.remembered import LONGEST

WORDS = st.text("aäß😀 \0", max_size=4)


def slices(words: list[str]) -> Slices:
    return Slices.of(pa.array(words, pa.string()))


def column(word: str) -> int:
    return len(word.encode()) - 2  # -2 and -1 are among them


@given(st.lists(st.lists(WORDS, unique=True, max_size=6), max_size=12))
def test_each_word_is_worked_out_once(batches: list[list[str]]) -> None:
    asked: list[str] = []

    def work_out(words: list[str]) -> list[int]:
        asked.extend(words)
        return [column(word) for word in words]

    columns = KnownColumns()
    for words in batches:
        assert columns.of(slices(words), work_out).tolist() == [column(word) for word in words]
    assert asked == list(dict.fromkeys(word for words in batches for word in words))
    assert len(columns) == len(asked)


def test_long_words_are_worked_out_again() -> None:
    asked: list[str] = []

    def work_out(words: list[str]) -> list[int]:
        asked.extend(words)
        return [7] * len(words)

    columns, long = KnownColumns(), "a" * (LONGEST + 1)
    for _ in range(3):
        assert columns.of(slices([long, "b"]), work_out).tolist() == [7, 7]
    assert asked == [long, "b", long, long]
    assert len(columns) == 1


def test_threads_may_ask_and_teach_at_once() -> None:
    columns = KnownColumns()
    random = np.random.default_rng(0)
    batches = [[f"w{i}" for i in random.permutation(300)[:40]] for _ in range(400)]

    def ask(words: list[str]) -> bool:
        found = columns.of(slices(words), lambda new: [int(word[1:]) for word in new])
        return found.tolist() == [int(word[1:]) for word in words]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, batches))
