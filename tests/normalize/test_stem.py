import copy
import os
from pathlib import Path

import pyarrow as pa
import pytest
import Stemmer
from hypothesis import example, given
from hypothesis import strategies as st

from textpipe.documents import Documents
from textpipe.errors import DefinitionError
from textpipe.normalize.stem import SNOWBALL, Stem, _make

words = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1)


def stems(words, algorithm="snowball", language="en"):
    return Stem(algorithm, language).transform([words]).tokens.of(0)


def test_forms_of_a_word_get_one_stem():
    assert stems(["connected", "connection", "xxurl"]) == ["connect", "connect", "xxurl"]
    assert stems(["häuser", "gehen", "geht"], language="de") == ["haus", "geh", "geht"]
    assert stems(["gehen", "geht", "Häuser"], "cistem", "de") == ["geh", "geh", "hau"]
    assert stems(["maximum", "saying"], "lancaster") == ["maxim", "say"]
    assert stems(["relational", "generate"], "porter") == ["relat", "gener"]


def test_capitals_are_not_lowered_by_snowball():
    assert stems(["CONNECTED", "Connected"]) == ["CONNECTED", "Connect"]


def test_spans_and_the_word_whose_stem_is_empty_stay():
    documents = Stem(language="de").transform([["Er", "lachte"]])
    assert documents.tokens.spans(0) == [(0, 2), (3, 9)]
    assert all(stems(list("aeiou'’!"), algorithm) for algorithm in ("snowball", "lancaster"))


@pytest.mark.parametrize("language", sorted(SNOWBALL))
def test_every_language_is_one_of_pystemmers(language):
    assert SNOWBALL[language] in Stemmer.algorithms()
    assert Stem(language=language).of("a")


def test_a_language_without_a_stemmer_is_named():
    with pytest.raises(DefinitionError, match='no Snowball stemmer for "zz"'):
        Stem(language="zz").transform([["a"]])
    with pytest.raises(
        DefinitionError, match='"cistem" is made for "de", and the language is "en"'
    ):
        Stem("cistem", language="en").transform([["a"]])
    assert Stem("cistem").of("geht") == "geh"  # on its own, its language is clear
    with pytest.raises(DefinitionError, match='Did you mean "porter"'):
        Stem("portr").fit([["a"]])


def test_the_pipelines_language_is_taken():
    stage = Stem()
    stage.meet([], "de")
    assert stage.of("häuser") == "haus"
    assert copy.deepcopy(stage).of("häuser") == "haus"


@pytest.mark.parametrize(
    ("algorithm", "language"),
    [
        ("snowball", "en"),
        ("snowball", "de"),
        ("porter", "en"),
        ("lancaster", "en"),
        ("cistem", "de"),
    ],
)
@given(words)
def test_no_word_is_lost_and_batches_do_not_matter(algorithm, language, words):
    stage = Stem(algorithm, language)
    whole = stage.transform([words])
    assert whole.tokens.lengths().tolist() == [len(words)]
    parts = [stage.transform([[word]]) for word in words]
    assert [part.tokens.of(0)[0] for part in parts] == whole.tokens.of(0)
    assert Documents.concat(parts).tokens.forms.to_pylist() == whole.tokens.forms.to_pylist()


@pytest.mark.parametrize("algorithm", ["english", "porter"])
@given(st.lists(st.text("abeginsty'Y019é-", max_size=9), min_size=1))
@example(["running1", ""])
def test_words_that_end_in_a_digit_are_stems_already(algorithm, words):
    forms = pa.array(dict.fromkeys(words), pa.string())
    stage = Stem("porter" if algorithm == "porter" else "snowball", "en")
    expected = Stemmer.Stemmer(algorithm).stemWords(forms.to_pylist())
    expected = [stem or form for stem, form in zip(expected, forms.to_pylist(), strict=True)]
    assert stage.map_forms(forms).to_pylist() == expected
    assert stage.map_forms(forms[1:]).to_pylist() == expected[1:]


@pytest.mark.parametrize(
    ("folder", "algorithm", "language", "count"),
    [
        ("english", "snowball", "en", 42649),
        ("german", "snowball", "de", 35033),
        ("porter", "porter", "en", 42603),
    ],
)
def test_all_of_snowballs_own_vectors(folder, algorithm, language, count):
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root:
        pytest.skip("snowball-vectors: set TEXTPIPE_CORPORA to the unpacked corpora")
    files = Path(root, "snowball-vectors", folder)
    words = (files / "voc.txt").read_text("utf-8").splitlines()
    expected = (files / "output.txt").read_text("utf-8").splitlines()
    assert len(words) == count
    assert Stem(algorithm, language).of_forms(words) == [
        stem or word for stem, word in zip(expected, words, strict=True)
    ]


def test_nltk_s_own_stems():
    from nltk.stem.snowball import SnowballStemmer

    words = ["connected", "connection", "arguing", "skies", "dying", "generously", "Ünder", "42nd"]
    for code, name in (("en", "english"), ("de", "german")):
        stage = Stem("nltk_snowball", language=code)
        theirs = [SnowballStemmer(name).stem(word) for word in words]
        assert stage.transform([words, words]).tokens.to_lists() == [theirs, theirs]
    with pytest.raises(DefinitionError, match='NLTK has no Snowball stemmer for "hy"'):
        Stem("nltk_snowball", language="hy").of("a")


def test_what_is_remembered_changes_nothing(monkeypatch):
    monkeypatch.setattr("textpipe.normalize.stem.REMEMBERED", 2)
    stage = Stem("lancaster")
    words = ["presumably", "provision", "owed", "ear", "presumably"]
    assert stage.of_forms(words) == [Stem("lancaster").of(word) for word in words]
    assert stage.of_forms(words[::-1]) == [Stem("lancaster").of(word) for word in words[::-1]]


def test_long_words_are_not_remembered():
    stem = _make("cistem", "de")
    long = "laufende" * 20
    assert stem([long, "laufende"]) == stem([long, "laufende"])
    (tables,) = [
        cell.cell_contents for cell in stem.__closure__ if isinstance(cell.cell_contents, list)
    ]
    assert list(tables[0]) == ["laufende"]
