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
        (["a"] * 5 + ["b"], range(6), (2, "stratified"), 'label "b" has 1 documents, and 2 folds need'),
        (["a"] * 4 + ["b"] * 4, [0, 0, 0, 0, 1, 2, 3, 4], (3, "grouped"),
         'label "a" has 1 groups of near-duplicates, and 3 folds need at least 3'),
        (["a", "b"], [0, 1], (1, "random"), "folds must be at least 2, and 1 was given"),
    ],
)  # fmt: skip
def test_too_few_documents_of_a_label(labels, groups, options, message):
    with pytest.raises(InputError, match=message):
        folds_of(np.array(labels), np.array(groups), *options, 0)
