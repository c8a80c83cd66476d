"""The libraries that know the dictionary form of a word; each is loaded when it is first asked."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from textpipe.documents import Tokens
from textpipe.errors import DefinitionError, ResourceError, nearest


def lookup_lemmas(language: str) -> Callable[[list[str]], list[str]]:
    """Lemmas of words by the tables of spacy-lookups-data."""
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
    return lambda forms: [table.get(form, form) for form in forms]


def wordnet_lemmas(language: str) -> Callable[[list[str]], list[str]]:
    """Lemmas of words, taken for nouns, by NLTK's WordNet."""
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
    return lambda forms: [lemmatizer.lemmatize(form) for form in forms]


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
