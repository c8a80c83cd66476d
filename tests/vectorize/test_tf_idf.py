import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from textpipe import Pipeline, TfIdf, Tokenize
from textpipe.documents import Documents

DOCUMENTS = [["free", "prize"], ["free", "free", "lunch"]]
lists = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "ä"]), max_size=6), min_size=1, max_size=6
)


def reference(norm="l2", **options):
    return TfidfVectorizer(tokenizer=lambda words: words, preprocessor=lambda words: words,
                           token_pattern=None, lowercase=False,
                           norm=None if norm == "none" else norm, **options)  # fmt: skip


def test_a_count_times_how_rare_the_word_is():
    weights = TfIdf(norm="none").fit(DOCUMENTS).transform(DOCUMENTS).toarray()
    rare = math.log(3 / 2) + 1
    assert weights.tolist() == [[1.0, 0.0, rare], [2.0, rare, 0.0]]


def test_rows_have_length_1_except_empty_ones():
    stage = TfIdf().fit(DOCUMENTS)
    rows = stage.transform(Documents.of([["free", "lunch"], ["dinner"], []])).toarray()
    assert np.linalg.norm(rows, axis=1).round(12).tolist() == [1.0, 0.0, 0.0]


@settings(max_examples=150, deadline=None)
@given(
    lists, lists, st.sampled_from(["l1", "l2", "none"]), st.booleans(), st.booleans(),
    st.sampled_from([1, 2, 0.4]), st.sampled_from([(1, 1), (1, 2)]),
)  # fmt: skip
def test_it_is_scikit_learn_s_tf_idf(documents, unseen, norm, sublinear, binary, min_df, n_grams):
    options = {"norm": norm, "sublinear_tf": sublinear, "binary": binary, "min_df": min_df}
    theirs = reference(**options, ngram_range=n_grams)
    try:
        theirs.fit(documents)
    except ValueError:
        return
    ours = TfIdf(**options, n_grams=n_grams).fit(documents)
    assert ours.features() == theirs.get_feature_names_out().tolist()
    assert ours.idf_.tobytes() == theirs.idf_.tobytes()
    one, other = ours.transform(Documents.of([["a"], *unseen]))[1:], theirs.transform(unseen)
    assert one.toarray().tobytes() == other.toarray().tobytes()


@pytest.mark.parametrize(
    "options",
    [{}, {"min_df": 3, "max_df": 0.1, "sublinear_tf": True}, {"norm": "l1", "binary": True},
     {"norm": "none", "n_grams": (1, 2), "min_df": 0.001}],
)  # fmt: skip
def test_on_real_messages_it_is_scikit_learn_s_to_the_last_digits(options, sms_spam):
    texts, _ = sms_spam
    documents = Pipeline([Tokenize("words")]).run(texts)
    words = documents.tokens.to_lists()
    ours = TfIdf(**options).fit(documents[:4000])
    n_grams = {"ngram_range": options["n_grams"]} if "n_grams" in options else {}
    rest = {name: value for name, value in options.items() if name != "n_grams"}
    theirs = reference(**rest, **n_grams).fit(words[:4000])
    assert ours.features() == theirs.get_feature_names_out().tolist()
    one, other = ours.transform(documents[4000:]), theirs.transform(words[4000:])
    other.sort_indices()
    assert one.indices.tolist() == other.indices.tolist()
    # a row's length is summed in the order of its entries, which is another one there
    np.testing.assert_allclose(one.data, other.data, rtol=1e-15 * 4)
