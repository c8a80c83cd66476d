"""What is odd about the headers of a mail."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable, Sequence

from textpipe.signs.addresses import site_of
from textpipe.signs.mailboxes import mailboxes

Headers = dict[str, list[str]]
"""The values of each header by name in lower case, in their order."""

DAY = 24 * 60 * 60

_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_UNDISCLOSED = re.compile(
    r"undisclosed|recipient.{0,20}not shown|suppressed|unlisted.recipient|verborgene.empf",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\s*(?:re|aw|antw|antwort)\s?(?:\[\d+\])?:", re.IGNORECASE)
_BULK = re.compile(
    r"bulk|mass ?mail|blast|stealth|group ?mail|e-?mail ?(?:er|magnet|king|sender|marketing|wiz|pro)\b"
    r"|mailer ?(?:pro|platinum)|list ?merge|floodgate|avalanche|extractor|advanced (?:direct|mass)"
    r"|direct (?:e-?)?mail|smart ?send|mail ?king|power ?mailer|sendblaster|turbo ?mail|atomic ?mail"
    r"|mail ?shot|newsletter",
    re.IGNORECASE,
)
_OUTLOOK = re.compile(r"microsoft outlook(?: express)? ?[\d.,]", re.IGNORECASE)
_ID = re.compile(r"\s*<[^<>@\s]+@[^<>@\s]+>\s*")
_COMMENT = re.compile(r"\([^()]*+\)")
_RESULT = re.compile(r"(?:^|;)\s*+(spf|dkim|dmarc)\s*+=\s*+([a-z]++)", re.IGNORECASE)
FEW = 4
"""So many recipients are nothing remarkable."""

_GAP = re.compile(r"\s{5}")
_LOUD = 6
"""Letters that a subject must have to be called loud."""

_ONCE = (
    "from sender reply-to to cc bcc message-id in-reply-to references subject date mime-version"
    " content-type content-transfer-encoding"
)
"""Headers that stand once in a mail (RFC 5322, section 3.6; RFC 2045)."""


def first(headers: Headers, name: str) -> str:
    """The value of the first header of this name; empty if there is none."""
    return headers.get(name, [""])[0]


def sites(value: str) -> list[str]:
    """The registrable domains of the addresses in the value of a header."""
    return [site_of(box.domain) or box.domain for box in mailboxes(value)]


def from_sender(headers: Headers) -> dict[str, int]:
    """Of From and Reply-To."""
    boxes = mailboxes(first(headers, "from"))
    name, address = boxes[0] if boxes else ("", "")
    own = site_of(address.rpartition("@")[2]) or address.rpartition("@")[2]
    local = address.rpartition("@")[0]
    shown = _ADDRESS.search(name)
    answers = sites(first(headers, "reply-to"))
    return {
        "from_missing": not boxes,
        "from_several": len(boxes) > 1,
        "reply_to_differs": bool(own) and bool(answers) and own not in answers,
        "name_shows_address": shown is not None,
        "name_shows_other_address": shown is not None
        and (site_of(shown[1].lower()) or shown[1].lower()) != own,
        "name_missing": bool(boxes) and not name,
        "name_in_capitals": len(name) >= _LOUD and name.isupper(),
        "name_not_ascii": sum(not word.isascii() for word in name.split()),
        "address_ends_in_digits": len(local) - len(local.rstrip("0123456789")) >= 3,
    }


def to_recipients(headers: Headers) -> dict[str, int]:
    """Of To and Cc."""
    values = headers.get("to", []) + headers.get("cc", [])
    boxes = [box for value in values for box in mailboxes(value)]
    senders = {box.address for box in mailboxes(first(headers, "from"))}
    to = first(headers, "to")
    return {
        "to_missing": "to" not in headers,
        "many_recipients": max(0, len(boxes) - FEW),
        "undisclosed_recipients": _UNDISCLOSED.search(to[:1000]) is not None
        or (bool(to.strip()) and not boxes),
        "to_is_from": any(box.address in senders for box in boxes),
    }


def of_subject(headers: Headers) -> dict[str, int]:
    """Of the subject."""
    subject = first(headers, "subject")
    answers = _REPLY.match(subject)
    said = subject if answers is None else subject[answers.end() :]
    letters = sum(letter.isalpha() for letter in said)
    return {
        "subject_missing": not subject.strip(),
        "subject_in_capitals": letters >= _LOUD and said.upper() == said,
        "subject_exclamations": subject.count("!"),
        "subject_questions": subject.count("?"),
        "subject_gaps": len(_GAP.findall(subject.strip())),
        "reply_to_nothing": answers is not None
        and not headers.keys() & {"in-reply-to", "references"},
    }


def of_time(headers: Headers) -> dict[str, int]:
    """Of Date, and how far from it the mail was received."""
    if "date" not in headers:
        return {"date_missing": 1}
    sent = seconds(first(headers, "date"))
    if sent is None:
        return {"date_unreadable": 1}
    arrived = seconds(first(headers, "received").rpartition(";")[2])
    if arrived is None:
        return {}
    return {"date_in_future": sent - arrived > DAY, "date_in_past": arrived - sent > DAY}


def seconds(date: str) -> int | None:
    """When a date was (RFC 5322, section 3.3), in seconds since 1970; None if it cannot be read.

    >>> seconds("Thu, 1 Jan 1970 01:00:10 +0100"), seconds("soon")
    (10, None)
    """
    try:
        parsed = email.utils.parsedate_tz(date[:200])
        return None if parsed is None else email.utils.mktime_tz(parsed)
    except Exception:  # the parser fails in many ways on what is no date; none of them matters
        return None


def of_identity(headers: Headers) -> dict[str, int]:
    """Of Message-ID, MIME and the program that the mail says it was written with."""
    mailer = first(headers, "x-mailer") or first(headers, "user-agent")
    kind = first(headers, "content-type").lower()
    way = first(headers, "content-transfer-encoding").lower()
    uses_mime = kind.strip()[:10] == "multipart/" or way.strip() in ("base64", "quoted-printable")
    version = _COMMENT.sub("", first(headers, "mime-version")[:1000]).strip()
    urgent = (
        first(headers, "x-priority").strip()[:1] in ("1", "2"),
        first(headers, "importance").strip().lower() == "high",
        first(headers, "x-msmail-priority").strip().lower() == "high",
    )
    return {
        "message_id_missing": "message-id" not in headers,
        "message_id_odd": "message-id" in headers
        and _ID.fullmatch(first(headers, "message-id")[:2000]) is None,
        "mime_version_missing": uses_mime and "mime-version" not in headers,
        "mime_version_odd": bool(version) and version != "1.0",
        "high_priority": any(urgent),
        "bulk_mailer": _BULK.search(mailer[:1000]) is not None,
        "forged_outlook": _OUTLOOK.match(mailer) is not None and "x-mimeole" not in headers,
        "repeated_headers": sum(len(headers.get(name, ())) > 1 for name in _ONCE.split()),
    }


def of_lists(headers: Headers) -> dict[str, int]:
    """Of the way the mail took, and of a mailing list."""
    return {
        "received": len(headers.get("received", ())),
        "list_unsubscribe": "list-unsubscribe" in headers,
    }


def of_authentication(values: Sequence[str], trust: str) -> dict[str, int]:
    """What the mail system called ``trust`` found out, in the Authentication-Results that it put on top.

    >>> of_authentication(["mx.x.de; spf=pass (ok; really); dkim=fail", "y; spf=fail"], "mx.x.de")
    {'spf_pass': 1, 'dkim_fail': 1}
    """
    found: dict[str, int] = {}
    for value in values:
        value = _without_comments(value[:10_000])
        name, _, results = value.partition(";")
        if [part.lower() for part in name.split()[:1]] != [trust.lower()]:
            break  # what stands below the first one of another system, anyone may have written
        for method, result in _RESULT.findall(f";{results}"):
            verdict = _VERDICTS.get(result.lower(), "unclear")
            found[f"{method.lower()}_{verdict}"] = found.get(f"{method.lower()}_{verdict}", 0) + 1
    return found


def _without_comments(value: str) -> str:
    """Without comments and what stands in quotes: senders choose parts of either."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped or letter == "\\":
            escaped = not escaped
        elif quoted or (letter == '"' and not depth):
            quoted = letter != '"' if quoted else True
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(letter)
    return "".join(kept)


_VERDICTS = {
    "pass": "pass",
    "fail": "fail",
    "hardfail": "fail",
    "softfail": "fail",
    "policy": "fail",
}

FAMILIES: tuple[Callable[[Headers], dict[str, int]], ...] = (
    from_sender,
    to_recipients,
    of_subject,
    of_time,
    of_identity,
    of_lists,
)
