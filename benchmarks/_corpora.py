"""The real corpora that the benchmarks read, from the folder that TEXTPIPE_CORPORA names."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import textpipe as tp
from textpipe.documents import Documents
from textpipe.sources import Corpus

HAM, SPAM = ("easy-ham-1", "easy-ham-2", "hard-ham-1"), ("spam-1", "spam-2")


def root() -> Path:
    """The folder of the unpacked corpora; the benchmark ends here if there is none."""
    folder = os.environ.get("TEXTPIPE_CORPORA")
    if not folder:
        sys.exit("TEXTPIPE_CORPORA is not set: it must name the folder of the unpacked corpora")
    return Path(folder)


def sms_spam() -> Corpus:
    """5,574 short messages, English."""
    path = root() / "sms-spam" / "SMSSpamCollection"
    return tp.read(path, format="tsv", label_column=1, text_column=2)


def spamassassin() -> Corpus:
    """6,046 raw mails; subject and bodies are read, no other header."""
    folder = root() / "spamassassin"
    sources = [f"ham={folder / name}" for name in HAM] + [f"spam={folder / name}" for name in SPAM]
    return tp.read(sources, format="mail")


def germeval() -> Corpus:
    """8,541 German tweets, OFFENSE or OTHER."""
    folder = root() / "germeval2018"
    files = sorted(path for path in folder.rglob("*.txt") if "germeval" in path.name.lower())
    return tp.read([str(path) for path in files], format="tsv", text_column=1, label_column=2)


def newsgroups() -> Documents:
    """18,846 posts of 20 Newsgroups, with their headers."""
    paths = sorted(path for path in (root() / "20news-bydate").rglob("*") if path.is_file())
    posts = [path for path in paths if path.suffix != ".txt"]
    return Documents.of([path.read_bytes().decode("latin-1") for path in posts])


CORPORA: dict[str, Callable[[], Corpus]] = {
    "sms-spam": sms_spam,
    "spamassassin": spamassassin,
    "germeval2018": germeval,
}
