"""Of a very long document no more is read than the limit says, and that is never silent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe import Count, KnnClassifier, Lowercase, Pipeline, Tokenize, definition
from textpipe.documents import Documents, Region
from textpipe.errors import DefinitionError, TextpipeWarning
from textpipe.run.limits import CUT, MOST_CHARACTERS, limited

WORDS = [Tokenize("words"), Count()]


def test_the_rest_of_a_long_document_is_counted_and_warned_of():
    pipe = Pipeline(WORDS, max_characters=9).fit(["one two", "o"])
    with pytest.warns(TextpipeWarning, match='1 document has more than 9 .* not read: "b"') as told:
        found = pipe.run(Documents.of(["one", "two one one"], ["a", "b"]))
    assert "set max_characters" in str(told[0].message)
    assert found.texts() == ["one", "two one o"]
    assert found.counts[CUT].tolist() == [0, 2]
    assert found.tokens.to_lists() == [["one"], ["two", "one", "o"]]


def test_a_document_as_long_as_the_limit_is_read_whole():
    documents = Documents.of(["ä" * 9, "b" * 9])  # 18 bytes and 9
    assert limited(documents, 9) is documents


def test_training_and_use_have_the_same_limit():
    texts, labels = ["win win " + "x " * 50, "see you there, my friend"], ["spam", "ham"]
    pipe = Pipeline([*WORDS, KnnClassifier(k=1)], max_characters=8)
    with pytest.warns(TextpipeWarning, match="2 documents have more than 8 characters"):
        pipe.fit(texts, labels)
    assert pipe[1].features() == ["see", "win", "you"]
    with pytest.warns(TextpipeWarning):
        assert pipe.predict(texts).tolist() == labels
    with pytest.warns(TextpipeWarning):
        assert pipe[:-1].run(texts).counts[CUT].tolist() == [100, 16]


def test_regions_end_where_the_text_ends():
    documents = Documents.of_regions(
        [
            [Region("subject", "Hello"), Region("plain", "dear friends"), Region("html", "<p>x")],
            [Region("plain", "bye")],
        ]
    )
    with pytest.warns(TextpipeWarning):
        short = limited(documents, 11)
    assert list(short.documents_regions()) == [
        [Region("subject", "Hello"), Region("plain", "dear")],
        [Region("plain", "bye")],
    ]
    assert short.counts[CUT].tolist() == [14, 0]


def test_documents_that_came_as_words_are_left_alone():
    documents = Documents.of([["one", "two"]])
    assert limited(documents, 3) is documents


@given(st.lists(st.text("aä😀\0", max_size=8), max_size=6), st.integers(1, 8))
def test_each_text_is_cut_by_itself(texts, most):
    documents = Documents.of(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textpipe.run.limits._warn", lambda *told: None)
        short = limited(documents, most)
    assert short.texts() == [text[:most] for text in texts]
    cut = [max(0, len(text) - most) for text in texts]
    assert short.counts.get(CUT, np.zeros(len(texts))).tolist() == cut


def test_what_was_cut_before_is_added_up():
    with pytest.warns(TextpipeWarning):
        twice = limited(limited(Documents.of(["abcdef"]), 4), 1)
    assert twice.counts[CUT].tolist() == [5]


def test_the_limit_is_kept_in_a_definition_and_changes_its_digest():
    own, usual = Pipeline(WORDS, max_characters=1234), Pipeline(WORDS)
    written = definition.to_toml(own)
    assert "max_characters = 1234" in written
    assert definition.from_toml(written).pipeline.max_characters == 1234
    assert definition.from_data(definition.as_data(own)).max_characters == 1234
    assert definition.digest(own) != definition.digest(usual)
    assert "max_characters" not in definition.as_data(usual)
    assert (
        definition.from_toml(definition.to_toml(usual)).pipeline.max_characters == MOST_CHARACTERS
    )


@pytest.mark.parametrize("limit", ["0", '"all"', "true", "1.5"])
def test_a_limit_that_cannot_be_meant_is_refused_by_its_line(limit):
    with pytest.raises(DefinitionError, match=r"^<definition>:2: max_characters must be a number"):
        definition.from_toml(f'name = "x"\nmax_characters = {limit}\n[[stages]]\nuse = "tokenize"')


def test_workers_and_slices_keep_the_limit():
    pipe = Pipeline([Lowercase(), *WORDS], max_characters=7, n_jobs=2)
    assert pipe[1:].max_characters == pipe.get_params()["max_characters"] == 7
    assert pipe.set_params(max_characters=8).max_characters == 8
