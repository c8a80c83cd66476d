"""Text -> tokens."""

from __future__ import annotations

from array import array
from itertools import chain
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Documents, Int64, Tokens
from textpipe.errors import DefinitionError
from textpipe.stage import Stage
from textpipe.tokenize import engines
from textpipe.tokenize.engines import Engine

Cut: TypeAlias = "array[int]"
"""Start, end, start, end ... of the tokens of a chunk."""

KNOWN_CHUNKS = 100_000
LONGEST_KNOWN = 100
"""How many chunks are remembered from batch to batch (about 20 MB), and of how many characters."""


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
    symbols instead. So is one of more than 5,000 characters by the engines that look at lines (NLTK's,
    and spaCy's for languages without spaces). The column ``tokenize.long_chunks`` of ``counts`` says
    how many a document had. The HTML entities that NLTK's tweet tokenizer would decode are left as
    they are: that is the work of clean_html.

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

    def __init__(
        self,
        engine: Literal[
            "spacy", "nltk_treebank", "nltk_tweet", "words", "sklearn", "whitespace"
        ] = "spacy",
        language: str | None = None,
    ) -> None:
        self.engine = engine
        self.language = language

    def apply(self, documents: Documents) -> Documents:
        engine = self._ready()
        chunks: dict[str, int] = {}
        codes, starts, rows = [], [], [0]
        for text in documents.texts():
            for match in engine.chunk.finditer(text):
                codes.append(chunks.setdefault(match.group(), len(chunks)))
                starts.append(match.start())
            rows.append(len(codes))
        chunk_of, bounds = np.array(codes, np.int64), np.array(rows, np.int64)
        is_long = np.fromiter(map(engine.is_long, chunks), np.bool_, len(chunks))
        cuts = self._cut(list(chunks), is_long)
        tokens = _spread(list(chunks), cuts, chunk_of, np.array(starts, np.int64), bounds)
        counts = dict(documents.counts)
        if is_long.any():
            before = np.concatenate(([0], np.cumsum(is_long[chunk_of])))
            counts[f"{self.name()}.long_chunks"] = np.diff(before[bounds])
        return documents.with_(words=tokens, tokens=tokens, counts=counts)

    def _ready(self) -> Engine:
        """The engine, made when it is first needed."""
        wanted = (self.engine, self.spoken())
        if getattr(self, "_made_for", None) != wanted:
            make = getattr(engines, self.engine, None)
            if make is None:
                self.check()
                raise DefinitionError(f'tokenize: unknown engine "{self.engine}"')
            self._engine: Engine = make(self.spoken()) if self.engine == "spacy" else make()
            self._known: dict[str, Cut] = {}
            self._made_for = wanted
        return self._engine

    def _cut(self, chunks: list[str], is_long: NDArray[np.bool_]) -> list[Cut]:
        if len(self._known) > KNOWN_CHUNKS:
            self._known.clear()
        known, cut, cut_long = self._known, self._engine.cut, engines.cut_long()
        cuts = []
        with self._engine.zone():
            for chunk, long in zip(chunks, is_long.tolist(), strict=True):
                spans = known.get(chunk)
                if spans is None:
                    found = cut_long(chunk) if long else cut(chunk)
                    spans = array("i", chain.from_iterable(found))
                    if len(chunk) <= LONGEST_KNOWN:
                        known[chunk] = spans
                cuts.append(spans)
        return cuts


def _spread(
    chunks: list[str], cuts: list[Cut], chunk_of: Int64, starts: Int64, rows: Int64
) -> Tokens:
    """The tokens of documents whose chunks are ``chunk_of[rows[i]:rows[i + 1]]``, each at its start."""
    forms: dict[str, int] = {}
    codes = [
        forms.setdefault(chunk[start:end], len(forms))
        for chunk, spans in zip(chunks, cuts, strict=True)
        for start, end in zip(spans[::2], spans[1::2], strict=True)
    ]
    spans = np.fromiter(chain.from_iterable(cuts), np.int32, 2 * len(codes)).reshape(-1, 2)
    sizes = np.fromiter(map(len, cuts), np.int64, len(cuts)) // 2
    first = np.cumsum(sizes) - sizes  # where in codes the tokens of each chunk begin
    lengths = sizes[chunk_of]
    before = np.concatenate(([0], np.cumsum(lengths)))
    at = np.arange(before[-1]) + np.repeat(first[chunk_of] - before[:-1], lengths)
    origin = np.repeat(starts, lengths)
    return Tokens(
        pa.array(list(forms), pa.string()),
        np.array(codes, np.int32)[at],
        (origin + spans[at, 0]).astype(np.int32),
        (origin + spans[at, 1]).astype(np.int32),
        before[rows],
    )
