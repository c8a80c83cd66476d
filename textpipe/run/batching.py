"""Documents in parts that bound how much memory is at work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from textpipe.documents import Documents

MOST_DOCUMENTS = 10_000
MOST_BYTES = 8_000_000
"""A batch ends after so many documents, or with the document that fills so many bytes of text. Results do
not depend on either."""


def batches(documents: Documents) -> Iterator[Documents]:
    """The documents in parts, in order; at least one part, which is empty if there are none."""
    n = len(documents)
    until = np.cumsum(bytes_of(documents))
    start = 0
    while start < n or start == n == 0:
        filled = int(np.searchsorted(until, (until[start - 1] if start else 0) + MOST_BYTES)) + 1
        end = max(start + 1, min(n, start + MOST_DOCUMENTS, filled))
        yield documents if (start, end) == (0, n) else documents[start:end]
        start = end


def bytes_of(documents: Documents) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many bytes each document has, its text in UTF-8 and its mail, int64[n_documents]."""
    import pyarrow.compute as pc

    lengths = pc.binary_length(documents.text).to_numpy(zero_copy_only=False).astype(np.int64)
    if documents.mails is not None:
        of_mails = pc.fill_null(pc.binary_length(documents.mails), 0)
        lengths += of_mails.to_numpy(zero_copy_only=False)
    return lengths  # type: ignore[no-any-return]  # untyped library
