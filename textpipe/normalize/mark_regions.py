"""Words that say where in the document they stand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Documents, Int64, Regions, Tokens
from textpipe.stage import TokenStage

KINDS = ("subject", "sender", "header", "hidden", "url", "attachment")


class MarkRegions(TokenStage):
    """Tokens that carry where they come from: "free" in a subject becomes "subject:free".

    SpamAssassin and bogofilter tell words of the subject, of addresses and of the body apart in the same
    way. Words of the body stay as they are. Stages that look words up, such as stop-word lists and
    stemmers, know none with a mark: put this one behind them.

    Options:
        kinds: the kinds of region whose words are marked. Default: subject, sender, header, hidden, url
            and attachment.
        also_plain: whether the word without its mark stays beside it, so that the subject's "free" also
            counts as "free". Default false.

    Reads tokens, writes tokens. A document without such regions stays as it is.
    Source: P. Graham, Better Bayesian Filtering, 2003.

    >>> from textpipe.documents import Region
    >>> mail = Documents.of_regions([[Region("subject", "free"), Region("plain", "free")]])
    >>> words = Tokens.of_lists([["free", "free"]], [[(0, 4), (6, 10)]])
    >>> MarkRegions().transform(mail.with_(words=words, tokens=words)).tokens.to_lists()
    [['subject:free', 'free']]
    """

    def __init__(self, kinds: list[str] | None = None, also_plain: bool = False) -> None:
        self.kinds = kinds
        self.also_plain = also_plain

    def apply(self, documents: Documents) -> Documents:
        tokens, regions = documents.tokens, documents.regions
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        marked = [] if regions is None else [k for k in regions.kinds if k in (self.kinds or KINDS)]
        if regions is None or not marked:
            return documents
        kinds = _kinds_of(tokens, regions, marked)
        made = _with_marks(tokens, kinds, marked)
        if self.also_plain:
            made = _beside(made, tokens, np.flatnonzero(kinds >= 0))
        return documents.with_(tokens=made)


def _kinds_of(tokens: Tokens, regions: Regions, marked: list[str]) -> Int64:
    """In which of the ``marked`` kinds each token stands, -1 for none, int64[n_tokens]."""
    # Regions and tokens on one line: each document begins where no other one ends.
    documents = np.arange(len(tokens), dtype=np.int64) << 32
    at = np.repeat(documents, np.diff(tokens.rows)) + tokens.starts
    begins = np.repeat(documents, np.diff(regions.rows)) + regions.starts
    ends = begins + (regions.ends - regions.starts)
    found = np.searchsorted(begins, at, "right") - 1
    if not len(begins):
        return np.full(len(at), -1, np.int64)
    table = np.array([marked.index(k) if k in marked else -1 for k in regions.kinds], np.int64)
    inside = (found >= 0) & (at < ends[found])
    return np.where(inside, table[regions.codes[found]], -1)


def _with_marks(tokens: Tokens, kinds: Int64, marked: list[str]) -> Tokens:
    """The tokens; those of a kind with its mark."""
    n = len(tokens.forms)
    wide = tokens.codes.astype(np.int64) + n * (kinds + 1)
    there, codes = np.unique(wide, return_inverse=True)
    words = tokens.forms.take(pa.array(there % n if n else there)).to_pylist()
    marks = ["", *(f"{kind}:" for kind in marked)]
    forms = [
        marks[which] + word
        for which, word in zip((there // max(n, 1)).tolist(), words, strict=True)
    ]
    return _same_forms_once(tokens, forms, codes)


def _same_forms_once(tokens: Tokens, forms: list[str], codes: NDArray[np.int64]) -> Tokens:
    """Tokens of these forms; "subject:free" may have stood in a text as it is."""
    table: dict[str, int] = {}
    code_of = np.array([table.setdefault(form, len(table)) for form in forms], np.int32)
    return Tokens(
        pa.array(list(table), pa.string()),
        code_of[codes] if len(codes) else codes.astype(np.int32),
        tokens.starts,
        tokens.ends,
        tokens.rows,
        tokens.tags,
    )


def _beside(made: Tokens, plain: Tokens, at: Int64) -> Tokens:
    """``made``, and after each token at these positions the ``plain`` one that it was."""
    counts = np.ones(len(made.codes), np.int64)
    counts[at] = 2
    source = np.repeat(np.arange(len(counts)), counts)
    again = np.concatenate((np.zeros(1, bool), source[1:] == source[:-1]))[: len(source)]
    forms = made.forms.to_pylist()
    place = {form: code for code, form in enumerate(forms)}
    plain_forms = plain.forms.to_pylist()
    used = np.unique(plain.codes[at]).tolist()
    code_of = np.zeros(len(plain_forms), np.int64)
    for code in used:
        code_of[code] = place.setdefault(plain_forms[code], len(place))
    codes = np.where(again, code_of[plain.codes[source]], made.codes[source]).astype(np.int32)
    upto = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    return Tokens(
        pa.array(list(place), pa.string()),
        codes,
        made.starts[source],
        made.ends[source],
        upto[made.rows],
        None if made.tags is None else made.tags[source],
    )
