"""spaCy's tokenizers, without a model.

They are given the distinct stretches of a batch, thousands in one call, one to a line. No rule of
spaCy's sees across the end of a line, so each is cut as if it stood alone.
"""

from __future__ import annotations

import pkgutil
import re
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from textpipe.errors import DefinitionError, ResourceError, nearest
from textpipe.tokenize.affixes import reach_of, sparing
from textpipe.tokenize.engines import LONGEST_LINE, Cut, Engine, each
from textpipe.tokenize.pieces import LINES, STRETCHES

LONGEST_STRETCH = 1000
LONGEST_SYMBOLS = 100
"""spaCy strips one affix at a time and copies the rest each time: 10,000 brackets take 9.3 s, 1,000
take 0.1 s and 100 take 0.001 s. Words of 1,000 letters take 0.001 s. A limit of 50 would only halve
the worst case, and change one real news article in 16 (rulers such as "=-=-=-")."""

AT_ONCE = 2000
"""Stretches in one call of spaCy. What it keeps of them is given back after each."""

MOST_SEEN = 1_000_000
"""After so many stretches spaCy is begun anew, which takes as long as some thousands of them: its table of
words keeps an empty place for each that it has ever seen, and would grow without bound."""

SEARCHES = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")


def spacy(language: str) -> Engine:
    """spaCy's tokenizer for a language, without a model.

    Raises DefinitionError for a language that spaCy does not know, ResourceError for one whose
    tokenizer needs a package that is not installed.
    """
    from spacy.tokenizer import Tokenizer

    nlp = _blank(language)
    alone: Any = nlp.tokenizer

    def cut(piece: str) -> list[tuple[int, int]]:
        with nlp.memory_zone():
            return [(t.idx, t.idx + len(t)) for t in alone(piece) if not t.is_space]

    if not isinstance(alone, Tokenizer):  # it may look at a whole line
        return Engine(LINES, each(cut), lambda line: len(line) > LONGEST_LINE)
    if type(alone) is not Tokenizer or any(
        "\n" in rule and not rule.isspace() for rule in alone.rules
    ):
        return Engine(STRETCHES, each(cut), is_long)
    return Engine(STRETCHES, _Stretches(nlp, lambda: _blank(language)).cut, is_long)


def is_long(stretch: str) -> bool:
    """Would spaCy need long for this?"""
    if len(stretch) <= LONGEST_SYMBOLS:
        return False
    if len(stretch) > LONGEST_STRETCH:
        return True
    symbols = len(stretch) - sum(map(str.isalnum, stretch))
    return 3 * symbols > len(stretch)


def _blank(language: str) -> Any:
    import spacy as library
    from spacy import lang

    known = sorted(module.name for module in pkgutil.iter_modules(lang.__path__) if module.ispkg)
    if language not in known:
        raise DefinitionError(
            f'tokenize: spaCy has no language "{language}".{nearest(language, known)} '
            f"It has: {', '.join(known)}"
        )
    try:
        return library.blank(language)
    except (ImportError, OSError, ValueError) as error:
        raise ResourceError(
            f'tokenize: spaCy\'s tokenizer for "{language}" needs a package that is not installed '
            f'({str(error).strip().splitlines()[0]}). Install it, or use engine = "words"'
        ) from error


class _Stretches:
    """Cuts stretches without white space, many in one call."""

    def __init__(self, nlp: Any, another: Callable[[], Any]) -> None:
        self.another = another
        self.n_cut = 0
        self.lock = threading.Lock()  # what spaCy keeps for a call is not to be shared
        self.is_word: Callable[[str], bool] = lambda stretch: False
        self._begin(nlp)

    def _begin(self, nlp: Any) -> None:
        nlp.vocab.lex_attr_getters = {}  # shape, like_url ...: half of the time, and not asked for
        self.nlp = nlp
        self.tokenizer = nlp.tokenizer
        self.n_seen = 0
        self.is_sparing = False

    def cut(self, stretches: list[str]) -> list[Cut]:
        """Where the tokens of each stretch begin and end."""
        with self.lock:
            if self.n_seen > MOST_SEEN:
                self._begin(self.another())
            self.n_cut += len(stretches)
            if self.n_cut > AT_ONCE and not self.is_sparing:  # before, making it takes longer
                self._be_sparing()
            cuts: dict[int, Cut] = {}
            left = []
            for at, stretch in enumerate(stretches):
                if self.is_word(stretch):
                    cuts[at] = (0, len(stretch))
                else:
                    left.append(at)
            for start in range(0, len(left), AT_ONCE):
                part = left[start : start + AT_ONCE]
                cuts.update(zip(part, self._call([stretches[at] for at in part]), strict=True))
        return [cuts[at] for at in range(len(stretches))]

    def _be_sparing(self) -> None:
        """Use a tokenizer of the same rules that does not search in vain."""
        old = self.tokenizer
        searches = [getattr(old, name) for name in SEARCHES]
        none: dict[str, Any] = {"infix_finditer": ()}
        self.tokenizer = type(old)(
            old.vocab, old.rules,
            *(sparing(search, none=none.get(name)) for name, search in zip(SEARCHES, searches, strict=True)),
            old.faster_heuristics, old.max_cache_size,
        )  # fmt: skip
        self.is_sparing = True
        if not any(search and _finds_in_letters(search) for search in searches):
            rules = frozenset(old.rules)
            self.is_word = lambda piece: piece.isascii() and piece.isalpha() and piece not in rules

    def _call(self, stretches: list[str]) -> list[Cut]:
        from spacy.attrs import IDX, LENGTH

        self.n_seen += len(stretches)
        with self.nlp.memory_zone():
            tokens = self.tokenizer("\n".join(stretches)).to_array([IDX, LENGTH]).astype(np.int64)
        lengths = np.fromiter(map(len, stretches), np.int64, len(stretches))
        begins = np.cumsum(lengths + 1) - (lengths + 1)
        which = np.searchsorted(begins, tokens[:, 0], "right") - 1
        starts = tokens[:, 0] - begins[which]
        is_token = starts < lengths[which]  # or it is the end of a line
        spans = np.stack((starts, starts + tokens[:, 1]), 1)[is_token].ravel().tolist()
        ends = (2 * np.cumsum(np.bincount(which[is_token], minlength=len(stretches)))).tolist()
        return [tuple(spans[at:end]) for at, end in zip([0, *ends], ends)]  # noqa: B905


def _finds_in_letters(search: Any) -> bool:
    """May this search find something in a stretch of nothing but ASCII letters?"""
    pattern = getattr(search, "__self__", None)
    return not isinstance(pattern, re.Pattern) or reach_of(pattern).in_letters
