"""Word n-grams of tokens, over integers."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents import Int32, Int64, Tokens
from textpipe.documents.runs import RunsOfTokens
from textpipe.kernels.worth import worth

PER_PAIR, PER_PLACE = 80e-9, 25e-9
"""Seconds that numpy takes to number a pair of tokens, and to lay out the n-grams at a token."""


def word_n_grams(tokens: Tokens, minimum: int, maximum: int) -> Tokens:
    """Each run of ``minimum`` to ``maximum`` neighbouring tokens as one token, joined by a space.

    They stand in the order of their first words, shorter ones first. An n-gram spans from its first
    token's start to its last token's end. Single words keep their tag; longer runs get the tag X.

    >>> word_n_grams(Tokens.of_lists([["to", "be", "or"]]), 1, 2).to_lists()
    [['to', 'to be', 'be', 'be or', 'or']]
    """
    n_tokens = len(tokens.codes)
    goes_on = np.ones(n_tokens, np.bool_)  # does the document go on after the token?
    goes_on[tokens.rows[1:][tokens.lengths() > 0] - 1] = False
    forms: pa.StringArray = tokens.forms
    gram, begins = tokens.codes, np.ones(n_tokens, np.bool_)
    by_length, all_forms, base = [], [], 0
    for n in range(1, maximum + 1):
        if n > 1:  # an n-gram is an (n-1)-gram and one word more
            begins = goes_on & np.append(begins[1:], False)
            heads_at = np.flatnonzero(begins)
            heads, tails, numbers = _distinct_pairs(gram[heads_at], tokens.codes[heads_at + n - 1])
            heads, tails = forms.take(pa.array(heads)), tokens.forms.take(pa.array(tails))
            forms = pc.binary_join_element_wise(heads, tails, " ")
            gram = np.full(n_tokens, -1, np.int32)
            gram[heads_at] = numbers
        if n >= minimum:
            by_length.append(np.where(begins, gram + np.int32(base), np.int32(-1)))
            all_forms.append(forms)
            base += len(forms)
    codes, first, after = _laid_out(np.stack(by_length), minimum)
    sizes = np.maximum(tokens.lengths() - np.arange(minimum - 1, maximum)[:, None], 0).sum(axis=0)
    forms = pa.concat_arrays(all_forms)
    if pc.any(pc.match_substring(tokens.forms, " ")).as_py():
        # "a b" + "c" and "a" + "b c" read alike: each form stands once
        merged = forms.dictionary_encode()
        forms, codes = merged.dictionary, merged.indices.to_numpy()[codes].astype(np.int32)
    tags = None if tokens.tags is None else np.where(after == first + 1, tokens.tags[first], 0)
    return RunsOfTokens(
        forms,
        codes,
        tokens.starts[first],
        tokens.ends[after - 1],
        np.concatenate(([0], np.cumsum(sizes))),
        None if tags is None else tags.astype(np.uint8),
        tokens,
        first,
        after,
    )


def _distinct_pairs(heads: Int32, tails: Int32) -> tuple[Int64, Int64, Int32]:
    """The heads and the tails of the distinct pairs, in order of appearance, and which each pair is."""
    number = (
        _number_compiled
        if worth(len(heads) * PER_PAIR, "counting.number_pairs")
        else _number_by_numpy
    )
    pairs, numbers = number(heads, tails)
    return pairs >> 32, pairs & 0xFFFFFFFF, numbers


def _number_by_numpy(heads: Int32, tails: Int32) -> tuple[Int64, Int32]:
    together = heads.astype(np.int64) << 32 | tails
    pairs, at, numbers = np.unique(together, return_index=True, return_inverse=True)
    order = np.argsort(at)
    rank = np.empty(len(pairs), np.int32)
    rank[order] = np.arange(len(pairs))
    return pairs[order], rank[numbers]


def _number_compiled(heads: Int32, tails: Int32) -> tuple[Int64, Int32]:
    from textpipe.kernels.counting import number_pairs

    pairs, numbers = np.empty(len(heads), np.int64), np.empty(len(heads), np.int32)
    n = np.zeros(1, np.int64)
    number_pairs(heads, tails, int.from_bytes(os.urandom(8)), pairs, numbers, n)
    return pairs[: n[0]], numbers


def _laid_out(grams: NDArray[np.int32], minimum: int) -> tuple[Int32, Int32, Int32]:
    """The n-grams in the order of their first token, shorter ones first; where each begins, and where the
    next token follows. ``grams`` [n_lengths, n_tokens] begin at each token; -1 is none."""
    compiled = worth(grams.shape[1] * PER_PLACE, "counting.lay_out")
    lay_out = _lay_out_compiled if compiled else _lay_out_by_numpy
    return lay_out(grams, minimum)


def _lay_out_by_numpy(grams: NDArray[np.int32], minimum: int) -> tuple[Int32, Int32, Int32]:
    codes = grams.T.ravel()
    places = np.flatnonzero(codes >= 0)
    first, more = np.divmod(places, len(grams))
    after = first + more + minimum
    return codes[places], first.astype(np.int32), after.astype(np.int32)


def _lay_out_compiled(grams: NDArray[np.int32], minimum: int) -> tuple[Int32, Int32, Int32]:
    from textpipe.kernels.counting import lay_out

    n = int((grams >= 0).sum())
    codes, first, after = (np.empty(n, np.int32) for _ in range(3))
    lay_out(grams, minimum, codes, first, after)
    return codes, first, after
