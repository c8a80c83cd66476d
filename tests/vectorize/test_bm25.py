import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe import Bm25
from textpipe.documents import Documents
from textpipe.errors import DefinitionError

lists = st.lists(st.lists(st.sampled_from(["a", "b", "c"]), max_size=6), min_size=1, max_size=6)


def plainly(training, documents, k1, b):
    """The formula, word by word."""
    vocabulary = sorted({word for words in training for word in words})
    mean = sum(map(len, training)) / len(training)
    rows = []
    for words in documents:
        known = [word for word in words if word in vocabulary]
        row = []
        for word in vocabulary:
            df = sum(word in words for words in training)
            idf = math.log(1 + (len(training) - df + 0.5) / (df + 0.5))
            count = known.count(word)
            row.append(
                idf * count * (k1 + 1) / (count + k1 * (1 - b + b * len(known) / mean))
                if count
                else 0
            )
        rows.append(row)
    return rows


def test_a_word_tells_less_the_more_often_it_is_repeated():
    stage = Bm25(norm="none", b=0).fit([["free", "prize"], ["free", "lunch"]])
    once, twice, often = stage.transform([["prize"] * n for n in (1, 2, 50)]).toarray()[:, 2]
    assert once < twice < 2 * once
    assert often < 2.2 * once


@settings(max_examples=100, deadline=None)
@given(lists, lists, st.sampled_from([0.0, 1.2, 2.0]), st.sampled_from([0.0, 0.75, 1.0]))
def test_it_is_the_formula(training, documents, k1, b):
    if not any(training):
        return
    ours = Bm25(k1=k1, b=b, norm="none").fit(Documents.of([*training]))
    weights = ours.transform(Documents.of([["a"], *documents])).toarray()[1:]
    np.testing.assert_allclose(weights, plainly(training, documents, k1, b), rtol=1e-12)


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_rows_are_divided_by_their_length(norm):
    rows = Bm25(norm=norm).fit([["a", "b"], ["a"]]).transform([["a", "b", "b"], ["z"]]).toarray()
    lengths = np.linalg.norm(rows, 1 if norm == "l1" else 2, axis=1)
    np.testing.assert_allclose(lengths, [1, 0])


@pytest.mark.parametrize("options", [{"k1": -0.1}, {"b": 1.1}, {"b": -0.1}])
def test_options_that_mean_nothing(options):
    with pytest.raises(DefinitionError, match="bm25: k1 must be 0 or more and b from 0 to 1"):
        Bm25(**options).fit([["a"]])
