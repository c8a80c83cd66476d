import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.under_sampling import CondensedNearestNeighbour, EditedNearestNeighbours
from scipy import sparse
from sklearn.datasets import make_blobs, make_classification
from sklearn.neighbors import KNeighborsClassifier

from textpipe.diagnosis import condensed, edited, kept
from textpipe.neighbours import content_keys


def points(seed, n=160):
    return make_classification(
        n, 5, n_informative=4, n_redundant=0, class_sep=0.7, flip_y=0.1, random_state=seed
    )


def test_a_row_among_others_of_another_label_is_edited_away():
    rows = np.array([[1, 0], [1, 0.1], [1, 0.2], [1, 0.15], [0, 1], [0.1, 1]])
    assert edited(rows, np.array(list("aaabbb"))).tolist() == [0, 1, 2, 4, 5]
    assert edited(rows, np.array(list("aaabbb")), k=1).tolist() == [0, 4, 5]


def test_near_duplicates_do_not_vote_for_each_other():
    rows = np.array([[1, 0], [1, 0], [1, 0.1], [1, 0.2]])
    labels, groups = np.array(list("bbaa")), np.array([0, 0, 1, 2])
    assert edited(rows, labels, k=1).tolist() == [0, 1, 2, 3]
    assert edited(rows, labels, k=1, groups=groups).tolist() == [2, 3]


def test_a_row_without_neighbours_is_not_edited_away_and_an_empty_one_never_joins():
    rows = sparse.csr_matrix(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 0]]))
    labels = np.array(list("abb"))
    assert edited(rows, labels).tolist() == [0, 1, 2]
    assert condensed(rows, labels).tolist() == [0, 1]


def test_one_of_each_cluster_is_enough():
    rows = np.array([[1.0, 0], [1, 0.01], [1, 0.02], [0, 1], [0.01, 1]])
    left = condensed(rows, np.array(list("aaabb")))
    assert len(left) == 2
    assert set(np.array(list("aaabb"))[left]) == {"a", "b"}


def test_of_equal_rows_with_different_labels_one_joins():
    rows = np.array([[1.0, 0], [1, 0], [0, 1]])
    left = condensed(rows, np.array(list("aba")))
    assert len(left) == 2
    assert 2 in left


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from("abc")), max_size=20),
    st.randoms(use_true_random=False),
)
def test_what_is_kept_tells_all_rows_apart_in_any_order(points, random):
    points = list({(x, y): (x, y, label) for x, y, label in points}.values())
    random.shuffle(points)
    rows = np.array([(x, y) for x, y, _ in points], float).reshape(-1, 2)
    labels = np.array([label for *_, label in points], dtype="<U1")
    at = condensed(rows, labels, "euclidean")
    if not len(rows):
        assert len(at) == 0
        return
    again = np.argsort(labels, kind="stable")
    others = condensed(rows[again], labels[again], "euclidean")
    chosen = {tuple(row) for row in rows[at].tolist()}
    assert chosen == {tuple(row) for row in rows[again][others].tolist()}
    distances = ((rows[:, None] - rows[None, at]) ** 2).sum(axis=2)
    nearest = distances == distances.min(axis=1, keepdims=True)
    for i, label in enumerate(labels):  # of several at the same distance, one has the label
        assert label in labels[at][nearest[i]]


@pytest.mark.parametrize("seed", range(4))
def test_edited_is_imbalanced_learns(seed):
    rows, labels = points(seed)
    theirs = EditedNearestNeighbours(sampling_strategy="all", n_neighbors=3, kind_sel="mode")
    theirs.fit_resample(rows, labels)
    ours = edited(rows, labels, k=3, metric="euclidean")
    assert sorted(theirs.sample_indices_) == ours.tolist()
    assert 0 < len(ours) < len(rows)


def harts(rows, labels, order):
    """Hart's rule word for word, with scikit-learn's nearest neighbour."""
    joined = [order[0]]
    grew = True
    while grew:
        grew = False
        for i in order:
            nearest = KNeighborsClassifier(1).fit(rows[joined], labels[joined])
            if i not in joined and nearest.predict(rows[i : i + 1])[0] != labels[i]:
                joined.append(i)
                grew = True
    return sorted(joined)


@pytest.mark.parametrize("seed", range(2))
def test_condensed_is_harts_rule(seed):
    rows, labels = points(seed, 70)
    order = np.argsort(content_keys(rows, labels)).tolist()
    at = condensed(rows, labels, "euclidean")
    assert at.tolist() == harts(rows, labels, order)
    nearest = KNeighborsClassifier(1).fit(rows[at], labels[at])
    assert (nearest.predict(rows) == labels).all()
    assert len(at) < len(rows)


def test_labels_that_lie_apart_need_one_row_each_as_imbalanced_learn_says():
    rows, labels = make_blobs([120, 60], centers=[[0, 0], [20, 20]], random_state=0)
    theirs = CondensedNearestNeighbour(sampling_strategy="all", random_state=0)
    left, _ = theirs.fit_resample(rows, labels)
    assert len(left) == len(condensed(rows, labels, "euclidean")) == 2


def test_one_after_the_other():
    rows, labels = points(0)
    first = edited(rows, labels, metric="euclidean")
    both = kept("edited+condensed", rows, labels, metric="euclidean")
    assert set(both) < set(first)
    assert both.tolist() == first[condensed(rows[first], labels[first], "euclidean")].tolist()
    assert kept("edited", rows, labels, metric="euclidean").tolist() == first.tolist()
    assert kept("condensed", rows, labels).tolist() == condensed(rows, labels).tolist()


def test_dense_and_sparse_rows_are_treated_alike():
    random = np.random.default_rng(0)
    rows = np.where(random.random((60, 12)) < 0.3, random.random((60, 12)), 0)
    labels = np.where(rows[:, 0] + rows[:, 1] > 0.4, "a", "b")
    same = sparse.csr_matrix(rows)
    assert edited(rows, labels).tolist() == edited(same, labels).tolist()
    for values in (rows, same):  # by other keys in another order, but to the same end
        at = condensed(values, labels)
        nearest = KNeighborsClassifier(1, metric="cosine").fit(rows[at], labels[at])
        some = rows.any(axis=1)
        assert (nearest.predict(rows[some]) == labels[some]).all()
