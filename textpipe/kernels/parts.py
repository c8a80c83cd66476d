"""Parts of pieces of text: the tokens that a tokenizer cuts stretches and lines into.

Each distinct piece was cut once. Here its parts are numbered, and put where the piece stands.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types

from textpipe.kernels.boundaries import character
from textpipe.kernels.compiled import compiled, read_only, writable
from textpipe.kernels.text import (
    BLOCK,
    DISTINCT,
    DONE,
    EIGHT,
    KNOWN,
    PIECES,
    PLACES,
    TEXT,
    number_block,
    refill,
)

PARTS = (read_only(types.int64), read_only(types.int32), read_only(types.int32))


@compiled(
    *TEXT, *PARTS, types.uint64, writable(types.int64), *KNOWN, writable(types.int32)
)  # fmt: skip
def number_parts(
    data, offsets, first, part_starts, part_ends, multiplier, progress,
    slots, hashes, keys, firsts, sizes, codes,
):  # fmt: skip
    """Number the distinct parts of pieces, in the order in which they stand.

    data, offsets   UTF-8 of piece ``i`` is ``data[offsets[i]:offsets[i + 1]]``
    first           its parts are ``first[i]`` to ``first[i + 1]``
    part_starts, part_ends   where in its piece each part stands (code points), in ascending order
    codes           for each part its number; what else there is, is as in ``find_pieces``
    """
    n_distinct = progress[DISTINCT]
    refill(slots, hashes, n_distinct)
    block, lengths = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    marks = np.empty((BLOCK, 2), np.uint64)
    held, held_from = 0, progress[DONE]
    n = first[progress[DONE]]
    last = len(offsets) - 2
    for piece in range(progress[DONE], last + 1):
        at, end, place = offsets[piece], offsets[piece + 1], 0
        for part in range(first[piece], first[piece + 1]):
            while place < part_starts[part] and at < end:
                at += 1 if data[at] < 0x80 else character(data, at, end)[1]
                place += 1
            begin = at
            while place < part_ends[part] and at < end:
                at += 1 if data[at] < 0x80 else character(data, at, end)[1]
                place += 1
            hashed, packed = multiplier, np.uint64(0)
            for step in range(begin, at):
                hashed = (hashed + np.uint64(data[step])) * multiplier
                packed = packed << EIGHT | np.uint64(data[step])
            if not held:
                held_from = piece
            block[held], lengths[held] = begin, at - begin
            marks[held, 0], marks[held, 1] = hashed, packed
            held += 1
            n += 1
            if held == BLOCK or n == first[last + 1]:
                n_distinct = number_block(
                    data, block, lengths, marks, held,
                    slots, hashes, keys, firsts, sizes, n_distinct, codes, n - held,
                )  # fmt: skip
                if n_distinct < 0:
                    progress[DONE], progress[DISTINCT] = held_from, len(firsts)
                    return
                held = 0
    progress[DONE], progress[PIECES], progress[DISTINCT] = last + 1, n, n_distinct


@compiled(
    read_only(types.int32), read_only(types.int32), read_only(types.int64),
    *PARTS, read_only(types.int32), *PLACES,
)  # fmt: skip
def spread(
    pieces, origins, piece_rows, first, part_starts, part_ends, part_codes,
    codes, starts, ends, rows,
):  # fmt: skip
    """Put its parts where each piece stands.

    pieces, origins, piece_rows   which piece stands where, and which of them are a document's
    first, part_starts, part_ends, part_codes   the parts of the distinct pieces, as in ``number_parts``
    codes, starts, ends, rows   the parts of all documents, as in ``find_pieces``
    """
    n = 0
    for row in range(len(piece_rows) - 1):
        for at in range(piece_rows[row], piece_rows[row + 1]):
            piece, origin = pieces[at], origins[at]
            for part in range(first[piece], first[piece + 1]):
                codes[n] = part_codes[part]
                starts[n] = origin + part_starts[part]
                ends[n] = origin + part_ends[part]
                n += 1
        rows[row + 1] = n
