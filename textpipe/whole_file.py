"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

UNFINISHED = "unfinished-"
"""Stands in the name of a file that is being written, so that it is nobody else's."""

NEW = 2
"""Seconds for which a file is nobody's leaving, even if it does not look as if somebody had it: who has begun
it may be about to take it."""


@contextmanager
def whole_file(path: str | Path) -> Iterator[TextIO]:
    """A text file (UTF-8) that is written under another name and takes its place when it is done.

    If the writing fails, what was there before stays; what a killed process had written goes with the next
    one (on Windows it stays). A link stays a link; what is no file, such as
    ``/dev/stdout``, is written to as it is. Raises OSError where it cannot be written.

    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole_file(folder / "a.txt") as file:
    ...     _ = file.write("done")
    >>> [(path.name, path.read_text()) for path in folder.iterdir()]
    [('a.txt', 'done')]
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name[:100]}.{UNFINISHED}"
    _remove_left_over(path.parent, prefix)
    handle, name = tempfile.mkstemp(prefix=prefix, dir=path.parent)
    work = Path(name)
    is_free(handle)  # and no longer, until it is closed
    kept = os.dup(handle) if os.name == "posix" else None  # Windows renames no open file
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        work.chmod(0o644)
        work.replace(path)
        _remove_left_over(path.parent, prefix)  # also of who was killed a moment ago
    finally:
        work.unlink(missing_ok=True)
        if kept is not None:
            os.close(kept)


def _remove_left_over(folder: Path, prefix: str) -> None:
    """Remove what killed processes have left of a file: what nobody has open to write."""
    length = len(prefix) + 8  # as tempfile names them
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if not path.name.startswith(prefix) or len(path.name) != length:
                continue
            with contextlib.suppress(OSError), open_own(path) as file:
                if is_left_over(file.fileno()):
                    path.unlink()


def open_own(path: Path) -> BinaryIO:
    """A file to read from. Raises OSError for one that is another user's, and for what is none: a pipe would
    have us wait.
    """
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode) or (hasattr(os, "getuid") and about.st_uid != os.getuid()):
        raise PermissionError(f"{path} is not ours")
    return path.open("rb")


def is_left_over(handle: int) -> bool:
    """Has whoever began an open file been killed? (Not told of one that was begun just now.)"""
    return os.fstat(handle).st_mtime < time.time() - NEW and is_free(handle)


def is_free(handle: int) -> bool:
    """Take an open file, until it is closed, if nobody has it; False also where nobody can tell (Windows)."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
