"""A document's vector as a sum over its words."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Tokens
from textpipe.explanation.reasons import CONSTANT, REST, Spans
from textpipe.rows import dense
from textpipe.stage import Stage
from textpipe.vectorize.count import Count
from textpipe.vectorize.document_vectors import WordVectors
from textpipe.vectorize.hashing import Hashing
from textpipe.vectorize.union import Union


@dataclass
class Parts:
    """The vector of one document, row by row: ``values`` [n_words, n_features] add up to it.

    ``spans`` [n_words] are where each word stands in the document's text (code points); empty for a
    column that is not made of words. Several branches may each have a part of the same name.
    """

    words: list[str]
    values: Any
    spans: list[Spans] = field(default_factory=list)


def word_parts(stages: Sequence[Stage], documents: Documents) -> Parts:
    """The parts of the first document's vector, as the last of these stages writes it.

    The words' parts add up to the vector exactly. What they leave out is a part of its own: called
    ``(before any word)`` where it is what a stage gives to every document, else ``(rest)``.
    """
    parts: Parts | None = None
    for stage in stages:
        before, documents = documents, stage.apply(documents)
        if "matrix" not in stage.writes:
            continue
        assert documents.matrix is not None, "it was just written"  # noqa: S101  # for mypy
        row = documents.matrix.values[:1]
        mirrored, left_out = -row, REST
        if "matrix" not in stage.reads:
            parts = _first_parts(stage, before, row, documents.matrix.features)
        elif parts is not None:
            parts = _mapped(stage, parts, row.shape[1])
            if hasattr(stage, "map_parts"):
                mirrored, left_out = _of_mirror(stage, before), CONSTANT
        parts = parts or Parts([], sparse.csr_matrix((0, row.shape[1])))
        parts = _adding_up(parts, row, mirrored, left_out)
    assert parts is not None, "the pipeline was checked"  # noqa: S101  # for mypy
    return parts


def _first_parts(stage: Stage, documents: Documents, row: Any, features: Sequence[str]) -> Parts:
    if isinstance(stage, Union):
        return _side_by_side(stage, documents, row)
    if isinstance(stage, WordVectors):
        weights = stage.weights(documents)[0]
        at = weights.indices
        values = weights.data[:, None] * np.asarray(stage.vectors_, np.float64)[at]
        if stage.component_ is not None:
            values -= np.outer(values @ stage.component_, stage.component_)
        words = [str(stage.words_[int(i)].as_py()) for i in at]
        places = _places(documents.tokens)
        return Parts(words, values, [places.get(word, []) for word in words])
    row = sparse.csr_matrix(row)
    there = np.flatnonzero(row.data)
    columns = row.indices[there]
    values = sparse.csr_matrix(
        (row.data[there], columns, np.arange(len(columns) + 1)), (len(columns), row.shape[1])
    )
    words = [features[int(column)] for column in columns]
    counted = stage.counted(documents) if isinstance(stage, Count) else documents.tokens
    places = _places(counted) if "tokens" in stage.reads else {}
    if isinstance(stage, Hashing):  # a column is found again by hashing the words
        by_column: dict[int, Spans] = {}
        for word, spans in places.items():
            by_column.setdefault(stage.column_of(word), []).extend(spans)
        return Parts(words, values, [sorted(by_column.get(int(c), [])) for c in columns])
    return Parts(words, values, [places.get(word, []) for word in words])


def _mapped(stage: Stage, parts: Parts, width: int) -> Parts:
    """The parts after a stage from matrix to matrix.

    A stage may say ``map_parts(values [n_words, n_features]) -> [n_words, n_out]``: what it does to a
    row, as far as that is linear. Of a stage that says nothing, all that is not a mere change of the
    row's length becomes the rest.
    """
    if hasattr(stage, "map_parts"):
        return Parts(parts.words, stage.map_parts(parts.values), parts.spans)
    return parts if parts.values.shape[1] == width else Parts([], np.zeros((0, width)))


def _side_by_side(union: Union, documents: Documents, row: Any) -> Parts:
    row = sparse.csr_matrix(row)
    words: list[str] = []
    blocks, spans, start = [], [], 0
    for branch in union.chains():
        inner = word_parts(branch, documents)
        values = sparse.csr_matrix(inner.values)
        width = values.shape[1]
        target = _length(row.data[(row.indices >= start) & (row.indices < start + width)])
        length = _length(_total(values, _columns(values)))
        scaled = values.data * (target / length if length else 0.0)
        shape = (len(inner.words), row.shape[1])
        blocks.append(sparse.csr_matrix((scaled, values.indices + start, values.indptr), shape))
        words += inner.words
        spans += inner.spans
        start += width
    return Parts(words, sparse.vstack(blocks, "csr"), spans)


def _of_mirror(stage: Stage, documents: Documents) -> Any:
    """What a stage makes of the first document's row, had it the opposite sign."""
    matrix = documents.matrix
    assert matrix is not None, "the stage reads it"  # noqa: S101  # for mypy
    mirror = documents.with_(matrix=dataclasses.replace(matrix, values=-matrix.values)).take([0])
    made = stage.apply(mirror).matrix
    assert made is not None, "the stage writes it"  # noqa: S101  # for mypy
    return made.values[:1]


def _scale(
    total: NDArray[np.float64], row: NDArray[np.float64], mirrored: NDArray[np.float64]
) -> float:
    """How much of the row one unit of the parts' ``total`` is.

    A stage that adds a constant and divides by a length makes ``row = (total + constant) / a`` of a row,
    and ``mirrored = (constant - total) / b`` of its mirror. So ``a * row - b * mirrored = 2 * total``,
    from which follow a and b. Of any other stage, the total's share in the row is taken.
    """
    square = float(total @ total)
    if not square:
        return 0.0
    if not np.array_equal(mirrored, -row):  # there is a constant
        sides = np.column_stack([row, -mirrored])
        lengths = np.linalg.lstsq(sides, 2 * total, rcond=1e-9)[0]
        missed = np.linalg.norm(sides @ lengths - 2 * total)
        if lengths[0] > 0 and missed <= 1e-7 * square**0.5:
            return float(1 / lengths[0])
    return float(total @ row) / square


def _adding_up(parts: Parts, row: Any, mirrored: Any, left_out: str) -> Parts:
    """The parts brought to the row's length (stages divide by it), and what is ``left_out`` as one more."""
    if not sparse.issparse(parts.values):
        row, mirrored = dense(row)[0], dense(mirrored)[0]
        total = parts.values.sum(axis=0)
        scale = _scale(total, row, mirrored)
        rest = row - total * scale
    else:  # of the many columns, only those that have something
        row, mirrored = sparse.csr_matrix(row), sparse.csr_matrix(mirrored)
        columns = _columns(parts.values, row, mirrored)
        total = _total(parts.values, columns)
        scale = _scale(total, _total(row, columns), _total(mirrored, columns))
        rest = _total(row, columns) - total * scale
    values = parts.values * scale
    if _length(rest) <= 1e-12 * max(1.0, _length(row.data if sparse.issparse(row) else row)):
        return Parts(parts.words, values, parts.spans)
    if not sparse.issparse(values):
        stack = np.vstack([values, rest])
    else:
        one = sparse.csr_matrix((rest, columns, [0, len(columns)]), (1, values.shape[1]))
        stack = sparse.vstack([values, one], "csr")
    return Parts([*parts.words, left_out], stack, [*parts.spans, []])


def _columns(*matrices: Any) -> NDArray[np.int64]:
    """The columns in which any of these CSR matrices has a value, in order."""
    return np.unique(np.concatenate([matrix.indices for matrix in matrices])).astype(np.int64)


def _total(values: Any, columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum over the rows of a CSR matrix, in these columns."""
    at = np.searchsorted(columns, values.indices)
    return np.bincount(at, values.data, len(columns)).astype(np.float64)


def _length(values: NDArray[np.float64]) -> float:
    return math.sqrt(float((values * values).sum()))


def _places(tokens: Tokens | None) -> dict[str, Spans]:
    """Where each form of the first document stands in its text."""
    places: dict[str, Spans] = {}
    if tokens is not None:
        for word, span in zip(tokens.of(0), tokens.spans(0), strict=True):
            places.setdefault(word, []).append(span)
    return places
