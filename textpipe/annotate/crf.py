"""A conditional random field over words: from sentences to the best sequence of tags.

Training (:mod:`textpipe.annotate.train`) is python-crfsuite's. Its weights are kept as whole numbers, and
the search for the best sequence is done here: what depends on one form is summed up once per form, the
rest is arithmetic on columns. No native code reads the model, and the tags are the same on every machine,
because sums of integers do not depend on their order.
"""

from __future__ import annotations

import io
import lzma
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.annotate.features import DISTANCES, EDGE, PAIRS, SINGLES, traits
from textpipe.documents import UPOS, Int32, Int64, Tokens, UInt8

SCALE = 256
"""Weights are kept in steps of 1/SCALE."""

_CHUNK = 16_384  # tokens that are decoded at a time, so that the scores fit into the cache
_REMEMBERED, _HELD = 100_000, 5_000_000  # forms whose sums are kept, and characters that they have
_LARGEST = 200_000_000  # bytes that a model may have when it is decompressed
_NEVER = -(2**20)  # the score of a tag that was not seen in training
_PARTS = tuple(dict.fromkeys(part for pair in PAIRS for part in pair))
_HALVES = [(part.trait, part.name("")) for part in _PARTS]
_LOOKED_UP = [
    [(single.trait, single.name("")) for single in SINGLES if single.distance == distance]
    for distance in DISTANCES
]


class Crf:
    """Weights of features, and of one tag after another.

    names        the features, each once
    weights      int16[n_features, 17], in steps of 1/SCALE
    transitions  int32[17, 17], from the tag in the row to the tag in the column
    seen         bool[17], the tags that occurred in training; no other is ever given
    """

    def __init__(
        self,
        names: Sequence[str],
        weights: NDArray[np.int16],
        transitions: Int32,
        seen: NDArray[np.bool_],
    ) -> None:
        self.names = list(names)
        self.weights = weights
        self.transitions = transitions
        self.seen = seen
        self._rows = {name: row for row, name in enumerate(self.names)}
        self._padded = np.vstack([weights, np.zeros((1, len(UPOS)), np.int16)])
        self._index_pairs()
        self._forget()

    def _index_pairs(self) -> None:
        """Number the halves of the features that are pairs, so that a pair is found by one integer."""
        self._halves: dict[str, int] = {}
        keys, rows = [], []
        for name, row in self._rows.items():
            left, _, right = name.partition("\t")
            if right:
                keys.append(
                    [self._halves.setdefault(half, len(self._halves)) for half in (left, right)]
                )
                rows.append(row)
        halves = np.array(keys, np.int64).reshape(-1, 2)
        numbers = halves[:, 0] * len(self._halves) + halves[:, 1]
        order = np.argsort(numbers, kind="stable")
        self._pair_keys = numbers[order]
        self._pair_rows = np.array(rows, np.int64)[order]

    def _forget(self) -> None:
        self._known: dict[str, int] = {}
        self._held = 0
        self._sums = np.zeros((0, len(DISTANCES), len(UPOS)), np.int32)
        self._half_ids = np.zeros((0, len(_PARTS)), np.int64)

    def tag(self, words: Tokens, bounds: Int64) -> UInt8:
        """The tag of each word, uint8[n_words], index into UPOS; sentences begin at ``bounds``."""
        tags = np.zeros(len(words.codes), np.uint8)
        if not len(tags):
            return tags
        forms = words.forms.to_pylist()
        lengths = np.diff(bounds)
        order = np.argsort(-lengths, kind="stable")
        order = order[lengths[order] > 0]
        ends = np.cumsum(lengths[order])
        cuts = np.searchsorted(ends, np.arange(_CHUNK, ends[-1] + _CHUNK, _CHUNK)) + 1
        for part in np.split(order, np.unique(cuts[cuts < len(order)])):
            pairs = zip(bounds[part].tolist(), bounds[part + 1].tolist(), strict=True)
            places = np.concatenate([np.arange(start, end) for start, end in pairs])
            used, which = np.unique(words.codes[places], return_inverse=True)
            table = self._rows_of([EDGE, *(forms[code] for code in used)])
            scores = self._score(table[which + 1], int(table[0]), lengths[part])
            tags[places] = _best_path(scores, lengths[part], self.transitions)
        return tags

    def _score(self, table: Int64, outside: int, lengths: Int64) -> Int32:
        """The score of each tag for each word, int32[n_words, 17].

        ``table`` says where the sums of each word's form stand, ``outside`` those of the edge.
        """
        edge = max(DISTANCES)
        at = np.arange(len(table)) + edge * (np.repeat(np.arange(len(lengths)), lengths) + 1)
        row = np.full(len(table) + edge * (len(lengths) + 1), outside)
        row[at] = table
        scores = np.tile(np.where(self.seen, 0, _NEVER).astype(np.int32), (len(table), 1))
        for slot, distance in enumerate(DISTANCES):
            scores += self._sums[row[at + distance], slot]
        self._add_pairs(scores, row, at)
        return scores

    def _add_pairs(self, scores: Int32, row: Int64, at: Int64) -> None:
        if not len(self._pair_keys):
            return
        for pair in PAIRS:
            left, right = (
                self._half_ids[row[at + part.distance], _PARTS.index(part)] for part in pair
            )
            keys = np.where((left < 0) | (right < 0), -1, left * len(self._halves) + right)
            slots = np.minimum(np.searchsorted(self._pair_keys, keys), len(self._pair_keys) - 1)
            hits = np.flatnonzero(self._pair_keys[slots] == keys)
            scores[hits] += self.weights[self._pair_rows[slots[hits]]]

    def _rows_of(self, forms: list[str]) -> Int64:
        """Where the sums of each form stand, after those of new forms were computed."""
        if len(self._known) > _REMEMBERED or self._held > _HELD:
            self._forget()
        new = [form for form in forms if form not in self._known]
        if new:
            self._known.update({form: len(self._known) + at for at, form in enumerate(new)})
            self._held += sum(map(len, new))
            sums, halves = self._look_at(new)
            self._sums = np.concatenate([self._sums, sums])
            self._half_ids = np.concatenate([self._half_ids, halves])
        return np.fromiter((self._known[form] for form in forms), np.int64, len(forms))

    def _look_at(self, forms: list[str]) -> tuple[Int32, Int64]:
        """The sums of the weights of each form's features at each distance, int32[n_forms, 5, 17], and
        the numbers of its halves of pairs (-1 where a half is in no pair), int64[n_forms, n_halves].
        """
        none = len(self.names)  # a row of zeros
        rows: list[int] = []
        starts: list[int] = []
        halves: list[int] = []
        for form in forms:
            seen = traits(form)
            for singles in _LOOKED_UP:
                starts.append(len(rows))
                rows.append(none)
                for trait, prefix in singles:
                    if trait in seen and (row := self._rows.get(prefix + seen[trait])) is not None:
                        rows.append(row)
            halves += [
                self._halves.get(prefix + seen[trait], -1) if trait in seen else -1
                for trait, prefix in _HALVES
            ]
        sums = np.add.reduceat(self._padded[rows], starts, axis=0, dtype=np.int32)
        shape = (len(forms), len(DISTANCES), len(UPOS))
        return sums.reshape(shape), np.array(halves, np.int64).reshape(len(forms), -1)

    def to_bytes(self) -> bytes:
        """The model as a file's content: NumPy arrays (.npz) under xz; the same bytes every time."""
        buffer = io.BytesIO()
        names = np.frombuffer("\n".join(self.names).encode(), np.uint8)
        np.savez(
            buffer,
            names=names,
            weights=np.ascontiguousarray(self.weights.T),  # by tag: packs better
            transitions=self.transitions,
            seen=self.seen,
        )
        return lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME)

    @staticmethod
    def of_bytes(content: bytes) -> Crf:
        """The model from a file's content.

        :raises ValueError: if it is none.
        """
        try:
            unpacked = lzma.LZMADecompressor().decompress(content, max_length=_LARGEST)
            with np.load(io.BytesIO(unpacked), allow_pickle=False) as arrays:
                text = bytes(arrays["names"]).decode()
                names = text.split("\n") if text else []
                weights, transitions = arrays["weights"].T, arrays["transitions"]
                seen = arrays["seen"]
        except Exception as error:  # zipfile, lzma and NumPy raise many kinds
            raise ValueError(f"no tagger model: {error}") from error
        _check("weights", weights, np.int16, (len(names), len(UPOS)))
        _check("transitions", transitions, np.int32, (len(UPOS), len(UPOS)))
        _check("seen", seen, np.bool_, (len(UPOS),))
        return Crf(names, np.ascontiguousarray(weights), transitions, seen)


def _check(what: str, array: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(
            f"no tagger model: {what} are {array.dtype}{list(array.shape)} and should be "
            f"{np.dtype(dtype)}{list(shape)}"
        )


def _best_path(scores: Int32, lengths: Int64, transitions: Int32) -> UInt8:
    """Viterbi's best path through each sentence; ``lengths`` never rise.

    All sentences go forward word by word together. The tag before is packed into the lowest five bits of
    its score, so that one maximum finds both; of equal scores the tag that comes later in UPOS wins.
    """
    labels = np.arange(len(UPOS), dtype=np.int32)
    offsets = np.cumsum(lengths) - lengths
    moves = (transitions.astype(np.int32) * 32 + labels[:, None])[:, :, None]
    back = np.zeros((len(UPOS), len(scores)), np.uint8)
    emitted = np.ascontiguousarray(scores.T)
    best = emitted[:, offsets]
    last = np.zeros(len(lengths), np.uint8)
    for step in range(1, int(lengths[0]) + 1):
        active = int(np.count_nonzero(lengths > step))
        last[active : best.shape[1]] = best[:, active:].argmax(axis=0)
        if not active:
            break
        best = best[:, :active]
        best = best - best.max(axis=0)  # keeps the numbers small in long sentences
        packed = (best[:, None, :] * 32 + moves).max(axis=0)
        here = offsets[:active] + step
        back[:, here] = packed & 31
        best = (packed >> 5) + emitted[:, here]
    tags = np.zeros(len(scores), np.uint8)
    for step in range(int(lengths[0]) - 1, -1, -1):
        active = int(np.count_nonzero(lengths > step))
        here = offsets[:active] + step
        tags[here] = last[:active]
        last[:active] = back[last[:active], here]
    return tags
