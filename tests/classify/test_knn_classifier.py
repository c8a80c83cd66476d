import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe import Count, KnnClassifier, Pipeline, Tokenize, WeighByLabel, load, save
from textpipe.documents import Decisions, Documents
from textpipe.errors import DefinitionError, InputError, TextpipeWarning

ROWS, LABELS = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), np.array(["ham", "ham", "spam"])


def test_the_label_with_the_most_votes():
    knn = KnnClassifier(k=3).fit(ROWS, LABELS)
    assert knn.predict([[0.8, 0.1], [0.1, 0.8]]).tolist() == ["ham", "spam"]
    assert knn.score([[0.8, 0.1], [0.0, 0.0]], ["ham", "ham"]) == 0.5


def test_votes_weigh_the_similarity_to_a_power():
    rows, query = [[1.0, 0.0], [0.6, 0.8], [0.6, 0.8]], [[1.0, 0.0]]
    for power, share in ((0.0, 1 / 3), (1.0, 1 / 2.2), (2.0, 1 / 1.72)):
        knn = KnnClassifier(k=3, power=power, prior=0.0).fit(rows, ["a", "b", "b"])
        assert knn.predict_proba(query)[0, 0] == pytest.approx(share)
    uniform = KnnClassifier(k=3, weights="uniform", prior=0.0).fit(rows, ["a", "b", "b"])
    assert uniform.predict_proba(query)[0, 0] == pytest.approx(1 / 3)


def test_a_neighbour_that_shares_nothing_has_no_vote():
    knn = KnnClassifier(k=3, weights="uniform", prior=0.0).fit(
        [[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]], ["a", "b", "b"]
    )
    assert knn.predict_proba([[1.0, 0.0]]).tolist() == [[1.0, 0.0]]


def test_without_evidence_the_verdict_is_unsure_and_the_scores_are_the_shares():
    knn = KnnClassifier().fit(ROWS, LABELS)
    decisions = knn.decide([[0.0, 0.0]])
    assert decisions.verdicts().tolist() == ["unsure"]
    assert decisions.scores.tolist() == [[2 / 3, 1 / 3]]
    numbers = KnnClassifier().fit(ROWS, [1, 1, 0])
    with pytest.warns(TextpipeWarning, match="no evidence for 1 of 1 documents"):
        assert numbers.predict([[0.0, 0.0]]).tolist() == [1]
    assert numbers.decide([[0.0, 0.0]]).unsure.tolist() == [True]


def test_a_document_of_unknown_words_is_unsure_even_where_its_row_is_not_zero():
    from textpipe.documents import Matrix

    knn = KnnClassifier().fit(ROWS, LABELS)
    matrix = Matrix(np.array([[0.1, 0.1]]), ["a", "b"], np.array([0]), np.array([4]))
    decisions = knn.decide(matrix)
    assert decisions.verdicts().tolist() == ["unsure"]
    assert (decisions.known.tolist(), decisions.total.tolist()) == ([0], [4])


def test_by_distance_the_origin_is_a_point_like_any_other():
    knn = KnnClassifier(k=1, metric="euclidean").fit([[0.0, 0.0], [5.0, 5.0]], ["a", "b"])
    assert knn.predict([[0.0, 0.0], [9.0, 9.0]]).tolist() == ["a", "b"]


def test_a_tie_of_labels_goes_by_the_alphabet():
    for labels in (["b", "a"], ["a", "b"]):
        assert KnnClassifier(k=2).fit([[1.0, 0.0], [1.0, 0.0]], labels).predict([[1.0, 0.0]]) == [
            "a"
        ]


def test_it_keeps_who_its_training_documents_were():
    pipeline = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1, excerpt=9)])
    documents = Documents.of(["win  a\nprize today", "lunch"], ids=["x", "y"])
    knn = pipeline.fit(documents, ["spam", "ham"]).stages[-1]
    assert (knn.id_of(0), knn.label_of(0), knn.excerpt_of(0)) == ("x", "spam", "win a pri")
    assert knn.rows_[[1]].toarray().tolist() == [[0.0, 1.0, 0.0, 0.0, 0.0]]
    alone = KnnClassifier().fit(ROWS, LABELS)
    assert (alone.id_of(2), alone.excerpt_of(2)) == ("2", "")


def test_the_prior_is_shared_out_as_training_has_the_labels():
    for prior in (0.001, 1.0, 5.0):
        knn = KnnClassifier(k=1, prior=prior).fit(
            [[0.6, 0.8], [0.0, 1.0], [0.0, 1.0]], ["b", "a", "a"]
        )
        (scores,) = knn.predict_proba([[1.0, 0.0]])  # one vote of 0.6 squared, for b
        assert scores == pytest.approx(
            [prior * 2 / 3 / (0.36 + prior), (0.36 + prior / 3) / (0.36 + prior)]
        )
    assert knn.predict([[1.0, 0.0]]).tolist() == [
        "a"
    ]  # so little evidence does not outweigh the prior


def test_too_little_evidence_is_unsure():
    rows = [[1.0, 0.0], [0.6, 0.8]]  # votes for b: 1 + 0.36
    for least, verdict in ((0.0, "b"), (1.35, "b"), (1.37, "unsure")):
        knn = KnnClassifier(minimum_evidence=least).fit(rows, ["b", "b"])
        assert knn.predict([[1.0, 0.0]]).tolist() == [verdict]
        assert knn.decide([[1.0, 0.0]]).scores.tolist() == [[1.0]]
    assert KnnClassifier().fit([[1.0, 0.0]], ["b"]).predict([[0.0, 1.0]]).tolist() == ["unsure"]


def test_a_label_may_ask_for_evidence_of_its_own():
    rows = [[1.0, 0.0], [0.0, 1.0]]
    for least, verdicts in (({"b": 0.7}, ["a", "unsure"]), ({"a": 0.7, "b": 0.5}, ["unsure", "b"])):
        knn = KnnClassifier(k=1, minimum_evidence=least).fit(rows, ["a", "b"])
        assert knn.predict([[0.8, 0.6], [0.6, 0.8]]).tolist() == verdicts  # one vote of 0.64 each
    with pytest.raises(InputError, match="minimum_evidence names 'eggs', and the labels are a, b"):
        KnnClassifier(minimum_evidence={"eggs": 0.5}).fit(rows, ["a", "b"])
    with pytest.raises(
        DefinitionError, match="must be a number or a table, each value a number, and 'much' was"
    ):
        KnnClassifier(minimum_evidence="much").fit(rows, ["a", "b"])


def test_where_too_few_words_are_known_the_verdict_is_unsure():
    for least, verdict in ((0.0, "spam"), (0.25, "spam"), (0.26, "unsure")):
        pipeline = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1, minimum_known=least)])
        pipeline.fit(["win prize", "lunch"], ["spam", "ham"])
        assert pipeline.predict(["win some other thing", "win"]).tolist() == [verdict, "spam"]


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_the_known_share_is_a_share(share):
    with pytest.raises(DefinitionError, match=r"minimum_known must be a share from 0\.0 to 1\.0"):
        KnnClassifier(minimum_known=share).check()


def test_a_label_of_too_few_documents_is_not_said():
    rows = [[1.0, 0, 0], [0.9, 0.1, 0], [0, 1.0, 0], [0, 0.9, 0.1], [0, 0, 1.0]]
    labels = ["a", "a", "b", "b", "rare"]
    queries = [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]
    verdicts = {
        at_least: KnnClassifier(k=1, minimum_training=at_least).fit(rows, labels).predict(queries)
        for at_least in (0, 1, 2, 3)
    }
    assert verdicts[0].tolist() == verdicts[1].tolist() == ["a", "b", "rare"]
    assert verdicts[2].tolist() == ["a", "b", "unsure"]
    assert verdicts[3].tolist() == ["unsure"] * 3
    knn = KnnClassifier(k=1, minimum_training=2).fit(rows[:3], ["a", "a", "a"])
    assert knn.predict(queries[:1]).tolist() == ["unsure"]  # there is no other label yet
    assert KnnClassifier(k=1).fit(rows[:2], ["a", "a"]).predict(queries[:1]).tolist() == ["a"]


def test_while_fewer_than_two_labels_have_enough_documents_every_verdict_is_unsure():
    pipeline = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1, minimum_training=2)])
    pipeline.fit(["win prize", "win win", "lunch"], ["spam", "spam", "ham"])
    assert pipeline.predict(["win", "lunch"]).tolist() == ["unsure", "unsure"]
    knn = pipeline.stages[-1]
    new = pipeline[:-1].run(Documents.of(["lunch prize"]))
    knn.add(new, ["ham"])
    assert pipeline.predict(["win", "lunch"]).tolist() == ["spam", "ham"]
    knn.remove([0])
    assert pipeline.predict(["win", "lunch"]).tolist() == ["unsure", "unsure"]


def test_a_label_is_said_from_its_own_bound_on():
    rows, labels = [[1.0, 0.0], [0.6, 0.8], [0.6, 0.8]], ["ham", "spam", "spam"]
    query = [[1.0, 0.0]]  # ham 1, spam 0.72: ham 0.58, spam 0.42
    for bounds, verdict in (
        (None, "ham"),
        ({"ham": 0.57}, "ham"),
        ({"ham": 0.59}, "unsure"),
        ({"ham": 0.59, "spam": 0.43}, "unsure"),
        ({"ham": 0.59, "spam": 0.40}, "spam"),  # said below 0.5
        ({"ham": 0.50, "spam": 0.40}, "ham"),  # of both the likelier
        ({"spam": 0.40}, "ham"),
    ):
        knn = KnnClassifier(prior=0.0, verdict_from=bounds).fit(rows, labels)
        assert knn.predict(query).tolist() == [verdict], bounds
        assert knn.predict_proba(query)[0] == pytest.approx([1 / 1.72, 0.72 / 1.72])
    with pytest.raises(InputError, match="verdict_from names 'eggs', and the labels are ham, spam"):
        KnnClassifier(verdict_from={"eggs": 0.5}).fit(rows, labels)


def test_a_label_without_a_bound_is_said_only_where_it_is_the_likeliest():
    scores = np.array([[0.5, 0.3, 0.2], [0.3, 0.5, 0.2]])
    decided = Decisions(np.array(["a", "b", "c"]), np.array(["a", "b"]), scores, np.zeros(2, bool))
    assert decided.bounded({"a": 0.6}).verdicts().tolist() == ["unsure", "b"]
    assert decided.bounded({"a": 0.6, "c": 0.1}).verdicts().tolist() == ["c", "b"]
    assert decided.bounded({"a": 0.6, "b": 0.6}).verdicts().tolist() == ["unsure", "unsure"]


def test_labels_that_are_numbers_are_bounded_by_their_names():
    knn = KnnClassifier(k=1, verdict_from={"1": 0.9, "0": 0.0}, weights="uniform", prior=1.0)
    knn.fit([[1.0, 0.0], [0.0, 1.0]], [1, 0])
    assert knn.decide([[1.0, 0.0]]).verdicts().tolist() == [0]  # 1 has only 0.75
    unknown = knn.decide([[0.0, 0.0]])
    assert unknown.unsure.tolist() == [True]


@given(st.integers(0, 2**31), st.integers(2, 4), st.floats(0, 1))
def test_a_verdict_is_the_likeliest_label_that_reaches_its_bound(seed, n_classes, least):
    random = np.random.default_rng(seed)
    classes = np.array(list("abcd"))[:n_classes]
    scores = random.dirichlet(np.ones(n_classes), 12)
    unsure = random.random(12) < 0.2
    decided = Decisions(classes, classes[scores.argmax(axis=1)], scores, unsure)
    bounds = {
        label: least * share
        for label, share in zip(classes, random.random(n_classes) * 1.5, strict=True)
    }
    for row, (verdict, before) in enumerate(
        zip(decided.bounded(bounds).verdicts(), decided.verdicts(), strict=True)
    ):
        reach = [
            (scores[row, at], label)
            for at, label in enumerate(classes)
            if scores[row, at] >= bounds[label]
        ]
        assert verdict == ("unsure" if unsure[row] or not reach else max(reach)[1])
        if verdict == before:
            continue
        assert scores[row].max() < bounds[classes[scores[row].argmax()]]
    assert decided.bounded(bounds).scores is scores
    assert (
        decided.bounded(dict.fromkeys(classes, 0.0)).verdicts().tolist()
        == decided.verdicts().tolist()
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.001, 2.0]), st.integers(1, 5))
def test_evidence_is_the_votes_and_the_prior_and_adds_up_to_one(seed, prior, k):
    random = np.random.default_rng(seed)
    rows, labels = random.integers(0, 3, (8, 3)).astype(float), random.choice(list("abc"), 8)
    knn = KnnClassifier(k=k, prior=prior).fit(rows, labels)
    queries = random.integers(0, 3, (5, 3)).astype(float)
    hood = knn.neighbourhood(queries)
    evidence = knn.evidence(hood)
    assert evidence.sum(axis=1) == pytest.approx(1)
    for found, positions, votes in zip(evidence, hood.positions, hood.votes, strict=True):
        own = prior * knn.shares_
        for position, vote in zip(positions.tolist(), votes.tolist(), strict=True):
            if position >= 0:
                own[knn.targets_[position]] += vote
        assert found == pytest.approx(own / own.sum() if own.sum() else knn.shares_)


def test_too_few_documents_to_choose_k_in_folds():
    stages = [Tokenize("words"), Count(), WeighByLabel(), KnnClassifier(k="auto", most_k=12)]
    with pytest.warns(TextpipeWarning, match="too few documents to choose k .* k is 10"):
        pipeline = Pipeline(stages).fit(["win", "prize", "lunch"], ["spam", "spam", "ham"])
    assert pipeline.stages[-1].k_ == 10
    assert np.isnan(pipeline.stages[-1].k_curve_).all()
    assert pipeline.predict(["win"]).tolist() == ["spam"]


def test_a_bundle_keeps_what_was_chosen(tmp_path):
    rows = np.random.default_rng(0).random((40, 3))
    texts = ["a " * int(9 * x) + "b " * int(9 * y) + "c " * int(9 * z) + "d" for x, y, z in rows]
    labels = np.where(rows[:, 0] > rows[:, 1], "ham", "spam")
    pipeline = Pipeline([Tokenize("words"), Count(), KnnClassifier(k="auto")]).fit(texts, labels)
    again = load(save(pipeline, tmp_path / "a")).stages[-1]
    assert again.k_ == pipeline.stages[-1].k_
    assert again.k_curve_.tolist() == pipeline.stages[-1].k_curve_.tolist()


@pytest.mark.parametrize(
    "options", [{"k": 0}, {"power": -1.0}, {"excerpt": -1}, {"metric": "cosin"}]
)
def test_options_that_mean_nothing(options):
    with pytest.raises(DefinitionError, match=f"knn_classifier: {next(iter(options))} must be"):
        KnnClassifier(**options).fit(ROWS, LABELS)


def test_no_label_may_be_called_unsure():
    with pytest.raises(InputError, match='"unsure" cannot be a label'):
        KnnClassifier().fit(ROWS, ["ham", "unsure", "spam"])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=3, max_size=3),
                       st.sampled_from("abc")), min_size=1, max_size=9),
    st.lists(st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(1, 5), st.sampled_from(["cosine", "euclidean"]), st.sampled_from(["similarity", "uniform"]),
    st.booleans(), st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_order_of_training_documents_does_not_matter(
    training, queries, k, metric, weights, dense, random
):
    def decide(training):
        rows, labels = zip(*training, strict=True)
        values = np.array(rows) if dense else sparse.csr_matrix(np.array(rows))
        return (
            KnnClassifier(k=k, metric=metric, weights=weights).fit(values, labels).decide(queries)
        )

    one, other = decide(training), decide(random.sample(training, len(training)))
    assert one.scores.tobytes() == other.scores.tobytes()
    assert one.verdicts().tolist() == other.verdicts().tolist()
    scores = one.scores.sum(axis=1)
    np.testing.assert_allclose(scores, 1)


@parametrize_with_checks(
    [KnnClassifier(k=3), KnnClassifier(k=3, metric="euclidean", weights="uniform")]
)
@pytest.mark.filterwarnings("ignore::textpipe.errors.TextpipeWarning")  # zero rows, number labels
def test_scikit_learn_s_estimator_checks(estimator, check):
    check(estimator)


def test_a_calibrated_model_learns_no_new_label():
    random = np.random.default_rng(0)
    rows, labels = random.random((60, 3)), np.array(["ham", "spam"] * 30)
    knn = KnnClassifier(k=5, calibrate="beta").fit(rows, labels)
    assert knn.calibration_
    with pytest.raises(InputError, match="'eggs' is a new label"):
        knn.like_training(np.array(["eggs"]))
    knn.like_training(np.array(["spam"]))
