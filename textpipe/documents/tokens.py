"""Tokens of many documents: each distinct form once, and integers that point to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents.arrays import Int32, Int64, UInt8, concat_rows, take_rows
from textpipe.errors import InputError

UPOS = (
    "X",
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
)
"""Universal parts of speech (https://universaldependencies.org/u/pos/); ``Tokens.tags`` index it."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of many documents: Arrow's dictionary-encoded list, with spans.

    forms   Arrow string array, the distinct words, each once
    codes   int32[n_tokens], which form
    starts, ends   int32[n_tokens], where in the document's text (code points)
    rows    int64[n_documents + 1], where each document's tokens begin
    tags    uint8[n_tokens] or None, index into :data:`UPOS`
    """

    forms: pa.StringArray
    codes: Int32
    starts: Int32
    ends: Int32
    rows: Int64
    tags: UInt8 | None = None

    is_plain: ClassVar[bool] = True
    """Does each of them stand by itself, with codes, starts, ends and rows at hand?"""

    def __len__(self) -> int:
        """How many documents."""
        return len(self.rows) - 1

    @staticmethod
    def of_lists(
        documents: Iterable[Iterable[str]],
        spans: Iterable[Iterable[tuple[int, int]]] | None = None,
    ) -> Tokens:
        """Tokens from lists of words. Without ``spans`` the text is the words joined by a space.

        >>> Tokens.of_lists([["to", "be"], [], ["to"]]).to_lists()
        [['to', 'be'], [], ['to']]
        """
        forms: dict[str, int] = {}
        codes, rows, starts, ends = [], [0], [], []
        for words in documents:
            at = 0
            for word in words:
                codes.append(forms.setdefault(word, len(forms)))
                if spans is None:
                    starts.append(at)
                    ends.append(at + len(word))
                    at += len(word) + 1
            rows.append(len(codes))
        if spans is not None:
            pairs = np.array([pair for document in spans for pair in document], np.int32)
            pairs = pairs.reshape(-1, 2)
            starts, ends = pairs[:, 0], pairs[:, 1]  # type: ignore[assignment]  # arrays, as below
        return Tokens(
            pa.array(list(forms), pa.string()),
            np.asarray(codes, np.int32),
            np.asarray(starts, np.int32),
            np.asarray(ends, np.int32),
            np.asarray(rows, np.int64),
        )

    def of(self, row: int) -> list[str]:
        """The words of one document."""
        codes = self.codes[self.rows[row] : self.rows[row + 1]]
        return self.forms.take(pa.array(codes)).to_pylist()  # type: ignore[no-any-return]

    def spans(self, row: int) -> list[tuple[int, int]]:
        """Start and end of each token of one document, in code points of its text."""
        part = slice(self.rows[row], self.rows[row + 1])
        return list(zip(self.starts[part].tolist(), self.ends[part].tolist(), strict=True))

    def tags_of(self, row: int) -> list[str]:
        """The universal parts of speech of one document's tokens."""
        if self.tags is None:
            raise InputError("these tokens have no tags: put tag_parts_of_speech before this step")
        return [UPOS[tag] for tag in self.tags[self.rows[row] : self.rows[row + 1]]]

    def to_lists(self) -> list[list[str]]:
        """All documents as lists of words."""
        words = self.forms.take(pa.array(self.codes)).to_pylist()
        bounds = self.rows.tolist()
        return [words[start:end] for start, end in itertools.pairwise(bounds)]

    def lengths(self) -> Int64:
        """Number of tokens of each document, int64[n_documents]."""
        return np.diff(self.rows)

    def map(self, new_forms: Sequence[str | None] | pa.StringArray) -> Tokens:
        """Each token with the new form of its form; ``None`` (or an empty form) drops the token.

        ``new_forms`` [n_forms] is parallel to ``forms``: a word is worked on once, however often it
        occurs. It is a list, or an Arrow string array (many times faster, where Arrow makes it).

        >>> Tokens.of_lists([["A", "b", "A"]]).map(["a", None]).to_lists()
        [['a', 'a']]
        """
        if len(new_forms) != len(self.forms):
            raise InputError(f"{len(new_forms)} new forms were given for {len(self.forms)} forms")
        if isinstance(new_forms, pa.StringArray):
            forms, table = numbered(pc.if_else(pc.equal(new_forms, ""), None, new_forms))
        else:
            distinct = dict.fromkeys(new_forms)
            distinct.pop(None, None)
            distinct.pop("", None)
            number: dict[str | None, int] = dict(zip(distinct, itertools.count()))
            number[None] = number[""] = -1
            table = np.array(list(map(number.__getitem__, new_forms)), np.int32)
            forms = pa.array(list(distinct), pa.string())
        return self._mapped(table, forms)

    def _mapped(self, table: Int32, forms: pa.StringArray) -> Tokens:
        """Each token with the form that the table has for its form; -1 drops it."""
        from textpipe.documents.mapped import MappedTokens  # which are tokens

        return MappedTokens(self, table, forms)

    def _keys(self, places: Int32) -> Int64:
        """Document and place in it as one number for each token; ascends with a tokenizer's words."""
        rows = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.rows))
        return (rows << 32) + places

    def words_covered(self, words: Tokens | None) -> Int64:
        """On how many words of each document these tokens stand, int64[n_documents].

        For plain words that is their number. For n-grams and pieces of words it is not: two bigrams
        may stand on three words, and twenty pieces on one. ``words`` are the same documents as the
        tokenizer cut them.

        >>> words = Tokens.of_lists([["to", "be", "or"]])
        >>> Tokens.of_lists([["to be", "be or"]], [[(0, 5), (3, 8)]]).words_covered(words).tolist()
        [3]
        """
        if self._stand_on(words):
            return self.lengths()
        assert words is not None  # noqa: S101  # for mypy: without words they stand on their own
        first, after = self._words_under(words)
        return per_row(_on(first, after, len(words.codes)) > 0, words.rows)

    def words_known(self, known: NDArray[np.bool_], words: Tokens | None) -> Int64:
        """How many words of each document are known, where the tokens of ``known`` [n_tokens] are,
        int64[n_documents].

        A word is known by a known token that stands on it and on others, or if more than half of the
        tokens that stand on it alone are known: one run of four letters does not make a long word known.

        >>> words = Tokens.of_lists([["free", "to"]])
        >>> pieces = Tokens.of_lists([["fre", "ree", "to"]], [[(0, 3), (1, 4), (5, 7)]])
        >>> pieces.words_known(np.array([True, False, True]), words).tolist()
        [1]
        """
        if known.all():
            return self.words_covered(words)
        if self._stand_on(words):
            return per_row(known, self.rows)
        assert words is not None  # noqa: S101  # for mypy: as above
        first, after = self._words_under(words)
        n = len(words.codes)
        alone = after == first + 1
        pieces = np.bincount(first[alone], minlength=n)
        known_pieces = np.bincount(first[alone & known], minlength=n)
        wide = known & (after > first + 1)
        wide_known = _on(first[wide], after[wide], n) > 0
        return per_row(wide_known | (2 * known_pieces > pieces), words.rows)

    def words_with_known(self, known: NDArray[np.bool_], words: Tokens | None) -> Int64:
        """``words_known``, where the tokens whose form is one of ``known`` [n_forms] are."""
        if known.all():
            return self.words_covered(words)
        return self.words_known(known[self.codes], words)

    def _stand_on(self, words: Tokens | None) -> bool:
        """Is each of these tokens a word by itself?"""
        if words is None or not len(self.starts) or self.starts is words.starts:
            return True
        return self._are(words)  # an n-gram begins where a word does

    def _are(self, words: Tokens) -> bool:
        """Are these the words themselves, whatever became of their forms?"""
        return np.array_equal(self.starts, words.starts) and np.array_equal(self.ends, words.ends)

    def _words_under(self, words: Tokens) -> tuple[Int64, Int64]:
        """The first word that each token touches, and the one after the last; at least one."""
        first = np.searchsorted(words._keys(words.ends), self._keys(self.starts), "right")
        after = np.searchsorted(words._keys(words.starts), self._keys(self.ends), "left")
        return first, np.maximum(first, after)

    def places_in(self, words: Tokens) -> Int64:
        """For each token the position of the word with the same span, int64[n_tokens]; -1 if none.

        ``words`` are the same documents as the tokenizer cut them.
        """
        ours, theirs = self._keys(self.starts), words._keys(words.starts)
        if not len(theirs):
            return np.full(len(ours), -1, np.int64)
        at = np.minimum(np.searchsorted(theirs, ours), len(theirs) - 1)
        same = (theirs[at] == ours) & (words.ends[at] == self.ends)
        return np.where(same, at, -1).astype(np.int64)

    def keep(self, mask: NDArray[np.bool_]) -> Tokens:
        """Only the tokens where ``mask`` [n_tokens] is true; their spans and tags go with them."""
        before = np.concatenate(([0], np.cumsum(mask, dtype=np.int64)))
        return Tokens(
            self.forms,
            self.codes[mask],
            self.starts[mask],
            self.ends[mask],
            before[self.rows],
            None if self.tags is None else self.tags[mask],
        )

    @staticmethod
    def concat(parts: Sequence[Tokens]) -> Tokens:
        """The documents of all parts, one after another; a form that several parts have stands once."""
        return parts[0]._concat(parts)

    def _concat(self, parts: Sequence[Tokens]) -> Tokens:
        forms, codes = renumbered(parts)
        tags = [part.tags for part in parts if part.tags is not None]
        return Tokens(
            forms,
            codes,
            np.concatenate([part.starts for part in parts]),
            np.concatenate([part.ends for part in parts]),
            concat_rows([part.rows for part in parts]),
            np.concatenate(tags) if len(tags) == len(parts) else None,
        )

    def take(self, indices: Int64) -> Tokens:
        """The tokens of these documents, in this order; forms that none of them has are left out."""
        at: slice | Int64
        if len(indices) and indices[0] >= 0 and (np.diff(indices) == 1).all():
            rows = self.rows[indices[0] : indices[-1] + 2]
            at, rows = slice(rows[0], rows[-1]), rows - rows[0]
        else:
            at, rows = take_rows(self.rows, indices)
        forms, codes = _forms_of(self.forms, self.codes[at])
        return Tokens(
            forms,
            codes,
            self.starts[at].copy(),
            self.ends[at].copy(),
            rows,
            None if self.tags is None else self.tags[at].copy(),
        )


def numbered(forms: Any) -> tuple[pa.StringArray, Int32]:
    """The distinct ones of some strings (Arrow), in order of appearance, and which of them each is;
    -1 for null."""
    found = forms.dictionary_encode()
    numbers = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return found.dictionary.cast(pa.string()), numbers.astype(np.int32, copy=False)


def renumbered(parts: Sequence[Any]) -> tuple[pa.StringArray, Int32]:
    """The distinct forms of all parts, and the codes of all of them, one part after another."""
    # together the forms of many parts may have more bytes than the offsets of ``string`` can count
    together = pa.concat_arrays([part.forms.cast(pa.large_string()) for part in parts])
    forms, table = numbered(together)
    codes = np.empty(sum(len(part.codes) for part in parts), np.int32)
    base, at = 0, 0
    for part in parts:
        n_forms, n = len(part.forms), len(part.codes)
        if n:  # written to its place at once: a large array costs as much as what is done to it
            own = table[base : base + n_forms]
            np.take(own, part.codes, out=codes[at : at + n], mode="clip")
        base, at = base + n_forms, at + n
    return forms, codes


def _forms_of(forms: pa.StringArray, codes: Int32) -> tuple[pa.StringArray, Int32]:
    """The forms that occur, in their order, and the codes that point to them.

    Work is done for each form: a part of a large corpus must not carry the words of the whole.
    """
    occurs = np.zeros(len(forms), bool)
    occurs[codes] = True
    if occurs.all():
        return forms, codes
    numbers = np.cumsum(occurs, dtype=np.int32) - 1
    return forms.filter(pa.array(occurs)), numbers[codes].astype(np.int32)


def _on(first: Int64, after: Int64, n: int) -> Int64:
    """How many of the stretches ``first`` .. ``after`` lie on each of ``n`` places."""
    steps = np.bincount(first, minlength=n + 1) - np.bincount(after, minlength=n + 1)
    return np.cumsum(steps)[:n]


def per_row(yes: NDArray[np.bool_], rows: Int64) -> Int64:
    """In how many places of each row it is so."""
    before = np.concatenate(([0], np.cumsum(yes, dtype=np.int64)))
    return np.diff(before[rows])
