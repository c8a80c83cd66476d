from hypothesis import given
from hypothesis import strategies as st

from textpipe.normalize.remove_punctuation import RemovePunctuation

WORDS = ["don't", "e-mail", "3.50", "½", "क्षेत्र", "北京", "xxurl", "a_b"]
SIGNS = [",", "...", "…", "«", "€", "😀", "__", "\u0301", "'", "—"]


def test_signs_go_and_words_stay():
    assert RemovePunctuation().transform([WORDS + SIGNS]).tokens.to_lists() == [WORDS]


def test_signs_that_mean_something_can_stay():
    stage = RemovePunctuation(keep=["!", "€", ":-)"])
    words = [["!", "!!!", "!?", "€", "$", ":-)", ":"]]
    assert stage.transform(words).tokens.to_lists() == [["!", "!!!", "€", ":-)"]]


def test_spans_follow():
    tokens = RemovePunctuation().transform([["a", "!", "b"]]).tokens
    assert tokens.spans(0) == [(0, 1), (4, 5)]


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), min_size=1))
def test_what_is_left_has_a_letter_or_digit(words):
    left = RemovePunctuation().transform([words]).tokens.of(0)
    assert left == [word for word in words if any(c.isalnum() for c in word)]
