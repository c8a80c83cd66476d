import dataclasses
import json

import numpy as np
import pytest
from scipy.stats import binom

from textpipe.documents import Decisions
from textpipe.errors import InputError
from textpipe.evaluation import Report
from textpipe.evaluation.comparison import compare

LABELS = np.array(["ham", "spam"] * 50)


def report_with(wrong, groups=None):
    """A report on 100 documents of which these were judged wrong."""
    up = (LABELS == "spam") ^ np.isin(np.arange(100), list(wrong))
    scores = np.where(up, 0.9, 0.1)
    decisions = Decisions(
        np.array(["ham", "spam"]),
        np.where(up, "spam", "ham"),
        np.column_stack([1 - scores, scores]),
        np.zeros(100, bool),
    )
    names = [str(i) for i in range(100)]
    return Report(
        *(LABELS, decisions.verdicts(), decisions, names, names, np.arange(100) % 5),
        *("grouped", np.arange(100) if groups is None else groups, "spam"),
    )


def test_a_pipeline_is_as_good_as_itself():
    found = compare(report_with(range(7)), report_with(range(7)))
    assert (found.only_first, found.only_second, found.p_value) == (0, 0, 1.0)
    for difference in found.differences:
        assert (difference.value, difference.interval) == (0.0, (0.0, 0.0))


def test_documents_that_only_one_has_right_decide():
    found = compare(report_with(range(20)), report_with([0, 1, 2, 99]))
    assert (found.only_first, found.only_second) == (1, 17)
    assert found.p_value == pytest.approx(2 * binom.cdf(1, 18, 0.5))
    accuracy, correlation, recall = found.differences
    assert [d.score for d in found.differences] == ["accuracy", "mcc", "recall_at_fpr_0.001"]
    assert accuracy.value == pytest.approx(0.16)
    assert 0.05 < accuracy.interval[0] < 0.16 < accuracy.interval[1] < 0.27
    assert correlation.value == pytest.approx(correlation.second - correlation.first)
    assert recall.first == recall.second == 0.0  # each has ham with the highest score


def test_what_is_hard_for_both_cancels_out():
    first, second = report_with(range(40)), report_with(range(38))
    paired = compare(first, second).differences[0].interval
    apart = np.ptp(first.intervals["accuracy"])
    assert np.ptp(paired) < apart / 2


def test_it_is_the_other_way_round_from_the_other_side():
    one, other = report_with(range(20)), report_with(range(15, 30))
    there, back = compare(one, other), compare(other, one)
    assert there.p_value == back.p_value
    for a, b in zip(there.differences, back.differences, strict=True):
        assert a.value == -b.value
        assert a.interval == pytest.approx((-b.interval[1], -b.interval[0]), abs=0.01)


def test_the_json_is_plain():
    found = json.loads(json.dumps(compare(report_with([0]), report_with([1, 2])).as_json()))
    assert set(found) == {"differences", "only_first", "only_second", "p_value"}
    assert found["differences"]["accuracy"]["value"] == pytest.approx(-0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": ["x"] * 100}, "document 0 has the id '0' in one and 'x' in the other"),
        ({"texts": [*(str(i) for i in range(99)), "y"]}, "document 99 has the text '99' in one"),
        ({"labels": LABELS[::-1]}, "document 0 has the label 'ham' in one and 'spam'"),
        ({"groups": np.zeros(100, int)}, "document 1 has the group 1 in one and 0"),
        ({"positive": "ham"}, "positive label of one report is 'spam', of the other 'ham'"),
        ({"ids": ["0"]}, "one is about 100 documents, the other about 1$"),
    ],
)
def test_reports_on_other_documents_are_refused(change, message):
    one = report_with([0])
    with pytest.raises(InputError, match=message):
        compare(one, dataclasses.replace(one, **change))
