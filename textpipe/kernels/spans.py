"""Is each token a word? A loop over spans; who needs the general answer asks ``Tokens`` itself."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from numba import types

from textpipe.kernels.compiled import compiled, read_only, writable

SPANS = (read_only(types.int32), read_only(types.int32), read_only(types.int64))


@compiled(*SPANS, *SPANS, writable(types.int64))
def each_a_word(starts, ends, rows, word_starts, word_ends, word_rows, answer):
    """``answer[0]`` becomes 1 if each token has the span of a word, and of another word than the token before
    it, and if no word that stands beside it touches it; else 0.

    starts, ends, rows                  the tokens of all documents, as in ``Tokens``
    word_starts, word_ends, word_rows   the words of the same documents

    Both are in the order of the text, so that one walk through both is enough; where they are not, the
    answer is 0.
    """
    answer[0] = 0
    for row in range(len(rows) - 1):
        at, last = word_rows[row], word_rows[row + 1]
        for token in range(rows[row], rows[row + 1]):
            start, end = starts[token], ends[token]
            while at < last and word_starts[at] < start:
                at += 1
            if at == last or word_starts[at] != start or word_ends[at] != end or end <= start:
                return
            if at > word_rows[row] and word_ends[at - 1] > start:
                return
            at += 1
            if at < last and word_starts[at] < end:
                return
    answer[0] = 1
