"""Word n-grams that are only counted: they are numbers, and are spelled when all are known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents import Bags, Int32, Int64, Tokens
from textpipe.documents.arrays import string_buffers
from textpipe.documents.sorting import sorted_positions
from textpipe.documents.tokens import per_row
from textpipe.grams import distinct_pairs
from textpipe.vectorize.counting import bags_of_grams


class Pairs(NamedTuple):
    """The n-grams of one length: (n-1)-grams [n], and the words [n] that follow them."""

    heads: Int64
    tails: Int64


@dataclass(frozen=True)
class Grams:
    """The runs of ``minimum`` to ``maximum`` neighbouring tokens, as numbers.

    numbers   int32[n_lengths, n_tokens], which n-gram of each length begins at each token; -1 is none
    lengths   the distinct n-grams of 2, 3, ... words
    begins    int64[maximum + 1], the number of the first n-gram of each length, from ``minimum`` on

    It holds that the order of n-grams as texts is that of their words, one by one.
    """

    tokens: Tokens
    minimum: int
    maximum: int
    numbers: Int32
    lengths: list[Pairs]
    begins: Int64
    cores: int

    def __len__(self) -> int:
        """How many documents."""
        return len(self.tokens)

    @cached_property
    def bags(self) -> Bags:
        """How often each n-gram occurs in each document."""
        return bags_of_grams(self.numbers, self.tokens.rows, int(self.begins[-1]), self.cores)

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Where each n-gram stands in the order of code points, among those of fewer words too."""
        words = sorted_positions(self.tokens.forms)
        rank = np.empty(len(words), np.int64)
        rank[words] = np.arange(len(words))
        of_words, of_all, of_length = rank, [rank], rank
        for pairs in self.lengths:
            # an n-gram stands after the (n-1)-gram that it begins with, by the word that follows
            last = of_length[pairs.heads] << 32 | (of_words[pairs.tails] + 1)
            keys = np.concatenate([np.concatenate(of_all) << 32, last])
            rank = np.empty(len(keys), np.int64)
            rank[np.argsort(keys)] = np.arange(len(keys))
            ends = np.cumsum([*map(len, of_all), len(last)])[:-1]
            of_all = np.split(rank, ends)
            of_length = of_all[-1]
        return np.concatenate(of_all[self.minimum - 1 :])

    def in_order(self, which: Int64) -> Int64:
        """These n-grams in the order of code points."""
        ranks = self.ranks
        at = np.full(int(ranks.max(initial=-1)) + 1, -1, np.int64)
        at[ranks[which]] = which
        return at[at >= 0]

    def spelled(self, which: Int64) -> pa.StringArray:
        """The texts of these n-grams: words joined by a space."""
        length = np.searchsorted(self.begins, which, "right")
        number, words = which - self.begins[length - 1], []
        length = length + self.minimum - 1
        for n in range(self.maximum, 1, -1):  # the last words first
            long = length >= n
            word = np.zeros(len(which), np.int64)
            word[long] = self.lengths[n - 2].tails[number[long]]
            number = number.copy()
            number[long] = self.lengths[n - 2].heads[number[long]]
            words.append(pa.array(word, mask=~long))
        words.append(pa.array(number))
        texts = [self.tokens.forms.take(word) for word in reversed(words)]
        return pc.binary_join_element_wise(*texts, " ", null_handling="skip")

    def words_with_known(self, known: NDArray[np.bool_], words: Tokens | None) -> Int64:
        """How many words of each document are known, where these n-grams [n_grams] are; see ``Tokens``."""
        table = np.append(known, False)  # -1, none, is the last one
        if words is None or self.tokens._are(words):
            on = np.zeros(len(self.tokens.codes), np.bool_)
            for more, numbers in enumerate(self.numbers):
                here = table[numbers]
                for word in range(self.minimum + more):
                    on[word:] |= here[: max(0, len(here) - word)]
            return per_row(on, self.tokens.rows)
        first, after = self.tokens._words_under(words)
        steps = np.zeros(len(words.codes) + 1, np.int64)
        for more, numbers in enumerate(self.numbers):
            begin = np.flatnonzero(table[numbers])
            steps += np.bincount(first[begin], minlength=len(steps))
            steps -= np.bincount(after[begin + self.minimum + more - 1], minlength=len(steps))
        return per_row(np.cumsum(steps)[:-1] > 0, words.rows)

    def words_covered(self, words: Tokens | None) -> Int64:
        """On how many words of each document n-grams stand."""
        if self.minimum == 1 and (words is None or self.tokens._are(words)):
            return self.tokens.lengths()
        return self.words_with_known(np.ones(int(self.begins[-1]), np.bool_), words)


def grams_of(tokens: Tokens, minimum: int, maximum: int, cores: int = 1) -> Grams | None:
    """The n-grams of tokens; None where a form has a character that comes before the letters and signs, such
    as a space: then "a b" + "c" reads like "a" + "b c", and texts have another order than their words.

    >>> grams = grams_of(Tokens.of_lists([["to", "be", "or"]]), 1, 2)
    >>> grams.spelled(grams.in_order(np.arange(5))).to_pylist()
    ['be', 'be or', 'or', 'to', 'to be']
    """
    if not _only_marks(tokens.forms):
        return None
    codes = tokens.codes
    goes_on = np.ones(len(codes), np.bool_)  # does the document go on after the token?
    goes_on[tokens.rows[1:][tokens.lengths() > 0] - 1] = False
    gram, by_length, lengths, sizes = codes, [codes], [], [len(tokens.forms)]
    for n in range(2, maximum + 1):
        inside, tails = _later(goes_on, n - 2, False), _later(codes, n - 1, 0)
        *pairs, gram = distinct_pairs(np.where(inside, gram, np.int32(-1)), tails, cores)
        lengths.append(Pairs(*pairs))
        by_length.append(gram)
        sizes.append(len(lengths[-1].heads))
    begins = np.cumsum([0, *sizes[minimum - 1 :]])
    numbers = np.stack(by_length[minimum - 1 :])
    for more in range(1, len(numbers)):
        np.add(numbers[more], np.int32(begins[more]), out=numbers[more], where=numbers[more] >= 0)
    return Grams(tokens, minimum, maximum, numbers, lengths, begins, cores)


def _later(values: NDArray[Any], by: int, otherwise: int) -> NDArray[Any]:
    """What stands so many places later."""
    found = np.full_like(values, otherwise)
    found[: max(0, len(values) - by)] = values[by:]
    return found


def _only_marks(forms: pa.StringArray) -> bool:
    """Are all characters of these words letters, digits, signs, and none of them a space or below?"""
    if not len(forms):
        return True
    data, offsets = string_buffers(forms)
    return bool((data > ord(" ")).all() and (np.diff(offsets) > 0).all())
