import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from gensim.models import phrases as gensim_phrases
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from textpipe.documents import Documents
from textpipe.errors import DefinitionError
from textpipe.normalize.phrases import Phrases
from textpipe.stage import NotTrainedError
from textpipe.tokenize.tokenize import Tokenize

TRAINING = [["new", "york", "is", "big"], ["in", "new", "york"], ["so", "big"]]
words = st.sampled_from(["new", "york", "city", "a", "of", "the", "bank", "new_york", "_"])
documents = st.lists(st.lists(words, max_size=10), min_size=1, max_size=8)


def test_words_that_stand_together_are_joined():
    stage = Phrases(min_count=1, threshold=1.0).fit(TRAINING)
    assert stage.phrases_.to_pylist() == ["new_york"]
    tokens = stage.transform([["in", "new", "york", "new"], [], ["york"]]).tokens
    assert tokens.to_lists() == [["in", "new_york", "new"], [], ["york"]]
    assert tokens.spans(0) == [(0, 2), (3, 11), (12, 15)]


def test_connector_words_may_stand_inside():
    bank = [["the", "bank", "of", "america"], ["a", "bank", "of", "america", "of"], ["of", "it"]]
    stage = Phrases(min_count=1, threshold=0.5, connector_words="english").fit(bank)
    assert stage.transform(bank).tokens.to_lists()[0] == ["the", "bank_of_america"]


def test_state_is_plain_arrays_and_survives():
    stage = Phrases(min_count=1, threshold=1.0).fit(TRAINING)
    assert isinstance(stage.phrases_, pa.StringArray)
    assert stage.scores_.dtype == np.float64
    other = clone(stage)
    other.phrases_, other.scores_ = stage.phrases_, stage.scores_
    assert (
        other.transform(TRAINING).tokens.to_lists() == stage.transform(TRAINING).tokens.to_lists()
    )
    assert stage.fit([["so", "big"]]).transform(TRAINING).tokens.to_lists() == TRAINING


def test_untrained_and_impossible_options_are_refused():
    with pytest.raises(NotTrainedError):
        Phrases().transform(TRAINING)
    with pytest.raises(DefinitionError, match="min_count must be at least 1"):
        Phrases(min_count=0).check()
    with pytest.raises(DefinitionError, match="between -1 and 1"):
        Phrases(scoring="npmi").check()


def gensims(training, stage):
    connectors = (
        gensim_phrases.ENGLISH_CONNECTOR_WORDS if stage.connector_words == "english" else ()
    )
    return gensim_phrases.Phrases(
        training,
        min_count=stage.min_count,
        threshold=stage.threshold,
        scoring=stage.scoring,
        connector_words=frozenset(connectors),
    ).freeze()


@given(
    documents, documents, st.sampled_from(["none", "english"]), st.sampled_from(["default", "npmi"])
)
@settings(deadline=None)
def test_like_gensim(training, others, connector_words, scoring):
    stage = Phrases(1, 0.1, scoring, connector_words).fit(training)
    frozen = gensims(training, stage)
    ours = stage.transform(training + others)
    assert ours.tokens.to_lists() == [frozen[document] for document in training + others]
    parts = [stage.transform(training), stage.transform(others)]
    assert Documents.concat(parts).tokens.to_lists() == ours.tokens.to_lists()


def test_like_gensim_on_german_tweets():
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root:
        pytest.skip("germeval2018: set TEXTPIPE_CORPORA to the unpacked corpora")
    file = next(Path(root, "germeval2018").glob("*training*.txt"))
    texts = [line.split("\t")[0] for line in file.open(encoding="utf-8")]
    tokens = Tokenize("words").transform(texts)
    stage = Phrases().fit(tokens)
    frozen = gensims(tokens.tokens.to_lists(), stage)
    assert dict(zip(stage.phrases_.to_pylist(), stage.scores_.tolist(), strict=True)) == (
        frozen.phrasegrams
    )
    assert len(stage.phrases_) > 100
    joined = stage.transform(tokens)
    assert joined.tokens.to_lists() == [frozen[words] for words in tokens.tokens.to_lists()]
    for row in range(len(texts)):
        starts, ends = zip(*tokens.tokens.spans(row) or [(0, 0)], strict=True)
        assert all(start in starts and end in ends for start, end in joined.tokens.spans(row))
