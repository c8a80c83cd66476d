"""The published lists of stop words, by name and language."""

from __future__ import annotations

import importlib
from importlib import resources

from textpipe.errors import DefinitionError, ResourceError

NLTK_NAMES = {
    "ar": "arabic", "az": "azerbaijani", "bn": "bengali", "ca": "catalan", "da": "danish",
    "de": "german", "el": "greek", "en": "english", "es": "spanish", "eu": "basque",
    "fi": "finnish", "fr": "french", "he": "hebrew", "hu": "hungarian", "id": "indonesian",
    "it": "italian", "kk": "kazakh", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sl": "slovene",
    "sv": "swedish", "tg": "tajik", "tr": "turkish", "zh": "chinese",
}  # fmt: skip
"""ISO 639-1 code -> what NLTK calls its list."""


def stop_words(name: str, language: str) -> list[str]:
    """The words of a published list, sorted, as they were published.

    Raises DefinitionError where the list does not exist for the language, ResourceError where its
    data is not installed.

    >>> len(stop_words("snowball", "en")), len(stop_words("snowball", "de"))
    (174, 231)
    """
    if name == "none":
        return []
    words = {
        "snowball": _snowball,
        "spacy": _spacy,
        "scikit-learn": _sklearn,
        "gensim": _gensim,
        "nltk": _nltk,
    }[name](language)
    if words is None:
        raise DefinitionError(
            f'remove_stop_words: the list "{name}" has no words for "{language}". Choose '
            'list = "spacy" (76 languages), or list = "none" and give your words as extra'
        )
    return sorted(words)


def _snowball(language: str) -> set[str] | None:
    file = resources.files(__package__) / "stop_words" / f"snowball_{language}.txt"
    if not language.isalpha() or not file.is_file():
        return None
    lines = file.read_text("utf-8").splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


def _spacy(language: str) -> set[str] | None:
    try:
        module = importlib.import_module(f"spacy.lang.{language}.stop_words")
    except (ImportError, TypeError, ValueError):
        return None
    return set(module.STOP_WORDS)


def _sklearn(language: str) -> set[str] | None:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return set(ENGLISH_STOP_WORDS) if language == "en" else None


def _gensim(language: str) -> set[str] | None:
    from gensim.parsing.preprocessing import STOPWORDS

    return set(STOPWORDS) if language == "en" else None


def _nltk(language: str) -> set[str] | None:
    from nltk.corpus import stopwords

    if language not in NLTK_NAMES:
        return None
    try:
        return set(stopwords.words(NLTK_NAMES[language]))
    except OSError:
        return None
    except LookupError as error:
        raise ResourceError(
            'remove_stop_words: the data of list "nltk" is not installed: run nltk.download("stopwords") '
            'once, or choose list = "snowball" or "spacy"'
        ) from error
