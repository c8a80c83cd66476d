"""The parts that pieces of text are cut into, put where the pieces stand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from textpipe.documents import Int32, Int64, Tokens
from textpipe.tokenize.distinct import Distinct, Strings
from textpipe.tokenize.engines import Cut


@dataclass(frozen=True)
class Parts:
    """The parts of distinct pieces: those of piece ``i`` are ``first[i]`` to ``first[i + 1]``.

    first          int64[n_pieces + 1]
    starts, ends   int32[n_parts], where in its piece each part stands (code points)
    """

    first: Int64
    starts: Int32
    ends: Int32

    @staticmethod
    def of(cuts: list[Cut]) -> Parts:
        """From the starts and ends of each piece's parts."""
        first = np.zeros(len(cuts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, cuts), np.int64, len(cuts)), out=first[1:])
        spans = np.fromiter(chain.from_iterable(cuts), np.int32, first[-1])
        return Parts(first // 2, spans[::2].copy(), spans[1::2].copy())

    def spread_in_python(self, found: Tokens, pieces: list[str]) -> Tokens:
        """The parts of each piece ``found``, as tokens. ``pieces`` are the distinct ones."""
        forms: dict[str, int] = {}
        spans = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        sizes = np.diff(self.first)
        codes = [
            forms.setdefault(piece[start:end], len(forms))
            for piece, size in zip(pieces, sizes.tolist(), strict=True)
            for _, (start, end) in zip(range(size), spans, strict=False)  # as many as it has
        ]
        lengths = sizes[found.codes]
        before = np.concatenate(([0], np.cumsum(lengths)))
        at = np.arange(before[-1]) + np.repeat(self.first[found.codes] - before[:-1], lengths)
        origins = np.repeat(found.starts, lengths)
        return Tokens(
            pa.array(list(forms), pa.string()),
            np.array(codes, np.int32)[at],
            origins + self.starts[at],
            origins + self.ends[at],
            before[found.rows],
        )

    def spread_compiled(self, found: Tokens) -> Tokens:
        """What ``spread_in_python`` returns, by compiled loops."""
        from textpipe.kernels.parts import number_parts, spread

        pieces = Strings.of(found.forms)
        distinct = Distinct(pieces.data)
        part_codes = np.empty(len(self.starts), np.int32)
        mine = (self.first, self.starts, self.ends)
        while distinct.done < len(pieces):
            distinct.make_room()
            number_parts(pieces.data, pieces.offsets, *mine, *distinct.arrays(), part_codes)
        n_tokens = int(np.diff(self.first).astype(np.int32)[found.codes].sum(dtype=np.int64))
        codes, starts, ends = (np.empty(n_tokens, np.int32) for _ in range(3))
        rows = np.zeros(len(found.rows), np.int64)
        spread(found.codes, found.starts, found.rows, *mine, part_codes, codes, starts, ends, rows)
        return Tokens(distinct.forms(), codes, starts, ends, rows)
