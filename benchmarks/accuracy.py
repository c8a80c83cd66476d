"""How good the definitions in pipelines/ are, beside scikit-learn on the same folds.

    python benchmarks/accuracy.py [--only sms-spam] [--json FILE]

Grouped 5-fold cross-validation: near-duplicates never stand on both sides, and everything that learns is
trained inside the fold. scikit-learn's vectorizer and classifiers get the text after clean_html and
normalize_unicode, and the same folds.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import CORPORA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, matthews_corrcoef
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import textpipe as tp
from textpipe.evaluation import evaluate, near_duplicate_groups
from textpipe.evaluation.splits import folds_of
from textpipe.sources import Corpus

PIPELINES = Path(__file__).parent.parent / "pipelines"
DEFINITIONS = {
    "sms-spam": ["spam", "spam_words", "spam_word2vec"],
    "spamassassin": ["spam", "spam_words", "spam_word2vec"],
    "germeval2018": ["spam", "german_topics", "parts_of_speech"],
}
PEERS = {
    "scikit-learn: TF-IDF, KNN as it comes": lambda: make_pipeline(
        TfidfVectorizer(), KNeighborsClassifier()
    ),
    "scikit-learn: TF-IDF, KNN cosine k=5": lambda: make_pipeline(
        TfidfVectorizer(), KNeighborsClassifier(5, metric="cosine")
    ),
    "scikit-learn: TF-IDF, LinearSVC": lambda: make_pipeline(
        TfidfVectorizer(), LinearSVC(random_state=0)
    ),
}


def main() -> None:
    """Print a table for each corpus; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=list(CORPORA), help="one corpus")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    figures = {}
    for name in [options.only] if options.only else list(CORPORA):
        corpus = CORPORA[name]()
        figures[name] = measure(name, corpus)
        print(f"\n{name}: {len(corpus):,} documents\n")
        print("| | accuracy | macro F1 | MCC | unsure |\n|---|---|---|---|---|")
        for row, found in figures[name].items():
            print(
                f"| {row} | {found['accuracy']:.4f} | {found['macro_f1']:.4f} | {found['mcc']:.4f} "
                f"| {found['unsure']:.0f} |",
                flush=True,
            )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def measure(name: str, corpus: Corpus) -> dict[str, dict[str, float]]:
    """The figures of each definition and each peer on one corpus."""
    found = {}
    assert corpus.labels is not None
    for definition in DEFINITIONS[name]:
        pipeline = tp.from_toml(PIPELINES / f"{definition}.toml").pipeline
        started = time.perf_counter()
        report = evaluate(pipeline, corpus.documents, corpus.labels)
        found[f"{definition}.toml"] = {
            **report.scores,
            "unsure": int(report.decisions.unsure.sum()),
            "seconds": time.perf_counter() - started,
        }
    clean = tp.Pipeline([tp.CleanHtml(), tp.NormalizeUnicode(form="NFKC")])
    texts = np.array(clean.run(corpus.documents).texts(), object)
    groups = near_duplicate_groups(corpus.documents.texts())
    folds = folds_of(corpus.labels, groups, 5, "grouped", 0)
    for peer, build in PEERS.items():
        found[peer] = judge(build, texts, corpus.labels, folds)
    return found


def judge(build: Any, texts: Any, labels: Any, folds: Any) -> dict[str, float]:
    """The figures of one scikit-learn pipeline on these folds."""
    started = time.perf_counter()
    said = np.empty(len(labels), labels.dtype)
    for train, test in folds:
        said[test] = build().fit(texts[train], labels[train]).predict(texts[test])
    return {
        "accuracy": float(np.mean(said == labels)),
        "macro_f1": float(f1_score(labels, said, average="macro")),
        "mcc": float(matthews_corrcoef(labels, said)),
        "unsure": 0,
        "seconds": time.perf_counter() - started,
    }


if __name__ == "__main__":
    main()
