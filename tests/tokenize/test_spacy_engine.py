"""Thousands of stretches in one call are cut as each is alone."""

import functools
import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textpipe.tokenize import spacy_engine
from textpipe.tokenize.spacy_engine import AT_ONCE, is_long, spacy
from textpipe.tokenize.tokenize import KNOWN_PIECES, Tokenize

LANGUAGES = ["en", "de", "fr", "hu", "tr", "xx"]
MARKS = [
    *"aAzsmM019.,;:!?'’\"()[]-_/%$€°&@#*+<>…“„~^=|\\éÜøЖक中😀",
    *[
        "\u0301",
        "\x00",
        "²",
        "...",
        "'s",
        "n't",
        "km",
        "http://",
        "US$",
        "a.b",
        "U.S.",
        "8)",
        "):",
        ":",
    ],
]
stretches = st.one_of(
    st.text(max_size=12).map(lambda text: "".join(text.split())),
    st.lists(st.sampled_from(MARKS), max_size=9).map("".join),
).filter(bool)


@functools.cache
def engine(language):
    """An engine that has seen so much that it searches sparingly."""
    made = spacy(language)
    made.cut([f"{number}." for number in range(AT_ONCE + 1)])
    return made


@functools.cache
def alone(language):
    import spacy as library

    return library.blank(language).tokenizer


def spans_alone(language, stretch):
    tokens = alone(language)(stretch)
    return [place for token in tokens for place in (token.idx, token.idx + len(token))]


def test_no_rule_sees_across_two_stretches() -> None:
    """With a space between, spaCy finds "8 )" here, and misses "):"."""
    assert spacy("en").cut(["8", "):2"]) == [(0, 1), (0, 2, 2, 3)]
    assert [token.text for token in alone("en")("8 ):2")] == ["8", ")", ":", "2"]


def test_a_word_is_cut_where_a_rule_says_so_and_not_otherwise() -> None:
    assert engine("en").cut(["cannot", "cannots", "word"]) == [(0, 3, 3, 6), (0, 7), (0, 4)]


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(stretches, min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
@example(["8", "):2", ":", "-", ")", "can't", "I'm", "'"])
@example(["C", "'", "est", "l'arbre", "aujourd'hui", "10km", "10", "km", "z.B.", "z.", "B."])
def test_like_each_stretch_alone(language, found) -> None:
    expected = [spans_alone(language, stretch) for stretch in found]
    assert [list(cut) for cut in engine(language).cut(found)] == expected


def test_all_rules_of_a_language_hold() -> None:
    rules = sorted(rule for rule in alone("en").rules if not any(map(str.isspace, rule)))
    around = [f"({rule}," for rule in rules]
    cuts = engine("en").cut(rules + around)
    expected = [spans_alone("en", stretch) for stretch in rules + around]
    assert [list(cut) for cut in cuts] == expected


def test_a_language_with_line_ends_in_its_rules_is_cut_one_by_one() -> None:
    assert any("\n" in rule and not rule.isspace() for rule in alone("ms").rules)
    assert spacy("ms").cut(["Encik", "a.b,"]) == [(0, 5), tuple(spans_alone("ms", "a.b,"))]


def test_what_is_long() -> None:
    assert not is_long("=" * 100)
    assert is_long("=" * 101)
    assert not is_long("a" * 1000)
    assert is_long("a" * 1001)


def test_what_is_kept_from_batch_to_batch_is_bounded() -> None:
    stage = Tokenize()
    words = ["".join(letters) for letters in itertools.product("abcdefghij", repeat=5)]
    for start in "xyz":
        batch = [start + word for word in words[: KNOWN_PIECES * 3 // 5]] + [f"{start}zzzz."]
        assert stage.transform([" ".join(batch)]).tokens.of(0) == [
            *batch[:-1],
            *[f"{start}zzzz", "."],
        ]
        assert len(stage._known) <= KNOWN_PIECES
    cutter = stage._engine.cut.__self__
    assert cutter.is_sparing
    assert "xzzzz" not in cutter.nlp.vocab.strings


def test_spacy_does_not_keep_what_it_has_seen(monkeypatch) -> None:
    monkeypatch.setattr(spacy_engine, "MOST_SEEN", 3000)
    cutter = spacy("en").cut.__self__
    begun, strings, n_words = [cutter.nlp], len(cutter.nlp.vocab.strings), len(cutter.nlp.vocab)
    for batch in range(8):
        stretches = [f"word{batch}x{number}," for number in range(1500)]
        cuts = [(0, len(stretch) - 1, len(stretch) - 1, len(stretch)) for stretch in stretches]
        assert cutter.cut(stretches) == cuts
        begun += [cutter.nlp] * (cutter.nlp is not begun[-1])
        assert len(cutter.nlp.vocab.strings) == strings
        assert (
            len(cutter.nlp.vocab) <= n_words + 2 * 3000 + 1500
        )  # none was taken back from the count
    assert len(begun) == 3


def test_a_corpus_like_spacy_alone() -> None:
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root or not Path(root, "20news-bydate").exists():
        pytest.skip("20news-bydate: set TEXTPIPE_CORPORA to the unpacked corpora")
    files = sorted(Path(root, "20news-bydate").glob("*/*/*"))[::150]
    texts = [file.read_text("latin-1") for file in files]
    tokens = Tokenize().transform(texts).tokens
    assert len(tokens) > 100
    for row, text in enumerate(texts):
        expected = [
            stretch[start:end]
            for stretch in text.split()
            for start, end in np.array(spans_alone("en", stretch)).reshape(-1, 2).tolist()
            if not is_long(stretch)
        ]
        if not any(map(is_long, text.split())):
            assert tokens.of(row) == expected
