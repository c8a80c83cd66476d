"""The verdict written into a mail, as a header that nothing in the mail can forge or break out of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textpipe.serving.verdict import Verdict, ascii_safe

STATUS = "X-Textpipe-Status"

UNJUDGED = "Unjudged"
"""In place of a verdict, for a mail that was not looked at."""

WIDTH = 76
"""Columns of a line, where it can be folded (RFC 5322, section 2.1.1)."""

MOST_REASONS = 5

_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_END = re.compile(rb"\r?\n")
_EMPTY = re.compile(rb"^\r?\n", re.MULTILINE)
_EMPTY_BY_CR = re.compile(rb"\A\r|(?<=\r)\r")
_ENVELOPE = re.compile(rb"From [^\r\n]*\r?\n")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_OURS = re.compile(rb"x-textpipe-[!-9;-~]*[ \t]*:", re.IGNORECASE)


def status_of(verdict: Verdict, unsure_as: str = "unsure") -> str:
    """The value of the header, one line of ASCII.

    >>> verdict = Verdict("spam", 0.9734, None, "spam", (("prize", 0.4), ("Gr\\u00fc\\u00dfe", 0.2)))
    >>> print(status_of(verdict))
    Spam, score=0.973, reasons="prize, Gr\\xfc\\xdfe"
    """
    reasons = ", ".join(ascii_safe(word) for word in verdict.reasons[:MOST_REASONS])
    said = f', reasons="{reasons}"' if reasons else ""
    return f"{kind_of(verdict, unsure_as).capitalize()}, score={verdict.score:.3f}{said}"


def kind_of(verdict: Verdict, unsure_as: str = "unsure") -> str:
    """``spam``, ``ham`` or ``unsure``, whatever the model calls them.

    >>> kind_of(Verdict("phish", 1.0, None, "phish")), kind_of(Verdict("unsure", 0.5, None, "phish"))
    ('spam', 'unsure')
    """
    if verdict.is_spam is None:
        return unsure_as
    return "spam" if verdict.is_spam else "ham"


def unjudged(reason: str) -> str:
    """The value of the header of a mail that was not judged, and why.

    >>> unjudged("larger than 10,000,000 bytes")
    'Unjudged, reason="larger than 10,000,000 bytes"'
    """
    return f'{UNJUDGED}, reason="{ascii_safe(reason, 200)}"'


def with_status(raw: bytes, value: str) -> bytes:
    r"""The mail with the header, which is its first; what it brought of ours is taken out.

    >>> with_status(b"Subject: Hi\r\nx-textpipe-status: Ham\r\n\tfolded\r\n\r\nBody\n", "Spam")
    b'X-Textpipe-Status: Spam\r\nSubject: Hi\r\n\r\nBody\n'
    """
    return with_fields(raw, [(STATUS, value)], _OURS)


def with_fields(raw: bytes, fields: Sequence[tuple[str, str]], ours: re.Pattern[bytes]) -> bytes:
    """The mail with these fields before its own, of which those whose names are ``ours`` are taken out.

    All else stays as it is, byte for byte: the ends of lines, which the new fields' are like, and an
    mbox line ("From ...") before the header. A mail without a header gets one. What is taken out is
    looked for up to the first empty line, whatever stands there, so that no program finds a forged
    header behind a line that ours takes for the body.
    """
    found = _ENVELOPE.match(raw)
    envelope = found.end() if found else 0
    end = _end_of_line(raw, envelope)
    own = b"".join(folded(name, value, end) for name, value in fields)
    head_end = _end_of_header(raw, envelope)
    lines = _LINES.findall(raw, envelope, head_end)
    if not _FIELD.match(lines[0] if lines else b""):  # it has none: ours ends at once
        ends_itself = envelope == head_end < len(raw)
        return raw[:envelope] + own + (b"" if ends_itself else end) + raw[envelope:]
    return raw[:envelope] + own + b"".join(_others(lines, ours)) + raw[head_end:]


def header_of(raw: bytes) -> bytes:
    r"""The header of a mail that has one, with the empty line that ends it.

    >>> header_of(b"Subject: Hi\r\n\r\nBody"), header_of(b"Subject: Hi\n")
    (b'Subject: Hi\r\n\r\n', b'Subject: Hi\n\n')
    """
    found = _ENVELOPE.match(raw)
    at = _end_of_header(raw, found.end() if found else 0)
    return raw[:at] + _end_of_line(raw, 0)


def _others(lines: Sequence[bytes], ours: re.Pattern[bytes]) -> list[bytes]:
    """The lines of a header without our fields, and what continues them."""
    kept: list[bytes] = []
    is_ours = False
    for line in lines:
        if not (is_ours and line.startswith((b" ", b"\t"))):
            is_ours = ours.match(line) is not None
        if not is_ours:
            kept.append(line)
        elif line.endswith(b"\n"):
            _end(kept)
    return kept


def _end(lines: list[bytes]) -> None:
    """End what stood on a line with a field of ours, before a CR alone: not all take that for an end.

    Else the next line would become a part of it, or an empty line would come to be.
    """
    while lines and lines[-1].endswith(b"\r"):
        if text := lines.pop()[:-1]:
            lines.append(text + b"\n")


def _end_of_line(raw: bytes, start: int) -> bytes:
    """How the first line from ``start`` on ends; a CR alone ends lines where nothing else does."""
    found = _END.search(raw, start) or _END.search(raw)
    return found[0] if found else b"\r" if b"\r" in raw else b"\n"


def _end_of_header(raw: bytes, start: int) -> int:
    """Where the first empty line begins; the end of the mail where there is none."""
    found = (_EMPTY if b"\n" in raw else _EMPTY_BY_CR).search(raw, start)
    return found.start() if found else len(raw)


def has_empty_line(raw: bytes, start: int = 0) -> bool:
    """Does an empty line begin at ``start`` or behind it?"""
    return _EMPTY.search(raw, start) is not None


def folded(name: str, value: str, end: bytes = b"\n") -> bytes:
    r"""A header field, cut at blanks into lines that are not too long; unfolded, it is the same again.

    >>> lines = folded("X-Textpipe-Status", 'Spam, reasons="' + ", ".join(["prize"] * 20) + '"')
    >>> max(map(len, lines.split(b"\n"))), lines.replace(b"\n", b"").count(b" prize")
    (75, 19)
    """
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > WIDTH and line not in ("", f"{name}:"):
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    return b"".join(line.encode("ascii", "backslashreplace") + end for line in lines)
