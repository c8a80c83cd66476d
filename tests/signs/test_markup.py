"""Tags and attributes as an HTML reader finds them, in time linear in the text."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.mail import Mail
from textpipe.signs.markup import NEVER_CLOSED, attributes_of, decoded, is_html, tags_of


def names(markup):
    return [f"/{tag.name}" if tag.closing else tag.name for tag in tags_of(markup)]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>a</P><br/>", ["p", "/p", "br"]),
        ("1 < 2 <3 <> a<b", []),
        ("<a title='x>y'>", ["a"]),
        ('<a title="x>y>z', ["a"]),
        ("<!doctype html><!-- <b> --><i>", ["!", "!--", "i"]),
        ("<!--><i>", ["!--", "i"]),
        ("<!-- <b>", ["!--", "b"]),
        ("<script>'</b>'</SCRIPT ><i>", ["script", "/script", "i"]),
        ("<style><b>", ["style"]),
        ("<title><b>", ["title", "b"]),
        ("</ b></b x>", ["!", "/b"]),
        ("<me@x.de>", ["me@x.de"]),
    ],
)
def test_tags_are_found(markup, found):
    assert names(markup) == found


def test_a_tag_says_where_it_stands_and_what_is_inside():
    markup = "x<a b=c>y"
    (tag,) = tags_of(markup)
    assert (markup[tag.begin : tag.end], tag.inside, tag.closing) == ("<a b=c>", " b=c", False)
    (comment,) = tags_of("<!-- x")
    assert comment.inside is NEVER_CLOSED


@pytest.mark.parametrize(
    ("inside", "attributes"),
    [
        ("", {}),
        (" a", {"a": ""}),
        (" A=1 a=2", {"a": "1"}),
        (""" a = 'x "y' b="z>" /""", {"a": 'x "y', "b": "z>"}),
        (" href=http://x.de/a?b=c&amp;d", {"href": "http://x.de/a?b=c&d"}),
        (' a="x', {"a": '"x'}),
    ],
)
def test_attributes(inside, attributes):
    assert attributes_of(inside) == attributes


def test_references_are_decoded_once():
    assert decoded("&amp;lt; &#86;&#x000056; &copy &#999999999999;") == "&lt; VV © \ufffd"


def test_what_is_read_as_html():
    assert is_html("", "see <B>here</B>")
    assert not is_html("", "see <http://x.de> and <me@x.de>, 1 < 2")
    assert not is_html("subject", "<b>")


TAG_NAMES = st.sampled_from(["p", "b", "div", "font", "o:p", "xyz"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "style", "href"]), st.text("ab >'/=", max_size=8), max_size=2
)


@st.composite
def markups(draw):
    pieces = []
    for _ in range(draw(st.integers(0, 8))):
        name, attributes = draw(TAG_NAMES), draw(ATTRIBUTES)
        inside = "".join(f' {key}="{value}"' for key, value in attributes.items())
        pieces += [draw(st.text("ab \n.", max_size=5)), f"<{name}{inside}>", f"</{name}>"]
        pieces += draw(st.sampled_from([[], ["<!-- <b> -->"], ["<br>"]]))
    return "".join(pieces)


class Reader(HTMLParser):
    """What Python's own reader tells of start tags."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, {name: value or "" for name, value in reversed(attributes)}))


def starts(markup):
    return [
        (tag.name, attributes_of(tag.inside))
        for tag in tags_of(markup)
        if not tag.closing and tag.name not in ("!", "!--")
    ]


@given(markups())
def test_sound_markup_is_read_as_by_the_standard_library(markup):
    reader = Reader()
    reader.feed(markup)
    assert starts(markup) == reader.found


@given(st.text("<>/!-=\"' abcript&#;", max_size=60))
def test_tags_stand_in_order_and_apart(markup):
    at = 0
    for tag in tags_of(markup):
        assert at <= tag.begin < tag.end <= len(markup)
        assert markup[tag.begin] == "<"
        at = tag.end


def test_real_mails_are_read_as_by_the_standard_library(corpora):
    n = 0
    for path in sorted((corpora("spamassassin") / "hard-ham-1").iterdir()):
        for kind, text in Mail.of(path.read_bytes()).regions:
            # The standard library's reader finds tags inside these two, where a browser finds none.
            if kind == "html" and "<iframe" not in text.lower() and "<noframes" not in text.lower():
                reader = Reader()
                reader.feed(text)
                assert [name for name, _ in starts(text)] == [name for name, _ in reader.found]
                n += 1
    assert n > 100
