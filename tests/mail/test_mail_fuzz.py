"""No bytes make a mail raise, hang, grow, or give another result the second time."""

import base64
import os
import quopri
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.mail import Limits, Mail

SMALL = Limits(
    size=20_000,
    depth=5,
    parts=12,
    header_lines=30,
    header_value=500,
    archive_names=5,
    unpacked=4000,
)


def check(raw: bytes, limits: Limits) -> Mail:
    """Everything that is promised of any bytes."""
    mail = Mail.of(raw, limits)
    said = everything(mail)
    assert everything(Mail.of(raw, limits)) == said
    backwards = Mail.of(raw, limits)  # what is asked for first changes nothing
    _ = backwards.defects, backwards.parts, backwards.headers
    assert everything(backwards) == said
    assert not any(defect.startswith("unreadable") for defect in mail.defects), mail.defects
    for text in strings(said):
        text.encode("utf-8")
    n = min(len(raw), limits.size)
    assert sum(len(region.text) for region in mail.regions) <= 2 * n + 2
    assert len(mail.parts) <= 2 * limits.parts
    assert len(mail.attachments) <= 3 * limits.parts
    assert all(len(found.listing) <= limits.archive_names for found in mail.attachments)
    assert all(len(found.name) <= 2000 for found in mail.attachments)
    return mail


def everything(mail: Mail) -> list[object]:
    return [
        mail.subject, mail.headers, mail.regions, mail.parts, mail.attachments, mail.outside,
        mail.alternatives_in_common, mail.alternatives_differ, mail.encoding, mail.defects,
    ]  # fmt: skip


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [text for item in value for text in strings(item)]
    return strings(list(vars(value).values())) if hasattr(value, "__dict__") else []


@given(st.binary(max_size=3000))
def test_random_bytes(raw: bytes) -> None:
    check(raw, SMALL)


HEADERS = [
    b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\n",
    b"Subject: =?iso-2022-jp?b?GyRCJCIkJBsoQg==?= =?\n",
    b"From: =?utf-8?q?=E2=80=AEa?= <a@[1.2.3>\n",
    b"Message-ID: <[>\n",
    b"To: ((((,,;\n",
    b"Content-Type: multipart/mixed; boundary=x\n",
    b"Content-Type: multipart/alternative; boundary*0=x; boundary*1=y\n",
    b'Content-Type: multipart/digest; boundary="x"\n',
    b"Content-Type: text/html; charset=utf-16\n",
    b"Content-Type: text/plain; charset=hz; name*0*=bad'x'%ff\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: message/delivery-status\n",
    b'Content-Type: application/zip; name="..\\\\a\x00.zip"\n',
    b"Content-Type: ;;=;*=*0*=\n",
    b"Content-Disposition: attachment; filename*=utf-8''%E2%80%AEcod.exe\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"Content-Transfer-Encoding: x-uuencode\n",
    b" folded\n",
]
PIECES = [
    *HEADERS,
    b"\n",
    b"\r\n",
    b"\r",
    b"--x\n",
    b"\r\n--x--\r\n",
    b"--xy\n",
    b"=C3=BC=\n",
    b"R3LDvMOfZQ==\n",
    b"UEsDBBQAAQAIAAAAIQA=\n",
    b"begin 644 a.exe\n#35J0\n`\nend\n",
    b"begin 644 b\n",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\x1f\x8b\x08\x08",
    b"\x00\xff\xfe",
    b"~{<:~}",
    b"From a Thu Dec  2 10:55:56 2004\n",
    b"<p>one &#99999999; <!-- two",
    b"text ",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=60), st.binary(max_size=3), st.integers(0, 500))
def test_pieces_of_mails_in_any_order(pieces: list[bytes], cut: bytes, at: int) -> None:
    raw = b"".join(pieces)
    check(raw[:at] + cut + raw[at:], SMALL)


def real_mails() -> list[bytes]:
    """Our own mails, and SpamAssassin's odd ones where they lie; their first 20 kB."""
    folders = [Path(__file__).parents[2] / "data" / "mail"]
    if corpora := os.environ.get("TEXTPIPE_CORPORA"):
        folders.append(Path(corpora) / "sa-testmails" / "t")
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.read_bytes()[:20_000] for path in paths]


MAILS = real_mails()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_real_mails_with_damage(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(MAILS)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 80))
        new = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        raw[at : at + length] = new
    check(bytes(raw), data.draw(st.sampled_from([SMALL, Limits()])))


WORDS = st.text("abcdefgh ÄÖÜéß€ привет", min_size=1, max_size=60).map(str.strip)


@st.composite
def built(draw: st.DrawFn, depth: int = 0) -> tuple[bytes, list[str]]:
    """A mail that is whole, of parts within parts, and the texts that are visible in it."""
    kind = draw(st.sampled_from(["text"] * 3 + ["multipart", "mail"] if depth < 3 else ["text"]))
    if kind == "mail":
        inner, texts = draw(built(depth + 1))
        return b"Content-Type: message/rfc822\n\n" + inner, texts
    if kind == "multipart":
        boundary = b"depth-%d" % depth
        parts = draw(st.lists(built(depth + 1), min_size=1, max_size=3))
        head = b"Content-Type: multipart/%s; boundary=%s\n\n" % (
            draw(st.sampled_from([b"mixed", b"alternative", b"related", b"x-odd"])),
            boundary,
        )
        pieces = [b"--" + boundary + b"\n" + part + b"\n" for part, _ in parts]
        end = draw(st.sampled_from([b"--" + boundary + b"--\n", b""]))
        return head + b"".join(pieces) + end, [text for _, texts in parts for text in texts]
    text = draw(WORDS)
    charset = draw(st.sampled_from(["utf-8", "utf-16", "koi8-r", "cp1252", "x-none"]))
    codec = "utf-8" if charset == "x-none" else charset
    data = text.encode(codec, "ignore")
    ways = ["base64"] if charset == "utf-16" else ["base64", "quoted-printable", "8bit"]
    way = draw(st.sampled_from(ways))  # a line end more would be half a letter of UTF-16
    if way == "base64":
        data = base64.encodebytes(data)
    elif way == "quoted-printable":
        data = quopri.encodestring(data)
    media = draw(
        st.sampled_from(["text/plain", "TEXT/HTML", "text/x-odd", "message/delivery-status"])
    )
    head = (
        f"Content-Type: {media}; charset={charset}\nContent-Transfer-Encoding: {way}\n\n".encode()
    )
    return head + data, [text.encode(codec, "ignore").decode(codec)]


@settings(max_examples=200)
@given(built(), st.booleans())
def test_each_visible_text_is_in_a_region(mail: tuple[bytes, list[str]], windows: bool) -> None:
    raw, texts = mail
    if windows:
        raw = raw.replace(b"\n", b"\r\n")
    read = check(raw, Limits())
    regions = [region.text.strip() for region in read.regions]
    assert regions == [text.strip() for text in texts], read.defects
