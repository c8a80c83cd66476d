"""Mailboxes whose mails are read one by one and filed by verdict. Nothing in them is ever deleted.

A :class:`~textpipe.serving.maildir.Maildir` is filed in place, into folders of it as Maildir++ names them
(``.Spam``). Of an :class:`~textpipe.serving.mbox.Mbox`, which stays as it is, copies are written into a
folder beside it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from textpipe.errors import InputError, SourceError
from textpipe.serving.maildir import Maildir, is_maildir
from textpipe.serving.mbox import Mbox


def open_mailbox(path: Path, folders: Mapping[str, str]) -> Maildir | Mbox:
    """The mailbox at ``path``. ``folders`` says where each verdict goes; those it lacks stay.

    Raises SourceError for what is none, InputError for a folder's name that cannot be one.
    """
    for name in folders.values():
        if not name or name.startswith(".") or set(name) & set("/\\\0\r\n"):
            raise InputError(
                f"{name!r} cannot be the name of a folder of mails: such as Spam or Junk.2024"
            )
    if is_maildir(path):
        return Maildir(path, folders)
    if path.is_dir():
        raise SourceError(f"{path}: is no Maildir: it has no folders cur and new")
    return Mbox(path, folders)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else may file this mailbox meanwhile. The lock goes with the process, however it ends.

    Raises SourceError where another one has it.
    """
    import fcntl  # no system without it has Maildirs

    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceError(
                f"{path}: another program has locked it, such as another textpipe sort: wait for it to end"
            ) from error
        yield
    finally:
        os.close(handle)
