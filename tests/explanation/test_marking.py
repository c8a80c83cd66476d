from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.explanation.marking import stretches
from textpipe.explanation.reasons import Word

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5)


def test_words_that_overlap_are_cut_where_they_begin_and_end() -> None:
    word = Word("free", 0.5, 0.1, [(4, 8)])
    pair = Word("free prize", 0.3, 0.0, [(4, 14)])
    parts = stretches("win free prize!", [(word, word.spans), (pair, pair.spans)], [(9, 14)])
    assert [(part.text, round(part.net, 9), part.inside) for part in parts] == [
        ("win ", 0.0, False),
        ("free", 0.7, False),
        (" ", 0.3, False),
        ("prize", 0.3, True),
        ("!", 0.0, False),
    ]
    assert [found.word for found in parts[1].words] == ["free", "free prize"]


def test_a_long_text_is_cut() -> None:
    word = Word("free", 0.5, 0.0, [(0, 4), (90, 94)])
    parts = stretches("free" + "x" * 96, [(word, word.spans)], longest=10)
    assert [part.text for part in parts] == ["free", "xxxxxx"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a\n\n\nb", [("a\n\n\nb", 0)]),
        ("a\n\n\n\nb", [("a\n", 0), ("\n\n\n", 3), ("b", 0)]),
        ("\n\n \n  b", [("\n\n \n", 3), ("  b", 0)]),
        ("a\n\t\n \n\n\n", [("a\n", 0), ("\t\n \n\n\n", 4)]),
        (" \n" * 4, [(" \n" * 4, 4)]),
    ],
)
def test_many_empty_lines_are_a_part_of_their_own(text: str, parts: list[tuple[str, int]]) -> None:
    assert [(part.text, part.empty_lines) for part in stretches(text, [])] == parts


def test_empty_lines_under_a_word_are_text() -> None:
    word = Word("a b", 1.0, 0.0, [(0, 7)])
    parts = stretches("a\n\n\n\n\nb", [(word, word.spans)])
    assert [part.empty_lines for part in parts] == [0, 0, 0]


def test_a_megabyte_of_spaces_is_cut_in_time() -> None:
    assert len(stretches(" " * 1_000_000 + "x" + " \n" * 500_000, [])) == 2


def test_an_empty_text_has_no_parts() -> None:
    assert stretches("", []) == []


@given(st.text(max_size=30), st.lists(SPANS, max_size=4), SPANS)
def test_each_character_stands_once_under_its_words(
    text: str, places: list[list[tuple[int, int]]], inside: list[tuple[int, int]]
) -> None:
    words = [(Word(str(i), i + 1.0, 0.0, spans), spans) for i, spans in enumerate(places)]
    parts = stretches(text, words, inside)
    assert "".join(part.text for part in parts) == text
    at = 0
    for part in parts:
        assert part.text
        for i in range(at, at + len(part.text)):
            standing = {w.word for w, spans in words if any(s <= i < e for s, e in spans)}
            assert {word.word for word in part.words} == standing
            assert part.net == sum(int(word) + 1 for word in standing)
            assert part.inside == any(s <= i < e for s, e in inside)
        at += len(part.text)
