import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from textpipe import Bm25, CharacterNGrams, Count
from textpipe.documents import Documents
from textpipe.errors import DefinitionError, InputError

DOCUMENTS = [["free", "prize"], ["free", "free", "lunch"], []]
lists = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "ä", "z", "Z"]), max_size=6), min_size=1, max_size=6
)


def reference(kind=CountVectorizer, **options):
    """scikit-learn's vectorizer over the same tokens."""
    return kind(tokenizer=lambda words: words, preprocessor=lambda words: words,
                token_pattern=None, lowercase=False, **options)  # fmt: skip


def assert_same(ours, theirs, documents, unseen):
    try:
        theirs.fit(documents)
    except ValueError:
        with pytest.raises(InputError):
            ours.fit(documents)
        return
    ours.fit(documents)
    assert ours.get_feature_names_out().tolist() == theirs.get_feature_names_out().tolist()
    for some in (documents, unseen):
        one, other = ours.transform(Documents.of([["x"], *some]))[1:], theirs.transform(some)
        assert one.dtype == np.float64
        assert one.toarray().tobytes() == other.toarray().astype(float).tobytes()
        assert one.has_sorted_indices


def test_counts_by_word_in_the_order_of_code_points():
    counts = Count().fit(DOCUMENTS)
    assert counts.features() == ["free", "lunch", "prize"]
    assert counts.transform(DOCUMENTS).toarray().tolist() == [[1, 0, 1], [2, 1, 0], [0, 0, 0]]


def test_unknown_words_count_for_total_only():
    matrix = Count().fit(DOCUMENTS).apply(Documents.of([["free", "dinner", "free"], []])).matrix
    assert matrix.known.tolist() == [2, 0]
    assert matrix.total.tolist() == [3, 0]
    assert matrix.values.toarray().tolist() == [[2, 0, 0], [0, 0, 0]]


def test_among_words_as_frequent_the_first_are_kept():
    assert Count(max_features=2).fit([["b", "a", "c", "c"]]).features() == ["a", "c"]


@pytest.mark.parametrize("least", [2, np.int64(2), 2 / 3, np.float32(0.6)])
def test_a_limit_is_a_number_of_documents_or_a_share(least):
    assert Count(min_df=least).fit(DOCUMENTS).features() == ["free"]
    assert Count(max_df=1).fit(DOCUMENTS).features() == ["lunch", "prize"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_df": 1.5}, "min_df must be a share from 0.0 to 1.0 or a whole number"),
        ({"max_df": -1}, "max_df must be"),
        ({"max_features": 0}, "max_features must be at least 1, and 0 was given"),
        ({"n_grams": (2, 1)}, r"n_grams must be .* \[2, 1\] was given"),
        ({"n_grams": (0, 1)}, r"n_grams must be"),
        ({"binary": "yes"}, "binary must be true or false, and 'yes' was given"),
    ],
)
def test_options_that_mean_nothing(options, message):
    with pytest.raises(DefinitionError, match=f"^count: {message}"):
        Count(**options).fit(DOCUMENTS)


@pytest.mark.parametrize(
    ("options", "documents", "message"),
    [
        ({}, [[], []], "none of the 2 training documents has a word left"),
        ({"min_df": 3}, DOCUMENTS, r"min_df=3 and max_df=1.0 leave none of 3 words of 3 .* in 2 of"),
        ({"min_df": 3, "max_df": 2}, DOCUMENTS, "lower min_df or raise max_df"),
        ({"n_grams": (4, 4)}, DOCUMENTS, "none of the 3 training documents has a word left"),
    ],
)  # fmt: skip
def test_where_no_word_is_left_it_says_what_cut_them(options, documents, message):
    with pytest.raises(InputError, match=message):
        Count(**options).fit(documents)


@settings(max_examples=150, deadline=None)
@given(
    lists, lists, st.sampled_from([1, 2, 0.3, 0.5]), st.sampled_from([1.0, 0.7, 2, 3]), st.booleans(),
    st.sampled_from([(1, 1), (1, 2), (2, 3)]),
)  # fmt: skip
def test_it_is_scikit_learn_s_count(documents, unseen, min_df, max_df, binary, n_grams):
    options = {"min_df": min_df, "max_df": max_df, "binary": binary}
    assert_same(
        Count(**options, n_grams=n_grams),
        reference(**options, ngram_range=n_grams),
        documents,
        unseen,
    )


@settings(deadline=None)
@given(lists, st.integers(1, 4))
def test_max_features_keeps_the_most_frequent(documents, limit):
    if not any(documents):
        return
    all_words = [word for words in documents for word in words]
    expected = sorted(set(all_words), key=lambda word: (-all_words.count(word), word))[:limit]
    assert Count(max_features=limit).fit(documents).features() == sorted(expected)


def test_the_most_frequent_words_are_counted_once_a_document_where_counts_are_binary():
    documents = [["a"] * 5, ["b"], ["b"], ["c", "c"]]
    ours = Count(binary=True, max_features=1).fit(documents)
    theirs = reference(binary=True, max_features=1).fit(documents)
    assert ours.features() == theirs.get_feature_names_out().tolist() == ["b"]


def test_known_words_do_not_depend_on_who_else_is_in_the_batch():
    from textpipe import NGrams, Pipeline, Tokenize

    texts = ["see you", "win a prize now", "see me"]
    pipe = Pipeline([Tokenize("words"), NGrams(2, 2), Count()]).fit(texts)
    together = pipe.run(texts).matrix
    alone = [pipe.run([text]).matrix for text in texts]
    assert together.known.tolist() == [int(matrix.known[0]) for matrix in alone] == [2, 4, 2]
    assert together.total.tolist() == [int(matrix.total[0]) for matrix in alone] == [2, 4, 2]


@settings(deadline=None)
@given(
    lists, st.sampled_from([1, 2, 0.3]), st.booleans(), st.sampled_from([(1, 1), (1, 2), [2, 3]])
)
def test_what_was_just_learned_from_is_counted_like_any_other(documents, min_df, pieces, n_grams):
    documents = Documents.of(documents)
    if pieces:
        documents = CharacterNGrams(1, 2).apply(documents)
    for vectorizer in (Count(min_df=min_df, n_grams=n_grams), Bm25(min_df=min_df, n_grams=n_grams)):
        try:
            vectorizer.learn(documents)
        except InputError:
            continue
        just_learned, again = (vectorizer.apply(documents).matrix for _ in range(2))
        assert just_learned.values.toarray().tobytes() == again.values.toarray().tobytes()
        assert just_learned.known.tolist() == again.known.tolist()
        vectorizer.learn(documents)
        vectorizer.n_grams = (1, 1)  # no longer what was learned
        assert (
            vectorizer.apply(documents).matrix.total.sum()
            == documents.tokens.words_covered(documents.words).sum()
        )
