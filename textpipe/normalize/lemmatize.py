"""Tokens -> tokens in their dictionary form."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents, Tokens
from textpipe.documents.mapped import MappedTokens
from textpipe.errors import DefinitionError
from textpipe.normalize.lemmatizers import (
    lookup_lemmas,
    model_lemmas,
    spacy_model,
    wordnet_lemmas,
)
from textpipe.normalize.simplemma_lemmas import SimplemmaLemmas
from textpipe.stage import FormStage

_MAKING = threading.Lock()


class Lemmatize(FormStage):
    """Put each word into its dictionary form: "ging" becomes "gehen", "mice" "mouse".

    Reads tokens, writes tokens. A word that the engine does not know stays; simplemma is not asked for
    words of more than 100 characters.

    Options:
        engine: simplemma (default): dictionaries and rules for 54 languages, by the word alone.
            spacy_lookup: the tables of the package spacy-lookups-data, by the word alone. wordnet:
            NLTK's, English, each word taken for a noun ("was" becomes "wa"). spacy: a spaCy model that
            you have installed; it sees the sentence as the tokenizer cut it, whatever later stages did.
        model: for the engine spacy, the name of an installed model or its folder, such as
            "en_core_web_sm"; default: the first one installed for the language.
        language: such as "de"; default: the pipeline's.

    Where an earlier stage only changed the case of a word, its lemma is that of the word as it was
    written, in small letters: German tells "Garten" (garden) from "garen" (to stew) by the capital, and
    after lowercase a dictionary cannot. spacy_lookup makes "ich" of German "er", "es", "sie" and "wir";
    simplemma does not know words in capitals only ("HÄUSER" stays).

    Raises DefinitionError for a language that the engine does not have, ResourceError where its data
    or model is not installed. Sources: https://github.com/adbar/simplemma;
    https://spacy.io/api/lemmatizer; https://wordnet.princeton.edu.

    >>> stage = Lemmatize(language="de")
    >>> stage.transform([["geht", "ging", "gegangen", "Häuser"]]).tokens.to_lists()
    [['gehen', 'gehen', 'gehen', 'Haus']]
    """

    file_options = ("model",)

    def __init__(
        self,
        engine: Literal["simplemma", "spacy_lookup", "spacy", "wordnet"] = "simplemma",
        model: str | None = None,
        language: str | None = None,
    ) -> None:
        self.engine = engine
        self.model = model
        self.language = language

    @property
    def by_word(self) -> bool:  # type: ignore[override]  # one engine needs the sentence
        """Does the result for a word depend on the word alone?"""
        return self.engine != "spacy"

    @property
    def in_place(self) -> bool:  # type: ignore[override]  # as above
        return True

    @property
    def in_threads(self) -> bool:  # type: ignore[override]  # it depends on the engine
        """Only where nearly all is done by Arrow."""
        return self.engine == "simplemma"

    def check(self) -> None:
        super().check()
        if self.model is not None and self.engine != "spacy":
            raise DefinitionError(
                f'lemmatize: model = "{self.model}" goes with engine = "spacy", and the engine is '
                f'"{self.engine}"'
            )

    def of(self, form: str) -> str:
        return self.of_forms([form])[0]

    def of_forms(self, forms: list[str]) -> list[str]:
        lemmas: list[str] = self._ready()(forms)
        if "" not in lemmas:
            return lemmas
        return [lemma or form for lemma, form in zip(lemmas, forms, strict=True)]

    def map_forms(self, forms: pa.StringArray) -> pa.StringArray:
        if self.engine == "simplemma":
            return self._ready().map(forms)
        return pa.array(self.of_forms(forms.to_pylist()), pa.string())

    def apply(self, documents: Documents) -> Documents:
        assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        words = documents.words or documents.tokens
        if not self.by_word:
            lemmas = model_lemmas(self._ready(), words, documents.texts())
            return documents.with_(tokens=_take_lemmas(documents.tokens, words, lemmas))
        if words is documents.tokens:
            return super().apply(documents)
        return documents.with_(tokens=self._by_written_word(documents.tokens, words))

    def _by_written_word(self, tokens: Tokens, words: Tokens) -> Tokens:
        """The lemma of each distinct pair of a token's form and the word that was written there."""
        written, forms = words.forms.to_pylist(), tokens.forms.to_pylist()
        if isinstance(tokens, MappedTokens) and tokens.of_tokens is words:
            form_of = tokens.table.tolist()
            there = [at for at, form in enumerate(form_of) if form >= 0]
            lemmas = self._of_pairs(
                [written[at] for at in there], [forms[form_of[at]] for at in there]
            )
            return words.map(
                list(map(dict(zip(there, lemmas, strict=True)).get, range(len(written))))
            )
        at = tokens.places_in(words)
        word_of = np.where(at >= 0, np.append(words.codes, 0)[at] + 1, 0).astype(np.int64)
        n_forms, padded = max(1, len(tokens.forms)), ["", *written]
        pairs, codes = np.unique(word_of * n_forms + tokens.codes, return_inverse=True)
        lemmas = self._of_pairs(
            [padded[pair] for pair in (pairs // n_forms).tolist()],
            [forms[pair] for pair in (pairs % n_forms).tolist()],
        )
        mapped = dataclasses.replace(
            tokens, forms=pa.array(lemmas, pa.string()), codes=codes.astype(np.int32)
        )
        return mapped.map(lemmas)  # several pairs may share a lemma: each form stands once

    def _of_pairs(self, words: list[str], forms: list[str]) -> list[str]:
        """The lemma of each form, or of the word that was written there, if only its case is another."""
        asked, cased = [], []
        for word, form in zip(words, forms, strict=True):
            only_case = word != form and word.casefold() == form.casefold()
            asked.append(word if only_case else form)
            cased.append(only_case)
        found = zip(self.of_forms(asked), cased, strict=True)
        return [lemma.lower() if only_case else lemma for lemma, only_case in found]

    def _ready(self) -> Any:
        """What gives the lemmas of words, or the spaCy model; made when it is first needed."""
        wanted = (self.engine, self.model, self.spoken())
        if getattr(self, "_made_for", None) == wanted:
            return self._lemmas
        with _MAKING:  # threads begin together, and a dictionary is large
            if getattr(self, "_made_for", None) != wanted:
                self._lemmas: Any = self._make()
                self._made_for = wanted
        return self._lemmas

    def _make(self) -> Any:
        if self.engine == "spacy":
            return spacy_model(self.model, self.spoken())
        makers = {
            "simplemma": SimplemmaLemmas,
            "spacy_lookup": lookup_lemmas,
            "wordnet": wordnet_lemmas,
        }
        return makers[self.engine](self.spoken())


def _take_lemmas(tokens: Tokens, words: Tokens, lemmas: list[str]) -> Tokens:
    """Each token with the lemma of the word that stands where it stands; others stay."""
    forms = tokens.forms.to_pylist()
    at = tokens.places_in(words).tolist()
    taken = [
        (lemmas[place] if place >= 0 else "") or forms[code]
        for place, code in zip(at, tokens.codes.tolist(), strict=True)
    ]
    codes = np.arange(len(taken), dtype=np.int32)
    whole = dataclasses.replace(tokens, forms=pa.array(taken, pa.string()), codes=codes)
    return whole.map(taken)
