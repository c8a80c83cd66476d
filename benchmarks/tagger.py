"""How often the shipped taggers are right, and how fast they are: python benchmarks/tagger.py

Reads the treebanks under TEXTPIPE_CORPORA; trains nothing. Seconds are CPU time of one core, the best of
five rounds. "first" is a tagger that has seen no word yet, "again" one that remembers the forms of the
text; long texts lie between.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from textpipe.annotate.conllu import TaggedSentence, read_conllu
from textpipe.annotate.crf import Crf
from textpipe.annotate.model_folder import SHIPPED, WEIGHTS, model_of_language
from textpipe.annotate.sentences import sentence_bounds
from textpipe.annotate.tag_parts_of_speech import TagPartsOfSpeech
from textpipe.annotate.train import accuracy
from textpipe.documents import UPOS, Documents, Tokens

TESTS = {
    "en": "ud-treebanks/UD_English-EWT/en_ewt-ud-test.conllu",
    "de": "ud-treebanks/UD_German-GSD/de_gsd-ud-test.conllu",
}
ROUNDS = 5


def main() -> None:
    """Print a table; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root:
        sys.exit("TEXTPIPE_CORPORA is not set: it must name the folder of the unpacked corpora")
    figures = {language: measure(language, Path(root, file)) for language, file in TESTS.items()}
    names = list(next(iter(figures.values())))
    print(f"{'':36}" + "".join(f"{language:>12}" for language in figures))
    for name in names:
        print(f"{name:36}" + "".join(f"{found[name]:>12,.2f}" for found in figures.values()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def measure(language: str, treebank: Path) -> dict[str, float]:
    """The figures of one language."""
    sentences = list(read_conllu(treebank))
    lowered = [TaggedSentence([word.lower() for word in words], tags) for words, tags in sentences]
    crf = model_of_language(language)
    documents = Documents.of(
        [[w for s in sentences[i : i + 20] for w in s.words] for i in range(0, len(sentences), 20)]
    )
    assert documents.tokens is not None
    words = len(documents.tokens.codes)
    return {
        "UPOS accuracy, %": 100 * accuracy(crf, sentences),
        "UPOS accuracy, lower-cased, %": 100 * accuracy(crf, lowered),
        "UPOS accuracy, own sentences, %": 100 * own_sentences(crf, documents, sentences),
        "words tested": words,
        "words/s, first": words
        / min(seconds(language, documents, rounds=1) for _ in range(ROUNDS)),
        "words/s, again": words / seconds(language, documents, rounds=ROUNDS),
        "model, kB": (SHIPPED / language / WEIGHTS).stat().st_size / 1000,
        "loading, ms": 1000 * loading(language),
    }


def own_sentences(crf: Crf, documents: Documents, sentences: list[TaggedSentence]) -> float:
    """Accuracy where the treebank's sentences are joined and cut again by our rule."""
    words: Tokens | None = documents.words
    assert words is not None
    bounds = sentence_bounds(words, documents.texts())
    gold = Documents.of([[tag for sentence in sentences for tag in sentence.tags]]).tokens
    assert gold is not None
    tags = crf.tag(words, bounds)
    return float(np.mean(np.array(UPOS)[tags] == np.array(gold.of(0))))


def seconds(language: str, documents: Documents, rounds: int) -> float:
    """CPU time of tagging all documents by a new stage, in its fastest round, without loading."""
    stage = TagPartsOfSpeech(language=language)
    stage.transform(documents[:0])
    times = []
    for _ in range(rounds):
        start = time.process_time()
        stage.transform(documents)
        times.append(time.process_time() - start)
    return min(times)


def loading(language: str) -> float:
    """CPU time of loading a model."""
    start = time.process_time()
    model_of_language(language)
    return time.process_time() - start


if __name__ == "__main__":
    main()
