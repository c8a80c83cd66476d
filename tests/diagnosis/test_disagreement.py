import numpy as np

from textpipe import KnnClassifier, Pipeline, TfIdf, Tokenize
from textpipe.diagnosis.disagreement import (
    by_label,
    conflicts,
    count_suspected,
    disagreement,
    opposition,
    suspected,
    suspects,
    votes,
)
from textpipe.diagnosis.vectors import Neighbours


def found(positions, similarities):
    positions = np.array(positions)
    return Neighbours(positions, np.array(similarities, float), np.zeros(positions.shape))


NEAR = found(
    [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [-1, -1, -1]],
    [[0.9, 0.8, 0.1], [0.9, 0.8, 0.2], [0.8, 0.8, 0.3], [0.1, 0.2, 0.3], [0, 0, 0]],
)
CODES = np.array([0, 0, 1, 1, 0])


def test_votes_weigh_as_the_pipeline_says():
    stages = [Tokenize("words"), TfIdf()]
    assert votes(Pipeline([*stages, KnnClassifier(power=1.0)]), NEAR)[0].tolist() == [0.9, 0.8, 0.1]
    uniform = votes(Pipeline([*stages, KnnClassifier(weights="uniform")]), NEAR)
    assert uniform.tolist()[0] == [1, 1, 1]
    assert uniform.tolist()[4] == [0, 0, 0]
    assert np.allclose(votes(Pipeline(stages), NEAR)[0], [0.81, 0.64, 0.01])


def test_opposing_shares_and_who_is_suspected():
    tally = by_label(NEAR.positions, NEAR.similarities, CODES)
    assert np.allclose(tally[0], [0.9, 0.9])
    opposing = opposition(tally, CODES)
    assert np.allclose(opposing[:3], [0.5, 1.0 / 1.9, 1.6 / 1.9])
    assert np.isnan(opposing[4])
    listed = suspects(NEAR, tally, CODES, ["ham", "spam"], list("abcde"), list("ABCDE"))
    assert [(s.id, s.label, s.neighbours_say, s.nearest) for s in listed] == [
        ("c", "spam", "ham", "a")
    ]
    assert count_suspected(NEAR, tally, CODES) == 1
    assert suspected(1, 5).light == "bad"
    assert suspected(0, 5).advice == "Nothing."


def test_a_document_that_loses_or_that_nobody_votes_on_is_an_error():
    tally = by_label(NEAR.positions, NEAR.similarities, CODES)
    measure = disagreement(tally, CODES)
    assert measure.value == 3 / 5  # b and c lose, e has no votes, a and d are ties
    assert measure.figures["most_frequent_label_errs"] == 0.4
    assert measure.light == "bad"
    assert disagreement(np.array([[1.0], [1.0]]), np.array([0, 0])).light == "unknown"


def test_the_surest_come_first_by_share_and_then_by_nearness():
    codes = np.array([0, 0, 1, 1, 1, 1])
    near = found([[2, 3, 4], [2, 3, 5]] + [[-1] * 3] * 4, [[0.3] * 3, [0.9] * 3] + [[0.0] * 3] * 4)
    tally = by_label(near.positions, near.similarities, codes)
    listed = suspects(near, tally, codes, ["ham", "spam"], list("abcdef"), list("ABCDEF"))
    assert [suspect.id for suspect in listed] == ["b", "a"]


def test_copies_with_different_labels():
    texts = ["Win 1", "win 2", "Bye", "Bye", "Hi", "Hi"]
    labels = np.array(["spam", "ham", "ham", "spam", "ham", "ham"])
    groups = np.array([0, 0, 1, 1, 2, 2])
    listed = conflicts(labels, groups, list("abcdef"), texts, texts)
    assert [(c.ids, c.labels, c.exact) for c in listed] == [
        (["c", "d"], {"ham": 1, "spam": 1}, True),
        (["a", "b"], {"ham": 1, "spam": 1}, False),
    ]
