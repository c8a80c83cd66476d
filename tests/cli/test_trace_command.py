import json


def names(result):
    return [step["name"] for step in json.loads(result.ok().out)]


def test_a_definition_is_followed_until_it_has_to_learn(textpipe, home):
    result = textpipe("trace", home / "spam.toml", "--text", "You WIN").ok()
    assert "you win" in result.out
    assert "WIN → win" in result.out
    assert "tf_idf learns from documents: give --model MODEL" in result.err


def test_with_its_model_it_is_followed_to_the_decision(textpipe, home, model):
    command = ["trace", home / "spam.toml", "--text", "Free PRIZE", "--json", "--model", model]
    steps = json.loads(textpipe(*command).ok().out)
    assert [step["name"] for step in steps] == ["tokenize", "lowercase", "tf_idf", "knn_classifier"]
    assert steps[1]["changed"] == [["Free", "free"], ["PRIZE", "prize"]]
    assert steps[-1]["verdict"] == "spam"
    assert textpipe(*command).err == ""


def test_a_model_may_stand_in_place_of_the_definition(textpipe, model):
    result = textpipe("trace", model, "--text", "Free prize").ok()
    assert "verdict spam" in result.out


def test_a_model_of_another_definition_is_told(textpipe, home, model, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text((home / "spam.toml").read_text().replace("k = 3", "k = 2"))
    result = textpipe("trace", other, "--text", "x", "--model", model).ok()
    assert "trained by another definition" in result.err


def test_the_text_may_come_from_a_file_a_mail_or_standard_input(textpipe, home, tmp_path):
    (tmp_path / "a.txt").write_text("Dear Ann\nhow are you")
    mail = "Subject: Hello\nFrom: a@example.org\nContent-Type: text/plain\n\nBody here\n"
    (tmp_path / "b.eml").write_text(mail)
    steps = json.loads(textpipe("trace", home / "spam.toml", tmp_path / "a.txt", "--json").ok().out)
    assert steps[0]["tokens"] == ["Dear", "Ann", "how", "are", "you"]
    steps = json.loads(textpipe("trace", home / "spam.toml", tmp_path / "b.eml", "--json").ok().out)
    assert "Hello" in steps[0]["tokens"]
    assert "Content" not in steps[0]["tokens"]
    result = textpipe("trace", home / "spam.toml", "-", "--json", stdin="two\nlines\n")
    assert json.loads(result.ok().out)[0]["tokens"] == ["two", "lines"]


def test_one_text_is_asked_for(textpipe, home, tmp_path):
    assert "--text" in textpipe("trace", home / "spam.toml").refused()
    (tmp_path / "a.txt").write_text("x")
    both = textpipe("trace", home / "spam.toml", tmp_path / "a.txt", "--text", "x")
    assert "not two" in both.refused()
    assert "is a folder" in textpipe("trace", home / "spam.toml", tmp_path).refused()
    assert "does not exist" in textpipe("trace", home / "spam.toml", tmp_path / "none").refused()


def test_marks_of_the_terminal_library_are_plain_text(textpipe, model):
    out = textpipe("explain", model, "--text", "prize[/red] [bold]").ok().out
    assert "prize[/red] [bold]" in out


def test_hostile_texts_do_not_reach_the_terminal(textpipe, model):
    text = "prize[/red] \x1b[31m[bold]\x9b2J\u202e\ud800 [nope]"
    for command in (["trace", model], ["explain", model]):
        out = textpipe(*command, "--text", text).ok().out
        assert not {"\x1b", "\x9b", "\u202e"} & set(out), command
        out = textpipe(*command, "--text", text, "--json").ok().out
        assert not {"\x1b", "\x9b", "\u202e"} & set(out), command


def test_a_mail_needs_no_ending_where_its_format_is_given(textpipe, home, tmp_path):
    mail = "Subject: Lunch\nFrom: a@example.org\nContent-Type: text/plain\n\nSee you tomorrow\n"
    (tmp_path / "letter").write_text(mail)
    command = ["trace", home / "spam.toml", "--json", "--format", "mail"]
    for result in (textpipe(*command, tmp_path / "letter"), textpipe(*command, "-", stdin=mail)):
        steps = json.loads(result.ok().out)
        assert steps[0]["tokens"] == ["Lunch", "See", "you", "tomorrow"]
