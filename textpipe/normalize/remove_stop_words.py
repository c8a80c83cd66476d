"""Tokens -> tokens without stop words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from textpipe.documents import Documents
from textpipe.normalize.lowercase import MANY, mapped_by_case
from textpipe.normalize.stop_lists import stop_words
from textpipe.stage import FormStage, Stage
from textpipe.text_stage import TextStage


class Met(NamedTuple):
    """What the stages before made of a word of the list: its pieces, and whether it was cut."""

    pieces: list[str]
    cut: bool


class RemoveStopWords(FormStage):
    """Drop the words that are in a published list, such as "the" and "und".

    Reads tokens, writes tokens.

    Options:
        list: snowball (default; en 174, de 231 words), spacy (76 languages; en 326, de 543),
            scikit-learn (en 318), gensim (en 337), nltk (its data must be there), or none.
        keep: words that stay although the list has them; default none. All lists drop negations: for
            verdicts that hang on them keep ["not", "no", "nor", "n't"], in German ["nicht", "kein", ...].
        extra: words that go although the list lacks them; default none.
        language: of the list, such as "de"; default: the pipeline's.
        ignore_case: true (default): "The" goes too; false: words are compared as they come.

    In a pipeline the list takes the same way as the words it must equal: through the text stages, the
    tokenizer and the word stages before this one, and so do ``keep`` and ``extra``. After a stemmer,
    "haben" is the stop word "hab". A word that the tokenizer cuts stands for its pieces: with spaCy's
    "don't" -> "do" "n't", "n't" is dropped too, unless it is a piece of a word to keep.

    Learned before any document: ``stop_words_`` (sorted), ``cut_`` (words that the tokenizer cut ->
    their pieces), ``pieces_`` (stop words only because of that), ``unmatched_`` (words of which the
    stages before leave nothing), ``idle_`` (words to keep that the list lacks); ``report`` says in
    words what of these a user should know. Used by itself, without a pipeline, it takes the list as
    it was published.

    Raises DefinitionError where the list lacks the language, ResourceError where its data is missing.

    >>> stage = RemoveStopWords(keep=["not"])
    >>> stage.transform([["This", "is", "not", "the", "end"]]).tokens.to_lists()
    [['not', 'end']]
    """

    remembered = True
    in_threads = True

    def __init__(
        self,
        list: Literal[  # noqa: A002  # what a definition file says
            "snowball", "spacy", "scikit-learn", "gensim", "nltk", "none"
        ] = "snowball",
        keep: list[str] | None = None,
        extra: list[str] | None = None,
        language: str | None = None,
        ignore_case: bool = True,
    ) -> None:
        self.list = list
        self.keep = keep
        self.extra = extra
        self.language = language
        self.ignore_case = ignore_case

    def meet(self, earlier: Sequence[Stage], language: str) -> None:
        super().meet(earlier, language)
        keep = sorted({*(self.keep or []), *self._fold(self.keep or [])})
        whole_list = stop_words(self.list, self.spoken()) + sorted(self.extra or [])
        listed = [word for word in whole_list if self._folded(word) not in keep]
        met = _through(earlier, listed)
        whole, pieces = self._forms(earlier, listed, met)
        kept_whole, kept_pieces = self._forms(earlier, keep, _through(earlier, keep))
        self.pieces_ = sorted(pieces - kept_pieces - kept_whole - whole)
        self.stop_words_ = sorted((whole - kept_whole) | frozenset(self.pieces_))
        self.cut_ = {word: way.pieces for word, way in met.items() if way.cut and way.pieces}
        known = self._fold(whole_list) | pieces
        self.idle_ = sorted(word for word in self.keep or [] if self._folded(word) not in known)
        self.unmatched_ = sorted(word for word, way in met.items() if not way.pieces)
        self.__dict__.pop("_stop_words", None)

    def of(self, form: str) -> str | None:
        return None if self._folded(form) in self._ready() else form

    def of_forms(self, forms: Sequence[str]) -> Sequence[str | None]:
        words = self._ready()
        return [None if self._folded(form) in words else form for form in forms]

    def map_forms(self, forms: pa.StringArray) -> Sequence[str | None] | pa.StringArray:
        if len(forms) < MANY:
            return super().map_forms(forms)
        folded = mapped_by_case(forms, str.lower) if self.ignore_case else forms
        dropped = pc.is_in(folded, pa.array(sorted(self._ready()), pa.string()))
        return pc.if_else(dropped, None, forms)

    def report(self) -> Sequence[str]:
        """What became of the list on its way, one sentence a line; empty if nothing of note."""
        lines = []
        if getattr(self, "cut_", None):
            word, pieces = next(iter(self.cut_.items()))
            lines.append(
                f"the tokenizer cuts {len(self.cut_)} stop words, such as {word} into "
                f"{' + '.join(pieces)}; so these are dropped too (name in keep what must stay): "
                f"{', '.join(self.pieces_) or 'none'}"
            )
        if getattr(self, "idle_", None):
            lines.append(f"keep names words that the list does not have: {', '.join(self.idle_)}")
        if getattr(self, "unmatched_", None):
            lines.append(
                f"no token can equal {len(self.unmatched_)} stop words, because the stages before "
                f"leave nothing of them: {', '.join(self.unmatched_)}"
            )
        return lines

    def _ready(self) -> frozenset[str]:
        """The words to drop: as met in the pipeline, else as published."""
        wanted = (self.list, self.keep, self.extra, self.spoken(), self.ignore_case)
        if getattr(self, "_made_for", None) != wanted or not hasattr(self, "_stop_words"):
            if hasattr(self, "stop_words_"):
                self._stop_words = frozenset(self.stop_words_)
            else:
                published = stop_words(self.list, self.spoken()) + (self.extra or [])
                self._stop_words = self._fold(published) - self._fold(self.keep or [])
            self._made_for = wanted
        return self._stop_words

    def _forms(
        self, earlier: Sequence[Stage], words: Sequence[str], met: dict[str, Met]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """What the words become as tokens, and the pieces of those that the tokenizer cuts.

        Lists have words such as "'ve", which spaCy cuts if they stand alone, but not in "they've".
        """
        word_stages = [stage for stage in earlier if stage.reads == ("tokens",)]
        whole = [form for way in _through(word_stages, words).values() for form in way.pieces]
        whole += [form for way in met.values() if not way.cut for form in way.pieces]
        pieces = [form for way in met.values() if way.cut for form in way.pieces]
        return self._fold(whole), self._fold(pieces)

    def _folded(self, word: str) -> str:
        return word.lower() if self.ignore_case else word

    def _fold(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(map(self._folded, words))


def _through(earlier: Sequence[Stage], words: Sequence[str]) -> dict[str, Met]:
    """What the stages before make of each word, where each word is a document by itself.

    Stages that must be trained or that need a whole sentence are left out.
    """
    documents = Documents.of(list(words))
    has_words = any(stage.reads == ("text",) and "tokens" in stage.writes for stage in earlier)
    if not has_words:
        documents = Documents.of([[word] for word in words])
    if not words:
        return {}
    for stage in earlier:
        cuts = stage.reads == ("text",) and "tokens" in stage.writes
        by_word = isinstance(stage, FormStage) and stage.by_word and stage.reads == ("tokens",)
        if not stage.learns and (by_word or cuts or (has_words and isinstance(stage, TextStage))):
            documents = stage.apply(documents)
    tokens, cut = documents.tokens, documents.words
    assert tokens is not None and cut is not None, "there is a tokenizer, or they were words"  # noqa: S101, PT018  # for mypy
    texts = documents.texts()
    found = {}
    for row, word in enumerate(words):
        spans = cut.spans(row)
        found[word] = Met(tokens.of(row), spans != [(0, len(texts[row]))])
    return found
