"""UnicodeTricks: text becomes what a reader sees, and true text of any script stays."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents, Region
from textpipe.errors import DefinitionError
from textpipe.signs.confusables import as_latin, latin_look_alikes, script_of
from textpipe.signs.unicode_tricks import UnicodeTricks

ZALGO = "f\u0335\u0301\u0302\u0303r\u0316\u0317\u0318e\u0301\u0301\u0301\u0301e\u0300"


def seen(text, **options):
    cleaned = UnicodeTricks(**options).clean(Region("", text))
    return cleaned.regions[0].text, dict(cleaned.counts)


@pytest.mark.parametrize(
    ("text", "plain", "counts"),
    [
        ("V\u200bi\u200cag\u2060r\ufeffa", "Viagra", {"zero_width_characters": 4}),
        ("fr\u00adee", "free", {"soft_hyphens": 1}),
        ("fr\u034fee\u180e \u115fnow", "free now", {"zero_width_characters": 3}),
        ("a\u3164b\uffa0c\u2800d", "a b c d", {"blank_letters": 3}),
        ("hi\U000e0068\U000e0069", "hi", {"tag_characters": 2}),
        ("a\ufe00\U000e0100b", "ab", {"variation_selectors": 2}),
        ("❤\ufe0f\ufe01\ufe02", "❤\ufe0f", {"variation_selectors": 2}),
        ("\ufeffbegin", "begin", {}),
        ("\u200epay\u2068pal\u2069", "paypal", {"bidi_controls": 3}),
        ("\u202eeerf\u202c now", "free now", {"bidi_controls": 2, "backward_stretches": 1}),
        ("invoice\u202efdp.exe", "invoiceexe.pdf", {"bidi_controls": 1, "backward_stretches": 1}),
        ("раураl", "paypal", {"mixed_script_words": 1}),
        ("Ρaypal Іnc", "Paypal Inc", {"mixed_script_words": 2}),
        ("Ꮩiаgrа", "Viagra", {"mixed_script_words": 1}),
        ("bitсоіn wаllеt", "bitcoin wallet", {"mixed_script_words": 2}),
        ("moнeу", "mohey", {"mixed_script_words": 1}),
        ("your аррӏе account", "your apple account", {"confusable_words": 1}),
        ("get а ᏟᎪᏚᎻ loan", "get a CASH loan", {"confusable_words": 2}),
        ("the ΝΟΚΙΑ phone", "the NOKIA phone", {"confusable_words": 1}),
        ("ɡoogle", "google", {"confusable_words": 1}),
        ("𝓕𝓻𝓮𝓮 𝟓𝟎", "Free 50", {"styled_letters": 6}),
        ("ｆｒｅｅ！", "free!", {"styled_letters": 4}),
        ("Ⓕⓡⓔⓔ 🅵🆁🅴🅴 🄵🅁🄴🄴 now", "Free FREE FREE now", {"styled_letters": 12}),
        ("ᶠʳᵉᵉ ꜰʀᴇᴇ vⅰagra", "free free viagra", {"styled_letters": 9}),
        ("c̶a̶s̶h̶", "cash", {"struck_letters": 4}),
        (ZALGO, "free", {"stacked_marks": 12}),
    ],
)  # fmt: skip
def test_what_a_reader_sees(text, plain, counts):
    assert seen(text) == (plain, counts)


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Köln, Maß, naïve café, façade, İstanbul, ıssız, Łódź, Þór, piñata, Đặng",
        "Съешь ещё этих мягких французских булок. Сор, рот, ухо, хор, сору.",
        "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Το νου, ρω.",
        "Москва and London: Россия, сор",
        "いろはにほへと 日本語のテキスト ＡＢＣ１２３！ ｶﾀｶﾅ",
        "한국어 텍스트와 Latin",
        "خانه\u200cها می\u200cروم",
        "क्\u200dष और क्\u200cष",
        "ภาษา\u200bไทย",
        "שלום \u200fעולם (\u2067abc\u2069)",
        "Բարեւ ձեզ, ՀԱՅԱՍՏԱՆ",
        "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👍🏽",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "葛\U000e0100 ᠮᠣᠩ\u180bᠭᠣᠯ",
        "α = 0.05, μ and σ, 5 µm, Δt, Ω, π r², x ≠ y, 20 ℃, ™ № ½ ª º €",
        "[tʰiːz] and ʃ, 🅱 Ⓜ",
        "e\u0323\u0302 e\u0301 Tie\u0302\u0301ng",
        "⠓⠑⠇⠇⠕⠀⠺⠕⠗⠇⠙",
        "plain ASCII",
        "",
    ],
)
def test_true_text_stays(text):
    assert seen(text) == (text, {})


def test_a_mixed_word_takes_the_script_of_its_text():
    assert seen("Лучшие cкидки каждый день")[0] == "Лучшие скидки каждый день"
    assert seen("Купите раураl каждый день")[0] == "Купите paypal каждый день"
    text = "Отправьте SMSки сегодня"
    assert seen(text) == (text, {"mixed_script_words": 1})


def test_a_confusable_word_stays_among_words_of_its_script():
    for text in ("сор и рот в избе, said Bob", "Сор", "α and ν", "он said: сор"):
        assert seen(text) == (text, {})


def test_right_to_left_text_loses_overrides_only():
    text = "\u2067שלום\u2069 \u202eabc\u202c"
    assert seen(text)[0] == "\u2067שלום\u2069 cba"
    assert seen("שלום \u202eעולם\u202c")[0] == "שלום עולם"


def test_each_kind_can_be_switched_off():
    text = f"V\u200bi \u202eba\u202c {ZALGO} 𝓕𝓻 раураl"
    whole = seen(text)[1].keys()
    gone = {
        "invisible": {"zero_width_characters"},
        "bidi": {"bidi_controls", "backward_stretches"},
        "marks": {"stacked_marks"},
        "styled": {"styled_letters"},
        "look_alikes": {"mixed_script_words"},
    }
    for option, signs in gone.items():
        assert whole - seen(text, **{option: False})[1].keys() == signs
    assert seen(text, **dict.fromkeys(gone, False)) == (text, {})


def test_as_many_marks_as_asked():
    assert seen("e\u0301\u0301\u0301", most_marks=3) == ("e\u0301\u0301\u0301", {})
    assert seen("e\u0301", most_marks=0) == ("e", {"stacked_marks": 1})
    with pytest.raises(DefinitionError, match="most_marks must be between 0 and 30, and 31"):
        UnicodeTricks(most_marks=31).check()


def test_counts_of_documents():
    documents = UnicodeTricks().transform(Documents.of(["раураl pаy", "no", "a\u200bb"]))
    assert documents.text.to_pylist() == ["paypal pay", "no", "ab"]
    assert documents.counts["unicode_tricks.mixed_script_words"].tolist() == [2, 0, 0]
    assert documents.counts["unicode_tricks.zero_width_characters"].tolist() == [0, 0, 1]


def test_places_point_at_what_was_folded():
    stage, text = UnicodeTricks(), "my p\u200bаypal, 𝓕𝓻𝓮𝓮"
    region = Region("", text)
    cleaned = stage.clean(region)
    (places,) = stage.places(region, cleaned)
    plain = cleaned.regions[0].text
    assert plain == "my paypal, Free"
    for word, source in (("my", "my"), ("paypal", "p\u200bаypal"), ("Free", "𝓕𝓻𝓮𝓮")):
        at = plain.index(word)
        begin, end = places[at : at + len(word)].min(), places[at : at + len(word)].max()
        assert text[begin:end] == source


def test_no_latin_letter_is_folded_and_none_is_taken_for_two():
    table = latin_look_alikes()
    assert len(table) > 150
    assert all(script_of(letter) not in ("", "Latin") for letter in table)
    assert all(alike.isascii() and alike.isalpha() and len(alike) == 1 for alike in table.values())
    letters = "АВЕКМНОРСТХасеорхіјѕΑΒΕΖΗΙΚΜΝΟΡΤΧο"
    assert as_latin(letters, loosely=False) == "ABEKMHOPCTXaceopxijsABEZHIKMNOPTXo"


SIGNS = (
    "ab рас αο ɡᴏ é\u0301\u0336\u200b\u200d\xad\u202e\u202c\u2067אم\n𝓕Ⓕｆ漢🏴\U000e0067\ufe0f\u3164"
)


@settings(max_examples=200)
@given(st.text(SIGNS, max_size=50) | st.text(max_size=30))
@example("\u202eא")
def test_places_hold_and_what_is_seen_is_seen_again(text):
    stage, region = UnicodeTricks(), Region("", text)
    cleaned = stage.clean(region)
    (places,) = stage.places(region, cleaned)
    plain = cleaned.regions[0].text
    assert len(places) == len(plain)
    assert (places >= 0).all()
    assert (places <= len(text)).all()
    assert (places[:, 0] <= places[:, 1]).all()
    if text != plain and not text.startswith("\ufeff"):
        assert any(cleaned.counts.values())


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="\xad"), max_size=60))
def test_latin_text_is_left_alone(text):
    assert seen(text) == (text, {})


@pytest.mark.parametrize(
    "flood",
    ["\u200b", "a\u200b", "\u202e", "\u202ea", "a\u0301", "\u0301", "а", "aа", "а ", "aа ", "𝓕", "Ⓕ ", "Ⓕa",
     "ᴀ", "ｆ", "漢", "م\u200c", "\U000e0067", "🏴\U000e0067", "👩\u200d", "\ud800а", "ɡ", "aɡ1", "α1"],
)  # fmt: skip
def test_floods_are_read_once(flood):
    text = flood * (100_000 // len(flood))
    for end in ("", "1", "ж", "\u202c"):
        seen(text + end)


def test_german_mail_is_left_alone(corpora):
    from textpipe.sources import read

    documents = read(corpora("codealltag-ps") / "emails").documents
    after = UnicodeTricks().transform(documents)
    changed = [a != b for a, b in zip(documents.texts(), after.texts(), strict=True)]
    assert sum(changed) <= 1  # one U+2063


def test_treebanks_are_left_alone(corpora):
    lines = [
        line
        for path in sorted(corpora("ud-treebanks").rglob("*.conllu"))
        for line in path.read_text("utf-8").split("\n")
    ]
    sentences = [line[9:] for line in lines if line.startswith("# text = ")]
    changed = [sentence for sentence in sentences if seen(sentence)[0] != sentence]
    assert len(sentences) > 10_000
    assert len(changed) < 0.001 * len(sentences), changed[:5]
