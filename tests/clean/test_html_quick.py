"""HTML read in one pass is what the parser reads; else it is left to the parser."""

import html.entities
import os
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import textpipe as tp
from textpipe.clean.clean_html import CleanHtml
from textpipe.clean.html_or_plain import keep_addresses
from textpipe.clean.html_quick import DEEPEST, read_quickly, rules_hold
from textpipe.clean.html_rules import elements
from textpipe.clean.html_text import TextWriter, without_marks
from textpipe.documents import clean_surrogates
from textpipe.run.parcel import to_parcel

pytestmark = pytest.mark.skipif(not rules_hold(), reason="another libxml2: its parser reads all")


def by_the_parser(markup, alt=True, max_depth=1000):
    """The text as libxml2's parser gives it, and whether something was hidden or is broken in it."""
    cleaner = CleanHtml(alt=alt, max_depth=max_depth)
    made = cleaner._read("", keep_addresses(without_marks(clean_surrogates(markup))), TextWriter)
    return made.regions[0].text, any(made.counts.values())


def agrees(markup, alt=True, max_depth=1000):
    """Was it refused, or else read as the parser reads it?"""
    quick = read_quickly([markup], alt, max_depth)[0]
    assert quick is None or (quick, False) == by_the_parser(markup, alt, max_depth), markup
    return quick is not None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("Vi<b></b>agra Vi<!-- x -->agra", "Viagra Viagra"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "a\tb\nc\td\ne"),
        ("a<script>if (b < c) </b></script><style>p {}</style>f", "af"),
        ("&lt;b&gt; &amp;amp;lt; &euro; &#8364; &#x20AC; &copy &copyx R&D &x; &#146;", None),
        ('<img src=x alt="a  &amp; house"> <input type=submit value=Buy>', "a & house Buy"),
        ("<object>a<p>b</object>c<iframe><b></iframe>", "a\nb\nc"),
        ('<p style="font-size: 12px; margin: 0">a', "a"),
        ("<p>a\n<pre>\n  b\n\tc \n</pre>\nd", "a\n  b\n\tc \nd"),
        ("a<textarea>\n <b>&amp; c\n</textarea> d", "a \n <b>& c\n d"),
        ("<pre>\n\n \n</pre>", " "),
        ('<img alt="Stocks & Shares">', "Stocks & Shares"),
        ("<img alt='one &amp;amp; &ampp; two'>", "one &amp; &ampp; two"),
        ("3 < 4 <3 a</>b</ x>c<?php x ?>d<![if !x]>e", "3 < 4 <3 abcde"),
        ("", ""),
    ],
)
def test_the_text_is_the_parsers(markup, text):
    assert agrees(markup)
    assert text is None or read_quickly([markup], True, 1000) == [text]


@pytest.mark.parametrize(
    "markup",
    [
        "<p hidden>a",
        '<p style="display:none">a',
        '<p style="Visibility : hidden">a',
        '<p style="font:0/0 Arial">a',
        '<p style="font-size:0.0em">a',
        '<p style="opacity:0">a',
        '<p style="d\\69splay:none">a',
        '<p style="display&#58;none">a',
        "<xmp> a</xmp>",
        "<listing> a</listing>",
        "<textarea>a",
        "<script></script>&#10;<button>a</button>b",
        "<pre><img alt=a></pre>",
        "a<!-- b",
        "a<b c='",
        "a<b",
        "<title>a",
        "a\0b",
        "a\ufdd0b",
        "&#xfdd0;",
        "<me@x.de>",
        "<http://x.de>",
        "<www.x.de>",
        "<!me@x.de>",
        "a\ud800b",
        "<b>" * DEEPEST,
    ],
)
def test_what_is_out_of_the_way_is_refused(markup):
    assert read_quickly([markup], True, 1000) == [None]


def test_every_named_character_is_the_one_of_the_standard():
    for name, character in html.entities.html5.items():
        assert read_quickly([f"a&{name} b"], True, 1000)[0].split() == f"a{character} b".split(), (
            name
        )


def test_every_start_tag_closes_what_it_closes_in_libxml2():
    class Events:
        def __init__(self):
            self.said = []

        def start(self, tag, attributes):
            self.said.append(tag)

        def end(self, tag):
            self.said.append("/" + tag)

        def close(self):
            return self.said

    starts, letters = elements().names[1:]
    names = [bytes(letters[starts[i] : starts[i + 1]]).decode() for i in range(4, len(starts) - 1)]
    for old in names:
        for tag in [*names, "body"]:
            for before in ("<head>", "<body>"):
                parser = etree.HTMLParser(target=Events(), recover=True)
                parser.feed(f"{before}<{old}><{tag}>")
                said = parser.close()
                closed = "/" + old in said and tag in said
                if old != tag and closed and said.index("/" + old) < said.index(tag):
                    said_so = elements().closes[_number(tag), _number(old)]
                    void = elements().kinds[_number(old)] & 1
                    gone = f"/{before[1:-1]}" in said[: said.index(tag)]
                    assert said_so or void or gone, (old, tag)


def _number(name):
    starts, letters = elements().names[1:]
    return next(
        i
        for i in range(len(starts) - 1)
        if bytes(letters[starts[i] : starts[i + 1]]) == name.encode()
    )


TAGS = (
    "a b br body button center div dl dd dt font form frame frameset h1 head hr html i iframe img input li"
    " link meta noframes noscript o:p object ol option p pre rp ruby script select span style table tbody td"
    " textarea th title tr u ul unknown video"
)
PIECES = st.sampled_from([f"<{tag}>" for tag in TAGS.split()])
PIECES |= st.sampled_from([f"</{tag}>" for tag in TAGS.split()])
PIECES |= st.sampled_from(
    [" ", "\n", "word", "&amp;", "&nbsp;", "&", "&copy", "&#65", "é", "\r\n", "\t"]
)
PIECES |= st.sampled_from(
    [
        "<!-- x -->",
        "<!doctype html>",
        "<?x>",
        "<",
        "</",
        ">",
        "<p/>",
        "<b/ >",
        "<P ALIGN=x>",
        "\f",
        "\x0b",
    ]
)
PIECES |= st.sampled_from(
    [
        "<img alt=' '>", '<img alt="a b&lt;"alt=c>', "<img alt=&nbsp;>", "<area alt=x>", "<input value=v>",
        "<input type=submit value='a b'>", "<input type=Image alt=d value=e>", "<input type=hidden>",
        "<img alt='a & b'>", "<img alt=&>", "<img alt='& &lt;&'>", "<img alt='&;'>", "&#10;", "&#9;", "\r",
        "<img alt='a&ampp;b &notit;'>", "<img alt='x &notin;&ampamp;amp;'>",
        "<img alt='x &lt#b; &amp#; &#35#;'>",
        "<input/>", "<input >", "<img >", "<input x>",
        "<b style=font-size:1px>", "<b style='font:1em/0 x'>", "<b hidden=x>", "<b x = '>' y>", "<b =>",
        "<b x=y/>", "<!>", "<!-->", "<!--->", "--!>", "<!--", "<b<i>", "<b'>", "<www>", "<a:/b>", "<é>",
        "<script><!--<script></script>--></script>", "<style></stylex></style >", "\ufeff", "\ufdd0", "\0",
    ]
)  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(st.lists(PIECES | st.text(max_size=3), max_size=25), st.booleans())
def test_any_markup_is_read_as_the_parser_reads_it(pieces, alt):
    agrees("".join(pieces), alt, 12)


KEPT = [
    "<pre>",
    "</pre>",
    "<textarea>",
    "</textarea>",
    "<p>",
    "<br>",
    "<td>",
    "<b>",
    "<rt>",
    "</b>",
    "<template>",
]
KEPT += [
    " ",
    "\n",
    "\t",
    "\r",
    "\f",
    "x",
    "&#10;",
    "&#32;",
    "&Tab;",
    "&NewLine;",
    "</template>",
    "\xa0",
]


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(KEPT), max_size=25).map("".join))
def test_white_space_that_is_kept_is_what_the_parser_keeps(markup):
    agrees("<pre>" + markup)
    agrees(markup)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(list("<>/!?-=&;#'\" \nab&amp")), max_size=30).map("".join))
def test_any_punctuation_is_read_as_the_parser_reads_it(markup):
    agrees("<p>" + markup)
    agrees(markup)


def corpus(name):
    folder = pathlib.Path(os.environ.get("TEXTPIPE_CORPORA") or "/nowhere") / name
    if not folder.is_dir():
        pytest.skip(f"needs the corpus {name} (set TEXTPIPE_CORPORA)")
    return folder


def test_html5lib_cases_are_read_as_the_parser_reads_them():
    cases = read = 0
    for file in sorted(corpus("html5lib-tests").rglob("*.dat")):
        for case in file.read_bytes().decode(errors="replace").split("#data\n")[1:]:
            cases += 1
            read += agrees(case.partition("\n#errors")[0])
    assert cases > 1500
    assert read > cases / 4


def test_real_mail_is_read_as_the_parser_reads_it():
    parts = read = 0
    for file in sorted(corpus("spamassassin").rglob("*"))[::3]:
        raw = file.read_bytes().decode("latin-1") if file.is_file() else ""
        if "<html" in raw.lower():
            parts += 1
            read += agrees(raw[raw.lower().index("<html") :])
    assert read > parts / 2 > 50


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("markup", ["hello", "<p>hello", "<p><b>hello", "<title>a</title>hello"])
def test_what_is_nested_at_all_may_be_too_deep(markup, depth):
    agrees(markup, True, depth)


def test_threads_that_share_texts_read_them_as_one(monkeypatch):
    monkeypatch.setattr("textpipe.run.batching.LEAST_BYTES", 2000)
    monkeypatch.setattr("textpipe.clean.clean_html.worth_compiling", lambda characters: True)
    quick, slow = "<p>Hi &amp; <b>bye</b><br>{}", "<p>Hi<i hidden> there</i><pre> {} </pre>"
    texts = [(slow if number % 3 else quick).format(number) for number in range(400)]
    stage = CleanHtml(hidden="apart")
    assert stage.in_threads
    one, two = (tp.Pipeline([stage], n_jobs=n_jobs).run(texts) for n_jobs in (1, 2))
    assert to_parcel(one) == to_parcel(two)
    assert one.texts()[:2] == ["Hi & bye\n0", "Hi\n 1 \n\nthere"]
