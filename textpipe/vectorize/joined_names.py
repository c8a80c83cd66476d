"""The names of columns, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import overload


class LateNames(Sequence[str]):
    """``n`` names that ``make`` makes. Most batches of documents are never asked for their columns' names.

    >>> names = LateNames(2, lambda: ["a", "b"])
    >>> len(names), names[1], names == ["a", "b"]
    (2, 'b', True)
    """

    def __init__(self, n: int, make: Callable[[], list[str]]) -> None:
        self._n = n
        self._make = make

    @cached_property
    def _all(self) -> list[str]:
        return self._make()

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, key: int) -> str: ...
    @overload
    def __getitem__(self, key: slice) -> list[str]: ...
    def __getitem__(self, key: int | slice) -> str | list[str]:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LateNames | list):
            return NotImplemented
        return len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list: equal by content


class JoinedNames(LateNames):
    """Names of several groups of columns, one group after another.

    Where two groups share a name, each name is preceded by its group's prefix.

    >>> names = JoinedNames([["a", "b"], ["b"]], lambda: ["one:", "two:"])
    >>> names[2], list(names), names[1:]
    ('two:b', ['one:a', 'one:b', 'two:b'], ['one:b', 'two:b'])
    """

    def __init__(
        self, groups: Sequence[Sequence[str]], prefixes: Callable[[], Sequence[str]] | None = None
    ) -> None:
        super().__init__(sum(map(len, groups)), self._join)
        self._groups = groups
        self._prefixes = prefixes

    def _join(self) -> list[str]:
        groups = [list(group) for group in self._groups]
        distinct = len(set().union(*map(set, groups))) == sum(map(len, groups))
        if distinct or self._prefixes is None:
            return [name for group in groups for name in group]
        return [
            prefix + name
            for prefix, group in zip(self._prefixes(), groups, strict=True)
            for name in group
        ]
