"""What a short-lived process need not load.

scikit-learn and SciPy import at their start what a verdict on one mail never uses: statistics,
optimization, pandas for tables. Here such modules are put off until something in them is asked for
(``importlib.util.LazyLoader``); what is computed is the same, and a name that is not here costs time and
nothing else. Measured on a model of words: 1.7 s of CPU before, 0.45 s after.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

PUT_OFF = frozenset(
    [
        *(
            "asyncio",
            "joblib",
            "narwhals",
            "narwhals.stable.v2",
            "numpy.f2py",
            "numpy.testing",
            "psutil",
        ),
        *("scipy.interpolate", "scipy.linalg", "scipy.optimize", "scipy.sparse.csgraph"),
        *("scipy.sparse.linalg", "scipy.spatial", "scipy.special", "scipy.stats", "unittest"),
    ]
)

NOT_ASKED_FOR = "pandas"
"""Both scikit-learn and Arrow look once whether it is there, and load all of it to find out."""

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Sparing:  # pragma: no cover  # in a process that ends at once
    """Finds modules as ever, those of :data:`PUT_OFF` to be loaded when they are used."""

    def __init__(self) -> None:
        self.hides = True

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of one of those modules; None for all others."""
        if self.hides and name == NOT_ASKED_FOR:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name not in PUT_OFF:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


@contextmanager
def sparing_imports() -> Iterator[None]:  # pragma: no cover  # in a process that ends at once
    """Inside, no more is loaded than is needed. For a process of one thread that does one thing.

    Libraries of linear algebra start no threads, unless the environment asks for some. Where scikit-learn
    is loaded already, nothing is done.
    """
    if "sklearn" in sys.modules:
        yield
        return
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    finder = Sparing()
    sys.meta_path.insert(0, finder)
    try:
        import pyarrow as pa
        import sklearn.utils.validation  # noqa: F401  # it looks for pandas

        pa.array([""])  # and so does Arrow, once
        finder.hides = False  # a stage of somebody's own may use it
        yield
    finally:
        sys.meta_path.remove(finder)
