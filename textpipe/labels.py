"""The labels of training documents, from what people have in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import is_missing, one_column
from textpipe.errors import InputError


def labels_of(labels: Any, n_documents: int) -> NDArray[Any]:
    """One label for each document: texts or numbers [n_documents].

    Takes what ``Documents.of`` takes. Raises InputError for a missing label, another number of labels
    than of documents, or a table.

    >>> labels_of(("ham", "spam"), 2).tolist()
    ['ham', 'spam']
    """
    values = one_column(labels, "labels")
    if len(values) != n_documents:
        raise InputError(f"{len(values)} labels were given for {n_documents} documents")
    for position, value in enumerate(values):
        if is_missing(value):
            raise InputError(
                f"the label of document {position} is missing (None or NaN): leave the document out, "
                "or give it a label"
            )
    if len({isinstance(value, str) for value in values}) > 1:
        raise InputError(
            "some labels are texts and some are numbers, and it is not clear which are the same: "
            "make all of them texts, or all numbers"
        )
    kept = labels if isinstance(labels, np.ndarray) and labels.dtype.kind in "biufU" else values
    return np.asarray(kept)
