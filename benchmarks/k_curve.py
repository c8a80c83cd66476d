"""How good the first k neighbours are, for every k: what k = "auto" looks at.

    python benchmarks/k_curve.py [--quick]

For each corpus the stages of pipelines/spam.toml, and of pipelines/spam_words.toml, judge their training
documents by each other. Prints the k that is chosen and writes docs/images/k_curve.svg. And what it costs to
judge every k from 1 to 50, beside judging one, in CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from _corpora import CORPORA
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

import textpipe as tp
from textpipe.classify.leave_one_out import leave_one_out, loss_by_k, smallest_good_k
from textpipe.duplicates import near_duplicate_groups

HERE = Path(__file__).parent.parent
DEFINITIONS = ("spam_words", "spam")
TITLES = {
    "sms-spam": "SMS Spam Collection",
    "spamassassin": "SpamAssassin, raw mails",
    "germeval2018": "German tweets, offensive or other",
}


def main() -> None:
    """Print a table and draw the curves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the smallest corpus, nothing drawn")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    quick, rows = options.quick, []
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    names = ["sms-spam"] if quick else list(CORPORA)
    print("| corpus | definition | k | its Brier score | the least, at k | k = 10 | s to fit |")
    print("|---|---|---|---|---|---|---|")
    for axes, name in zip(np.atleast_1d(figure.subplots(1, len(names))), names, strict=True):
        corpus = CORPORA[name]()
        for definition in DEFINITIONS:
            pipeline = tp.from_toml(HERE / "pipelines" / f"{definition}.toml").pipeline
            pipeline.set_params(knn_classifier__k="auto", knn_classifier__most_k=50)
            started = time.perf_counter()
            pipeline.fit(corpus.documents, corpus.labels)
            seconds = time.perf_counter() - started
            keeper = pipeline.stages[-1]
            curve, k = keeper.k_curve_, keeper.k_
            best = int(np.argmin(curve)) + 1
            made = {"corpus": name, "definition": definition, "seconds": seconds}
            rows.append({**made, "k": int(k), "curve": curve.tolist()})
            print(
                f"| {name} | {definition}.toml | {k} | {curve[k - 1]:.4f} | {curve.min():.4f}, {best} "
                f"| {curve[9]:.4f} | {seconds:.1f} |",
                flush=True,
            )
            if (
                definition == "spam_words"
            ):  # no stage learns from labels: documents are left out singly
                costs = cost_of_judging(keeper, near_duplicate_groups(corpus.documents.texts()))
                rows[-1]["judging"] = costs
                print(
                    f"<!-- judging by k = 10: {costs['one']:.2f} s, by every k from 1 to 50: "
                    f"{costs['every']:.2f} s, {costs['every'] / costs['one']:.2f} times -->",
                    flush=True,
                )
            (line,) = axes.plot(np.arange(1, len(curve) + 1), curve, label=f"{definition}.toml")
            axes.plot(k, curve[k - 1], "o", color=line.get_color())
        axes.set_title(TITLES[name], fontsize=10)
        axes.set_xlabel("k, the number of neighbours")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("Brier score, lower is better")
    figure.axes[0].legend(frameon=False, fontsize=9)
    if options.json:
        options.json.write_text(json.dumps({"rows": rows}, indent=2) + "\n", "utf-8")
    if not quick:
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": "textpipe"}):
            figure.savefig(HERE / "docs" / "images" / "k_curve.svg", metadata={"Date": None})


def cost_of_judging(keeper: tp.KnnClassifier, groups: NDArray[np.int64]) -> dict[str, float]:
    """CPU seconds to judge training documents by ten neighbours, and by each number up to fifty: medians of
    three rounds, one after the other in each.
    """
    index, shares, prior = keeper.index(), keeper.shares_, keeper.prior
    taken: dict[str, list[float]] = {"one": [], "every": []}
    for _ in range(3):
        for what, most in (("one", 10), ("every", 50)):
            started = time.process_time()
            judged = leave_one_out(index, groups, most)
            votes = judged.similarities**keeper.power
            of_class = np.where(judged.positions >= 0, keeper.targets_[judged.positions], -1)
            truth = keeper.targets_[judged.judged]
            smallest_good_k(loss_by_k(votes, of_class, truth, shares, prior))
            taken[what].append(time.process_time() - started)
    return {what: float(np.median(seconds)) for what, seconds in taken.items()}


if __name__ == "__main__":
    main()
