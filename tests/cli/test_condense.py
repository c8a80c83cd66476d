import json
from pathlib import Path

import pytest

from textpipe.bundle import info, load

NEW = "label,text\nspam,free prize for you\nham,lunch with Ann\nham,see you at dinner\nspam,claim money\n"


@pytest.fixture
def new(tmp_path):
    (tmp_path / "new.csv").write_text(NEW)
    return tmp_path / "new.csv"


def test_a_smaller_model_and_its_price_on_new_documents(textpipe, model, new, tmp_path):
    small = tmp_path / "small.tpipe"
    result = textpipe("condense", model, "-o", small, "--data", new).ok()
    assert "of 8 documents" in result.out
    assert "MB ->" in result.out
    assert "on 4 documents" in result.out
    assert "warning" not in result.err
    rows = load(small).stages[-1].rows_.shape[0]
    assert 2 <= rows < 8
    assert info(small)["training"]["condensed"] == {"kind": "condensed", "rows_before": 8}
    assert set(load(small).predict(["free prize money", "lunch with Ann"])) == {"spam", "ham"}
    assert load(model).stages[-1].rows_.shape[0] == 8  # which is left alone


def test_the_figures_as_json(textpipe, model, new, tmp_path):
    command = ["condense", model, "-o", tmp_path / "s.zip", "--data", new, "--json", "-"]
    found = json.loads(textpipe(*command).ok().out)
    assert found["rows_before"] == 8
    assert found["rows_after"] == load(tmp_path / "s.zip").stages[-1].rows_.shape[0]
    assert found["bytes_after"] == (tmp_path / "s.zip").stat().st_size
    assert found["price"]["documents"] == 4
    assert found["price"]["accuracy_before"] == 1.0


def test_the_price_by_cross_validation(textpipe, model, home, tmp_path):
    command = ["condense", model, "-o", tmp_path / "s.tpipe", "--data", home / "messages.csv"]
    result = textpipe(*command, "--folds", 2, "--kind", "edited", "-k", 1).ok()
    assert "on 8 documents, 2-fold" in result.out


def test_documents_that_the_model_was_trained_on_make_the_price_wrong(
    textpipe, model, home, tmp_path
):
    command = ["condense", model, "-o", tmp_path / "s.tpipe", "--data", home / "messages.csv"]
    assert "trained on 8 of these 8 documents" in textpipe(*command).ok().err


def test_without_data_no_price_is_measured(textpipe, model, tmp_path):
    out = textpipe("condense", model, "-o", tmp_path / "s.tpipe").ok().out
    assert "not measured" in out


def test_a_model_that_would_be_much_worse_is_not_written(textpipe, tmp_path):
    """Ten neighbours at the border that one neighbour needs vote badly."""
    shipped = Path(__file__).parent.parent.parent / "pipelines" / "spam.toml"
    data = ["--data", shipped.parent.parent / "data" / "messages.csv"]
    model, small = tmp_path / "m.tpipe", tmp_path / "s.tpipe"
    textpipe("fit", shipped, *data, "--out", model).ok()
    said = textpipe("condense", model, "-o", small).refused()
    assert "of the training documents would get another verdict: nothing was written" in said
    assert not small.exists()
    measured = textpipe("condense", model, "-o", small, *data, "--folds", 2).refused()
    assert "accuracy would fall from 0." in measured
    out = textpipe("condense", model, "-o", small, "--at-most", 1).ok().out
    assert "of the training documents get another one" in out


def test_what_cannot_be_done_is_refused_before_anything_is_written(
    textpipe, model, home, new, tmp_path
):
    to = tmp_path / "s.tpipe"
    data = ["--data", home / "messages.csv"]
    refused = [
        ([model, "-o", to, "--folds", 3], "--data PATH"),
        ([model, "-o", to, *data, "--folds", 1], "folds must be at least 2"),
        ([model, "-o", to, *data, "--folds", 7], "7 folds"),
        ([model, "-o", to, "-k", 0], "-k must be at least 1"),
        ([model, "-o", new], "is there already"),
        ([tmp_path / "none", "-o", to], "none"),
    ]
    for arguments, message in refused:
        assert message in textpipe("condense", *arguments).refused()
    linear = tmp_path / "linear.toml"
    text = (home / "spam.toml").read_text().replace('"knn_classifier"\nk = 3', '"linear_svc"')
    linear.write_text(text)
    textpipe("fit", linear, *data, "--out", tmp_path / "linear.tpipe").ok()
    message = textpipe("condense", tmp_path / "linear.tpipe", "-o", to).refused()
    assert "linear_svc" in message
    assert not to.exists()
