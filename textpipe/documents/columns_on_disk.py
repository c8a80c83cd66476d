"""Columns that grow in files without a name, and are then mapped into memory.

What a file holds is read when it is looked at, and the system lets go of it when memory is short. The file is
gone with the last one who looks at it, however the process ends.
"""

from __future__ import annotations

import copy
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents.arrays import Int32
from textpipe.documents.bags import Bags
from textpipe.documents.regions import Regions
from textpipe.documents.tokens import Tokens, numbered
from textpipe.errors import InputError, SourceError

MOST_PENDING = 1_000_000
"""So many forms of parts may wait to be numbered; or half as many as are known, if that is more."""

PIECE = 4_000_000
"""How many codes are renumbered at a time."""


class Column:
    """An array that is appended to."""

    def __init__(self, dtype: Any, folder: Path | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self.folder = folder
        self.n = 0
        with told(folder):
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # as long as this

    def add(self, values: NDArray[Any]) -> None:
        """Append values."""
        if len(values):
            with told(self.folder):
                self._file.write(np.ascontiguousarray(values, self.dtype).data)
        self.n += len(values)

    def add_zeros(self, n: int) -> None:
        """Append so many zeros; they take no room."""
        self.n += n
        with told(self.folder):
            self._file.truncate(self.n * self.dtype.itemsize)
            self._file.seek(0, os.SEEK_END)

    def copy(self) -> Column:
        """Another column with the same values so far."""
        other = Column(self.dtype, self.folder)
        with told(self.folder):
            self._file.seek(0)
            shutil.copyfileobj(self._file, other._file)
        other.n = self.n
        return other

    def array(self) -> NDArray[Any]:
        """The values, mapped. Nothing can be added any more."""
        with told(self.folder):
            self._file.flush()
            mapped = mmap.mmap(self._file.fileno(), 0) if self.n else b""
            self._file.close()
        return np.frombuffer(mapped, self.dtype)


class StringColumn:
    """Strings, or bytes, of one of Arrow's kinds, that are appended to."""

    def __init__(self, kind: Any, folder: Path | None = None) -> None:
        self.kind = kind
        offset = np.int32 if kind == pa.string() else np.int64
        self.data, self.offsets = Column(np.uint8, folder), Column(offset, folder)
        self.offsets.add_zeros(1)
        self.n_null = 0
        self.valid = Column(np.bool_, folder)

    def add(self, strings: pa.Array) -> None:
        """Append strings of this kind."""
        _, offsets, data = strings.buffers()
        dtype = self.offsets.dtype
        offsets = np.frombuffer(offsets or bytes(dtype.itemsize), dtype)[strings.offset :]
        offsets = offsets[: len(strings) + 1].astype(np.int64)
        ends = offsets[1:] - offsets[0] + self.data.n
        if len(ends) and ends[-1] > np.iinfo(dtype).max:
            raise InputError("there are too many documents for one training: their ids have 2 GB")
        self.offsets.add(ends)
        if data is not None:
            self.data.add(np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]])
        self.n_null += strings.null_count
        self.valid.add(strings.is_valid().to_numpy(zero_copy_only=False))

    def array(self) -> pa.Array:
        """The strings, mapped. Nothing can be added any more."""
        valid = pa.array(self.valid.array()).buffers()[1] if self.n_null else None
        columns = [pa.py_buffer(column.array()) for column in (self.offsets, self.data)]
        return pa.Array.from_buffers(self.kind, self.offsets.n - 1, [valid, *columns])


class FormsColumn:
    """The forms of many parts. Each is numbered once; the parts' codes are renumbered at the end."""

    def __init__(self, folder: Path | None = None) -> None:
        self.forms = pa.array([], pa.string())
        self.waiting: list[pa.StringArray] = []
        self.n_waiting = 0
        self.numbers = Column(np.int32, folder)
        """Of each part's forms, part after part."""
        self.lengths: list[tuple[int, int]] = []
        """How many codes and forms each part has."""

    def copy(self) -> FormsColumn:
        """Another one with the same forms so far."""
        other = copy.copy(self)
        other.numbers = self.numbers.copy()
        other.waiting, other.lengths = list(self.waiting), list(self.lengths)
        return other

    def add(self, forms: pa.StringArray, n_codes: int) -> None:
        """Append the forms of a part that has so many codes."""
        self.lengths.append((n_codes, len(forms)))
        self.waiting.append(forms)
        self.n_waiting += len(forms)
        if self.n_waiting > max(MOST_PENDING, len(self.forms) // 2):
            self._number()

    def _number(self) -> None:
        """Number the forms that wait. Those that are known keep their numbers."""
        known = len(self.forms)
        together = pa.concat_arrays(
            [forms.cast(pa.large_string()) for forms in (self.forms, *self.waiting)]
        )
        self.forms, table = numbered(together)
        self.numbers.add(table[known:])
        self.waiting, self.n_waiting = [], 0

    def array(self, codes: Int32) -> pa.StringArray:
        """The distinct forms; the codes of all parts are renumbered, in their place."""
        self._number()
        numbers, at, done = self.numbers.array(), 0, 0
        for n, n_forms in self.lengths:
            table = numbers[done : done + n_forms]
            for first in range(at, at + n, PIECE):
                part = codes[first : min(first + PIECE, at + n)]
                part[:] = table[part]
            at, done = at + n, done + n_forms
        return self.forms


class TokensColumn:
    """Tokens of many parts."""

    def __init__(self, folder: Path | None = None) -> None:
        self.codes, self.starts, self.ends = (Column(np.int32, folder) for _ in range(3))
        self.rows = Column(np.int64, folder)
        self.rows.add_zeros(1)
        self.tags: Column | None = Column(np.uint8, folder)
        self.forms = FormsColumn(folder)

    def copy(self) -> TokensColumn:
        """Another one with the same tokens so far."""
        other = object.__new__(TokensColumn)
        for name in ("codes", "starts", "ends", "rows", "forms"):
            setattr(other, name, getattr(self, name).copy())
        other.tags = None if self.tags is None else self.tags.copy()
        return other

    def add(self, tokens: Tokens) -> None:
        """Append the tokens of a part."""
        self.rows.add(tokens.rows[1:] + self.codes.n)
        self.codes.add(tokens.codes)
        self.starts.add(tokens.starts)
        self.ends.add(tokens.ends)
        if self.tags is not None:
            if tokens.tags is None and len(tokens.codes):
                self.tags = None
            elif tokens.tags is not None:
                self.tags.add(tokens.tags)
        self.forms.add(tokens.forms, len(tokens.codes))

    def tokens(self) -> Tokens:
        """All tokens, mapped. Nothing can be added any more."""
        codes = self.codes.array()
        forms = self.forms.array(codes)
        tags = None if self.tags is None or self.tags.n < len(codes) else self.tags.array()
        return Tokens(forms, codes, self.starts.array(), self.ends.array(), self.rows.array(), tags)


class BagsColumn:
    """Bags of many parts."""

    def __init__(self, folder: Path | None = None) -> None:
        self.codes, self.times = Column(np.int32, folder), Column(np.int32, folder)
        self.rows, self.total = Column(np.int64, folder), Column(np.int64, folder)
        self.rows.add_zeros(1)
        self.forms = FormsColumn(folder)

    def add(self, bags: Bags) -> None:
        """Append the bags of a part."""
        self.rows.add(bags.rows[1:] + self.codes.n)
        self.codes.add(bags.codes)
        self.times.add(bags.times)
        self.total.add(bags.total)
        self.forms.add(bags.forms, len(bags.codes))

    def bags(self) -> Bags:
        """All bags, mapped. Nothing can be added any more."""
        codes = self.codes.array()
        forms = self.forms.array(codes)
        return Bags(forms, codes, self.times.array(), self.rows.array(), self.total.array())


class RegionsColumn:
    """Regions of many parts."""

    def __init__(self, folder: Path | None = None) -> None:
        self.kinds: dict[str, int] = {}
        self.codes = Column(np.uint8, folder)
        self.starts, self.ends = Column(np.int32, folder), Column(np.int32, folder)
        self.rows = Column(np.int64, folder)
        self.rows.add_zeros(1)

    def add(self, regions: Regions) -> None:
        """Append the regions of a part."""
        numbers = [self.kinds.setdefault(kind, len(self.kinds)) for kind in regions.kinds]
        self.rows.add(regions.rows[1:] - regions.rows[0] + self.codes.n)
        self.codes.add(np.array(numbers or [0], np.uint8)[regions.codes])
        self.starts.add(regions.starts)
        self.ends.add(regions.ends)

    def regions(self) -> Regions:
        """All regions, mapped. Nothing can be added any more."""
        columns = (column.array() for column in (self.codes, self.starts, self.ends, self.rows))
        return Regions(tuple(self.kinds), *columns)


@contextmanager
def told(folder: Path | None) -> Iterator[None]:
    """Where a file cannot be written: which folder it is, and what to do."""
    try:
        yield
    except OSError as error:
        where = folder or tempfile.gettempdir()
        raise SourceError(
            f"{where}: what does not fit into memory cannot be kept there ({error.strerror}): make room, or "
            "name another folder in the environment variable TMPDIR"
        ) from error
