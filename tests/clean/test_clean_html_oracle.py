"""CleanHtml against BeautifulSoup: on real mail, on html5lib's cases, and its own simple reader."""

import email
import os
import pathlib
import warnings

import pytest
from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning

from textpipe.clean.clean_html import CleanHtml
from textpipe.clean.html_or_plain import keep_addresses
from textpipe.clean.html_tags import read_tags
from textpipe.clean.html_text import TextWriter, without_marks
from textpipe.documents import Region

DROPPED = "iframe noembed noframes rp script style title"
SEPARATE = (
    "address article aside blockquote body br button caption center dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html"
    " input legend li listing main menu nav ol optgroup option p plaintext pre search section select"
    " summary table tbody td textarea tfoot th thead tr ul xmp"
)


def words_of_soup(markup):
    """BeautifulSoup's words, after what CleanHtml says it drops is dropped, with its word breaks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(keep_addresses(without_marks(markup)), "lxml")
    for tag in soup.find_all(DROPPED.split()):
        tag.decompose()
    for tag in soup.find_all(SEPARATE.split()):
        if tag.name == "input" and (tag.get("type") or "").lower() == "hidden":
            continue
        tag.insert_before(" ")
        tag.insert_after(" ")
        if tag.name not in ("br", "hr", "input"):
            tag.insert(0, " ")
            tag.append(" ")
    return soup.get_text().split()


def corpus(name):
    folder = pathlib.Path(os.environ.get("TEXTPIPE_CORPORA") or "/nowhere") / name
    if not folder.is_dir():
        pytest.skip(f"needs the corpus {name} (set TEXTPIPE_CORPORA)")
    return folder


def html_parts(folder, every):
    """Every n-th HTML part of the mails in a folder, with the name of its file."""
    found = 0
    for file in sorted(folder.rglob("*")):
        raw = file.read_bytes() if file.is_file() else b""
        if b"text/html" not in raw.lower():
            continue
        for part in email.message_from_bytes(raw).walk():
            if part.get_content_type() == "text/html":
                found += 1
                if found % every == 0:
                    payload = part.get_payload(decode=True) or b""
                    try:
                        yield file.name, payload.decode()
                    except UnicodeDecodeError:
                        yield file.name, payload.decode("cp1252", "replace")


@pytest.mark.parametrize(
    "markup",
    [
        "<p>a<p>b",
        "x<table><tr><td>a<td>b</table>y",
        "a<b>b</i>c</b>",
        "<head>u<body>v",
        "<li>a<ul><li>b",
    ],
)
def test_words_agree_with_beautifulsoup(markup):
    assert CleanHtml().of(markup).split() == words_of_soup(markup)


def test_real_mail_reads_as_beautifulsoup_reads_it():
    cleaner = CleanHtml(hidden="keep", alt=False)
    parts = degraded = 0
    for name, markup in html_parts(corpus("spamassassin"), every=4):
        result = cleaner.clean(Region("html", markup))
        parts += 1
        if result.counts["degraded"]:  # BeautifulSoup loses the end of these
            degraded += 1
            assert len(result.regions[0].text.split()) >= len(words_of_soup(markup)), name
        else:
            assert result.regions[0].text.split() == words_of_soup(markup), name
    assert parts > 250
    assert degraded < parts / 100


def test_the_simple_reader_finds_nearly_the_words_of_the_real_one():
    same = parts = 0
    for _, markup in html_parts(corpus("spamassassin"), every=4):
        simple = TextWriter("keep", False, False, 10**9)
        read_tags(keep_addresses(without_marks(markup)), simple)
        parts += 1
        same += (
            simple.close()[0].split()
            == CleanHtml("keep", alt=False).clean(Region("html", markup)).regions[0].text.split()
        )
    assert same / parts > 0.9


def test_html5lib_cases():
    """All get through; where nothing is left unclosed the words are BeautifulSoup's in 99 of 100. (It leaves
    out what stands in templates, which here is kept.)"""
    cleaner = CleanHtml(hidden="keep", alt=False)
    closed = same = 0
    for file in sorted(corpus("html5lib-tests").rglob("tree-construction/**/*.dat")):
        text = file.read_bytes().decode(errors="replace")
        for case in text.split("#data\n")[1:]:
            markup = case.partition("\n#errors")[0]
            result = cleaner.clean(Region("html", markup))
            if not result.counts["degraded"] and "<template" not in markup.lower():
                closed += 1
                same += result.regions[0].text.split() == words_of_soup(markup)
    assert closed > 1400
    assert same / closed > 0.99
