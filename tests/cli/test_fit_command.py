import pytest

from textpipe import load
from textpipe.bundle import info
from textpipe.cli.fit import size_of


def test_fit_saves_a_model_and_says_where(textpipe, home, tmp_path):
    out = tmp_path / "deep" / "m.tpipe"
    result = textpipe("fit", home / "spam.toml", "--data", home / "messages.csv", "--out", out).ok()
    assert result.out.startswith(f"{out}  ")
    assert "8 documents" in result.out
    assert "8 documents: spam 4, ham 4" in result.err
    assert load(out).predict(["claim a free prize"]).tolist() == ["spam"]


def test_the_manifest_keeps_what_it_was_trained_on(model, home):
    manifest = info(model)
    assert manifest["name"] == "spam"
    assert manifest["training"] == {
        "data": [str(home / "messages.csv")],
        "documents": 8,
        "labels": {"ham": 4, "spam": 4},
        "skipped": 0,
        "encodings": {"utf-8": 8},
    }


def test_labels_may_stand_before_the_paths(textpipe, home, tmp_path):
    (tmp_path / "a.txt").write_text("free prize money\nclaim a prize\n")
    (tmp_path / "b.txt").write_text("lunch tomorrow\ndinner with Ann\n")
    out = tmp_path / "m.zip"
    sources = ["--data", f"spam={tmp_path / 'a.txt'}", "--data", f"ham={tmp_path / 'b.txt'}"]
    textpipe("fit", home / "spam.toml", *sources, "--out", out).ok()
    assert load(out).predict(["a prize", "lunch with Ann"]).tolist() == ["spam", "ham"]


def test_columns_may_be_named(textpipe, home, tmp_path):
    table = tmp_path / "t.tsv"
    table.write_text("kind\twords\tno\nspam\tfree prize\t1\nham\tsee you\t2\n")
    out = tmp_path / "m.tpipe"
    textpipe(
        *("fit", home / "spam.toml", "--data", table, "--out", out),
        *("--text-column", "words", "--label-column", "kind", "--id-column", "no"),
    ).ok()
    assert load(out).predict(["prize"]).tolist() == ["spam"]


def test_what_is_set_aside_is_told_with_its_place(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("label,text\nspam,free\nham,see you\n,who knows\n")
    result = textpipe(
        "fit", home / "spam.toml", "--data", table, "--out", tmp_path / "m.tpipe"
    ).ok()
    assert "1 set aside" in result.err
    assert "t.csv:4" in result.err


def test_a_model_is_replaced_only_by_force(textpipe, home, tmp_path):
    command = ["fit", home / "spam.toml", "--data", home / "messages.csv", "--out", tmp_path / "m"]
    textpipe(*command).ok()
    assert "--force replaces it" in textpipe(*command).refused()
    textpipe(*command, "--force").ok()


def test_force_leaves_a_folder_alone_that_is_no_model(textpipe, home, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("Dear Ann")
    command = ["fit", home / "spam.toml", "--data", home / "messages.csv"]
    message = textpipe(*command, "--out", tmp_path / "letters", "--force").refused()
    assert "left alone" in message
    assert (tmp_path / "letters" / "one.txt").read_text() == "Dear Ann"


def test_documents_without_labels_are_refused_with_the_ways_to_give_them(textpipe, home, tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    command = ["fit", home / "spam.toml", "--data", tmp_path / "a.txt", "--out", tmp_path / "m"]
    message = textpipe(*command).refused()
    assert "no labels" in message
    assert "--data spam=PATH" in message
    assert "--label-column" in message
    assert not (tmp_path / "m").exists()


def test_a_definition_that_decides_nothing_needs_no_labels(textpipe, tmp_path):
    path = tmp_path / "vectors.toml"
    path.write_text('[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "tf_idf"\n')
    (tmp_path / "a.txt").write_text("one two\ntwo three\n")
    out = tmp_path / "m.tpipe"
    textpipe("fit", path, "--data", tmp_path / "a.txt", "--out", out).ok()
    assert load(out).transform(["two"]).shape == (1, 3)


@pytest.mark.parametrize("content", ["", "label,text\n"])
def test_nothing_to_learn_from_is_refused(textpipe, home, tmp_path, content):
    (tmp_path / "t.csv").write_text(content)
    command = ["fit", home / "spam.toml", "--data", tmp_path / "t.csv", "--out", tmp_path / "m"]
    assert "t.csv" in textpipe(*command).refused()


def test_no_data_at_all_is_refused(textpipe, home, tmp_path):
    message = textpipe("fit", home / "spam.toml", "--out", tmp_path / "m").refused()
    assert "--data" in message


def test_the_data_of_the_definition_is_used_where_none_is_given(textpipe, home, tmp_path):
    text = (home / "spam.toml").read_text()
    path = tmp_path / "own.toml"
    path.write_text(text + '\n[[data]]\npath = "a.txt"\nlabel = "spam"\n'
                    '\n[[data]]\npath = "b=c.txt"\nlabel = "ham"\nencoding = "cp1252"\n')  # fmt: skip
    (tmp_path / "a.txt").write_text("free prize\n")
    (tmp_path / "b=c.txt").write_bytes("schöne Grüße\n".encode("cp1252"))
    textpipe("fit", path, "--out", tmp_path / "m").ok()
    assert load(tmp_path / "m").predict(["Grüße"]).tolist() == ["ham"]
    assert info(tmp_path / "m")["training"]["data"] == ["a.txt", "b=c.txt"]


def test_the_same_data_gives_the_same_bytes(textpipe, home, tmp_path):
    from textpipe.bundle import fingerprint

    for name in ("a", "b"):
        command = ["fit", home / "spam.toml", "--data", home / "messages.csv"]
        textpipe(*command, "--out", tmp_path / name).ok()
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_sizes_are_told_in_units(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 1000)
    assert size_of(tmp_path / "a") == "1000 bytes"
    (tmp_path / "b").write_bytes(b"x" * 5000)
    assert size_of(tmp_path) == "5.9 KiB"


def test_a_single_label_is_warned_of(textpipe, home, tmp_path):
    (tmp_path / "a.csv").write_text("label,text\nham,free prize\nham,money\nspam,claim\n")
    command = [
        "fit",
        home / "spam.toml",
        "--data",
        f"spam={tmp_path}/a.csv",
        "--out",
        tmp_path / "m",
    ]
    result = textpipe(*command).ok()
    assert "warning: all 3 documents have the label spam: " in result.err
    note = f"{tmp_path}/a.csv: its column 'label' was not read: all its documents are spam"
    assert note in result.err.splitlines()
    command[3] = tmp_path / "a.csv"
    assert "warning" not in textpipe(*command, "--force").ok().err


def test_one_document_is_not_called_documents(textpipe, home, tmp_path):
    (tmp_path / "a.txt").write_text("free prize\n")
    command = [
        "fit",
        home / "spam.toml",
        "--data",
        f"spam={tmp_path}/a.txt",
        "--out",
        tmp_path / "m",
    ]
    result = textpipe(*command).ok()
    assert ", 1 document, " in result.out
    assert "1 document: spam 1" in result.err
    assert "the only document has the label spam" in result.err


@pytest.mark.parametrize("command", ["check", "evaluate", "fit", "run"])
def test_what_a_stage_needs_is_looked_for_before_data_are_read(textpipe, home, tmp_path, command):
    path = tmp_path / "vectors.toml"
    text = (home / "spam.toml").read_text()
    missing = 'use = "pretrained_vectors"\npath = "none.txt"'
    data = '\n[[data]]\npath = "nowhere.csv"\n'
    path.write_text(text.replace('use = "tf_idf"', missing) + data)
    more = ["--out", tmp_path / "m"] if command in ("fit", "run") else []
    message = textpipe(command, path, *more).refused()
    assert message.startswith(f"error: {path}:11: stage 3, pretrained_vectors: ")
    assert "none.txt" in message
    assert "nowhere" not in message
