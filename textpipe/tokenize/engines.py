"""The engines that :class:`~textpipe.tokenize.tokenize.Tokenize` can choose from.

An engine cuts a text in two steps. ``chunk`` finds the parts of a text that are cut each by itself:
stretches without white space, or lines. ``cut`` says where the tokens of one chunk begin and end. A
chunk is worked on once, however often it occurs, so a cut may depend on its chunk alone.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeAlias

from textpipe.errors import DefinitionError, ResourceError, nearest

Spans: TypeAlias = Iterable[tuple[int, int]]

STRETCH = re.compile(r"\S+")
LINE = re.compile(r"\S[^\r\n]{0,4999}(?!\S)|\S+")
"""A line without the white space at its ends. A longer one is cut at white space: the regular
expressions of NLTK are quadratic in a run of digits (10,000 of them: 0.25 s, 5,000: 0.06 s)."""

LONGEST_LINE = 5000
LONGEST_STRETCH = 1000
LONGEST_SYMBOLS = 100
"""spaCy strips one affix at a time and copies the rest each time: 10,000 brackets take 9.3 s, 1,000
take 0.1 s and 100 take 0.001 s. Words of 1,000 letters take 0.001 s. A limit of 50 would only halve
the worst case, and change one real news article in 16 (rulers such as "=-=-=-")."""

WORD = r"[\p{L}\p{N}\p{M}_]+"


@dataclass(frozen=True)
class Engine:
    """How a text is cut; see the module's text."""

    chunk: re.Pattern[str]
    cut: Callable[[str], Spans]
    is_long: Callable[[str], bool] = lambda chunk: False
    zone: Callable[[], AbstractContextManager[Any]] = nullcontext
    """Entered around the cutting of a batch: what was kept for speed in it is given back after it."""


def whitespace() -> Engine:
    """Each stretch without white space is a token."""
    return Engine(STRETCH, lambda chunk: [(0, len(chunk))])


def words() -> Engine:
    """Unicode words: letters, digits, marks and underscores, joined by single apostrophes."""
    return Engine(STRETCH, _all_matches(rf"{WORD}(?:['’]{WORD})*+"))


def sklearn() -> Engine:
    """What scikit-learn's vectorizers take for words: at least two of ``re``'s word characters."""
    pattern = re.compile(r"(?u)\b\w\w+\b")
    return Engine(STRETCH, lambda chunk: [match.span() for match in pattern.finditer(chunk)])


def nltk_tweet() -> Engine:
    """NLTK's TweetTokenizer. A run of one symbol, which it would shorten to three, stays one."""
    from nltk.tokenize.casual import HANG_RE, TweetTokenizer

    pattern = TweetTokenizer().PHONE_WORD_RE

    def cut(line: str) -> Spans:
        hangs = [match.span() for match in HANG_RE.finditer(line)]
        if not hangs:
            return [match.span() for match in pattern.finditer(line)]
        kept: list[int] = []  # position in the line of each character of the shortened line
        ends: dict[int, int] = {}  # the third of a run stands for all that follow it
        at = 0
        for start, end in hangs:
            kept.extend(range(at, start + 3))
            ends[len(kept) - 1] = end
            at = end
        kept.extend(range(at, len(line)))
        shortened = "".join(line[position] for position in kept)
        spans = [match.span() for match in pattern.finditer(shortened)]
        return [(kept[start], ends.get(end - 1, kept[end - 1] + 1)) for start, end in spans]

    return Engine(LINE, cut, lambda line: len(line) > LONGEST_LINE)


def nltk_treebank() -> Engine:
    """NLTK's word tokenizer (Penn Treebank rules), sentence by sentence."""
    from nltk.tokenize.destructive import NLTKWordTokenizer

    tokenize = NLTKWordTokenizer().tokenize

    def cut(line: str) -> Spans:
        spans: list[tuple[int, int]] = []
        for start, end in sentences(line):
            spans.extend(_align(tokenize(line[start:end]), line, start, end))
        return spans

    return Engine(LINE, cut, lambda line: len(line) > LONGEST_LINE)


def spacy(language: str) -> Engine:
    """spaCy's tokenizer for a language, without a model.

    Raises DefinitionError for a language that spaCy does not know, ResourceError for one whose
    tokenizer needs a package that is not installed.
    """
    import spacy as library
    from spacy import lang
    from spacy.tokenizer import Tokenizer

    known = sorted(module.name for module in pkgutil.iter_modules(lang.__path__) if module.ispkg)
    if language not in known:
        raise DefinitionError(
            f'tokenize: spaCy has no language "{language}".{nearest(language, known)} '
            f"It has: {', '.join(known)}"
        )
    try:
        nlp = library.blank(language)
    except (ImportError, OSError, ValueError) as error:
        raise ResourceError(
            f'tokenize: spaCy\'s tokenizer for "{language}" needs a package that is not installed '
            f'({str(error).strip().splitlines()[0]}). Install it, or use engine = "words"'
        ) from error

    def cut(chunk: str) -> Spans:
        return [(t.idx, t.idx + len(t)) for t in nlp.tokenizer(chunk) if not t.is_space]

    if isinstance(nlp.tokenizer, Tokenizer):  # it looks at no more than a stretch at a time
        return Engine(STRETCH, cut, _is_long_for_spacy, nlp.memory_zone)
    return Engine(LINE, cut, lambda line: len(line) > LONGEST_LINE, nlp.memory_zone)


def cut_long() -> Callable[[str], Spans]:
    """How a chunk is cut that is too long for its engine: words, and each symbol by itself."""
    return _all_matches(rf"{WORD}(?:['’]{WORD})*+|\S")


ENDING = re.compile(r"[.!?]+[\"'”’»)\]]*\s+")
TITLES = frozenset(["dr", "mr", "mrs", "ms", "prof", "st", "nr", "no", "vs"])


def sentences(line: str) -> list[tuple[int, int]]:
    """Where the sentences of a line begin and end, by a simple rule.

    A sentence ends with a full stop, question or exclamation mark before white space, unless a
    small letter follows, or the full stop ends a title (Dr.), a single letter or a number.

    >>> [line[start:end] for line in ["Dr. Who came. Am 3. Mai? Yes."] for start, end in sentences(line)]
    ['Dr. Who came.', 'Am 3. Mai?', 'Yes.']
    """
    found, start = [], 0
    for match in ENDING.finditer(line):
        word = line[max(start, match.start() - 20) : match.start()].rpartition(" ")[2]
        goes_on = match.end() == len(line) or line[match.end()].islower()
        is_short = len(word) < 2 or word.isdigit() or word.lower() in TITLES
        if goes_on or (is_short and match.group().startswith(". ")):
            continue
        found.append((start, start + len(line[start : match.end()].rstrip())))
        start = match.end()
    return [*found, (start, len(line))] if start < len(line) else found


def _align(tokens: list[str], line: str, at: int, end: int) -> list[tuple[int, int]]:
    """Where the tokens stand in ``line[at:end]``. NLTK rewrites '"' to '``' and "''"."""
    spans: list[tuple[int, int]] = []
    for token in tokens:
        while at < end and line[at].isspace():
            at += 1
        if line.startswith(token, at, end):
            length = len(token)
        elif token in ("``", "''") and line.startswith('"', at, end):
            length = 1
        elif token in ("``", "''") and line.startswith(("``", "''"), at, end):
            length = 2
        else:  # NLTK made something of it that is not in the text
            return spans + [(at + s, at + e) for s, e in cut_long()(line[at:end])]
        spans.append((at, at + length))
        at += length
    return spans


def _all_matches(pattern: str) -> Callable[[str], Spans]:
    import regex

    compiled = regex.compile(pattern)
    return lambda chunk: (match.span() for match in compiled.finditer(chunk))


def _is_long_for_spacy(chunk: str) -> bool:
    if len(chunk) <= LONGEST_SYMBOLS:
        return False
    if len(chunk) > LONGEST_STRETCH:
        return True
    symbols = len(chunk) - sum(map(str.isalnum, chunk))
    return 3 * symbols > len(chunk)
