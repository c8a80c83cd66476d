"""Attributes that are worked out when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class kept(Generic[Value]):  # noqa: N801  # a decorator, as property is
    """``functools.cached_property`` without the lock that it holds up to Python 3.11.

    To take that lock costs as much as to split a header line. Two threads that ask at the same time may both
    do the work.

    >>> class Sum:
    ...     @kept
    ...     def total(self):
    ...         return 1 + 1
    >>> one = Sum()
    >>> one.total, vars(one)
    (2, {'total': 2})
    """

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> kept[Value]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Value: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> kept[Value] | Value:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value
