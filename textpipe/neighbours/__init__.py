"""Who is nearest: exact, fast, and the same answer whatever the order of the rows."""

from textpipe.neighbours.index import Found, Index
from textpipe.neighbours.keys import content_keys, equal_rows
from textpipe.neighbours.lengths import near_one

__all__ = ["Found", "Index", "content_keys", "equal_rows", "near_one"]
