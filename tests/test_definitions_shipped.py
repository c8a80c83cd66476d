"""Every definition in pipelines/ is sound, judges its own data, and survives the disk byte for byte."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import textpipe as tp
from textpipe.definition import digest

FOLDER = Path(__file__).parent.parent / "pipelines"
DEFINITIONS = sorted(FOLDER.glob("*.toml"))


@pytest.fixture(params=DEFINITIONS, ids=lambda path: path.stem)
def definition(request: pytest.FixtureRequest) -> tp.Definition:
    return tp.from_toml(request.param)


def test_there_are_the_definitions_that_the_readme_names() -> None:
    names = {path.stem for path in DEFINITIONS}
    assert {"spam", "spam_word2vec", "german_topics", "parts_of_speech"} <= names


def test_a_definition_survives_toml_without_loss(definition: tp.Definition) -> None:
    again = tp.from_toml(tp.to_toml(definition))
    assert again.digest == definition.digest
    assert tp.to_toml(again) == tp.to_toml(definition)


def test_a_trained_definition_predicts_the_same_bytes_after_the_disk(
    definition: tp.Definition, tmp_path: Path
) -> None:
    corpus = tp.read([str(path) for path in definition.source_paths()])
    pipeline = definition.pipeline.fit(corpus.documents, corpus.labels)
    asked = corpus.documents[::7]
    before = pipeline.decide(asked)
    for name in ("model.tpipe", "model.zip"):
        after = tp.load(tp.save(pipeline, tmp_path / name)).decide(asked)
        assert after.scores.tobytes() == before.scores.tobytes()
        assert after.values.tolist() == before.values.tolist()
        assert np.array_equal(after.unsure, before.unsure)


def test_the_definition_in_python_is_the_one_in_toml() -> None:
    spec = importlib.util.spec_from_file_location("spam_in_python", FOLDER / "spam_in_python.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert digest(module.pipeline()) == tp.from_toml(FOLDER / "spam.toml").digest


def test_the_sample_spam_is_told_from_the_sample_ham() -> None:
    definition = tp.from_toml(FOLDER / "spam.toml")
    corpus = tp.read([str(path) for path in definition.source_paths()])
    report = tp.evaluate(definition.pipeline, corpus.documents, corpus.labels, positive="spam")
    majority = max(report.as_json()["labels"].values()) / len(corpus)
    assert report.scores["accuracy"] > majority + 0.2
