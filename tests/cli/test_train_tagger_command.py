import json

import pytest

from textpipe import TagPartsOfSpeech, Tokenize

TREEBANK = """\
# text = The dog sleeps
1	The	the	DET	_	_	0	_	_	_
2	dog	dog	NOUN	_	_	0	_	_	_
3	sleeps	sleep	VERB	_	_	0	_	_	_

# text = A cat eats
1	A	a	DET	_	_	0	_	_	_
2	cat	cat	NOUN	_	_	0	_	_	_
3	eats	eat	VERB	_	_	0	_	_	_

"""


def test_a_tagger_is_trained_and_measured(textpipe, tmp_path):
    (tmp_path / "train.conllu").write_text(TREEBANK * 5)
    out = tmp_path / "tagger"
    result = textpipe(
        *("train-tagger", tmp_path / "train.conllu", "--out", out, "--language", "en"),
        *("--test", tmp_path / "train.conllu"),
    ).ok()
    assert "10 sentences, 30 words, 100.00% of test words right" in result.out
    documents = Tokenize("words").transform(["the cat sleeps"])
    tagged = TagPartsOfSpeech(model=str(out)).transform(documents)
    assert tagged.tokens.tags_of(0) == ["DET", "NOUN", "VERB"]


def test_what_is_no_treebank_is_refused_with_its_line(textpipe, tmp_path):
    (tmp_path / "bad.conllu").write_text("1\tonly\n")
    command = ["train-tagger", tmp_path / "bad.conllu", "--out", tmp_path / "t", "--language", "en"]
    assert "bad.conllu:1" in textpipe(*command).refused()
    assert not (tmp_path / "t").exists()


def test_file_names_of_universal_dependencies_tell_the_language(textpipe, tmp_path):
    bank = tmp_path / "en_tiny-ud-train.conllu"
    bank.write_text(TREEBANK)
    textpipe("train-tagger", bank, "--out", tmp_path / "t").ok()
    assert json.loads((tmp_path / "t" / "model.json").read_text())["language"] == "en"
    textpipe("train-tagger", bank, "--out", tmp_path / "u", "--language", "xx").ok()
    assert json.loads((tmp_path / "u" / "model.json").read_text())["language"] == "xx"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["train.conllu"], "train.conllu: the file name does not tell the language"),
        (["en_a-ud-train.conllu", "own.conllu"], "own.conllu: the file name does not tell"),
        (["en_a-ud-train.conllu", "de_b-ud-train.conllu"], "of several languages, de, en"),
    ],
)
def test_other_names_need_the_language(textpipe, tmp_path, names, message):
    for name in names:
        (tmp_path / name).write_text(TREEBANK)
    files = [tmp_path / name for name in names]
    refused = textpipe("train-tagger", *files, "--out", tmp_path / "t").refused()
    assert message in refused
    assert "--language de" in refused
    assert not (tmp_path / "t").exists()
