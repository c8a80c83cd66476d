"""Which parts of a run were under way when it was killed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

OFTEN = 2
"""So many runs were killed at the same part: it is no accident."""


class Tries:
    """How many runs were killed while a part was under way, in a small file.

    A part is written down when it is begun, and taken out when it is done, or when the run ends in any other
    way than by being killed. Where the file cannot be written, nothing is known.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tries"
    >>> for _ in range(2):  # two runs that did not come to an end
    ...     Tries(path).begin("a part")
    >>> Tries(path).is_deadly
    True
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _read(path)
        self._under_way: dict[str, int] = {}

    @property
    def is_deadly(self) -> bool:
        """Is there a part at which runs are killed again and again?"""
        return max(self._before.values(), default=0) >= OFTEN

    def begin(self, part: str) -> None:
        """This part is under way."""
        self._under_way[part] = self._before.get(part, 0) + 1
        self._write()

    def end(self, part: str) -> None:
        """This part is done."""
        self._under_way.pop(part, None)
        self._before.pop(part, None)
        self._write()

    def stop(self) -> None:
        """The run ends, and was not killed."""
        self._under_way.clear()
        self._write()

    def remove(self) -> None:
        """Forget everything."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        if known := self._before | self._under_way:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_text(json.dumps(known), "ascii")
        else:
            self.remove()


def _read(path: Path) -> dict[str, int]:
    """What a file says; nothing if it is not whole, for the run that wrote it was killed."""
    whatever_it_says = OSError, ValueError, TypeError, AttributeError
    with contextlib.suppress(*whatever_it_says):
        return {str(part): int(times) for part, times in json.loads(path.read_bytes()).items()}
    return {}
