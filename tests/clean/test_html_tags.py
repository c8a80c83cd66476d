"""The simple reader: balanced events, no text lost, quotes and raw text as in the standard."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.html_tags import decode, read_tags


class Events:
    """Writes down what it is told."""

    def __init__(self):
        self.seen = []
        self.open = []

    def start(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)) if attributes else tag)

    def end(self, tag):
        assert self.open.pop() == tag
        self.seen.append("/" + tag)

    def data(self, text):
        self.seen.append(repr(text))


def events(markup):
    target = Events()
    read_tags(markup, target)
    assert not target.open
    return target.seen


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a<br>b", ["'a'", "br", "/br", "'b'"]),
        ("<B>x</b >", ["b", "'x'", "/b"]),
        ("<b><i>x</b>y", ["b", "i", "'x'", "/i", "/b", "'y'"]),
        ("x</i>y", ["'x'", "'y'"]),
        ("<p>a<p>b", ["p", "'a'", "/p", "p", "'b'", "/p"]),
        (
            "<a href=x TITLE='y z' b=\"&amp;\" c>",
            [("a", {"href": "x", "title": "y z", "b": "&", "c": ""}), "/a"],
        ),
        ("<a b='>'>x", [("a", {"b": ">"}), "'x'", "/a"]),
        ("<a b='>x", [("a", {"b": "'"}), "'x'", "/a"]),
        ("<a b=1 b=2>", [("a", {"b": "1"}), "/a"]),
        ("<!-->a<!--->b<!-- > -->c<!x>d<?y>e", ["'a'", "'b'", "'c'", "'d'", "'e'"]),
        ("<script>a<b></SCRIPT >c", ["script", "'a<b>'", "/script", "'c'"]),
        ("<title>&lt;<b></title>c", ["title", "'<<b>'", "/title", "'c'"]),
        ("<style>&lt;</style>", ["style", "'&lt;'", "/style"]),
        ("<script>a", ["script", "/script"]),
        ("<title>a<title>b", ["title", "/title", "'a'", "'b'"]),
        ("a < b << c <3", ["'a < b << c <3'"]),
        ("a <b", ["'a <b'"]),
    ],
)
def test_events(markup, expected):
    assert events(markup) == expected


@given(st.text(alphabet="<>/!-?='\" abp\n&;#x0", max_size=80))
def test_events_are_balanced_whatever_is_read(markup):
    events(markup)


@given(st.text(alphabet="&#x;0123456789abcdefltg ", max_size=40))
def test_entities_are_decoded_as_the_standard_library_decodes_them(text):
    assert decode(text) == html.unescape(text)


def test_a_number_may_be_long():
    assert decode("&#x" + "0" * 9000 + "41;&#" + "1" * 9000 + ";") == "A\ufffd"
