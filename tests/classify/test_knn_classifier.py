import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe import Count, KnnClassifier, Pipeline, Tokenize
from textpipe.documents import Documents
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
    assert knn.row_of(1).tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    alone = KnnClassifier().fit(ROWS, LABELS)
    assert (alone.id_of(2), alone.excerpt_of(2)) == ("2", "")


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
