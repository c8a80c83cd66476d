import copy
import importlib.util
import os
from pathlib import Path

import pytest
import simplemma
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError, ResourceError
from textpipe.normalize.lemmatize import Lemmatize
from textpipe.normalize.length_filter import LengthFilter
from textpipe.normalize.lowercase import Lowercase
from textpipe.normalize.n_grams import NGrams
from textpipe.normalize.remove_stop_words import RemoveStopWords
from textpipe.tokenize.tokenize import Tokenize

GERMAN = Lemmatize(language="de")
ENGLISH = Lemmatize()
HAS_TABLES = importlib.util.find_spec("spacy_lookups_data") is not None


def test_dictionary_forms():
    words = ["geht", "ging", "gegangen", "Häuser", "häuser", "besser", "xxurl"]
    assert GERMAN.transform([words]).tokens.to_lists() == [
        ["gehen", "gehen", "gehen", "Haus", "Haus", "gut", "xxurl"]
    ]
    assert ENGLISH.transform([["mice", "went", "was", "N'T"]]).tokens.to_lists() == [
        ["mouse", "go", "be", "not"]
    ]


def test_small_and_large_letters_that_simplemma_cannot_tell():
    assert GERMAN.transform([["haus", "HÄUSER"]]).tokens.to_lists() == [["hausen", "HÄUSER"]]


def test_the_pipelines_language_is_taken_and_copies_work():
    stage = Lemmatize()
    stage.meet([], "de")
    assert stage.of("Häuser") == "Haus"
    assert copy.deepcopy(stage).of("Häuser") == "Haus"


def test_nine_languages_do_not_evict_each_other():
    stages = [
        Lemmatize(language=code) for code in ("cy", "ga", "gd", "gv", "lb", "se", "ast", "mk")
    ]
    for stage in stages:
        assert stage.of("Haus")
    assert GERMAN.of("Häuser") == "Haus"


def test_unknown_language_and_options_that_do_not_fit_are_refused():
    with pytest.raises(DefinitionError, match='no language "ed"'):
        Lemmatize(language="ed").transform([["a"]])
    with pytest.raises(DefinitionError, match="goes with engine"):
        Lemmatize(model="en_core_web_sm").check()
    with pytest.raises(DefinitionError, match="WordNet is English"):
        Lemmatize("wordnet", language="de").transform([["a"]])


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=9), min_size=1))
@settings(deadline=None, max_examples=50)
def test_like_simplemma_no_word_is_lost_and_batches_do_not_matter(words):
    whole = ENGLISH.transform([words]).tokens
    assert whole.of(0) == [simplemma.lemmatize(word, "en") or word for word in words]
    parts = [ENGLISH.transform([[word]]) for word in words]
    assert Documents.concat(parts).tokens.forms.to_pylist() == whole.forms.to_pylist()


@pytest.mark.skipif(not HAS_TABLES, reason="spacy-lookups-data is not installed")
def test_spacys_tables():
    import spacy

    stage = Lemmatize("spacy_lookup", language="de")
    words = ["geht", "ging", "Häuser", "er", "xxurl"]
    nlp = spacy.blank("de")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    doc = nlp(" ".join(words))
    assert stage.transform([words]).tokens.of(0) == [token.lemma_ for token in doc]
    assert stage.of("ging") == "gehen"
    with pytest.raises(DefinitionError, match='no lemmas for "zh"'):
        Lemmatize("spacy_lookup", language="zh").of("a")


@pytest.mark.skipif(HAS_TABLES, reason="spacy-lookups-data is installed")
def test_missing_tables_say_what_to_install():
    with pytest.raises(ResourceError, match="pip install spacy-lookups-data"):
        Lemmatize("spacy_lookup").of("a")


def test_wordnet_is_there_or_says_how_to_get_it():
    from nltk.data import find

    try:
        find("corpora/wordnet")
    except LookupError:
        with pytest.raises(ResourceError, match=r'nltk.download\("wordnet"\)'):
            Lemmatize("wordnet").of("mice")
    else:
        assert Lemmatize("wordnet").of("mice") == "mouse"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A spaCy model that must see the sentence: "saw" is a noun after "the", else a verb."""
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "saw"}]], {"LEMMA": "see"})
    ruler.add([[{"LOWER": "the"}, {"LOWER": "saw"}]], {"LEMMA": "saw"}, index=1)
    ruler.add([[{"LOWER": "mice"}]], {"LEMMA": "mouse"})
    nlp.add_pipe("lemmatizer", config={"mode": "lookup", "overwrite": False})
    nlp.get_pipe("lemmatizer").lookups.add_table("lemma_lookup", {"word": "word"})
    nlp.get_pipe("lemmatizer")._validated = True
    folder = tmp_path_factory.mktemp("models") / "en_tiny"
    nlp.to_disk(folder)
    return str(folder)


def test_a_spacy_model_sees_the_sentence_whatever_later_stages_did(model):
    stage = Lemmatize("spacy", model=model)
    assert not stage.by_word
    documents = Tokenize().transform(["The saw saw THE MICE.", "", "He saw it"])
    documents = RemoveStopWords().apply(Lowercase().apply(documents))
    assert documents.tokens.to_lists() == [["saw", "saw", "mice", "."], [], ["saw"]]
    lemmas = stage.apply(documents)
    assert lemmas.tokens.to_lists() == [["saw", "see", "mouse", "."], [], ["see"]]
    assert lemmas.tokens.spans(0) == documents.tokens.spans(0)
    pairs = NGrams(1, 2).apply(documents)
    assert stage.apply(pairs).tokens.of(2) == ["see"]
    assert stage.apply(pairs).tokens.of(0)[:3] == ["saw", "saw saw", "see"]


def test_a_spacy_model_gives_the_same_in_any_batch(model):
    stage = Lemmatize("spacy", model=model)
    documents = Tokenize().transform(["saw", "the saw", "", "I saw"])
    whole = stage.apply(documents).tokens.to_lists()
    assert whole == [
        words for batch in documents.batches(1) for words in stage.apply(batch).tokens.to_lists()
    ]


def test_a_missing_model_and_one_without_lemmas_are_named(tmp_path):
    import spacy

    with pytest.raises(ResourceError, match='"en_nowhere" is not installed'):
        Lemmatize("spacy", model="en_nowhere").transform([["a"]])
    with pytest.raises(ResourceError, match='needs a spaCy model for "tlh" and none'):
        Lemmatize("spacy", language="tlh").transform([["a"]])
    spacy.blank("en").to_disk(tmp_path / "en_blank")
    with pytest.raises(ResourceError, match="has no lemmatizer"):
        Lemmatize("spacy", model=str(tmp_path / "en_blank")).transform([["a"]])


@pytest.mark.parametrize(
    ("language", "path", "share"),
    [
        ("en", "UD_English-EWT/en_ewt-ud-test.conllu", 0.96),
        ("de", "UD_German-GSD/de_gsd-ud-test.conllu", 0.95),
    ],
)
def test_right_lemmas_of_content_words(language, path, share):
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root:
        pytest.skip("ud-treebanks: set TEXTPIPE_CORPORA to the unpacked corpora")
    lines = Path(root, "ud-treebanks", path).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line]
    content = {"NOUN", "VERB", "ADJ", "ADV", "AUX"}
    gold = [row for row in rows if row[0].isdigit() and row[3] in content and row[2] != "_"]
    stage = GERMAN if language == "de" else ENGLISH
    lemmas = stage.transform([[row[1] for row in gold]]).tokens.of(0)
    right = sum(lemma.lower() == row[2].lower() for lemma, row in zip(lemmas, gold, strict=True))
    assert right / len(gold) > share


def test_a_word_that_is_longer_than_any_stays_and_is_not_remembered():
    long = (
        "a" + "\u0315\u0300\u05ae" * 40_000 + "s"
    )  # to put its marks in order would take a minute
    found = Lemmatize().transform([[long, "mice", "a" * 101 + "s"]])
    assert found.tokens.to_lists() == [[long, "mouse", "a" * 101 + "s"]]


@pytest.mark.parametrize("language", ["en", "de"])
def test_words_whose_forms_were_mapped_get_the_lemmas_of_tokens_that_were_written_out(language):
    words = Documents.of([["Garten", "garten", "Häuser", "The", "Mice", "mice", "ging", "GING"]])
    stages = [Lowercase(), LengthFilter(4)]
    mapped = stages[1].apply(stages[0].apply(words))
    tokens = mapped.tokens
    written = Tokens(tokens.forms, tokens.codes, tokens.starts, tokens.ends, tokens.rows)
    stage = Lemmatize(language=language)
    one = stage.apply(mapped).tokens
    other = stage.apply(mapped.with_(tokens=written)).tokens
    assert one.to_lists() == other.to_lists()
    assert one.spans(0) == other.spans(0) == tokens.spans(0)


def test_an_empty_word_is_dropped():
    assert Lemmatize().transform([["", "mice"]]).tokens.to_lists() == [["mouse"]]
