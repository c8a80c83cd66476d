import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import textpipe as tp
from textpipe.diagnosis import diagnose
from textpipe.diagnosis.page import as_html, write_page
from textpipe.diagnosis.pictures import pictures

EVIL = '<script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7*7 }} \x1b[31m \u202e $x^2$'


@pytest.fixture(scope="module")
def found():
    random = np.random.default_rng(0)
    words = [f"w{chr(97 + i)}" for i in range(26)]
    texts = [f"{EVIL} win money" for _ in range(30)]
    texts += ["see you at lunch <b>now</b>" for _ in range(25)]
    texts += [texts[0], texts[30]]
    labels = ["<i>spam</i>"] * 30 + ["ham"] * 25 + ["ham", "<i>spam</i>"]
    texts = [" ".join([text, *random.choice(words, random.integers(2, 9))]) for text in texts]
    pipeline = tp.Pipeline([tp.Tokenize("spacy"), tp.TfIdf(), tp.KnnClassifier()])
    return diagnose(pipeline, texts, labels, k=5)


def test_texts_are_shown_as_text(found):
    page = as_html(found, summary=EVIL)
    assert "<script" not in page.lower()
    assert "<img" not in page
    assert "<i>spam</i>" not in page
    assert "&lt;i&gt;spam&lt;/i&gt;" in page
    assert "49" not in re.findall(r"\{\{.*?\}\}", page)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_nothing_is_loaded_from_anywhere(found):
    page = as_html(found)
    for address in re.findall(r'(?:href|src)="([^"]*)"', page):
        assert address.startswith("#"), address
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []


def test_the_same_diagnosis_gives_the_same_bytes(found, tmp_path):
    one = write_page(found, tmp_path / "a.html").read_bytes()
    assert one == write_page(found, tmp_path / "b.html").read_bytes()
    assert b"20" + b"26" not in re.sub(rb"\d[\d.,]*", b"", one)


def test_pictures_are_well_formed_and_take_the_pages_colours(found):
    made = pictures(found)
    assert [picture.title for picture in made] == [
        "Near and far", "Hubs", "Intrinsic dimension", "Labels against neighbours",
    ]  # fmt: skip
    ids = []
    for picture in made:
        root = ET.fromstring(picture.svg)  # noqa: S314  # our own
        assert root.tag.endswith("svg")
        assert "var(--bar)" in picture.svg
        assert not re.search(r"#0[1-5]0[1-5]0[1-5]", picture.svg)
        ids += [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_without_labels_there_is_a_page_too():
    pipeline = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf()])
    few = diagnose(pipeline, ["a b c", "a b", "b c d"], k=2)
    page = as_html(few, definition=tp.Pipeline([tp.Tokenize("words"), tp.TfIdf()]))
    assert "Largest hubs" in page
    assert "Likely mislabelled" not in page
    assert "tf_idf" in page
