"""NLTK's tokenizers. They look at a line at a time."""

from __future__ import annotations

import re

from textpipe.tokenize.engines import Engine, Spans, by_line, cut_long


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

    return by_line(cut)


def nltk_treebank() -> Engine:
    """NLTK's word tokenizer (Penn Treebank rules), sentence by sentence."""
    from nltk.tokenize.destructive import NLTKWordTokenizer

    tokenize = NLTKWordTokenizer().tokenize

    def cut(line: str) -> Spans:
        spans: list[tuple[int, int]] = []
        for start, end in sentences(line):
            spans.extend(_align(tokenize(line[start:end]), line, start, end))
        return spans

    return by_line(cut)


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
            rest = cut_long([line[at:end]], much=False)[0]
            return spans + [(at + s, at + e) for s, e in zip(rest[::2], rest[1::2], strict=True)]
        spans.append((at, at + length))
        at += length
    return spans
