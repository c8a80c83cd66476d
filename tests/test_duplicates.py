"""Parts of training that keep near-duplicates together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.duplicates import (
    by_content,
    grouped_parts,
    in_several_groups,
    near_duplicate_groups,
)


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
        ([0, 1, 2, 3, 3], [0, 1, 2, 3, 4]),  # of one class only there are two
    ],
)
def test_no_parts_where_fewer_than_two_classes_can_be_left_out(codes, groups):
    assert parts_of(np.array(codes, np.int64), np.array(groups, np.int64)) == []


def test_a_class_that_nobody_has_does_not_count():
    assert len(parts_of([0, 0, 2, 2], range(4))) == 2


def test_a_class_of_one_group_trains_in_each_part_and_is_never_judged():
    codes, groups = [0] * 6 + [1] * 6 + [2] * 2, [*range(12), 12, 12]
    parts = parts_of(codes, groups)
    assert len(parts) == 5
    for train, judged in parts:
        assert {12, 13} <= set(train)
        assert not {12, 13} & set(judged)


def test_it_does_not_train_where_its_near_duplicates_are_judged():
    parts = parts_of([0] * 3 + [1] * 3 + [2], [*range(6), 4])
    assert len(parts) == 3
    for train, judged in parts:
        assert (6 in train) == (4 not in judged)


tables = st.integers(1, 4).flatmap(
    lambda n: st.lists(
        st.tuples(st.integers(0, n - 1), st.integers(0, 12)), min_size=1, max_size=40
    )
)


@given(tables, st.integers(2, 6), st.integers(0, 5))
def test_groups_stay_together_and_every_class_is_trained(table, folds, seed):
    codes, groups = np.array(table).T
    several = in_several_groups(codes, groups)
    for code in set(codes):
        assert (len(set(groups[codes == code])) > 1) == several[codes == code].all()
    judged_before = set()
    for train, judged in parts_of(codes, groups, folds, seed):
        assert not set(groups[train]) & set(groups[judged])
        left = np.setdiff1d(np.arange(len(codes)), [*train, *judged])
        assert len(left) + len(train) + len(judged) == len(codes)
        assert not several[left].any()
        assert set(groups[left]) <= set(groups[judged])
        assert several[judged].all()
        assert set(codes[train]) >= set(codes[several])
        assert not judged_before & set(judged)
        judged_before |= set(judged)


@given(tables, st.integers(0, 40), st.integers(0, 13))
def test_an_odd_document_changes_nobody_else_s_part(table, at, group):
    codes, groups = np.array(table).T
    at = min(at, len(codes))
    others = np.delete(np.arange(len(codes) + 1), at)
    one = parts_of(codes, groups)
    other = parts_of(np.insert(codes, at, 9), np.insert(groups, at, group))
    assert len(one) == len(other)
    for (train, judged), (train_too, judged_too) in zip(one, other, strict=True):
        assert others[judged].tolist() == judged_too.tolist()
        assert others[train].tolist() == train_too[train_too != at].tolist()


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
