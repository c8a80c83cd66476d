"""What is compiled finds the pieces and parts that Python finds: the same, in the same order."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents, Tokens
from textpipe.tokenize import pieces
from textpipe.tokenize.distinct import FIRST_ROOM, Distinct, Strings
from textpipe.tokenize.parts import Parts
from textpipe.tokenize.pieces import pieces_compiled, pieces_in_python, table_of

KINDS = {
    name: getattr(pieces, name)
    for name in ("STRETCHES", "WORDS", "SKLEARN_WORDS", "WORDS_AND_SYMBOLS")
}
LETTERS = [
    *"aB_19éß'’.,-\"\x00 \n\t\u00a0\u0301\u200b\u2028क्北😀\U0001f3fd\u0660²Ⅳ\ufeff\U0010ffff\x1c\x85",
    "word",
    "12345678",
    "123456789",
]
texts = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from(LETTERS), max_size=30).map("".join)
)


def same(found: Tokens, expected: Tokens) -> None:
    assert found.forms.equals(expected.forms)
    found.forms.validate(full=True)
    for name in ("codes", "starts", "ends", "rows"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)


def column(strings):
    return Documents.of(strings).text


def test_pieces_are_numbered_as_they_first_occur_and_stand_where_they_stand() -> None:
    found = pieces_compiled(Strings.of(column(["to be", "", "é😀 to"])), pieces.STRETCHES)
    assert found.forms.to_pylist() == ["to", "be", "é😀"]
    assert found.codes.tolist() == [0, 1, 2, 0]
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == [
        *[(0, 2), (3, 5)],
        *[(0, 2), (3, 5)],
    ]
    assert found.rows.tolist() == [0, 2, 2, 4]


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(texts, max_size=8))
@settings(max_examples=150, deadline=None)
@example(["a'b''c'", "'a", "a'", "a’b’", "’", "", "a", "ab", "\x00", "a\x00", "a\x00\x00"])
@example(["12345678", "123456789", "12345678\x00", "\x0012345678", "1234567"])
def test_compiled_like_python(kind, strings) -> None:
    text = column(strings)
    same(
        pieces_compiled(Strings.of(text), KINDS[kind]),
        pieces_in_python(text.to_pylist(), KINDS[kind]),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_character_is_what_python_takes_it_for(kind) -> None:
    """Each one between two letters, at the beginning and at the end."""
    codes = [*range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200), sys.maxunicode]
    characters = [chr(code) for code in codes]
    strings = ["".join(f"a{one}b {one}" for one in characters[at:][:5000])
               for at in range(0, len(characters), 5000)]  # fmt: skip
    text = column(strings)
    same(
        pieces_compiled(Strings.of(text), KINDS[kind]),
        pieces_in_python(strings, KINDS[kind]),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_room_for_any_number_of_pieces(kind) -> None:
    distinct = [f"w{number:x}" for number in range(5 * FIRST_ROOM)]
    strings = ["a b " * 3000, " ".join(distinct[:20_000]), " ".join(distinct), "(" * 30_000]
    text = column(strings)
    same(
        pieces_compiled(Strings.of(text), KINDS[kind]),
        pieces_in_python(strings, KINDS[kind]),
    )


def test_a_part_of_an_array_is_read_where_it_lies() -> None:
    text = pa.array(["long ago", "to be", "or not", "gone"], pa.large_string())
    found = pieces_compiled(Strings.of(text.slice(1, 2)), pieces.WORDS)
    assert found.forms.to_pylist() == ["to", "be", "or", "not"]
    assert pieces_compiled(Strings.of(text.slice(1, 0)), pieces.WORDS).rows.tolist() == [0]


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_utf8_are_read_to_their_end_and_not_beyond(data) -> None:
    bytes_ = np.frombuffer(data + b"\x80" * 8, np.uint8)
    strings = Strings(bytes_, np.array([0, len(data)], np.int64))
    found = pieces_compiled(strings, pieces.STRETCHES)
    assert found.forms.nbytes - 4 * (len(found.forms) + 1) <= len(data)


def test_room_that_was_given_back_holds_nothing_of_the_text_before() -> None:
    many = " ".join(f"w{number}" for number in range(3000))
    texts = ["to be or not to be", many, "to be", many[:50], "", "be to"] * 20

    def cut(text: str) -> list[list[str]]:
        return pieces_compiled(
            Strings.of(pa.array([text], pa.large_string())), pieces.WORDS
        ).to_lists()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(cut, texts)) == [[text.split()] for text in texts]


def test_words_that_share_their_hash_are_told_apart() -> None:
    """With 1 for a multiplier the hash is the sum of the bytes."""
    distinct = Distinct(np.frombuffer(b"ab ba abcdefghij jihgfedcba abcdefghij ab", np.uint8))
    distinct.multiplier = np.uint64(1)
    distinct.make_room()
    from textpipe.kernels.text import find_pieces

    codes, starts, ends = (np.empty(9, np.int32) for _ in range(3))
    rows, offsets = np.zeros(2, np.int64), np.array([0, len(distinct.data)], np.int64)
    eights = Strings(distinct.data, offsets).eights()
    find_pieces(
        *(distinct.data, offsets, eights, table_of(pieces.WORDS), 1),
        *(*distinct.arrays(), codes, starts, ends, rows),
    )
    assert codes[: rows[1]].tolist() == [0, 1, 2, 3, 2, 0]
    assert distinct.forms().to_pylist() == ["ab", "ba", "abcdefghij", "jihgfedcba"]


@st.composite
def cut_texts(draw):
    """Texts, and where each distinct stretch of theirs is cut."""
    found = pieces_in_python(draw(st.lists(texts, max_size=6)), pieces.STRETCHES)
    cuts = []
    for stretch in found.forms.to_pylist():
        places = draw(st.lists(st.integers(0, len(stretch)), unique=True, max_size=6))
        cuts.append(sorted(places)[: len(places) // 2 * 2])
    return found, cuts


@given(cut_texts())
@settings(max_examples=200, deadline=None)
def test_parts_are_spread_as_python_spreads_them(cut) -> None:
    found, cuts = cut
    parts = Parts.of(cuts)
    expected = parts.spread_in_python(found, found.forms.to_pylist())
    same(parts.spread_compiled(found), expected)


def test_there_is_room_for_any_number_of_parts() -> None:
    text = " ".join(f"a{number:x},b{number:x}" for number in range(2 * FIRST_ROOM))
    found = pieces_in_python([text, text], pieces.STRETCHES)
    stretches = found.forms.to_pylist()
    cuts = [(0, at := one.index(","), at, at + 1, at + 1, len(one)) for one in stretches]
    parts = Parts.of(cuts)
    same(parts.spread_compiled(found), parts.spread_in_python(found, stretches))
