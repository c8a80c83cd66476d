"""MailParts: which texts of a mail become which regions, and what is odd about its parts."""

import base64
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents
from textpipe.mail import Attachment, Mail, documents_of
from textpipe.signs.attachment_signs import attachment_signs
from textpipe.signs.mail_parts import MailParts
from textpipe.signs.mailboxes import mailboxes
from textpipe.testing import plain

PLAIN = b"From: Ann <ann@x.de>\nSubject: Lake\n\nAt seven.\n"


def multipart(kind, *parts):
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return b"Subject: s\nContent-Type: multipart/%s; boundary=b\n\n%s--b--\n" % (kind, body)


TEXT = b"Content-Type: text/plain\n\nsome words here"
HTML = b"Content-Type: text/html\n\n<p>some words here"
OTHER_HTML = b"Content-Type: text/html\n\n<p>buy it at once"


def attached(name, content, declared="application/octet-stream"):
    head = f"Content-Type: {declared}\nContent-Disposition: attachment; filename={name}\n"
    return head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)


def archive(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name in names:
            written.writestr(name, "x")
    return file.getvalue()


def regions(raw, **options):
    return [tuple(region) for region in made(raw, **options).documents_regions().__next__()]


def made(raw, **options):
    return MailParts(**options).transform(documents_of([raw]))


def signs(raw):
    counts = {name: int(column[0]) for name, column in made(raw).counts.items()}
    found = {name.removeprefix("mail_parts."): n for name, n in counts.items() if n}
    return {name: n for name, n in found.items() if name not in ("parts", "mail.defects")}


def test_a_simple_mail():
    assert regions(PLAIN) == [("subject", "Lake"), ("plain", "At seven.\n")]
    assert regions(PLAIN, sender="name")[0] == ("sender", "Ann")
    assert regions(PLAIN, sender="both")[0] == ("sender", "Ann ann@x.de")
    assert signs(PLAIN) == {}


def test_what_is_no_mail_stays_as_it_is():
    documents = Documents.of(["text"])
    assert MailParts().apply(documents) is documents
    mixed = Documents.concat([documents, documents_of([PLAIN])])
    after = MailParts().apply(mixed)
    assert [tuple(region) for region in next(iter(after.documents_regions()))] == [("", "text")]
    assert after.counts["mail_parts.parts"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("alternatives", "kinds"),
    [("both", ["plain", "html"]), ("html", ["html"]), ("plain", ["plain"])],
)
def test_alternatives(alternatives, kinds):
    raw = multipart(b"alternative", TEXT, HTML)
    found = regions(raw, alternatives=alternatives)
    assert [kind for kind, _ in found if kind != "subject"] == kinds


@pytest.mark.parametrize("alternatives", ["both", "html", "plain"])
@pytest.mark.parametrize("raw", [multipart(b"mixed", TEXT, HTML), multipart(b"alternative", TEXT)])
def test_what_has_no_alternative_is_always_read(raw, alternatives):
    assert regions(raw, alternatives=alternatives) == regions(raw)


def test_html_may_lie_deeper():
    related = b"Content-Type: multipart/related; boundary=c\n\n--c\n" + HTML + b"\n--c--"
    raw = multipart(b"alternative", TEXT, related)
    assert [kind for kind, _ in regions(raw, alternatives="html")] == ["subject", "html"]
    assert [kind for kind, _ in regions(raw, alternatives="plain")] == ["subject", "plain"]


def test_quotes_and_signatures_can_be_left_out():
    raw = b"Subject: s\n\nAnn wrote:\n> When?\n>> Where?\n > x\nAt 7 > 6.\n-- \nBob\n"
    assert regions(raw)[1][1].count("\n") == 7
    assert regions(raw, quoted=False)[1] == ("plain", "Ann wrote:\nAt 7 > 6.\n-- \nBob\n")
    assert regions(raw, signature=False)[1][1].endswith("At 7 > 6.\n")
    html = b"Content-Type: text/html\n\n> a\n-- \nb"
    assert regions(html, quoted=False, signature=False) == [("html", "> a\n-- \nb")]


def test_names_of_attachments_are_a_region():
    raw = multipart(b"mixed", TEXT, attached("a.zip", archive("x/run.exe", "b.txt")))
    assert regions(raw)[-1] == ("attachment", "a.zip\nx/run.exe\nb.txt")
    assert regions(raw, attachments=False)[-1][0] == "plain"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (multipart(b"alternative", TEXT, HTML), {}),
        (multipart(b"alternative", TEXT, OTHER_HTML), {"alternatives_differ": 1}),
        (b"Subject: s\nMIME-Version: 1.0\n" + HTML, {"html_only": 1}),
        (b"Subject: s\n\n ...\n", {"no_text": 1}),
        (
            b"Content-Transfer-Encoding: base64\n\nSGVsbG8gQm9iCg==\n",
            {"base64_texts": 1},
        ),
        (
            multipart(b"mixed", TEXT, attached("a.gif", b"GIF89a...", "image/gif")),
            {"attachments": 1, "attached_images": 1},
        ),
        (
            multipart(b"mixed", TEXT, attached("a.zip", archive("b.pdf.exe"))),
            {"attachments": 1, "archives": 1, "executables_in_archives": 1},
        ),
        (
            multipart(b"mixed", TEXT, b"Content-Type: message/rfc822\n\n" + PLAIN),
            {"attached_mails": 1},
        ),
        (
            b"Content-Transfer-Encoding: base64\n\nSGVsbG8g\xfcQm9iCg=====x\n",
            {"defects": 1, "defect_damaged_base64": 1, "base64_texts": 1},
        ),
    ],
)
def test_signs(raw, found):
    assert signs(raw) == found


@pytest.mark.parametrize(
    ("name", "declared", "sniffed", "found"),
    [
        ("a.pdf", "application/pdf", "application/pdf", []),
        ("a.jpg", "image/jpg", "image/jpeg", ["attached_images"]),
        ("a.txt", "text/plain", "text/plain", []),
        ("a.csv", "text/csv", "text/plain", []),
        ("a.bin", "application/octet-stream", "application/octet-stream", []),
        ("a.pdf", "application/octet-stream", "text/html", ["name_mismatches"]),
        (
            "a.pdf",
            "application/pdf",
            "application/zip",
            ["type_mismatches", "name_mismatches", "archives"],
        ),
        (
            "a.txt",
            "text/plain",
            "application/x-elf",
            ["type_mismatches", "name_mismatches", "executables"],
        ),
        ("a.docx .scr ", "", "", ["executables", "double_extensions"]),
        ("a.xlsm", "", "", ["macro_documents"]),
        ("a.HTML", "text/html", "text/html", ["html_attachments"]),
    ],
)
def test_signs_of_an_attached_file(name, declared, sniffed, found):
    signs = attachment_signs(Attachment(name, declared, sniffed, 9))
    assert signs == ["attachments", *found]
    assert not {"type_mismatches", "name_mismatches"} & set(
        attachment_signs(Attachment(name, declared, sniffed, 0))
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", []),
        ("a@x.de", [("", "a@x.de")]),
        ("Ann <A@X.de>", [("Ann", "a@x.de")]),
        ('"Doe, Ann" <a@x.de>, b@x.de (Bob)', [("Doe, Ann", "a@x.de"), ("Bob", "b@x.de")]),
        ("Doe, Ann <a@x.de>", [("Doe , Ann", "a@x.de")]),
        ("Friends: a@x.de, <b@x.de>;", [("Friends:", "a@x.de"), ("", "b@x.de")]),
        ("undisclosed-recipients:;", []),
        ('"pay@paypal.com" <x@y.de>', [("pay@paypal.com", "x@y.de")]),
        ("<<a@x.de>>", [("", "a@x.de")]),
    ],
)
def test_mailboxes(value, found):
    assert [tuple(box) for box in mailboxes(value)] == found


@pytest.mark.parametrize("flood", ['"', "<", "(", ",", "a,", "a@", '"a" <', "a b <c@d.e>,", "é"])
def test_mailboxes_of_floods(flood):
    assert len(mailboxes(flood * 200_000)) <= 10_000


@given(st.text('ab@.,;:<>()"\\ ', max_size=40))
def test_mailboxes_of_anything(value):
    for _, address in mailboxes(value):
        assert "@" in address


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from([PLAIN, b"", b"\0", multipart(b"alternative", TEXT, HTML)]), max_size=5
    )
)
def test_batches_do_not_matter(raws):
    documents = Documents.concat([documents_of([PLAIN, *raws]), Documents.of(["no mail"])])
    whole = plain(MailParts().apply(documents))
    assert whole == [plain(MailParts().apply(one))[0] for one in documents.batches(1)]


def test_all_real_mails_keep_their_texts(corpora):
    folder = corpora("spamassassin")
    raws = [path.read_bytes() for path in sorted((folder / "hard-ham-1").iterdir())]
    after = MailParts(attachments=False).apply(documents_of(raws))
    for raw, found in zip(raws, after.documents_regions(), strict=True):
        expected = [region for region in Mail.of(raw).regions if region.text]
        assert [region.text for region in found] == [region.text for region in expected]
    assert 0.4 < (after.counts["mail_parts.html_only"] > 0).mean() < 0.6
