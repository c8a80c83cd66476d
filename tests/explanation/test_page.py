from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

import textpipe as tp
from textpipe.explanation import explain
from textpipe.printable import printable

TEXTS = [
    "win a free prize now",
    "free money for you",
    "see you at lunch",
    "lunch for two at noon",
    "your free prize money",
    "see you at noon for lunch",
]
LABELS = ["spam", "spam", "ham", "ham", "spam", "ham"]
HOSTILE = [
    "<script>alert('free')</script><img src=x onerror=alert(1)> prize",
    "free</span></div></main></body><a href='javascript:alert(1)'>prize</a>",
    "</style><style>@import url(http://evil.example/x.css);*{background:url(//evil.example)}</style> free",
    "{{ 7 * 7 }}{% for x in y %}free{{ config.__class__ }} prize",
    "free \u202egnp.exe\u2066 \u200bprize \x00\x1b]0;owned\x07 \ud800",
    '"\' autofocus onfocus=alert(1) x=" free `prize`',
    "<!-- <plaintext> --> <![CDATA[ free ]]> <svg onload=alert(1)><math> prize",
    "<meta http-equiv=refresh content='0;url=http://evil.example'><base href=//evil.example> free",
    "&lt;script&gt;free&#60;script&#62; &NewLine; prize",
]
TAGS = set(
    re.findall(
        r"\w+",
        """
    html head meta title style body main header div section article footer h1 h2 h3 p span b i strong
    bdi br svg rect line table thead tbody tfoot tr th td ol li details summary
""",
    )
)
ATTRIBUTES = set(
    re.findall(
        r"[\w-]+",
        """
    lang charset http-equiv content name class dir tabindex role aria-label aria-hidden open width
    height rx x x1 x2 y1 y2 viewbox preserveaspectratio colspan
""",
    )
)


class Page(HTMLParser):
    """The elements, their attributes, and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, set[str]] = {}
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def trained(labels: list[str] = LABELS, texts: list[str] = TEXTS, **options: object) -> tp.Pipeline:
    pipe = tp.Pipeline(
        [tp.Tokenize(), tp.Lowercase(), tp.TfIdf(), tp.KnnClassifier(k=3, **options)]
    )
    return pipe.fit(texts, labels)


PIPE = trained()


def is_inert(html: str) -> None:
    page = Page(html)
    assert set(page.tags) <= TAGS
    assert set(page.attributes) <= ATTRIBUTES
    assert page.tags.count("style") == page.tags.count("body") == 1
    assert page.tags.count("meta") == 5
    style = re.search(r"<style>(.*?)</style>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in BeautifulSoup(html, "lxml").find(
        "meta", {"http-equiv": "Content-Security-Policy"}
    ).get("content")
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]", html
    )
    for tag in BeautifulSoup(html, "lxml").find_all(True):  # as a browser would mend it
        assert tag.name in TAGS
        assert {name.lower() for name in tag.attrs} <= ATTRIBUTES


def test_a_page_says_what_the_explanation_says() -> None:
    found = explain(PIPE, "Free lunch at noon, you win")
    page = Page(found.as_html())
    assert page.text.startswith("Why ham? Verdict on 0 ham")
    for said in ("Scores", "The text", "The words", "Its neighbours", "Its way through the stages"):
        assert said in page.text
    for neighbour in found.neighbours:
        assert f"similarity {neighbour.similarity:.3f}" in page.text
        assert neighbour.text in page.text
    for word in found.words:
        assert f"{word.supports:+.4f}" in page.text or not word.supports
    assert f"{found.scores['ham']:.3f}" in page.text
    is_inert(found.as_html())


def test_words_are_marked_where_they_stand() -> None:
    html = explain(PIPE, "Win a FREE lunch").as_html()
    marked = {
        str(span.contents[0]): span["class"]
        for span in BeautifulSoup(html, "lxml").select(".text .w")
    }
    assert set(marked) == {"Win", "a", "FREE", "lunch"}
    assert "for" in marked["FREE"]
    assert "against" in marked["lunch"]


def test_the_text_stays_as_it_was() -> None:
    text = "Win a  FREE\n\tlunch, you & <b>me</b>"
    page = document_fromstring(explain(PIPE, text).as_html())
    for tip in page.find_class("tip"):
        tip.drop_tree()
    assert page.find_class("text")[0].text_content() == text


def test_many_empty_lines_are_counted() -> None:
    page = document_fromstring(
        explain(PIPE, "free" + 15 * "\n" + "prize" + 3 * "\n" + "you").as_html()
    )
    for tip in page.find_class("tip"):
        tip.drop_tree()
    shown = page.find_class("text")[0].text_content()
    assert shown == "free\n(14 empty lines)\nprize\n\n\nyou"


def test_a_word_shows_its_pieces() -> None:
    letters = [tp.CharacterNGrams(4, 4), tp.TfIdf()]
    stages = [tp.Tokenize("words"), tp.Lowercase(), tp.Union([tp.TfIdf(), letters])]
    pipe = tp.Pipeline([*stages, tp.KnnClassifier(k=3)]).fit(TEXTS, LABELS)
    page = document_fromstring(explain(pipe, "A FREE prize").as_html())
    tips = [tip.text_content() for tip in page.find_class("tip")]
    assert [tip.split()[0] for tip in tips] == ["a", "free", "prize"]
    assert "ree␣ 0." in tips[1]
    made = [row.text_content() for row in page.find_class("made")]
    assert len(made) == 3
    assert any("␣fre 0." in row for row in made)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(text: str) -> None:
    html = explain(trained(texts=[*TEXTS[1:], text]), text).as_html()
    is_inert(html)
    assert "49" not in Page(html).text or "7 * 7" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_ids_and_words_are_inert(text: str) -> None:
    name = text.replace("\ud800", "")
    labels = [name if label == "spam" else label for label in LABELS]
    named = tp.Documents.of(["free prize " + text], ids=[name])
    html = explain(trained(labels=labels), named).as_html()
    is_inert(html)
    assert " ".join(printable(name).split()) in Page(html).text


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_inert(text: str) -> None:
    is_inert(explain(PIPE, f"free {text} prize", tries=20).as_html())


def test_unsure_is_said_with_its_reason() -> None:
    page = Page(explain(trained(verdict_from={"spam": 0.9999}), "free prize").as_html())
    assert "verdict_from asks for 0.9999. It leans to spam." in page.text
    page = Page(explain(PIPE, "qqq").as_html())
    assert "There is no evidence: training knew none of these words." in page.text
    assert "Its neighbours" not in page.text


def test_other_classifiers_have_pages_too() -> None:
    numbers = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnRegressor(k=2)])
    assert (
        "The mean of 2 neighbours"
        in Page(explain(numbers.fit(TEXTS, [5, 4, 2, 1, 5, 1]), "free prize").as_html()).text
    )
    linear = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.LogisticRegression()])
    page = Page(explain(linear.fit(TEXTS, LABELS), "free prize").as_html())
    assert "probability of spam" in page.text
    assert "(intercept)" in page.text
    assert "margin" in page.text


def test_long_texts_and_many_labels_stay_readable() -> None:
    texts = [f"word{i} thing{i % 9} free" for i in range(120)]
    pipe = trained([f"label{i % 40}" for i in range(120)], texts)
    html = explain(pipe, "free word1 " + "x" * 100_000 + " word2", tries=5).as_html()
    assert len(html) < 60_000
    page = Page(html)
    assert "28 more labels" in page.text
    assert "characters without such words" in page.text


def test_pages_of_real_mail_are_inert(corpora) -> None:  # type: ignore[no-untyped-def]
    mails = corpora("spamassassin")
    known = [
        tp.read(str(path), format="mail").documents
        for folder in ("spam-2", "hard-ham-1")
        for path in sorted((mails / folder).iterdir())[:40]
    ]
    pipe = tp.Pipeline(
        [
            tp.CleanHtml(),
            tp.NormalizeUnicode(),
            tp.Tokenize("words"),
            tp.Lowercase(),
            tp.TfIdf(),
            tp.KnnClassifier(k=5),
        ]
    )
    documents = tp.Documents.concat([one for one in known if len(one) == 1])
    labels = ["spam" if i < len(documents) // 2 else "ham" for i in range(len(documents))]
    pipe.fit(documents, labels)
    for path in sorted((mails / "spam-1").iterdir())[:12]:
        found = explain(pipe, tp.read(str(path), format="mail").documents, tries=100)
        is_inert(found.as_html())
        for word in found.words:
            for start, end in word.places:
                assert found.original[start:end].strip()
