"""Lemmas by simplemma's dictionaries and rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import Any, TypeAlias
from unicodedata import is_normalized

import pyarrow as pa
import pyarrow.compute as pc

from textpipe.errors import DefinitionError, nearest

REMEMBERED = 200_000
"""How many words' lemmas are remembered, about 40 MB."""

LONGEST = 100
"""Characters. No longer word is in a dictionary, and to put marks in order takes their number squared."""

SHARE = 4
"""Arrow indexes the dictionary anew for each batch, which is worth it for a fourth as many words."""

Step: TypeAlias = Callable[[str], str | None]


class SimplemmaLemmas:
    """The lemmas of words in one language: those that simplemma gives.

    Most distinct words of a corpus are in no dictionary, and simplemma then asks one strategy after another.
    Here a word without an apostrophe is looked up as simplemma's DictionaryLookupStrategy does, and then goes
    only to those strategies that the language has and that may know it. All other words are simplemma's.

    >>> SimplemmaLemmas("en")(["mice", "Mice", "nationalized", "don't", "xxurl"])
    ['mouse', 'mouse', 'nationalize', 'do', 'xxurl']
    """

    def __init__(self, language: str) -> None:
        from simplemma import Lemmatizer
        from simplemma.strategies import DefaultDictionaryFactory, DefaultStrategy
        from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES
        from simplemma.strategies.fallback.to_lowercase import BETTER_LOWER
        from simplemma.utils import CANON_LANGS

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
        remembered = lru_cache(REMEMBERED)  # a batch has most of its words from those before it
        self._ask = remembered(partial(lemmatizer.lemmatize, lang=language))
        self._dictionary: dict[bytes, bytes] = dictionaries.get_dictionary(language)._dict
        self._steps = _steps(language, dictionaries, hyphens=False)
        self._steps_with_hyphens = _steps(language, dictionaries, hyphens=True)
        rules_only = len(self._steps) <= 1  # to remember a word would take as long
        self._derived = self._derive if rules_only else remembered(self._derive)
        self._lowers, self._folds = language in BETTER_LOWER, language in CANON_LANGS

    def __call__(self, forms: list[str]) -> list[str]:
        get, derived, lemmas = self._dictionary.get, self._derived, []
        for form in forms:
            if len(form) > LONGEST or form.isnumeric():
                lemma = form
            elif "'" in form or not (form.isascii() or self._is_plain(form)):
                lemma = self._ask(form)
            else:
                found = get(form.encode())
                if found is None:
                    other_case = form.lower() if form[:1].isupper() else form.capitalize()
                    found = get(other_case.encode())
                lemma = found.decode() if found else derived(form)
            lemmas.append(lemma)
        return lemmas

    def map(self, forms: pa.StringArray) -> pa.StringArray:
        """The same for Arrow's strings; many are looked up at once, while other threads do so too."""
        if SHARE * len(forms) < len(self._dictionary):
            return pa.array(self(forms.to_pylist()), pa.string())
        words, lemmas = self._columns
        plain = pc.and_not(pc.string_is_ascii(forms), pc.match_substring(forms, "'"))
        stays = pc.or_(pc.ascii_is_decimal(forms), pc.greater(pc.utf8_length(forms), LONGEST))
        large = pc.match_substring_regex(forms, "^[A-Z]")
        other_case = pc.if_else(large, pc.ascii_lower(forms), pc.ascii_capitalize(forms))
        at = pc.index_in(pa.concat_arrays([forms, other_case]), words)
        n = len(forms)
        at = pc.if_else(pc.and_not(plain, stays), pc.coalesce(at[:n], at[n:]), None)
        made = pc.if_else(stays, forms, lemmas.take(at))
        unknown = pc.and_(pc.is_null(made), plain)
        derived = list(map(self._derived, forms.filter(unknown).to_pylist()))
        made = pc.replace_with_mask(made, unknown, pa.array(derived, pa.string()))
        others = pc.is_null(made)
        asked = self(forms.filter(others).to_pylist())
        return pc.replace_with_mask(made, others, pa.array(asked, pa.string()))

    @cached_property
    def _columns(self) -> tuple[pa.StringArray, pa.StringArray]:
        """The words and lemmas of the dictionary."""
        columns = self._dictionary.keys(), self._dictionary.values()
        words, lemmas = (
            pa.array(list(column), pa.binary()).cast(pa.string()) for column in columns
        )
        return words, lemmas

    def _is_plain(self, form: str) -> bool:
        """Has a word that is not of ASCII no apostrophe, and is it looked up as it is written?"""
        letters = form.isalnum() and "\u02bc" not in form  # it is an apostrophe, and a letter
        return letters and not self._folds and is_normalized("NFC", form)

    def _derive(self, form: str) -> str:
        """The lemma of a plain word that is not in the dictionary."""
        for step in self._steps if form.isalnum() else self._steps_with_hyphens:
            lemma = step(form)
            if lemma:
                return lemma
        return form.lower() if self._lowers else form


def _steps(language: str, dictionaries: Any, hyphens: bool) -> list[Step]:
    """What simplemma tries, in its order, with a word that has no apostrophe and is not in the dictionary."""
    from simplemma.strategies import (
        AffixDecompositionStrategy,
        CliticDecompositionStrategy,
        DictionaryLookupStrategy,
        HyphenRemovalStrategy,
        MorphemeDecompositionStrategy,
        PrefixDecompositionStrategy,
    )
    from simplemma.strategies.affix_decomposition import AFFIX_LANGS
    from simplemma.strategies.clitic_decomposition import CLITIC_LANGS
    from simplemma.strategies.defaultprefixes import DEFAULT_KNOWN_PREFIXES
    from simplemma.strategies.defaultrules import RULE_FUNCTIONS
    from simplemma.strategies.morpheme_decomposition import MORPHEME_LANGS

    lookup = DictionaryLookupStrategy(dictionaries)
    steps: list[Step] = []

    def add(strategy: Any) -> None:
        steps.append(partial(strategy.get_lemma, lang=language))

    if any(map(str.isalpha, CLITIC_LANGS.get(language, ()))):  # not only such as "'re"
        add(CliticDecompositionStrategy(lookup))
    if hyphens:
        add(HyphenRemovalStrategy(lookup))
    if language in RULE_FUNCTIONS:
        steps.append(RULE_FUNCTIONS[language])
    if language in DEFAULT_KNOWN_PREFIXES:
        add(PrefixDecompositionStrategy(dictionary_lookup=lookup))
    if language in AFFIX_LANGS:
        add(AffixDecompositionStrategy(False, lookup))
    if language in MORPHEME_LANGS:
        add(MorphemeDecompositionStrategy(lookup))
    return steps
