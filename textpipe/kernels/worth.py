"""Are compiled loops worth their while? Asked without importing numba.

To import numba takes a third of a second; a loop that was compiled before is read from disk in no time, and
one that was not is compiled for seconds. The plain twin of a loop needs nothing but takes longer. So work is
left to the twin until it has cost as much as the loop would have.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
from pathlib import Path

from textpipe.kernels import sources

IMPORTING = 0.4
"""Seconds to import numba and to read the first loop from disk."""

FIRST, NEXT = 3.0, 0.5
"""Seconds to compile the first loop of a process, and each other one."""

LARGE = {
    "html.read_quickly": 5.0,
    "stems.stem_words": 3.0,
    "counting.count_pieces": 1.0,
    "text.find_pieces": 1.0,
}
"""The loops that take longer to compile."""

USES = 4
"""How often machine code that is kept on disk is taken to be of use."""

_ready: set[str] = set()
_cost: dict[tuple[str, ...], float] = {}
_spent: dict[tuple[str, ...], float] = {}


def worth(seconds: float, *loops: str) -> bool:
    """Is it quicker to take these loops than to spend so many seconds on their twin?

    Loops are named as in "counting.count_tokens". What was spent on their twin before, in this process,
    is added to the seconds: who comes with little work many times gets the loops in the end.

    >>> worth(0.0, "counting.never_compiled"), worth(1000.0, "counting.never_compiled")
    (False, True)
    """
    if _ready.issuperset(loops):
        return True
    spent = _spent[loops] = _spent.get(loops, 0.0) + seconds
    numba = "numba" in sys.modules
    if not numba and spent < IMPORTING:  # most often; the disk is not asked
        return False
    if loops not in _cost:
        _cost[loops] = _to_compile([loop for loop in loops if not compiled_before(loop)])
    return spent >= _cost[loops] + (0.0 if numba else IMPORTING)


def is_ready(loop: str) -> None:
    """Told by a loop that was compiled, or read from disk."""
    _ready.add(loop)


def compiled_before(loop: str) -> bool:
    """Is the machine code of this loop on disk, where numba will look for it?"""
    folder = kept_in()
    if folder is None:
        return False
    module, _, name = loop.rpartition(".")
    version = f"py{sys.version_info[0]}{sys.version_info[1]}"
    return any(folder.glob(f"{module}.{name}_{sources()}-*.{version}*.nbi"))


@functools.cache
def kept_in() -> Path | None:
    """The folder in which numba keeps the machine code; None if it can keep none.

    The first that can be written to: the one that NUMBA_CACHE_DIR names, that of Python's own compiled files,
    the user's cache folder. Of the first and the last, a folder for each folder of sources.
    """
    import platformdirs

    here = Path(os.path.abspath(__file__)).parent  # noqa: PTH100  # links are kept, as numba does
    own = f"{here.name}_{hashlib.sha1(str(here).encode()).hexdigest()}"  # noqa: S324  # numba's choice
    named = _named()
    folders = [
        *([Path(named) / own] if named else []),
        here / "__pycache__",
        Path(platformdirs.user_cache_dir("numba", False)) / own,
    ]
    return next((folder for folder in folders if _can_be_written(folder)), None)


def _named() -> str:
    """The folder that the user of numba has chosen."""
    config = getattr(sys.modules.get("numba"), "config", None)
    if config is not None:
        return str(config.CACHE_DIR)
    return os.environ.get("NUMBA_CACHE_DIR", "")  # a setting of numba's, not of ours


def _can_be_written(folder: Path) -> bool:
    """Could numba make this folder, or write to it? (It is not made here.)"""
    while not folder.exists():
        if folder == folder.parent:
            return False
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _to_compile(loops: list[str]) -> float:
    """Seconds to compile these loops, for each time that they will be of use."""
    if not loops:
        return 0.0
    seconds = FIRST + sum(LARGE.get(loop, NEXT) for loop in loops)
    return seconds if kept_in() is None else seconds / USES
