"""Word n-grams of tokens, over integers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from textpipe.documents import Tokens


def word_n_grams(tokens: Tokens, minimum: int, maximum: int) -> Tokens:
    """Each run of ``minimum`` to ``maximum`` neighbouring tokens as one token, joined by a space.

    They stand in the order of their first words, shorter ones first. An n-gram spans from its first
    token's start to its last token's end. Single words keep their tag; longer runs get the tag X.

    >>> word_n_grams(Tokens.of_lists([["to", "be", "or"]]), 1, 2).to_lists()
    [['to', 'to be', 'be', 'be or', 'or']]
    """
    room = np.repeat(tokens.rows[1:], np.diff(tokens.rows)) - np.arange(len(tokens.codes))
    codes = tokens.codes.astype(np.int64)
    forms: pa.StringArray = tokens.forms
    grams, firsts, lengths, all_forms, base = [], [], [], [], 0
    for n in range(1, maximum + 1):
        first = np.flatnonzero(room >= n)
        if n == 1:
            gram = codes
        else:
            # an n-gram is an (n-1)-gram and one word more: give each distinct pair a number
            pairs = gram[: len(codes)][first] * len(tokens.forms) + codes[first + n - 1]
            distinct, numbers = np.unique(pairs, return_inverse=True)
            heads = forms.take(pa.array(distinct // max(1, len(tokens.forms))))
            tails = tokens.forms.take(pa.array(distinct % max(1, len(tokens.forms))))
            forms = pc.binary_join_element_wise(heads, tails, " ")
            gram = np.zeros(len(codes), np.int64)
            gram[first] = numbers
        if n >= minimum:
            grams.append(gram[first] + base)
            firsts.append(first)
            lengths.append(np.full(len(first), n))
            all_forms.append(forms)
            base += len(forms)
    first, length = np.concatenate(firsts), np.concatenate(lengths)
    order = np.lexsort((length, first))
    first, length, gram = first[order], length[order], np.concatenate(grams)[order]
    # "a b" + "c" and "a" + "b c" read alike: each form stands once
    merged = pa.chunked_array(all_forms, pa.string()).combine_chunks().dictionary_encode()
    per_row = np.bincount(
        np.repeat(np.arange(len(tokens)), np.diff(tokens.rows))[first], minlength=len(tokens)
    )
    tags = None if tokens.tags is None else np.where(length == 1, tokens.tags[first], 0)
    return Tokens(
        merged.dictionary,
        merged.indices.to_numpy().astype(np.int32)[gram],
        tokens.starts[first],
        tokens.ends[first + length - 1],
        np.concatenate(([0], np.cumsum(per_row))).astype(np.int64),
        None if tags is None else tags.astype(np.uint8),
    )
