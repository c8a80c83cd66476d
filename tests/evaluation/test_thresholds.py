import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import roc_curve

from textpipe import (
    ComplementNb,
    KnnClassifier,
    LinearSvc,
    LogisticRegression,
    Pipeline,
    TfIdf,
    Tokenize,
)
from textpipe.errors import InputError
from textpipe.evaluation import choose_threshold, evaluate, recall_at_fpr
from textpipe.evaluation.shares import share
from textpipe.evaluation.thresholds import documents_needed, lowest_rate

JUDGED = st.lists(
    st.tuples(st.booleans(), st.integers(0, 8).map(lambda n: n / 8)), min_size=2, max_size=60
).filter(lambda pairs: len({truth for truth, _ in pairs}) == 2)


def split(n_positive, n_negative, positive_scores, negative_scores):
    truth = np.arange(n_positive + n_negative) < n_positive
    return truth, np.r_[
        np.resize(positive_scores, n_positive), np.resize(negative_scores, n_negative)
    ]


def noisy(n=240, seed=0):
    """Texts of words that are more frequent in one class, and their labels."""
    random = np.random.default_rng(seed)
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(60)]
    labels = np.where(random.random(n) < 0.4, "spam", "ham")
    shares = np.linspace(1, 3, 60)
    texts = [
        " ".join(random.choice(words, 9, p=(w := shares if label == "spam" else shares[::-1]) / w.sum()))
        for label in labels
    ]  # fmt: skip
    return [*texts, "xyzzy", "plugh"], [*labels, "spam", "ham"]


def test_recall_at_a_rate_takes_ties_together():
    truth = [True, True, True, False, False]
    scores = [0.9, 0.8, 0.5, 0.5, 0.1]
    assert recall_at_fpr(truth, scores, 0.0) == 2 / 3
    assert recall_at_fpr(truth, scores, 0.49) == 2 / 3
    assert recall_at_fpr(truth, scores, 0.5) == 1.0
    assert recall_at_fpr([True, False], [1.0, 1.0], 0.4) == 0.0


def test_what_is_never_taken_is_neither_found_nor_a_false_alarm():
    assert recall_at_fpr([True, True, False], [0.9, np.nan, np.nan], 0.0) == 0.5


@given(JUDGED, st.sampled_from([0.0, 0.001, 0.1, 1 / 3, 0.29, 0.5, 1.0]))
def test_recall_at_a_rate_is_the_best_point_of_the_roc_curve(pairs, rate):
    truth, scores = (np.array(column) for column in zip(*pairs, strict=True))
    rates, recalls, _ = roc_curve(truth, scores, drop_intermediate=False)
    assert recall_at_fpr(truth, scores, rate) == pytest.approx(recalls[rates <= rate].max())


def test_thresholds_lie_between_what_is_kept_out_and_what_is_next():
    truth, scores = split(
        *(1000, 1000),
        [*[0.95] * 98, 0.3, 0.1],
        [*[0.05] * 98, 0.4, 0.6],
    )
    chosen = choose_threshold(truth, scores, 0.01, miss_rate=0.01)
    assert (chosen.positive_from, chosen.negative_below) == (0.55, 0.2)
    assert chosen.negatives == (10, 10, 980)
    assert chosen.positives == (980, 10, 10)
    assert chosen.unsure == 20
    assert chosen.false_positive_rate.value == chosen.missed.value == 0.01
    strict = choose_threshold(truth, scores, 0.005, miss_rate=0.005)
    assert strict.positive_from == 0.8
    assert 0.06 < strict.negative_below < 0.09
    assert (strict.positives, strict.negatives) == ((980, 20, 0), (0, 20, 980))


def test_without_a_miss_rate_the_other_label_is_said_where_it_is_likelier():
    truth, scores = split(400, 400, [0.9, 0.8, 0.4, 0.1], [0.1, 0.2, 0.45, 0.7])
    chosen = choose_threshold(truth, scores, 0.01)
    assert 0.45 < chosen.negative_below < 0.5 < 0.7 < chosen.positive_from < 0.8
    assert chosen.positives == (200, 0, 200)
    assert chosen.negatives == (0, 100, 300)
    assert chosen.missed.value == 0.5


def test_no_label_is_said_that_is_not_the_likelier_one():
    truth, scores = split(400, 400, [0.9, 0.4], [0.1, 0.2])
    chosen = choose_threshold(truth, scores, 0.01)
    assert chosen.negative_below < 0.5 < chosen.positive_from
    assert (chosen.positives, chosen.negatives) == ((200, 0, 200), (0, 0, 400))


def test_a_classifier_that_never_says_the_positive_label_has_a_threshold_all_the_same():
    truth, scores = split(400, 400, [0.2], [0.1])
    chosen = choose_threshold(truth, scores, 0.01)
    assert (chosen.positives, chosen.negatives) == ((0, 0, 400), (0, 0, 400))


@settings(max_examples=50)
@given(
    st.integers(0, 99), st.sampled_from([0.05, 0.1, 0.3]), st.sampled_from([None, 0.05, 0.2]),
    st.booleans(),
)  # fmt: skip
def test_the_rates_are_kept_and_nothing_more_could_be_said(seed, rate, miss_rate, coarse):
    random = np.random.default_rng(seed)
    truth = random.random(300) < 0.5
    scores = np.clip(random.normal(0.4 + 0.2 * truth, 0.2), 0, 1)
    scores = np.round(scores, 1 if coarse else 10)
    scores[random.random(300) < 0.02] = np.nan
    try:
        chosen = choose_threshold(truth, scores, rate, miss_rate=miss_rate)
    except InputError as error:
        assert coarse
        assert "no threshold keeps" in str(error)  # noqa: PT017
        return
    assert chosen.negative_below < 0.5 < chosen.positive_from
    assert chosen.false_positive_rate.value <= rate
    assert chosen.missed.value <= (1 if miss_rate is None else miss_rate)
    assert chosen.recall.value <= recall_at_fpr(truth, scores, rate)
    lower = scores[(scores < chosen.positive_from) & (scores > 0.5)]
    if len(lower):  # the next lower threshold raises too many false alarms
        assert np.mean((scores >= lower.max())[~truth]) > rate
    assert not np.isin(scores, [chosen.positive_from, chosen.negative_below]).any()
    assert sum(chosen.positives) == truth.sum()


def test_a_threshold_has_as_few_digits_as_it_needs():
    truth, scores = split(300, 300, [0.99], [0.1, 0.85])
    assert choose_threshold(truth, scores, 0.02).positive_from == 0.9


def test_the_interval_is_that_of_clopper_and_pearson():
    found = share(4, 4827, 0.95)
    assert found.value == 4 / 4827
    assert found.low == pytest.approx(beta.ppf(0.025, 4, 4824))
    assert found.high == pytest.approx(beta.ppf(0.975, 5, 4823))


@pytest.mark.parametrize(("rate", "needed"), [(0.001, 2995), (0.01, 299), (0.05, 59)])
def test_so_many_documents_without_a_mistake_support_a_rate(rate, needed):
    assert documents_needed(rate) == needed
    assert beta.ppf(0.95, 1, needed) <= rate < beta.ppf(0.95, 1, needed - 1)
    assert documents_needed(lowest_rate(needed)) <= needed


@given(st.integers(1, 10**6), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_rate_that_is_recommended_is_supported(documents, confidence):
    rate = lowest_rate(documents, confidence)
    assert rate >= 1 or documents_needed(rate, confidence) <= documents


@pytest.mark.parametrize(
    ("positives", "negatives", "options", "message"),
    [
        (400, 2994, {"rate": 0.001}, "needs 2,995 of them, .* or ask for 0.0011 or more"),
        (100, 400, {"rate": 0.01, "miss_rate": 0.01}, "a miss rate of 0.01 .* needs 299 of them"),
        (19, 400, {"rate": 0.01}, "at least 20 positive documents, and there are 19"),
        (400, 19, {"rate": 0.5}, "at least 20 negative documents, and there are 19"),
        (400, 400, {"rate": 0.0}, "a false-positive rate must be between 0 and 1, and 0 was given"),
        (400, 400, {"rate": 0.1, "confidence": 95}, "confidence must be between 0 and 1, and 95 was"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_told(positives, negatives, options, message):
    truth, scores = split(positives, negatives, [0.9, 0.8], [0.1, 0.2])
    with pytest.raises(InputError, match=message):
        choose_threshold(truth, scores, **options)


def test_negatives_with_the_highest_score_are_told():
    truth, scores = split(400, 400, [1.0], [0.0, 1.0])
    with pytest.raises(InputError, match=r"200 negative documents have the highest .* and 4 may"):
        choose_threshold(truth, scores, 0.01)


@pytest.mark.parametrize("positive", ["spam", "ham"])
@pytest.mark.parametrize(
    "classifier", [KnnClassifier(k=9, prior=0.2), LogisticRegression(), ComplementNb()]
)
def test_the_pipeline_with_the_option_gives_the_verdicts_that_were_promised(classifier, positive):
    texts, labels = noisy()
    pipeline = Pipeline([Tokenize("words"), TfIdf(), classifier])
    report = evaluate(pipeline, texts, labels, positive=positive)
    chosen = report.threshold(0.05, miss_rate=0.1)
    assert chosen.unsure > 20
    negative = {"spam": "ham", "ham": "spam"}[positive]
    bounds = chosen.verdict_from(positive, negative)
    bounded = pipeline.set_params(**{f"{classifier.name()}__verdict_from": bounds})
    again = evaluate(bounded, texts, labels, positive=positive)
    classes, table = again.confusion()
    order = [classes.index(positive), 2, classes.index(negative)]
    assert tuple(table[order[0], order]) == chosen.positives
    assert tuple(table[order[2], order]) == chosen.negatives
    # thresholds are chosen from scores, and these are the same; nothing depends on the old option
    assert again.threshold(0.05, miss_rate=0.1) == chosen
    assert again.scores["recall_at_fpr_0.01"] == report.scores["recall_at_fpr_0.01"]
    assert again.scores["accuracy"] < report.scores["accuracy"]  # unsure counts as an error


def test_the_verdicts_of_the_evaluation_are_those_of_the_classifier():
    texts, labels = noisy()
    bounded = KnnClassifier(k=9, verdict_from={"spam": 0.8, "ham": 0.6})
    pipeline = Pipeline([Tokenize("words"), TfIdf(), bounded])
    report = evaluate(pipeline, texts, labels)
    for fold in range(5):
        train, test = (np.flatnonzero(report.folds != fold), np.flatnonzero(report.folds == fold))
        pipeline.fit([texts[i] for i in train], [labels[i] for i in train])
        verdicts = pipeline.predict([texts[i] for i in test])
        assert verdicts.tolist() == report.verdicts[test].tolist()
    assert report.evidence.tolist() == [True] * (len(texts) - 2) + [False] * 2


def test_a_bound_for_a_label_that_is_not_there_is_refused():
    texts, labels = noisy()
    classifier = KnnClassifier(verdict_from={"eggs": 0.8})
    with pytest.raises(InputError, match="names 'eggs', and the labels are ham, spam"):
        evaluate(Pipeline([Tokenize("words"), TfIdf(), classifier]), texts, labels)


@pytest.mark.parametrize(
    ("classifier", "labels", "message"),
    [
        (KnnClassifier(), ["a", "b", "c"], "needs two labels, and there are 3: a, b, c"),
        (KnnClassifier(), ["a", "b"], "needs to know which label is positive: positive='a' or"),
        (LinearSvc(), ["spam", "b"], "needs scores from 0 to 1"),
    ],
)
def test_a_report_without_a_threshold_says_why(classifier, labels, message):
    texts = [f"{label * 3} {word} text" for label in labels for word in ("one", "two", "three")]
    pipeline = Pipeline([Tokenize("words"), TfIdf(), classifier])
    report = evaluate(pipeline, texts, np.repeat(labels, 3), folds=2)
    with pytest.raises(InputError, match=message):
        report.threshold()
    assert report.as_json()["threshold"]["rate"] == 0.001
    assert message in report.as_json()["threshold"]["refused"]


def test_on_real_messages(sms_spam):
    texts, labels = sms_spam
    pipeline = Pipeline([Tokenize("words"), TfIdf(min_df=2), LogisticRegression(C=30.0)])
    chosen = evaluate(pipeline, texts, labels).threshold()
    assert chosen.false_positive_rate.part <= 4
    assert chosen.false_positive_rate.high < 0.0025
    assert chosen.recall.low > 0.65
