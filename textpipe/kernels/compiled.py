"""How a loop is compiled, and what it takes."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

import numba
from numba import types

from textpipe.kernels import sources
from textpipe.kernels.worth import is_ready

_one_at_a_time = threading.RLock()

inlined = numba.njit
"""A piece of a loop, compiled with whatever calls it."""


def compiled(*signature: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile at the first call, for these types only; keep the machine code on disk where possible."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        # what is kept on disk is found by this name; it changes with every loop that may be part of it
        kept_as = f"{function.__qualname__}_{sources()}"
        module = (function.__module__ or "").rpartition(".")[2]
        known_as = f"{module}.{function.__qualname__}"

        @functools.cache
        def machine_code() -> Any:
            made = types.void(*signature)
            function.__qualname__ = kept_as
            try:
                code = numba.njit(made, cache=True, nogil=True)(function)
            except RuntimeError:  # no folder to keep it in, neither beside this file nor at home
                code = numba.njit(made, nogil=True)(function)
            is_ready(known_as)
            return code

        @functools.wraps(function)
        def call(*arguments: Any) -> None:
            with _one_at_a_time:
                code = machine_code()
            code(*arguments)

        return call

    return decorate


def read_only(kind: Any, dimensions: int = 1) -> Any:
    """An array that is only read (one in a mapped file cannot be written to)."""
    return types.Array(kind, dimensions, "C", readonly=True)


def writable(kind: Any, dimensions: int = 1) -> Any:
    return types.Array(kind, dimensions, "C")
