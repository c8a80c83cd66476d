import textpipe as tp
from textpipe.cli.check import chosen, plan, shown


def test_the_plan_is_shown(textpipe, home):
    out = textpipe("check", home / "spam.toml").ok().out
    assert "batches go through: tokenize → lowercase | tf_idf; cached up to lowercase" in out


def test_stages_that_are_one_pass_are_shown_as_such():
    words = [tp.Lowercase(), tp.Stem(), tp.Lemmatize(), tp.LengthFilter()]
    said = plan([tp.CleanHtml(), tp.Tokenize(), *words, tp.Count(), tp.KnnClassifier()])
    shown = "clean_html → tokenize → lowercase + stem → lemmatize → length_filter | count;"
    assert shown in said
    assert "nothing before the decision" in plan([tp.KnnClassifier()])


def test_what_flows_is_shown(textpipe, home):
    lines = textpipe("check", home / "spam.toml").ok().out.splitlines()
    assert lines[0] == "spam  language en"
    row = next(line for line in lines if line.startswith("4 "))
    assert row.split() == [
        *("4", "knn_classifier", "k", "=", "3", "matrix", "→", "decisions"),
        *("text,", "tokens,", "matrix,", "decisions", "threads"),
    ]
    assert "learns from documents: tf_idf, knn_classifier" in lines
    assert lines[-1].startswith("sound; digest ")


def test_the_digest_does_not_depend_on_how_it_is_written(textpipe, home, tmp_path):
    other = tmp_path / "other.toml"
    text = (home / "spam.toml").read_text()
    other.write_text(text.replace('use = "lowercase"', 'use = "lowercase"\nfold = false # same'))
    last = [
        textpipe("check", path).ok().out.splitlines()[-1] for path in (home / "spam.toml", other)
    ]
    assert last[0] == last[1]


def test_how_a_stop_list_fits_the_tokens_is_told(textpipe, tmp_path):
    path = tmp_path / "stop.toml"
    path.write_text('[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "remove_stop_words"\n')
    out = textpipe("check", path).ok().out
    assert "2 remove_stop_words: the tokenizer cuts" in out
    assert "n't" in out


def test_an_unsound_definition_is_refused_with_file_and_line(textpipe, home, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text((home / "spam.toml").read_text().replace('"lowercase"', '"lowercas"'))
    message = textpipe("check", path).refused()
    assert message.startswith(f"error: {path}:8: ")
    assert 'Did you mean "lowercase"?' in message


def test_only_toml_is_a_definition(textpipe, tmp_path):
    path = tmp_path / "spam[red].py"
    path.write_text("")
    message = textpipe("check", path).refused()
    assert "spam[red].py: a definition is a TOML file" in message
    assert "this is a folder" in textpipe("check", tmp_path).refused()


def test_a_missing_definition_is_refused(textpipe, tmp_path):
    assert "No such file" in textpipe("check", tmp_path / "none.toml").refused()


def test_hostile_texts_in_a_definition_do_not_reach_the_terminal(textpipe, tmp_path):
    path = tmp_path / "evil.toml"
    path.write_text(
        'name = "[red]x\\u001b[2J"\ndescription = "\\u009b31m [/bold]"\n'
        '[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "remove_stop_words"\n'
        'extra = ["[blink]a\\u001b]0;title\\u0007"]\n'
    )
    out = textpipe("check", path).ok().out
    assert "[red]x␛[2J" in out
    assert "[/bold]" in out
    assert not {"\x1b", "\x9b", "\x07"} & set(out)


def test_options_are_shown_as_toml_writes_them():
    from textpipe import Count, KnnClassifier, TfIdf, Union

    assert shown(["not", 'a "b"']) == '["not", "a \\"b\\""]'
    assert chosen(KnnClassifier(k=3)) == ["k = 3"]
    assert chosen(KnnClassifier()) == []
    union = Union([Count(binary=True), TfIdf()])
    assert chosen(union) == ["branches = [count(binary = true), tf_idf]"]


def test_data_that_are_not_there_are_named(textpipe, home, tmp_path):
    path = tmp_path / "own.toml"
    names = ["a.csv", "there.csv", "b\u200b.csv"]
    tables = "".join(f'\n[[data]]\npath = "{name}"\n' for name in names)
    path.write_text((home / "spam.toml").read_text() + tables, encoding="utf-8")
    (tmp_path / "there.csv").write_text("text\n")
    result = textpipe("check", path)
    assert result.refused().splitlines() == [
        f'error: {path}: [[data]] path = "a.csv" does not exist '
        "(a path is relative to the definition)",
        f'{path}: [[data]] path = "b\\u200b.csv" does not exist '
        "(a path is relative to the definition)",
    ]
    assert result.out == ""
