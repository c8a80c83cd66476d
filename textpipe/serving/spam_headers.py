"""A verdict in the words of SpamAssassin: symbols, a report, a mail's headers."""

from __future__ import annotations

import re

from textpipe.serving.points import REQUIRED, points
from textpipe.serving.verdict import Verdict, ascii_safe

SYMBOLS = {True: "TEXTPIPE_SPAM", False: "TEXTPIPE_HAM", None: "TEXTPIPE_UNSURE"}
"""By ``Verdict.is_spam``."""

_OURS = re.compile(
    rb"^x-(?:spam|textpipe)-[!-9;-~]*+[ \t]*+:[^\n]*+\n?(?:[ \t][^\n]*+\n?)*+",
    re.IGNORECASE | re.MULTILINE,
)
"""A field of ours with the lines that continue it; in obsolete syntax, a blank may stand before the colon."""


def nothing(_verdict: Verdict, _mail: bytes) -> bytes:
    return b""


def symbols(verdict: Verdict, _mail: bytes) -> bytes:
    return f"{SYMBOLS[verdict.is_spam]}\r\n".encode()


def report(verdict: Verdict, _mail: bytes) -> bytes:
    lines = [
        f"textpipe calls this mail {ascii_safe(verdict.label)}: {points(verdict):.1f} points, "
        f"{REQUIRED:.1f} required.",
        f"Score {verdict.score:.3f} for {ascii_safe(verdict.positive)}; model {verdict.model[:12]}.",
    ]
    if verdict.words:
        lines += ["", "Share  Word", "-----  ----"]
        lines += [f"{weight:+5.2f}  {ascii_safe(word)}" for word, weight in verdict.words]
    if verdict.neighbours:
        lines += ["", "Near   Label   Id", "-----  ------  --"]
        lines += [
            f"{near.similarity:5.2f}  {ascii_safe(near.label):6s}  {ascii_safe(near.id, 60)}"
            for near in verdict.neighbours
        ]
    lines += [f"Broken in the mail: {ascii_safe(defect, 100)}" for defect in verdict.defects[:5]]
    return "\r\n".join([*lines, ""]).encode("ascii")


def report_if_spam(verdict: Verdict, mail: bytes) -> bytes:
    return report(verdict, mail) if verdict.is_spam else b""


def marked(verdict: Verdict, mail: bytes) -> bytes:
    r"""The mail with headers that tell the verdict; what it brings of such headers is left out.

    >>> verdict = Verdict("ham", 0.1, None, "spam")
    >>> print(marked(verdict, b"X-Spam-Flag: YES\nSubject: Hello\n\nBye").decode())
    X-Spam-Status: No, score=1.0 required=5.0 tests=TEXTPIPE_HAM
    Subject: Hello
    <BLANKLINE>
    Bye
    """
    head, rest = _split(mail)
    return head_marked(verdict, head, mail) + rest


def headers_only(verdict: Verdict, mail: bytes) -> bytes:
    head, rest = _split(mail)
    end = b"\r\n" if rest.startswith(b"\r\n") else b"\n"
    return head_marked(verdict, head, mail) + end


def head_marked(verdict: Verdict, head: bytes, mail: bytes) -> bytes:
    """Our headers and those of the mail, without the empty line."""
    end = b"\r\n" if b"\r\n" in mail[:1000] else b"\n"
    said = f"score={points(verdict):.1f} required={REQUIRED:.1f} tests={SYMBOLS[verdict.is_spam]}"
    own = [f"X-Spam-Status: {'Yes' if verdict.is_spam else 'No'}, {said}"]
    if verdict.is_spam:
        own = ["X-Spam-Flag: YES", f"X-Spam-Level: {'*' * int(points(verdict))}", *own]
    if verdict.reasons:
        words = ", ".join(ascii_safe(word) for word in verdict.reasons)
        own.append(f"X-Textpipe-Reasons: {words}")
    envelope = b""
    if head.startswith(b"From "):  # a mailbox's own line stays the first
        envelope, newline, head = head.partition(b"\n")
        envelope += newline or end
    return b"".join([envelope, *(line.encode("ascii") + end for line in own), _OURS.sub(b"", head)])


def _split(mail: bytes) -> tuple[bytes, bytes]:
    """The header lines, and the rest with the empty line that begins it."""
    if mail[:1] == b"\n" or mail[:2] == b"\r\n":
        return b"", mail
    found = re.search(rb"(?<=\n)\r?\n", mail)
    return (mail, b"") if found is None else (mail[: found.start()], mail[found.start() :])
