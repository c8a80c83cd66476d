"""From each code point of a cleaned region back to what it was made of."""

import html
import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.clean_html import CleanHtml
from textpipe.clean.html_places import N_SIGNS
from textpipe.clean.mask import Mask
from textpipe.clean.normalize_unicode import NormalizeUnicode
from textpipe.clean.replace import Replace
from textpipe.documents import Region, clean_surrogates
from textpipe.places import Places, places_through
from textpipe.signs.obfuscation import Obfuscation
from textpipe.signs.unicode_tricks import UnicodeTricks
from textpipe.text_stage import TextStage

STAGES = [
    CleanHtml(),
    CleanHtml(hidden="apart", links=True),
    CleanHtml(hidden="keep", alt=False, max_depth=3),
    NormalizeUnicode(),
    NormalizeUnicode("NFKC"),
    NormalizeUnicode("none", odd_spaces=False),
    Mask(),
    Obfuscation(),
    UnicodeTricks(),
    Replace(r"(\w+)@(\w*)", r"\2 at \1"),
    Replace(r"\s*", "-"),
]

FRAGMENTS = [
    "free", "Grün", "é", "e\u0301", "漢字", "ﬁne", "ｆｒｅｅ",
    "x", " ", "  \n", "\t", "a\u200bb", "\u00a0", "co\u00adop",
    "<b>", "</b>", "<p>", "</p>", "<br>", "<!-- no -->", "<!--", "-->", "<i hidden>", "</i>",
    "<span style='display:none'>", "</span>",
    "<script>let a = 1 < 2</script>", "<script>", "<title>t</title>",
    "<table><tr><td>", "</table>", "<pre>", "</pre>",
    "<textarea>", "</textarea>", "<plaintext>", "<xmp>",
    "<a href='http://x.de/?a=1&amp;b=2'>", "<a href=x&nbsp;y>", "</a>",
    "http://x.de", "<me@x.de>", "me@x.de",
    "<img alt='a  &lt;house&gt;'>", "<input type=submit value=Buy>", "<input type=hidden value=no>",
    "&amp;", "&eacute;", "&nbsp;", "&#8364;", "&#32;", "&lt;b&gt;",
    "&copy", "&fjlig;", "&none;", "&", "&#xfdd0;",
    "<", ">", "'", '"', "<3", "a < b", "<b title='",
    "=", "\0", "\x01", "\ufdd0", "\ud83d", "\ude00", "\U000f0000",
    "$5", "24.12.2026", "0800 123456", "!!!", "17",
    "</", "<?php x ?>", "<![CDATA[y]]>", "<o:p>", "\r\n", "\r",
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=25).map("".join)
KINDS = st.sampled_from(["", "html", "plain", "subject"])


def read(stage, text, kind="html"):
    """Each cleaned region's text with its places; none if the stage cannot tell."""
    region = Region(kind, text)
    cleaned = stage.clean(region)
    places = stage.places(region, cleaned)
    return [] if places is None else list(zip_regions(cleaned, places))


def zip_regions(cleaned, places):
    return zip([made.text for made in cleaned.regions], places, strict=True)


def source_of(text, places, begin, end):
    """What the code points from begin to end were made of, piece by piece."""
    return "".join(text[a:b] for a, b in dict.fromkeys(map(tuple, places[begin:end].tolist())))


def origins(stage, text, pattern=r"\S+"):
    """Each word of the cleaned regions with what it was made of."""
    return [
        (match[0], source_of(text, places, *match.span()))
        for cleaned, places in read(stage, text)
        for match in re.finditer(pattern, cleaned)
    ]


@pytest.mark.parametrize(
    ("stage", "text", "expected"),
    [
        (CleanHtml(), "<p>V<b></b>i<!-- x -->agra", [("Viagra", "Viagra")]),
        (CleanHtml(), "a<br>&eacute;t&#233; &lt;", [("a", "a"), ("été", "&eacute;t&#233;"), ("<", "&lt;")]),
        (CleanHtml(), "<i hidden>no</i> a &lt b", [("a", "a"), ("<", "&lt"), ("b", "b")]),
        (CleanHtml("apart"), "a<i hidden>b</i>c", [("ac", "ac"), ("b", "b")]),
        (CleanHtml(links=True), "<a href='http://x.de'>x.de</a>", [("x.de", "x.de")]),
        (CleanHtml(links=True), "<a href='y'>x</a>", [("x", "x"), ("<y>", "y")]),
        (CleanHtml(), "<img alt='a &amp;'>b", [("a", "a"), ("&", "&amp;"), ("b", "b")]),
        (CleanHtml(), "<b>to</b> <me@x.de>", [("to", "to"), ("<me@x.de>", "<me@x.de>")]),
        (CleanHtml(), "a<!-- never closed", [("a", "a"), ("never", "never"), ("closed", "closed")]),
        (CleanHtml(), "&fjlig;ord", [("fjord", "&fjlig;ord")]),
        (CleanHtml(), "<img src=x>", []),
        (CleanHtml(), "AT&T &none; <", [("AT&T", "AT&T"), ("&none;", "&none;"), ("<", "<")]),
        (NormalizeUnicode(), "V\u200bi\u00adagra e\u0301t", [("Viagra", "Viagra"), ("ét", "e\u0301t")]),
        (NormalizeUnicode("NFKC"), "ﬁne ｆ", [("fine", "ﬁne"), ("f", "ｆ")]),
        (NormalizeUnicode(), "\u1112\u1161\u11ab", [("한", "\u1112\u1161\u11ab")]),
        (Mask(), "http://x.de 5!!", [("xxurl", "http://x.de"), ("xxnum", "5"), ("xxbang", "!!")]),
        (Replace(r"(.)@(.)", r"\2 at \1"), "a@b", [("b", "b"), ("at", "a@b"), ("a", "a")]),
    ],
)  # fmt: skip
def test_words_know_what_they_were_made_of(stage, text, expected):
    assert origins(stage, text) == expected


def test_a_composed_letter_comes_from_all_its_parts_and_its_neighbours_do_not():
    ((_, places),) = read(NormalizeUnicode(), "ae\u0301b")
    assert places.tolist() == [[0, 1], [1, 3], [3, 4]]


def test_room_beside_a_mask_comes_from_nothing():
    ((text, places),) = read(Mask(), "(5)")
    assert text == "( xxnum )"
    assert places[:3].tolist() == [[0, 1], [1, 1], [1, 2]]
    assert places[-3:].tolist() == [[1, 2], [2, 2], [2, 3]]


def test_texts_with_more_characters_than_there_are_signs():
    word = "ab&amp;c<i></i>d "
    text = word * (N_SIGNS // 4)
    ((cleaned, places),) = read(CleanHtml(), text)
    assert cleaned.startswith("ab&cd ab&cd ")
    last = [
        (len(text) - 17 + a, len(text) - 17 + b)
        for a, b in [(0, 1), (1, 2), (2, 7), (7, 8), (15, 16)]
    ]
    assert places[-5:].tolist() == [list(place) for place in last]
    assert (np.diff(places[:, 0]) > 0).all()


@pytest.mark.parametrize("stage", STAGES, ids=repr)
@given(text=MARKUP, kind=KINDS)
def test_places_lie_in_the_text_in_its_order(stage, text, kind):
    in_order = not isinstance(stage, Replace) and not getattr(stage, "links", False)
    for cleaned, places in read(stage, text, kind):
        assert places.shape == (len(cleaned), 2)
        assert places.dtype == np.int32
        begins, ends = places.T
        assert (begins >= 0).all()
        assert (begins <= ends).all()
        assert (ends <= len(text)).all()
        assert not in_order or (np.diff(begins) >= 0).all()


def is_spelt_by(word, source):
    kept = source == "<" and word == "lt"  # before an address, in an element whose text is raw
    return kept or word in clean_surrogates(html.unescape(source))


@given(text=MARKUP)
def test_words_of_html_are_spelt_by_what_they_were_made_of(text):
    for word, source in origins(CleanHtml("apart"), text, r"[^\W\d_]+"):
        assert source == "" or is_spelt_by(word, source)


@pytest.mark.parametrize("links", [False, True])
def test_nearly_all_words_of_the_oddest_html_are_found(links):
    draw = np.random.default_rng(0)
    stage = CleanHtml("apart", links=links)
    found = words = 0
    for _ in range(500):
        text = "".join(FRAGMENTS[i] for i in draw.integers(len(FRAGMENTS), size=30))
        told = origins(stage, text, r"[^\W\d_]+")
        words += len(told)
        found += sum(is_spelt_by(word, source) for word, source in told)
    assert words > 5_000
    assert found / words > 0.999


@given(text=MARKUP | st.text())
def test_normalizing_again_what_a_word_was_made_of_gives_the_word(text):
    stage = NormalizeUnicode("NFKC")
    for word, source in origins(stage, text, r"[^\W\d_]+"):
        again = stage.of(source)
        assert word == again or (word in again and source != word)


@given(text=MARKUP)
def test_what_a_stage_leaves_alone_has_its_own_places(text):
    for stage in (NormalizeUnicode("none"), Replace("never there"), Mask(), CleanHtml()):
        for cleaned, places in read(stage, text, "plain"):
            if cleaned == text:
                assert places[:, 0].tolist() == list(range(len(text)))


@given(text=st.text(st.characters(categories=["L", "M", "Nd"]), max_size=40))
def test_each_letter_comes_from_its_canonical_letters(text):
    ((cleaned, places),) = read(NormalizeUnicode("NFC", zero_width=False), text)
    for letter, (begin, end) in zip(cleaned, places.tolist(), strict=True):
        parts = set(unicodedata.normalize("NFD", text[begin:end]))
        assert set(unicodedata.normalize("NFD", letter)) <= parts


def test_other_stages_cannot_tell():
    class Shout(TextStage):
        def of(self, text):
            return text.upper()

    region = Region("", "a")
    assert Shout().places(region, Shout().clean(region)) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6), st.integers(0, 6))
def test_places_through_a_text_that_was_left_alone_stay(pairs, room):
    later = np.array([sorted(pair) for pair in pairs], np.int32).reshape(-1, 2)
    same = Places()
    same.keep(0, 6)
    assert places_through(later, same.array()).tolist() == later.tolist()
