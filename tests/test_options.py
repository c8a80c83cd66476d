from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.errors import DefinitionError
from textpipe.options import check_names, check_values, declared, defaults, describe, fits

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (1, int, True),
        (np.int64(1), int, True),
        (1.0, int, False),
        (True, int, False),
        (True, bool, True),
        (np.True_, bool, True),
        (1, bool, False),
        (1, float, True),
        (np.float32(0.5), float, True),
        (float("nan"), float, False),
        (float("inf"), float, False),
        (10**400, float, False),
        ("1", float, False),
        (True, float, False),
        ("a", Literal["a", "b"], True),
        (np.str_("a"), Literal["a", "b"], True),
        ("c", Literal["a", "b"], False),
        (1, Literal[True], False),
        (None, int | None, True),
        (None, int, False),
        ("x", int | None, False),
        (["a"], list[str], True),
        (("a",), list[str], True),
        ("a", list[str], False),
        (["a", 1], list[str], False),
        ([], list[int], True),
        ([[1, 2]], list[list[int]], True),
        ((1, 2), tuple[int, int], True),
        ([1, 2], tuple[int, int], True),
        ([1], tuple[int, int], False),
        ([1, 2, 3], tuple[int, ...], True),
        ([1, "a"], tuple[int, ...], False),
        ({"a": 1}, dict[str, int], True),
        ({"a": "b"}, dict[str, int], False),
        ([], dict, False),
        (object(), Any, True),
        (["a"], Sequence[str], True),
        (3, Sequence[str], False),
        (len, Callable[[str], int], True),
    ],
)
def test_fits(value, hint, expected):
    assert fits(value, hint) is expected


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (int | None, "a whole number"),
        (Literal["a", "b"], '"a", "b"'),
        (list[str], "a list, each a text"),
        (tuple[int, int], "2 values, each a whole number"),
        (tuple[int, ...], "a list, each a whole number"),
        (bool, "true or false"),
        (float | Literal["auto"], 'a number or "auto"'),
    ],
)
def test_describe(hint, words):
    assert describe(hint) == words


class Spade:
    def __init__(self, size: int, edge: Literal["round", "pointed"] = "round") -> None: ...


class OnlyForTypeCheckers:
    def __init__(self, path: "Path") -> None: ...


def test_a_wrong_name_is_told_with_the_nearest_one_and_all():
    check_names("spade", defaults(Spade), ["size", "edge"])
    with pytest.raises(
        DefinitionError,
        match=r'^spade has no option "egde". Did you mean "edge"\? Its options: size, edge$',
    ):
        check_names("spade", defaults(Spade), ["size", "egde"])
    with pytest.raises(DefinitionError, match="Its options: it has none"):
        check_names("hole", [], ["size"])


def test_a_wrong_value_is_told_with_what_it_may_be():
    check_values("spade", Spade, {"size": 3, "edge": "pointed"})
    with pytest.raises(
        DefinitionError, match=r"^spade: size must be a whole number, and 'big' was given.$"
    ):
        check_values("spade", Spade, {"size": "big"})
    with pytest.raises(
        DefinitionError,
        match=r'edge must be "round", "pointed", and .* was given. Did you mean "pointed"',
    ):
        check_values("spade", Spade, {"edge": "pointy"})


def test_a_declaration_that_only_a_type_checker_can_read_checks_nothing():
    assert declared(OnlyForTypeCheckers) == {}
    check_values("spade", OnlyForTypeCheckers, {"path": 3})


@given(
    st.integers() | st.floats() | st.text() | st.none() | st.booleans() | st.lists(st.integers())
)
def test_exactly_one_plain_type_fits_a_value_that_a_definition_can_hold(value):
    kinds = [bool, str, float, list]
    fitting = [kind for kind in kinds if fits(value, kind)]
    writable = value is not None and not (
        isinstance(value, int | float) and not -1e308 <= value <= 1e308
    )
    if isinstance(value, int) and abs(value) >= 2**63:  # more than TOML holds
        writable = False
    assert len(fitting) == writable
