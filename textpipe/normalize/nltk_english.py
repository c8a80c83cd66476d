"""Stems of many English words at once, NLTK's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from textpipe.kernels.worth import worth

PER_WORD = 5e-6
"""Seconds that NLTK takes to stem a word."""


def worth_compiling(n_words: int) -> bool:
    """Are there so many words to stem?"""
    return worth(n_words * PER_WORD, "stems.stem_words")


def english_stems(
    forms: pa.StringArray, stem_words: Callable[[list[str]], list[str]]
) -> pa.StringArray:
    """What NLTK's English Snowball stemmer makes of each word.

    ``stem_words`` is that stemmer; it is asked for words that are not of ASCII, and for those that have a
    stem of their own, such as "skies".
    """
    from nltk.stem.snowball import EnglishStemmer

    from textpipe.kernels.stems import stem_words as stem_plain_words

    special = pa.array(list(EnglishStemmer._EnglishStemmer__special_words), pa.string())
    small = pc.ascii_lower(forms)
    theirs = pc.or_(pc.invert(pc.string_is_ascii(small)), pc.is_in(small, special))
    words = pc.if_else(theirs, "", small)
    _, bounds, letters = words.buffers()
    n = len(words)
    stems = np.empty(0 if letters is None else len(letters), np.uint8)
    ends = np.zeros(n + 1, np.int32)
    if letters is not None:
        bounds = np.frombuffer(bounds, np.int32)[words.offset :][: n + 1]
        stem_plain_words(np.frombuffer(letters, np.uint8), bounds, stems, ends[1:])
    made = pa.StringArray.from_buffers(n, pa.py_buffer(ends), pa.py_buffer(stems))
    asked = stem_words(forms.filter(theirs).to_pylist())
    return pc.replace_with_mask(made, theirs, pa.array(asked, pa.string()))
