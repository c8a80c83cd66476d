"""Training: what is written, that it is the same twice, and what is refused."""

import json
import shutil
from pathlib import Path

import pytest

from textpipe import Count, Pipeline, Tokenize, load, save
from textpipe.annotate.model_folder import ABOUT, WEIGHTS
from textpipe.annotate.tag_parts_of_speech import TagPartsOfSpeech
from textpipe.annotate.train import train_tagger
from textpipe.errors import InputError, SourceError

SENTENCES = [
    "Der/DET Hund/NOUN bellt/VERB ./PUNCT",
    "Die/DET alte/ADJ Katze/NOUN schläft/VERB ./PUNCT",
    "Hunde/NOUN und/CCONJ Katzen/NOUN schlafen/VERB",
    "Die/DET Katze/NOUN sieht/VERB den/DET alten/ADJ Hund/NOUN ./PUNCT",
]


def treebank(path: Path, sentences: list[str]) -> Path:
    lines = []
    for sentence in sentences:
        for number, word in enumerate(sentence.split(), start=1):
            form, tag = word.rsplit("/", 1)
            lines.append("\t".join([str(number), form, "_", tag, *"______"]))
        lines.append("")
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return treebank(tmp_path / "bank.conllu", SENTENCES)


def test_a_trained_folder_tags(bank: Path, tmp_path: Path) -> None:
    result = train_tagger([bank], tmp_path / "new" / "model", language="de", lowercase=1)
    assert (result.sentences, result.words, result.accuracy) == (4, 20, None)
    stage = TagPartsOfSpeech(model=str(result.folder))
    tokens = stage.transform([["Die", "alte", "Katze", "bellt", "."], ["hunde", "schlafen"]]).tokens
    assert tokens.tags_of(0) == ["DET", "ADJ", "NOUN", "VERB", "PUNCT"]
    assert tokens.tags_of(1) == ["NOUN", "VERB"]


def test_the_folder_says_how_it_was_made(bank: Path, tmp_path: Path) -> None:
    test = treebank(tmp_path / "test.conllu", ["Der/DET Hund/NOUN schläft/VERB ./NOUN"])
    result = train_tagger([bank], tmp_path / "model", language="de", test=[test])
    assert result.accuracy == 0.75
    about = json.loads((tmp_path / "model" / ABOUT).read_text("utf-8"))
    assert about == result.about
    assert about["language"] == "de"
    assert about["trained_on"][0]["file"] == "bank.conllu"
    assert len(about["trained_on"][0]["sha256"]) == 64
    assert about["tested_on"][0]["accuracy"] == 0.75
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [ABOUT, WEIGHTS]


def test_training_twice_gives_the_same_bytes(bank: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        train_tagger([bank, bank], tmp_path / name, language="de")
    for part in (ABOUT, WEIGHTS):
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "two" / part).read_bytes()


def test_progress_is_told(bank: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    train_tagger(
        [bank],
        tmp_path / "model",
        language="de",
        max_iterations=5,
        progress=lambda *step: told.append(step),
    )
    assert told[0] == ("looking at sentences", 0, 5)
    assert told[1:] == [("learning", done, 5) for done in range(1, 6)]


def test_only_tags_of_the_treebank_are_given(bank: Path, tmp_path: Path) -> None:
    train_tagger([bank], tmp_path / "model", language="de")
    stage = TagPartsOfSpeech(model=str(tmp_path / "model"))
    found = stage.transform([["7", "@x", "New", "!!", "Hund"], ["?"]]).tokens
    assert {tag for row in range(2) for tag in found.tags_of(row)} <= {
        "ADJ",
        "CCONJ",
        "DET",
        "NOUN",
        "PUNCT",
        "VERB",
    }


def test_a_folder_that_exists_is_left_alone(bank: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="exists already"):
        train_tagger([bank], tmp_path, language="de")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bank.conllu"]


def test_nothing_is_written_where_a_file_is_broken(bank: Path, tmp_path: Path) -> None:
    with bank.open("a", encoding="utf-8") as file:
        file.write("\n1\tHunde\n")
    with pytest.raises(SourceError, match=r"bank\.conllu:\d+: a CoNLL-U line has 10 columns"):
        train_tagger([bank], tmp_path / "model", language="de")
    assert not (tmp_path / "model").exists()


def test_without_a_sentence_there_is_nothing_to_learn(tmp_path: Path) -> None:
    empty = treebank(tmp_path / "empty.conllu", [])
    with pytest.raises(InputError, match=r"empty\.conllu: there is no sentence to learn"):
        train_tagger([empty], tmp_path / "model", language="de")
    with pytest.raises(InputError, match="no file: there is no sentence"):
        train_tagger([], tmp_path / "model", language="de")


def test_an_empty_test_file_is_refused_before_training(bank: Path, tmp_path: Path) -> None:
    empty = treebank(tmp_path / "empty.conllu", [])
    with pytest.raises(InputError, match=r"empty\.conllu"):
        train_tagger([bank], tmp_path / "model", language="de", test=[empty])
    assert not (tmp_path / "model").exists()


def test_a_trained_pipeline_carries_its_tagger(bank: Path, tmp_path: Path) -> None:
    folder = train_tagger([bank], tmp_path / "tagger", language="de", lowercase=1).folder
    pipe = Pipeline(
        [Tokenize("words"), TagPartsOfSpeech(model=str(folder)), Count()], language="de"
    )
    save(pipe.fit(["Der Hund bellt"]), tmp_path / "model.tpipe")
    shutil.rmtree(folder)
    tokens = load(tmp_path / "model.tpipe").run(["Die Katze schläft"]).tokens
    assert tokens.tags_of(0) == ["DET", "NOUN", "VERB"]
