"""How fast each stage is: tokens and megabytes per second on real text.

    python benchmarks/stages.py [--json FILE]

CPU seconds of one core, the median of three interleaved rounds, on the SMS Spam Collection (and, for the
stages before the tokenizer, on the raw mails of SpamAssassin). A stage that works by word is given tokens
in batches, as a pipeline gives them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from _corpora import sms_spam, spamassassin

import textpipe as tp
from textpipe.documents import Documents
from textpipe.run import batches
from textpipe.stage import Stage

ROUNDS = 3
ON_TEXT = [
    tp.CleanHtml(),
    tp.NormalizeUnicode(form="NFKC"),
    tp.Mask(),
    tp.Replace("free", "gratis"),
]
TOKENIZERS = [
    tp.Tokenize(engine) for engine in ("spacy", "nltk_treebank", "nltk_tweet", "words", "sklearn")
]
ON_TOKENS = [
    tp.Lowercase(),
    tp.RemovePunctuation(),
    tp.RemoveStopWords(),
    tp.LengthFilter(),
    tp.Stem(),
    tp.Stem("porter"),
    tp.Stem("lancaster"),
    tp.Lemmatize(),
    tp.TagPartsOfSpeech(),
    tp.NGrams(),
    tp.CharacterNGrams(),
    tp.Count(),
    tp.TfIdf(),
    tp.Bm25(),
    tp.Hashing(),
    tp.Word2Vec(epochs=1),
]


def main() -> None:
    """Print a table; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    mails, messages = spamassassin().documents, sms_spam().documents
    tokens = tp.Pipeline([tp.Tokenize()]).run(messages)
    figures = {}
    for what, documents, stages in (
        ("mails", mails, ON_TEXT),
        ("messages", messages, [*ON_TEXT, *TOKENIZERS]),
        ("messages", tokens, ON_TOKENS),
    ):
        figures |= measure(what, documents, stages)
    print("| stage | on | MB/s | tokens/s |\n|---|---|---|---|")
    for name, (seconds, megabytes, words) in figures.items():
        per_second = f"{words / seconds:,.0f}" if words else ""
        print(f"| {name[0]} | {name[1]} | {megabytes / seconds:,.2f} | {per_second} |")
    if options.json:
        rows = [
            {"stage": name[0], "on": name[1], "seconds": s, "megabytes": mb, "tokens": words}
            for name, (s, mb, words) in figures.items()
        ]
        options.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def measure(
    what: str, documents: Documents, stages: list[Stage]
) -> dict[tuple[str, str], tuple[float, float, int]]:
    """CPU seconds, megabytes and tokens of each stage."""
    megabytes = sum(len(text.encode()) for text in documents.texts()) / 1e6
    words = 0 if documents.tokens is None else len(documents.tokens.codes)
    times: dict[str, list[float]] = {str(stage): [] for stage in stages}
    for stage in stages:
        stage.fit(documents)
    for _ in range(ROUNDS):
        for stage in stages:
            started = time.process_time()
            for batch in batches(documents):
                after = stage.apply(batch)
            times[str(stage)].append(time.process_time() - started)
            made = after.tokens is not None
    return {
        (str(stage), what): (statistics.median(times[str(stage)]), megabytes, words * made)
        for stage in stages
    }


if __name__ == "__main__":
    main()
