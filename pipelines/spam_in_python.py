"""The spam detector of spam.toml as one would write it in Python.

Run it: python pipelines/spam_in_python.py
"""

from pathlib import Path

import textpipe as tp

DATA = Path(__file__).parent.parent / "data"


def pipeline() -> tp.Pipeline:
    """The stages of spam.toml."""
    return tp.Pipeline(
        [
            tp.CleanHtml(),
            tp.NormalizeUnicode(form="NFKC"),
            tp.Tokenize(),
            tp.Lowercase(),
            tp.Union(
                [
                    [
                        tp.TfIdf(min_df=2, n_grams=(1, 2), sublinear_tf=True),
                        tp.WeighByLabel(),
                    ],
                    [
                        tp.CharacterNGrams(minimum=4, maximum=4),
                        tp.TfIdf(min_df=2, sublinear_tf=True),
                        tp.WeighByLabel(),
                    ],
                ]
            ),
            tp.StretchByLabel(),
            tp.KnnClassifier(k=10, minimum_known=0.25),
        ],
        language="en",
    )


def main() -> None:
    """Judge the pipeline by cross-validation, then train it on everything and ask it."""
    corpus = tp.read([DATA / "messages.csv", DATA / "mail"])
    report = tp.evaluate(pipeline(), corpus.documents, corpus.labels, positive="spam")
    print({name: round(score, 3) for name, score in report.scores.items()})

    spam = pipeline().fit(corpus.documents, corpus.labels)
    for text in ("You have won a FREE phone! Call now", "Kommst du morgen zum Essen?", "Xyzzy"):
        print(spam.predict([text])[0], "-", text)


if __name__ == "__main__":
    main()
