"""How many neighbours vote, found by letting training documents judge each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe import Count, Documents, Hashing, KnnClassifier, Pipeline, Tokenize
from textpipe.classify.leave_one_out import (
    SAMPLE,
    leave_one_out,
    loss_by_k,
    mean_loss,
    sample_of,
    smallest_good_k,
)
from textpipe.duplicates import near_duplicate_groups
from textpipe.neighbours import Index, content_keys
from textpipe.rows import unit_rows


def blobs(n=60, classes="ab", seed=0, spread=1.0):
    random = np.random.default_rng(seed)
    labels = random.choice(list(classes), n)
    centres = 2 * np.eye(4)[: len(classes)]
    return random.normal(centres[np.searchsorted(list(classes), labels)], spread, (n, 4)), labels


def test_the_loss_is_half_the_squared_distance_from_the_truth():
    votes, of_class = np.array([[2.0, 1.0, 1.0]]), np.array([[0, 1, 1]])
    loss = loss_by_k(votes, of_class, np.array([0]), np.array([0.5, 0.5]), 0.0)
    assert loss.tolist() == [pytest.approx([0, 1 / 9, 1 / 4])]
    with_prior = loss_by_k(votes, of_class, np.array([0]), np.array([0.75, 0.25]), 2.0)
    assert with_prior[0, 0] == pytest.approx((1 - 3.5 / 4) ** 2)


def test_without_vote_and_prior_the_shares_are_the_scores():
    none = np.zeros((1, 2)), np.full((1, 2), -1)
    loss = loss_by_k(*none, np.array([1]), np.array([0.75, 0.25]), 0.0)
    assert loss.tolist() == [[0.75**2] * 2]


def naive_loss(votes, of_class, truth, shares, prior):
    loss = np.zeros(votes.shape)
    for i in range(votes.shape[0]):
        for k in range(1, votes.shape[1] + 1):
            scores = prior * shares
            for vote, number in zip(votes[i, :k], of_class[i, :k], strict=True):
                if number >= 0:
                    scores[number] += vote
            scores = scores / scores.sum() if scores.sum() else shares
            loss[i, k - 1] = ((scores - np.eye(len(shares))[truth[i]]) ** 2).sum() / 2
    return loss


@given(st.integers(0, 2**31), st.sampled_from([0.0, 0.001, 1.0]), st.integers(1, 4))
def test_the_loss_is_that_of_a_naive_loop(seed, prior, n_classes):
    random = np.random.default_rng(seed)
    n, k = random.integers(1, 6, 2)
    of_class = random.integers(-1, n_classes, (n, k))
    votes = np.where(of_class < 0, 0.0, random.random((n, k)).round(1))
    truth, shares = random.integers(0, n_classes, n), random.dirichlet(np.ones(n_classes))
    ours = loss_by_k(votes, of_class, truth, shares, prior)
    np.testing.assert_allclose(ours, naive_loss(votes, of_class, truth, shares, prior), atol=1e-12)


def test_the_smallest_k_within_one_standard_error_of_the_best():
    steady = np.array([[0.50, 0.30, 0.20], [0.50, 0.30, 0.20]])
    assert smallest_good_k(steady) == 3  # no error: the best itself
    uneven = np.array([[0.50, 0.30, 0.00], [0.50, 0.30, 0.40]])  # 0.2, give or take 0.14
    assert smallest_good_k(uneven) == 2
    assert smallest_good_k(np.array([[0.2, 0.2], [0.2, 0.2]])) == 1
    assert smallest_good_k(np.array([[0.7]])) == 1


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=20),
    st.randoms(),
)
def test_the_order_of_the_judged_does_not_matter_to_the_last_bit(rows, random):
    one, other = np.array(rows), np.array(random.sample(rows, len(rows)))
    assert mean_loss(one).tobytes() == mean_loss(other).tobytes()
    assert smallest_good_k(one) == smallest_good_k(other)
    np.testing.assert_allclose(mean_loss(one), one.mean(axis=0))


def test_neither_a_document_nor_its_near_duplicates_are_its_neighbours():
    rows = unit_rows(np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.1], [0.5, 1.0]]))
    index = Index(rows, content_keys(rows, np.zeros(4)))
    found = leave_one_out(index, np.array([7, 7, 3, 4]), 2)
    by_document = dict(zip(found.judged.tolist(), found.positions.tolist(), strict=True))
    assert by_document[0] == by_document[1] == [2, 3]
    assert set(by_document[2]) == {0, 1}


def test_a_large_training_set_is_sampled_by_content():
    keys = np.random.default_rng(0).integers(0, 2**63, SAMPLE + 500).astype(np.uint64)
    sample = sample_of(keys)
    assert len(sample) == SAMPLE
    assert keys[sample].max() < np.delete(keys, sample).min()
    order = np.random.default_rng(1).permutation(len(keys))
    assert keys[sample].tolist() == keys[order][sample_of(keys[order])].tolist()


@pytest.mark.parametrize("classes", ["ab", "abc"])
@pytest.mark.parametrize(
    "options", [{}, {"metric": "euclidean"}, {"weights": "uniform", "prior": 0.5}]
)
def test_auto_is_what_every_k_gives_that_is_tried_with_groups_left_out(classes, options):
    rows, labels = blobs(40, classes)
    rows[:5] = rows[5:10]  # copies must not judge each other
    labels[:5] = labels[5:10]
    auto = KnnClassifier(k="auto", most_k=12, **options).fit(rows, labels)
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    loss = np.zeros((40, 12))
    for i in range(40):
        others = (rows != rows[i]).any(axis=1)
        for k in range(1, 13):
            knn = KnnClassifier(k=k, **options).fit(rows[others], labels[others])
            hood = knn.neighbourhood(rows[i : i + 1])
            votes = np.array(
                [
                    hood.votes[0, knn.classes_[knn.targets_[hood.positions[0]]] == c].sum()
                    for c in classes
                ]
            )
            votes = (votes + knn.prior * shares) / (votes.sum() + knn.prior)
            loss[i, k - 1] = ((votes - (np.array(list(classes)) == labels[i])) ** 2).sum() / 2
    np.testing.assert_allclose(auto.k_curve_, loss.mean(axis=0), atol=1e-9)
    assert auto.k_ == smallest_good_k(loss)
    fixed = KnnClassifier(k=auto.k_, **options).fit(rows, labels)
    assert fixed.predict(rows).tolist() == auto.predict(rows).tolist()


def test_the_curve_is_no_longer_than_there_are_documents():
    rows, labels = blobs(6)
    assert len(KnnClassifier(k="auto").fit(rows, labels).k_curve_) == 6
    assert len(KnnClassifier(k="auto", most_k=3).fit(rows, labels).k_curve_) == 3
    assert KnnClassifier(k="auto").fit([[1.0]], ["a"]).k_ == 1


def test_pure_classes_need_one_neighbour_and_noisy_ones_more():
    rows = np.repeat(np.eye(2), 30, axis=0) + np.random.default_rng(0).random((60, 2)) / 50
    labels = np.repeat(["a", "b"], 30)
    assert KnnClassifier(k="auto", prior=0.0).fit(rows, labels).k_ == 1
    flipped = np.random.default_rng(1).random(60) < 0.25
    noisy = np.where(flipped, labels[::-1], labels)
    assert KnnClassifier(k="auto", prior=0.0).fit(rows, noisy).k_ > 2


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(["none", "beta", "isotonic"]))
def test_the_order_of_training_does_not_matter(seed, calibrate):
    rows, labels = blobs(50, "abc", seed, 1.5)
    rows = rows.round(0)
    order = np.random.default_rng(seed).permutation(50)
    one, other = (
        KnnClassifier(k="auto", calibrate=calibrate).fit(rows[at], labels[at])
        for at in (np.arange(50), order)
    )
    assert one.k_curve_.tobytes() == other.k_curve_.tobytes()
    assert one.k_ == other.k_
    assert one.decide(rows).scores.tobytes() == other.decide(rows).scores.tobytes()


def test_in_a_pipeline_near_duplicates_are_found_by_their_texts():
    texts = [
        "win 10 pounds",
        "win 20 pounds!",
        "lunch at 1",
        "lunch at 2",
        "prize to win",
        "see you at lunch",
    ]
    labels = ["spam", "spam", "ham", "ham", "spam", "ham"]
    pipeline = Pipeline([Tokenize("words"), Hashing(64), KnnClassifier(k="auto", most_k=4)])
    knn = pipeline.fit(texts, labels).stages[-1]
    found = leave_one_out(knn.index(), near_duplicate_groups(texts), 4)
    by_document = dict(zip(found.judged.tolist(), found.positions.tolist(), strict=True))
    assert 1 not in by_document[0]
    assert 0 not in by_document[1]
    alone = KnnClassifier(k="auto", most_k=4).fit(pipeline[:2].run(Documents.of(texts)), labels)
    assert alone.k_curve_.tobytes() == knn.k_curve_.tobytes()


def test_real_messages(sms_spam):
    texts, labels = (part[:1500] for part in sms_spam)
    pipeline = Pipeline([Tokenize("words"), Count(), KnnClassifier(k="auto", most_k=20)])
    knn = pipeline.fit(texts, labels).stages[-1]
    groups, rows = near_duplicate_groups(texts), knn.rows_.toarray()
    likeness = (rows @ rows.T).round(10)
    likeness[groups[:, None] == groups] = 0
    right = []
    for k in (1, 7, 20):
        score = []
        for i in range(0, 1500, 10):
            order = np.lexsort((knn.keys_, -likeness[i]))[:k]
            votes = (
                np.bincount(knn.targets_[order], likeness[i, order] ** 2, 2) + 0.001 * knn.shares_
            )
            score.append((votes[1] / votes.sum() - knn.targets_[i]) ** 2)
        right.append(np.mean(score))
    curve = knn.k_curve_[[0, 6, 19]]
    np.testing.assert_allclose(curve, right, atol=0.03)  # of every tenth document
    assert np.argsort(curve).tolist() == np.argsort(right).tolist()
