"""A mail beyond its texts: headers, parts, what stands outside of them, alternatives, limits."""

import email
import email.policy

import pyarrow as pa
import pytest

from textpipe.documents import Region
from textpipe.errors import InputError
from textpipe.mail import Limits, Mail, documents_of
from textpipe.mail.alternatives import in_common

MAIL = b"""From bob Thu Dec  2 10:55:56 2004
From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>
Received: by one
Received: by two
Subject: Report
Content-Type: multipart/mixed; boundary="out"

for old programs
--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=utf-8

The train is late today
--in
Content-Type: text/html; charset=ISO-8859-1
Content-Transfer-Encoding: Quoted-Printable

<p>The <b>tr</b>ain=20is late today=
</p>
--in--
--out
Content-Type: image/png; name="a.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--out--
a footer
"""


def test_headers_are_decoded_and_found_by_name() -> None:
    mail = Mail.of(MAIL)
    assert mail.headers[0] == ("from", "Jürgen <j@x.example>")
    assert mail.header("FROM") == "Jürgen <j@x.example>"
    assert mail.header("reply-to") == ""
    assert mail.all("Received") == ["by one", "by two"]
    assert mail.subject == "Report"
    assert mail.encoding == "utf-8"
    assert mail.defects == []


def test_an_encoded_word_that_holds_nothing_is_empty() -> None:
    assert Mail.of(b"Subject: =?utf-8?q??=\n\nx").headers == [("subject", "")]


def test_parts_in_their_order_and_where_they_lie() -> None:
    parts = Mail.of(MAIL).parts
    assert [(part.media_type, part.depth, part.above) for part in parts] == [
        ("multipart/mixed", 0, -1),
        ("multipart/alternative", 1, 0),
        ("text/plain", 2, 1),
        ("text/html", 2, 1),
        ("image/png", 1, 0),
    ]
    html, image = parts[3], parts[4]
    assert (html.charset, html.transfer_encoding) == ("iso-8859-1", "quoted-printable")
    assert html.text == "<p>The <b>tr</b>ain is late today</p>"
    assert html.size == len(html.text)
    assert (image.text, image.file_name, image.size) == (None, "a.png", 8)
    assert image.headers[1] == ("content-transfer-encoding", "base64")


def test_what_mail_programs_do_not_show_is_kept() -> None:
    assert Mail.of(MAIL).outside == ["for old programs", "a footer"]


def test_alternatives_that_say_the_same() -> None:
    assert Mail.of(MAIL).alternatives_in_common == 1
    assert Mail.of(MAIL).alternatives_differ is False


def test_alternatives_that_do_not() -> None:
    mail = Mail.of(MAIL.replace(b"<p>The <b>tr</b>ain=20is late", b"<p>Claim your prize"))
    assert mail.alternatives_differ is True


def test_the_html_of_an_alternative_may_come_with_its_pictures() -> None:
    inner = b"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html"
    mail = Mail.of(
        MAIL.replace(b"Content-Type: text/html", inner).replace(b"--in--", b"--r--\n--in--")
    )
    assert mail.alternatives_differ is False


def test_a_mail_without_alternatives_has_none_that_differ() -> None:
    assert Mail.of(b"Subject: s\n\nbody").alternatives_differ is None
    mixed = MAIL.replace(b"multipart/alternative", b"multipart/mixed")
    assert Mail.of(mixed).alternatives_differ is None


@pytest.mark.parametrize(
    ("plain", "html", "share"),
    [
        ("", "", 1),
        ("a", "", 0),
        ("a b", "<p>A\n<p>b", 1),
        ("a b", "a<br>c", 0.5),
        ("fee", "f<b>e</b>e", 1),
        ("a", "a<!-- b --><script>c</script><style>d</style><!-- never closed", 1),
        ("a https://x.example/b", '<a href="https://x.example/b">a</a>', 1),
        ("ü", "&uuml;", 1),
        ("İ a", "İ<SCRIPT>b</SCRIPT> a", 1),  # in small letters, the first one needs more room
        ("a", "a &#99999999999;", 1),
        ("a", "a &#" + "9" * 5000 + ";", 1),
    ],
)
def test_words_in_common(plain: str, html: str, share: float) -> None:
    assert in_common(plain, html) == share


def test_of_long_alternatives_the_beginnings_are_compared() -> None:
    assert in_common("a " * 10 + "b", "a " * 10 + "c", longest=20) == 1


REPORT = b"""Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

Your mail could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; x.example

Final-Recipient: rfc822; a@x.example
Status: 5.1.1
--x
Content-Type: message/rfc822

Subject: mine

hello
--x--
"""


def test_a_report_of_a_mail_system_is_read_with_the_mail_that_it_is_about() -> None:
    mail = Mail.of(REPORT)
    assert [region.text for region in mail.regions] == [
        "Your mail could not be delivered.",
        "Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; a@x.example\nStatus: 5.1.1",
        "hello",
    ]
    assert mail.attachments == []
    assert mail.parts[-1].headers == [("subject", "mine")]
    assert mail.defects == []


def test_the_parts_of_a_digest_are_mails() -> None:
    parts = b"--x\n\nSubject: a\n\none\n--x\n\nSubject: b\n\ntwo\n--x--"
    mail = Mail.of(b"Content-Type: multipart/digest; boundary=x\n\n" + parts)
    assert mail.regions == [Region("plain", "one"), Region("plain", "two")]


def test_a_multipart_that_was_encoded_as_a_whole_is_taken_apart() -> None:
    body = "LS14CkNvbnRlbnQtVHlwZTogdGV4dC9odG1sCgo8cD5oaQotLXgtLQo="  # --x ... <p>hi --x--
    head = "Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64\n\n"
    mail = Mail.of((head + body).encode())
    assert mail.regions == [Region("html", "<p>hi")]
    assert mail.defects == ["multipart with a transfer encoding"]


def test_headers_that_stand_twice() -> None:
    mail = Mail.of(b"Subject: a\nReceived: x\nReceived: y\nSubject: b\n\nbody")
    assert mail.subject == "a"
    assert mail.defects == ["repeated header: subject"]


@pytest.mark.parametrize(
    ("limits", "defect"),
    [
        (Limits(size=50), "mail too large"),
        (Limits(depth=1), "parts nested too deep"),
        (Limits(parts=3), "too many parts"),
        (Limits(header_lines=2), "too many header lines"),
        (Limits(header_value=20), "header too long"),
    ],
)
def test_each_overrun_is_named_and_texts_stay_within_the_limit(limits: Limits, defect: str) -> None:
    mail = Mail.of(MAIL, limits)
    assert defect in mail.defects
    assert len(mail.parts) <= max(limits.parts, len(Mail.of(MAIL).parts))
    if limits.size > 50:
        assert "late today" in "".join(region.text for region in mail.regions)


def test_decoding_again_and_again_ends() -> None:
    head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
    mail = Mail.of(head * 5 + b"x" * 500, Limits(size=1000))
    assert "mails within mails too large" in mail.defects
    assert "x" * 500 in mail.regions[0].text


def test_false_boundaries_by_the_hundred_thousand_end_the_search() -> None:
    mail = Mail.of(
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n" + b"--xy\n" * 100_001 + b"--x--"
    )
    assert mail.defects == ["too many false boundaries", "multipart that is not closed"]
    assert len(mail.regions) == 1


def test_mails_become_a_batch() -> None:
    documents = documents_of([MAIL, b""], ids=["a", "b"])
    assert documents.ids.to_pylist() == ["a", "b"]
    assert documents.regions is not None
    assert documents.regions.of(0, documents.texts()[0]) == Mail.of(MAIL).regions
    assert documents.counts["mail.defects"].tolist() == [0, 1]
    assert documents.mails is not None
    assert documents.mails.type == pa.large_binary()
    assert documents.mails.to_pylist() == [MAIL, b""]
    assert len(documents_of([])) == 0
    with pytest.raises(InputError, match="2 ids were given for 1"):
        documents_of([MAIL], ids=["a", "b"])


SEVEN = {
    "message id": b"Message-ID: <[>\n\nthe body",
    "addresses": b"From:\nTo: ,,,;\nCc: a@[1.2.3\n\nthe body",
    "charset": b"Content-Type: text/plain; charset=x-unknown-8bit\n\nthe body",
    "charset of a parameter": b"Content-Type: text/plain; name*=no-such'en'a%ff\n\nthe body",
    "no boundary": b"Content-Type: multipart/mixed\n\nthe body",
    "nested": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(1200)
    )
    + b"\nthe body",
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 1200 + b"\nthe body",
    "parentheses": b"To: " + b"(" * 500 + b"\n\nthe body",
}


@pytest.mark.parametrize("raw", SEVEN.values(), ids=SEVEN)
def test_what_the_standard_library_breaks_at(raw: bytes) -> None:
    mail = Mail.of(raw)
    assert "the body" in mail.regions[-1].text
    assert len(mail.headers) == raw.partition(b"\n\n")[0].count(b": ") + raw.startswith(b"From:\n")
    assert mail.parts
    assert not any(defect.startswith("unreadable") for defect in mail.defects)


def test_at_least_some_of_these_still_break_it() -> None:
    """If none does, the reason for a reader of our own has gone."""
    broken = 0
    for raw in SEVEN.values():
        try:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            for name in message.keys():  # noqa: SIM118  # a message is no dictionary
                _ = message[name]
            for part in message.walk():
                part.get_content()
        except (AttributeError, IndexError, KeyError, LookupError, RecursionError):
            broken += 1
    assert broken >= 4
