"""The linear classifiers are scikit-learn's; only their weights are kept."""

import numpy as np
import pytest
from scipy import sparse
from sklearn import linear_model, naive_bayes, svm
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe import ComplementNb, LinearSvc, LogisticRegression, NearestCentroid
from textpipe.errors import InputError

PAIRS = [
    (LinearSvc(C=0.5), svm.LinearSVC(C=0.5, random_state=0)),
    (LinearSvc(balanced=True), svm.LinearSVC(class_weight="balanced", random_state=0)),
    (LogisticRegression(C=2), linear_model.LogisticRegression(C=2, max_iter=1000)),
    (ComplementNb(alpha=0.3), naive_bayes.ComplementNB(alpha=0.3)),
]


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("classes", [["ham", "spam"], ["a", "b", "c"], [0, 1]])
@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_predictions_and_scores_are_scikit_learn_s(ours, theirs, classes, of):
    rows = of(np.random.default_rng(0).poisson(0.7, (60, 8)).astype(float) + np.eye(60, 8))
    labels = np.array(classes)[np.arange(60) % len(classes)]
    ours.fit(rows, labels)
    theirs.fit(rows, labels)
    assert ours.decide(rows).values.tolist() == theirs.predict(rows).tolist()
    if hasattr(theirs, "predict_proba"):
        np.testing.assert_allclose(ours.predict_proba(rows), theirs.predict_proba(rows), rtol=1e-9)
    else:
        np.testing.assert_allclose(
            ours.decision_function(rows), theirs.decision_function(rows), rtol=1e-9, atol=1e-12
        )


def test_the_nearest_centroid_is_that_of_unit_rows():
    rows = np.random.default_rng(0).random((40, 5))
    labels = np.arange(40) % 3
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    means = np.array([unit[labels == label].mean(axis=0) for label in range(3)])
    cosines = unit @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    for of in (np.asarray, sparse.csr_matrix):
        decisions = NearestCentroid().fit(of(rows), labels).decide(of(rows))
        np.testing.assert_allclose(decisions.scores, cosines)
        assert decisions.values.tolist() == cosines.argmax(axis=1).tolist()


@pytest.mark.parametrize(
    "classifier", [LinearSvc(), LogisticRegression(), ComplementNb(), NearestCentroid()]
)
def test_a_row_of_zeros_is_no_evidence(classifier):
    classifier.fit([[1.0, 0.0], [0.0, 1.0]], ["a", "b"])
    assert classifier.predict([[0.0, 0.0], [1.0, 0.0]]).tolist() == ["unsure", "a"]


@pytest.mark.parametrize("classifier", [LinearSvc(), LogisticRegression(), ComplementNb()])
def test_one_class_is_too_few(classifier):
    with pytest.raises(InputError, match=f"{classifier.name()} needs at least two classes"):
        classifier.fit([[1.0], [2.0]], ["a", "a"])


def test_naive_bayes_counts():
    with pytest.raises(InputError, match="complement_nb needs counts or weights of 0 or more"):
        ComplementNb().fit([[-1.0], [2.0]], ["a", "b"])


@parametrize_with_checks([LinearSvc(), LogisticRegression(), ComplementNb(), NearestCentroid()])
@pytest.mark.filterwarnings("ignore::textpipe.errors.TextpipeWarning")  # zero rows, number labels
def test_scikit_learn_s_estimator_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("model", [LinearSvc(), LogisticRegression(), NearestCentroid()])
def test_dense_scores_are_the_same_bytes_in_any_batch(model):
    random = np.random.default_rng(0)
    rows, labels = random.normal(size=(60, 33)), random.choice(["a", "b", "c"], 60)
    model.fit(rows, labels)
    together = model.decide(rows).scores
    alone = np.concatenate([model.decide(row[None]).scores for row in rows])
    assert together.tobytes() == alone.tobytes()


def test_two_classes_mirror_each_other():
    rows = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])
    scores = LinearSvc().fit(rows, ["ham", "ham", "spam"]).decide(rows).scores
    assert (scores[:, 0] == -scores[:, 1]).all()
    assert scores[0, 0] > 0
