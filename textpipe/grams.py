"""Word n-grams of tokens, over integers."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

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
            heads, tails, numbers = distinct_pairs(gram[heads_at], tokens.codes[heads_at + n - 1])
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


def distinct_pairs(heads: Int32, tails: Int32, cores: int = 1) -> tuple[Int64, Int64, Int32]:
    """The heads and the tails of the distinct pairs, in order of appearance, and which each pair is.

    A head of -1 is of no pair. Where several ``cores`` share the work, the order is another one.
    """
    if worth(len(heads) * PER_PAIR, "counting.number_pairs"):
        pairs, numbers = _number_compiled(heads, tails, cores)
    else:
        pairs, numbers = _number_by_numpy(heads, tails)
    return pairs >> 32, pairs & 0xFFFFFFFF, numbers


def _number_by_numpy(heads: Int32, tails: Int32) -> tuple[Int64, Int32]:
    there = np.flatnonzero(heads >= 0)
    together = heads[there].astype(np.int64) << 32 | tails[there]
    pairs, at, found = np.unique(together, return_index=True, return_inverse=True)
    order = np.argsort(at)
    rank = np.empty(len(pairs), np.int32)
    rank[order] = np.arange(len(pairs))
    numbers = np.full(len(heads), -1, np.int32)
    numbers[there] = rank[found]
    return pairs[order], numbers


def _number_compiled(heads: Int32, tails: Int32, cores: int = 1) -> tuple[Int64, Int32]:
    from textpipe.kernels.counting import number_pairs

    numbers, secret = np.full(len(heads), -1, np.int32), int.from_bytes(os.urandom(8))

    def share(which: int) -> Int64:
        pairs, n = np.empty(len(heads), np.int64), np.zeros(1, np.int64)
        number_pairs(heads, tails, which, cores, secret, pairs, numbers, n)
        return pairs[: n[0]].copy()

    if cores == 1:
        return share(0), numbers
    with ThreadPoolExecutor(cores) as pool:
        parts = list(pool.map(share, range(cores)))
    before = np.cumsum([0, *map(len, parts)], dtype=np.int32)
    there = heads >= 0
    numbers[there] += before[heads[there] % cores]
    return np.concatenate(parts), numbers


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
