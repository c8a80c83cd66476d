import json
import shutil

import pytest

from textpipe import Count, KnnClassifier, Pipeline, Tokenize, load, save
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
    textpipe("learn", own, "promo", "--new-label", "--text", "a new offer", "--note", "by Ann").ok()
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
    message = textpipe("refit", own, "-o", tmp_path / "x").refused()
    assert message.startswith("error: there is no data: ")
    assert f"({home / 'messages.csv'})" in message


@pytest.mark.filterwarnings("always::textpipe.errors.TextpipeWarning")
def test_a_refit_says_which_corrections_found_no_document(textpipe, own, home, tmp_path):
    textpipe("unlearn", own, "--id", "messages.csv:2").ok()
    textpipe("relabel", own, "ham", "--id", "messages.csv:3").ok()
    part = tmp_path / "part.csv"
    lines = (home / "messages.csv").read_text().splitlines(keepends=True)
    part.write_text("".join([lines[0], *lines[2:]]))
    result = textpipe("refit", own, "-o", tmp_path / "a", "--data", part).ok()
    assert result.err.count("warning: ") == 1
    assert "1 of 2 corrections" in result.err
    assert "messages.csv:2 (unlearned)" in result.err
    part.write_text("label,text\nham,bonjour\nspam,au revoir\n")
    message = textpipe("refit", own, "-o", tmp_path / "b", "--data", part).refused()
    assert "the model was trained on none of these 2 documents" in message
    assert not (tmp_path / "b").exists()


def test_a_journal_of_another_model_is_not_used_and_that_is_said(textpipe, own, home):
    textpipe("learn", own, "spam", "--text", "Lunch with the team").ok()
    (home / "other.toml").write_text((home / "spam.toml").read_text().replace("k = 3", "k = 2"))
    textpipe("fit", home / "other.toml", "--data", home / "messages.csv", "--out", own, "--force")
    found, err = verdict(textpipe, own, "Lunch with the team")
    assert found == "ham"
    assert "holds 1 operation on another model" in " ".join(err.split())


def test_the_journal_may_lie_elsewhere(textpipe, own, tmp_path):
    journal = tmp_path / "elsewhere.sqlite"
    textpipe("learn", own, "spam", "--text", "Lunch with the team", "--journal", journal).ok()
    assert not journal_beside(own).exists()
    assert verdict(textpipe, own, "Lunch with the team", "--journal", journal)[0] == "spam"
    assert verdict(textpipe, own, "Lunch with the team")[0] == "ham"


def test_texts_have_a_name_of_their_own(textpipe, own):
    command = ["learn", own, "spam", "--text"]
    assert textpipe(*command, "a", "--text", "a", "--text", "b").ok().out.splitlines() == [
        "--text:1\tlearned",
        "--text:2\talready known",
        "--text:3\tlearned",
    ]
    assert textpipe(*command, "c").ok().out == "--text:4\tlearned\n"
    assert textpipe("unlearn", own, "--id", "--text:3").ok().out == "--text:3\tremoved\n"


def test_what_has_no_word_is_left_out_of_files_and_refused_as_a_text(textpipe, own):
    result = textpipe("learn", own, "ham", stdin="noon\n\n...\n").ok()
    assert result.out.splitlines() == [
        "stdin:1\tlearned",
        "stdin:2\tno word in it",
        "stdin:3\tno word in it",
    ]
    assert result.err == "1 learned, 2 no word in it; now 1 correction\n"
    message = textpipe("learn", own, "ham", "--text", " ").refused()
    assert message.startswith("error: --text:1: there is no word in it")


@pytest.mark.parametrize("command", ["learn", "relabel"])
def test_a_label_that_is_new_has_to_be_meant(textpipe, own, command):
    arguments = [own, "spma", "--text", "Win a prize, win money now"]
    message = textpipe(command, *arguments).refused()
    assert 'Did you mean "spam"?' in message
    assert "--new-label" in message
    assert textpipe(command, *arguments, "--new-label").ok().out == (
        "--text:1\trelabelled from spam\n"
    )
    assert "cannot be a label" in textpipe(command, own, "", "--text", "x").refused()


@pytest.mark.parametrize("command", ["learn", "relabel", "unlearn"])
def test_without_a_document_it_is_said_how_to_give_one(textpipe, own, command):
    label = [] if command == "unlearn" else ["my spam"]
    message = textpipe(command, own, *label, stdin="").refused()
    assert message.startswith("error: there are no documents: name files, or give --text TEXT")
    assert ("--id ID" in message) == (command != "learn")
    assert f'echo "a text" | textpipe {command} {own}' in message
    assert ("'my spam'" in message) == (command != "unlearn")


def test_labels_are_numbers_where_those_of_training_are(textpipe, tmp_path):
    path = tmp_path / "numbers.tpipe"
    pipe = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1)])
    save(pipe.fit(["win", "lunch"], [1, 0]), path)
    assert textpipe("learn", path, "1", "--text", "win win").ok().out == "--text:1\tlearned\n"
    message = textpipe("learn", path, "", "--text", "x").refused()
    assert "'' is no number, and the labels of this model are numbers" in message
    assert "2 is a new label: the model knows 0, 1" in (
        textpipe("learn", path, "2", "--text", "x").refused()
    )


def test_what_is_wrong_is_said_in_a_line(textpipe, own, tmp_path):
    assert "cannot be a label" in textpipe("learn", own, "unsure", "--text", "x").refused()
    (tmp_path / "spam.tpipe.journal.sqlite").write_text("no database " * 500)
    assert "file is not a database" in textpipe("predict", own, stdin="x\n").refused()
    assert verdict(textpipe, own, "Lunch", "--without-corrections")[0] == "ham"
