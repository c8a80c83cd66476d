"""Are a stage's options of the type, and among the choices, that its constructor declares?"""

from __future__ import annotations

import inspect
import reprlib
import types
import typing
from typing import Any, Literal

from textpipe.errors import DefinitionError, nearest


def defaults(constructor: type) -> dict[str, Any]:
    """Each option of a class by name, with its default (``inspect.Parameter.empty`` if it has none)."""
    parameters = inspect.signature(constructor).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def declared(constructor: type) -> dict[str, Any]:
    """What each option is declared to be; nothing where a name of the declaration cannot be found."""
    try:
        return typing.get_type_hints(constructor.__init__)  # type: ignore[misc]  # a class
    except NameError:  # imported for the type checker only
        return {}


def check_names(what: str, known: typing.Iterable[str], given: typing.Iterable[str]) -> None:
    """Raise DefinitionError at the first given name that is no option."""
    known = list(known)
    for name in given:
        if name not in known:
            options = ", ".join(known) if known else "it has none"
            raise DefinitionError(
                f'{what} has no option "{name}".{nearest(name, known)} Its options: {options}'
            )


def check_values(what: str, constructor: type, given: dict[str, Any]) -> None:
    """Raise DefinitionError at the first value that is not what the constructor's annotation says."""
    hints = declared(constructor)
    for name, value in given.items():
        if name in hints and not fits(value, hints[name]):
            near = nearest(value, _choices(hints[name])) if isinstance(value, str) else ""
            raise DefinitionError(
                f"{what}: {name} must be {describe(hints[name])}, and {shown(value)} was given.{near}"
            )


def shown(value: Any) -> str:
    """A value for a message: cut where it is long or nested deeply.

    >>> shown("a" * 100), shown(10**5000)
    ("'aaaaaaaaaaaa...aaaaaaaaaaaaa'", 'a number of many digits')
    """
    try:
        return reprlib.repr(value)
    except ValueError:
        return "a number of many digits"


def fits(value: Any, hint: Any) -> bool:
    """Is the value of this type? Integers pass as floats, NumPy scalars as Python's; bool is no number,
    and neither is what a definition cannot write (NaN, infinity).

    >>> fits(3, float), fits(True, int), fits("a", Literal["a", "b"]), fits([1], list[str])
    (True, False, True, False)
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint is inspect.Parameter.empty:
        return True
    value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, argument) for argument in arguments)
    if origin is Literal:
        return any(value == choice and type(value) is type(choice) for choice in arguments)
    if origin is tuple:
        if not isinstance(value, tuple | list):
            return False
        if arguments[1:] == (...,):
            return all(fits(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(map(fits, value, arguments))
    if origin in (list, dict) or hint in (list, dict):
        if (origin or hint) is list:
            items: list[Any] = list(value) if isinstance(value, tuple | list) else [...]
            kind = arguments[0] if arguments else Any
            return items != [...] and all(fits(item, kind) for item in items)
        if not isinstance(value, dict):
            return False
        return not arguments or all(fits(item, arguments[1]) for item in value.values())
    if isinstance(value, bool):
        return hint is bool
    if isinstance(value, int) and abs(value) >= 2**63:  # TOML's limit; none is meant
        return False
    if hint is float:
        return isinstance(value, int | float) and -1e308 <= value <= 1e308
    kind = origin or hint  # of Sequence[str], that it is a sequence
    return not isinstance(kind, type) or isinstance(value, kind)


def describe(hint: Any) -> str:
    """A type annotation in words.

    >>> describe(Literal["a", "b"] | int)
    '"a", "b" or a whole number'
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        words = [describe(argument) for argument in arguments if argument is not type(None)]
        return " or ".join(words)
    if origin is Literal:
        words = [f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in arguments]
        return ", ".join(words)
    if origin is list:
        return f"a list, each {describe(arguments[0])}"
    if origin is tuple and arguments[1:] == (...,):
        return f"a list, each {describe(arguments[0])}"
    if origin is tuple:
        return f"{len(arguments)} values, each {describe(arguments[0])}"
    if origin is dict:
        return f"a table, each value {describe(arguments[1])}"
    names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    return names.get(hint, getattr(hint, "__name__", str(hint)))


def _choices(hint: Any) -> list[str]:
    if typing.get_origin(hint) is Literal:
        return [choice for choice in typing.get_args(hint) if isinstance(choice, str)]
    return [choice for argument in typing.get_args(hint) for choice in _choices(argument)]
