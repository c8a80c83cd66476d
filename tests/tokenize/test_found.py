"""Words that were not written out are the same words."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textpipe as tp
from textpipe.documents import Documents, Tokens
from textpipe.tokenize import pieces
from textpipe.tokenize.distinct import SHORT, Strings
from textpipe.tokenize.found import FoundTokens
from textpipe.tokenize.pieces import pieces_compiled, pieces_in_python

TEXTS = st.lists(st.text("aäß😀 ' \n\0", max_size=12), min_size=1, max_size=4)


def same(one: Tokens, other: Tokens) -> None:
    assert one.forms.to_pylist() == other.forms.to_pylist()
    for column in ("codes", "starts", "ends", "rows"):
        assert getattr(one, column).tolist() == getattr(other, column).tolist()


@given(TEXTS)
def test_they_are_written_out_when_asked_for(texts: list[str]) -> None:
    found = pieces_compiled(Strings.of(Documents.of(texts).text), pieces.WORDS)
    assert type(found) is FoundTokens
    assert found.slices.take(np.arange(len(found.slices.begins))) == found.forms.to_pylist()
    expected = pieces_in_python(texts, pieces.WORDS)
    same(found, expected)
    for other in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):  # noqa: S301  # made here
        assert type(other) is Tokens
        same(other, expected)
    assert type(dataclasses.replace(found, tags=None)) is Tokens


def test_other_words_in_their_room_do_not_change_them() -> None:
    one = pieces_compiled(Strings.of(Documents.of(["to be or"]).text), pieces.WORDS)
    pieces_compiled(Strings.of(Documents.of(["quite another text"]).text), pieces.WORDS)
    assert one.forms.to_pylist() == ["to", "be", "or"]


def test_those_of_a_long_text_are_written_out() -> None:
    long = "word " * SHORT
    found = pieces_compiled(Strings.of(Documents.of([long]).text), pieces.WORDS)
    assert type(found) is Tokens
    assert found.forms.to_pylist() == ["word"]


@pytest.mark.parametrize("n_grams", [(1, 1), (1, 2)])
def test_they_are_counted_as_others_are(n_grams: tuple[int, int]) -> None:
    texts = ["to be or not to be", "", "or not"]
    found = pieces_compiled(Strings.of(Documents.of(texts).text), pieces.WORDS)
    documents = Documents.of(texts).with_(words=found, tokens=found)
    others = tp.Tokenize("words").apply(Documents.of(texts))
    one, other = tp.Count(n_grams=n_grams), tp.Count(n_grams=n_grams)
    one.learn(documents)
    other.learn(others)
    assert one.features() == other.features()
    assert (one.apply(documents).matrix.values != other.apply(others).matrix.values).nnz == 0
