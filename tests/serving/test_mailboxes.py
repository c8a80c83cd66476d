"""A Maildir read and filed: names and flags are kept, nothing is written over, nothing is followed."""

from __future__ import annotations

import mailbox
import os
import socket
from pathlib import Path

import pytest

from textpipe.errors import InputError, SourceError
from textpipe.serving.mailboxes import locked, open_mailbox
from textpipe.serving.maildir import Maildir

FOLDERS = {"spam": "Spam", "unsure": "Unsure"}
SPAM, HAM = b"Subject: prize\n\nwin\n", b"Subject: lunch\n\nat noon\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """Two mails, one of them read and answered."""
    path = tmp_path / "Maildir"
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    (path / "cur" / "1.a.host:2,RS").write_bytes(SPAM)
    (path / "new" / "2.b.host").write_bytes(HAM)
    return path


def files(path: Path) -> dict[str, bytes]:
    """All plain files in a folder, by name."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.is_symlink()
    }


def filed(path: Path, kind: str = "spam") -> dict[str, str]:
    """File all mails as this kind; what could not be filed, and why."""
    box = open_mailbox(path, FOLDERS)
    box.begin()
    failed = box.file([(letter, kind) for letter in box.letters()])
    box.end()
    return {letter.name: why for letter, why in failed.items()}


# -- Maildir --------------------------------------------------------------------------------------------


def test_the_mails_of_a_maildir_are_read(maildir: Path) -> None:
    box = open_mailbox(maildir, FOLDERS)
    assert {one.name: box.read(one, 1000) for one in box.letters()} == {
        "1.a.host:2,RS": SPAM,
        "2.b.host": HAM,
    }
    assert [box.read(one, 7) for one in box.letters()] == [SPAM[:7], HAM[:7]]


def test_a_mail_is_moved_with_its_name_and_flags(maildir: Path) -> None:
    assert filed(maildir) == {}
    assert files(maildir) == {
        ".Spam/cur/1.a.host:2,RS": SPAM,
        ".Spam/maildirfolder": b"",
        ".Spam/new/2.b.host": HAM,
    }
    inside = mailbox.Maildir(maildir, create=False).get_folder("Spam")
    assert sorted(message.get_flags() for message in inside) == ["", "RS"]


def test_ham_stays(maildir: Path) -> None:
    before = files(maildir)
    assert filed(maildir, "ham") == {}
    assert files(maildir) == before
    assert not (maildir / ".Spam").exists()


def test_a_name_that_is_taken_is_not_written_over(maildir: Path) -> None:
    there = maildir / ".Spam" / "cur"
    there.mkdir(parents=True)
    (there.parent / "new").mkdir()
    (there / "1.a.host:2,RS").write_bytes(b"another")
    assert filed(maildir) == {"1.a.host:2,RS": ".Spam has another mail of this name"}
    assert files(maildir)["cur/1.a.host:2,RS"] == SPAM
    assert files(maildir)[".Spam/cur/1.a.host:2,RS"] == b"another"
    assert files(maildir)[".Spam/new/2.b.host"] == HAM


def test_a_file_in_the_place_of_the_folder_stops_nothing_else(maildir: Path) -> None:
    (maildir / ".Spam").write_bytes(b"a file")
    assert set(filed(maildir)) == {"1.a.host:2,RS", "2.b.host"}
    assert files(maildir)["cur/1.a.host:2,RS"] == SPAM


def test_a_folder_of_a_maildir_is_sorted_beside_itself(maildir: Path) -> None:
    inner = maildir / ".Lists"
    for part in ("cur", "new", "tmp"):
        (inner / part).mkdir(parents=True)
    (inner / "cur" / "3.c.host:2,").write_bytes(SPAM)
    assert filed(inner) == {}
    assert files(maildir)[".Spam/cur/3.c.host:2,"] == SPAM
    assert files(maildir)["cur/1.a.host:2,RS"] == SPAM
    with pytest.raises(InputError, match="into which mails would go"):
        open_mailbox(maildir / ".Spam", FOLDERS)


def test_what_is_no_plain_file_is_neither_followed_nor_waited_for(
    maildir: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(SPAM)
    (maildir / "cur" / "link").symlink_to(tmp_path / "outside")
    (maildir / "cur" / "dangling").symlink_to(tmp_path / "nowhere")
    (maildir / "cur" / "folder").mkdir()
    os.mkfifo(maildir / "cur" / "fifo")
    box = open_mailbox(maildir, FOLDERS)
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(maildir / "cur")  # the address of a socket is short
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)
        refused = []
        for letter in box.letters():
            try:
                box.read(letter, 1000)
            except OSError:
                refused.append(letter.name)
    assert refused == ["dangling", "fifo", "folder", "link", "socket"]


def test_a_mail_whose_flags_change_meanwhile_is_found(maildir: Path) -> None:
    box = open_mailbox(maildir, FOLDERS)
    letters = list(box.letters())
    (maildir / "new" / "2.b.host").rename(maildir / "cur" / "2.b.host:2,S")
    assert box.read(letters[1], 100) == HAM
    assert box.file([(letter, "spam") for letter in letters]) == {}
    assert files(maildir)[".Spam/cur/2.b.host:2,S"] == HAM


def test_a_mail_that_is_gone_meanwhile_is_said(maildir: Path) -> None:
    box = open_mailbox(maildir, FOLDERS)
    letters = list(box.letters())
    letters[1].file.unlink()
    with pytest.raises(OSError, match="another program has moved it"):
        box.read(letters[1], 100)
    failed = box.file([(letter, "spam") for letter in letters])
    assert failed == {letters[1]: "another program has moved it"}
    assert files(maildir)[".Spam/cur/1.a.host:2,RS"] == SPAM


def test_a_move_that_was_begun_is_ended(maildir: Path) -> None:
    """A run was killed when the mail had both names; since then it has been read."""
    there = maildir / ".Spam"
    for part in ("cur", "new", "tmp"):
        (there / part).mkdir(parents=True)
    os.link(maildir / "new" / "2.b.host", there / "cur" / "2.b.host:2,S")
    (there / "cur" / "1.a.host:2,RS").write_bytes(SPAM)  # the same words, but another file
    box = Maildir(maildir, FOLDERS)
    assert box.begin() == 1
    assert files(maildir) == {
        ".Spam/cur/1.a.host:2,RS": SPAM,
        ".Spam/cur/2.b.host:2,S": HAM,
        "cur/1.a.host:2,RS": SPAM,
    }


@pytest.mark.parametrize("name", ["", ".Spam", "a/b", "../x", "a\0b", "a\nb", "a\\b"])
def test_a_folder_cannot_have_any_name(maildir: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name"):
        open_mailbox(maildir, {"spam": name})


def test_what_is_no_mailbox_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Maildir"):
        open_mailbox(tmp_path, FOLDERS)
    with pytest.raises(SourceError, match="no such mailbox"):
        open_mailbox(tmp_path / "none", FOLDERS)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(SourceError, match="no such mailbox"):
        open_mailbox(tmp_path / "fifo", FOLDERS)
    (tmp_path / "text").write_bytes(b"just a text\n")
    with pytest.raises(SourceError, match="is no mbox file"):
        list(open_mailbox(tmp_path / "text", FOLDERS).letters())


def test_nobody_else_files_the_mailbox_meanwhile(maildir: Path) -> None:
    with locked(maildir), pytest.raises(SourceError, match="another program has locked it"):
        locked(maildir).__enter__()
    with locked(maildir):
        pass
