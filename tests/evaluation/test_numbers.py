import json

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score

from textpipe import KnnClassifier, KnnRegressor, Pipeline, TfIdf, Tokenize
from textpipe.errors import DefinitionError, InputError
from textpipe.evaluation import evaluate_numbers
from textpipe.evaluation.intervals import resamples
from textpipe.evaluation.numbers import _scores

WORDS = ["awful", "poor", "fair", "good", "great"]
TEXTS = [f"{word} {place}" for word in WORDS for place in ("bed", "room", "food", "view")]
STARS = np.repeat([1, 2, 3, 4, 5], 4)


def pipe(k=3):
    return Pipeline([Tokenize("words"), TfIdf(), KnnRegressor(k=k, power=6.0)])


def test_numbers_are_predicted_by_folds_that_did_not_see_them():
    report = evaluate_numbers(pipe(), [*TEXTS, "xyzzy"], [*STARS, 5])
    assert report.scores["spearman"] > 0.8
    assert report.scores["mean_absolute_error"] < 1
    assert report.unsure.tolist() == [False] * 20 + [True]
    assert 2 < report.values[-1] < 4  # the mean of training
    found = json.loads(json.dumps(report.as_json()))
    assert (found["documents"], found["unsure"]) == (21, 1)
    for name, (low, high) in found["intervals"].items():
        assert low < found["scores"][name] < high


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_scikit_learn_and_scipy(seed):
    random = np.random.default_rng(seed)
    labels = np.round(random.normal(size=60), 1)
    values = np.round(labels + random.normal(size=60), 1)
    weights = next(resamples(60, 60))[:20]
    found = _scores(weights, labels, values)
    for number, drawn in enumerate(weights.astype(int)):
        own, said = np.repeat(labels, drawn), np.repeat(values, drawn)
        assert found["r2"][number] == pytest.approx(r2_score(own, said))
        assert found["mean_absolute_error"][number] == pytest.approx(mean_absolute_error(own, said))
        assert found["spearman"][number] == pytest.approx(spearmanr(own, said).statistic)


def test_labels_that_are_all_the_same_have_no_correlation():
    found = evaluate_numbers(pipe(), TEXTS, [3.0] * 20).as_json()["scores"]
    assert (found["r2"], found["spearman"]) == (None, None)
    assert found["mean_absolute_error"] == pytest.approx(0)


def test_numbers_as_texts_are_numbers():
    texts = evaluate_numbers(pipe(), TEXTS, [str(star) for star in STARS])
    assert texts.scores == evaluate_numbers(pipe(), TEXTS, STARS).scores


@pytest.mark.parametrize(
    ("pipeline", "labels", "error", "message"),
    [
        (pipe(), ["ham"] * 20, InputError, "labels must be numbers, and one is none"),
        (pipe(), [*STARS[1:], np.inf], InputError, "that of document 19 is inf"),
        (
            Pipeline([Tokenize("words"), TfIdf(), KnnClassifier()]),
            STARS,
            DefinitionError,
            "needs a pipeline that ends in knn_regressor, and this one ends in knn_classifier",
        ),
    ],
)
def test_what_is_no_number_is_refused(pipeline, labels, error, message):
    with pytest.raises(error, match=message):
        evaluate_numbers(pipeline, TEXTS, labels)


def test_too_few_documents_are_refused():
    with pytest.raises(InputError, match="5 folds need at least 5 groups of near-duplicates"):
        evaluate_numbers(pipe(), TEXTS[:4], STARS[:4])
