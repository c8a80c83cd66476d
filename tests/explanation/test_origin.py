"""Where the words of the cleaned text stand in the original one."""

import html

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.clean_html import CleanHtml
from textpipe.clean.mask import Mask
from textpipe.clean.normalize_unicode import NormalizeUnicode
from textpipe.clean.replace import Replace
from textpipe.documents import Documents, Region
from textpipe.errors import InputError
from textpipe.explanation.origin import origin_of
from textpipe.explanation.origin_by_words import MOST_WORDS, places_by_words
from textpipe.normalize.lowercase import Lowercase
from textpipe.sources import parse_mail
from textpipe.stage import Stage
from textpipe.text_stage import TextStage
from textpipe.tokenize.tokenize import Tokenize

STAGES = [CleanHtml("apart"), NormalizeUnicode("NFKC"), Mask(), Tokenize("words"), Lowercase()]
PIECES = [
    "free ",
    "V<b></b>i",
    "agra",
    "<p>",
    "\u200b",
    "e\u0301",
    "&amp;",
    " $5 ",
    "ﬁ",
    "<i hidden>no</i>",
    "\n",
]


class Shout(TextStage):
    """Upper case, and "and" for "&": a stage of someone who did not say what comes from where."""

    def of(self, text):
        return text.upper().replace("&", "AND")


class Headline(Stage):
    """A stage that writes text in a way of its own."""

    reads = ("text",)
    writes = ("text",)

    def apply(self, documents):
        return Documents.of([text.splitlines()[0] for text in documents.texts()])


def words_at(stages, documents):
    """Each word of the cleaned text with its pieces in the original."""
    documents = Documents.of(documents)
    origin = origin_of(stages, documents)
    tokens = Tokenize("words").apply(Documents.of([origin.cleaned])).tokens
    pieces = [origin.pieces(*span) for span in tokens.spans(0)]
    return {
        word: [origin.text[start:end] for start, end in found]
        for word, found in zip(tokens.of(0), pieces, strict=True)
    }


def test_a_word_is_found_through_html_invisible_characters_and_masks():
    text = "<p>V<b></b>i\u200bagra &amp; ca\u0301fe,<br>just <i>$</i>5"
    assert words_at(STAGES, [text]) == {
        "Viagra": ["V", "i", "agra"],
        "cáfe": ["ca\u0301fe"],
        "just": ["just"],
        "xxcash": ["$", "5"],
    }


def test_the_original_of_a_mail_is_its_decoded_parts():
    mail = Documents.of_regions(
        [
            [
                Region("subject", "Re: Hi"),
                Region("html", "<b>Hi</b><i hidden>psst</i> Bob"),
                Region("plain", "<b>"),
            ]
        ]
    )
    origin = origin_of(STAGES, mail)
    assert origin.text == "Re: Hi\n\n<b>Hi</b><i hidden>psst</i> Bob\n\n<b>"
    assert origin.cleaned == "Re: Hi\n\nHi Bob\n\npsst\n\n<b>"
    assert origin.spans([(4, 6), (8, 10), (8, 14), (16, 20), (22, 25)]) == [
        (4, 6),
        (11, 13),
        (11, 39),
        (27, 31),
        (41, 44),
    ]
    assert origin.compared == ()


def test_what_comes_from_nothing_has_no_place():
    origin = origin_of([Replace("$", by="!")], Documents.of(["a"]))
    assert origin.cleaned == "a!"
    assert origin.pieces(1, 2) == []
    assert origin.spans([(0, 1), (1, 2), (0, 2)]) == [(0, 1), None, (0, 1)]


def test_without_stages_that_write_text_everything_stands_where_it_stands():
    origin = origin_of([Tokenize(), Lowercase()], Documents.of([["to", "be"]]))
    assert (origin.text, origin.pieces(3, 5)) == ("to be", [(3, 5)])


@pytest.mark.parametrize("stage", [Shout(), Headline()])
def test_through_other_stages_words_are_compared(stage):
    found = words_at([CleanHtml(), stage], ["<b>Tom</b> &amp; <i>Jerry</i>"])
    assert next(iter(found.values())) == ["Tom"]
    assert list(found.values())[-1] == ["Jerry"]
    assert origin_of([CleanHtml(), Shout()], Documents.of(["<b>Tom</b>"])).compared == ("shout",)


def test_places_of_the_wrong_shape_are_refused():
    class Wrong(Shout):
        def places(self, region, cleaned):
            return [np.zeros((1, 2), np.int32)]

    with pytest.raises(TypeError, match=r"Wrong.places must give one array \[len\(text\), 2\]"):
        origin_of([Wrong()], Documents.of(["ab"]))


def test_one_document_at_a_time():
    with pytest.raises(InputError, match="takes one document, and 2 were given"):
        origin_of([], Documents.of(["a", "b"]))


@pytest.mark.parametrize("text", ["", "\0", "\ud800", " \n", "<", "<p hidden>x", "a" * 3000])
def test_odd_texts_have_an_origin(text):
    origin = origin_of(STAGES, Documents.of([text]))
    for start, end in origin.pieces(0, len(origin.cleaned)):
        assert 0 <= start < end <= len(origin.text)


def test_comparing_words_maps_what_is_the_same_and_what_stands_for_it():
    before, after = "Dear BOB, see http://x.de now", "dear bob, see URL now"
    places = places_by_words(before, after)
    spelt = {
        word: before[places[at, 0] : places[at + len(word) - 1, 1]]
        for word, at in [("dear", 0), ("bob", 5), ("see", 10), ("URL", 14), ("now", 18)]
    }
    assert spelt == {"dear": "Dear", "bob": "BOB", "see": "see", "URL": "http://x.de", "now": "now"}


def test_of_a_very_long_text_both_ends_are_compared():
    middle = "a " * (MOST_WORDS + 1)
    places = places_by_words(f"here {middle}there", f"HERE x {middle[::-1]}y THERE")
    assert places[:4].tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert places[-1].tolist() == [len(middle) + 9, len(middle) + 10]


@given(st.text(), st.text())
def test_compared_places_lie_in_the_text_in_its_order(before, after):
    places = places_by_words(before, after)
    assert places.shape == (len(after), 2)
    assert (places[:, 0] <= places[:, 1]).all()
    assert places.max(initial=0) <= len(before)
    assert (np.diff(places[:, 0]) >= 0).all()


@given(st.text())
def test_a_text_compared_with_itself_stands_where_it_stands(text):
    assert places_by_words(text, text)[:, 0].tolist() == list(range(len(text)))


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map("".join))
def test_pieces_are_apart_in_order_and_inside(text):
    origin = origin_of([*STAGES[:3], Shout()], Documents.of([text]))
    for start in range(len(origin.cleaned)):
        pieces = origin.pieces(start, start + 3)
        flat = [place for piece in pieces for place in piece]
        assert flat == sorted(set(flat))
        assert not flat or 0 <= flat[0] <= flat[-1] <= len(origin.text)


def test_words_of_real_mails_are_spelt_in_the_original(corpora):
    fold = NormalizeUnicode("NFKC").of
    exact = words = 0
    files = sorted(corpora("spamassassin").glob("*-[12]/*"))[::20]
    for path in files:
        mail = Documents.of_regions([parse_mail(path.read_bytes()).regions])
        origin = origin_of(STAGES, mail)
        assert origin.compared == (), path
        tokens = Tokenize("words").apply(Documents.of([origin.cleaned])).tokens
        for word, span in zip(tokens.of(0), tokens.spans(0), strict=True):
            found = "".join(origin.text[start:end] for start, end in origin.pieces(*span))
            if word.startswith("xx"):
                assert found
                continue
            words += 1
            exact += word in fold(html.unescape(found)) and len(found) < 10 * len(word) + 10
    assert len(files) > 300
    assert words > 80_000
    assert exact / words > 0.999
