"""What inline styles hide, as CSS reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.clean.html_style import (
    INVISIBLE,
    NOT_DISPLAYED,
    SIZE_ZERO,
    TRANSPARENT,
    style_flags,
)


@pytest.mark.parametrize(
    ("style", "sets", "takes_back"),
    [
        ("", 0, 0),
        ("color:red", 0, 0),
        ("display:none", NOT_DISPLAYED, 0),
        ("display:none;display:block", 0, NOT_DISPLAYED),
        ("display:none!important;display:block", NOT_DISPLAYED, 0),
        ("display:block;display:none", NOT_DISPLAYED, 0),
        ("visibility:collapse", INVISIBLE, 0),
        ("visibility:visible", 0, INVISIBLE),
        ("font-size:0%", SIZE_ZERO, 0),
        ("font-size:.0px", SIZE_ZERO, 0),
        ("font-size:0.01px", 0, SIZE_ZERO),
        ("font-size:2em", 0, 0),
        ("font-size:2rem", 0, SIZE_ZERO),
        ("font-size:medium", 0, SIZE_ZERO),
        ("font:italic 0px/1 serif", SIZE_ZERO, 0),
        ("font:12px serif", 0, SIZE_ZERO),
        ("font:0 serif; font-size:9pt", 0, SIZE_ZERO),
        ("opacity:0.0", TRANSPARENT, 0),
        ("opacity:0.5", 0, 0),
        ("display:none;visibility:hidden", NOT_DISPLAYED | INVISIBLE, 0),
        ("/* display:none", 0, 0),
        ("x;;:;display none", 0, 0),
    ],
)
def test_flags_of_a_style(style, sets, takes_back):
    assert style_flags(style) == (sets, takes_back)


@given(st.text(alphabet="display:none;font-sz0!important \\/*\t", max_size=60))
def test_any_style_can_be_read(style):
    sets, takes_back = style_flags(style)
    assert sets & takes_back == 0
