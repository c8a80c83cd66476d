import csv
from collections import Counter

import pytest

from textpipe import from_toml


def test_what_is_made_runs(textpipe, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = textpipe("new", "mine").ok().out
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == [
        *("README.md", "messages.csv", "mine.toml")
    ]
    command = out.strip().splitlines()[-1].removeprefix("Next: textpipe ").split()
    result = textpipe(*command).ok()
    assert "234 documents: ham 129, spam 105" in result.err
    assert "0 set aside" not in result.err
    assert (tmp_path / "build" / "mine" / "report.html").is_file()


def test_the_name_stands_everywhere(textpipe, tmp_path):
    textpipe("new", tmp_path / "Grüße").ok()
    assert from_toml(tmp_path / "Grüße" / "Grüße.toml").name == "Grüße"
    for path in (tmp_path / "Grüße").iterdir():
        assert "NAME" not in path.read_text(encoding="utf-8")


def test_the_sample_is_a_sound_table(textpipe, tmp_path):
    textpipe("new", tmp_path / "x").ok()
    with (tmp_path / "x" / "messages.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["label"] for row in rows) == {"ham": 129, "spam": 105}
    assert len({row["id"] for row in rows}) == 234


def test_nothing_is_overwritten(textpipe, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "x.toml").write_text("mine")
    assert "is there already" in textpipe("new", tmp_path / "x").refused()
    assert (tmp_path / "x" / "x.toml").read_text() == "mine"


@pytest.mark.parametrize("name", ["", ".", "..", "-x", 'a"b', "a b", "a\nb", "x" * 70])
def test_odd_names_are_refused(textpipe, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    textpipe("new", "--", name).refused()
    assert list(tmp_path.iterdir()) == []
