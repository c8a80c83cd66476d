"""Mbox files (RFC 4155), of which copies are made by verdict."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from textpipe.errors import InputError, SourceError
from textpipe.serving.maildir import Letter, sync

_TIMED = re.compile(rb"From .*\d:\d\d")
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_PIECE = 1 << 20


class Mbox:
    """The mails of an mbox file, which is only read.

    Copies go to ``FILE.sorted/spam.mbox`` and the like, byte for byte: together they hold every mail
    once, in its order. The folder is written under another name (``.FILE.sorting``) and there when it is
    whole. Raises SourceError where there is one.
    """

    def __init__(self, path: Path, folders: Mapping[str, str]) -> None:
        if not path.is_file():
            raise SourceError(
                f"{path}: there is no such mailbox: a Maildir or an mbox file is asked for"
            )
        self.path = path
        self.folder = path.with_name(f"{path.name}.sorted")
        self._work = path.with_name(f".{path.name}.sorting")
        self.names = {"ham": "ham.mbox"} | {
            kind: f"{name.lower()}.mbox" for kind, name in folders.items()
        }
        if len(set(self.names.values())) < len(self.names):
            raise InputError(f"two kinds of mails would go to the same file: {self.names}")
        self._before = self._stamp()
        self._copies: dict[str, BinaryIO] = {}

    def letters(self) -> Iterator[Letter]:
        """The mails, in their order."""
        for number, (start, end) in enumerate(self._places(), 1):
            yield Letter(f"{self.path.name}:{number}", self.path, start, end)

    def _places(self) -> Iterator[tuple[int, int]]:
        """Where each mail begins and ends. White space before the first one belongs to it."""
        with self.path.open("rb") as file:
            line = b"\n"
            while line and not line.strip():
                at = file.tell()
                line = file.readline(_PIECE)
            if not line:  # nothing has come yet
                return
            if not line.startswith(b"From "):
                raise SourceError(
                    f"{self.path}: is no mbox file: it begins with {line[:40]!r}, and not with a "
                    '"From " line'
                )
            start, at = 0, at + len(line)
            is_timed = _TIMED.match(line) is not None
            new_line, after_empty = line.endswith(b"\n"), True
            while line := file.readline(_PIECE):
                begins = new_line and after_empty and line.startswith(b"From ")
                if begins and (not is_timed or _TIMED.match(line)):
                    yield start, at
                    start = at
                after_empty = new_line and not line.strip(b"\r\n")
                new_line = line.endswith(b"\n")
                at += len(line)
            yield start, at

    def read(self, letter: Letter, most: int) -> bytes:
        """The mail without its "From " line and without the ">" that the format puts before others.

        No more than ``most`` bytes; of a longer one, so many as they are in the file.
        """
        with self.path.open("rb") as file:
            file.seek(letter.start)
            while file.tell() < letter.end and not file.readline(letter.end - file.tell()).strip():
                pass
            raw = file.read(min(most, letter.end - file.tell()))
        return raw if len(raw) == most else _QUOTED.sub(b"", raw)

    def target(self, kind: str) -> str | None:
        """The file that a mail of this kind goes to, to be shown."""
        return f"{self.folder.name}/{self.names.get(kind, self.names['ham'])}"

    def begin(self) -> int:
        """Begin anew what an earlier run had begun."""
        if self.folder.exists():
            raise SourceError(
                f"{self.folder}: is there already, from an earlier run: move it away to sort "
                f"{self.path.name} again"
            )
        if self._work.exists():
            shutil.rmtree(self._work)
        self._work.mkdir(mode=0o700)
        for name in self.names.values():
            self._copies[name] = (self._work / name).open("wb")
        return 0

    def file(self, letters: Sequence[tuple[Letter, str]]) -> dict[Letter, str]:
        """Copy the letters to where their kind goes, those of no kind to ham's."""
        with self.path.open("rb") as file:
            for letter, kind in letters:
                file.seek(letter.start)
                left = letter.end - letter.start
                copy = self._copies[self.names.get(kind, self.names["ham"])]
                while piece := file.read(min(_PIECE, left)):
                    copy.write(piece)
                    left -= len(piece)
        return {}

    def end(self) -> None:
        """Put the copies in their place. Raises SourceError if the mailbox changed meanwhile."""
        for copy in self._copies.values():
            copy.flush()
            os.fsync(copy.fileno())
            copy.close()
        if self._stamp() != self._before:
            shutil.rmtree(self._work)
            raise SourceError(
                f"{self.path}: changed while it was read, so nothing was written: run again"
            )
        sync(self._work)
        self._work.rename(self.folder)
        sync(self.folder.parent)

    def _stamp(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns
