import numpy as np
import pytest

import textpipe as tp
from textpipe.diagnosis import Price, price
from textpipe.errors import DefinitionError, InputError


def pipeline():
    return tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnClassifier(k=3)])


def corpus(n=40, wrong=0):
    random = np.random.default_rng(0)
    topics = {
        "a": ["red", "green", "blue", "black", "white"],
        "b": ["cat", "dog", "cow", "pig", "hen"],
    }
    labels = [label for label in topics for _ in range(n)]
    texts = [
        " ".join(random.choice(topics[label], 4)) + f" no{i}" for i, label in enumerate(labels)
    ]
    for i in range(wrong):
        labels[i] = "b"
    return [f"{text} {chr(97 + i // 26)}{chr(97 + i % 26)}" for i, text in enumerate(texts)], labels


def test_the_interval_is_that_of_agresti_and_min():
    before, after = np.zeros(100, bool), np.zeros(100, bool)
    before[:90], after[5:93] = True, True  # 5 lost, 3 won
    found = Price.of(before, after, 400, 40)
    assert (found.only_before, found.only_after, found.change) == (5, 3, pytest.approx(-0.02))
    b, c, n = 3.5, 5.5, 102
    error = 1.96 * np.sqrt(b + c - (b - c) ** 2 / n) / n
    assert (found.low, found.high) == pytest.approx(((b - c) / n - error, (b - c) / n + error))
    assert found.as_json()["accuracy_after"] == 0.88


def test_what_lies_apart_costs_nothing():
    found = price(pipeline(), *corpus(), "condensed", folds=4)
    assert found.documents == 80
    assert found.rows_before == 3 * 80
    assert found.rows_after < 0.5 * found.rows_before
    assert found.accuracy_before == 1.0
    assert found.low <= found.change <= found.high


def test_editing_takes_out_wrong_labels():
    texts, labels = corpus(wrong=6)
    found = price(pipeline(), texts, labels, "edited", k=5, folds=4)
    assert 0 < found.rows_before - found.rows_after < 0.25 * found.rows_before
    assert found.accuracy_after >= found.accuracy_before
    again = price(pipeline(), texts, labels, "edited", k=5, folds=4)
    assert again == found


def test_what_has_no_rows_to_drop_is_refused():
    texts, labels = corpus(4)
    linear = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.LinearSvc()])
    with pytest.raises(DefinitionError, match="ends in linear_svc"):
        price(linear, texts, labels)
    with pytest.raises(InputError, match='label "a" has 4 groups of near-duplicates, and 5 folds'):
        price(pipeline(), texts, labels)
    with pytest.raises(InputError, match="folds must be at least 2"):
        price(pipeline(), texts, labels, folds=1)
