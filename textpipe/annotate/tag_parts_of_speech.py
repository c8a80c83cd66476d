"""Tokens -> tokens with the universal part of speech of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np

from textpipe.annotate.crf import Crf
from textpipe.annotate.model_folder import model_of_language, read_model, read_weights
from textpipe.annotate.sentences import sentence_bounds
from textpipe.documents import Documents, Int64, Tokens, UInt8
from textpipe.errors import DefinitionError, ResourceError
from textpipe.stage import Stage


class Tagger(Protocol):
    """What each engine does."""

    def tag(self, words: Tokens, bounds: Int64) -> UInt8:
        """The tag of each word, uint8[n_words], where sentences begin at ``bounds``."""


class TagPartsOfSpeech(Stage):
    """Give each token its universal part of speech, such as NOUN or VERB.

    The tagger always sees the words as the tokenizer cut them, in their sentences, wherever this stage
    stands: after stop words were removed or words were stemmed, the tags are still those of the
    original words, and each token has the tag of the word that begins where it begins. A token that
    begins at no word has the tag X.

    Options:
        engine: crf (default): a conditional random field; textpipe comes with models for English and
            German. spacy: the tagger of an installed spaCy pipeline. nltk: NLTK's averaged perceptron
            (English), whose data must be installed; it tells no AUX from VERB but for modal verbs.
        model: crf: a folder written by "textpipe train-tagger"; default: the model of the language.
            spacy: the name or the folder of the pipeline, such as "en_core_web_sm". nltk: none.
        language: of the crf's and NLTK's model, such as "de"; default: the pipeline's.

    Reads tokens (and, where there are any, the original words); writes tags, uint8[n_tokens], indexes
    into ``textpipe.documents.UPOS``. The same whatever the batch. Sentences are cut at 200 words.

    A trained pipeline carries a tagger of your own with it.

    Raises ResourceError if the model is not installed or damaged, DefinitionError for an engine that
    needs a model and has none, or the other way round.

    Tags: https://universaldependencies.org/u/pos/. How the models were made, their licence
    (CC BY-SA 4.0) and accuracy: docs/models.md.

    >>> stage = TagPartsOfSpeech(language="de")
    >>> stage.transform([["Die", "Bank", "steht", "im", "Garten", "."]]).tokens.tags_of(0)
    ['DET', 'NOUN', 'VERB', 'ADP', 'NOUN', 'PUNCT']
    """

    reads = ("tokens",)
    writes = ("tags",)
    file_options = ("model",)

    def __init__(
        self,
        engine: Literal["crf", "spacy", "nltk"] = "crf",
        model: str | None = None,
        language: str | None = None,
    ) -> None:
        self.engine = engine
        self.model = model
        self.language = language

    def check(self) -> None:
        super().check()
        if self.engine == "spacy" and not self.model:
            raise DefinitionError(
                f'{self.name()}: engine "spacy" needs a model, such as model = "en_core_web_sm"'
            )
        if self.engine == "nltk" and self.model is not None:
            raise DefinitionError(
                f'{self.name()}: engine "nltk" takes no model, and {self.model!r} was given'
            )

    def meet(self, earlier: Sequence[Stage], language: str) -> None:
        super().meet(earlier, language)
        if self.engine == "crf" and self.model:  # a trained pipeline carries a tagger of one's own
            self.tagger_: UInt8 = np.frombuffer(read_weights(self.model), np.uint8)

    def apply(self, documents: Documents) -> Documents:
        tokens = documents.tokens
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        words = tokens if documents.words is None else documents.words
        bounds = sentence_bounds(words, documents.texts())
        tags = self._ready().tag(words, bounds)
        return documents.with_(
            tokens=dataclasses.replace(tokens, tags=_at_same_place(words, tags, tokens))
        )

    def _ready(self) -> Tagger:
        """The tagger that the options ask for, loaded once."""
        asked = (self.engine, self.model, self.spoken())
        if getattr(self, "_asked", None) != asked:
            self._tagger = self._load()
            self._asked = asked
        return self._tagger

    def _load(self) -> Tagger:
        if self.engine == "crf":
            if hasattr(self, "tagger_"):
                return Crf.of_bytes(self.tagger_.tobytes())
            return read_model(self.model) if self.model else model_of_language(self.spoken())
        self.check()
        if self.engine == "spacy":
            from textpipe.annotate.spacy_tagger import SpacyTagger

            return SpacyTagger(self.model or "")
        from textpipe.annotate.nltk_tagger import NltkTagger

        if self.spoken().lower().replace("_", "-").split("-")[0] != "en":
            raise ResourceError(
                f'NLTK\'s tagger knows English, and the language is "{self.spoken()}": '
                'use engine = "crf" or "spacy"'
            )
        return NltkTagger()


def _at_same_place(words: Tokens, tags: UInt8, tokens: Tokens) -> UInt8:
    """The tag of the word that stands where each token stands; X where none does."""
    at = tokens.places_in(words)
    return np.where(at >= 0, np.append(tags, 0)[at], 0).astype(np.uint8)
