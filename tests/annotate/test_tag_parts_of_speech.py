"""The stage: original sentences wherever it stands, any batches, hostile input."""

import copy
import dataclasses
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.annotate.model_folder import ABOUT, SHIPPED, WEIGHTS
from textpipe.annotate.tag_parts_of_speech import TagPartsOfSpeech
from textpipe.documents import UPOS, Documents, Tokens
from textpipe.errors import DefinitionError, ResourceError
from textpipe.normalize.lowercase import Lowercase
from textpipe.normalize.remove_stop_words import RemoveStopWords
from textpipe.normalize.stem import Stem
from textpipe.tokenize.tokenize import Tokenize

GERMAN = TagPartsOfSpeech(language="de")
ENGLISH = TagPartsOfSpeech()


def tagged(stage: TagPartsOfSpeech, documents: Documents | list[list[str]]) -> list[list[str]]:
    found = stage.transform(documents).tokens
    return [found.tags_of(row) for row in range(len(found))]


@pytest.mark.parametrize(
    ("stage", "sentence", "tags"),
    [
        (GERMAN, "Die kleine Bank steht im Garten .", "DET ADJ NOUN VERB ADP NOUN PUNCT"),
        (GERMAN, "Er kauft heute ein Haus in Berlin", "PRON VERB ADV DET NOUN ADP PROPN"),
        (ENGLISH, "Mary runs a small shop in Leeds .", "PROPN VERB DET ADJ NOUN ADP PROPN PUNCT"),
        (ENGLISH, "They do n't book a book", "PRON AUX PART VERB DET NOUN"),
        (ENGLISH, "please call me at 5 !", "INTJ VERB PRON ADP NUM PUNCT"),
    ],
)
def test_literal_examples(stage: TagPartsOfSpeech, sentence: str, tags: str) -> None:
    assert tagged(stage, [sentence.split()]) == [tags.split()]


def test_changed_and_missing_tokens_get_the_tags_of_the_original_sentence() -> None:
    documents = Documents.of([["Die", "Bank", "steht", "im", "Garten"], ["Das", "Haus", "brennt"]])
    assert documents.tokens is not None
    left = documents.tokens.map(
        [
            "" if f in ("Die", "im", "Das") else f[:3].lower()
            for f in documents.tokens.forms.to_pylist()
        ]
    )
    assert left.to_lists() == [["ban", "ste", "gar"], ["hau", "bre"]]
    found = tagged(GERMAN, documents.with_(tokens=left))
    assert found == [["NOUN", "VERB", "NOUN"], ["NOUN", "VERB"]]


def test_the_place_in_a_chain_of_stages_does_not_matter() -> None:
    text = "The quick dogs bark loudly. We can't book the book!\n\nWill Will will it?"
    early = RemoveStopWords().transform(ENGLISH.transform(Tokenize().transform([text])))
    late = Stem().transform(
        Lowercase().transform(RemoveStopWords().transform(Tokenize().transform([text])))
    )
    late = ENGLISH.transform(late)
    assert late.tokens.to_lists() != early.tokens.to_lists()
    assert late.tokens.spans(0) == early.tokens.spans(0)
    assert late.tokens.tags_of(0) == early.tokens.tags_of(0)
    assert dict(zip(late.tokens.of(0), late.tokens.tags_of(0), strict=True))["dog"] == "NOUN"


def test_a_token_that_is_no_whole_word_is_x() -> None:
    documents = Documents.of([["Die", "Bank", "steht"]])
    pieces = Tokens.of_lists([["D", "ie", "Bank steht"]], [[(0, 1), (1, 3), (4, 14)]])
    assert tagged(GERMAN, documents.with_(tokens=pieces)) == [["X", "X", "X"]]


def test_tokens_without_words_are_tagged_themselves() -> None:
    documents = Documents.of([["Die", "Bank", "steht"]])
    assert tagged(GERMAN, documents.with_(words=None)) == [["DET", "NOUN", "VERB"]]


def test_tags_are_bytes_and_words_and_text_stay() -> None:
    documents = Documents.of([["Die", "Bank"], []])
    found = GERMAN.transform(documents)
    assert found.tokens.tags.dtype == np.uint8
    assert found.words is documents.words
    assert found.text is documents.text


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["the", "cat", "run", "Bob", ".", "!", "7"]), max_size=12),
        min_size=1,
        max_size=6,
    )
)
def test_batches_do_not_matter(documents: list[list[str]]) -> None:
    alone = [tags for words in documents for tags in tagged(ENGLISH, [words])]
    assert tagged(ENGLISH, documents) == alone
    assert tagged(ENGLISH, documents[::-1]) == alone[::-1]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=6),
        min_size=1,
        max_size=3,
    )
)
def test_any_words_get_one_tag_each(documents: list[list[str]]) -> None:
    assert list(map(len, tagged(ENGLISH, documents))) == list(map(len, documents))


def test_no_documents_and_empty_documents() -> None:
    assert tagged(ENGLISH, Documents.of([[], []])) == [[], []]
    nothing = Documents.of([["a"]])[:0]
    assert tagged(ENGLISH, nothing) == []


def test_one_token_of_a_megabyte() -> None:
    assert len(tagged(ENGLISH, [["a" * 1_000_000]])[0]) == 1


def test_a_hundred_thousand_tokens_without_a_full_stop() -> None:
    tags = tagged(ENGLISH, [["the", "cat"] * 50_000])[0]
    assert tags == ["DET", "NOUN"] * 50_000


def test_copies_do_not_carry_the_model() -> None:
    GERMAN.transform([["Hallo"]])
    assert len(pickle.dumps(GERMAN)) < 1000
    assert tagged(copy.deepcopy(GERMAN), [["Die", "Bank"]]) == [["DET", "NOUN"]]


def test_a_change_of_options_loads_the_other_model() -> None:
    stage = TagPartsOfSpeech(language="de")
    assert tagged(stage, [["die", "Bank"]]) == [["DET", "NOUN"]]
    stage.set_params(language="en")
    assert tagged(stage, [["they", "die"]]) == [["PRON", "VERB"]]


def test_the_language_of_a_country_is_found() -> None:
    assert tagged(TagPartsOfSpeech(language="de-AT"), [["Die", "Bank"]]) == [["DET", "NOUN"]]


def test_a_language_without_a_model_is_named_with_the_remedy() -> None:
    with pytest.raises(ResourceError) as caught:
        TagPartsOfSpeech(language="cy").transform([["helo"]])
    assert 'language "cy"; installed are de, en' in str(caught.value)
    assert "textpipe train-tagger" in str(caught.value)


@pytest.mark.parametrize("language", ["", "..", "../../annotate", "en/../de", "\x00"])
def test_a_language_is_no_path(language: str) -> None:
    stage = TagPartsOfSpeech(language=language or "xx")
    with pytest.raises(ResourceError, match="there is no part-of-speech tagger"):
        stage.transform([["helo"]])


def test_unknown_engines_are_refused() -> None:
    with pytest.raises(DefinitionError, match='Did you mean "spacy"'):
        TagPartsOfSpeech("spacey").check()  # type: ignore[arg-type]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "de", tmp_path / "model")
    return tmp_path / "model"


def test_a_folder_is_a_model(model: Path) -> None:
    assert tagged(TagPartsOfSpeech(model=str(model)), [["Die", "Bank"]]) == [["DET", "NOUN"]]


def test_a_damaged_model_is_not_opened(model: Path) -> None:
    content = bytearray((model / WEIGHTS).read_bytes())
    content[len(content) // 2] ^= 1
    (model / WEIGHTS).write_bytes(bytes(content))
    with pytest.raises(ResourceError, match=r"tagger\.npz\.xz: its sha256 is"):
        TagPartsOfSpeech(model=str(model)).transform([["Hallo"]])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"features": 0}, "trained with features of version 0"),
        ({"kind": "other"}, "does not describe"),
        ({"sha256": None}, "its sha256 is"),
    ],
)
def test_a_model_of_another_kind_is_refused(
    model: Path, changes: dict[str, object], complaint: str
) -> None:
    about = json.loads((model / ABOUT).read_text("utf-8"))
    (model / ABOUT).write_text(json.dumps(about | changes), "utf-8")
    with pytest.raises(ResourceError, match=complaint):
        TagPartsOfSpeech(model=str(model)).transform([["Hallo"]])


def test_a_folder_without_a_model_is_named(model: Path) -> None:
    (model / WEIGHTS).unlink()
    with pytest.raises(ResourceError, match=r"tagger\.npz\.xz: cannot be read"):
        TagPartsOfSpeech(model=str(model)).transform([["Hallo"]])
    (model / ABOUT).write_text("{")
    with pytest.raises(ResourceError, match=r"model\.json: is no JSON"):
        TagPartsOfSpeech(model=str(model)).transform([["Hallo"]])
    with pytest.raises(ResourceError, match="textpipe train-tagger wrote"):
        TagPartsOfSpeech(model=str(model / "gone")).transform([["Hallo"]])


def test_every_tag_is_an_index_into_upos() -> None:
    documents = Documents.of([["Die", "Bank"]])
    found = GERMAN.transform(documents).tokens
    assert [UPOS[index] for index in found.tags] == ["DET", "NOUN"]
    assert dataclasses.replace(found, tags=None).tags is None
