"""Maildirs, whose mails are filed in place: https://cr.yp.to/proto/maildir.html."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textpipe.errors import InputError

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


@dataclass(frozen=True)
class Letter:
    """A mail in a mailbox: its name there, the file it is in, and where in it."""

    name: str
    file: Path
    start: int = 0
    end: int = -1


def is_maildir(path: Path) -> bool:
    """Has this folder the folders of a Maildir?"""
    return (path / "cur").is_dir() and (path / "new").is_dir()


class Maildir:
    """The mails in ``new`` and ``cur`` of a Maildir, not those of its folders.

    A mail is moved by a second name for the same file, and then the first name is taken away: at every
    moment it is there, under its own name and with its flags. A name that is taken is never written over.
    """

    def __init__(self, path: Path, folders: Mapping[str, str]) -> None:
        self.path = path
        inside = path.name.startswith(".") and is_maildir(path.parent)
        self.root = path.parent if inside else path
        self.folders = {kind: self.root / f".{name}" for kind, name in folders.items()}
        if path in self.folders.values():
            raise InputError(f"{path}: is the folder into which mails would go")

    def letters(self) -> Iterator[Letter]:
        """The mails, by name."""
        found = [entry for part in ("cur", "new") for entry in os.scandir(self.path / part)]
        for entry in sorted(found, key=lambda entry: (entry.name, entry.path)):
            if not entry.name.startswith("."):
                yield Letter(entry.name, Path(entry.path))

    def read(self, letter: Letter, most: int) -> bytes:
        """The mail, no more than ``most`` bytes. Raises OSError."""
        path = self._now(letter)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "is no plain file", str(path))
            return file.read(most)

    def target(self, kind: str) -> str | None:
        """Where a mail of this kind goes, to be shown; None where it stays."""
        return self.folders[kind].name if kind in self.folders else None

    def begin(self) -> int:
        """End the moves that an earlier run had begun. Returns how many."""
        ended = 0
        for folder in self.folders.values():
            if not is_maildir(folder):
                continue
            there = {
                _unique(entry.name): Path(entry.path)
                for part in ("cur", "new")
                for entry in os.scandir(folder / part)
            }
            for letter in self.letters():
                copy = there.get(_unique(letter.name))
                if copy is not None and _is_same_file(copy, letter.file):
                    letter.file.unlink(missing_ok=True)
                    ended += 1
        return ended

    def file(self, letters: Sequence[tuple[Letter, str]]) -> dict[Letter, str]:
        """Move the letters by their kind. Returns those that could not be moved, and why."""
        linked: list[Path] = []
        places: set[Path] = set()
        failed = {}
        for letter, kind in letters:
            if kind not in self.folders:
                continue
            try:
                path = self._now(letter)
                place = self._made(self.folders[kind]) / path.parent.name
                if _link(path, place / path.name):
                    linked.append(path)
                places.add(place)
            except OSError as error:
                failed[letter] = (
                    f"{self.folders[kind].name} has another mail of this name"
                    if isinstance(error, FileExistsError)
                    else error.strerror or repr(error)
                )
        for place in places:
            sync(place)
        for path in linked:
            path.unlink(missing_ok=True)
        return failed

    def end(self) -> None:
        """Nothing is left to be done."""

    def _now(self, letter: Letter) -> Path:
        """Where the mail is now: a program that shows it may have changed its flags."""
        if letter.file.exists():
            return letter.file
        for part in ("cur", "new"):
            for entry in os.scandir(self.path / part):
                if _unique(entry.name) == _unique(letter.name):
                    return Path(entry.path)
        raise FileNotFoundError(errno.ENOENT, "another program has moved it", str(letter.file))

    def _made(self, folder: Path) -> Path:
        if not (folder / "maildirfolder").exists():
            for part in ("tmp", "new", "cur"):
                (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / "maildirfolder").touch(mode=0o600)
            sync(folder)
            sync(self.root)
        return folder


def _unique(name: str) -> str:
    """A mail's name without its flags."""
    return name.partition(":")[0]


def _is_same_file(path: Path, other: Path) -> bool:
    """Are these two names of one file?"""
    try:
        return os.path.samestat(path.lstat(), other.lstat())
    except FileNotFoundError:  # another program has moved it
        return False


def _link(path: Path, target: Path) -> bool:
    """Give the file a second name; False where it was moved at once, since it cannot have two."""
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        if not _is_same_file(target, path):
            raise
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, "is there", str(target)) from error
        path.rename(target)
        return False
    return True


def sync(path: Path) -> None:
    """Have the names in this folder on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
