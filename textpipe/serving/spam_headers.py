"""A verdict in the words of SpamAssassin: symbols, a report, a mail's headers."""

from __future__ import annotations

import re

from textpipe.serving.mail_status import header_of, with_fields
from textpipe.serving.points import REQUIRED, points
from textpipe.serving.verdict import Verdict, ascii_safe

SYMBOLS = {True: "TEXTPIPE_SPAM", False: "TEXTPIPE_HAM", None: "TEXTPIPE_UNSURE"}
"""By ``Verdict.is_spam``."""

_OURS = re.compile(rb"x-(?:spam|textpipe)-[!-9;-~]*[ \t]*:", re.IGNORECASE)
"""How a field of ours begins; in obsolete syntax, a blank may stand before the colon."""


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
    return with_fields(mail, _fields(verdict), _OURS)


def headers_only(verdict: Verdict, mail: bytes) -> bytes:
    return header_of(marked(verdict, mail))


def _fields(verdict: Verdict) -> list[tuple[str, str]]:
    said = f"score={points(verdict):.1f} required={REQUIRED:.1f} tests={SYMBOLS[verdict.is_spam]}"
    own = [("X-Spam-Status", f"{'Yes' if verdict.is_spam else 'No'}, {said}")]
    if verdict.is_spam:
        own = [("X-Spam-Flag", "YES"), ("X-Spam-Level", "*" * int(points(verdict))), *own]
    if verdict.reasons:
        own.append(("X-Textpipe-Reasons", ", ".join(map(ascii_safe, verdict.reasons))))
    return own
