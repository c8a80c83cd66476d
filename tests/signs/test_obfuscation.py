"""Obfuscation: disguised words are undone, everything else is left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents, Region
from textpipe.places import same_places
from textpipe.signs.leet import unleet
from textpipe.signs.obfuscation import Obfuscation

KINDS = ("leet", "separated", "spaced", "punctuated", "stretched", "censored")


def undone(text, **options):
    cleaned = Obfuscation(**options).clean(Region("", text))
    return cleaned.regions[0].text, dict(cleaned.counts)


@pytest.mark.parametrize(
    ("text", "plain", "sign"),
    [
        ("v1agra", "viagra", "leet_words"),
        ("Vi@gr@!", "Viagra!", "leet_words"),
        ("V1@GRA", "VIAGRA", "leet_words"),
        ("fr33", "free", "leet_words"),
        ("c@sh", "cash", "leet_words"),
        ("pa$$word", "password", "leet_words"),
        ("m0ney,", "money,", "leet_words"),
        ("PAYPA1", "PAYPAL", "leet_words"),
        ("s3x", "sex", "leet_words"),
        ("on-l1ne", "on-line", "leet_words"),
        ("pr1ce|ess", "priceless", "leet_words"),
        ("f-r-e-e", "free", "separated_words"),
        ("f.r.e.e", "free", "separated_words"),
        ("V_I_A_G_R_A", "VIAGRA", "separated_words"),
        ("v*1*a*g*r*a", "viagra", "separated_words"),
        ("F R E E", "FREE", "spaced_words"),
        ("it is F R E E !", "it is FREE !", "spaced_words"),
        ("V I @ G R A", "VIAGRA", "spaced_words"),
        ("M\xa0o\xa0n\xa0e\xa0y", "Money", "spaced_words"),
        ("via.gra", "viagra", "punctuated_words"),
        ("mo_ney", "money", "punctuated_words"),
        ("pharm,acy", "pharmacy", "punctuated_words"),
        ("freeeee", "free", "stretched_words"),
        ("SOOOOO COOOOL", "SOOOOO COOL", "stretched_words"),
        ("pleeeease", "please", "stretched_words"),
        ("f*ck", "f*ck", "censored_words"),
        ("b**ch", "b**ch", "censored_words"),
        ("V*AGRA", "V*AGRA", "censored_words"),
    ],
)
def test_what_is_undone(text, plain, sign):
    assert undone(text) == (plain, {sign: 1})


@pytest.mark.parametrize(
    ("text", "plain"),
    [("kost3nlos", "kostenlos"), ("Gew1nn", "Gewinn"), ("G e l d", "Geld"), ("grooooß", "groß")],
)
def test_german(text, plain):
    found, counts = undone(text, language="de")
    assert (found, sum(counts.values())) == (plain, 1)


def test_two_words_with_a_wider_space_between():
    assert undone("C l i c k  h e r e") == ("Click  here", {"spaced_words": 2})


@pytest.mark.parametrize(
    "text",
    [
        "B2B, mp3 and mp3s, 4x4, h264, MD5, i18n, w3c, p2p, R2D2, x86, IPv4, utf8, pop3, web2",
        "10am, 5pm, 10th, 51st, 50ft, 3rd, 1.5l, 7 Uhr, 24h, 100%, $50, 10$, 3,50 €, 5€",
        "2024-11-24, 24.11.2024, 12:30:15, +49 30 1234567, DE89 3704 0044 0532 0130 00",
        "U.S.A., e.g. this, i.e. that, z. B. so, d.h. u.s.w., J. R. R. Tolkien, A.B.C.D.",
        "v1agra@example.com, http://fr33.example/c@sh, www.m0ney.com, pa55word.php, C:\\fr33\\a",
        "page5 of user5, $name = $end, @home, room4, perl5, a1b2c3, 0xdeadbee5, fe1d, 4f3a0de5",
        "rock'n'roll, e-mail, o'clock, don't, and/or, well-known, Straße, the end.Then so",
        "IEEE, PIII, VIII, www, PPPoE, 1000mmm, xxx, Hmmm, Ahhhh, Brrr, zzzzteana",
        "2*x, a*b, x**y, char **argv, int*p, *bold*, **, C#, E*Trade, a b, I a m",
        "a b c d e f g, x-y-z-w, 1 2 3 4 5, a/b/c/d, N-E-S-W",
        "Schifffahrt, Schlussstrich, Flusssand",
        "m0ney" * 20,
        "",
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_left_alone(text, language):
    assert undone(text, language=language) == (text, {})


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_switched_off(kind):
    text = "v1agra f-r-e-e F R E E via.gra pleeeease f*ck"
    _, counts = undone(text)
    assert counts == dict.fromkeys([f"{k}_words" for k in KINDS], 1)
    found, rest = undone(text, **{kind: False})
    assert counts.keys() - rest.keys() == {f"{kind}_words"}
    assert (found != undone(text)[0]) == (kind != "censored")
    off = dict.fromkeys(KINDS, False)
    assert undone(text, **off) == (text, {})


def test_regions_and_counts_of_documents():
    documents = Obfuscation().transform(Documents.of(["Fr33 v1agra", "no", "F R E E"]))
    assert documents.text.to_pylist() == ["Free viagra", "no", "FREE"]
    assert documents.counts["obfuscation.leet_words"].tolist() == [2, 0, 0]
    assert documents.counts["obfuscation.spaced_words"].tolist() == [0, 0, 1]


def test_case_of_what_stands_for_letters():
    assert [unleet(word, "en") for word in ("FR33", "Fr33", "V1AGRA")] == ["FREE", "Free", "VIAGRA"]


def test_places_point_at_the_disguise():
    stage, text = Obfuscation(), "get v1agra, F R E E now"
    region = Region("", text)
    cleaned = stage.clean(region)
    (places,) = stage.places(region, cleaned)
    plain = cleaned.regions[0].text
    assert plain == "get viagra, FREE now"
    for word, source in (("viagra", "v1agra"), ("FREE", "F R E E"), ("now", "now")):
        at = plain.index(word)
        begin, end = places[at : at + len(word)].min(), places[at : at + len(word)].max()
        assert text[begin:end] == source


ALPHABET = "aeriv1034$@!.-_* \n€ÄßfxI’|"


@settings(max_examples=200)
@given(st.text(ALPHABET, max_size=60))
def test_places_and_counts_hold_for_any_text(text):
    stage, region = Obfuscation(), Region("", text)
    cleaned = stage.clean(region)
    (places,) = stage.places(region, cleaned)
    plain = cleaned.regions[0].text
    assert len(places) == len(plain)
    assert (np.diff(places[:, 0]) >= 0).all()
    assert (places[:, 1] <= len(text)).all()
    if plain == text:
        assert np.array_equal(places, same_places(text))
    else:
        assert any(cleaned.counts.values())


@pytest.mark.parametrize(
    "flood",
    ["a", "1", "$", "!", "a ", "a.", "a-", "a/", "a*", "*", "a1", "fr33 ", "aa.", "aaa ", "aaab", "a b-",
     "v1agra.", "f*", "0" * 39 + " ", "a a a a-", "a~a~a~aa~", "AAAA\n", "Ä", "\ud800a"],
)  # fmt: skip
def test_floods_are_read_once(flood):
    text = flood * (400_000 // len(flood))
    for end in ("", "1", "z-", "@"):
        undone(text + end)


def test_ham_is_left_alone(sms_spam):
    """Of 4,827 messages among people, none has leetspeak and few have other signs."""
    texts, labels = sms_spam
    ham = [text for text, label in zip(texts, labels, strict=True) if label == "ham"]
    counts = Obfuscation().transform(Documents.of(ham)).counts
    assert "obfuscation.leet_words" not in counts
    assert sum(column.sum() for column in counts.values()) < 0.01 * len(ham)


def test_spaced_words_tell_spam_from_ham(corpora):
    from textpipe.sources import read

    shares = []
    for folder in ("easy-ham-1", "spam-2"):
        documents = read(corpora("spamassassin") / folder, format="mail").documents
        counts = Obfuscation().transform(documents).counts["obfuscation.spaced_words"]
        shares.append((counts > 0).mean())
    assert shares[0] < 0.002 < 0.01 < shares[1]
