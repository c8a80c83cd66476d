import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nltk.stem.snowball import EnglishStemmer

import textpipe as tp
from textpipe.documents import Documents
from textpipe.kernels.stems import RULES
from textpipe.normalize.nltk_english import english_stems
from textpipe.normalize.stem import Stem
from textpipe.tokenize.tokenize import Tokenize

DATA = Path(__file__).parent.parent.parent / "data"
NLTK = EnglishStemmer()
SUFFIXES = [suffix for suffix, *_ in RULES]
ENDINGS = [*SUFFIXES, "'s'", "'s", "'", "sses", "ied", "ies", "us", "ss", "s", "y", "e", "l", "ll"]
ENDINGS += ["eedly", "ingly", "edly", "eed", "ing", "ed", "ating", "bled", "izing", "pped", "oping"]

letters = st.text("aeiouybdglmnstwxzY'1_", max_size=7) | st.sampled_from(
    ["gener", "commun", "arsen"]
)
made_words = st.builds("{}{}{}".format, letters, letters, st.sampled_from(["", *ENDINGS]))
any_words = made_words | st.text(st.characters(codec="utf-8"), max_size=8)


def nltk_stems(words):
    return list(map(NLTK.stem, words))


def stems(words):
    return english_stems(pa.array(words, pa.string()), nltk_stems).to_pylist()


def test_words_by_rule_and_words_with_a_stem_of_their_own():
    words = ["Connections", "hopping", "hoping", "sayings", "Skies", "42nd", "it", "Üben", "y'all"]
    expected = ["connect", "hop", "hope", "say", "sky", "42nd", "it", "üben", "y'all"]
    assert stems(words) == expected
    assert stems([]) == []
    assert english_stems(pa.array(["xx", *words])[1:], nltk_stems).to_pylist() == expected


@settings(deadline=None, max_examples=300)  # the loop is compiled
@given(st.lists(any_words, max_size=30))
@example(
    ["'''", "''s", "'yed", "yyyying", "aeed", "ied", "ties", "as", "gas", "genering", "commune", ""]
)
def test_like_nltk_whatever_a_word_is_made_of(words):
    assert stems(words) == nltk_stems(words)


def words_of_the_data():
    documents = tp.read(DATA / "messages.csv").documents
    return Tokenize("spacy").transform(documents).tokens.forms.to_pylist()


def test_words_of_real_texts_with_every_ending():
    words = words_of_the_data()
    words += [word + ending for word in words[::3] for ending in ENDINGS]
    words += [word[:-1] for word in words]
    assert len(words) > 100_000
    assert stems(words) == nltk_stems(words)


@pytest.mark.parametrize("corpus", ["snowball-vectors", "20news-bydate"])
def test_all_words_of_a_large_corpus(corpus):
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root or not Path(root, corpus).exists():
        pytest.skip(f"{corpus}: set TEXTPIPE_CORPORA to the unpacked corpora")
    if corpus == "snowball-vectors":
        words = Path(root, corpus, "english", "voc.txt").read_text("utf-8").split()
    else:
        posts = sorted(Path(root, corpus).glob("*/*/*"))[::4]
        documents = Documents.of([post.read_bytes().decode("latin-1") for post in posts])
        words = Tokenize("sklearn").transform(documents).tokens.forms.to_pylist()
    assert len(words) > 40_000
    assert stems(words) == nltk_stems(words)


def test_the_stage_gives_the_same_stems_by_the_loop_and_without(monkeypatch):
    words = ["skies", "''s", "Generously", "naïvely", "42", "''s"]
    lists = Stem("nltk_snowball").transform([words]).tokens.to_lists()
    monkeypatch.setattr("textpipe.normalize.nltk_english.worth", lambda seconds, *loops: True)
    assert Stem("nltk_snowball").transform([words]).tokens.to_lists() == lists
    assert lists == [["sky", "''s", "generous", "naïv", "42", "''s"]]
