"""Header lines of mails: RFC 5322 (lines), RFC 2047 (encoded words), RFC 2045 and 2231 (parameters).

Nothing here raises, whatever the bytes are: what is broken is named in ``defects``.
"""

from __future__ import annotations

import binascii
import re
import string
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from textpipe.encoding import clean_surrogates, decode, known_codec
from textpipe.mail.limits import USUAL, Limits

_LINE = re.compile(rb"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")
_FIELD = re.compile(  # a whole field: a line that names it, and those that begin with white space
    rb"([!-9;-~]++)[ \t]*+:[^\r\n]*+(?:\r\n|\r|\n|\Z)(?:[ \t][^\r\n]*+(?:\r\n|\r|\n|\Z))*+"
)
_ENVELOPE = re.compile(rb">?From .*\d:\d\d")
"""Where mailboxes begin a message (RFC 4155); the time of day tells it from a sentence."""

_IN_NAMES = bytes(set(range(33, 127)) - set(b":")) + b"\n"
"""What names of fields are made of (RFC 5322, section 3.6.8), and what stands between them here."""

_USUAL_HEAD = 1 << 17
"""Bytes of most headers, and more."""

USUAL_TYPE = 100
"""Bytes of a content type that is remembered."""

_MEDIA = re.compile(r"[^\s/]+/[^\s/]+")
_COMMENT = re.compile(rb"\([^()]*+\)")
_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?]*)\?=")
_BASE64 = string.ascii_letters + string.digits + "+/"
NOT_BASE64 = bytes(set(range(256)) - set(_BASE64.encode()))
"""The bytes that mean nothing in base64 (RFC 2045, section 6.8, has decoders pass over them)."""


class Head(NamedTuple):
    """The header lines of an entity: their names in lower case, in their order; the lines, unfolded; and
    where its body begins.
    """

    names: list[bytes]
    lines: list[bytes]
    body: int

    def value(self, at: int) -> bytes:
        """What the field at this position says. (Few are asked for.)"""
        return self.lines[at].partition(b":")[2].strip()

    def first(self, name: bytes) -> bytes:
        """The value of the first field of this name (in lower case); empty if there is none."""
        return self.value(self.names.index(name)) if name in self.names else b""

    def has(self, name: bytes) -> bool:
        """Is there a field of this name (in lower case)?"""
        return name in self.names

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """Names and values, in their order."""
        return [(name, self.value(at)) for at, name in enumerate(self.names)]

    @staticmethod
    def none(body: int) -> Head:
        """That of an entity without one."""
        return Head([], [], body)


def split_head(
    raw: bytes,
    defects: list[str],
    limits: Limits = USUAL,
    start: int = 0,
    end: int | None = None,
) -> Head:
    """The header of a mail or a part.

    It ends at the first empty line, or before the first line that cannot belong to it.
    Only ``raw[start:end]`` is looked at; ``body`` counts from the beginning of ``raw``.

    >>> head = split_head(b"Subject: Hello\\r\\n you\\r\\n\\r\\nText", [])
    >>> head.fields, head.body
    ([(b'subject', b'Hello you')], 24)
    """
    end = len(raw) if end is None else end
    quick = split_quickly(raw, start, end, limits.header_lines)
    return (
        split_carefully(raw, defects, limits.header_lines, start, end) if quick is None else quick
    )


def split_carefully(raw: bytes, defects: list[str], most: int, start: int, end: int) -> Head:
    """What ``split_head`` returns, field by field."""
    names: list[bytes] = []
    lines: list[bytes] = []
    at = start
    while at < end:
        if len(names) >= most:
            defects.append("too many header lines")
            break
        field = _FIELD.match(raw, at, end)
        if field is not None:
            names.append(field[1].lower())
            lines.append(field[0].translate(None, b"\r\n"))
            at = field.end()
            continue
        line = _LINE.match(raw, at, end)
        assert line is not None  # noqa: S101  # the pattern matches the empty rest too
        if line[1] and not _ENVELOPE.match(line[1]):
            defects.append("no empty line after the header" if names else "no header")
            break
        at = line.end()
        if not line[1]:
            break
    return Head(names, lines, at)


def split_quickly(raw: bytes, start: int, end: int, most: int) -> Head | None:
    """What ``split_head`` returns, for a header in which nothing is wrong; None for others.

    No "\\r" may stand by itself in it, and an empty line must follow. (One operation on all its bytes after
    another takes half as long as a pattern that walks through them.)
    """
    if raw.startswith((b"From ", b">From "), start):
        line_end = raw.find(b"\n", start, min(end, start + _USUAL_HEAD))
        line = raw[start : max(line_end, start)].removesuffix(b"\r")
        if not _ENVELOPE.match(line) or b"\r" in line or _FIELD.match(line):
            return None
        start = line_end + 1
    cut, after = raw.find(b"\n\n", start, min(end, start + _USUAL_HEAD)), 2
    block = raw[start:cut] if cut >= 0 else b"\r"
    if b"\r" in block:
        cut, after = raw.find(b"\r\n\r\n", start, min(end, start + _USUAL_HEAD)), 4
        block = raw[start : max(cut, start)].replace(b"\r\n", b"\n")
        if b"\r" in block or b"\n\n" in block:
            return None
    lines = block.replace(b"\n ", b" ").replace(b"\n\t", b"\t").split(b"\n")
    if len(lines) >= most:
        return None
    colons = [line.find(b":") for line in lines]
    if min(colons) < 1:
        return None
    named = b"\n".join([line[:at] for line, at in zip(lines, colons, strict=True)]).lower()
    if named.translate(None, _IN_NAMES):
        return None
    return Head(named.split(b"\n"), lines, cut + after)


def is_plain(value: bytes, longest: int = USUAL.header_value) -> bool:
    """Does the value say what it says, letter by letter? Most do."""
    return value.isascii() and b"=?" not in value and len(value) <= longest


def header_text(value: bytes, defects: list[str], longest: int = USUAL.header_value) -> str:
    """A header's value as people read it.

    >>> header_text(b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?b?IQ==?=", [])
    'Grüße!'
    """
    if is_plain(value, longest):
        return value.decode("ascii")
    if len(value) > longest:
        defects.append("header too long")
        value = value[:longest]
    if not value.isascii():
        defects.append("header not in ASCII")
    text, _ = decode(value)
    if "=?" not in text:
        return text
    pieces: list[str] = []
    word = b""
    charset = ""
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if word and (between.strip() or match[1].lower() != charset):
            pieces.append(_decoded(word, charset, defects))
            word = b""
        if between.strip() or end == 0:
            pieces.append(between)
        charset = match[1].lower()
        # Characters may be cut in two by the end of a word: words of one charset are joined first.
        word += _word_bytes(match[2].lower(), match[3], defects)
        end = match.end()
    pieces.append(_decoded(word, charset, defects) if word else "")
    return clean_surrogates("".join(pieces) + text[end:])


def content_type(value: bytes) -> tuple[str, dict[str, bytes]]:
    """Media type in lower case (text/plain where it is none) and its parameters.

    >>> content_type(b'Text/HTML; charset="utf-8"; name*=cp1252\\'\\'a%20b')
    ('text/html', {'charset': b'utf-8', 'name': b'a b', 'name*': b'cp1252'})
    """
    read = _usual_type if len(value) <= USUAL_TYPE else _type
    media, found = read(value)
    return media, dict(found)


def _type(value: bytes) -> tuple[str, dict[str, bytes]]:
    _, _, rest = value[: USUAL.header_value].partition(b";")
    return media_type(value) or "text/plain", parameters(rest)  # RFC 2045, section 5.2


_usual_type = lru_cache(maxsize=500)(_type)
"""Most parts say one of a few things; what is long is not remembered."""


def media_type(value: bytes) -> str | None:
    """The media type alone, in lower case; None if there is none that can be read."""
    kind = value[: USUAL.header_value].partition(b";")[0]
    media = (_COMMENT.sub(b" ", kind) if b"(" in kind else kind).strip().lower().decode("latin-1")
    return media if _MEDIA.fullmatch(media) else None


_PARAMETER = re.compile(
    rb'\s*([^\s=;*"]+)(?:\*(\d{1,3}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*+)"?|([^;\s]*)([^;]*+))[^;]*+;?',
    re.DOTALL,
)


def parameters(rest: bytes) -> dict[str, bytes]:
    """The parameters of a structured header; continued ones (``name*0``, ``name*1``) are joined.

    Where a value names its charset (RFC 2231), that stands under ``name*``.
    """
    charsets: dict[str, bytes] = {}
    pieces: dict[str, list[tuple[int, bytes]]] = {}
    at = 0
    while at < len(rest):
        match = _PARAMETER.match(rest, at)
        if match is None:
            at = rest.find(b";", at) + 1
            if at == 0:
                break
            continue
        at = match.end()
        name = match[1].lower().decode("latin-1")
        value = match[5] or b""
        if match[4]:
            value = re.sub(rb"\\(.)", rb"\1", match[4], flags=re.DOTALL)
        elif (
            name in ("name", "filename") and match[6]
        ):  # a name with blanks, and without its quotes
            value = (value + match[6]).strip()
        number = int(match[2] or 0)
        if match[3]:
            if number == 0 and value.count(b"'") >= 2:
                charset, _, value = value.split(b"'", 2)
                charsets.setdefault(f"{name}*", charset)
            value = unquote_to_bytes(value)
        if match[2] or name not in pieces:
            pieces.setdefault(name, []).append((number, value))
    values = {name: b"".join(value for _, value in sorted(found)) for name, found in pieces.items()}
    return values | charsets


def _word_bytes(way: str, content: str, defects: list[str]) -> bytes:
    # The ladder above may have read 8-bit bytes as characters; encoded words are ASCII.
    data = content.encode("ascii", "replace")
    if way == "q":
        return binascii.a2b_qp(data, header=True)
    data = data.translate(None, NOT_BASE64)
    if len(data) % 4 == 1:
        defects.append("damaged base64 in a header")
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _decoded(word: bytes, charset: str, defects: list[str]) -> str:
    if known_codec(charset) is None:
        defects.append("unknown charset in a header")
    return decode(word, charset)[0].replace("\r", "").replace("\n", " ")
