"""Text -> tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from textpipe.documents import Documents, Int64, Tokens
from textpipe.errors import DefinitionError
from textpipe.stage import Stage
from textpipe.tokenize import engines, nltk_engines, spacy_engine
from textpipe.tokenize.engines import Cut, Engine
from textpipe.tokenize.parts import Parts
from textpipe.tokenize.pieces import is_much, pieces_of

KNOWN_PIECES = 100_000
LONGEST_KNOWN = 100
"""How many pieces are remembered from batch to batch (about 20 MB), and of how many characters."""

ENGINES: dict[str, Callable[[], Engine]] = {
    "nltk_treebank": nltk_engines.nltk_treebank,
    "nltk_tweet": nltk_engines.nltk_tweet,
    "words": engines.words,
    "sklearn": engines.sklearn,
    "whitespace": engines.whitespace,
}
"""All but spaCy's, which has a language."""


class Tokenize(Stage):
    """Cut each text into tokens, and say where in the text each of them stands.

    Reads text, writes tokens, and keeps them as ``words`` too for the stages that need the sentence.
    Spans are code points: ``text[start:end]`` is the token. White space is never a token.

    Options:
        engine: spacy (default): the rules of the language, without a model; English "don't" is "do",
            "n't". nltk_treebank: the Penn Treebank rules, by sentence. nltk_tweet: for short messages,
            keeps :-), #tags and @names. words: runs of letters, digits, marks and "_" (Unicode), joined
            by single apostrophes; punctuation is left out. sklearn: what scikit-learn's vectorizers
            take for words, at least two word characters. whitespace: cut at white space only.
        language: of spaCy's rules, such as "de"; "xx" is none in particular; default: the pipeline's.

    The same whatever the batch: spaCy sees one stretch without white space at a time (in "8 ):2" it
    would see "8 )" across the space, and miss "):"). A stretch of more than 1,000 characters, or of
    more than 100 of which a third are symbols, would take it minutes: it is cut into words and single
    symbols instead. So is a line with a stretch of more than 500 characters by NLTK's engines, and one of
    more than 5,000 by spaCy's for languages without spaces. The column ``tokenize.long_chunks`` of
    ``counts`` says how many a document had. The HTML entities that NLTK's tweet tokenizer would decode are
    left as they are: that is the work of clean_html.

    Raises DefinitionError for a language that spaCy does not know, ResourceError for one (such as ja,
    ko, th, vi) whose tokenizer needs a package that is not installed.

    >>> documents = Tokenize().transform(["Don't panic, Arthur."])
    >>> documents.tokens.to_lists()
    [['Do', "n't", 'panic', ',', 'Arthur', '.']]
    >>> documents.tokens.spans(0)[-2:]
    [(13, 19), (19, 20)]
    >>> Tokenize("words").transform(["Don't panic, Arthur."]).tokens.to_lists()
    [["Don't", 'panic', 'Arthur']]
    """

    reads = ("text",)
    writes = ("tokens",)
    defects = ("long_chunks",)

    def __init__(
        self,
        engine: Literal[
            "spacy", "nltk_treebank", "nltk_tweet", "words", "sklearn", "whitespace"
        ] = "spacy",
        language: str | None = None,
    ) -> None:
        self.engine = engine
        self.language = language

    @property
    def in_threads(self) -> bool:  # type: ignore[override]  # it depends on the engine
        """Only where compiled loops do it all."""
        return self.engine in ("words", "sklearn", "whitespace")

    def apply(self, documents: Documents) -> Documents:
        engine = self._ready()
        much = is_much(documents.text_bytes, engine.cut is not None)
        found = pieces_of(documents.text, engine.pieces, much)
        if engine.cut is None:
            return documents.with_(words=found, tokens=found)
        pieces = found.forms.to_pylist()
        long = [at for at, piece in enumerate(pieces) if engine.is_long(piece)]
        parts = Parts.of(self._cut(engine.cut, pieces, long, much))
        tokens = parts.spread_compiled(found) if much else parts.spread_in_python(found, pieces)
        counts = dict(documents.counts)
        if long:
            counts[f"{self.name()}.long_chunks"] = _how_many_of(found, long)
        return documents.with_(words=tokens, tokens=tokens, counts=counts)

    def _ready(self) -> Engine:
        """The engine, made when it is first needed."""
        wanted = (self.engine, self.spoken())
        if getattr(self, "_made_for", None) != wanted:
            if self.engine != "spacy" and self.engine not in ENGINES:
                self.check()
                raise DefinitionError(f'tokenize: unknown engine "{self.engine}"')
            is_spacy = self.engine == "spacy"
            self._engine = spacy_engine.spacy(wanted[1]) if is_spacy else ENGINES[self.engine]()
            self._known: dict[str, Cut] = {}
            self._made_for = wanted
        return self._engine

    def _cut(
        self,
        cut: Callable[[list[str]], list[Cut]],
        pieces: list[str],
        long: list[int],
        much: bool,
    ) -> list[Cut]:
        """The cut of each piece, from memory where it is known."""
        if len(self._known) >= KNOWN_PIECES:
            self._known = {}
        known = self._known
        cuts = dict(enumerate(map(known.get, pieces)))
        if long:
            found = engines.cut_long([pieces[at] for at in long], much)
            cuts.update(zip(long, found, strict=True))
        new = [at for at, one in cuts.items() if one is None]
        for at, one in zip(new, cut([pieces[at] for at in new]), strict=True):
            cuts[at] = one
            if len(pieces[at]) <= LONGEST_KNOWN and len(known) < KNOWN_PIECES:
                known[pieces[at]] = one
        return [one for one in cuts.values() if one is not None]


def _how_many_of(found: Tokens, pieces: list[int]) -> Int64:
    """How many of these pieces each document has, int64[n_documents]."""
    asked = np.zeros(len(found.forms), np.bool_)
    asked[pieces] = True
    at = np.flatnonzero(asked[found.codes])
    rows = np.searchsorted(found.rows, at, "right") - 1
    return np.bincount(rows, minlength=len(found)).astype(np.int64)
