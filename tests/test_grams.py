import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from textpipe.documents import Tokens
from textpipe.grams import word_n_grams

lists = st.lists(st.lists(st.sampled_from(["a", "b", "a b", "c", "b c"]), max_size=6), max_size=5)


def test_runs_of_words_in_the_order_of_their_first_word():
    grams = word_n_grams(Tokens.of_lists([["to", "be", "or", "not"], ["to"], []]), 2, 3)
    assert grams.to_lists() == [["to be", "to be or", "be or", "be or not", "or not"], [], []]
    assert grams.spans(0) == [(0, 5), (0, 8), (3, 8), (3, 12), (6, 12)]


def test_single_words_keep_their_tag_and_runs_are_x():
    tokens = Tokens.of_lists([["big", "dog"]])
    tagged = Tokens(
        tokens.forms,
        tokens.codes,
        tokens.starts,
        tokens.ends,
        tokens.rows,
        np.array([1, 8], np.uint8),
    )
    assert word_n_grams(tagged, 1, 2).tags_of(0) == ["ADJ", "X", "NOUN"]


def test_runs_that_read_alike_are_one_form():
    grams = word_n_grams(Tokens.of_lists([["a b", "c"], ["a", "b c"]]), 2, 2)
    assert grams.to_lists() == [["a b c"], ["a b c"]]
    assert grams.forms.to_pylist() == ["a b c"]


@given(lists, st.integers(1, 3), st.integers(0, 2))
def test_n_grams_are_those_of_a_plain_loop(documents, minimum, more):
    maximum = minimum + more
    expected = [
        [
            " ".join(words[start : start + n])
            for start in range(len(words))
            for n in range(minimum, maximum + 1)
            if start + n <= len(words)
        ]
        for words in documents
    ]
    assert word_n_grams(Tokens.of_lists(documents), minimum, maximum).to_lists() == expected


@given(lists)
def test_n_grams_are_those_of_scikit_learn(documents):
    theirs = CountVectorizer(tokenizer=lambda words: words, lowercase=False, token_pattern=None,
                             ngram_range=(1, 3), preprocessor=lambda words: words)  # fmt: skip
    analyze = theirs.build_analyzer()
    ours = word_n_grams(Tokens.of_lists(documents), 1, 3).to_lists()
    assert list(map(sorted, ours)) == [sorted(analyze(words)) for words in documents]


@given(
    lists, st.integers(1, 3), st.integers(0, 2), st.integers(0, 2**32 - 1),
    st.sampled_from(["words", "fewer", "longer"]),
)  # fmt: skip
def test_n_grams_know_the_words_that_they_stand_on(documents, minimum, more, seed, kind):
    random = np.random.default_rng(seed)
    words = Tokens.of_lists(documents)
    tokens = {
        "words": lambda: words,
        "fewer": lambda: words.keep(random.random(len(words.codes)) < 0.7),
        "longer": lambda: word_n_grams(words, 1, 2),
    }[kind]()
    grams = word_n_grams(tokens, minimum, minimum + more)
    plain = Tokens(grams.forms, grams.codes, grams.starts, grams.ends, grams.rows)
    known = random.random(len(grams.codes)) < 0.5
    assert grams.words_covered(words).tolist() == plain.words_covered(words).tolist()
    for some in (known, np.ones(len(known), bool)):
        assert grams.words_known(some, words).tolist() == plain.words_known(some, words).tolist()
    mask = random.random(len(grams.codes)) < 0.5
    ours, theirs = grams.keep(mask), plain.keep(mask)
    assert ours.words_covered(words).tolist() == theirs.words_covered(words).tolist()
