"""On real messages: the same answers as scikit-learn, and always the same ones."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from textpipe import (
    ComplementNb,
    KnnClassifier,
    LinearSvc,
    Lowercase,
    Pipeline,
    ReduceDimensions,
    TfIdf,
    Tokenize,
    evaluate,
    load,
    save,
)

N_TRAIN = 3000


@pytest.fixture(scope="module")
def rows(sms_spam):
    """TF-IDF rows of all messages, weighted by the first ones, and the labels."""
    texts, labels = sms_spam
    pipeline = Pipeline([Tokenize("words"), Lowercase(), TfIdf()]).fit(texts[:N_TRAIN])
    return pipeline.transform(texts), np.array(labels)


@pytest.mark.parametrize("k", [1, 5, 10])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_vote_as_in_scikit_learn_where_nothing_is_tied(metric, k, rows):
    values, labels = rows
    training, queries = values[:N_TRAIN], values[N_TRAIN:]
    ours = KnnClassifier(k=k, metric=metric, weights="uniform", prior=0.0).fit(
        training, labels[:N_TRAIN]
    )
    theirs = KNeighborsClassifier(k, metric=metric, algorithm="brute").fit(
        training, labels[:N_TRAIN]
    )
    distances = theirs.kneighbors(queries, k + 1)[0]
    apart = distances[:, k] - distances[:, k - 1] > 1e-7
    if metric == "cosine":  # who shares no word has no vote here
        apart &= distances[:, k - 1] < 1 - 1e-7
    assert apart.sum() > 1400
    np.testing.assert_allclose(
        ours.predict_proba(queries[apart]), theirs.predict_proba(queries[apart]), atol=1e-12
    )
    clear = apart & (ours.predict_proba(queries).max(axis=1) > 0.5)
    assert ours.predict(queries[clear]).tolist() == theirs.predict(queries[clear]).tolist()


def test_neither_the_order_of_training_nor_the_company_matters(rows):
    values, labels = rows  # among them several hundred duplicates
    training, queries = np.arange(N_TRAIN), values[N_TRAIN:]
    whole = KnnClassifier().fit(values[training], labels[training]).decide(queries)
    shuffled = np.random.default_rng(0).permutation(training)
    knn = KnnClassifier().fit(values[shuffled], labels[shuffled])
    parts = [knn.decide(queries[start : start + 611]) for start in range(0, queries.shape[0], 611)]
    assert whole.scores.tobytes() == np.concatenate([part.scores for part in parts]).tobytes()
    assert whole.verdicts().tolist() == [v for part in parts for v in part.verdicts().tolist()]


def test_dense_rows_too(rows):
    values, labels = rows
    dense = ReduceDimensions(dimensions=30).fit(values[:N_TRAIN]).transform(values)
    training, queries = np.arange(N_TRAIN), dense[N_TRAIN:]
    whole = KnnClassifier().fit(dense[training], labels[training]).decide(queries)
    shuffled = np.random.default_rng(0).permutation(training)
    other = KnnClassifier().fit(dense[shuffled], labels[shuffled]).decide(queries)
    assert whole.scores.tobytes() == other.scores.tobytes()
    alone = KnnClassifier().fit(dense[training], labels[training]).decide(queries[700:701])
    assert alone.scores.tobytes() == whole.scores[700:701].tobytes()


@pytest.mark.parametrize(("ours", "theirs"), [
    (LinearSvc(), LinearSVC(random_state=0)), (ComplementNb(), ComplementNB()),
])  # fmt: skip
def test_linear_classifiers_give_the_same_numbers(ours, theirs, rows):
    values, labels = rows
    ours.fit(values[:N_TRAIN], labels[:N_TRAIN])
    theirs.fit(values[:N_TRAIN], labels[:N_TRAIN])
    queries = values[N_TRAIN:]
    assert ours.decide(queries).values.tolist() == theirs.predict(queries).tolist()
    name = "predict_proba" if hasattr(theirs, "predict_proba") else "decision_function"
    expected = getattr(theirs, name)(queries)
    np.testing.assert_allclose(getattr(ours, name)(queries), expected, rtol=1e-9, atol=1e-12)


def test_a_whole_pipeline_is_scikit_learn_s(sms_spam):
    texts, labels = sms_spam
    ours = Pipeline([Tokenize("sklearn"), Lowercase(), TfIdf(), LinearSvc()])
    theirs = make_pipeline(TfidfVectorizer(), LinearSVC(random_state=0))
    one, other = (cross_val_predict(pipe, texts, labels, cv=2) for pipe in (ours, theirs))
    known = one != "unsure"  # a message without a known word
    assert known.mean() > 0.99
    assert (one[known] == other[known]).mean() > 0.9995


def test_it_is_learned_evaluated_and_kept(sms_spam, tmp_path):
    texts, labels = sms_spam
    pipeline = Pipeline([Tokenize("words"), Lowercase(), TfIdf(), KnnClassifier()])
    report = evaluate(pipeline, texts, labels, folds=2)
    assert report.scores["accuracy"] > 0.96
    assert report.n_groups < len(texts) - 400  # hundreds are copies of each other
    pipeline.fit(texts[:N_TRAIN], labels[:N_TRAIN])
    again = load(save(pipeline, tmp_path / "sms.tpipe"))
    unseen = texts[-500:]
    assert again.decide(unseen).scores.tobytes() == pipeline.decide(unseen).scores.tobytes()
