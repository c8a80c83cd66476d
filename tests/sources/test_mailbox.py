import io
from pathlib import Path

import pytest

from textpipe.errors import SourceError
from textpipe.sources import read
from textpipe.sources.mailbox import split_mbox

BOX = b"""From a@x.example Thu Dec  2 10:55:56 2004
Subject: one

>From the start
From within a paragraph

From now on a sentence
>>From twice

From b@x.example Fri Dec  3 10:55:56 2004
Subject: two

body
"""


def split(data: bytes) -> list[bytes]:
    return list(split_mbox(io.BufferedReader(io.BytesIO(data)), "box"))


def test_mails_are_split_where_they_begin_and_not_at_sentences() -> None:
    first, second = split(BOX)
    assert first.startswith(b"Subject: one\n")
    assert (
        b"\nFrom the start\nFrom within a paragraph\n\nFrom now on a sentence\n>From twice\n"
        in first
    )
    assert second == b"Subject: two\n\nbody\n"


def test_windows_line_ends_and_empty_lines_in_front() -> None:
    assert len(split(b"\r\n\r\n" + BOX.replace(b"\n", b"\r\n"))) == 2


def test_a_mailbox_without_times_splits_at_every_such_line() -> None:
    assert split(b"From a\nX: 1\n\nx\n\nFrom b\nX: 2\n\ny\n") == [b"X: 1\n\nx\n\n", b"X: 2\n\ny\n"]


def test_lines_of_megabytes_are_no_line_starts() -> None:
    line = b"x" * ((1 << 20) - 2) + b"\n\n"
    assert len(split(b"From a 1:00\n\n" + line + b"From b 1:00\n\ny")) == 2
    line = b"x" * (1 << 20)
    assert len(split(b"From a 1:00\n\n" + line + b"From b 1:00\n\ny")) == 1


def test_each_mail_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(BOX)
    corpus = read(path, label="ham")
    assert corpus.documents.ids.to_pylist() == ["in.mbox:1", "in.mbox:2"]
    assert corpus.documents.texts()[1] == "two\n\nbody\n"
    assert corpus.labels is not None
    assert corpus.documents.counts["mail.defects"].tolist() == [0, 0]
    assert len(read(path, format="mail")) == 2


def test_what_is_no_mailbox_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(b"Subject: one\n\nbody")
    with pytest.raises(SourceError, match="no mbox file"):
        read(path)
