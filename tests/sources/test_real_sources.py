"""The real corpora, whole."""

import email
import email.policy
import os
from collections import Counter
from pathlib import Path

import pytest

from textpipe.sources import parse_mail, read


def test_sms_and_its_re_export(corpora: Path) -> None:
    sms = read(
        corpora / "sms-spam" / "SMSSpamCollection", format="tsv", text_column=2, label_column=1
    )
    assert sms.labels is not None
    assert Counter(sms.labels.tolist()) == {"ham": 4827, "spam": 747}
    assert sms.skipped == []
    assert any('"' in text for text in sms.documents.texts())
    csv = read(corpora / "sms-spam" / "spam_kaggle_latin1.csv", text_column="v2", label_column="v1")
    assert len(csv) == 5572
    assert csv.skipped == []
    assert set(csv.encodings) == {"utf-8", "cp1252"}
    assert "50 rows held text in nameless columns" in csv.notes[0]


@pytest.mark.parametrize(("part", "n"), [("train", 11314), ("test", 7532)])
def test_20_newsgroups(corpora: Path, part: str, n: int) -> None:
    posts = read(corpora / "20news-bydate" / f"20news-bydate-{part}", format="text")
    assert len(posts) == n
    assert posts.labels is not None
    assert len(set(posts.labels.tolist())) == 20
    assert set(posts.encodings) == {"utf-8", "cp1252"}


def test_german_tweets(corpora: Path) -> None:
    path = corpora / "germeval2018" / "germeval2018.test.txt"
    assert len(read(path, format="tsv", text_column=1, label_column=2)) == 3532


def test_every_mail_of_spamassassin_is_a_document(corpora: Path) -> None:
    folder = corpora / "spamassassin"
    hams = [f"ham={folder / name}" for name in ("easy-ham-1", "easy-ham-2", "hard-ham-1")]
    corpus = read([*hams, f"spam={folder / 'spam-1'}", f"spam={folder / 'spam-2'}"], format="mail")
    assert corpus.labels is not None
    assert Counter(corpus.labels.tolist()) == {"ham": 4150, "spam": 1896}
    assert corpus.skipped == []
    assert sum(not text.strip() for text in corpus.documents.texts()) == 0
    defects = corpus.documents.counts["mail.defects"]
    assert 200 < (defects > 0).sum() < 300
    assert not any("unreadable" in note for note in corpus.notes)


def test_every_odd_mail_is_a_document(corpora: Path) -> None:
    corpus = read(corpora / "sa-testmails" / "t", format="mail", label_column="")
    files = [path for path in (corpora / "sa-testmails" / "t").rglob("*") if path.is_file()]
    boxes = [path for path in files if path.suffix == ".mbox"]
    in_boxes = sum(".mbox:" in name for name in corpus.documents.ids.to_pylist())
    assert in_boxes == 3
    assert len(corpus) + len(corpus.skipped) == len(files) - len(boxes) + in_boxes
    assert all(item.reason == "empty file" for item in corpus.skipped)
    assert not any("unreadable" in note for note in corpus.notes)


def test_texts_are_those_of_the_standard_library_where_that_works(corpora: Path) -> None:
    same = other = 0
    for path in sorted((corpora / "spamassassin").glob("*-[12]/*"))[::8]:
        raw = path.read_bytes()
        mail = parse_mail(raw)
        try:
            theirs = _texts_by_the_standard_library(raw)
        except (LookupError, AttributeError, IndexError, KeyError):
            continue
        ours = [region.text for region in mail.regions if region.kind != "subject"]
        same += ours == theirs
        # They know no cp1252 in what is declared as Latin-1, no 8-bit text without a charset, ...
        if ours != theirs and raw.isascii() and not mail.defects:
            other += [len(text) for text in ours] != [len(text) for text in theirs]
    assert same > 700
    assert other <= 3


def _texts_by_the_standard_library(raw: bytes) -> list[str]:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]


def test_german_mail_bodies(corpora: Path) -> None:
    folder = corpora / "codealltag-ps" / "emails"
    corpus = read(f"ham={folder}")
    assert len(corpus) == len(os.listdir(folder)) == 800  # noqa: PTH208
    assert corpus.encodings == {"utf-8": 800}
