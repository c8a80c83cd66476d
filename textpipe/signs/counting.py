"""What was counted in each document, as columns of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from textpipe.documents import Documents, Int64


def with_counts(
    documents: Documents, stage: str, counted: Sequence[Mapping[str, int]]
) -> Documents:
    """The batch with these signs of each document added to its counts, under ``stage.sign``.

    >>> batch = with_counts(Documents.of(["a", "b"]), "urls", [{"links": 2}, {"ports": 1}])
    >>> {name: column.tolist() for name, column in batch.counts.items()}
    {'urls.links': [2, 0], 'urls.ports': [0, 1]}
    """
    counts: dict[str, Int64] = dict(documents.counts)
    own: set[str] = set()
    for row, signs in enumerate(counted):
        for sign, count in signs.items():
            if not count:
                continue
            name = f"{stage}.{sign}"
            if name not in own:
                old = counts.get(name)
                counts[name] = np.zeros(len(documents), np.int64) if old is None else old.copy()
                own.add(name)
            counts[name][row] += count
    return documents.with_(counts=counts)
