"""What flows through a pipeline: documents, by column.

A batch is one :class:`Documents`. Its columns are filled from left to right::

    ids  text  regions  words  tokens  matrix  counts  mails  bags

``text`` is an Arrow string array. ``words`` and ``tokens`` are :class:`Tokens`: each distinct form
once, and integers that point to it. ``words`` stay as the tokenizer cut them, so that a stage that
needs the sentence sees it; ``tokens`` are what later stages made of them. ``counts`` are what stages
have counted, by ``stage.what``; ``mails`` are the bytes of those documents that are mails; ``bags`` stand
for words and tokens where a vectorizer learns that only counts them. Values are never changed in place: a
stage returns a new ``Documents`` that shares all columns it left alone.
"""

from textpipe.documents.arrays import Int32, Int64, UInt8
from textpipe.documents.bags import Bags
from textpipe.documents.columns import clean_surrogates, is_missing, one_column
from textpipe.documents.decisions import UNSURE, Decisions
from textpipe.documents.documents import Documents
from textpipe.documents.joining import joined
from textpipe.documents.matrix import Matrix
from textpipe.documents.regions import Region, Regions
from textpipe.documents.tokens import UPOS, Tokens

__all__ = [
    "UNSURE",
    "UPOS",
    "Bags",
    "Decisions",
    "Documents",
    "Int32",
    "Int64",
    "Matrix",
    "Region",
    "Regions",
    "Tokens",
    "UInt8",
    "clean_surrogates",
    "is_missing",
    "joined",
    "one_column",
]
