import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.mail.transfer import from_base64, transfer_decoded, without_uuencoded

LONG = base64.encodebytes(b"The quick brown fox jumps over the lazy dog. " * 5)
NONE = "transfer encoding that is none: base64"


@pytest.mark.parametrize(
    ("body", "decoded", "defects"),
    [
        (b"", b"", []),
        (b"YWJj", b"abc", []),
        (b"YW!Jj", b"abc", []),
        (b"Y\tW J\r\njZA==\r\n", b"abcd", []),
        (b"YWJjZ", b"abc", ["damaged base64"]),
        (b"YWI=YWI=", b"abab", ["damaged base64"]),
        (b"YWI=\n\n-- \nthe list", b"ab\n-- \nthe list", ["damaged base64"]),
        (b"YWJj\n-- \nthe list", b"abc\n-- \nthe list", ["damaged base64"]),
        (b"Hello\n\nDear Sir, we have won.\n", None, [NONE]),
        (b"Dear Sir, we have won.\n", None, [NONE]),
        (b"Gr\xc3\xbc\xc3\x9fe an alle, die das lesen.", None, [NONE]),
    ],
)
def test_base64(body: bytes, decoded: bytes | None, defects: list[str]) -> None:
    assert from_base64(body, found := []) == (body if decoded is None else decoded)
    assert found == defects


def test_a_character_damaged_here_and_there_spoils_no_base64() -> None:
    decoded = from_base64(LONG[:100] + b"!!" + LONG[100:], [])
    assert decoded == b"The quick brown fox jumps over the lazy dog. " * 5


@pytest.mark.parametrize(
    ("declared", "body", "decoded"),
    [
        (b" Base64 ", b"YWJj", b"abc"),
        (b"base64 (as it is)", b"YWJj", b"abc"),
        (b'"base64"', b"YWJj", b"abc"),
        (b"quoted-printable;", b"a=3Db", b"a=b"),
        (b"8bit", b"=3D", b"=3D"),
        (b"x-uuencode", b"begin 644 a\n#86)C\nend\n", b"abc"),
        (b"x-uuencode", b"no such thing", b"no such thing"),
        (b"rot13", b"abc", b"abc"),
    ],
)
def test_ways(declared: bytes, body: bytes, decoded: bytes) -> None:
    assert transfer_decoded(body, declared, []) == decoded


@given(st.binary(max_size=500))
def test_what_was_encoded_is_decoded(data: bytes) -> None:
    assert from_base64(base64.encodebytes(data), defects := []) == data
    assert defects == []
    lines = data.replace(b"\r", b"")  # a CR makes the library mend line ends
    assert transfer_decoded(quopri.encodestring(lines), b"quoted-printable", []) == lines


@given(st.binary(max_size=500))
def test_any_bytes_are_decoded_somehow(body: bytes) -> None:
    for way in (b"base64", b"quoted-printable", b"uuencode"):
        assert len(transfer_decoded(body, way, [])) <= len(body) + 1


def uuencoded(name: bytes, data: bytes, end: bytes = b"`\nend\n", backtick: bool = True) -> bytes:
    lines = [
        binascii.b2a_uu(data[at : at + 45], backtick=backtick) for at in range(0, len(data), 45)
    ]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + end


@given(st.binary(min_size=1, max_size=500), st.booleans())
def test_uuencoded_files_are_taken_out(data: bytes, backtick: bool) -> None:
    block = uuencoded(b"a b.exe", data, b" \nend\n", backtick)
    text, files = without_uuencoded(b"see\n" + block + b"bye\n" + block, 10)
    assert text == b"see\nbye\n"
    assert [tuple(file) for file in files] == [(b"a b.exe", data, True)] * 2


def test_blanks_that_were_cut_off_are_put_back() -> None:
    block = uuencoded(b"a", bytes([65, 0]), backtick=False).replace(b" \n", b"\n")
    assert [file.content for file in without_uuencoded(block, 1)[1]] == [b"A\0"]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 a\nand so on\n",
        b"we begin 644 a\n#86)C\nend",
        b"begin 644 a\n\n\n\nend",
        b"begin now\n#86)C\nend",
        b"begin 644 a",
        b"begin 644 \nend",
    ],
)
def test_texts_that_begin_are_no_files(text: bytes) -> None:
    assert without_uuencoded(text, 10) == (text, [])


def test_a_file_that_is_cut_off_ends_where_its_lines_do() -> None:
    block = uuencoded(b"a", b"x" * 100, end=b"")
    text, files = without_uuencoded(block + b"and more text\n", 10)
    assert text == b"and more text\n"
    assert [tuple(file) for file in files] == [(b"a", b"x" * 100, False)]


def test_what_is_declared_to_be_uuencoded_may_be_cut_off() -> None:
    block = uuencoded(b"a", b"x" * 100, end=b"\n\n\n\n")
    assert transfer_decoded(block, b"x-uuencode", defects := []) == b"x" * 100
    assert defects == ["uuencoded file that is not closed"]


def test_files_beyond_the_room_stay_text() -> None:
    block = uuencoded(b"a", b"x")
    assert without_uuencoded(block * 3, 2)[0] == block
    assert without_uuencoded(block, 0) == (block, [])
