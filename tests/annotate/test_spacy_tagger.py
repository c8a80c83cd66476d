"""A spaCy pipeline, trained here on a few invented sentences, on our tokens."""

from pathlib import Path

import numpy as np
import pytest

from textpipe.annotate.spacy_tagger import SpacyTagger
from textpipe.annotate.tag_parts_of_speech import TagPartsOfSpeech
from textpipe.documents import Tokens
from textpipe.errors import DefinitionError, ResourceError

SENTENCES = [
    (["the", "dog", "barks", "."], ["DET", "NOUN", "VERB", "PUNCT"]),
    (["a", "cat", "sleeps", "."], ["DET", "NOUN", "VERB", "PUNCT"]),
    (["the", "cat", "barks"], ["DET", "NOUN", "VERB"]),
    (["a", "dog", "sleeps"], ["DET", "NOUN", "VERB"]),
]


@pytest.fixture(scope="module")
def pipeline_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import spacy
    from spacy.tokens import Doc
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("morphologizer")
    examples = [
        Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words, pos=tags))
        for words, tags in SENTENCES
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(15):
        nlp.update(examples, sgd=optimizer)
    folder = tmp_path_factory.mktemp("spacy") / "tiny"
    nlp.to_disk(folder)
    return folder


def test_the_tags_are_those_of_the_pipeline_on_our_tokens(pipeline_folder: Path) -> None:
    import spacy
    from spacy.tokens import Doc

    nlp = spacy.load(pipeline_folder)
    stage = TagPartsOfSpeech("spacy", model=str(pipeline_folder))
    tagged = stage.fit_transform([words for words, _ in SENTENCES]).tokens
    for row, (words, tags) in enumerate(SENTENCES):
        oracle = [token.pos_ for token in nlp(Doc(nlp.vocab, words=words))]
        assert tagged.tags_of(row) == oracle
        assert oracle == tags


def test_words_that_were_tagged_are_not_kept(pipeline_folder: Path) -> None:
    tagger = SpacyTagger(str(pipeline_folder))
    for batch in range(3):
        words = Tokens.of_lists([["the", f"dog{batch}"]])
        assert len(tagger.tag(words, np.array([0, 2]))) == 2
    assert "dog1" not in tagger._nlp.vocab.strings


def test_nothing_to_tag(pipeline_folder: Path) -> None:
    stage = TagPartsOfSpeech("spacy", model=str(pipeline_folder))
    assert stage.transform([[], []]).tokens.tags.tolist() == []


def test_white_space_between_tokens_is_told(pipeline_folder: Path) -> None:
    spans = [(0, 3), (4, 7), (7, 8), (9, 14), (14, 15), (17, 18)]
    words = Tokens.of_lists([["the", "dog", ",", "barks", ".", "a"]], [spans])
    sentences = SpacyTagger(str(pipeline_folder)).sentences(words, np.array([0, 5, 6]))
    assert [doc.text.strip() for doc in sentences] == ["the dog, barks.", "a"]


def test_a_pipeline_that_is_not_installed_is_named_with_the_remedy() -> None:
    stage = TagPartsOfSpeech("spacy", model="en_core_web_nothing")
    with pytest.raises(ResourceError, match="python -m spacy download en_core_web_nothing"):
        stage.transform([["Hi"]])


def test_a_pipeline_that_tags_nothing_is_refused(tmp_path: Path) -> None:
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    stage = TagPartsOfSpeech("spacy", model=str(tmp_path / "blank"))
    with pytest.raises(ResourceError, match="tags no parts of speech: it has no components"):
        stage.transform([["Hi"]])


def test_the_pipeline_must_be_named() -> None:
    with pytest.raises(DefinitionError, match='engine "spacy" needs a model'):
        TagPartsOfSpeech("spacy").check()
