"""Results on disk, found by what they were made of."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

MAGIC = b"textpipe result 2\n"
HEADER = 64
"""Bytes before the content: the magic, the digest, and zeros, so that arrays in it are aligned."""

LIMIT = 2_000_000_000
"""How many bytes a cache may have, if nothing else is said."""

ROOM = 0.9
"""When it is full, the oldest results go until so much of the limit is left."""


class Store:
    """A folder of results, each in a file that is called by its key.

    A file is there whole or not at all (written beside, synced, renamed), and holds the digest of its
    content: a damaged one counts as absent. Several processes may share the folder. With ``limit``
    (bytes), those that were not used for the longest time go.
    """

    def __init__(self, folder: str | Path, limit: int | None = None) -> None:
        self.folder = Path(folder)
        self.limit = limit
        self.hits = self.misses = 0
        self._added = 0
        self._is_new = True  # others may have filled the folder

    def get(self, key: str) -> memoryview | None:
        """What was kept under this key; None if nothing is."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            self.misses += 1
            return None
        body = memoryview(content)[HEADER:]
        if content[:HEADER] != _header(body):
            with contextlib.suppress(OSError):
                path.unlink()
            self.misses += 1
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it was used
        self.hits += 1
        return body

    def has(self, key: str) -> bool:
        """Is something kept under this key, damaged or not?"""
        return self._path(key).exists()

    def put(self, key: str, content: Any) -> None:
        """Keep bytes under a key. A full disk is no error: then nothing is kept."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_header(content))
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            return
        self._added += len(memoryview(content))
        if self.limit is not None and (self._is_new or self._added > self.limit // 20):
            self._added, self._is_new = 0, False
            self.shrink(self.limit)

    def size(self) -> int:
        """How many bytes the results take."""
        return sum(size for _, size, _ in self._files())

    def __len__(self) -> int:
        return len(self._files())

    def shrink(self, limit: int) -> None:
        """Remove what was not used for the longest time, if there are more bytes than ``limit``."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        if left <= limit:
            return
        for _, size, path in files:
            if left <= limit * ROOM:
                break
            with contextlib.suppress(OSError):
                path.unlink()
            left -= size

    def clear(self) -> None:
        """Remove every result, and the folders if nothing else is in them."""
        for _, _, path in self._files():
            with contextlib.suppress(OSError):
                path.unlink()
        for folder in [*self.folder.glob("??"), self.folder]:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}.result"

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each file was last used, its size, and its path; also those left by a killed process."""
        found = []
        for path in [*self.folder.glob("??/*.result"), *self.folder.glob("??/.*")]:
            with contextlib.suppress(OSError):
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        return found


def _header(content: Any) -> bytes:
    check = hashlib.blake2b(content, digest_size=16).digest()
    return (MAGIC + check).ljust(HEADER, b"\0")
