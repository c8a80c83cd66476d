import re

import numpy as np
import pytest

from textpipe import KnnClassifier, LinearSvc, LogisticRegression, Pipeline, TfIdf, Tokenize
from textpipe.evaluation import evaluate
from textpipe.evaluation.calibration import reliability
from textpipe.evaluation.pictures import (
    _curve,
    histogram,
    pictures_of,
    reliability_diagram,
    roc_near_zero,
)
from textpipe.evaluation.report import as_html
from textpipe.evaluation.thresholds import choose_threshold

TRUTH = np.arange(800) < 300
SCORES = np.round(np.clip(np.random.default_rng(0).normal(0.25 + 0.5 * TRUTH, 0.15), 0, 1), 3)


def report_of(classifier, positive="spam $x$ <b>", n=60):
    random = np.random.default_rng(0)
    texts = [f"{word} {''.join(random.choice(list('abcd'), 3))}" for word in ("aa", "bb")] * n
    labels = [positive, "ham"] * n
    pipeline = Pipeline([Tokenize("words"), TfIdf(), classifier])
    return evaluate(pipeline, texts, labels, split="stratified", folds=2, positive=positive)


def test_the_curve_rises_from_nothing_to_everything_and_ties_are_one_step():
    truth, scores = np.array([True, False, True, False]), np.array([0.9, 0.5, 0.5, 0.1])
    rates, recalls = _curve(truth, scores)
    assert rates.tolist() == [0, 0, 0.5, 1]
    assert recalls.tolist() == [0, 0.5, 1, 1]
    nothing = _curve(truth, np.full(4, np.nan))
    assert [column.tolist() for column in nothing] == [[0], [0]]


@pytest.mark.parametrize("chosen", [None, choose_threshold(TRUTH, SCORES, 0.01)])
def test_the_same_picture_has_the_same_bytes_and_asks_for_nothing(chosen):
    def draw():
        return [
            roc_near_zero(TRUTH, SCORES, chosen),
            reliability_diagram(reliability(TRUTH, SCORES)),
            histogram(TRUTH, SCORES, chosen),
        ]

    pictures = draw()
    assert pictures == draw()
    for svg in pictures:
        assert svg.startswith("<svg viewBox=")
        assert svg.rstrip().endswith("</svg>")
        assert "http" not in svg
        assert "<style" not in svg
        assert "url(#" in svg or "href" in svg  # references to its own parts only
        assert not re.findall(r'(?:href="|url\()(?!#)', svg)
        assert "#0102" not in svg
        assert "var(--first)" in svg
        assert "<text" in svg  # letters are letters
    assert [f"{n} %" in pictures[0] for n in ("0.01", "0.1", "100")] == [True] * 3


def test_thresholds_are_drawn():
    chosen = choose_threshold(TRUTH, SCORES, 0.01)
    for picture in (roc_near_zero, histogram):
        with_lines = picture(TRUTH, SCORES, chosen).count("stroke: var(--ink)")
        assert with_lines == picture(TRUTH, SCORES, None).count("stroke: var(--ink)") + 2


def test_the_page_has_them_and_no_name_of_a_label_is_drawn():
    report = report_of(LogisticRegression())
    assert [picture.title for picture in pictures_of(report, None)] == [
        "Recall at few false alarms",
        "Do scores mean what they say?",
        "How sure it was",
    ]
    page = as_html(report)
    assert "No threshold was chosen: a false-positive rate of 0.001 cannot be judged by 60" in page
    assert page.count("spam $x$ &lt;b&gt;") > 3
    assert "spam $x$ <b>" not in page
    assert page.count("<svg viewBox=") - page.count('role="img"') == 3


def test_the_threshold_is_on_the_page():
    report = report_of(LogisticRegression(), "spam", n=3000)
    page = " ".join(as_html(report).split())
    assert "To keep false alarms at 0.1 %: spam is said from a score of" in page
    assert "ham taken for spam (false alarms)" in page
    assert "0 of 3,000" in page


def test_scores_without_bounds_have_a_curve_only():
    titles = [picture.title for picture in pictures_of(report_of(LinearSvc()), None)]
    assert titles == ["Recall at few false alarms"]
    assert "How sure it was" in as_html(report_of(LinearSvc()))  # as bars


def test_without_a_positive_label_there_is_nothing_to_draw():
    texts = [f"{word} {other}" for word in ("aa", "bb") for other in ("one", "two", "six")]
    pipeline = Pipeline([Tokenize("words"), TfIdf(), KnnClassifier()])
    report = evaluate(pipeline, texts, np.repeat(["a", "b"], 3), folds=2)
    assert pictures_of(report, None) == []
    assert "By the cost of a mistake" not in as_html(report)
