"""How much of one mail is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much of a mail is read. What goes beyond a limit is named among the mail's defects.

    size            bytes of the mail; what follows is not read
    depth           parts within parts; deeper ones are taken as they stand, as one plain text
    parts           parts, uuencoded files among them; what follows is taken as it stands
    header_lines    fields in the header of the mail or of a part; what follows is taken as the body
    header_value    bytes of one field's value that are decoded
    archive_names   names that are listed of one archive
    unpacked        bytes that are unpacked of all compressed tars together, to come to their names
    compared        characters of a text and of its HTML whose words are compared
    """

    size: int = 50_000_000
    depth: int = 50
    parts: int = 1000
    header_lines: int = 100_000
    header_value: int = 1 << 20
    archive_names: int = 1000
    unpacked: int = 8_000_000
    compared: int = 200_000


USUAL = Limits()
