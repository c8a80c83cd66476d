"""A search that leaves out what cannot be found finds what the search finds."""

import functools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textpipe.tokenize.affixes import ALL, ANYTHING, OTHER, alternatives, reach_of, sparing

LANGUAGES = ["en", "de", "fr", "ru", "fa", "hu", "tr", "xx"]
MARKS = [
    *"aAzZkKmsS019.,;:!?'’\"()[]-_/%$€£°&@#*+<>…“”„«»~^=|\\`´éÜßøāЖжКابن中国の한😀",
    *[
        "\u0301",
        "\u200d",
        "\xad",
        "\x00",
        "©",
        "²",
        "...",
        "'s",
        "km",
        "http://",
        "US$",
        "a.b",
        "A.B",
    ],
]
stretches = st.one_of(
    st.text(max_size=12).map(lambda text: "".join(text.split())),
    st.lists(st.sampled_from(MARKS), max_size=9).map("".join),
)


@functools.cache
def searches(language):
    import spacy

    tokenizer = spacy.blank(language).tokenizer
    pairs = []
    for name in ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match"):
        search = getattr(tokenizer, name)
        if search is not None:
            none = () if name == "infix_finditer" else None
            pairs.append((search, sparing(search, none=none)))
    return pairs


def spans(found):
    if found is None:
        return []
    return [match.span() for match in (found if not isinstance(found, re.Match) else [found])]


@pytest.mark.parametrize(
    ("pattern", "heads", "tails"),
    [
        ("ab|c", "ac", "bc"),
        ("a?b*", "ab", "ab"),
        ("[a-c]x{2,3}", "abc", "x"),
        ("(?<=[0-9])km", "k", "m"),
        ("(?:a|b)(?!c)(?=d)e", "ab", "e"),
        (r"a\.\.+", "a", "."),
        ("(?>ab)c++", "a", "c"),
    ],
)
def test_what_a_match_begins_and_ends_with(pattern, heads, tails) -> None:
    reach = reach_of(re.compile(pattern))
    assert "".join(sorted(map(chr, reach.heads))) == heads
    assert "".join(sorted(map(chr, reach.tails))) == tails


def test_what_cannot_be_seen_may_match_anything() -> None:
    assert reach_of(re.compile("a", re.IGNORECASE)) == ANYTHING
    assert reach_of(re.compile(r"(a)\1")).tails == ALL
    assert reach_of(re.compile("(?i:a)")).heads == ALL
    assert reach_of(re.compile("[^a]")).heads == ALL - {ord("a")}
    assert OTHER in reach_of(re.compile("é|[x-ÿ]")).heads


def test_letters_alone_are_no_match_where_something_else_must_stand() -> None:
    assert not reach_of(re.compile("(?<=[0-9])km")).in_letters
    assert reach_of(re.compile("(?<=[a-z])km")).in_letters
    assert reach_of(re.compile("(?<![0-9])km")).in_letters


def test_alternatives_that_depend_on_each_other_stay_together() -> None:
    assert alternatives(re.compile(r"(a)|b\1")) == [r"(a)|b\1"]
    assert alternatives(re.compile("(?s)a|b")) == ["(?s)a|b"]


def test_a_search_of_ones_own_stays_as_it_is() -> None:
    def search(text):
        return None

    assert sparing(search) is search
    assert sparing(None) is None


def test_spacys_searches_are_made_sparing() -> None:
    assert all(ours is not theirs for theirs, ours in searches("en"))


@pytest.mark.parametrize("language", LANGUAGES)
@given(stretches)
@settings(max_examples=150, deadline=None)
@example("")
@example("10km")
def test_like_the_search_itself(language, stretch) -> None:
    for search, ours in searches(language):
        expected = [span for span in spans(search(stretch)) if span[0] < span[1]]
        assert [span for span in spans(ours(stretch)) if span[0] < span[1]] == expected


@given(
    st.lists(st.sampled_from(["a", "b*", "[ab]", "(?<=a)b", "(?:ab)?", "c(?=$)", r"\.", "é"]),
             min_size=1, max_size=5),
    st.sampled_from(["prefix", "suffix"]),
    st.text("abcé.", max_size=6),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_like_the_search_itself_for_any_alternatives(parts, where, text) -> None:
    written = "|".join(f"^{part}" if where == "prefix" else f"{part}$" for part in parts)
    search = re.compile(written).search
    found, expected = spans(sparing(search)(text)), spans(search(text))
    assert [end - start for start, end in found or [(0, 0)]] == [
        end - start for start, end in expected or [(0, 0)]
    ]
    if expected and expected[0][0] < expected[0][1]:
        assert found == expected
