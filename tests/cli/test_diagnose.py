import json
import re

import pytest

from textpipe import from_toml, read
from textpipe.diagnosis import diagnose


@pytest.fixture
def quick(home):
    return ["diagnose", home / "spam.toml", "--data", home / "messages.csv"]


def test_each_measure_is_a_line_with_a_light(textpipe, quick):
    out = textpipe(*quick).ok().out
    for words in ("contrast of distances", "hubs", "labels against neighbours", "what to do"):
        assert words in out
    lines = re.findall(r"(?m)^(?:good|watch|bad|unknown) {2,}.*$", out)
    assert len(lines) == 11
    assert all(len(line) <= 120 for line in lines)
    assert "8 documents, 8 but for near-duplicates" in out
    assert out.rstrip().splitlines()[-1].startswith("Neighbours")


def test_json_is_the_diagnosis_of_the_library(textpipe, quick, home, tmp_path):
    textpipe(*quick, "--json", tmp_path / "d.json", "--seed", 4, "-k", 2).ok()
    corpus = read(home / "messages.csv")
    pipeline = from_toml(home / "spam.toml").pipeline
    expected = diagnose(pipeline, corpus.documents, corpus.labels, k=2, seed=4)
    found = json.loads((tmp_path / "d.json").read_text())
    assert found == {**json.loads(json.dumps(expected.as_json())), "skipped": 0}
    printed = json.loads(textpipe(*quick, "--json", "-").ok().out)
    assert printed["k"] == 3  # as the definition has it


def test_a_model_is_trained_anew_on_the_data(textpipe, quick, model, home):
    by_model = textpipe("diagnose", model, "--data", home / "messages.csv", "--json", "-").ok().out
    assert json.loads(by_model) == json.loads(textpipe(*quick, "--json", "-").ok().out)


def test_documents_without_labels_are_measured_as_far_as_that_goes(textpipe, home, tmp_path):
    lines = (home / "messages.csv").read_text().splitlines()[1:]
    (tmp_path / "a.txt").write_text("\n".join(line.split(",", 1)[1] for line in lines))
    out = textpipe("diagnose", home / "spam.toml", "--data", tmp_path / "a.txt").ok().out
    assert "contrast of distances" in out
    assert "labels against neighbours" not in out


def test_a_page_with_pictures(textpipe, quick, tmp_path):
    result = textpipe(*quick, "--html", tmp_path / "deep" / "d.html").ok()
    page = (tmp_path / "deep" / "d.html").read_text("utf-8")
    assert "<svg" in page
    assert "can neighbours work?" in page
    assert "the same, with pictures" in result.out


def test_hostile_texts_do_not_reach_the_terminal(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    evil = '"[bold]\x1b[31m \x9b2J [/nope] '
    rows = [f'{label},{evil}{label} w{n} x{n}"' for label in ("a", "[b]") for n in "pqrstuv"]
    rows += [f'[b],{evil}a wp xq"']
    table.write_text("label,text\n" + "\n".join(rows))
    out = textpipe("diagnose", home / "spam.toml", "--data", table).ok().out
    assert not {"\x1b", "\x9b"} & set(out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-k", "0"], "k must be at least 1"),
        (["--sample", "2"], "sample must be at least 3"),
        (["--text-column", "nope"], "nope"),
    ],
)
def test_wrong_options_are_refused(textpipe, quick, arguments, message):
    assert message in textpipe(*quick, *arguments).refused()


def test_what_is_no_definition_and_no_model_is_refused(textpipe, home, tmp_path):
    (tmp_path / "x.tpipe").mkdir()
    data = ["--data", home / "messages.csv"]
    assert "manifest" in textpipe("diagnose", tmp_path / "x.tpipe", *data).refused()
    (tmp_path / "words.toml").write_text('[[stages]]\nuse = "tokenize"\n')
    assert "matrix" in textpipe("diagnose", tmp_path / "words.toml", *data).refused()
