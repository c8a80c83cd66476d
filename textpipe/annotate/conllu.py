"""Sentences with gold tags out of CoNLL-U files (https://universaldependencies.org/format.html)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from textpipe.documents import UPOS
from textpipe.errors import SourceError, nearest

COLUMNS = 10


class TaggedSentence(NamedTuple):
    """The words of a sentence and the universal part of speech of each."""

    words: list[str]
    tags: list[str]


class _Multiword(NamedTuple):
    form: str
    first: int
    last: int
    line: int


def read_conllu(path: str | Path) -> Iterator[TaggedSentence]:
    """The sentences of a CoNLL-U file, cut into words as a tokenizer would cut the text.

    A surface token of several syntactic words is cut where its words stand side by side in it
    (``don't`` = ``do`` + ``n't``) and stays whole, with the tag of its first word, where they do not
    (German ``zum`` = ``zu`` + ``dem``). Empty nodes (``8.1``) are left out.

    :raises SourceError: with ``file:line``, where the file is not CoNLL-U or a word has no tag.
    """
    path = Path(path)
    words: list[tuple[str, str]] = []
    multiwords: list[_Multiword] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            if words:
                yield _surface(path, words, multiwords)
            words, multiwords = [], []
        elif not line.startswith("#"):
            _read_word(f"{path}:{number}", line, words, multiwords, number)
    if words:
        yield _surface(path, words, multiwords)


def _lines(path: Path) -> Iterator[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: the treebank cannot be read: {error.strerror}") from error
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{path}:{number}: not UTF-8, which CoNLL-U must be: {error}"
            ) from error


def _read_word(
    place: str,
    line: str,
    words: list[tuple[str, str]],
    multiwords: list[_Multiword],
    number: int,
) -> None:
    columns = line.split("\t")
    if len(columns) != COLUMNS:
        raise SourceError(
            f"{place}: a CoNLL-U line has {COLUMNS} columns, separated by tabs, and this one has "
            f"{len(columns)}: {line!r:.60}"
        )
    identifier, form, tag = columns[0], columns[1], columns[3]
    if not form:
        raise SourceError(f"{place}: the word has no form (column 2 is empty)")
    if "-" in identifier:
        first, _, last = identifier.partition("-")
        if not (first.isdecimal() and last.isdecimal() and len(words) < int(first) <= int(last)):
            raise SourceError(f"{place}: {identifier!r:.60} is no range of words that follow")
        multiwords.append(_Multiword(form, int(first), int(last), number))
    elif "." not in identifier:
        if identifier != str(len(words) + 1):
            raise SourceError(
                f"{place}: word number {len(words) + 1} was expected, and {identifier!r:.60} was found"
            )
        if tag not in UPOS:
            raise SourceError(
                f"{place}: column 4 must be a universal part of speech, and {tag!r:.60} was found."
                f"{nearest(tag, UPOS)} There are {', '.join(sorted(UPOS))}"
            )
        words.append((form, tag))


def _surface(
    path: Path, words: list[tuple[str, str]], multiwords: list[_Multiword]
) -> TaggedSentence:
    pieces: list[tuple[str, str]] = []
    done = 0
    for token in multiwords:
        if token.first <= done or token.last > len(words):
            raise SourceError(
                f"{path}:{token.line}: the sentence has no words {token.first}-{token.last} of their own"
            )
        pieces += words[done : token.first - 1]
        parts = words[token.first - 1 : token.last]
        whole = "".join(form for form, _ in parts) != token.form
        pieces += [(token.form, parts[0][1])] if whole else parts
        done = token.last
    pieces += words[done:]
    return TaggedSentence([form for form, _ in pieces], [tag for _, tag in pieces])
