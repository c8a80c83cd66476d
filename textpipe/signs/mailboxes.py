"""Lists of addresses in headers such as From and To, however they are written."""

from __future__ import annotations

import re
from typing import NamedTuple

_PIECE = re.compile(r'"[^"]*+"|<[^<>]*+>|\([^()]*+\)|[,;]|[^",;<>()]++|.', re.DOTALL)
_ADDRESS = re.compile(r"[^\s@<>\"',;:()]{1,200}@[^\s@<>\"',;:()]{1,255}")
_LONGEST_NAME = 200
LONGEST = 50_000
"""Characters of a header that are read."""


class Mailbox(NamedTuple):
    """Who is named: the display name, empty if there is none, and the address in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What follows the @."""
        return self.address.rpartition("@")[2].strip("[]. ")


def mailboxes(value: str) -> list[Mailbox]:
    """The mailboxes in the value of a header (RFC 5322, section 3.4; what is broken is read all the same).

    >>> mailboxes('"Doe, Bob" <bob@x.de>, ann@Y.de (Ann), <c@z.de>')
    [Mailbox(name='Doe, Bob', address='bob@x.de'), Mailbox(name='Ann', address='ann@y.de'),
     Mailbox(name='', address='c@z.de')]
    >>> mailboxes("undisclosed-recipients:;")
    []
    """
    found: list[Mailbox] = []
    words: list[str] = []
    comments: list[str] = []
    address = ""
    for piece in [*_PIECE.findall(value[:LONGEST]), ","]:
        if piece in (",", ";"):
            name = " ".join(" ".join(words).split())
            if not address and (bare := _ADDRESS.search(name)) is not None:
                address, name = bare[0], name.replace(bare[0], " ").strip()
                name = name or " ".join(comments)
            if address:
                found.append(Mailbox(name or " ".join(comments), address.lower()))
                words, comments, address = [], [], ""
            elif "@" in name or name.endswith(":") or len(name) > _LONGEST_NAME:
                words, comments = [], []
            else:
                words.append(",")  # of a name that should stand in quotes
        elif piece[0] == "<" and "@" in piece:
            address = piece.strip("<> ")
        elif piece[0] == "(":
            comments.append(piece.strip("() "))
        else:
            words.append(piece.strip('"<>'))
    return found
