import gzip
import json

import pytest

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


def test_a_page_is_written_beside_what_is_printed(textpipe, model, tmp_path):
    page = tmp_path / "new" / "why.html"
    result = textpipe("explain", model, "--text", "a free <b>prize</b>", "--html", page).ok()
    assert "verdict  spam" in result.out
    assert result.err == f"{page}: the same as a page, in a new folder\n"
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "&lt;b&gt;" in html
    again = textpipe("explain", model, "--text", "free", "--html", page, "--json").ok()
    assert again.err == f"{page}: the same as a page\n"
    assert json.loads(again.out)["verdict"] == "spam"


def test_a_page_that_cannot_be_written_is_one_line(textpipe, model, tmp_path):
    (tmp_path / "a").write_text("")
    message = textpipe(
        "explain", model, "--text", "free", "--html", tmp_path / "a" / "b.html"
    ).refused()
    assert message.startswith("error: ")
    assert message.count("\n") == 1


def test_what_would_change_the_verdict_is_looked_for_as_long_as_asked(textpipe, model):
    command = ["explain", model, "--text", "free lunch, see you tomorrow", "--json"]
    found = json.loads(textpipe(*command).ok().out)
    assert (found["verdict"], found["flip"]["verdict"]) == ("ham", "spam")
    assert json.loads(textpipe(*command, "--tries", "0").ok().out)["flip"] is None


def test_a_file_is_explained(textpipe, model, tmp_path):
    (tmp_path / "a.txt").write_text("lunch\ntomorrow\n")
    found = json.loads(textpipe("explain", model, tmp_path / "a.txt", "--json").ok().out)
    assert found["verdict"] == "ham"


def test_without_evidence_it_is_unsure(textpipe, model):
    assert "unsure" in textpipe("explain", model, "--text", "qwertz").ok().out


def test_a_definition_is_no_model(textpipe, home):
    assert "no bundle" in textpipe("explain", home / "spam.toml", "--text", "x").refused()


def test_a_mail_needs_no_ending_where_its_format_is_given(textpipe, model, tmp_path):
    mail = "Subject: Lunch\nFrom: a@example.org\nContent-Type: text/plain\n\nSee you tomorrow\n"
    (tmp_path / "00001.7c53336b").write_text(mail)
    command = ["explain", model, "--json", "--format", "mail"]
    from_file = json.loads(textpipe(*command, tmp_path / "00001.7c53336b").ok().out)
    from_stdin = json.loads(textpipe(*command, "-", stdin=mail).ok().out)
    assert from_file["text"] == from_stdin["text"] == "Lunch\n\nSee you tomorrow\n"
    packed = json.loads(textpipe(*command, "-", stdin=gzip.compress(mail.encode())).ok().out)
    assert packed["text"] == from_file["text"]


def test_encodings_may_be_named(textpipe, model, tmp_path):
    (tmp_path / "a.txt").write_bytes("Привет".encode("koi8-r"))
    command = ["explain", model, tmp_path / "a.txt", "--json", "--encoding", "koi8-r"]
    assert json.loads(textpipe(*command).ok().out)["text"] == "Привет"


@pytest.mark.parametrize(
    ("name", "arguments", "what"),
    [
        ("a.csv", [], "a table (csv)"),
        ("a.tsv.gz", [], "a table (tsv)"),
        ("a.JSONL", [], "a table (jsonl)"),
        ("a.parquet", [], "a table (parquet)"),
        ("a.mbox", [], "a mailbox (mbox)"),
        ("a.txt", ["--format", "csv"], "a table (csv)"),
    ],
)
def test_many_documents_are_no_text(textpipe, model, tmp_path, name, arguments, what):
    (tmp_path / name).write_text("text\nprize\n")
    for command in ("explain", "trace"):
        message = textpipe(command, model, tmp_path / name, *arguments).refused()
        assert f"one text is asked for, and {what} holds many" in message
        assert "textpipe predict" in message


def test_a_table_is_one_text_where_that_is_asked_for(textpipe, model, tmp_path):
    (tmp_path / "a.csv").write_text("text\nprize\n")
    command = ["explain", model, tmp_path / "a.csv", "--json", "--format", "text"]
    assert json.loads(textpipe(*command).ok().out)["text"] == "text\nprize\n"


def test_an_empty_file_holds_no_text(textpipe, model, tmp_path):
    (tmp_path / "a.txt").write_text("")
    assert "none found in it" in textpipe("explain", model, tmp_path / "a.txt").refused()


def test_numbers_of_a_regression_are_short(textpipe, tmp_path):
    definition = tmp_path / "stars.toml"
    definition.write_text(
        '[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "count"\n'
        '[[stages]]\nuse = "knn_regressor"\nk = 3\n'
    )
    (tmp_path / "stars.csv").write_text(
        "label,text\n5,very good\n4.123456789,good too\n1,good bad\n"
    )
    model = tmp_path / "stars.tpipe"
    textpipe("fit", definition, "--data", tmp_path / "stars.csv", "--out", model).ok()
    out = textpipe("explain", model, "--text", "good").ok().out
    assert "verdict  3.374\n" in out
    assert " 4.123 " in out
    assert "4.1234" not in out
