"""From files, folders, streams, mails and tables to documents with labels.

:func:`read` gives a :class:`Corpus`; :func:`records` gives the same one by one. What cannot be a
document is set aside with its place and the reason, and never stops the run.
"""

from textpipe.encoding import decode
from textpipe.sources.corpus import Corpus
from textpipe.sources.mail import parse_mail
from textpipe.sources.reading import FORMATS, read, records
from textpipe.sources.record import Note, Record, Skipped

__all__ = [
    "FORMATS",
    "Corpus",
    "Note",
    "Record",
    "Skipped",
    "decode",
    "parse_mail",
    "read",
    "records",
]
