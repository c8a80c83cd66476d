"""Tokens -> tokens where words that belong together are one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError
from textpipe.stage import TokenStage

JOINER = "_"


class Phrases(TokenStage):
    """Join pairs of words that stand together more often than by chance: "new_york".

    Reads tokens, writes tokens. Learns the pairs from the training documents. The same pairs as
    ``gensim.models.phrases``; where pairs overlap, the left one is joined. A phrase spans the text from
    its first word to its last and has the part of speech X. Twice in a row, it finds longer phrases.

    Options:
        min_count: a pair, and each of its words, that occurs less often is no phrase; default 5.
        threshold: a pair must score higher than this; default 10.0 (for npmi, between -1 and 1).
        scoring: default: (count(ab) - min_count) * size of vocabulary / (count(a) * count(b)); npmi:
            normalized pointwise mutual information.
        connector_words: none (default); english: "bank_of_america", such words may stand inside.

    Learned: ``phrases_`` (sorted) and ``scores_``, parallel.

    Raises DefinitionError for min_count below 1 and for a threshold that the scoring cannot reach.
    Sources: Mikolov et al., Distributed Representations of Words and Phrases, NIPS 2013, section 4;
    Bouma, Normalized (Pointwise) Mutual Information in Collocation Extraction, GSCL 2009.

    >>> documents = [["new", "york", "is", "big"], ["in", "new", "york"], ["so", "big"]]
    >>> stage = Phrases(min_count=1, threshold=1.0).fit(documents)
    >>> stage.transform([["old", "new", "york"]]).tokens.to_lists()
    [['old', 'new_york']]
    """

    def __init__(
        self,
        min_count: int = 5,
        threshold: float = 10.0,
        scoring: Literal["default", "npmi"] = "default",
        connector_words: Literal["none", "english"] = "none",
    ) -> None:
        self.min_count = min_count
        self.threshold = threshold
        self.scoring = scoring
        self.connector_words = connector_words

    def check(self) -> None:
        super().check()
        if self.min_count < 1:
            raise DefinitionError(
                f"phrases: min_count must be at least 1, and {self.min_count} was given"
            )
        lowest, highest = (-1.0, 1.0) if self.scoring == "npmi" else (0.0, float("inf"))
        if not lowest <= self.threshold <= highest:
            raise DefinitionError(
                f'phrases: with scoring = "{self.scoring}" the threshold must lie between {lowest:g} '
                f"and {highest:g}, and {self.threshold} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        from gensim.models import phrases

        assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        found = phrases.Phrases(
            documents.tokens.to_lists(),
            min_count=self.min_count,
            threshold=self.threshold,
            scoring=self.scoring,
            delimiter=JOINER,
            connector_words=self._connectors(),
        ).export_phrases()
        names = sorted(found)
        self.phrases_ = pa.array(names, pa.string())
        self.scores_ = np.array([found[name] for name in names], np.float64)
        self.__dict__.pop("_known", None)

    def work(self, tokens: Tokens) -> Tokens:
        if not hasattr(self, "_known"):
            self._known = frozenset(self.phrases_.to_pylist())
        connectors = self._connectors()
        words = tokens.forms.to_pylist()
        forms: dict[str, int] = {}
        codes, firsts, lasts, rows = [], [], [], [0]
        bounds = tokens.rows.tolist()
        for start, end in pairwise(bounds):
            document = [words[code] for code in tokens.codes[start:end].tolist()]
            for form, first, last in _join(document, self._known, connectors):
                codes.append(forms.setdefault(form, len(forms)))
                firsts.append(start + first)
                lasts.append(start + last)
            rows.append(len(codes))
        head, tail = np.array(firsts, np.int64), np.array(lasts, np.int64)
        tags = None if tokens.tags is None else np.where(head == tail, tokens.tags[head], 0)
        return Tokens(
            pa.array(list(forms), pa.string()),
            np.array(codes, np.int32),
            tokens.starts[head],
            tokens.ends[tail],
            np.array(rows, np.int64),
            None if tags is None else tags.astype(np.uint8),
        )

    def _connectors(self) -> frozenset[str]:
        if self.connector_words == "none":
            return frozenset()
        from gensim.models import phrases

        return phrases.ENGLISH_CONNECTOR_WORDS  # type: ignore[no-any-return]


def _join(
    document: list[str], phrases: frozenset[str], connectors: frozenset[str]
) -> list[tuple[str, int, int]]:
    """The words of a document, known phrases joined, with the positions of first and last word."""
    joined = []
    open_at: int | None = None  # where a phrase may begin; only connector words came after it
    for position, word in enumerate(document):
        if word in connectors:
            if open_at is None:
                joined.append((word, position, position))
            continue
        if open_at is None:
            open_at = position
            continue
        phrase = JOINER.join(document[open_at : position + 1])
        if phrase in phrases:
            joined.append((phrase, open_at, position))
            open_at = None
        else:
            joined.extend((document[at], at, at) for at in range(open_at, position))
            open_at = position
    if open_at is not None:
        joined.extend((document[at], at, at) for at in range(open_at, len(document)))
    return joined
