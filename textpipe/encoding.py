"""Bytes to text: a ladder of guesses that ends in a result, whatever the bytes are."""

from __future__ import annotations

import codecs
import contextlib
from functools import lru_cache

_BOMS = (  # UTF-32 before UTF-16: its little-endian mark begins with the other one's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_REALLY = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
"""What is meant by who declares these names (WHATWG Encoding Standard, section 4.2)."""

_LIKE_ASCII = ("utf-8", "cp1252")
"""The most usual encodings, in which ASCII means what it says."""

_NOT_FOR_TEXTS = {
    "idna",
    "punycode",
    "undefined",
    "unicode-escape",
    "raw-unicode-escape",
    "mbcs",
    "oem",
}
"""Python's codecs that no document is written in; punycode takes quadratic time."""


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text, and the name of the encoding that it was read by. Never raises.

    The ladder: a byte order mark; the ``declared`` encoding; UTF-8; either of these with U+FFFD for
    what is damaged, if ten times as much is sound; cp1252, where the five bytes that it leaves
    undefined become C1 controls (WHATWG Encoding Standard, windows-1252).

    >>> decode("Grüße".encode()), decode("Grüße".encode("cp1252"))
    (('Grüße', 'utf-8'), ('Grüße', 'cp1252'))
    >>> decode("Привет".encode("koi8-r"), "koi8-r")
    ('Привет', 'koi8-r')
    """
    codec = known_codec(declared) if declared else None
    if data.isascii() and (not declared or codec in _LIKE_ASCII):  # most texts; no mark is ASCII
        return data.decode("ascii"), codec or "utf-8"
    mark = marked(data)
    if mark is not None:
        name, length = mark
        return data[length:].decode(name, "replace"), name
    ladder = ["utf-8"] if codec is None or codec == "utf-8" else [codec, "utf-8"]
    for name in ladder:
        with contextlib.suppress(ValueError):
            return clean_surrogates(data.decode(name)), name
    if codec == "cp1252":
        return _windows(data), codec
    for name in ladder:
        text = clean_surrogates(data.decode(name, "replace"))
        if _not_ascii(text) > 10 * text.count("\ufffd"):
            return text, f"{name}, damaged"
    return _windows(data), "cp1252"


def marked(data: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names, and the mark's length; None without a mark."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, len(mark)
    return None


def known_codec(name: str | None) -> str | None:
    """Python's name for an encoding, corrected for what its users mean; None if there is none.

    >>> known_codec("ISO-8859-1"), known_codec("x-unknown"), known_codec("zip")
    ('cp1252', None, None)
    """
    if not name or len(name) > 80 or not name.isascii() or not name.isprintable():
        return None
    return _codec(name)


@lru_cache(maxsize=256)
def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name.strip())
        b"a".decode(codec.name)
    except UnicodeDecodeError:  # UTF-16 wants an even number of bytes
        pass
    except (LookupError, ValueError):  # unknown, or from bytes to bytes, such as "zip"
        return None
    if codec.name.replace("_", "-") in _NOT_FOR_TEXTS:
        return None
    return _REALLY.get(codec.name, codec.name)


def clean_surrogates(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, so that it can be written as UTF-8.

    >>> clean_surrogates("a\\ud83db")
    'a\ufffdb'
    """
    if text.isascii():  # Python knows it without a look
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _not_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _windows(data: bytes) -> str:
    return codecs.charmap_decode(data, "strict", _WINDOWS)[0]


_WINDOWS = "".join(bytes([i]).decode("cp1252", "ignore") or chr(i) for i in range(256))
