"""How fast texts are cut into tokens, beside the libraries whose tokens they are.

    python benchmarks/text_to_tokens.py [--quick] [--json FILE] [--rounds N] [--jobs sklearn words spacy]

sklearn   the words of scikit-learn's vectorizers, beside CountVectorizer's own tokenizer; the same words
words     Unicode words, beside the regular expression that says what they are; the same words
spacy     spaCy's tokens, beside spacy.blank("en").pipe; the same tokens wherever spaCy sees the same stretch

Texts are Python strings on both sides; ours goes on to Arrow, and says where each token stands. The corpus
is 20 Newsgroups; with --quick it is data/messages.csv, 40 times.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from _corpora import newsgroups
from _measure import Job, need, run

import textpipe as tp
from textpipe.documents import Documents, Tokens
from textpipe.tokenize.spacy_engine import is_long

HERE = Path(__file__).parent.parent
BATCH = 1000


def texts_of(quick: bool) -> list[str]:
    """The texts of all jobs."""
    if quick:
        return 40 * tp.read(HERE / "data" / "messages.csv").documents.texts()
    return newsgroups().texts()


def megabytes(texts: list[str]) -> float:
    """Of UTF-8."""
    return sum(len(text.encode()) for text in texts) / 1e6


def cut(engine: Any, texts: list[str], n_jobs: int = 1) -> Documents:
    """The texts, with the tokens that a new stage makes of them."""
    return tp.Pipeline([tp.Tokenize(engine)], n_jobs=n_jobs).run(texts)


def tokens_of(engine: Any, texts: list[str]) -> Tokens:
    """The tokens alone."""
    tokens = cut(engine, texts).tokens
    assert tokens is not None
    return tokens


def sklearn(quick: bool) -> Job:
    """scikit-learn's words."""
    from sklearn.feature_extraction.text import CountVectorizer

    tokenize = CountVectorizer().build_tokenizer()
    return words_job("sklearn", "scikit-learn", tokenize, texts_of(quick))


def words(quick: bool) -> Job:
    """Unicode words."""
    import regex

    pattern = regex.compile(r"[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{N}\p{M}_]+)*+")
    return words_job("words", "regex", pattern.findall, texts_of(quick))


def words_job(
    engine: Any, peer: str, tokenize: Callable[[str], list[str]], texts: list[str]
) -> Job:
    """An engine beside a function that makes a list of words of a text."""

    def ours() -> Documents:
        return cut(engine, texts)

    def theirs() -> list[list[str]]:
        return [tokenize(text) for text in texts]

    def check() -> str:
        tokens = tokens_of(engine, texts)
        need(tokens.to_lists() == theirs(), "words")
        need_spans(tokens, texts)
        return f"{len(tokens.codes):,} tokens, {len(tokens.forms):,} forms, the same words"

    ways = {"textpipe": ours, peer: theirs}
    return Job(ways, check, megabytes(texts), {"textpipe": lambda: cut(engine, texts, 2)})


def spacy(quick: bool) -> Job:
    """spaCy's tokens."""
    import spacy as library

    texts = texts_of(quick)

    def ours() -> Documents:
        return cut("spacy", texts)

    def ours_in_batches() -> list[Tokens]:
        stage = tp.Tokenize("spacy")
        parts = (texts[at : at + BATCH] for at in range(0, len(texts), BATCH))
        return [found for part in parts if (found := stage.apply(Documents.of(part)).tokens)]

    def theirs() -> int:
        """Each document is let go: kept, they would take gigabytes."""
        return sum(len(document) for document in library.blank("en").pipe(texts))

    def check() -> str:
        tokens = tokens_of("spacy", texts)
        need_spans(tokens, texts)
        nlp = library.blank("en")
        stretches = list(dict.fromkeys(stretch for text in texts for stretch in text.split()))
        short = [stretch for stretch in stretches if not is_long(stretch)]
        mine = tokens_of("spacy", short).to_lists()
        for stretch, found in zip(short, mine, strict=True):
            need([token.text for token in nlp.tokenizer(stretch)] == found, stretch)
        batches = Tokens.concat(ours_in_batches())
        need(batches.to_lists() == tokens.to_lists(), "tokens of batches")
        lists = tokens.to_lists()
        same = sum(
            [token.text for token in document if not token.is_space] == found
            for document, found in zip(nlp.pipe(texts), lists, strict=True)
        )
        return (
            f"{len(tokens.codes):,} tokens, the same on {len(short):,} of {len(stretches):,} distinct "
            f"stretches (the others are too long for spaCy) and on {same:,} of {len(texts):,} whole texts"
        )

    ways = {
        "textpipe": ours,
        f"textpipe, {BATCH:,} texts at a time": ours_in_batches,
        "spaCy": theirs,
    }
    return Job(ways, check, megabytes(texts), {"textpipe": lambda: cut("spacy", texts, 2)})


def need_spans(tokens: Tokens, texts: list[str]) -> None:
    """Each token is what its text has at its span."""
    for row in range(0, len(texts), 50):
        found = [texts[row][start:end] for start, end in tokens.spans(row)]
        need(found == tokens.of(row), f"spans of text {row}")


if __name__ == "__main__":
    run(
        __doc__,
        __file__,
        {"sklearn": sklearn, "words": words, "spacy": spacy},
        ["textpipe-nlp", "scikit-learn", "spacy", "regex", "numpy", "pyarrow", "numba"],
    )
