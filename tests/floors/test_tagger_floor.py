"""The shipped taggers stay as good as they were; training on a real treebank works."""

import hashlib
import itertools
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from textpipe.annotate.conllu import TaggedSentence, read_conllu
from textpipe.annotate.model_folder import WEIGHTS, model_of_language
from textpipe.annotate.train import accuracy, train_tagger

FLOORS = tomllib.loads((Path(__file__).parent / "tagger.toml").read_text("utf-8"))


def treebank(pinned: dict[str, Any]) -> Path:
    """The pinned file; skips where the corpora are not unpacked, fails where the file is another."""
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root:
        pytest.skip(f"TEXTPIPE_CORPORA is not set: {pinned['file']} was not measured")
    path = Path(root, pinned["file"])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == pinned["sha256"], path
    return path


@pytest.mark.parametrize("pinned", FLOORS["measured"], ids=lambda pinned: pinned["language"])
def test_the_shipped_model_is_as_good_as_it_was(pinned: dict[str, Any]) -> None:
    sentences = list(read_conllu(treebank(pinned)))
    crf = model_of_language(pinned["language"])
    assert 100 * accuracy(crf, sentences) >= pinned["accuracy"]
    lowered = [TaggedSentence([word.lower() for word in words], tags) for words, tags in sentences]
    assert 100 * accuracy(crf, lowered) >= pinned["accuracy_lowercase"]


def test_training_on_a_real_treebank_is_the_same_twice(tmp_path: Path) -> None:
    pinned = FLOORS["training"]
    blocks = treebank(pinned).read_text("utf-8").split("\n\n")
    count = pinned["sentences"]
    parts = {"train": blocks[:count], "test": blocks[count : 2 * count]}
    for name, part in parts.items():
        (tmp_path / f"{name}.conllu").write_text("\n\n".join(part) + "\n", "utf-8")
    one, two = (
        train_tagger(
            [tmp_path / "train.conllu"],
            tmp_path / name,
            language="en",
            test=[tmp_path / "test.conllu"],
            max_iterations=30,
        )
        for name in ("one", "two")
    )
    assert one.about == two.about
    assert (one.folder / WEIGHTS).read_bytes() == (two.folder / WEIGHTS).read_bytes()
    assert one.sentences == count
    assert one.accuracy is not None
    assert 100 * one.accuracy >= pinned["accuracy"]


def test_no_shipped_model_has_learned_what_it_is_tested_on() -> None:
    from textpipe.annotate.model_folder import SHIPPED, read_about

    tested = {pinned["sha256"] for pinned in FLOORS["measured"]}
    learned = {
        file["sha256"]
        for folder in SHIPPED.iterdir()
        if folder.is_dir()
        for file in read_about(folder)["trained_on"]
    }
    assert learned
    assert not tested & learned
    assert all(len(digest) == 64 for digest in itertools.chain(tested, learned))
