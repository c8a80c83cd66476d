"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def whole_file(path: str | Path) -> Iterator[TextIO]:
    """A text file (UTF-8) that is written under another name and takes its place when it is done.

    If the writing fails, what was there before stays. A link stays a link; what is no file, such as
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
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    work = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        work.chmod(0o644)
        work.replace(path)
    finally:
        work.unlink(missing_ok=True)
