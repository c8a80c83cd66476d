"""Tokens -> tokens cut to their stems."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from textpipe.documents.arrays import string_buffers
from textpipe.errors import DefinitionError, nearest
from textpipe.normalize.nltk_english import english_stems, worth_compiling
from textpipe.stage import FormStage

SNOWBALL = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""ISO 639-1 code -> what PyStemmer calls the algorithm."""


class Stem(FormStage):
    """Cut each word to its stem, so that "connected" and "connection" become one word.

    Reads tokens, writes tokens. A stem need not be a word; a word whose stem would be empty stays.

    Options:
        algorithm: snowball (default): the Snowball stemmer of the language, by PyStemmer. nltk_snowball:
            NLTK's own, of an earlier edition of the rules; for who needs its very stems. porter:
            Porter's first stemmer (1980), English. lancaster: Paice and Husk's (1990), English, cuts
            hard. cistem: Weißweiler and Fraser's (2017), German.
        language: ISO 639-1 code, such as "de"; default: the pipeline's.

    snowball and porter are made for small letters: "Connected" keeps its C and "CONNECTED" all of its
    letters, so put lowercase before; the other two lower the word themselves. Snowball makes "geh" of
    German "gehen" but leaves "geht"; cistem makes "geh" of both, and also "hau" of "Haus" and "Häuser".
    For "gehen" out of "ging", use lemmatize. Stop words are best removed before this stage.

    Raises DefinitionError for a language that has no stemmer, and for one that the algorithm is not
    made for. Sources: https://snowballstem.org; Porter, Program 14(3), 1980; Paice, SIGIR Forum
    24(3), 1990; Weissweiler and Fraser, GSCL 2017.

    >>> Stem().transform([["connected", "connection"]]).tokens.to_lists()
    [['connect', 'connect']]
    >>> Stem(language="de").of("geht"), Stem("cistem", language="de").of("geht")
    ('geht', 'geh')
    """

    remembered = True

    def __init__(
        self,
        algorithm: Literal[
            "snowball", "nltk_snowball", "porter", "lancaster", "cistem"
        ] = "snowball",
        language: str | None = None,
    ) -> None:
        self.algorithm = algorithm
        self.language = language

    @property
    def in_threads(self) -> bool:  # type: ignore[override]  # it depends on the algorithm
        """PyStemmer does not leave Python free, but is so quick that what stands around it counts more."""
        quick = self.algorithm in ("snowball", "porter")
        return quick or (self.algorithm == "nltk_snowball" and self.spoken() == "en")

    def of(self, form: str) -> str:
        return self._stemmer()([form])[0] or form

    def of_forms(self, forms: list[str]) -> list[str]:
        stems = self._stemmer()(forms)
        if "" not in stems:
            return stems
        return [stem or form for stem, form in zip(stems, forms, strict=True)]

    def map_forms(self, forms: pa.StringArray) -> pa.StringArray:
        stem_words = self._stemmer()
        if self._made_for == ("nltk_snowball", "en") and worth_compiling(len(forms)):
            stems = english_stems(forms, stem_words)
            return pc.if_else(pc.equal(stems, ""), forms, stems)
        others = self._made_for in ENGLISH and _not_stems_yet(forms)
        if others is False or others.all():
            return pa.array(self.of_forms(forms.to_pylist()), pa.string())
        rest = pa.array(others)
        found = pa.array(self.of_forms(forms.filter(rest).to_pylist()), pa.string())
        return pc.replace_with_mask(forms, rest, found)

    def _stemmer(self) -> Callable[[list[str]], list[str]]:
        """From words to stems; made when it is first needed."""
        alone = self.language is None and not hasattr(self, "language_")  # outside of a pipeline
        language = MADE_FOR.get(self.algorithm, "en") if alone else self.spoken()
        wanted = (self.algorithm, language)
        if getattr(self, "_made_for", None) != wanted:
            self._stem_words = _make(*wanted)
            self._made_for = wanted
        return self._stem_words


ENGLISH = (("snowball", "en"), ("porter", "en"))


def _not_stems_yet(forms: pa.StringArray) -> NDArray[np.bool_]:
    """Which words [n] English stemmers by Snowball may change: not the third that end in a digit.

    All suffixes end in a letter or an apostrophe. At its beginning an apostrophe is cut off; and "Y", with
    which a stemmer marks a "y" for itself, becomes small. (Nor is there a last letter of an empty word.)
    """
    data, offsets = string_buffers(forms)
    if not len(data) or (data == ord("Y")).any() or (offsets[1:] == offsets[:-1]).any():
        return np.ones(len(forms), bool)
    first, last = data[offsets[:-1]], data[offsets[1:] - 1]
    others: NDArray[np.bool_] = (last < ord("0")) | (last > ord("9")) | (first == ord("'"))
    return others


REMEMBERED = 200_000
"""How many words' stems are remembered, about 30 MB."""

LONGEST = 100
"""Characters of a word that is remembered."""

MADE_FOR = {"porter": "en", "lancaster": "en", "cistem": "de"}
"""The language of the algorithms that know one only."""


def _make(algorithm: str, language: str) -> Callable[[list[str]], list[str]]:
    made_for = MADE_FOR.get(algorithm, language)
    if made_for != language:
        raise DefinitionError(
            f'stem: the algorithm "{algorithm}" is made for "{made_for}", and the language is '
            f'"{language}". Say language = "{made_for}" if it is meant, else algorithm = "snowball"'
        )
    if algorithm == "lancaster":
        from nltk.stem.lancaster import LancasterStemmer

        return _each(LancasterStemmer().stem)
    if algorithm == "cistem":
        from nltk.stem.cistem import Cistem

        return _each(Cistem().stem)
    if algorithm == "nltk_snowball":
        from nltk.stem.snowball import SnowballStemmer

        if SNOWBALL.get(language) not in SnowballStemmer.languages:
            known = [code for code, name in SNOWBALL.items() if name in SnowballStemmer.languages]
            raise DefinitionError(
                f'stem: NLTK has no Snowball stemmer for "{language}".{nearest(language, known)} '
                f"It has one for: {', '.join(known)}"
            )
        stem = SnowballStemmer(SNOWBALL[language]).stem
        return _each(functools.partial(_english, stem) if language == "en" else stem)
    import Stemmer

    if language not in SNOWBALL:
        raise DefinitionError(
            f'stem: there is no Snowball stemmer for "{language}".{nearest(language, SNOWBALL)} '
            f"There is one for: {', '.join(SNOWBALL)}"
        )
    name = "porter" if algorithm == "porter" else SNOWBALL[language]
    # 0: without a cache of its own; to stem a word again takes no longer than to look it up
    return Stemmer.Stemmer(name, 0).stemWords  # type: ignore[no-any-return]  # untyped library


DIGITS = frozenset("0123456789_")


def _english(stem: Callable[[str], str], form: str) -> str:
    """What NLTK's English stemmer makes of a word; that all suffixes end in a letter or an apostrophe saves
    it a look at the third of all words that are numbers and the like."""
    if form[-1:] in DIGITS and form.isascii() and form[0] != "'":
        return form.lower()
    return stem(form)


def _each(stem: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    return _remembering(lambda forms: [stem(form) for form in forms])


def _remembering(stem_words: Callable[[list[str]], list[str]]) -> Callable[[list[str]], list[str]]:
    """The same, for which a word is new once only: a batch has most of its words from those before it."""
    tables: list[dict[str, str]] = [{}]

    def stem_new_words(forms: list[str]) -> list[str]:
        known = tables[0] if len(tables[0]) <= REMEMBERED else {}
        tables[0] = known  # one that is full is not emptied: another thread may be reading it
        new = [form for form in forms if form not in known]
        found = dict(zip(new, stem_words(new), strict=True))
        known.update((form, stem) for form, stem in found.items() if len(form) <= LONGEST)
        return [found[form] if form in found else known[form] for form in forms]

    return stem_new_words
