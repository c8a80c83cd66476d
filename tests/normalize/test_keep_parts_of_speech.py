"""Tokens of some parts of speech."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.documents import UPOS, Documents
from textpipe.errors import DefinitionError
from textpipe.normalize.keep_parts_of_speech import CONTENT, KeepPartsOfSpeech


def documents(*tagged: list[tuple[str, str]]) -> Documents:
    plain = Documents.of([[word for word, _ in words] for words in tagged])
    assert plain.tokens is not None
    tags = np.array([UPOS.index(tag) for words in tagged for _, tag in words], np.uint8)
    return plain.with_(tokens=dataclasses.replace(plain.tokens, tags=tags))


MESSAGE = [("the", "DET"), ("big", "ADJ"), ("deal", "NOUN"), ("waits", "VERB"), (".", "PUNCT")]


def test_only_the_parts_of_speech_that_are_asked_for_stay() -> None:
    found = KeepPartsOfSpeech(["NOUN", "DET"]).transform(documents(MESSAGE, [], MESSAGE)).tokens
    assert found.to_lists() == [["the", "deal"], [], ["the", "deal"]]
    assert found.tags_of(2) == ["DET", "NOUN"]
    assert found.spans(0) == [(0, 3), (8, 12)]


def test_content_words_stay_by_default() -> None:
    assert KeepPartsOfSpeech().transform(documents(MESSAGE)).tokens.of(0) == [
        "big",
        "deal",
        "waits",
    ]
    assert CONTENT == ("ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB")


def test_no_parts_of_speech_keep_nothing() -> None:
    assert KeepPartsOfSpeech([]).transform(documents(MESSAGE)).tokens.to_lists() == [[]]


def test_an_unknown_tag_is_named_with_the_nearest_and_all_others() -> None:
    with pytest.raises(DefinitionError) as caught:
        KeepPartsOfSpeech(["NOUN", "verb"]).check()
    assert '"verb" is no universal part of speech. Did you mean "VERB"?' in str(caught.value)
    assert all(tag in str(caught.value) for tag in UPOS)


def test_tokens_without_tags_are_refused() -> None:
    with pytest.raises(DefinitionError, match="Put tag_parts_of_speech before it"):
        KeepPartsOfSpeech().transform([["no", "tags"]])


words = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(UPOS))


@settings(deadline=None)
@given(
    st.lists(st.lists(words, max_size=6), min_size=1, max_size=4), st.sets(st.sampled_from(UPOS))
)
def test_what_stays_is_what_a_loop_would_keep(
    tagged: list[list[tuple[str, str]]], tags: set[str]
) -> None:
    found = KeepPartsOfSpeech(sorted(tags)).transform(documents(*tagged)).tokens
    assert found.to_lists() == [[w for w, tag in ws if tag in tags] for ws in tagged]
    assert [found.tags_of(row) for row in range(len(tagged))] == [
        [tag for _, tag in ws if tag in tags] for ws in tagged
    ]
