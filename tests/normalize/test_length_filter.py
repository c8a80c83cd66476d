import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.errors import DefinitionError
from textpipe.normalize.length_filter import LengthFilter


def test_too_short_and_too_long_words_go():
    words = [["a", "of", "über", "x" * 50, "x" * 51]]
    assert LengthFilter().transform(words).tokens.lengths().tolist() == [4]
    assert LengthFilter(2, 4).transform(words).tokens.to_lists() == [["of", "über"]]


@pytest.mark.parametrize("options", [(0, 5), (3, 2), (-1, 1)])
def test_an_impossible_range_is_refused(options):
    with pytest.raises(DefinitionError, match="1 <= minimum <= maximum"):
        LengthFilter(*options).check()


@given(st.lists(st.text(min_size=1, max_size=9)), st.integers(1, 9), st.integers(0, 5))
def test_exactly_the_words_in_the_range_stay(words, minimum, more):
    words = [word.encode("utf-8", "replace").decode() for word in words]
    left = LengthFilter(minimum, minimum + more).transform([words]).tokens.of(0)
    assert left == [word for word in words if minimum <= len(word) <= minimum + more]
