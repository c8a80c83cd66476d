"""Loops over bytes and numbers that are compiled (numba).

Each has a twin in plain Python or numpy that gives the same bits; tests hold one to the other. What types
a loop takes is said in its signature. Importing numba takes a third of a second, a loop's first call half as
much again, and its very first call, on a machine, the seconds that it takes to compile it. So whoever has
little to do takes the twin: see :mod:`textpipe.kernels.worth`.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path


@functools.cache
def sources() -> str:
    """The digest (12 hex digits) of all loops' source code.

    numba keeps machine code for a file's date and size, and knows nothing of what other files gave to it.
    """
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
