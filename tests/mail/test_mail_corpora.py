"""The real corpora, whole, and the standard library as an oracle."""

import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from textpipe.mail import Mail

OWN = Path(__file__).parents[2] / "data" / "mail"
HAM, SPAM = ("easy-ham-1", "easy-ham-2", "hard-ham-1"), ("spam-1", "spam-2")


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def whole(raw: bytes) -> Mail:
    """A mail of which all was asked."""
    mail = Mail.of(raw)
    _ = mail.regions, mail.headers, mail.attachments, mail.outside, mail.alternatives_differ
    assert not any(defect.startswith("unreadable") for defect in mail.defects)
    assert [part.text for part in mail.parts if part.text is not None] == [
        region.text for region in mail.regions if region.kind != "subject"
    ]
    return mail


def test_our_own_mails_have_the_defects_that_they_were_given() -> None:
    found = [whole(path.read_bytes()).defects for path in files(OWN)]
    assert len(found) > 90
    kinds = {defect.split(":")[0] for defects in found for defect in defects}
    assert kinds == {
        "8-bit text without a charset",
        "unknown charset",
        "multipart that is not closed",
    }
    assert sum(map(bool, found)) < 0.1 * len(found)


def test_every_mail_of_spamassassin_goes_through(corpora: Path) -> None:
    kinds: Counter[str] = Counter()
    read = 0
    for folder in (*HAM, *SPAM):
        for path in files(corpora / "spamassassin" / folder):
            kinds.update({defect.split(":")[0] for defect in whole(path.read_bytes()).defects})
            read += 1
    assert read == 6046
    assert kinds["8-bit text without a charset"] == 107
    assert kinds["multipart that is not closed"] == 52
    assert kinds["header not in ASCII"] == 47
    assert kinds["path in an attachment name"] == 2


def test_every_odd_mail_goes_through(corpora: Path) -> None:
    mails = [whole(path.read_bytes()) for path in files(corpora / "sa-testmails" / "t")]
    assert len(mails) == 138
    kinds = Counter(kind for mail in mails for kind in {d.split(":")[0] for d in mail.defects})
    assert kinds["encrypted archive"] == 1
    sniffed = Counter(found.sniffed_type for mail in mails for found in mail.attachments)
    assert sum("openxmlformats" in media for media in sniffed.elements()) == 6


@pytest.mark.parametrize("corpus", ["spamassassin", "sa-testmails"])
def test_every_text_that_the_standard_library_finds_is_in_a_region(
    corpora: Path, corpus: str
) -> None:
    found = lost = 0
    for path in files(corpora / corpus):
        if path.name in ("LICENSE", "NOTICE") or "README" in path.name:
            continue
        raw = path.read_bytes()
        mail = Mail.of(raw)
        ours = folded("\n".join(region.text for region in mail.regions))
        for text in texts_by_the_standard_library(raw):
            if folded(text) in ours:
                found += 1
            else:
                lost += 1
                # What they find and we do not is text that we read better, or that lies elsewhere.
                why = mail.defects or mail.attachments or not text.isascii()
                assert why or not raw.isascii(), path
    assert found > 60 * lost


def folded(text: str) -> str:
    return " ".join(text.split())


def texts_by_the_standard_library(raw: bytes) -> Iterator[str]:
    """The text parts that it can decode at all."""
    parts: Iterator[Message] = email.message_from_bytes(raw, policy=email.policy.compat32).walk()
    for part in parts:
        if part.get_content_maintype() == "text" and not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            try:
                yield payload.decode(part.get_content_charset("ascii"))
            except (LookupError, ValueError):
                continue


def test_names_of_attachments_are_those_of_the_standard_library(corpora: Path) -> None:
    same = other = 0
    for corpus in ("spamassassin", "sa-testmails"):
        for path in files(corpora / corpus):
            raw = path.read_bytes()
            message = email.message_from_bytes(raw, policy=email.policy.compat32)
            theirs = [part.get_filename() for part in message.walk() if part.get_filename()]
            mail = Mail.of(raw)
            ours = [found.declared_name for found in mail.attachments if found.declared_name]
            same += ours == theirs
            # They know no encoded words in names, and no uuencoded files.
            if ours != theirs and not any("=?" in name for name in theirs):
                other += not any(found.declared_type == "" for found in mail.attachments)
    assert same > 6000
    assert other <= 10
