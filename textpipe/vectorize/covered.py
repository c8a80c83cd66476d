"""On how many words of each document tokens stand.

``Tokens`` knows it for whatever tokens are: n-grams, pieces of words, words cut in two. Most tokens are just
the words that earlier stages have left. To see that they are takes one walk through their spans; then the
answer is how many there are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Bags, Int64, Tokens
from textpipe.documents.mapped import MappedTokens
from textpipe.kernels.worth import worth
from textpipe.vectorize.counted_grams import Grams
from textpipe.vectorize.counting import Counted, lengths_of

PER_TOKEN = 150e-9
"""Seconds that it takes ``Tokens`` to find the words under a token."""


def words_with_known(
    tokens: Counted,
    known: NDArray[np.bool_],
    words: Tokens | None,
    counts: Any,
    grams: Grams | None = None,
) -> tuple[Int64, Int64]:
    """On how many words of each document known tokens stand, and on how many all of them, int64[n_documents].

    ``known`` [n_forms] says which forms are known, and ``counts`` (CSR) how often they occur; ``words`` are
    the same documents as they were cut. Where ``grams`` were counted, they know it.

    >>> from scipy import sparse
    >>> words = Tokens.of_lists([["to", "be", "free"]])
    >>> tokens = words.map(["to", None, "free"])
    >>> counts = sparse.csr_matrix([[1.0]])  # of "free"
    >>> words_with_known(tokens, np.array([False, True]), words, counts)
    (array([1]), array([2]))
    """
    if grams is not None:
        total = grams.words_covered(words)
        return (total if known.all() else grams.words_with_known(known, words)), total
    if isinstance(tokens, Bags):
        return (tokens.total if known.all() else lengths_of(counts)), tokens.total
    if words is not None and each_a_word(tokens, words):
        total = tokens.lengths()
        return (total if known.all() else lengths_of(counts)), total
    total = tokens.words_covered(words)
    return (total if known.all() else tokens.words_with_known(known, words)), total


def each_a_word(tokens: Tokens, words: Tokens) -> bool:
    """Is each of these tokens one of the words, and each another one?

    False may also mean that nobody looked, since they are few.
    """
    if isinstance(tokens, MappedTokens):
        return tokens.of_tokens is words or each_a_word(tokens.of_tokens, words)
    if not tokens.is_plain:
        return False
    if tokens.starts is words.starts:
        return True
    if not worth(len(tokens.codes) * PER_TOKEN, "spans.each_a_word"):
        return False
    from textpipe.kernels.spans import each_a_word as walk

    answer = np.zeros(1, np.int64)
    walk(
        *(tokens.starts, tokens.ends, tokens.rows),
        *(words.starts, words.ends, words.rows),
        answer,
    )
    return bool(answer[0])
