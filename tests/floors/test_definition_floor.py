"""The definitions of pipelines/ stay as good on real corpora as they were measured to be."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import textpipe as tp
from textpipe.sources import Corpus

PIPELINES = Path(__file__).parents[2] / "pipelines"
FLOORS = tomllib.loads((Path(__file__).parent / "definitions.toml").read_text("utf-8"))
MAILS = ("ham=easy-ham-1", "ham=easy-ham-2", "ham=hard-ham-1", "spam=spam-1", "spam=spam-2")


def read(name: str, folder: Path) -> Corpus:
    """A corpus as the benchmarks read it."""
    if name == "sms-spam":
        return tp.read(folder / "SMSSpamCollection", format="tsv", label_column=1, text_column=2)
    if name == "germeval2018":
        files = [folder / f"germeval2018.{part}.txt" for part in ("test", "training")]
        return tp.read(files, format="tsv", text_column=1, label_column=2)
    return tp.read([mail.replace("=", f"={folder}/") for mail in MAILS], format="mail")


@pytest.mark.parametrize("name", FLOORS)
def test_scores_do_not_fall(name: str, corpora: Callable[[str], Path]) -> None:
    corpus = read(name, corpora(name))
    assert corpus.labels is not None
    content = "\0".join([*corpus.documents.texts(), *corpus.labels.tolist()])
    floors = dict(FLOORS[name])
    assert hashlib.sha256(content.encode()).hexdigest() == floors.pop("sha256")
    for definition, floor in floors.items():
        pipeline = tp.from_toml(PIPELINES / f"{definition}.toml").pipeline
        report = tp.evaluate(pipeline, corpus.documents, corpus.labels)
        for score, least in floor.items():
            assert report.scores[score] >= least, (definition, score)
