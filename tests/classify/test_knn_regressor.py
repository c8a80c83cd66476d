import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe import KnnRegressor
from textpipe.errors import InputError


def test_the_mean_of_the_neighbours():
    rows = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
    knn = KnnRegressor(k=2, weights="uniform").fit(rows, [1, 2, 9])
    assert knn.predict([[0.8, 0.1]]).tolist() == [1.5]
    assert knn.label_of(2) == 9.0


def test_without_evidence_it_is_the_mean_of_all_and_marked():
    decisions = KnnRegressor().fit([[1.0], [2.0]], [1, 4]).decide([[0.0]])
    assert decisions.values.tolist() == [2.5]
    assert decisions.unsure.tolist() == [True]


def test_labels_must_be_numbers():
    with pytest.raises(InputError, match="needs numbers as labels, and one is no number"):
        KnnRegressor().fit([[1.0], [2.0]], ["a", "b"])


def test_the_neighbours_are_scikit_learn_s():
    random = np.random.default_rng(0)
    rows, targets, queries = (
        random.normal(size=(50, 4)),
        random.normal(size=50),
        random.normal(size=(20, 4)),
    )
    ours = KnnRegressor(k=5, metric="euclidean", weights="uniform").fit(rows, targets)
    theirs = KNeighborsRegressor(5).fit(rows, targets)
    np.testing.assert_allclose(ours.predict(queries), theirs.predict(queries), rtol=1e-12)
    assert ours.score(rows, targets) == pytest.approx(theirs.score(rows, targets))


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.0]), st.floats(-9, 9)), min_size=2, max_size=9),
    st.randoms(use_true_random=False),
)
def test_the_order_of_training_documents_does_not_matter(training, random):
    def predicted(pairs):
        rows = np.array([[1.0, value] for value, _ in pairs])
        targets = [target for _, target in pairs]
        return KnnRegressor(k=3).fit(rows, targets).decide([[1.0, 0.5], [0.0, 0.0]]).values

    shuffled = random.sample(training, len(training))
    assert predicted(training).tobytes() == predicted(shuffled).tobytes()


@parametrize_with_checks([KnnRegressor(k=3, metric="euclidean")])
@pytest.mark.filterwarnings("ignore::textpipe.errors.TextpipeWarning")  # zero rows, number labels
def test_scikit_learn_s_estimator_checks(estimator, check):
    check(estimator)
