"""Replace: like Python's re where RE2 can do it, and a clear error where it cannot."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.replace import Replace
from textpipe.documents import Documents
from textpipe.errors import DefinitionError


@pytest.mark.parametrize(
    ("pattern", "by", "text", "replaced"),
    [
        ("b+", " ", "abbc", "a c"),
        (r"(\w+)@(\w+)", r"\2 at \1", "bob@home", "home at bob"),
        (r"(?P<year>\d{4})-(\d\d)", r"\2/\g<year>", "2026-12", "12/2026"),
        ("x", r"\\\n\t", "x", "\\\n\t"),
        ("x", "€ \\0 ü", "axb", "a€ x üb"),
        ("ä|ö", "ü", "bäcöd", "bücüd"),
        ("(a)|b", r"[\1]", "ab", "[a][]"),
        (r"\p{Lu}", "", "ÄbÇd", "bd"),
        ("b*", "-", "abc", "-a--c-"),
        ("", "-", "ab", "-a-b-"),
        ("z", "-", "", ""),
    ],
)
def test_replacing(pattern, by, text, replaced):
    stage = Replace(pattern, by)
    stage.check()
    assert stage.of(text) == replaced


def test_case_and_counts():
    documents = Replace("free", "x", ignore_case=True).transform(Documents.of(["Free FREE", "no"]))
    assert documents.text.to_pylist() == ["x x", "no"]
    assert documents.counts["replace.replacements"].tolist() == [2, 0]
    assert Replace("free", "x").of("Free free") == "Free x"


def test_new_options_take_effect():
    stage = Replace("a", "x")
    assert stage.of("ab") == "xb"
    assert stage.set_params(pattern="b").of("ab") == "ax"
    assert stage.set_params(by="y").of("ab") == "ay"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a(?=b)", r"'a\(\?=b\)' cannot be read: .*no look-around \(at character 2\).*groups"),
        ("(?<!a)b", "no look-around"),
        (r"(a)\1", "no back-references"),
        ("(?>a)", "no atomic groups"),
        ("(a", "missing"),
        ("a**", "repetition"),
        ("a{2000}", "repetition"),
        ("[z-a]", "range"),
        ("\ud800", "cannot be read"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(pattern, message):
    with pytest.raises(DefinitionError, match=message):
        Replace(pattern).check()


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (r"\2", "names the group 2, but the pattern '\\(a\\)' has 1 groups"),
        (r"\g<name>", "names the group name"),
        (r"\q", r"\\q \(at character 1\) means nothing"),
        ("x\\", "means nothing"),
    ],
)
def test_a_replacement_that_cannot_be_is_refused(by, message):
    with pytest.raises(DefinitionError, match=message):
        Replace("(a)", by).check()


def test_no_pattern_backtracks():
    text = "a" * 60_000 + "!"
    assert Replace("(a+)+$", "x").of(text) == text
    assert Replace("(a|aa)+$", "x").of(text) == text
    assert Replace(r"\s+$", "").of(" " * 60_000 + "x") == " " * 60_000 + "x"


PARTS = st.sampled_from(
    ["a", "b", ".", "[ab]", "(a|b)", "a*", "b+", "(?:ab)?", "é", "^", "$", "[^a]"]
)


@given(st.lists(PARTS, max_size=5).map("".join), st.text(alphabet="abé ", max_size=12))
def test_replacing_agrees_with_re(pattern, text):
    assert Replace(pattern, "<ü>").of(text) == re.sub(pattern, "<ü>", text)


@given(st.text("ab.*\\($ \n\0ä€", min_size=1, max_size=3), st.text("ab.*\\($ \n\0ä€"))
def test_an_escaped_text_matches_itself(word, text):
    assert Replace(re.escape(word), "").of(text) == text.replace(word, "")


def test_lone_surrogates_do_no_harm():
    assert Replace("a", "b").of("a\ud800") == "b\ufffd"
