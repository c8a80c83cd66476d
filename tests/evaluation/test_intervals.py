import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    matthews_corrcoef,
    recall_score,
    roc_auc_score,
)

from textpipe import KnnClassifier, LinearSvc, Pipeline, TfIdf, Tokenize
from textpipe.documents import Decisions
from textpipe.evaluation import Report, evaluate, intervals, recall_at_fpr
from textpipe.evaluation.intervals import interval, resamples


def report_of(labels, scores, groups=None, positive="spam", unsure=()):
    """A report of two labels, by the score of the second one."""
    labels, scores = np.array(labels), np.asarray(scores, float)
    classes = np.unique(labels)
    decisions = Decisions(
        classes,
        classes[(scores > 0.5).astype(int)],
        np.column_stack([1 - scores, scores]),
        np.isin(np.arange(len(labels)), unsure),
    )
    names = [str(i) for i in range(len(labels))]
    groups = np.arange(len(labels)) if groups is None else np.array(groups)
    return Report(
        *(labels, decisions.verdicts(), decisions, names, names, np.arange(len(labels)) % 2),
        *("grouped", groups, positive),
    )


def some(n=80, seed=0, n_groups=40):
    random = np.random.default_rng(seed)
    labels = random.choice(["ham", "spam"], n, p=[0.6, 0.4])
    scores = np.clip(np.round(random.normal(0.3 + 0.4 * (labels == "spam"), 0.25), 1), 0, 1)
    return report_of(labels, scores, random.integers(n_groups, size=n), unsure=[3, 5])


def test_the_more_documents_the_narrower():
    def width(n):
        low, high = report_of(["ham", "spam"] * n, [0.1, 0.9, 0.9, 0.1] * (n // 2)).intervals[
            "accuracy"
        ]
        return high - low

    assert width(20) > 1.5 * width(80) > 0


def test_copies_of_one_message_are_one_observation():
    labels, scores = ["ham", "spam"] * 20, [0.1, 0.9, 0.9, 0.1] * 10
    once = report_of(labels, scores)
    copied = report_of(np.repeat(labels, 9), np.repeat(scores, 9), np.repeat(np.arange(40), 9))
    assert list(copied.intervals) == list(once.intervals)
    for name, ends in once.intervals.items():
        assert copied.intervals[name] == pytest.approx(ends)
    taken_for_new = report_of(np.repeat(labels, 9), np.repeat(scores, 9))
    assert np.ptp(taken_for_new.intervals["accuracy"]) < np.ptp(once.intervals["accuracy"]) / 2


@pytest.mark.parametrize("seed", range(3))
def test_each_resample_has_the_scores_that_scikit_learn_computes_with_weights(seed):
    report = some(seed=seed)
    found = report.resampled
    groups = np.unique(report.groups, return_inverse=True)[1]
    drawn = next(resamples(int(groups.max()) + 1, len(groups)))
    assert drawn.sum(axis=1).tolist() == [groups.max() + 1] * 1000
    truth, said = report.labels, report.verdicts.astype(str)
    up, lead = truth == "spam", report.decisions.scores @ [-1, 1]
    own = np.where(report.decisions.unsure, np.nan, report.decisions.scores[:, 1])
    for number in range(0, 1000, 97):
        weights = drawn[number, groups]
        more = {"sample_weight": weights}
        expected = {
            "accuracy": accuracy_score(truth, said, **more),
            "macro_f1": f1_score(truth, said, labels=["ham", "spam"], average="macro", **more),
            "mcc": matthews_corrcoef(truth, said, **more),
            "roc_auc": roc_auc_score(up, lead, **more),
            "recall": recall_score(up, said == "spam", **more),
        }
        for name, value in expected.items():
            assert found[name][number] == pytest.approx(value), name
        copies = np.repeat(np.arange(len(truth)), weights.astype(int))
        for rate in (0.001, 0.01):
            value = recall_at_fpr(up[copies], own[copies], rate)
            assert found[f"recall_at_fpr_{rate}"][number] == pytest.approx(value)
        alarms = (said == "spam") & ~up
        assert found["false_positive_rate"][number] == pytest.approx(
            weights[alarms].sum() / weights[~up].sum()
        )


def test_the_size_of_the_parts_changes_nothing(monkeypatch):
    whole = some().intervals
    monkeypatch.setattr(intervals, "_CELLS", 1000)
    assert some().intervals == whole


def test_resamples_without_a_label_are_left_out():
    report = report_of(["ham", "ham", "ham", "spam"], [0.1, 0.2, 0.3, 0.9])
    assert report.intervals["recall"] == [1.0, 1.0]
    assert np.isnan(report.resampled["recall"]).any()
    assert interval(np.full(10, np.nan)) is None


def test_more_labels_than_two():
    texts = [f"{word * 3} {other}" for word in "abc" for other in ("one", "two", "xyzzy", "four")]
    pipeline = Pipeline([Tokenize("words"), TfIdf(), KnnClassifier(k=2)])
    labels = [*np.repeat(["a", "b", "spam"], 4)]
    found = evaluate(pipeline, texts, labels, folds=2)
    assert set(found.intervals) == set(found.scores)
    assert "roc_auc" not in found.scores
    unnamed = evaluate(pipeline, texts, np.repeat(["a", "b", "c"], 4), folds=2)
    assert set(unnamed.intervals) == {"accuracy", "macro_f1", "mcc"}


def test_scores_without_bounds_and_without_a_positive_label():
    texts = [f"{word * 3} {other}" for word in "ab" for other in ("one", "two", "three", "four")]
    pipeline = Pipeline([Tokenize("words"), TfIdf(), LinearSvc()])
    for labels in (["a", "b"], ["ham", "spam"]):
        found = evaluate(pipeline, texts, np.repeat(labels, 4), folds=2)
        assert set(found.intervals) == set(found.scores) >= {"roc_auc", "mcc"}
        assert found.reliability() is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_intervals_are_in_order_and_about_the_score(seed):
    report = some(60, seed)
    for name, (low, high) in report.intervals.items():
        assert low <= high
        assert low - 0.1 <= report.scores[name] <= high + 0.1


def test_the_interval_of_an_accuracy_is_close_to_the_binomial_one():
    labels = ["ham", "spam"] * 200
    scores = np.where(np.arange(400) % 10 == 0, 1 - (np.arange(400) % 2), np.arange(400) % 2)
    low, high = report_of(labels, scores).intervals["accuracy"]
    spread = 1.96 * np.sqrt(0.9 * 0.1 / 400)
    assert (low, high) == pytest.approx((0.9 - spread, 0.9 + spread), abs=0.006)
