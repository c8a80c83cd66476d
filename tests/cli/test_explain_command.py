import json

from textpipe import load
from textpipe.explanation import explain


def test_neighbours_and_words_are_shown(textpipe, model):
    out = textpipe("explain", model, "--text", "a free prize").ok().out
    assert "verdict  spam" in out
    assert "messages.csv:" in out
    assert "prize" in out


def test_json_is_the_explanation_of_the_library(textpipe, model):
    found = json.loads(textpipe("explain", model, "--text", "a free prize", "--json").ok().out)
    known = explain(load(model), "a free prize").as_json()
    assert found["verdict"] == known["verdict"] == "spam"
    assert found["neighbours"][0]["similarity"] == known["neighbours"][0]["similarity"]


def test_a_file_is_explained(textpipe, model, tmp_path):
    (tmp_path / "a.txt").write_text("lunch\ntomorrow\n")
    found = json.loads(textpipe("explain", model, tmp_path / "a.txt", "--json").ok().out)
    assert found["verdict"] == "ham"


def test_without_evidence_it_is_unsure(textpipe, model):
    assert "unsure" in textpipe("explain", model, "--text", "qwertz").ok().out


def test_a_definition_is_no_model(textpipe, home):
    assert "no bundle" in textpipe("explain", home / "spam.toml", "--text", "x").refused()
