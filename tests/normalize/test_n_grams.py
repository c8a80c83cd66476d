import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError
from textpipe.normalize.n_grams import NGrams

documents = st.lists(
    st.lists(st.sampled_from(["a", "b", "ab", "a b", "ü"]), max_size=8), min_size=1
)


def test_runs_stand_in_the_order_of_their_first_words():
    tokens = NGrams(1, 3).transform([["to", "be", "or"], [], ["not"]]).tokens
    assert tokens.to_lists() == [["to", "to be", "to be or", "be", "be or", "or"], [], ["not"]]
    assert tokens.spans(0) == [(0, 2), (0, 5), (0, 8), (3, 5), (3, 8), (6, 8)]


def test_runs_of_two_only():
    assert NGrams(2, 2).transform([["a", "b", "c"]]).tokens.to_lists() == [["a b", "b c"]]


def test_single_words_keep_their_part_of_speech():
    tokens = dataclasses.replace(Tokens.of_lists([["red", "cat"]]), tags=np.array([1, 8], np.uint8))
    assert NGrams().work(tokens).tags_of(0) == ["ADJ", "X", "NOUN"]


@pytest.mark.parametrize("options", [(0, 1), (2, 1)])
def test_an_impossible_range_is_refused(options):
    with pytest.raises(DefinitionError, match="n_grams: 1 <= minimum <= maximum"):
        NGrams(*options).check()


@given(documents, st.integers(1, 3), st.integers(0, 2), st.integers(0, 9))
def test_like_scikit_learn_and_batches_do_not_matter(documents, minimum, more, cut):
    stage = NGrams(minimum, minimum + more)
    whole = stage.transform(documents).tokens
    analyzer = CountVectorizer(
        tokenizer=lambda words: words,
        preprocessor=lambda words: words,
        token_pattern=None,
        ngram_range=(minimum, minimum + more),
    ).build_analyzer()
    ours = [sorted(words) for words in whole.to_lists()]
    assert ours == [sorted(analyzer(words)) for words in documents]
    parts = [stage.transform(part) for part in (documents[:cut], documents[cut:]) if part]
    assert Documents.concat(parts).tokens.to_lists() == whole.to_lists()
