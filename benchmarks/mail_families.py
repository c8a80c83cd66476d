"""What each family of features buys on raw mail, without the headers that give the corpus away.

    python benchmarks/mail_families.py [--leaks] [--json FILE]

Grouped 5-fold cross-validation on the 6,046 raw mails of SpamAssassin's corpus (near-duplicates never on both
sides; everything that learns is trained inside the fold; intervals by a bootstrap over groups). An unsure
verdict counts as wrong for accuracy and MCC; recalls are of scores. hard-ham, the
250 legitimate mails that look like spam, has a figure of its own. Then the whole detector, trained on all of
it, judges mails of another origin: 800 German e-mails (codealltag-ps, bodies only, all ham) and the mails in
data/mail. ``--leaks`` shows what senders and mailing-list headers would buy, which no other mailbox has.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import root, spamassassin
from numpy.typing import NDArray

import textpipe as tp
from textpipe.catalogue import stage_class
from textpipe.evaluation import evaluate
from textpipe.evaluation.comparison import compare
from textpipe.evaluation.judgement import Report
from textpipe.stage import Stage

SCORES = ("accuracy", "mcc", "recall_at_fpr_0.001", "recall_at_fpr_0.01")
SIGNS = (
    "mail_parts",
    "mail_headers",
    "html_tricks",
    "urls",
    "clean_html",
    "unicode_tricks",
    "obfuscation",
)
ALL = frozenset({"url words", "places", *SIGNS})
"""The families: words of links; words by where they stand; the signs that each stage counts."""


def stage(name: str, **options: Any) -> Stage:
    """A stage by the name that a definition uses."""
    return stage_class(name)(**options)


def reading(families: frozenset[str], headers: dict[str, Any], sender: str = "none") -> list[Stage]:
    """From the bytes of a mail to tokens. All signs are counted, whether they are used or not."""
    return [
        stage("mail_parts", sender=sender),
        stage("mail_headers", **headers),
        stage("html_tricks"),
        stage("urls", words="url words" in families),
        stage("clean_html", hidden="apart"),
        stage("unicode_tricks"),
        stage("obfuscation"),
        stage("normalize_unicode", form="NFKC"),
        stage("tokenize"),
        stage("lowercase"),
    ]


def side_by_side(families: frozenset[str]) -> Stage:
    """The union of mail_spam.toml, with these families."""
    marks = [stage("mark_regions", also_plain=True)] if "places" in families else []
    tf_idf = {"min_df": 2, "sublinear_tf": True}
    branches = [
        [
            stage("remove_punctuation"),
            *marks,
            stage("tf_idf", n_grams=[1, 2], **tf_idf),
            stage("weigh_by_label"),
        ],
        [
            stage("character_n_grams", minimum=4, maximum=4),
            stage("tf_idf", **tf_idf),
            stage("weigh_by_label"),
        ],
    ]
    counted = [name for name in SIGNS if name in families]
    if counted:
        branches.append([stage("signs", only=counted), stage("weigh_by_label")])
    return stage("union", branches=branches, weights=[1.0, 1.0, 0.5][: len(branches)])


def detector(
    families: frozenset[str], headers: dict[str, Any] | None = None, sender: str = "none"
) -> tp.Pipeline:
    """mail_spam.toml with these families."""
    return tp.Pipeline(
        [
            *reading(families, headers or {}, sender),
            side_by_side(families),
            stage("stretch_by_label", C=10.0),
            stage("knn_classifier", minimum_known=0.25, minimum_evidence={"spam": 0.4}),
        ]
    )


def from_file(name: str) -> tp.Pipeline:
    """A definition of this project."""
    return tp.from_toml(Path(__file__).parent.parent / "pipelines" / name).pipeline


def surely() -> tp.Pipeline:
    """mail_spam.toml, which also speaks where it knows no mail like it."""
    pipeline = from_file("mail_spam.toml")
    pipeline.stages[-1].set_params(minimum_evidence=0.0)
    return pipeline


ROWS: dict[str, Callable[[], tp.Pipeline]] = {
    "spam.toml: subject and bodies": lambda: from_file("spam.toml"),
    "words and letters, disguises undone": lambda: detector(frozenset()),
    "... and words of links": lambda: detector(frozenset({"url words"})),
    "... and where words stand": lambda: detector(frozenset({"url words", "places"})),
    "... and all signs (mail_spam.toml)": lambda: from_file("mail_spam.toml"),
    **{
        f"mail_spam.toml without {family}": lambda family=family: detector(ALL - {family})
        for family in ("url words", "places", *SIGNS)
    },
    "mail_spam.toml without minimum_evidence": surely,
    "LinearSVC, the same features": lambda: tp.Pipeline(
        [*reading(ALL, {}), side_by_side(ALL), stage("linear_svc", C=10.0)]
    ),
    "mail_spam_small.toml": lambda: from_file("mail_spam_small.toml"),
}
WHOLE = "... and all signs (mail_spam.toml)"
JUDGED_ELSEWHERE = (
    "spam.toml: subject and bodies",
    WHOLE,
    "mail_spam.toml without minimum_evidence",
    "mail_spam_small.toml",
)
LEAKS: dict[str, Callable[[], tp.Pipeline]] = {
    "leak: display names of senders": lambda: detector(ALL, sender="name"),
    "leak: senders": lambda: detector(ALL, sender="both"),
    "leak: all headers' signs": lambda: detector(ALL, {"ignore": [], "leave_out": []}),
}


def main() -> None:
    """Print the tables; with --json FILE, write the figures there too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leaks", action="store_true", help="what the leaks would buy, as well")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    parser.add_argument("--quick", action="store_true", help="a few mails and rows, to try it out")
    options = parser.parse_args()
    corpus = spamassassin()
    documents, labels = corpus.documents, corpus.labels
    assert labels is not None
    rows = ROWS | (LEAKS if options.leaks else {})
    if options.quick:
        documents, labels = documents[::30], labels[::30]
        rows = {name: rows[name] for name in (WHOLE, "mail_spam_small.toml")}
    print(f"{len(labels):,} mails\n")
    print(
        "| | accuracy | MCC | recall at 0.1 % | at 1 % | ham called spam: hard | other | "
        "spam called ham | unsure |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    figures: dict[str, Any] = {"mails": len(labels), "rows": {}}
    reports: dict[str, Report] = {}
    for name, make in rows.items():
        started = time.perf_counter()
        report = reports[name] = evaluate(make(), documents, labels, positive="spam")
        figures["rows"][name] = judged(report) | {"seconds": time.perf_counter() - started}
        print(line(name, figures["rows"][name]), flush=True)
    figures["against mail_spam.toml"] = {}
    print("\nAgainst mail_spam.toml, paired:")
    for name, report in reports.items():
        if name != WHOLE:
            result = compare(reports[WHOLE], report)
            figures["against mail_spam.toml"][name] = result.as_json()
            print(f"- {name}: {differences(result)}")
    figures["other origin"] = {
        name: other_origin(make(), documents, labels)
        for name, make in rows.items()
        if name in JUDGED_ELSEWHERE
    }
    for name, found in figures["other origin"].items():
        print(f"\n{name}, trained on all of it, on mails of another origin:")
        for origin, counts in found.items():
            print(f"- {origin}: {', '.join(f'{n} {what}' for what, n in counts.items())}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def judged(report: Report) -> dict[str, Any]:
    """The figures of one row."""
    is_hard = np.array(["hard-ham" in name for name in report.ids])
    said = report.verdicts.astype(str)
    return {
        "scores": report.scores,
        "intervals": report.as_json()["intervals"],
        "hard_ham": int(is_hard.sum()),
        "hard_ham_called_spam": int((said[is_hard] == "spam").sum()),
        "other_ham_called_spam": int((said[~is_hard & (report.labels == "ham")] == "spam").sum()),
        "spam_called_ham": int((said[report.labels == "spam"] == "ham").sum()),
        "unsure": int((said == "unsure").sum()),
    }


def line(name: str, found: dict[str, Any]) -> str:
    """One row of the table."""
    cells = []
    for score in SCORES:
        low, high = found["intervals"].get(score) or (float("nan"),) * 2
        cells.append(f"{found['scores'][score]:.4f} ({low:.4f} to {high:.4f})")
    cells += [
        f"{found['hard_ham_called_spam']} of {found['hard_ham']}",
        *(str(found[what]) for what in ("other_ham_called_spam", "spam_called_ham", "unsure")),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def differences(result: Any) -> str:
    """By how much this row is better than mail_spam.toml (worse, where it is below 0), and the test."""
    parts = [
        f"{found.score} {found.value:+.4f} ({found.interval[0]:+.4f} to {found.interval[1]:+.4f})"
        for found in result.differences
        if found.interval is not None
    ]
    return f"{', '.join(parts)}; p = {result.p_value:.3f}"


def other_origin(
    pipeline: tp.Pipeline, documents: tp.Documents, labels: NDArray[Any]
) -> dict[str, dict[str, int]]:
    """How mails of another origin are called by a detector that was trained on all of these."""
    pipeline.fit(documents, labels)
    german = tp.read(sorted(map(str, (root() / "codealltag-ps").rglob("*.txt"))), format="text")
    own = tp.read(Path(__file__).parent.parent / "data" / "mail")
    found = {"codealltag-ps, all ham": counts(pipeline.predict(german.documents))}
    verdicts = pipeline.predict(own.documents)
    for label in np.unique(own.labels).tolist():
        for language in ("en", "de"):
            which = [f".{language}.eml" in name for name in own.documents.ids.to_pylist()]
            chosen = (own.labels == label) & np.array(which)
            found[f"data/mail, {label}, {language}"] = counts(verdicts[chosen])
    return found


def counts(verdicts: NDArray[Any]) -> dict[str, int]:
    """How often each verdict was given."""
    names, numbers = np.unique(verdicts.astype(str), return_counts=True)
    return dict(zip(names.tolist(), numbers.tolist(), strict=True))


if __name__ == "__main__":
    main()
