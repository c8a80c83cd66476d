import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.errors import InputError
from textpipe.evaluation.splits import folds_of, near_duplicate_groups


def test_near_duplicates_differ_in_case_digits_punctuation_and_space_only():
    texts = ["Win 100 now!", "win 250, NOW", "Bye", "12:30", "12.30", "WIN\n1now"]
    assert near_duplicate_groups(texts).tolist() == [0, 0, 1, 2, 3, 0]


@given(st.lists(st.text(max_size=6), max_size=8))
def test_equal_texts_are_always_in_one_group(texts):
    groups = near_duplicate_groups(texts)
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            if one == other:
                assert groups[i] == groups[j]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), min_size=4, max_size=40),
    st.integers(2, 4), st.sampled_from(["grouped", "stratified", "random"]), st.integers(0, 3),
)  # fmt: skip
def test_each_document_judges_once_and_no_group_stands_on_both_sides(pairs, folds, split, seed):
    labels = np.array([label for label, _ in pairs])
    groups = np.array([group for _, group in pairs])
    try:
        parts = folds_of(labels, groups, folds, split, seed)
    except InputError:
        assert split != "random"
        units = set(zip(labels, groups if split == "grouped" else range(len(labels)), strict=True))
        assert min(sum(label == one for one, _ in units) for label in set(labels)) < folds
        return
    assert len(parts) == folds
    judged = np.concatenate([test for _, test in parts])
    assert sorted(judged.tolist()) == list(range(len(labels)))
    for train, test in parts:
        assert len(test) > 0
        assert set(train.tolist()) | set(test.tolist()) == set(range(len(labels)))
        if split == "grouped":
            assert not set(groups[train]) & set(groups[test])
    again = folds_of(labels, groups, folds, split, seed)
    assert all((a[1] == b[1]).all() for a, b in zip(parts, again, strict=True))


@pytest.mark.parametrize(
    ("labels", "groups", "options", "message"),
    [
        (["a"] * 5 + ["b"], range(6), (2, "stratified"),
         'label "b" has only one document, and a label needs at least two documents'),
        (["a"] * 4 + ["b"] * 4, [0, 0, 0, 0, 1, 2, 3, 4], (3, "grouped"),
         'label "a" has only one group of near-duplicates, and a label needs at least two'),
        (["a"] * 3 + ["b"] * 2, range(5), (4, "stratified"),
         'label "b" has 2 documents, and 4 folds need at least 4 of each label: '
         'give more documents, or folds=2$'),
        (["a"] * 4 + ["b"] * 4, [0, 0, 0, 1, 2, 3, 4, 5], (3, "grouped"),
         'label "a" has 2 groups of near-duplicates, and 3 folds need .*, or folds=2$'),
        (["a", "b", "b"], range(3), (4, "random"),
         '4 folds need at least 4 documents, and the number given is 3: '
         'give more documents, or folds=3$'),
        (["a"], [0], (2, "random"), 'the number given is 1: give more documents$'),
        (["a", "b"], [0, 1], (1, "random"), "folds must be at least 2, and 1 was given"),
    ],
)  # fmt: skip
def test_too_few_documents_of_a_label(labels, groups, options, message):
    with pytest.raises(InputError, match=message):
        folds_of(np.array(labels), np.array(groups), *options, 0)


def test_a_random_split_needs_no_minimum_of_each_label():
    labels = np.array(["a"] * 5 + ["b"])
    parts = folds_of(labels, np.zeros(6, np.int64), 6, "random", 0)
    assert sorted(test.tolist() for _, test in parts) == [[0], [1], [2], [3], [4], [5]]


@given(st.lists(st.sampled_from("aab"), min_size=2, max_size=9), st.integers(2, 9))
def test_the_folds_that_are_recommended_work(letters, folds):
    labels, groups = np.array(letters), np.arange(len(letters))
    for split in ("grouped", "stratified", "random"):
        try:
            folds_of(labels, groups, folds, split, 0)
        except InputError as error:
            advised = re.search(r"folds=(\d+)", str(error))
            if advised:
                assert int(advised[1]) < folds
                folds_of(labels, groups, int(advised[1]), split, 0)
