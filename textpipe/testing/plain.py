"""Results as plain Python values, so that they can be compared and printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scipy import sparse

from textpipe.documents import Decisions, Documents, Tokens


def plain(results: Documents | Decisions) -> list[dict[str, Any]]:
    """What is known of each document, as Python values that compare with ``==``.

    >>> plain(Documents.of([["to", "be"]]))[0]["tokens"]
    [('to', 0, 2, None), ('be', 3, 5, None)]
    """
    if isinstance(results, Decisions):
        columns: dict[str, Sequence[Any]] = {
            "value": results.values.tolist(),
            "scores": results.scores.tolist(),
            "unsure": results.unsure.tolist(),
            "known": [] if results.known is None else results.known.tolist(),
        }
    else:
        matrix = results.matrix
        columns = {
            "id": results.ids.to_pylist(),
            "text": results.texts(),
            "regions": [] if results.regions is None else list(results.documents_regions()),
            "words": _plain_tokens(results.words),
            "tokens": _plain_tokens(results.tokens),
            "vector": [] if matrix is None else plain_rows(matrix.values),
            "known": [] if matrix is None or matrix.known is None else matrix.known.tolist(),
            "counts": [
                {name: int(column[row]) for name, column in results.counts.items() if column[row]}
                for row in range(len(results))
            ],
        }
    present = {name: column for name, column in columns.items() if len(column)}
    return [{name: column[row] for name, column in present.items()} for row in range(len(results))]


def _plain_tokens(tokens: Tokens | None) -> list[list[tuple[str, int, int, str | None]]]:
    if tokens is None:
        return []
    return [
        [
            (word, start, end, tag)
            for word, (start, end), tag in zip(
                tokens.of(row),
                tokens.spans(row),
                tokens.tags_of(row) if tokens.tags is not None else [None] * len(tokens.of(row)),
                strict=True,
            )
        ]
        for row in range(len(tokens))
    ]


def plain_rows(values: Any) -> list[dict[int, float]]:
    """The values that are not 0 of each row, by column."""
    rows = sparse.csr_matrix(values)
    rows.sort_indices()
    return [
        dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        for row in (rows[i] for i in range(rows.shape[0]))
    ]
