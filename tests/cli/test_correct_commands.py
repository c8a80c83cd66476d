import json
import shutil

import pytest

from textpipe import load
from textpipe.corrections import journal_beside


@pytest.fixture
def own(model, tmp_path):
    """A model of one's own, to be taught."""
    return shutil.copytree(model, tmp_path / "spam.tpipe")


def verdict(textpipe, model, text, *options):
    result = textpipe("predict", model, *options, stdin=text).ok()
    return result.out.split("\t")[1], result.err


def test_learning_counts_at_once(textpipe, own):
    assert verdict(textpipe, own, "Lunch with the team") == ("ham", "")
    result = textpipe("learn", own, "spam", "--text", "Lunch with the team", "--note", "Ann").ok()
    assert result.out == "--text:1\tlearned\n"
    assert result.err == "1 learned; now 1 correction\n"
    found, err = verdict(textpipe, own, "Lunch with the team")
    assert (found, err) == ("spam", "with 1 correction\n")
    plain = verdict(textpipe, own, "Lunch with the team", "--without-corrections")
    assert plain == ("ham", "")


def test_files_mails_and_standard_input_are_taught(textpipe, own, tmp_path):
    mail = tmp_path / "a.eml"
    mail.write_text("Subject: Lunch\nContent-Type: text/plain\n\nwith the team\n")
    table = tmp_path / "b.csv"
    table.write_text("text,label\nSee you at lunch tomorrow,spam\nnoon,spam\n")
    assert textpipe("learn", own, "ham", mail, table).ok().out.splitlines() == [
        "a.eml\tlearned",
        "b.csv:2\talready known",
        "b.csv:3\tlearned",
    ]
    result = textpipe("unlearn", own, "--json", stdin="noon\nnever seen\n").ok()
    assert [json.loads(line) for line in result.out.splitlines()] == [
        {"id": "stdin:1", "happened": "removed", "label": None, "before": ["ham"]},
        {"id": "stdin:2", "happened": "not known", "label": None, "before": []},
    ]
    assert "1 removed, 1 not known; now 1 correction" in result.err


def test_documents_of_training_are_named_by_id(textpipe, own):
    assert textpipe("relabel", own, "spam", "--id", "messages.csv:6").ok().out == (
        "messages.csv:6\trelabelled from ham\n"
    )
    assert textpipe("unlearn", own, "--id", "messages.csv:6", "--id", "x").ok().out == (
        "messages.csv:6\tremoved\nx\tnot known\n"
    )
    assert textpipe("relabel", own, "ham", "--text", "Win a prize, win money now").ok().out == (
        "--text:1\trelabelled from spam\n"
    )


def test_history_and_rollback(textpipe, own):
    assert "nothing was taught" in textpipe("history", own).ok().err
    textpipe("learn", own, "promo", "--text", "a new offer", "--note", "by Ann").ok()
    textpipe("relabel", own, "ham", "--text", "a new offer").ok()
    assert textpipe("rollback", own, "--to", 1).ok().err == "as after operation 1: 1 correction\n"
    lines = [json.loads(line) for line in textpipe("history", own, "--json").ok().out.splitlines()]
    assert [(line["sequence"], line["operation"], line["undone"]) for line in lines] == [
        (1, "learn", False),
        (2, "relabel", True),
        (3, "rollback", False),
    ]
    assert (lines[0]["source"], lines[1]["before"]) == ("by Ann", ["promo"])
    shown = textpipe("history", own).ok().out
    assert "promo -> ham" in shown
    assert "-2" in shown
    assert "by Ann" in shown
    assert "0 (as trained) to 3, and 9 was given" in textpipe("rollback", own, "--to", 9).refused()


def test_info_counts_what_was_taught(textpipe, own):
    assert json.loads(textpipe("info", own, "--json").ok().out)["corrections"] is None
    textpipe("learn", own, "spam", "--text", "offer").ok()
    found = json.loads(textpipe("info", own, "--json").ok().out)["corrections"]
    assert (found["learned"], found["unlearned"], found["operations"]) == (1, 0, 1)
    assert "taught since" in textpipe("info", own).ok().out
    assert "taught since" not in textpipe("info", own, "--without-corrections").ok().out


def test_a_refit_knows_the_new_words(textpipe, own, home, tmp_path):
    textpipe("learn", own, "ham", "--text", "zebra crossing").ok()
    textpipe("unlearn", own, "--id", "messages.csv:2").ok()
    new = tmp_path / "new.tpipe"
    result = textpipe("refit", own, "-o", new, "--data", home / "messages.csv").ok()
    assert "8 documents" in result.out
    assert verdict(textpipe, own, "zebra")[0] == "unsure"
    assert verdict(textpipe, new, "zebra") == ("ham", "")
    assert len(load(new).stages[-1].targets_) == 8
    assert "is there already" in textpipe("refit", own, "-o", new, "--data", "x.csv").refused()
    assert "there is no data" in textpipe("refit", own, "-o", tmp_path / "x").refused()


def test_a_journal_of_another_model_is_not_used_and_that_is_said(textpipe, own, home):
    textpipe("learn", own, "spam", "--text", "Lunch with the team").ok()
    (home / "other.toml").write_text((home / "spam.toml").read_text().replace("k = 3", "k = 2"))
    textpipe("fit", home / "other.toml", "--data", home / "messages.csv", "--out", own, "--force")
    found, err = verdict(textpipe, own, "Lunch with the team")
    assert found == "ham"
    assert "holds 1 operations on another model" in " ".join(err.split())


def test_the_journal_may_lie_elsewhere(textpipe, own, tmp_path):
    journal = tmp_path / "elsewhere.sqlite"
    textpipe("learn", own, "spam", "--text", "Lunch with the team", "--journal", journal).ok()
    assert not journal_beside(own).exists()
    assert verdict(textpipe, own, "Lunch with the team", "--journal", journal)[0] == "spam"
    assert verdict(textpipe, own, "Lunch with the team")[0] == "ham"


def test_what_is_wrong_is_said_in_a_line(textpipe, own, tmp_path):
    assert "cannot be a label" in textpipe("learn", own, "unsure", "--text", "x").refused()
    (tmp_path / "spam.tpipe.journal.sqlite").write_text("no database " * 500)
    assert "file is not a database" in textpipe("predict", own, stdin="x\n").refused()
    assert verdict(textpipe, own, "Lunch", "--without-corrections")[0] == "ham"
