from hypothesis import given
from hypothesis import strategies as st

from textpipe.normalize.lowercase import Lowercase


def test_small_letters():
    tokens = Lowercase().transform([["The", "THE", "Straße", "ÄPFEL"], []]).tokens
    assert tokens.to_lists() == [["the", "the", "straße", "äpfel"], []]
    assert tokens.forms.to_pylist() == ["the", "straße", "äpfel"]


def test_folding_makes_sharp_s_double():
    assert Lowercase(fold=True).transform([["STRASSE", "Straße"]]).tokens.to_lists() == [
        ["strasse", "strasse"]
    ]


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1))
def test_like_python_and_twice_is_once(words):
    once = Lowercase().transform([words])
    assert once.tokens.to_lists() == [[word.lower() for word in words]]
    folded = Lowercase(fold=True).transform([words])
    assert Lowercase(fold=True).transform(folded).tokens.to_lists() == folded.tokens.to_lists()
