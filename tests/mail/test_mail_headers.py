import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textpipe.mail.headers import (
    content_type,
    header_text,
    split_carefully,
    split_head,
    split_quickly,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?a_b=3F?=", "a b?"),
        (b"=?UTF-8?B?w7w=?=x", "üx"),
        (b"x =?utf-8?q?a?= y =?utf-8?q?b?= z", "x a y b z"),
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?b?w7zD?= =?utf-8?b?vA==?=", "üü"),
        (b"=?utf-8?q?=C3?==?utf-8?q?=BC?=", "ü"),
        (b"=?iso-8859-1*de?q?=FC?=", "ü"),
        (b"=?koi8-r?q?=F0?= =?utf-8?q?!?=", "П!"),
        (b"=?utf-8?q?with spaces?=", "with spaces"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"=?none?q?caf=E9?=", "café"),
        (b"=?utf-8?b?!!?=", ""),
        (b"=?utf-8?q?a=0D=0Ab?=", "a b"),
        (b"caf\xc3\xa9 =?utf-8?q?a?=", "café a"),
    ],
)
def test_encoded_words(value: bytes, expected: str) -> None:
    assert header_text(value, []) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", ("text/plain", {})),
        (b"TEXT/Html", ("text/html", {})),
        (b"text", ("text/plain", {})),
        (b"text/plain; charset=utf-8 (comment); x", ("text/plain", {"charset": b"utf-8"})),
        (b'a/b; boundary="x;\\"y"; c=d', ("a/b", {"boundary": b'x;"y', "c": b"d"})),
        (b'a/b; boundary="never closed', ("a/b", {"boundary": b"never closed"})),
        (b"a/b; n*1=c; n*0=b", ("a/b", {"n": b"bc"})),
        (b"a/b; n*0*=utf-8'de'%C3; n*1*=%BC", ("a/b", {"n": "ü".encode(), "n*": b"utf-8"})),
        (b"a/b; c=1; c=2", ("a/b", {"c": b"1"})),
        (b"a/b; =; ; c = d", ("a/b", {"c": b"d"})),
    ],
)
def test_content_types(value: bytes, expected: tuple[str, dict[str, bytes]]) -> None:
    assert content_type(value) == expected


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_line_ends_and_folded_lines(end: bytes) -> None:
    raw = end.join([b"A: 1", b" 2", b"\t3", b"b : 4", b"", b"body"])
    head = split_head(raw, [])
    assert head.fields == [(b"a", b"1 2\t3"), (b"b", b"4")]
    assert raw[head.body :] == b"body"


PIECES = [
    b"A: b",
    b"To:",
    b" c",
    b"\t",
    b"x",
    b"From x 10:10",
    b"From : x 10:10",
    b">From : x 10:10",
    b">From y",
    b"q :",
    b": v",
    b"\x80: w",
]
LINES = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\r"]))
)


@given(LINES, st.sampled_from([1, 2, 3, 1000]), st.integers(0, 3), st.integers(0, 3))
@example([(b"From x 10:10", b"\r\n"), (b"A: b", b"\r\n"), (b"", b"\r\n")], 9, 0, 0)
def test_the_quick_way_splits_as_the_careful_one_or_not_at_all(
    lines: list[tuple[bytes, bytes]], most: int, start: int, less: int
) -> None:
    raw = b"".join(line + end for line, end in lines)
    end = max(start, len(raw) - less)
    quick, defects = split_quickly(raw, start, end, most), []
    if quick is not None:
        careful = split_carefully(raw, defects, most, start, end)
        assert (quick.fields, quick.body, defects) == (careful.fields, careful.body, [])


def test_a_field_is_no_envelope_whatever_it_looks_like() -> None:
    assert split_head(b"From : Bob 10:20\nSubject: a\n\nText", []).names == [b"from", b"subject"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("first", [[], [b"From a Mon Jan 1 10:10:10 2001"]])
def test_a_usual_header_is_split_quickly(end: bytes, first: list[bytes]) -> None:
    raw = end.join([*first, b"Subject: a", b" b", b"TO: c", b"", b"body"])
    head = split_quickly(raw, 0, len(raw), 1000)
    assert head.fields == [(b"subject", b"a b"), (b"to", b"c")]
    assert raw[head.body :] == b"body"
