"""Mask: what is masked, what is not, and that masks are words that stay whole."""

import os
import pathlib
import re

import pytest
import spacy
import Stemmer
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem import Cistem, PorterStemmer
from nltk.tokenize import ToktokTokenizer, TreebankWordTokenizer, WordPunctTokenizer

from textpipe.clean.mask import Mask
from textpipe.clean.mask_patterns import KINDS
from textpipe.documents import Documents, Region
from textpipe.errors import DefinitionError

EXAMPLES = {
    "xxurl": "http://x.de/a?b=1&c=%20|https://x.de|ftp://x.de/|HTTP://X.DE|www.x.de|www2.x.co.uk/a|x.com"
    "|bit.ly/Ab1|café.com|x.de:8080/a|http://[::1]/|http://x.de/a_(b)",
    "xxmail": "me@x.de|a.b+c@mail.x.co.uk|o'neil@x.ie|mailto:me@x.de|jürgen@müller.de|john.de@x.com",
    "xxcal": "24.12.2026|1.2.26|2026-12-24|12/24/2026|24/12/26|24-12-2026|18:30|18:30:59|2026-12-24 18:30"
    "|2026-12-24T18:30:00Z|24. Dezember 2026|24. Dezember|December 24th|Dec 24, 2026|1. Mai|3 Mar 2026"
    "|24th of December 2026|March 2026|Mai 2026|6 pm|6:30 p.m.|18 Uhr|18.30 Uhr",
    "xxtel": "0800 123456|+49 30 23125-012|+49 (0)30 1234567|0049 30 1234567|(555) 555-0100|555-555-0100"
    "|1-800-555-0100|+1 (800) 555-0100|08712460324|0870 737 7910|030/1234567|(030) 23125-0",
    "xxcash": "1.234,56 €|3,50 EUR|$5|£1.50|5 Euro|5€|EUR 5|US$5|$1,000,000|5,- EUR|$5 million|5 Mio. €"
    "|100 dollars|50 cents|5 Pfund|₹500|1'000 CHF",
    "xxnum": "5|1,000|3.5|1.234.567|2nd|3,5|12345678901234567890|\u0661\u0662\u0663",
    "xxbang": "!!|???|?!?!|!!!!!!!!|！！",
}
PAIRS = [(token, example) for token in EXAMPLES for example in EXAMPLES[token].split("|")]


@pytest.mark.parametrize(("token", "example"), PAIRS)
def test_each_kind_is_masked(token, example):
    assert Mask().of(example) == token
    assert Mask().of(f"so {example}, ({example}) Öl") == f"so {token} , ( {token} ) Öl"


@pytest.mark.parametrize(
    "text",
    [
        "plain words, with. points; and - dashes",
        "3kg B2B A4 ä5 5_ x_5 1x",
        "AT&T c/o and/or Ende.Der you may",
        "a!b! c? www. http:// @home me@ $ €",
        "xxurl xxnum",
        "",
    ],
)
def test_nothing_is_masked_where_nothing_is(text):
    assert Mask().of(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("see http://x.de/a, or (http://x.de).", "see xxurl , or ( xxurl )."),
        ("win £1000cash!!!", "win xxcash cash xxbang"),
        ("Free!!!Now", "Free xxbang Now"),
        ("5€5€", "xxcash xxcash"),
        ("5$$5", "xxcash xxcash"),
        ("Ltd.£1,50/Month", "Ltd. xxcash /Month"),
        ("10am-7pm", "xxcal - xxcal"),
        ("seehttp://x.de", "see xxurl"),
        ("<me@x.de>", "< xxmail >"),
        ("from 5 to 10% of GPT-4", "from xxnum to xxnum % of GPT- xxnum"),
        ("call 0800 123456 5 times", "call xxtel xxnum times"),
        ("1 2 3", "xxnum xxnum xxnum"),
        ("you may 10 users", "you may xxnum users"),
        ("a\ud800 5", "a\ufffd xxnum"),
    ],
)
def test_masks_in_their_surroundings(text, masked):
    assert Mask().of(text) == masked


def test_what_is_switched_off_is_left_and_not_counted():
    text = "http://x.de me@x.de 24.12.2026 0800 123456 $5 7 !!"
    off = dict.fromkeys(KINDS, False)
    assert Mask(**off).of(text) == text
    for name, kind in KINDS.items():
        result = Mask(**off | {name: True}).clean(Region("subject", text))
        assert set(result.counts) == {name}
        assert result.counts[name] == result.regions[0].text.count("xx" + kind.token) > 0
        assert result.regions[0].kind == "subject"


def test_counts_are_columns():
    documents = Mask().transform(Documents.of(["$5 or $6", "none"]))
    assert documents.text.to_pylist() == ["xxcash or xxcash", "none"]
    assert documents.counts["mask.money"].tolist() == [2, 0]
    assert documents.counts["mask.urls"].tolist() == [0, 0]


def test_another_prefix():
    assert Mask(prefix="mask").of("$5") == "maskcash"
    for prefix in ("", "X", "x_", "ß", "a1"):
        with pytest.raises(DefinitionError, match="prefix"):
            Mask(prefix=prefix).check()


@pytest.mark.parametrize("token", EXAMPLES)
def test_masks_survive_lowercase_and_stemming(token):
    stems = [Stemmer.Stemmer(name).stemWord(token) for name in ("english", "german", "porter")]
    assert {token.lower(), *stems, Cistem().stem(token), PorterStemmer().stem(token)} == {token}


def test_tokenizers_keep_masks_whole():
    text = "Ltd.£5/wk (me@x.de), see:http://x.de!!! 10am-7pm,x=5 'call 0800 123456.' \"5%\" #5 +5 B-5 5/6 5-6"
    masked = Mask().of(text)
    count = masked.count("xx")
    tokenizers = {
        "white space": str.split,
        "scikit-learn": re.compile(r"(?u)\b\w\w+\b").findall,
        "words and punctuation": WordPunctTokenizer().tokenize,
        "treebank": TreebankWordTokenizer().tokenize,
        "toktok": ToktokTokenizer().tokenize,
        "spacy en": lambda text: [token.text for token in spacy.blank("en")(text)],
        "spacy de": lambda text: [token.text for token in spacy.blank("de")(text)],
    }
    for name, tokenize in tokenizers.items():
        assert sum(token in EXAMPLES for token in tokenize(masked)) == count, name


WORDS = st.sampled_from(
    ["$", "€", "5", "0800 ", "123456", ".", ",", ":", "http://", "www.", "@", "x.de", "!", " "]
)
WORDS |= st.sampled_from(
    ["-", "/", "(", ")", "+49", " Mai ", "12", "20", "ä", "\u0660", "\0", "'", "Euro", "xxnum"]
)


@given(st.lists(WORDS | st.text(max_size=3), max_size=15).map("".join))
def test_masks_are_words_of_their_own(text):
    masked = Mask(prefix="qqq").of(text)
    if "qqq" not in text:
        for token in EXAMPLES:
            mask = token.replace("xx", "qqq")
            assert masked.split().count(mask) == masked.count(mask)


@pytest.mark.parametrize(
    "unit", ["1", "1.", "0 ", "a@", "a.", "+1 ", "$", "(", "!", "www.", "http://a)", "Mai ", "5 "]
)
def test_floods_take_linear_time(unit):
    Mask().of(unit * (200_000 // len(unit)))


def test_brackets_at_the_end_of_an_address():
    assert Mask().of("http://a.de" + ")" * 200_000) == "xxurl " + ")" * 200_000


def test_a_word_stands_for_each_kind_in_real_messages():
    folder = pathlib.Path(os.environ.get("TEXTPIPE_CORPORA") or "/nowhere") / "sms-spam"
    if not folder.is_dir():
        pytest.skip("needs the corpus sms-spam (set TEXTPIPE_CORPORA)")
    lines = (folder / "SMSSpamCollection").read_text("utf-8").splitlines()
    labels, texts = zip(*(line.split("\t", 1) for line in lines), strict=True)
    counts = Mask().transform(list(texts)).counts
    for kind, least in {"phone_numbers": 0.4, "money": 0.2}.items():
        with_it = counts[f"mask.{kind}"] > 0
        spam = [has for has, label in zip(with_it, labels, strict=True) if label == "spam"]
        ham = [has for has, label in zip(with_it, labels, strict=True) if label == "ham"]
        assert sum(spam) / len(spam) > least
        assert sum(ham) / len(ham) < 0.03
