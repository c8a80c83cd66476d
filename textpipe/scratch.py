"""Folders for as long as they are used."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textpipe.whole_file import is_free, is_left_over, open_own

PREFIX, LOCK, WORK = "textpipe-scratch-", "in-use", "work"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder among the system's temporary files, which goes when it is not used any more.

    A process that is killed leaves its folder behind; it goes when the next one is made (on Windows it
    stays).

    >>> with scratch_folder() as folder:
    ...     list(folder.iterdir())
    []
    >>> folder.exists()
    False
    """
    _remove_left_over(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        outer = Path(name)
        work = outer / WORK
        work.mkdir()
        with (outer / LOCK).open("wb") as lock:
            is_free(lock.fileno())  # and no longer, until it is closed
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)  # what is large goes before the lock


def _remove_left_over(base: Path) -> None:
    """Remove the folders whose lock nobody holds."""
    with contextlib.suppress(OSError):
        for lock in base.glob(f"{PREFIX}*/{LOCK}"):
            with contextlib.suppress(OSError), open_own(lock) as file:
                if is_left_over(file.fileno()):
                    shutil.rmtree(lock.parent / WORK, ignore_errors=True)
                    shutil.rmtree(lock.parent, ignore_errors=True)
