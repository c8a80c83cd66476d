"""Numbers of things in sentences."""

from __future__ import annotations


def counted(number: int, thing: str, things: str = "") -> str:
    """A number and the noun in its number.

    >>> counted(1, "document"), counted(1200, "document"), counted(2, "entry", "entries")
    ('1 document', '1,200 documents', '2 entries')
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
