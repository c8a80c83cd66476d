import json

import pytest

from textpipe import load
from textpipe.cli.run import folder_name


@pytest.fixture
def own(home, tmp_path):
    """A definition that names its own data, in a folder of its own."""
    folder = tmp_path / "définition"
    folder.mkdir()
    text = (
        home / "spam.toml"
    ).read_text() + '\n[[data]]\npath = "m.csv"\n\n[evaluate]\nfolds = 2\n'
    (folder / "spam.toml").write_text(text)
    (folder / "m.csv").write_text((home / "messages.csv").read_text())
    return folder / "spam.toml"


def test_model_figures_and_report_are_written(textpipe, own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = textpipe("run", own).ok()
    folder = tmp_path / "build" / "spam"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("evaluation.json", "model.tpipe", "report.html")
    ]
    assert load(folder / "model.tpipe").predict(["free prize"]).tolist() == ["spam"]
    assert json.loads((folder / "evaluation.json").read_text())["documents"] == 8
    page = (folder / "report.html").read_text()
    assert "<h1>spam</h1>" in page
    assert "8 documents: spam 4, ham 4" in page
    assert "accuracy" in result.out


def test_a_second_run_replaces_the_first(textpipe, own, tmp_path):
    out = tmp_path / "out"
    textpipe("run", own, "--out", out).ok()
    own.write_text(own.read_text().replace("k = 3", "k = 1"))
    textpipe("run", own, "--out", out).ok()
    assert load(out / "model.tpipe")["knn_classifier"].k == 1


def test_a_definition_without_data_is_refused(textpipe, home):
    message = textpipe("run", home / "spam.toml").refused()
    assert "[[data]]" in message


def test_data_that_is_not_there_is_refused(textpipe, own, tmp_path):
    (own.parent / "m.csv").unlink()
    assert "m.csv" in textpipe("run", own, "--out", tmp_path / "out").refused()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "folder"), [("../../etc", "etc"), ("", "pipeline"), ("Bücher 2", "Bücher-2")]
)
def test_a_name_cannot_lead_out_of_the_build_folder(name, folder):
    assert folder_name(name) == folder
