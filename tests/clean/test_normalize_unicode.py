"""NormalizeUnicode: what goes, what stays, what is counted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.normalize_unicode import NormalizeUnicode
from textpipe.documents import Documents, Region
from textpipe.errors import DefinitionError

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "cleaned", "counted"),
    [
        ("Vi\u200bag\u200cra\u2060\ufeff", "Viagra", {"zero_width": 4}),
        ("Donau\xaddampf", "Donaudampf", {"soft_hyphens": 1}),
        ("a\x00b\x01c\x7f\x9f", "abc", {"nuls": 1, "controls": 3}),
        ("a\tb\nc\r\nd\re", "a\tb\nc\nd\ne", {}),
        ("a\x0bb\x0cc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf", {"line_separators": 5}),
        ("a\xa0b\u2009c\u3000d\u2800e", "a b c d e", {"odd_spaces": 4}),
        ("\u202eevil\u202c \u2066x\u2069\u200f", "evil x", {"bidi": 5}),
        ("a\U000e0041\U000e0042b\U000e0001", "ab", {"tags": 3}),
        ("e\u0301 A\u030a", "é Å", {}),
        ("a\ufe0fb\ufe01", "ab", {"zero_width": 2}),
        ("plain", "plain", {}),
        ("", "", {}),
        ("\ud800", "\ud800", {}),
    ],
)
def test_what_goes_is_counted(text, cleaned, counted):
    result = NormalizeUnicode().clean(Region("plain", text))
    assert result.regions == [Region("plain", cleaned)]
    assert {name: count for name, count in result.counts.items() if count} == counted


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f4bb",  # woman, joiner, laptop
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # white flag, variant, joiner, rainbow
        "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f468",
        "1\ufe0f\u20e3 \u2764\ufe0f \xa9\ufe0f",
        SCOTLAND,
        "می\u200cخواهم",  # Persian, with a non-joiner between letters
        "क्\u200dष",  # Devanagari, with a joiner after the virama
        "\u0600\u06dd",  # Arabic signs of category Cf that are seen
        "ÄÖÜäöüß€",
        "שלום عربي",
    ],
)
def test_what_has_work_to_do_stays(text):
    assert NormalizeUnicode().of(text) == text


@pytest.mark.parametrize(
    "text", ["a\u200db", "\u200d\U0001f4bb", "\U0001f4bb\u200dx", "می\u200c ", "a\u200c"]
)
def test_joiners_elsewhere_go(text):
    assert NormalizeUnicode().of(text) == text.replace("\u200d", "").replace("\u200c", "")


def test_a_flag_may_not_carry_a_message():
    message = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "buy this now")
    assert NormalizeUnicode().of(message) == "\U0001f3f4"


def test_nfkc_folds_what_looks_alike():
    assert NormalizeUnicode("NFKC").of("ＦＲＥＥ ﬁ 𝐛𝐨𝐥𝐝 ①") == "FREE fi bold 1"
    assert NormalizeUnicode("NFC").of("ＦＲＥＥ") == "ＦＲＥＥ"
    assert NormalizeUnicode("none").of("e\u0301") == "e\u0301"


def test_each_kind_can_be_left_alone():
    text = "a\u200b\xad\x01\0\xa0\u202e\U000e0041\u2028b"
    options = (
        "line_separators",
        "controls",
        "odd_spaces",
        "soft_hyphens",
        "bidi",
        "tags",
        "zero_width",
    )
    assert NormalizeUnicode("none", **dict.fromkeys(options, False)).of(text) == text
    for option in options:
        result = NormalizeUnicode("none", **dict.fromkeys(options, False) | {option: True}).clean(
            Region("", text)
        )
        assert set(result.counts) == {option} | ({"nuls"} if option == "controls" else set())
        assert len(result.regions[0].text) + sum(result.counts.values()) in (
            len(text),
            len(text) + 1,
        )
        assert sum(result.counts.values()) > 0


def test_counts_are_columns():
    documents = NormalizeUnicode().transform(Documents.of(["a\0\0", "b"]))
    assert documents.text.to_pylist() == ["a", "b"]
    assert documents.counts["normalize_unicode.nuls"].tolist() == [2, 0]


def test_an_unknown_form_is_refused():
    with pytest.raises(DefinitionError, match="NFC"):
        NormalizeUnicode("NFD").check()


ODD = st.sampled_from(
    ["\0", "\x85", "\r", "\n", "\xa0", "\xad", "\u0301", "\u200b", "\u200c", "\u200d"]
)
ODD |= st.sampled_from(
    ["\u202e", "\ufe0f", "\ufeff", "\u0645", "\u0915", "\U0001f469", "\U0001f3f4", "\u3164"]
)
ODD |= st.sampled_from(["\U000e0067", "\U000e007f", "a", " "])


@given(st.lists(ODD | st.characters(), max_size=20).map("".join), st.sampled_from(["NFC", "NFKC"]))
def test_the_result_is_normal_and_holds_nothing_odd(text, form):
    cleaned = NormalizeUnicode(form).of(text)
    assert unicodedata.is_normalized(form, cleaned)
    assert not set(cleaned) & set(
        "\0\x01\r\x0b\x7f\x85\xa0\xad\u200b\u200e\u2028\u202e\u3000\ufeff"
    )


@given(st.text(alphabet=st.characters(codec="latin-1", categories=["L", "N", "P", "S"])))
def test_ordinary_text_is_only_composed(text):
    assert NormalizeUnicode().of(text) == unicodedata.normalize("NFC", text)


def test_floods_take_linear_time():
    for odd in ("\u200d", "\0", "\xa0", "\U0001f3f4\U000e0067", "\ufe0f", "\r", "e\u200b\u0301"):
        NormalizeUnicode().of(odd * 300_000)


def test_marks_beyond_what_any_language_has_are_cut_and_counted():
    text = "a" + "\u0315\u0300" * 200_000 + " b"  # sorting them all would take hours
    cleaned = NormalizeUnicode().clean(Region("", text))
    assert len(cleaned.regions[0].text) == 30 + 2  # a and its first grave are à
    assert cleaned.counts["marks"] == 400_000 - 30
    assert NormalizeUnicode().of("e\u0301") == "é"
