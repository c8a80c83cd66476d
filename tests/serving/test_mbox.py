"""An mbox read and copied: every byte once, and the mbox stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textpipe.errors import InputError, SourceError
from textpipe.serving.mailboxes import open_mailbox
from textpipe.serving.mbox import Mbox

FOLDERS = {"spam": "Spam", "unsure": "Unsure"}


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


MBOX = (
    b"From ann@example.org Mon Jan  5 10:00:00 2026\nSubject: one\n\nFirst\n\n"
    b"From bob@example.org Mon Jan  5 11:00:00 2026\nSubject: two\n\n>From here on\n"
    b"From me, no new mail\n\nFrom me, neither\n\n"
    b"From eve@example.org Mon Jan  5 12:00:00 2026\nSubject: three\n\nno end of line"
)


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.write_bytes(MBOX)
    return path


def test_the_mails_of_an_mbox_are_read(mbox: Path) -> None:
    box = open_mailbox(mbox, FOLDERS)
    assert {one.name: box.read(one, 1000) for one in box.letters()} == {
        "inbox:1": b"Subject: one\n\nFirst\n\n",
        "inbox:2": b"Subject: two\n\nFrom here on\nFrom me, no new mail\n\nFrom me, neither\n\n",
        "inbox:3": b"Subject: three\n\nno end of line",
    }


def test_of_a_long_mail_in_an_mbox_so_much_is_read_as_was_asked_for(mbox: Path) -> None:
    mbox.write_bytes(b"\r\n\nFrom a Mon 10:00\n" + b">From x\n" * 10)
    box = open_mailbox(mbox, FOLDERS)
    (letter,) = box.letters()
    assert box.read(letter, 80) == b">From x\n" * 10
    assert box.read(letter, 81) == b"From x\n" * 10
    assert box.read(letter, 20) == b">From x\n>From x\n>Fro"[:20]


def test_copies_are_made_and_the_mbox_stays(mbox: Path) -> None:
    box = open_mailbox(mbox, FOLDERS)
    box.begin()
    kinds = ["spam", "ham", "unsure"]
    assert box.file(list(zip(box.letters(), kinds, strict=True))) == {}
    assert not (mbox.parent / "inbox.sorted").exists()
    box.end()
    assert mbox.read_bytes() == MBOX
    copies = files(mbox.parent / "inbox.sorted")
    assert sorted(copies) == ["ham.mbox", "spam.mbox", "unsure.mbox"]
    assert copies["spam.mbox"] + copies["ham.mbox"] + copies["unsure.mbox"] == MBOX
    assert sorted(path.name for path in mbox.parent.iterdir()) == ["inbox", "inbox.sorted"]


def test_copies_are_not_written_over(mbox: Path) -> None:
    assert filed(mbox) == {}
    before = files(mbox.parent)
    with pytest.raises(SourceError, match="is there already"):
        filed(mbox, "ham")
    assert files(mbox.parent) == before


def test_half_a_copy_of_an_earlier_run_is_no_part_of_the_next(mbox: Path) -> None:
    first = Mbox(mbox, {"spam": "Junk", "unsure": "Unsure"})
    first.begin()
    first.file([(next(iter(first.letters())), "spam")])
    assert filed(mbox) == {}
    copies = files(mbox.parent / "inbox.sorted")
    assert copies == {"ham.mbox": b"", "spam.mbox": MBOX, "unsure.mbox": b""}


def test_an_mbox_that_changes_meanwhile_gets_no_copies(mbox: Path) -> None:
    box = open_mailbox(mbox, FOLDERS)
    box.begin()
    box.file([(letter, "ham") for letter in box.letters()])
    with mbox.open("ab") as file:
        file.write(b"\nFrom new@example.org Mon Jan  5 13:00:00 2026\nSubject: new\n\nNew\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        box.end()
    assert [path.name for path in mbox.parent.iterdir()] == ["inbox"]


def test_two_kinds_do_not_go_to_one_file(mbox: Path) -> None:
    with pytest.raises(InputError, match="the same file"):
        open_mailbox(mbox, {"spam": "Ham", "unsure": "Unsure"})


LINES = st.sampled_from(
    [
        *(b"From a Mon Jan  5 10:00:00 2026\n", b"From a\n", b">From b\n", b"\n", b"\r\n"),
        *(b"Subject: x\n", b"text\n", b"From", b"\0", b"\xff\n", b" \n"),
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=20), st.sampled_from([b"From a Mon 10:00\n", b"From a\n", b"\n"]))
def test_the_copies_of_any_mbox_hold_every_byte_once(
    tmp_path: Path, lines: list[bytes], first: bytes
) -> None:
    path = tmp_path / "any"
    path.write_bytes(first + b"".join(lines))
    box = Mbox(path, FOLDERS)
    try:
        letters = list(box.letters())
    except SourceError:
        assert not path.read_bytes().lstrip().startswith(b"From ")
        return
    if not letters:
        assert not path.read_bytes().strip()
        return
    assert [one.start for one in letters] == [0, *(one.end for one in letters[:-1])]
    assert letters[-1].end == path.stat().st_size
    whole = path.read_bytes()
    assert all(whole[one.start :].lstrip().startswith(b"From ") for one in letters)
