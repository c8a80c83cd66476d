"""Which files a folder holds, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textpipe.sources.counted import counted
from textpipe.sources.record import Note, Skipped


@dataclass(frozen=True)
class Found:
    """A file in a folder: where it is, its parts below the folder, and whether a Maildir holds it."""

    path: Path
    parts: tuple[str, ...]
    in_maildir: bool


def is_maildir(folder: Path) -> bool:
    """Has it the sub-folders that https://cr.yp.to/proto/maildir.html names?"""
    return all(os.path.isdir(folder / name) for name in ("cur", "new"))  # noqa: PTH112  # see below


def walk(folder: Path) -> Iterator[Found | Skipped | Note]:
    """All files below a folder, sorted by the parts of their paths.

    Hidden ones are counted; what is no file, or cannot be opened, is set aside. Of a Maildir, ``cur``
    and ``new`` are walked (``tmp`` holds what is not yet delivered). A link to a
    folder that was read already, such as one above it, is set aside.
    """
    found: list[Found] = []
    hidden = 0
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Path, tuple[str, ...], bool]] = [(folder, (), False)]
    while waiting:
        place, parts, in_maildir = waiting.pop()
        try:
            status = place.stat()
            names = sorted(entry.name for entry in os.scandir(place))
        except OSError as error:
            yield Skipped(str(place), f"the folder cannot be read: {error.strerror}")
            continue
        if (status.st_dev, status.st_ino) in seen:
            yield Skipped(str(place), "the link leads to a folder that is read already")
            continue
        seen.add((status.st_dev, status.st_ino))
        maildir = is_maildir(place)
        below = []
        for name in names:
            path = place / name
            if name.startswith("."):
                hidden += 1
            elif os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises where access is denied
                if not (maildir and name == "tmp"):
                    inside = in_maildir or (maildir and name in ("cur", "new"))
                    below.append((path, (*parts, name), inside))
            elif os.path.isfile(path):  # noqa: PTH113  # likewise
                found.append(Found(path, (*parts, name), in_maildir))
            else:
                reason = "the link leads nowhere" if path.is_symlink() else "no regular file"
                yield Skipped(str(path), reason)
        waiting += reversed(below)
    yield from sorted(found, key=lambda file: file.parts)
    if hidden:
        yield Note(
            f"{folder}: passed over {counted(hidden, 'hidden file or folder', 'hidden files or folders')}"
        )
