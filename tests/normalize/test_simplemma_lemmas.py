import itertools
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import simplemma
from hypothesis import given
from hypothesis import strategies as st

import textpipe as tp
from textpipe.documents import Documents
from textpipe.normalize.simplemma_lemmas import LONGEST, SHARE, SimplemmaLemmas
from textpipe.tokenize.tokenize import Tokenize

HERE = Path(__file__).parent.parent.parent
ENGLISH = SimplemmaLemmas("en")
# together they have rules, prefixes, affixes, clitics with and without hyphens, folded letters, morphemes,
# marks within words, and small letters for what is unknown
LANGUAGES = ["en", "de", "ar", "es", "grc", "hy", "id", "it", "lv", "nl", "pt", "tl", "uk"]
PARTS = [
    "an",
    "do",
    "Geh",
    "ing",
    "ions",
    "ist",
    "'s",
    "n't",
    "-",
    "_",
    "é",
    "е\u0301",
    "ʼn",
    "’",
    "ß",
    "7",
    "½",
]


def theirs(words, language):
    return [simplemma.lemmatize(word, language) for word in words]


def words_of_the_corpora():
    """Distinct words of our mails and messages, English and German."""
    documents = [
        tp.read(HERE / "data" / "messages.csv").documents,
        tp.read(HERE / "data" / "mail", format="mail").documents,
    ]
    found = (Tokenize("spacy").transform(some).tokens.forms.to_pylist() for some in documents)
    return set(itertools.chain.from_iterable(found))


def words_near(dictionary):
    """Words of a dictionary, and others made of them."""
    known = list(itertools.islice(dictionary, 0, None, max(1, len(dictionary) // 700)))
    for word, other in itertools.pairwise(known):
        yield from (word, word.upper(), word.capitalize(), word + "s", word[:-1], word[2:])
        yield from ("un" + word, word + other, f"{word}-{other}", f"{word}_{other}", f"{word}'s")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lemmas_are_simplemmas(language):
    lemmas = SimplemmaLemmas(language)
    dictionary = [word.decode() for word in lemmas._dictionary]
    assert all(lemmas._dictionary.values()), "an empty lemma would drop the word"
    words = words_of_the_corpora() | set(words_near(dictionary))
    words = sorted(word for word in words if 0 < len(word) <= LONGEST)
    assert len(words) > 5000
    expected = theirs(words, language)
    assert lemmas(words) == expected
    many = words * (len(dictionary) // (SHARE * len(words)) + 1)  # enough for Arrow
    assert lemmas.map(pa.array(many)).to_pylist()[: len(words)] == expected


@given(st.lists(st.lists(st.sampled_from(PARTS) | st.characters(codec="utf-8"), min_size=1)))
def test_like_simplemma_whatever_a_word_is_made_of(pieces):
    words = list(map("".join, pieces))
    expected = theirs(words, "en")
    assert ENGLISH(words) == expected
    many = words + ["word"] * (len(ENGLISH._dictionary) // SHARE)
    assert ENGLISH.map(pa.array(many, pa.string())).to_pylist()[: len(words)] == expected


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("engine", ["sklearn", "spacy"])
def test_the_lemmas_of_a_large_corpus_are_simplemmas(language, engine):
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root or not Path(root, "20news-bydate").exists():
        pytest.skip("20news-bydate: set TEXTPIPE_CORPORA to the unpacked corpora")
    posts = sorted(Path(root, "20news-bydate").glob("*/*/*"))[::4]
    documents = Documents.of([post.read_bytes().decode("latin-1") for post in posts])
    forms = Tokenize(engine).transform(documents).tokens.forms
    forms = forms.filter(pc.less_equal(pc.utf8_length(forms), LONGEST))
    assert len(forms) > 80_000
    assert SimplemmaLemmas(language).map(forms).to_pylist() == theirs(forms.to_pylist(), language)
