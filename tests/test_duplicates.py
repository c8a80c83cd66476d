"""Parts of training that keep near-duplicates together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.duplicates import by_content, grouped_parts, near_duplicate_groups


def parts_of(codes, groups, folds=5, seed=0):
    return list(grouped_parts(np.array(codes), np.array(groups), folds, seed))


def test_each_part_is_judged_by_all_others():
    parts = parts_of([0, 1] * 6, range(12), folds=3)
    assert len(parts) == 3
    assert sorted(np.concatenate([judged for _, judged in parts]).tolist()) == list(range(12))
    for train, judged in parts:
        assert sorted([*train, *judged]) == list(range(12))
        assert np.bincount(np.array([0, 1] * 6)[judged]).tolist() == [2, 2]


def test_where_a_class_has_fewer_groups_there_are_fewer_parts():
    assert len(parts_of([0] * 8 + [1] * 3, range(11))) == 3
    assert len(parts_of([0] * 8 + [1] * 3, [*range(8), 8, 8, 9])) == 2  # two of them are alike


@pytest.mark.parametrize(
    ("codes", "groups"),
    [
        ([], []),
        ([0], [0]),
        ([0, 0, 0], [0, 1, 2]),  # one class
        ([0, 0, 1], [0, 1, 2]),  # one document of a class
        ([0, 0, 1, 1], [0, 1, 2, 2]),  # which is there twice
        ([0, 0, 2, 2], [0, 1, 2, 3]),  # a class that nobody has
    ],
)
def test_no_parts_where_a_class_could_not_be_left_out(codes, groups):
    assert parts_of(np.array(codes, np.int64), np.array(groups, np.int64)) == []


tables = st.integers(1, 4).flatmap(
    lambda n: st.lists(
        st.tuples(st.integers(0, n - 1), st.integers(0, 12)), min_size=1, max_size=40
    )
)


@given(tables, st.integers(2, 6), st.integers(0, 5))
def test_groups_stay_together_and_every_class_is_trained(table, folds, seed):
    codes, groups = np.array(table).T
    judged_before = set()
    for train, judged in parts_of(codes, groups, folds, seed):
        assert not set(groups[train]) & set(groups[judged])
        assert sorted([*train, *judged]) == list(range(len(codes)))
        assert set(codes[train]) == set(codes)
        assert not judged_before & set(judged)
        judged_before |= set(judged)


@given(tables, st.permutations(range(13)))
def test_what_groups_are_called_does_not_matter(table, names):
    codes, groups = np.array(table).T
    one, other = parts_of(codes, groups), parts_of(codes, np.array(names)[groups])
    assert [judged.tolist() for _, judged in one] == [judged.tolist() for _, judged in other]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.text(max_size=2)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_by_content_is_one_whatever_it_was_before(pairs, random):
    def sorted_pairs(pairs):
        keys = np.array([key for key, _ in pairs], np.uint64)
        return [pairs[at] for at in by_content(keys, [text for _, text in pairs])]

    assert sorted_pairs(pairs) == sorted_pairs(random.sample(pairs, len(pairs))) == sorted(pairs)


def test_what_is_a_near_duplicate():
    texts = [
        "Call 0800 now!",
        "call 0900: NOW",
        "call me now",
        "",
        "",
        "12",
        "13",
        "12",
        "STRASSE",
        "straße",
    ]
    assert near_duplicate_groups(texts).tolist() == [0, 0, 1, 2, 2, 3, 4, 3, 5, 5]  # fmt: skip


def test_no_campaign_of_real_messages_stands_on_both_sides(sms_spam):
    texts, labels = (part[:2000] for part in sms_spam)
    groups, codes = near_duplicate_groups(texts), np.unique(labels, return_inverse=True)[1]
    parts = parts_of(codes, groups)
    assert len(parts) == 5
    for train, judged in parts:
        assert not set(groups[train]) & set(groups[judged])
        assert abs(codes[judged].mean() - codes.mean()) < 0.02
        assert abs(len(judged) - 400) < 60
