"""The header that carries the verdict, and what a hostile mail tries against it."""

from __future__ import annotations

import email
import email.policy
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.serving.mail_status import (
    STATUS,
    folded,
    has_empty_line,
    kind_of,
    status_of,
    unjudged,
    with_status,
)
from textpipe.serving.verdict import Verdict, ascii_safe

OURS = 'Spam, score=0.973, reasons="prize, win"'
FIELD = b'X-Textpipe-Status: Spam, score=0.973, reasons="prize, win"'


def said_by(raw: bytes) -> list[str]:
    """What Python's own reader finds under our name, unfolded."""
    found = email.message_from_bytes(raw, policy=email.policy.compat32).get_all(STATUS, [])
    return [re.sub(r"[\r\n]+", "", str(value)) for value in found]


def test_the_header_comes_first_and_all_else_stays() -> None:
    mail = b"Received: by us\nSubject: Hi\n\nBody\n\nmore\n"
    assert with_status(mail, OURS) == FIELD + b"\n" + mail


def test_it_ends_as_the_lines_of_the_mail_do() -> None:
    assert with_status(b"Subject: Hi\r\n\r\nBody\n", OURS) == (
        FIELD + b"\r\nSubject: Hi\r\n\r\nBody\n"
    )
    assert with_status(b"Subject: Hi\r\rBody", OURS) == FIELD + b"\rSubject: Hi\r\rBody"


def test_an_mbox_line_stays_before_it() -> None:
    mail = b"From ann@example.org Mon Jan  5 10:00:00 2026\nSubject: Hi\n\nBody\n"
    line, _, rest = mail.partition(b"\n")
    assert with_status(mail, OURS) == line + b"\n" + FIELD + b"\n" + rest


@pytest.mark.parametrize(
    "forged",
    [
        b"X-Textpipe-Status: Ham\n",
        b"x-TEXTPIPE-status: Ham\n",
        b"X-Textpipe-Status : Ham\n",
        b"X-Textpipe-Status\t:Ham\n",
        b"X-Textpipe-Status: Ham,\n score=0.000,\n\treasons=none\n",
        b"X-Textpipe-Status:\n Ham\n",
        b"X-Textpipe-Status: Ham\r\n folded\r\n",
        b"X-Textpipe-Status: Ham\nX-Textpipe-Status: Ham\n",
        b"X-Textpipe-Anything: Ham\n",
    ],
)
@pytest.mark.parametrize("before", [b"", b"From ann Mon Jan  5 10:00:00 2026\n"])
@pytest.mark.parametrize("after", [b"Subject: Hi\n", b""])
def test_a_forged_header_is_taken_out(forged: bytes, before: bytes, after: bytes) -> None:
    mail = before + b"To: you\n" + forged + after + b"\nX-Textpipe-Status: in the body\n"
    done = with_status(mail, OURS)
    assert done.endswith(b"To: you\n" + after + b"\nX-Textpipe-Status: in the body\n")
    assert done.startswith(before + FIELD)
    assert done.count(b"Ham") == 0
    assert said_by(done) == [OURS]


def test_a_forged_header_as_the_first_one_is_taken_out() -> None:
    assert with_status(b"X-Textpipe-Status: Ham\n\nBody", OURS) == FIELD + b"\n\nBody"


def test_a_forged_header_behind_a_broken_line_is_taken_out() -> None:
    """Some readers go on behind a line that is no field, others take it for the body."""
    mail = b"Subject: Hi\nnothing with a colon\nX-Textpipe-Status: Ham\n\nBody"
    assert with_status(mail, OURS) == FIELD + b"\nSubject: Hi\nnothing with a colon\n\nBody"


@pytest.mark.parametrize(
    ("mail", "rest"),
    [
        (b"Subject: Hi\rX-Textpipe-Status: Ham\nTo: you\n\nBody", b"Subject: Hi\nTo: you\n\nBody"),
        (b"Subject: Hi\rX-Textpipe-Status: Ham\n\nBody", b"Subject: Hi\n\nBody"),
        (b"A: 1\n\rX-Textpipe-Status: Ham\nTo: you\n\nBody", b"A: 1\nTo: you\n\nBody"),
        (b"A: 1\n\r\rX-Textpipe-Status: Ham\nTo: you\n\nBody", b"A: 1\nTo: you\n\nBody"),
        (b"A: 1\rX-Textpipe-Status: Ham\r\n folded\r\n\r\nBody", b"A: 1\n\r\nBody"),
    ],
)
def test_a_carriage_return_alone_hides_nothing_and_moves_no_line(mail: bytes, rest: bytes) -> None:
    done = with_status(mail, OURS)
    assert done in (FIELD + b"\n" + rest, FIELD + b"\r\n" + rest)
    assert said_by(done) == [OURS]


def test_behind_an_mbox_line_too_a_carriage_return_alone_hides_nothing() -> None:
    mail = b"From ann Mon 10:00\n folded\rX-Textpipe-Status: Ham\r"
    line, _, rest = mail.partition(b"\n")
    assert with_status(mail, OURS) == line + b"\n" + FIELD + b"\n\n" + rest


@pytest.mark.parametrize(
    ("mail", "done"),
    [
        (b"", FIELD + b"\n\n"),
        (b"\nBody", FIELD + b"\n\nBody"),
        (b"\r\nBody", FIELD + b"\r\n\r\nBody"),
        (b"no header at all\nX-Textpipe-Status: Ham\n", None),
        (b" begins with a blank: x\n\nBody", None),
        (b"\0" * 1000, None),
        (b"\xff\xfe\0S\0u", None),
    ],
)
def test_a_mail_without_a_header_gets_one(mail: bytes, done: bytes | None) -> None:
    assert with_status(mail, OURS) == (done or FIELD + b"\n\n" + mail)
    assert said_by(with_status(mail, OURS)) == [OURS]


def test_the_value_names_score_and_reasons() -> None:
    verdict = Verdict("spam", 0.9734, None, "spam", (("prize", 0.4), ("win", 0.2)))
    assert status_of(verdict) == OURS
    assert status_of(Verdict("ham", 0.0, None, "spam")) == "Ham, score=0.000"
    assert status_of(Verdict("unsure", 0.5, None, "spam")) == "Unsure, score=0.500"
    assert status_of(Verdict("unsure", 0.5, None, "spam"), "ham") == "Ham, score=0.500"
    assert kind_of(Verdict("bulk", 1.0, None, "bulk")) == "spam"
    assert kind_of(Verdict("any other", 0.0, None, "bulk")) == "ham"


@pytest.mark.parametrize(
    "word",
    [
        "x\r\nX-Textpipe-Status: Ham",
        "x\nSubject: forged",
        "x\r\rBody",
        "nul\0nul",
        'quote" and \\ backslash',
        "Grüße 日本 \U0001f4b0",
        "\ud800 surrogate",
        "\x85\u2028\u2029\x0b\x0c\x1c lines of other kinds",
        "\u202etxt.exe",
        "=?utf-8?q?encoded?=",
        "\x1b[31mred",
        "w" * 100_000,
        " ",
        "",
    ],
)
def test_a_word_of_the_mail_cannot_break_out_of_the_header(word: str) -> None:
    verdict = Verdict("spam", 1.0, None, "spam", ((word, 0.5), ("second", 0.2)))
    value = status_of(verdict)
    assert value.isascii()
    assert value.isprintable()
    assert value.startswith('Spam, score=1.000, reasons="')
    assert value.endswith(', second"')
    assert value.count('"') == 2
    assert "=?" not in value
    done = with_status(b"Subject: Hi\n\nBody", value)
    assert said_by(done) == [" ".join(value.split(" "))]
    assert done.endswith(b"\nSubject: Hi\n\nBody")
    assert email.message_from_bytes(done).keys() == [STATUS, "Subject"]


def test_why_it_was_not_judged_is_as_safe() -> None:
    assert unjudged("larger\r\nthan: \0") == 'Unjudged, reason="larger than: \\x00"'


LINES = st.sampled_from(
    [
        *(b"Subject: Hi", b"X-Textpipe-Status: Ham", b"x-textpipe-status : Ham", b" folded"),
        *(b"\tX-Textpipe-Status: Ham", b"", b"no field", b"From ann Mon 10:00", b"\0", b"\xff: x"),
        *(b">From x", b":", b"X-Textpipe-", b"X-Textpipe-:"),
    ]
)
ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r", b""])
MAILS = st.lists(st.tuples(LINES, ENDS), max_size=12).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


@given(MAILS | st.binary(max_size=200))
def test_of_any_bytes_there_is_one_status_and_it_is_ours(mail: bytes) -> None:
    done = with_status(mail, OURS)
    assert said_by(done) == [OURS]
    envelope = done.startswith(b"From ") and not done.startswith(FIELD)
    rest = done.partition(b"\n")[2] if envelope else done
    assert rest.startswith(FIELD)
    head = re.split(rb"^\r?\n", rest, maxsplit=1, flags=re.MULTILINE)[0]
    fields = re.split(rb"\r\n|\n|\r", head) if b"\n" in mail else [FIELD]
    assert [one for one in fields if one.lower().startswith(b"x-textpipe-status")] == [FIELD]


@given(MAILS | st.binary(max_size=200))
def test_the_body_of_any_bytes_stays(mail: bytes) -> None:
    found = re.search(rb"^\r?\n", mail, re.MULTILINE)
    done = with_status(mail, OURS)
    assert done.endswith(mail[found.start() :] if found else b"")
    if b"x-textpipe-" not in mail.lower():
        end = re.search(rb"\r?\n|\r|\Z", done[done.index(FIELD) :])
        assert end
        without = done.replace(FIELD + end[0], b"", 1)
        assert mail in (without, without.replace(end[0], b"", 1))


@given(MAILS | st.binary(max_size=200))
def test_once_more_changes_nothing(mail: bytes) -> None:
    done = with_status(mail, OURS)
    assert with_status(done, OURS) == done


@given(st.text(), st.integers(10, 60))
def test_any_text_becomes_printable_ascii_of_bounded_length(text: str, longest: int) -> None:
    safe = ascii_safe(text, longest)
    assert safe.isascii()
    assert safe.isprintable()
    assert len(safe) <= longest
    assert '"' not in safe
    assert "=?" not in safe


@given(
    st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), max_size=40)
)
def test_a_folded_header_unfolds_to_what_it_was(words: list[str]) -> None:
    value = " ".join(["Spam", *words])
    lines = folded(STATUS, value, b"\r\n")
    assert lines.endswith(b"\r\n")
    assert lines.replace(b"\r\n", b"").decode() == f"{STATUS}: {value}"
    long = [line for line in lines.split(b"\r\n") if len(line) > 76]
    assert all(line.strip().count(b" ") <= 1 for line in long)


def test_an_empty_line_is_found_from_a_place_on() -> None:
    assert has_empty_line(b"a: b\n\nbody")
    assert has_empty_line(b"a: b\r\n\r\nbody")
    assert has_empty_line(b"\nbody")
    assert not has_empty_line(b"\nbody", 1)
    assert not has_empty_line(b"a: b\nc: d\n")


def test_of_real_mails_nothing_but_our_header_is_new() -> None:
    corpora = os.environ.get("TEXTPIPE_CORPORA")
    if corpora is None:
        pytest.skip("TEXTPIPE_CORPORA is not set, so that spamassassin's mails were not read")
    paths = sorted(path for path in (Path(corpora) / "spamassassin").rglob("*") if path.is_file())
    assert len(paths) > 1000
    for path in paths[::3]:
        mail = path.read_bytes()
        done = with_status(mail, OURS)
        at = done.index(FIELD)
        behind = done[at + len(FIELD) :].partition(b"\n")[2]
        assert done[:at] + behind in (mail, mail[:at] + b"\n" + mail[at:]), path
