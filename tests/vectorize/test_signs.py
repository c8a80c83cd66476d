"""Columns of what was counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.clean_html import CleanHtml
from textpipe.documents import Documents
from textpipe.errors import DefinitionError
from textpipe.vectorize.signs import Signs


def counted(**counts: list[int]) -> Documents:
    n = len(next(iter(counts.values())))
    columns = {name.replace("__", "."): np.array(column) for name, column in counts.items()}
    return Documents.of(["x"] * n).with_(counts=columns)


def test_a_column_stands_on_each_power_of_two_that_enough_documents_reach() -> None:
    signs = Signs().fit(counted(urls__links=[0, 2, 2, 1]))

    assert list(signs.get_feature_names_out()) == ["urls.links>=1", "urls.links>=2"]


def test_what_all_documents_have_is_no_sign() -> None:
    signs = Signs(min_df=1).fit(counted(a__b=[1, 1], a__c=[0, 1]))

    assert list(signs.get_feature_names_out()) == ["a.c>=1"]


def test_only_and_leave_out_name_stages_or_counts() -> None:
    documents = counted(a__x=[0, 1], a__y=[0, 1], b__x=[0, 1])

    def names(**options: list[str]) -> list[str]:
        return list(Signs(min_df=1, **options).fit(documents).get_feature_names_out())

    assert names(only=["a"]) == ["a.x>=1", "a.y>=1"]
    assert names(only=["a.y", "b"]) == ["a.y>=1", "b.x>=1"]
    assert names(leave_out=["a.x", "b"]) == ["a.y>=1"]


def test_in_a_pipeline_only_what_the_stages_before_it_counted() -> None:
    documents = counted(mail__defects=[0, 1], clean_html__degraded=[0, 1])
    signs = Signs(min_df=1)

    signs.meet([CleanHtml()], "en")

    assert list(signs.fit(documents).get_feature_names_out()) == ["clean_html.degraded>=1"]


def test_a_count_that_nobody_made_is_none() -> None:
    signs = Signs(min_df=1).fit(counted(a__x=[0, 3]))

    assert signs.transform(["text"]).toarray().tolist() == [[0.0, 0.0]]


def test_training_without_any_count_gives_no_columns() -> None:
    assert Signs().fit(["a", "b"]).transform(["c"]).shape == (1, 0)


def test_min_df_must_be_a_number_of_documents() -> None:
    with pytest.raises(DefinitionError, match="min_df must be at least 1, and 0"):
        Signs(min_df=0).fit(["a"])


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=8))
def test_larger_counts_have_all_columns_of_smaller_ones(values: list[int]) -> None:
    rows = Signs(min_df=1).fit(counted(a__x=values)).transform(counted(a__x=sorted(values)))

    sums = rows.sum(axis=1).A1 if hasattr(rows.sum(axis=1), "A1") else np.ravel(rows.sum(axis=1))
    assert (np.diff(sums) >= 0).all()
