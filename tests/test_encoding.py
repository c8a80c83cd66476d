import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.encoding import decode, known_codec


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        (b"", None, ("", "utf-8")),
        (b"plain", None, ("plain", "utf-8")),
        ("Größe".encode(), None, ("Größe", "utf-8")),
        ("Größe".encode("cp1252"), None, ("Größe", "cp1252")),
        (b"\xef\xbb\xbfabc", None, ("abc", "utf-8")),
        (b"\xef\xbb\xbfabc", "koi8-r", ("abc", "utf-8")),
        ("\ufeffhé".encode("utf-16-le"), None, ("hé", "utf-16-le")),
        ("\ufeffhé".encode("utf-16-be"), None, ("hé", "utf-16-be")),
        ("\ufeffhé".encode("utf-32-le"), None, ("hé", "utf-32-le")),
        ("Привет".encode("koi8-r"), "KOI8-R", ("Привет", "koi8-r")),
        (b"price: 5 \x80", "iso-8859-1", ("price: 5 €", "cp1252")),
        (b"\x81\x8d\x8f\x90\x9d", None, ("\x81\x8d\x8f\x90\x9d", "cp1252")),
        ("Größe".encode(), "us-ascii", ("Größe", "utf-8")),
        ("Größe".encode("cp1252"), "utf-8", ("Größe", "cp1252")),
        ("囉".encode("gbk"), "gb2312", ("囉", "gb18030")),
        (b"abc", "no such charset", ("abc", "utf-8")),
        (b"abc", "zip", ("abc", "utf-8")),
        (b"abc", "punycode", ("abc", "utf-8")),
        (b"abc", "a\0b", ("abc", "utf-8")),
        (b"abc", "utf-8\udc80", ("abc", "utf-8")),
    ],
)
def test_the_ladder(data: bytes, declared: str | None, expected: tuple[str, str]) -> None:
    assert decode(data, declared) == expected


def test_a_break_in_sound_utf8_does_not_turn_all_of_it_into_cp1252() -> None:
    text = "äöü" * 10
    assert decode(text.encode() + b"\xc3") == (text + "\ufffd", "utf-8, damaged")


def test_a_break_in_a_declared_charset_costs_one_character() -> None:
    text = "신선한 촛불 파티에 초대 합니다"
    data = text.encode("euc_kr") + b"\xff"
    assert decode(data, "ks_c_5601-1987") == (text + "\ufffd", "cp949, damaged")


def test_cp1252_with_bytes_that_look_like_utf8_stays_cp1252() -> None:
    data = "Ì© costs ÌÏ and Ì©".encode("cp1252")
    assert decode(data) == ("Ì© costs ÌÏ and Ì©", "cp1252")


@given(
    st.binary(),
    st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-7", "utf-16", "hz", "big5"])),
)
def test_any_bytes_become_text_that_utf8_can_hold(data: bytes, declared: str | None) -> None:
    text, name = decode(data, declared)
    text.encode("utf-8")
    assert name


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_utf8_comes_back(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()) == (text, "utf-8")


@given(st.binary())
def test_no_byte_is_lost_when_nothing_fits(data: bytes) -> None:
    text, name = decode(data)
    if name == "cp1252":
        assert len(text) == len(data)


@given(st.text(max_size=20))
def test_any_name_is_a_codec_or_none(name: str) -> None:
    codec = known_codec(name)
    assert codec is None or isinstance("a".encode(codec), bytes)
