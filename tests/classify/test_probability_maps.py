"""From shares of votes to probabilities: what ``calibrate`` finds, and what it leaves alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from textpipe import Count, KnnClassifier, Pipeline, Tokenize, load, save
from textpipe.classify.calibration import calibrate, calibrated, fit_classes

METHODS = pytest.mark.parametrize("method", ["beta", "isotonic"])


def pair(scores):
    """Scores of two classes, by those of the second one."""
    return np.stack([1 - np.asarray(scores, float), np.asarray(scores, float)], axis=1)


def judged(n=400, seed=0, power=2.0):
    """Scores and truth, where the probability is the score, drawn towards the ends by ``power``."""
    random = np.random.default_rng(seed)
    scores = random.random(n)
    odds = (scores / (1 - scores)) ** power
    return pair(scores), (random.random(n) < odds / (1 + odds)).astype(np.int64)


def test_beta_finds_the_two_numbers_that_bent_the_scores():
    maps = calibrate("beta", *judged(20_000, power=2.0))
    assert list(maps) == ["1"]
    assert maps["1"] == pytest.approx([2.0, 2.0], abs=0.2)
    scores = pair([0.2, 0.5, 0.9])
    assert calibrated(maps, scores)[:, 1] == pytest.approx([1 / 17, 0.5, 81 / 82], abs=0.02)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([0.3, 1.0, 4.0, -1.0, 0.0]), st.booleans())
def test_beta_rises_leaves_a_half_where_it_is_and_changes_no_verdict(seed, power, separable):
    scores, truth = judged(40, seed, power)
    if separable:
        truth = (scores[:, 1] > 0.5).astype(np.int64)
    maps = calibrate("beta", scores, truth)
    if min(truth.sum(), (1 - truth).sum()) < 5:
        assert maps == {}
        return
    assert (maps["1"] >= 0).all()
    assert maps["1"].any()
    at = np.array([0.0, 1e-9, 0.1, 0.3, 0.4999, 0.5, 0.5001, 0.6, 0.9, 1.0])
    with np.errstate(all="raise"):
        found = calibrated(maps, pair(at))
    assert found[5].tolist() == [0.5, 0.5]
    assert (np.diff(found[:, 1]) >= 0).all()
    assert (np.diff(found[2:9, 1]) > 0).all()
    assert (found.argmax(axis=1) == pair(at).argmax(axis=1)).all()
    assert found.sum(axis=1) == pytest.approx(1)
    assert ((found >= 0) & (found <= 1)).all()


def test_oracle_isotonic_regression():
    scores, truth = judged(200)
    maps = calibrate("isotonic", scores, truth)
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores[:, 1], truth)
    at = np.linspace(0, 1, 57)
    np.testing.assert_allclose(calibrated(maps, pair(at))[:, 1], theirs.predict(at), atol=1e-12)


@METHODS
def test_a_class_with_less_than_five_documents_is_too_few(method):
    scores, truth = pair(np.linspace(0.1, 0.9, 20)), np.zeros(20, np.int64)
    for few, empty in ((4, True), (5, False)):
        for inside in (few, 20 - few):
            truth[:] = np.arange(20) < inside
            maps = calibrate(method, scores, truth)
            assert (maps == {}) == empty
    assert calibrated({}, scores) is scores
    assert calibrate(method, scores[:0], truth[:0]) == {}


@METHODS
def test_of_several_classes_each_is_set_against_the_rest(method):
    random = np.random.default_rng(0)
    scores = random.dirichlet([1, 1, 1], 500)
    sharper = scores**2 / (scores**2).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(3, p=one) for one in sharper])
    maps = calibrate(method, scores, truth)
    assert list(maps) == ["0", "1", "2"]
    found = calibrated(maps, scores)
    assert found.sum(axis=1) == pytest.approx(1)
    assert (found >= 0).all()
    assert np.abs(found - sharper).mean() < np.abs(scores - sharper).mean() / 2


def test_where_all_classes_are_impossible_the_shares_stay():
    steps = np.array([[0.0, 0.5], [0.0, 0.0]])
    maps = {"0": steps, "1": steps, "2": steps}
    shares = np.array([[0.2, 0.3, 0.5]])
    assert calibrated(maps, shares).tolist() == shares.tolist()


@METHODS
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 3))
def test_the_order_of_the_judged_does_not_matter(method, seed, n_classes):
    random = np.random.default_rng(seed)
    scores = random.dirichlet(np.ones(n_classes), 60).round(2)
    truth, order = random.integers(0, n_classes, 60), random.permutation(60)
    one, other = calibrate(method, scores, truth), calibrate(method, scores[order], truth[order])
    assert one.keys() == other.keys()
    for column in one:
        assert one[column].tobytes() == other[column].tobytes()


def error_of(probabilities, truth, bins=8):
    """The mean distance of probability and share over equal bins."""
    at = np.minimum((probabilities * bins).astype(int), bins - 1)
    inside = [at == number for number in range(bins)]
    return sum(abs(probabilities[b].mean() - truth[b].mean()) * b.mean() for b in inside if b.any())


@METHODS
def test_probabilities_of_neighbours_come_true_more_often(method):
    random = np.random.default_rng(0)

    def drawn(n):
        rows = random.normal(size=(n, 2))
        return np.column_stack([rows, np.ones(n)]), random.random(n) < 1 / (1 + np.exp(-rows[:, 0]))

    rows, labels = drawn(600)
    new, truth = drawn(1500)
    plain = KnnClassifier(k=5).fit(rows, labels)
    turned = KnnClassifier(k=5, calibrate=method).fit(rows, labels)
    before, after = (error_of(knn.predict_proba(new)[:, 1], truth) for knn in (plain, turned))
    assert after < 0.75 * before
    if method == "beta":
        assert plain.predict(new).tolist() == turned.predict(new).tolist()


@METHODS
def test_without_evidence_the_scores_stay_the_shares_of_training(method):
    rows = np.abs(np.random.default_rng(0).normal(size=(60, 3)))
    labels = np.where(rows[:, 0] > rows[:, 1] - 0.5, "ham", "spam")
    knn = KnnClassifier(k=3, calibrate=method).fit(rows, labels)
    assert knn.calibration_
    assert knn.decide([[0.0, 0, 0]]).scores[0] == pytest.approx(knn.shares_)
    assert knn.decide([[0.0, 0, 0]]).unsure.tolist() == [True]


@METHODS
def test_a_bundle_keeps_the_map(method, tmp_path):
    random = np.random.default_rng(0)
    words = np.array(list("abcdef"))
    texts = [
        " ".join(random.choice(words, 4, p=[0.3, 0.3, 0.1, 0.1, 0.1, 0.1])) + f" {chr(103 + i % 9)}"
        for i in range(80)
    ]
    labels = np.where([text.count("a") + random.random() > 1.5 for text in texts], "spam", "ham")
    stages = [Tokenize("words"), Count(), KnnClassifier(k=5, calibrate=method)]
    pipeline = Pipeline(stages).fit(texts, labels)
    assert pipeline.stages[-1].calibration_
    again = load(save(pipeline, tmp_path / "a"))
    assert pipeline.predict_proba(texts).tobytes() == again.predict_proba(texts).tobytes()


def test_maps_that_are_none():
    rising, steps = np.array([1.0, 2.0]), np.array([[0.0, 1.0], [0.0, 1.0]])
    assert fit_classes({}, 2)
    assert fit_classes({"1": rising}, 2)
    assert fit_classes({"0": rising, "1": steps, "2": steps[:, :1]}, 3)
    for maps in ({"7": rising}, {"1": rising[:1]}, {"1": steps[:, :0]}, {"1": "ab"}, {"0": rising}):
        assert not fit_classes(maps, 2)
    assert fit_classes({"0": rising, "1": rising}, 3)  # the third one had too few documents
    assert not fit_classes({"0": rising, "3": rising}, 3)


def test_a_rare_class_keeps_its_shares_and_spoils_nothing():
    random = np.random.default_rng(0)
    truth = np.array([0, 1] * 40 + [2])
    scores = random.dirichlet([2, 2, 1], len(truth))
    maps = calibrate("beta", scores, truth)
    assert sorted(maps) == ["0", "1"]
    found = calibrated(maps, scores)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert calibrate("beta", scores[:3], truth[:3]) == {}


def test_a_few_documents_that_come_apart_make_nothing_certain():
    scores, truth = pair(np.linspace(0.05, 0.95, 20)), (np.arange(20) >= 10).astype(np.int64)
    found = calibrated(calibrate("beta", scores, truth), pair([0.05, 0.95]))
    assert 0.9 < found.max() < 0.9999
    assert found.min() > 0.0001


def test_probabilities_of_real_messages_come_true(sms_spam):
    texts, labels = sms_spam
    stages = [Tokenize("words"), Count(), KnnClassifier(k=10, calibrate="beta")]
    pipeline = Pipeline(stages).fit(texts[:2000], labels[:2000])
    truth = np.array(labels[2000:3500]) == "spam"
    turned = pipeline.decide(texts[2000:3500]).scores[:, 1]
    del pipeline.stages[-1].calibration_
    plain = pipeline.decide(texts[2000:3500]).scores[:, 1]
    assert error_of(turned, truth) < error_of(plain, truth)
    assert np.mean((turned - truth) ** 2) < np.mean((plain - truth) ** 2)
