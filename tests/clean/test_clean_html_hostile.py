"""CleanHtml on mark-up that was made to hang a parser, to crash it or to make it lose text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.clean.clean_html import CleanHtml
from textpipe.documents import Region


def seen(markup, **options):
    """The visible text of an HTML region."""
    return CleanHtml(**options).clean(Region("html", markup)).regions[0].text


def counts(markup, **options):
    return CleanHtml(**options).clean(Region("html", markup)).counts


MANY = 100_000
HOSTILE = {
    "nested": "<div>" * MANY + "word",
    "nested and closed": "<b>" * MANY + "</i>" * MANY + "word",
    "just below the limit": "<b>" * 900 + "</i>" * MANY + "word",
    "unclosed tags": "<font><p>" * MANY + "word",
    "nested lists": "<ul><li>" * 50_000 + "word",
    "nested tables": "<table><tr><td>" * 30_000 + "word",
    "attributes": "<p " + " ".join(f"a{i}=x" for i in range(MANY)) + ">word",
    "unclosed tag with attributes": "<p " + " ".join(f"a{i}='x'" for i in range(MANY)) + " word",
    "comments": "<!--" * MANY + "word",
    "comments, ended": "<!--" * MANY + "--> word",
    "cdata": "<![CDATA[" * MANY + "word",
    "declarations": "<!" * MANY + "word",
    "instructions": "<?" * MANY + "word",
    "less than": "<" * 1_000_000 + " word",
    "less than, then a comment": "<" * 1_000_000 + " word <!--",
    "end tags": "</" * MANY + " word",
    "end tags of nothing": "</b>" * MANY + "word",
    "titles": "<title>" * MANY + "word",
    "quotes": "<a b=\"'>'\" " * MANY + "> word <!--",
    "other quotes": '<a b="' * MANY + "> word",
    "equals": "<!-- <a " + "= " * 500_000 + "> word",
    "zeros": "<b style='font-size:" + "0" * 500_000 + "!'>word</b>",
    "backslashes": "<b style='" + "\\" * 500_000 + "font'>word</b>",
    "anchors": "<!--" + "<a href=x>" * 10_000 + "word " * MANY + "</a>" * 10_000,
    "ampersands": "&" * 1_000_000 + " word",
    "a long number": "&#" + "9" * 5_000 + "; &#x" + "f" * 5_000 + "; &#" + "0" * 5_000 + "65; word",
    "spaces": "<pre>" + " " * 1_000_000 + "word",
    "breaks": "<br> " * 300_000 + "word",
    "addresses": "<a" * 300_000 + "@ word",
    "nul": "\0" * 300_000 + " word",
    "surrogates": "\udcff" * 300_000 + " word",
}


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_markup_loses_no_text_and_does_not_hang(markup):
    assert "word" in seen(markup, links=True)  # what is quadratic takes minutes on these


def test_a_text_nested_too_deeply_is_read_all_the_same():
    deep = "<div>" * 50 + "a<p hidden>b</p>c"
    assert counts(deep, max_depth=20) == {"hidden_characters": 1, "degraded": 1}
    assert seen(deep, max_depth=20) == seen(deep) == "ac"


PIECES = st.sampled_from(
    ["<b>", "</b>", "<p>", "</p>", "<div hidden>", "</div>", "<!--", "-->", "<!", "<?"]
)
PIECES |= st.sampled_from(
    ["</", "<", ">", '"', "'", "=", "&", ";", "&amp;", "&#65;", "<script>", "</script>"]
)
PIECES |= st.sampled_from(
    ["<title>", "</title>", "<a href=x>", "<td>", "<pre>", "<textarea>", "<style>"]
)
PIECES |= st.sampled_from(["\n", "\0", "\ud800", "\ufdd0", "&#xfdd0;", " ", "word"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30), st.sampled_from(["", "html"]))
def test_any_markup_gives_text(pieces, kind):
    result = CleanHtml(hidden="apart", links=True, max_depth=10).clean(
        Region(kind, "".join(pieces))
    )
    assert all(isinstance(region.text, str) for region in result.regions)
    if kind == "html":
        assert not any("\ufdd0" <= character <= "\ufdd5" for character in result.regions[0].text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["<b>", "</b>", "<p>", "</p>", "<!--", '"', "<a b='", ">", " x "])))
def test_visible_words_are_never_all_lost(pieces):
    assert "word" in seen("".join(pieces) + " word")


@pytest.mark.parametrize("piece", ["@", "a@", "<@", "<a@"])
def test_addresses_without_end_are_read_in_linear_time(piece):
    text = "<b>x</b><" + piece * (300_000 // len(piece))
    assert seen(text).startswith("x")  # quadratic time would be hours
