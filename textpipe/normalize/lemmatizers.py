"""The libraries that know the dictionary form of a word; each is loaded when it is first asked."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from textpipe.documents import Tokens
from textpipe.errors import DefinitionError, ResourceError, nearest

REMEMBERED = 200_000
"""How many words' lemmas are remembered, about 40 MB."""

LONGEST = 100
"""Characters. No longer word is in a dictionary, and to put marks in order takes their number squared."""


def simplemma_lemmas(language: str) -> Callable[[str], str]:
    """Lemma of a word by simplemma's dictionaries and rules."""
    from simplemma import Lemmatizer
    from simplemma.strategies import (
        DefaultDictionaryFactory,
        DefaultStrategy,
        ToLowercaseFallbackStrategy,
    )
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    known = sorted(SUPPORTED_LANGUAGES)
    if language not in known:
        raise DefinitionError(
            f'lemmatize: simplemma has no language "{language}".{nearest(language, known)} '
            f"It has: {', '.join(known)}"
        )
    # One dictionary for each stage: the shared factory keeps 8 and reloads each evicted one (1 s).
    dictionaries = DefaultDictionaryFactory(1)
    strategy = DefaultStrategy(dictionary_factory=dictionaries)
    lemmatizer = Lemmatizer(cache_max_size=0, lemmatization_strategy=strategy)
    dictionary, last = dictionaries.get_dictionary(language), ToLowercaseFallbackStrategy()

    @functools.lru_cache(REMEMBERED)  # a batch has most of its words from those before it
    def lemma(form: str) -> str:
        if not (form.isascii() and form.isalpha()):
            return str(lemmatizer.lemmatize(form, language))
        # What the lemmatizer does with a word of plain letters, which need not be normalized first.
        found = dictionary.get(form) or strategy.get_lemma(form, language)
        return str(last.get_lemma(form, language) if found is None else found)

    @functools.wraps(lemma)
    def of_any(form: str) -> str:
        return lemma(form) if len(form) <= LONGEST else form

    return of_any


def lookup_lemmas(language: str) -> Callable[[str], str]:
    """Lemma of a word by the tables of spacy-lookups-data."""
    from spacy.lookups import load_lookups

    if importlib.util.find_spec("spacy_lookups_data") is None:
        raise ResourceError(
            'lemmatize: engine = "spacy_lookup" needs a package that is not installed: '
            "pip install spacy-lookups-data"
        )
    try:
        table = load_lookups(language, ["lemma_lookup"]).get_table("lemma_lookup")
    except ValueError as error:
        raise DefinitionError(
            f'lemmatize: spacy-lookups-data has no lemmas for "{language}". Choose '
            'engine = "simplemma"'
        ) from error
    return lambda form: table.get(form, form)


def wordnet_lemmas(language: str) -> Callable[[str], str]:
    """Lemma of a word, taken for a noun, by NLTK's WordNet."""
    from nltk.stem.wordnet import WordNetLemmatizer

    if language != "en":
        raise DefinitionError(
            f'lemmatize: WordNet is English, and the language is "{language}". Choose '
            'engine = "simplemma"'
        )
    lemmatizer = WordNetLemmatizer()
    try:
        lemmatizer.lemmatize("words")
    except LookupError as error:
        raise ResourceError(
            'lemmatize: the data of engine = "wordnet" is not installed: run nltk.download("wordnet") '
            'once, or choose engine = "simplemma"'
        ) from error
    return lemmatizer.lemmatize  # type: ignore[no-any-return]


def spacy_model(model: str | None, language: str) -> Any:
    """An installed spaCy model that has a lemmatizer."""
    import spacy

    installed = sorted(spacy.util.get_installed_models())
    fitting = [name for name in installed if name.startswith(f"{language}_")]
    if model is None and not fitting:
        raise ResourceError(
            f'lemmatize: engine = "spacy" needs a spaCy model for "{language}" and none is installed: '
            'install one and name it with model, or choose engine = "simplemma"'
        )
    name = model or fitting[0]
    if name not in installed and not Path(name).is_dir():
        raise ResourceError(
            f'lemmatize: the spaCy model "{name}" is not installed.{nearest(name, installed)} '
            f"Installed: {', '.join(installed) or 'none'}"
        )
    nlp = spacy.load(name, exclude=["parser", "ner"])  # lemmas need neither
    if not any("lemmatizer" in pipe for pipe in nlp.pipe_names):
        raise ResourceError(
            f'lemmatize: the spaCy model "{name}" has no lemmatizer (it has: '
            f"{', '.join(nlp.pipe_names) or 'nothing'}). Name another one, or choose "
            'engine = "simplemma"'
        )
    return nlp


def model_lemmas(nlp: Any, words: Tokens, texts: list[str]) -> list[str]:
    """The lemma of each word, document by document, cut as they are."""
    from spacy.tokens import Doc

    def docs() -> Iterator[Any]:
        for row, text in enumerate(texts):
            spaces = [text[end : end + 1].isspace() for _, end in words.spans(row)]
            yield Doc(nlp.vocab, words=words.of(row), spaces=spaces)

    with nlp.memory_zone():
        return [word.lemma_ for doc in nlp.pipe(docs()) for word in doc]
