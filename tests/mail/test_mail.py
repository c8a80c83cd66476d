import base64
import email.header
import email.message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import Region
from textpipe.mail import Limits, Mail


def regions(raw: bytes) -> list[tuple[str, str]]:
    return [tuple(region) for region in Mail.of(raw).regions]


def test_a_plain_mail() -> None:
    mail = Mail.of(b"From: a@b.example\r\nSubject: Hello\r\n\r\nLine 1\r\nLine 2\r\n")
    assert mail.subject == "Hello"
    assert mail.regions == [Region("subject", "Hello"), Region("plain", "Line 1\nLine 2\n")]
    assert mail.headers == [("from", "a@b.example"), ("subject", "Hello")]
    assert mail.defects == []


def test_both_alternatives_are_kept_in_their_order() -> None:
    raw = b"""Content-Type: multipart/alternative; boundary="x"

for old programs
--x
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=
=C3=9Fe
--x
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: base64

PGI+R3L832U8L2I+
--x--
the end
"""
    assert regions(raw) == [("plain", "Grüße"), ("html", "<b>Grüße</b>")]
    assert Mail.of(raw).defects == []


def test_attached_mails_are_walked_and_other_attachments_are_not() -> None:
    raw = b"""Subject: fwd
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/css

p {}
--b
Content-Type: image/png
Content-Transfer-Encoding: base64

AAAA
--b--
--a
Content-Type: message/rfc822

Subject: inner
Content-Type: text/html

<p>inner</p>
--a
Content-Type: application/octet-stream; name=a.txt

no text
--a--
"""
    assert regions(raw) == [("subject", "fwd"), ("plain", "p {}"), ("html", "<p>inner</p>")]


def test_a_mail_with_nothing_but_an_attachment_is_its_subject() -> None:
    raw = b"Subject: see\nContent-Type: application/pdf\n\n%PDF"
    assert regions(raw) == [("subject", "see")]
    assert Mail.of(raw).defects == []


def test_the_line_of_a_mailbox_is_dropped() -> None:
    raw = b"From bob@x.example  Thu Dec  2 10:55:56 2004\nSubject: s\n\nbody"
    assert regions(raw) == [("subject", "s"), ("plain", "body")]


@pytest.mark.parametrize(
    ("raw", "expected", "defect"),
    [
        (b"", [("plain", "")], "empty mail"),
        (b"\n", [("plain", "")], "empty mail"),
        (b"Hello there\nyou", [("plain", "Hello there\nyou")], "no header"),
        (b"From here it is\nfar", [("plain", "From here it is\nfar")], "no header"),
        (b"Subject: s\nno header line", [("subject", "s"), ("plain", "no header line")], "no empty line"),
        (b"Subject: s", [("subject", "s"), ("plain", "")], None),
        (b"\n\nbody", [("plain", "\nbody")], None),
        (b"Subject: caf\xe9\n\nx", [("subject", "café"), ("plain", "x")], "header not in ASCII"),
        (b"A: b\n\ncaf\xe9", [("plain", "café")], "8-bit text without a charset"),
        (b"Content-Type: text/plain; charset=x-q\n\ncaf\xe9", [("plain", "café")], "unknown charset: x-q"),
        (b"Content-Type: text/plain; charset=ascii\n\n\xc3\xa9", [("plain", "é")], "does not fit"),
        (b"Content-Type: text/plain; charset=utf-8\n\n\xe9", [("plain", "é")], "does not fit"),
        (b"A: b\n\na\0b", [("plain", "a\0b")], "NUL bytes"),
        (b"Content-Transfer-Encoding: x\n\nb", [("plain", "b")], "unknown transfer encoding: x"),
        (b"Content-Transfer-Encoding: base64\n\nYWJjZ", [("plain", "abc")], "damaged base64"),
        (b"Content-Transfer-Encoding: base64\n\nYW!Jj", [("plain", "abc")], None),
        (
            b"Content-Transfer-Encoding: base64\n\nYWI=\n\n-- \nthe list",
            [("plain", "ab\n-- \nthe list")],
            "damaged base64",
        ),
        (b"Content-Type: multipart/mixed\n\nb", [("plain", "b")], "multipart without a boundary"),
        (b"Content-Type: multipart/mixed; boundary=x\n\nb", [("plain", "b")], "never comes"),
        (b"Content-Type: multipart/a; boundary=x\n\nb\n--x--", [("plain", "b\n--x--")], "never comes"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nb", [("plain", "b")], "not closed"),
        (b"Content-Type: nonsense\n\nb", [("plain", "b")], "content type that is none"),
        (b"Content-Type: text/html\n\n<meta charset=koi8-r>\xf0", [("html", "<meta charset=koi8-r>П")], None),
    ],
)  # fmt: skip
def test_what_is_broken_is_recovered_and_named(
    raw: bytes, expected: list[tuple[str, str]], defect: str | None
) -> None:
    assert regions(raw) == expected
    defects = Mail.of(raw).defects
    assert defects == [] if defect is None else any(defect in found for found in defects)


@pytest.mark.parametrize(
    "head",
    [
        b"Message-ID: <[>",
        b"From: :",
        b"To: ,,,;",
        b"Cc: a@[1.2.3",
        b"To: " + b"(" * 500,
        b"Content-Type: text/plain; charset*=no-such-charset''a%ff",
        b"Content-Type: text/plain; name*0*=bad'x'%; name*1=b",
        b'Content-Type: text/plain; charset="' + b"\\" * 5001,
        b"Content-Type: ;;;;=;=;*=*0*=;charset",
        b"Content-Type: text/plain; charset=punycode",
        b"Content-Type: text/plain; charset=zip",
        b"Content-Transfer-Encoding: \xff\xfe",
        b"Subject: =?x-none?q?a?= =?utf-8?b?A?= =?utf-8?q?=zz?= =??=",
        b"X: " + b"=?" * 50_000,
        b"\n".join(b"X-%d: y" % i for i in range(50_000)),
        b"X: y" + b"\n " * 100_000,
        b"To: " + b"a@b.example, " * 10_000,
    ],
    ids=lambda head: repr(head[:40]),
)
def test_headers_that_break_other_parsers(head: bytes) -> None:
    mail = Mail.of(head + b"\n\nthe body")
    assert mail.regions[-1] == Region("plain", "the body")
    assert not any("unreadable" in defect for defect in mail.defects)


def test_headers_beyond_the_caps_are_named() -> None:
    mail = Mail.of(b"a: b\n" * 4 + b"\nbody", Limits(header_lines=3))
    assert mail.headers == [("a", "b")] * 3
    assert mail.regions == [Region("plain", "a: b\n\nbody")]
    assert mail.defects == ["too many header lines"]
    mail = Mail.of(b"Subject: " + b"=?utf-8?q?a?= " * 4 + b"\n\nbody", Limits(header_value=27))
    assert mail.defects == ["header too long"]
    assert mail.regions == [Region("subject", "aa"), Region("plain", "body")]


def test_a_boundary_is_one_at_the_start_of_a_line_only() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\na --x\nb\n--xy\n--x \n\nc\r\n\r\n--x--"
    assert regions(raw) == [("plain", "a --x\nb\n--xy"), ("plain", "c\n")]
    assert Mail.of(raw).defects == []


def nested(depth: int) -> bytes:
    start = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth)
    )
    return start + b"\nthe text\n"


def test_parts_in_parts_are_read_down_to_a_depth_and_below_it_as_they_stand() -> None:
    assert regions(nested(40)) == [("plain", "the text\n")]
    deep = Mail.of(nested(2000))
    assert "the text" in deep.regions[0].text
    assert "parts nested too deep" in deep.defects


def test_mails_in_mails_likewise() -> None:
    deep = Mail.of(b"Content-Type: message/rfc822\n\n" * 2000 + b"\nthe text")
    assert "the text" in deep.regions[0].text
    assert "parts nested too deep" in deep.defects


def test_parts_beyond_the_cap_are_kept_as_one_text() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=x\n\n"
        + b"--x\n\n" * 40_000
        + b"the last\n--x--\n"
    )
    mail = Mail.of(raw)
    assert "too many parts" in mail.defects
    assert len(mail.regions) <= 1000
    assert "the last" in mail.regions[-1].text


def test_what_is_larger_than_the_cap_is_cut() -> None:
    mail = Mail.of(b"Subject: s\n\n" + b"x" * 100, Limits(size=50))
    assert mail.regions[1].text == "x" * 38
    assert mail.defects == ["mail too large"]


def test_a_multipart_that_names_itself_as_its_own_boundary_ends() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 2 + b"\n--x\n\na\n--x--"
    assert [text for _, text in regions(raw)] != []


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    mail = Mail.of(raw)
    for region in mail.regions:
        region.text.encode("utf-8")
    for name, value in mail.headers:
        (name + value).encode("utf-8")
    assert not any("unreadable" in defect for defect in mail.defects)


PIECES = [
    b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\n",
    b"Subject: =?iso-2022-jp?b?GyRCJCIkJBsoQg==?= =?\n",
    b"Content-Type: multipart/mixed; boundary=x\n",
    b"Content-Type: multipart/digest; boundary*0=x; boundary*1=y\n",
    b"Content-Type: text/html; charset=utf-16\n",
    b"Content-Type: text/plain; charset=hz\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"\n",
    b"--x\n",
    b"\r\n--x--\r\n",
    b"--xy\n",
    b"=C3=BC=\n",
    b"R3LDvMOfZQ==\n",
    b"\x00\xff\xfe",
    b"~{<:~}",
    b"From a Thu Dec  2 10:55:56 2004\n",
    b"text ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.binary(max_size=3), st.integers(0, 500))
def test_mails_put_together_at_random_are_read(pieces: list[bytes], cut: bytes, at: int) -> None:
    raw = b"".join(pieces)
    mail = Mail.of(raw[:at] + cut + raw[at:])
    assert not any("unreadable" in defect for defect in mail.defects)
    for region in mail.regions:
        region.text.encode("utf-8")


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@given(texts, texts, st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_what_the_standard_library_writes_is_read_again(
    subject: str, body: str, charset: str
) -> None:
    written = email.message.Message()
    written["Subject"] = email.header.Header(subject, "utf-8").encode()
    data = body.encode(charset, "ignore")
    written["Content-Type"] = f'text/plain; charset="{charset}"'
    written["Content-Transfer-Encoding"] = "base64"
    written.set_payload(base64.encodebytes(data).decode())
    mail = Mail.of(written.as_bytes())
    decoded = str(email.header.make_header(email.header.decode_header(written["Subject"])))
    assert mail.subject == decoded.strip() == subject.strip() or mail.subject == decoded
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or charset == "utf-16":
        assert mail.regions[-1].text == data.decode(charset)
