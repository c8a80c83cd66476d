import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from textpipe.evaluation.calibration import reliability


def test_bins_hold_about_equally_many_and_ties_stay_together():
    found = reliability([0, 0, 0, 0, 0, 1, 0, 1], [0, 0, 0, 0, 0.3, 0.4, 0.8, 0.8], bins=4)
    assert [one.documents for one in found.bins] == [4, 2, 2]
    assert [one.mean_score for one in found.bins] == pytest.approx([0, 0.35, 0.8])
    assert [one.share for one in found.bins] == [0, 0.5, 0.5]
    assert found.calibration_error == pytest.approx((2 * 0.15 + 2 * 0.3) / 8)


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_scikit_learn_where_no_scores_are_the_same(seed):
    random = np.random.default_rng(seed)
    scores = random.random(500)
    truth = random.random(500) < scores**2
    found = reliability(truth, scores)
    shares, means = calibration_curve(truth, scores, n_bins=10, strategy="quantile")
    assert [one.documents for one in found.bins] == [50] * 10
    assert [one.share for one in found.bins] == pytest.approx(shares.tolist())
    assert [one.mean_score for one in found.bins] == pytest.approx(means.tolist())
    assert found.brier == pytest.approx(brier_score_loss(truth, scores))
    assert found.calibration_error == pytest.approx(np.mean(np.abs(shares - means)))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40))
def test_every_document_is_in_one_bin_and_the_order_does_not_matter(pairs):
    truth, scores = [t for t, _ in pairs], [s / 5 for _, s in pairs]
    found = reliability(truth, scores)
    assert sum(one.documents for one in found.bins) == len(pairs)
    assert sum(one.documents * one.share for one in found.bins) == pytest.approx(sum(truth))
    assert 0 <= found.calibration_error <= 1
    other = reliability(truth[::-1], scores[::-1])
    assert [one.documents for one in other.bins] == [one.documents for one in found.bins]
    assert other.brier == pytest.approx(found.brier)
