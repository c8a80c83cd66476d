"""How fast raw mails become verdicts, beside the script that people write.

    python benchmarks/mail.py [--quick] [--json FILE] [--jobs same_stages spam one ...]

same_stages     four fifths of SpamAssassin's raw mails are learned, one fifth is judged, by the stages that
                the script has: HTML to text, words, stop words, stems, TF-IDF, ten neighbours
spam_words      the same by pipelines/spam_words.toml
spam            the same by pipelines/spam.toml
one             one mail at a time is judged, by the script's stages, with 20,000 pieces of mails in memory
one_spam_words  the same by pipelines/spam_words.toml

The script: the standard library's email, BeautifulSoup (html.parser), NLTK's word_tokenize (without the
sentence splitter, whose data are not part of NLTK), scikit-learn's list of stop words, NLTK's Snowball
stemmer, TfidfVectorizer and KNeighborsClassifier. With --quick the mails are those of data/mail. Here
nothing has to be equal: the accuracy of both is told. For one mail at a time each has a process of its own,
as in use: scikit-learn copies all 20,000 rows for each question, which takes a fourth less time in a process
in which textpipe has worked with as large arrays before.
"""

from __future__ import annotations

import email
import functools
import warnings
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any

import numpy as np
from _corpora import HAM, SPAM, root
from _measure import Job, need, run

import textpipe as tp
import textpipe.kernels.html  # so that it is used, as in a process that has read mails before
from textpipe.sources.mail import mail_record

HERE = Path(__file__).parent.parent
KNOWN, PIECE = 20_000, 500
"""How many messages the model for one mail has learned, and of how many characters."""


def files(quick: bool) -> tuple[list[Path], list[str]]:
    """Raw mails and their labels, each fifth one at the end, so that it is not learned."""
    if quick:
        folders = {HERE / "data" / "mail" / label: label for label in ("ham", "spam")}
    else:
        base = root() / "spamassassin"
        folders = {base / name: "ham" for name in HAM} | {base / name: "spam" for name in SPAM}
    found = [
        (path, label) for folder, label in folders.items() for path in sorted(folder.iterdir())
    ]
    found = [pair for i, pair in enumerate(found) if i % 5] + found[::5]
    return [path for path, _ in found], [label for _, label in found]


class Script:
    """The glue that textpipe replaces."""

    def __init__(self) -> None:
        from nltk.stem.snowball import SnowballStemmer
        from nltk.tokenize import word_tokenize
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
        from sklearn.neighbors import KNeighborsClassifier

        self.cut, self.stop = word_tokenize, ENGLISH_STOP_WORDS
        self.stemmer = SnowballStemmer("english")
        self.vectorizer = TfidfVectorizer(
            tokenizer=self.words, token_pattern=None, sublinear_tf=True, min_df=2
        )
        self.classifier = KNeighborsClassifier(10, metric="cosine", algorithm="brute")

    def text(self, raw: bytes) -> str:
        """Subject and texts of a mail."""
        from bs4 import BeautifulSoup

        mail = email.message_from_bytes(raw, policy=policy.compat32)
        texts = [str(mail["subject"] or "")]
        for part in mail.walk():
            if part.get_content_maintype() != "text":
                continue
            payload: Any = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace")
            if part.get_content_subtype() == "html":
                text = BeautifulSoup(text, "html.parser").get_text(" ")
            texts.append(text)
        return "\n".join(texts)

    def words(self, text: str) -> list[str]:
        """Stems of words that are no stop words."""
        words = self.cut(text.lower(), preserve_line=True)
        return [self.stemmer.stem(word) for word in words if word not in self.stop]

    def fit(self, texts: list[str], labels: list[str]) -> None:
        self.classifier.fit(self.vectorizer.fit_transform(texts), labels)

    def predict(self, texts: list[str]) -> Any:
        return self.classifier.predict(self.vectorizer.transform(texts))


def same_stages() -> tp.Pipeline:
    """What the script does."""
    return tp.Pipeline(
        [
            tp.CleanHtml(),
            tp.Tokenize("words"),
            tp.Lowercase(),
            tp.RemoveStopWords("scikit-learn"),
            tp.Stem("snowball"),
            tp.TfIdf(min_df=2, sublinear_tf=True),
            tp.KnnClassifier(k=10),
        ]
    )


def shipped(name: str) -> tp.Pipeline:
    """A definition in pipelines/."""
    return tp.from_toml(HERE / "pipelines" / f"{name}.toml").pipeline


def corpus(make: Callable[[], tp.Pipeline], quick: bool) -> Job:
    """From files to the verdicts on the last fifth."""
    paths, labels = files(quick)
    n = len(paths) - len(paths[::5])

    def read(paths: list[Path]) -> Any:
        return tp.read([str(path) for path in paths], format="mail").documents

    def ours(n_jobs: int = 1) -> Any:
        pipeline = make().set_params(n_jobs=n_jobs)
        return pipeline.fit(read(paths[:n]), labels[:n]).predict(read(paths[n:]))

    def theirs() -> Any:
        script = Script()
        script.fit([script.text(path.read_bytes()) for path in paths[:n]], labels[:n])
        return script.predict([script.text(path.read_bytes()) for path in paths[n:]])

    def check() -> str:
        mine, other = ours(), theirs()
        right = np.array(labels[n:])
        return (
            f"{n:,} mails learned, {len(right):,} judged; accuracy {np.mean(mine == right):.4f} "
            f"(no verdict: {np.sum(mine == 'unsure')}), the script {np.mean(other == right):.4f}; "
            f"they agree on {np.mean(mine == other):.4f}"
        )

    ways = {"textpipe": ours, "script": theirs}
    megabytes = sum(path.stat().st_size for path in paths) / 1e6
    return Job(ways, check, megabytes, {"textpipe": lambda: ours(2)})


def one(make: Callable[[], tp.Pipeline], quick: bool) -> Job:
    """One mail at a time, in memory, by a model of 20,000 messages (with --quick, of 700)."""
    paths, _ = files(quick)
    sample = [path.read_bytes() for path in paths[-len(paths[::5]) :]][:: 1 if quick else 12]
    corpus = tp.read(HERE / "data" / "messages.csv")
    assert corpus.labels is not None
    known, their_labels = corpus.documents.texts(), corpus.labels.tolist()
    script = Script()
    if not quick:  # pieces of real mails, as many as are asked for
        paths, labels = files(quick)
        pieces = [
            (body[at : at + PIECE], label)
            for path, label in zip(paths, labels, strict=True)
            for body in [script.text(path.read_bytes())]
            for at in range(0, len(body), PIECE)
        ]
        need(len(pieces) >= KNOWN, "there are too few mails")
        pieces = pieces[:: len(pieces) // KNOWN][:KNOWN]
        known, their_labels = [text for text, _ in pieces], [label for _, label in pieces]

    @functools.cache
    def pipeline() -> tp.Pipeline:
        return make().fit(known, their_labels)

    @functools.cache
    def learned() -> Script:
        script.fit(known, their_labels)
        return script

    def ours() -> Any:
        found, ready = [], pipeline()
        for raw in sample:
            record = mail_record(raw, "mail", "mail", None)
            found.append(ready.predict(tp.Documents.of_regions([record.regions]))[0])
        return found

    def theirs() -> Any:
        ready = learned()
        return [ready.predict([ready.text(raw)])[0] for raw in sample]

    def check() -> str:
        agree = np.mean(np.array(ours()) == np.array(theirs()))
        return f"{len(sample)} mails one by one, {len(known):,} known; they agree on {agree:.3f}"

    ways = {"textpipe": ours, "script": theirs}
    return Job(ways, check, sum(map(len, sample)) / 1e6, apart=True)


JOBS = {
    "same_stages": functools.partial(corpus, same_stages),
    "spam_words": functools.partial(corpus, lambda: shipped("spam_words")),
    "spam": functools.partial(corpus, lambda: shipped("spam")),
    "one": functools.partial(one, same_stages),
    "one_spam_words": functools.partial(one, lambda: shipped("spam_words")),
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    uses = ("textpipe-nlp", "beautifulsoup4", "nltk", "scikit-learn")
    run(__doc__, __file__, JOBS, uses)
