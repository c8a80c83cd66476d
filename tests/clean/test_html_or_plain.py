"""Telling HTML from plain text."""

import html
import os
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.html_or_plain import decode_entities, keep_addresses, looks_like_html


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<b>x</b>",
            "</TD>",
            "a<br>b",
            "a<BR />b",
            "<p>x",
            "<div>",
            "<a href=x>y",
            '<font size="1">',
        ),
        *(
            "<!DOCTYPE html>",
            "<!-- x -->",
            "<input disabled>",
            "<img src='x'>",
            "<p\nclass=x>",
            "x<li>y",
        ),
    ],
)
def test_html(text):
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "<",
            "a < b > c",
            "<b and c>",
            "<me@x.de>",
            "<http://x.de>",
            "List<String>",
            "<b>",
            "<name>",
        ),
        *(
            "<3",
            "<-",
            "->",
            "<title>",
            "<address>",
            "x<y",
            "<<<>>>",
            "</x>",
            "<!",
            "&amp;",
            "<a href=x",
            "<p",
        ),
    ],
)
def test_no_html(text):
    assert not looks_like_html(text)


@given(st.text(alphabet="&#x;0123456789abcdefltgn ", max_size=40))
def test_entities_are_left_or_decoded_as_the_standard_library_does(text):
    assert decode_entities(text) in (text, html.unescape(text)) or text.count("&") > 1


def test_addresses_are_no_tags():
    assert (
        keep_addresses("<www.x.de> <a@b> <p> <a href='x@y'>")
        == "&lt;www.x.de> &lt;a@b> <p> <a href='x@y'>"
    )


def test_german_mail_without_markup_is_plain():
    folder = pathlib.Path(os.environ.get("TEXTPIPE_CORPORA") or "/nowhere") / "codealltag-ps"
    if not folder.is_dir():
        pytest.skip("needs the corpus codealltag-ps (set TEXTPIPE_CORPORA)")
    texts = [file.read_text("utf-8", "replace") for file in folder.rglob("*.txt")]
    assert len(texts) > 500
    assert sum(map(looks_like_html, texts)) < 5
