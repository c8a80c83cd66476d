"""Strings are sorted as Python sorts them."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import sorting
from textpipe.documents.sorting import sorted_positions

STRINGS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.text("ab\0é", min_size=6, max_size=11),
        st.sampled_from(["", "prefixes", "prefixes\0", "prefixes one", "prefixes two"]),
    ),
    max_size=30,
    unique=True,
)


@given(STRINGS, st.integers(0, 3))
def test_as_python_sorts_them(strings: list[str], skipped: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "FEW", 0)
        array = pa.array(strings, pa.string())[skipped:]
        found = array.take(pa.array(sorted_positions(array))).to_pylist()
    assert found == sorted(strings[skipped:])
