"""Hashing: columns without a vocabulary."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError
from textpipe.stage import NotTrainedError
from textpipe.vectorize.hashing import HashedNames, Hashing

TRAINING = [["free", "prize", "free"], ["free", "lunch"], []]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
corpora = st.lists(st.lists(words, max_size=8), max_size=8)


def same(tokens):
    return tokens


def documents_of(tokens):
    found = Tokens.of_lists(tokens)
    return Documents.of([""] * len(tokens)).with_(words=found, tokens=found)


def test_counts_fall_into_columns_named_after_training_words():
    matrix = Hashing(norm="none").fit(TRAINING).vectorize(Documents.of(TRAINING))
    by_name = {matrix.features[i]: matrix.values[0, i] for i in matrix.values[0].indices}
    assert by_name == {"free": 2.0, "prize": 1.0}


def test_words_that_share_a_column_name_it_together_most_frequent_first():
    hashing = Hashing(n_features=1).fit(TRAINING)
    assert list(hashing.features()) == ["free|lunch|prize"]


def test_a_column_is_named_after_three_words_at_most():
    assert list(Hashing(n_features=1).fit([list("dcba")]).features()) == ["a|b|c"]


def test_columns_without_a_training_word_are_named_by_number():
    features = Hashing(n_features=10).fit([["free"]]).features()
    assert sorted(set(features) - {"free"}) == [f"#{i}" for i in range(10) if features[i] != "free"]


def test_without_the_reverse_map_all_columns_are_named_by_number_and_words_are_still_known():
    hashing = Hashing(reverse=False).fit(TRAINING)
    matrix = hashing.vectorize(Documents.of([["free", "dinner"]]))
    assert {matrix.features[i] for i in matrix.values.indices} == {
        f"#{i}" for i in matrix.values.indices
    }
    assert matrix.known.tolist() == [1]


def test_a_token_is_known_if_training_saw_its_column():
    matrix = Hashing().fit(TRAINING).vectorize(Documents.of([["free", "dinner"], ["lunch"], []]))
    assert (matrix.known.tolist(), matrix.total.tolist()) == ([1, 1, 0], [2, 1, 0])


def test_words_of_opposite_sign_cancel():
    signs = {
        word: Hashing(1, "none", signed=True).fit([[word]]).transform([[word]])[0, 0]
        for word in "abcdefgh"
    }
    assert set(signs.values()) == {1.0, -1.0}
    row = Hashing(1, "none", signed=True).fit([list(signs)]).transform([list(signs)])
    assert row[0, 0] == sum(signs.values())


def test_the_width_costs_no_memory():
    tracemalloc.start()
    hashing = Hashing(n_features=2**31 - 1, idf=True).fit(TRAINING)
    matrix = hashing.vectorize(Documents.of(TRAINING))
    names = [matrix.features[i] for i in matrix.values.indices]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert set(names) == {"free", "prize", "lunch"}
    assert peak < 50_000_000  # a list of names would be a hundred thousand times this corpus


def test_names_are_a_sequence():
    names = HashedNames(5, np.array([1, 3]), np.array([0, 2, 3]), ["a", "b", "c"])
    expected = ["#0", "a|b", "#2", "c", "#4"]
    assert list(names) == expected == [names[i] for i in range(len(names))]
    assert names[-2:] == expected[-2:]
    assert names[::2] == expected[::2]
    assert names.index("c") == 3
    with pytest.raises(IndexError):
        names[5]


def test_fit_again_forgets():
    hashing = Hashing(n_features=100).fit([["a"]])
    hashing.features()
    assert "a" not in hashing.fit([["b"]]).features()


@pytest.mark.parametrize("n", [0, -1, 2**31])
def test_a_width_that_cannot_be_is_refused(n):
    with pytest.raises(DefinitionError, match="n_features must lie between"):
        Hashing(n_features=n).fit(TRAINING)


def test_it_must_be_trained():
    with pytest.raises(NotTrainedError):
        Hashing().transform(TRAINING)


@given(corpora, st.integers(1, 40), st.sampled_from(["l2", "l1", "none"]), st.booleans())
def test_oracle_scikit_learn(tokens, n_features, norm, signed):
    theirs = HashingVectorizer(
        analyzer=same,
        n_features=n_features,
        norm=None if norm == "none" else norm,
        alternate_sign=signed,
    )
    ours = (
        Hashing(n_features, norm, signed).fit(documents_of(tokens)).transform(documents_of(tokens))
    )
    expected = theirs.transform(tokens).toarray() if tokens else np.zeros((0, n_features))
    assert ours.shape == expected.shape
    assert (ours.toarray() == expected).all()


@given(corpora.filter(len), corpora.filter(len))
def test_oracle_scikit_learn_idf(training, tokens):
    hasher = HashingVectorizer(analyzer=same, n_features=20, norm=None, alternate_sign=False)
    theirs = TfidfTransformer().fit(hasher.transform(training))
    ours = Hashing(20, idf=True).fit(training).transform(tokens)
    assert np.allclose(ours.toarray(), theirs.transform(hasher.transform(tokens)).toarray(), 1e-12)


@given(corpora, st.booleans())
def test_batches_do_not_matter(tokens, signed):
    hashing = Hashing(30, signed=signed, idf=True).fit(TRAINING)
    whole = hashing.vectorize(documents_of(tokens))
    for row, words_ in enumerate(tokens):
        one = hashing.vectorize(Documents.of([words_]))
        assert one.values.toarray().tobytes() == whole.values[[row]].toarray().tobytes()
        assert one.known[0] == whole.known[row]


@pytest.mark.skipif(
    not os.environ.get("TEXTPIPE_CORPORA"), reason="TEXTPIPE_CORPORA is unset: no sms-spam"
)
def test_real_messages_as_scikit_learn():
    path = Path(os.environ["TEXTPIPE_CORPORA"]) / "sms-spam" / "SMSSpamCollection"
    tokens = [
        line.split("\t", 1)[1].split() for line in path.read_text("utf-8").split("\n") if line
    ]
    hashing = Hashing(signed=True).fit(tokens)
    ours = hashing.transform(tokens)
    theirs = HashingVectorizer(analyzer=same, n_features=2**18).transform(tokens)
    assert abs(ours - theirs).sum() == 0
    named = [name for name in hashing.features() if not name.startswith("#")]
    words_ = {word for name in named for word in name.split("|")}
    assert "FREE" in words_
    assert len(words_) >= 0.9 * len({word for words_ in tokens for word in words_})
