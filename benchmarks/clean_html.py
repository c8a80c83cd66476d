"""How fast HTML becomes text, beside BeautifulSoup.

    python benchmarks/clean_html.py [--quick] [--json FILE]

The HTML parts of the raw mails of SpamAssassin (with --quick, those of data/mail). The peer is
``BeautifulSoup(html, "html.parser").get_text()``; "careful" is what one must write with BeautifulSoup to get
our text: lxml, what no reader sees taken out, spaces where blocks begin and end. The texts must have its
words, part by part, but where clean_html says that a part is damaged: BeautifulSoup loses the end of those.
The compiled loop is loaded before (and compiled, if this machine never has): a corpus of this size by itself
would not be worth the compiling.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from _corpora import spamassassin
from _measure import Job, need, run
from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning

import textpipe as tp
import textpipe.kernels.html  # so that it is used
from textpipe.clean.html_or_plain import keep_addresses
from textpipe.clean.html_text import without_marks
from textpipe.documents import Documents, Region

HERE = Path(__file__).parent.parent
DROPPED = "iframe noembed noframes rp script style title"
SEPARATE = (
    "address article aside blockquote body br button caption center dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html"
    " input legend li listing main menu nav ol optgroup option p plaintext pre search section select"
    " summary table tbody td textarea tfoot th thead tr ul xmp"
)


def parts(quick: bool) -> list[str]:
    """The HTML parts of all mails."""
    corpus = tp.read(HERE / "data" / "mail", format="mail") if quick else spamassassin()
    regions = (region for mail in corpus.documents.documents_regions() for region in mail)
    return [region.text for region in regions if region.kind == "html"]


def careful_text(markup: str) -> str:
    """What BeautifulSoup reads, without what no reader sees, with a space where a block ends."""
    soup = BeautifulSoup(keep_addresses(without_marks(markup)), "lxml")
    for tag in soup.find_all(DROPPED.split()):
        tag.decompose()
    for tag in soup.find_all(SEPARATE.split()):
        if tag.name == "input" and str(tag.get("type") or "").lower() == "hidden":
            continue
        tag.insert_before(" ")
        tag.insert_after(" ")
        if tag.name not in ("br", "hr", "input"):
            tag.insert(0, " ")
            tag.append(" ")
    return soup.get_text()


def job(quick: bool) -> Job:
    """All parts, one after another."""
    markups = parts(quick)
    documents = Documents.of_regions([[Region("html", markup)] for markup in markups])
    stage = tp.CleanHtml()
    stage.transform(documents[:20])

    def check() -> str:
        cleaned = tp.CleanHtml(hidden="keep", alt=False).transform(documents)
        damaged = cleaned.counts.get("clean_html.degraded", [0] * len(documents))
        for number, (markup, text) in enumerate(zip(markups, cleaned.texts(), strict=True)):
            if not damaged[number]:
                need(text.split() == careful_text(markup).split(), f"part {number}")
        return f"{len(markups)} parts, the same words; {sum(damaged)} damaged, not compared"

    def careful() -> list[Any]:
        return [careful_text(markup) for markup in markups]

    return Job(
        {
            "textpipe": lambda: stage.transform(documents),
            "BeautifulSoup, html.parser": lambda: [
                BeautifulSoup(markup, "html.parser").get_text() for markup in markups
            ],
            "BeautifulSoup, lxml": lambda: [
                BeautifulSoup(markup, "lxml").get_text() for markup in markups
            ],
            "BeautifulSoup, careful": careful,
        },
        check,
        sum(len(markup.encode("utf-8", "replace")) for markup in markups) / 1e6,
        {"textpipe": lambda: tp.Pipeline([stage], n_jobs=2).run(documents)},
    )


if __name__ == "__main__":
    for warning in (MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning):
        warnings.simplefilter("ignore", warning)
    uses = ("textpipe-nlp", "beautifulsoup4", "lxml")
    run(__doc__, __file__, {"clean_html": job}, uses)
