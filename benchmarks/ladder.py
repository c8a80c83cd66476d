"""What each step buys: from neighbours as scikit-learn has them to pipelines/spam.toml, beside LinearSVC.

    python benchmarks/ladder.py [--only sms-spam] [--others] [--last] [--json FILE]

Every rung is judged on the same cleaned text, in the same grouped 5-fold cross-validation
(near-duplicates never on both sides); everything that learns is trained inside the fold. Intervals are of a
bootstrap over groups of near-duplicates, paired where two are compared. Options are the stages' defaults or
those of the definition, the same for all corpora; LinearSVC is scikit-learn's. Both sides are shown with its
default C = 1 and with others, that were chosen for neither. Words and letters side by side are rows of length
sqrt(2), and stretch_by_label brings them to length 1: its C = 2 is LinearSVC's C = 1.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import CORPORA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import KNeighborsClassifier

import textpipe as tp
from textpipe.classify.decider import Classifier
from textpipe.documents import Decisions, Documents
from textpipe.evaluation import evaluate
from textpipe.evaluation.comparison import compare
from textpipe.evaluation.judgement import Report
from textpipe.sources import Corpus
from textpipe.stage import Stage

POSITIVE = {"sms-spam": "spam", "spamassassin": "spam", "germeval2018": "OFFENSE"}
WORDS = (tp.CleanHtml(), tp.NormalizeUnicode(form="NFKC"), tp.Tokenize(), tp.Lowercase())
SHOWN = ("accuracy", "mcc", "roc_auc", "recall_at_fpr_0.001", "recall_at_fpr_0.01")


class Peer(Classifier):
    """scikit-learn alone: TfidfVectorizer, with its own words, and KNeighborsClassifier."""

    reads = ("tokens",)

    def __init__(self, k: int = 5, metric: str = "minkowski", weights: str = "uniform") -> None:
        self.k = k
        self.metric = metric
        self.weights = weights

    def learn(self, documents: Documents, labels: Any = None) -> None:
        self._vectorizer = TfidfVectorizer()
        rows = self._vectorizer.fit_transform(documents.texts())
        self._knn = KNeighborsClassifier(self.k, metric=self.metric, weights=self.weights)
        self._knn.fit(rows, labels)
        self.classes_ = self._knn.classes_

    def decide(self, X: Any) -> Decisions:
        rows = self._vectorizer.transform(X.texts())
        scores = self._knn.predict_proba(rows)
        return Decisions(
            self.classes_, self._knn.predict(rows), scores, np.zeros(len(scores), bool)
        )


def words(*more: Stage, pairs: bool = False) -> list[Stage]:
    """TF-IDF of words, or of words and pairs of them."""
    return [tp.TfIdf(min_df=2, sublinear_tf=True, n_grams=(1, 2 if pairs else 1)), *more]


def letters(*more: Stage) -> list[Stage]:
    """TF-IDF of runs of four letters."""
    return [tp.CharacterNGrams(4, 4), tp.TfIdf(min_df=2, sublinear_tf=True), *more]


def both(weigh: bool = True) -> Stage:
    """Words, pairs and letters side by side."""
    if not weigh:
        return tp.Union([words(pairs=True), letters()])
    return tp.Union([words(tp.WeighByLabel(), pairs=True), letters(tp.WeighByLabel())])


def stretched(C: float = 1.0, **options: Any) -> list[Stage]:
    """Words, pairs and letters in a learned metric, as in pipelines/spam.toml."""
    return [both(), tp.StretchByLabel(C=C), tp.KnnClassifier(**options)]


Rungs = dict[str, Callable[[], list[Stage]]]

LADDER: Rungs = {
    "scikit-learn KNN as it comes": lambda: [Peer()],
    "scikit-learn KNN, cosine, k = 5, votes by distance": lambda: [Peer(5, "cosine", "distance")],
    "words, evidence votes, k = 10": lambda: [*words(), tp.KnnClassifier()],
    "... weighed by label (log odds)": lambda: [*words(tp.WeighByLabel()), tp.KnnClassifier()],
    "... with pairs of words and letters": lambda: [both(), tp.KnnClassifier()],
    "... stretched by label (spam.toml)": lambda: stretched(),
    "spam.toml with C = 0.6": lambda: stretched(C=0.6),
    "spam.toml with C = 2": lambda: stretched(C=2.0),
    "spam.toml with C = 6": lambda: stretched(C=6.0),
}
PEERS: Rungs = {
    "LinearSVC, words": lambda: [*words(), tp.LinearSvc()],
    "LinearSVC, words, pairs, letters": lambda: [both(weigh=False), tp.LinearSvc()],
    "LinearSVC, the same features as spam.toml": lambda: [both(), tp.LinearSvc()],
    "... with C = 0.3": lambda: [both(), tp.LinearSvc(C=0.3)],
    "... with C = 3": lambda: [both(), tp.LinearSvc(C=3.0)],
}
OTHERS: Rungs = {
    "words by BM25": lambda: [tp.Bm25(min_df=2), tp.KnnClassifier()],
    "words weighed by tf.rf": lambda: [
        *words(tp.WeighByLabel(method="relevance_frequency")),
        tp.KnnClassifier(),
    ],
    "words weighed by chi-squared": lambda: [
        *words(tp.WeighByLabel(method="chi_squared")),
        tp.KnnClassifier(),
    ],
    "spam.toml, k = auto": lambda: stretched(k="auto"),
    "spam.toml, beta-calibrated": lambda: stretched(calibrate="beta"),
}
COMPARED = {
    "... stretched by label (spam.toml)": "LinearSVC, the same features as spam.toml",
    "spam.toml with C = 0.6": "... with C = 0.3",
    "spam.toml with C = 2": "LinearSVC, the same features as spam.toml",
    "spam.toml with C = 6": "... with C = 3",
}


def main() -> None:
    """Print a table for each corpus; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=list(CORPORA), help="one corpus")
    parser.add_argument("--others", action="store_true", help="what else was tried, as well")
    parser.add_argument("--last", action="store_true", help="spam.toml and its peers alone")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    figures = {}
    for name in [options.only] if options.only else list(CORPORA):
        figures[name] = measure(name, CORPORA[name](), options.others, options.last)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def measure(name: str, corpus: Corpus, others: bool, last: bool) -> dict[str, Any]:
    """The figures of every rung on one corpus, printed as they come."""
    print(f"\n### {name}: {len(corpus):,} documents\n")
    print("| | accuracy | MCC | AUC | recall at 0.1 % | at 1 % | errors | reliability error |")
    print("|---|---|---|---|---|---|---|---|")
    reports: dict[str, Report] = {}
    figures: dict[str, Any] = {}
    groups = {"ladder": LADDER, "peers": PEERS} | ({"others": OTHERS} if others else {})
    if last:
        groups = {
            group: {
                rung: stages
                for rung, stages in rungs.items()
                if "spam.toml" in rung or rung in COMPARED.values()
            }
            for group, rungs in groups.items()
        }
    for group, rungs in groups.items():
        for rung, stages in rungs.items():
            started = time.perf_counter()
            report = evaluate(
                tp.Pipeline([*WORDS, *stages()]),
                corpus.documents,
                corpus.labels,
                positive=POSITIVE[name],
            )
            key = f"{group}: {rung}"
            reports[key] = report
            found = report.as_json()
            figures[key] = {
                "scores": report.scores,
                "intervals": found["intervals"],
                "unsure": found["unsure"],
                "reliability": found["reliability"],
                "seconds": time.perf_counter() - started,
            }
            print(line(rung, report, found), flush=True)
    for rung, rival in COMPARED.items():
        result = compare(reports[f"peers: {rival}"], reports[f"ladder: {rung}"])
        figures[f"{rung} against {rival}"] = result.as_json()
        print(f"\n{rung} against {rival}: {differences(result)}")
    return figures


def line(rung: str, report: Report, found: dict[str, Any]) -> str:
    """One row of the table; intervals below the two scores that people look at first."""
    cells = [f"{report.scores[score]:.4f}" for score in SHOWN]
    for at, score in enumerate(("accuracy", "mcc")):
        low, high = found["intervals"][score]
        cells[at] += f" ({low:.4f} to {high:.4f})"
    errors = int((report.labels.astype(str) != report.verdicts.astype(str)).sum())
    reliability = found["reliability"] or {}
    error = reliability.get("expected_calibration_error")
    return (
        f"| {rung} | {' | '.join(cells)} | {errors} | {'-' if error is None else f'{error:.4f}'} |"
    )


def differences(result: Any) -> str:
    """In words: by how much the second is better, and whether that may be luck."""
    parts = [
        f"{found.score} {found.value:+.4f} ({found.interval[0]:+.4f} to {found.interval[1]:+.4f})"
        for found in result.differences
        if found.interval is not None
    ]
    return (
        f"{', '.join(parts)}; right where the other is wrong {result.only_second}, the other way round "
        f"{result.only_first}, p = {result.p_value:.3f}"
    )


if __name__ == "__main__":
    main()
