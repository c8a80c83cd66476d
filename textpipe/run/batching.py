"""Documents in parts that bound how much memory is at work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from textpipe.documents import Documents

MOST_DOCUMENTS = 10_000
MOST_BYTES = 8_000_000
"""A batch ends after so many documents, or with the document that fills so many bytes of text. Results do
not depend on either."""


LARGE = 8
"""How many times as much a large batch has."""

LEAST_BYTES, LEAST_OF_SLOW = 500_000, 10_000
"""A batch is not made smaller than this for the sake of sharing: where all stages are quick, and where one
may take any time."""


def batches(
    documents: Documents, large: bool = False, shares: int = 1, slow: bool = False
) -> Iterator[Documents]:
    """The documents in parts, in order; at least one part, which is empty if there are none.

    ``large`` parts are for quick stages whose results are all kept: to join small ones takes longer. There
    are at least ``shares`` parts, for as many to work on, unless they would be too small; for ``slow`` stages
    they may be smaller.
    """
    n, times = len(documents), LARGE if large else 1
    slow = slow and shares > 1
    if is_one(documents, slow):
        yield documents
        return
    most_documents, most = times * MOST_DOCUMENTS, times * MOST_BYTES
    if shares > 1:
        parts = (bytes_of(documents, at, most_documents) for at in range(0, n, most_documents))
        share = -(-sum(int(part.sum()) for part in parts) // shares)
        most = min(most, max(share, LEAST_OF_SLOW if slow else LEAST_BYTES))
    start = 0
    while start < n or start == n == 0:
        until = np.cumsum(bytes_of(documents, start, most_documents))
        filled = int(np.searchsorted(until, most)) + 1
        end = min(n, start + min(len(until), filled))
        yield documents if (start, end) == (0, n) else documents.take(np.arange(start, end))
        start = max(end, start + 1)


def is_one(documents: Documents, slow: bool = False) -> bool:
    """Are they so few that they are one batch, however they are cut?"""
    size = documents.text_bytes + (0 if documents.mails is None else documents.mails.nbytes)
    least = LEAST_OF_SLOW if slow else LEAST_BYTES
    return bool(size <= least and len(documents) <= MOST_DOCUMENTS)


def bytes_of(
    documents: Documents, first: int = 0, most: int | None = None
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many bytes each document has, its text in UTF-8 and its mail, int64[n_documents]; of ``most``
    documents from the ``first`` on."""
    import pyarrow.compute as pc

    text = documents.text.slice(first, most)
    lengths = pc.binary_length(text).to_numpy(zero_copy_only=False).astype(np.int64)
    if documents.mails is not None:
        of_mails = pc.fill_null(pc.binary_length(documents.mails.slice(first, most)), 0)
        lengths += of_mails.to_numpy(zero_copy_only=False)
    return lengths  # type: ignore[no-any-return]  # untyped library
