"""TextShape: what a text looks like from afar."""

import os
import re
import unicodedata
from itertools import groupby
from math import log10
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textpipe.documents import Documents
from textpipe.vectorize.text_shape import FEATURES, TextShape

texts = st.text(
    st.sampled_from("aAbBßÄé1٣!?.$€ \n\t@/:wWhttp\x00\u2028日ǅʰ😀")
    | st.characters(exclude_categories=["Cs"]),
    max_size=40,
)


def shape(text):
    matrix = TextShape().vectorize(Documents.of([text]))
    names = [name.removeprefix("shape:") for name in matrix.features]
    return dict(zip(names, matrix.values[0], strict=True))


def plain(text):
    """The same by one simple loop for each feature."""
    n, split = len(text) or 1, text.split()

    def share(test):
        return sum(map(test, text)) / n

    def kind(prefix):
        return lambda c: unicodedata.category(c).startswith(prefix)

    letters = sum(map(kind("L"), text)) or 1
    loud = [
        w
        for w in split
        if sum(map(kind("L"), w)) >= 2 and any(map(kind("Lu"), w)) and not any(map(kind("Ll"), w))
    ]
    runs = [len(list(run)) for c, run in groupby(text) if not c.isspace()]
    low = text.lower()
    links = len(re.findall(r"https?://", low)) + len(re.findall(r"(?<!://)www\.", low))
    mails = sum(
        kind("L")(a) or kind("Nd")(a)
        for a, at, b in zip(text, text[1:], text[2:], strict=False)
        if at == "@" and (kind("L")(b) or kind("Nd")(b))
    )
    values = [
        log10(1 + len(text)) / 6,
        log10(1 + len(split)) / 5,
        log10(1 + text.count("\n")) / 4,
        sum(map(len, split)) / (len(split) or 1) / 20,
        log10(max(runs, default=1)) / 3,
        log10(1 + links) / 2,
        log10(1 + mails) / 2,
        sum(map(kind("Lu"), text)) / letters,
        len(loud) / (len(split) or 1),
        share(kind("Nd")),
        share(kind("P")),
        share(lambda c: c == "!"),
        share(lambda c: c == "?"),
        share(kind("Sc")),
        share(str.isspace),
        share(lambda c: ord(c) > 127),
    ]
    return np.minimum(values, 1.0)


def test_a_loud_message():
    found = shape("WIN £500 NOW!!! www.win.example")
    assert found["words_in_capitals"] == 2 / 4
    assert found["exclamation_marks"] == 3 / 31
    assert found["digits"] == 3 / 31
    assert found["currency_signs"] == found["not_ascii"] == 1 / 31
    assert found["longest_run"] == pytest.approx(log10(3) / 3)
    assert found["links"] == pytest.approx(log10(2) / 2)
    assert found["capitals"] == 6 / 19


@pytest.mark.parametrize(
    ("text", "links"),
    [("http://a.b", 1), ("HTTPS://www.a.b", 1), ("www.a.b http://c", 2), ("ftp://a", 0), ("", 0)],
)
def test_links_are_counted_once(text, links):
    assert shape(text)["links"] == pytest.approx(log10(1 + links) / 2)


@pytest.mark.parametrize(
    ("text", "mails"),
    [("a@b", 1), ("me@x.example, you@y.example", 2), ("@you", 0), ("a @b", 0), ("a@", 0), ("@", 0)],
)
def test_mail_addresses(text, mails):
    assert shape(text)["mail_addresses"] == pytest.approx(log10(1 + mails) / 2)


def test_a_neighbour_does_not_leak():
    apart = TextShape().transform(["", "aa", "", "aa", "x@", "y", ""])
    assert (apart[1] == apart[3]).all()
    assert apart[4, FEATURES.index("shape:mail_addresses")] == 0
    assert apart[1, FEATURES.index("shape:longest_run")] == pytest.approx(log10(2) / 3)


def test_an_empty_text_and_no_text():
    assert TextShape().transform([""]).tolist() == [[0.0] * 16]
    assert TextShape().transform([]).shape == (0, 16)


def test_it_knows_no_words():
    matrix = TextShape().vectorize(Documents.of(["a"]))
    assert matrix.known is matrix.total is None
    assert list(matrix.features) == list(FEATURES) == list(TextShape().get_feature_names_out())


def test_five_megabytes_in_one_line():
    found = shape("a" * 5_000_000 + "@")
    assert found["characters"] == found["longest_run"] == found["word_length"] == 1.0
    assert shape("!" * 5_000_000)["exclamation_marks"] == 1.0


def test_lone_surrogates_and_nul():
    assert shape("a\ud83d\x00")["not_ascii"] == pytest.approx(1 / 3)


@given(st.lists(texts, max_size=6))
@example(["@a", "b@", "c"])
def test_the_same_as_by_simple_loops(batch):
    values = TextShape().transform(batch)
    assert values.shape == (len(batch), 16)
    for row, text in zip(values, batch, strict=True):
        assert np.allclose(row, plain(text), rtol=1e-12, atol=0)
        assert ((row >= 0) & (row <= 1)).all()


@given(st.lists(texts, min_size=1, max_size=6))
def test_batches_do_not_matter(batch):
    whole = TextShape().transform(batch)
    assert whole.tobytes() == b"".join(TextShape().transform([text]).tobytes() for text in batch)


@pytest.mark.skipif(
    not os.environ.get("TEXTPIPE_CORPORA"), reason="TEXTPIPE_CORPORA is unset: no sms-spam"
)
def test_spam_is_longer_louder_and_holds_more_digits():
    path = Path(os.environ["TEXTPIPE_CORPORA"]) / "sms-spam" / "SMSSpamCollection"
    rows = [line.split("\t", 1) for line in path.read_text("utf-8").split("\n") if line]
    values = TextShape().transform([text for _, text in rows])
    spam = np.array([label == "spam" for label, _ in rows])
    means = {
        name: (values[spam, i].mean(), values[~spam, i].mean()) for i, name in enumerate(FEATURES)
    }
    for name in ("characters", "digits", "words_in_capitals", "currency_signs", "links"):
        assert means[f"shape:{name}"][0] > 1.2 * means[f"shape:{name}"][1], name
    for row, (_, text) in list(zip(values, rows, strict=True))[::50]:
        assert np.allclose(row, plain(text), rtol=1e-12, atol=0)
