import json

import pytest

from textpipe import from_toml, read
from textpipe.evaluation import evaluate


@pytest.fixture
def quick(home):
    return ["evaluate", home / "spam.toml", "--data", home / "messages.csv", "--folds", 2]


def test_scores_confusions_times_and_mistakes_are_shown(textpipe, quick):
    result = textpipe(*quick).ok()
    assert "8 documents in 8 groups of near-duplicates; 2 folds, grouped split" in result.out
    for words in ("accuracy", "macro F1", "recall of spam", "label \\ verdict", "tf_idf"):
        assert words in result.out
    assert "8 documents: spam 4, ham 4" in result.err


def test_json_is_the_report_of_the_library(textpipe, quick, home, tmp_path):
    file = tmp_path / "deep" / "figures.json"
    textpipe(*quick, "--seed", 7, "--json", file).ok()
    found = json.loads(file.read_text())
    corpus = read(home / "messages.csv")
    pipeline = from_toml(home / "spam.toml").pipeline
    report = evaluate(pipeline, corpus.documents, corpus.labels, folds=2, seed=7)
    assert found["scores"] == report.as_json()["scores"]
    assert found["confusion"] == report.as_json()["confusion"]
    assert found["skipped"] == 0
    assert [path.name for path in file.parent.iterdir()] == ["figures.json"]


def test_a_dash_writes_nothing_but_json_to_standard_output(textpipe, quick):
    found = json.loads(textpipe(*quick, "--json", "-").ok().out)
    assert found["documents"] == 8
    assert found["labels"] == {"ham": 4, "spam": 4}


def test_the_definition_says_how_and_the_command_line_overrules_it(textpipe, home, tmp_path):
    definition = tmp_path / "own.toml"
    text = (home / "spam.toml").read_text()
    definition.write_text(
        text + '\n[evaluate]\nfolds = 2\nsplit = "stratified"\npositive = "ham"\nseed = 3\n'
    )
    command = ["evaluate", definition, "--data", home / "messages.csv", "--json", "-"]
    own = json.loads(textpipe(*command).ok().out)
    assert own["split"]["kind"] == "stratified"
    assert (own["split"]["folds"], own["positive"]) == (2, "ham")
    other = json.loads(textpipe(*command, "--folds", 4, "--positive", "spam").ok().out)
    assert (other["split"]["folds"], other["positive"]) == (4, "spam")


@pytest.fixture
def other(home, tmp_path):
    """A definition that is like spam.toml, but for its classifier."""
    path = tmp_path / "other.toml"
    text = (home / "spam.toml").read_text()
    path.write_text(text.replace('use = "knn_classifier"\nk = 3', 'use = "logistic_regression"'))
    return path


def test_two_definitions_are_judged_side_by_side(textpipe, quick, home, other):
    out = textpipe(quick[0], quick[1], other, *quick[2:]).ok().out
    assert "8 documents in 8 groups of near-duplicates; 2 folds, grouped split" in out
    for words in ("other.toml", "score, 95 % interval", "difference", "only it is right", "p = "):
        assert words in out
    assert str(home) not in out  # files by their names


def test_the_json_of_several_definitions_has_each_and_its_difference_from_the_first(
    textpipe, quick, home, other, tmp_path
):
    file = tmp_path / "both.json"
    textpipe(quick[0], quick[1], other, quick[1], *quick[2:], "--json", file).ok()
    found = json.loads(file.read_text())
    alone = json.loads(textpipe(*quick, "--json", "-").ok().out)
    first, second, third = found["evaluations"]
    assert [one["definition"] for one in (first, second)] == [str(quick[1]), str(other)]
    assert first["scores"] == third["scores"] == alone["scores"]
    against, itself = found["comparisons"]
    assert (against["first"], against["second"]) == (str(quick[1]), str(other))
    difference = second["scores"]["accuracy"] - first["scores"]["accuracy"]
    assert against["differences"]["accuracy"]["value"] == difference
    assert (itself["p_value"], itself["differences"]["mcc"]["interval"]) == (1.0, [0.0, 0.0])


def test_each_of_several_definitions_must_classify(textpipe, quick, tmp_path):
    path = tmp_path / "vectors.toml"
    path.write_text('[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "tf_idf"\n')
    assert (
        "vectors.toml: ends in tf_idf" in textpipe(quick[0], quick[1], path, *quick[2:]).refused()
    )


def test_labels_may_be_numbers(textpipe, home, tmp_path):
    path, data = tmp_path / "stars.toml", tmp_path / "stars.csv"
    path.write_text((home / "spam.toml").read_text().replace("knn_classifier", "knn_regressor"))
    words = ["awful", "poor", "fair", "good", "great"]
    rows = [f"{n},{word} {at}" for n, word in enumerate(words, 1) for at in ("bed", "food", "view")]
    data.write_text("label,text\n" + "\n".join(rows))
    command = ["evaluate", path, "--data", data, "--folds", 3]
    out = textpipe(*command).ok().out
    for shown in (
        "R²",
        "mean absolute error",
        "Spearman's ρ",
        "farthest off",
        "15 documents in 15",
    ):
        assert shown in out
    found = json.loads(textpipe(*command, "--json", "-").ok().out)
    assert list(found["scores"]) == ["r2", "mean_absolute_error", "spearman"]
    assert "labels must be numbers" in textpipe(*command[:3], home / "messages.csv").refused()
    assert "gives no labels" in textpipe("evaluate", path, home / "spam.toml").refused()


def test_a_threshold_is_told_where_one_can_be_chosen(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    rows = [
        f"{label},{word} {word}"
        for _ in range(3000)
        for label, word in (("spam", "win"), ("ham", "lunch"))
    ]
    table.write_text("label,text\n" + "\n".join(rows))
    command = [
        "evaluate",
        home / "spam.toml",
        "--data",
        table,
        "--split",
        "stratified",
        "--folds",
        2,
    ]
    out = textpipe(*command).ok().out
    assert "on: 0 % false alarms, 100 % of spam found, 0 unsure (see textpipe threshold)" in out


def test_skipped_rows_are_counted(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text((home / "messages.csv").read_text() + ",no label\nham\n")
    command = ["evaluate", home / "spam.toml", "--data", table, "--folds", 2, "--json", "-"]
    result = textpipe(*command).ok()
    assert json.loads(result.out)["skipped"] == 2
    assert "2 set aside" in result.err


def test_many_labels_become_a_list(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    words = [
        "apple",
        "bread",
        "chair",
        "dream",
        "earth",
        "flute",
        "grape",
        "house",
        "idea",
        "[red]",
    ]
    rows = [f'"{word}","{word} {word} {other}"' for word in words for other in words[:4]]
    table.write_text("label,text\n" + "\n".join(rows))
    out = textpipe("evaluate", home / "spam.toml", "--data", table, "--folds", 2).ok().out
    assert "most often taken for" in out
    assert "[red]" in out


def test_hostile_texts_are_shown_as_text_in_one_line(textpipe, home, tmp_path):
    table = tmp_path / "t.csv"
    evil = '"[bold]\x1b[31m\nsecond line \x9b2J [/nope]"'
    rows = [f"{label},{evil} {n}" for label in ("a", "b") for n in ("one", "two", "three", "four")]
    table.write_text("label,text\n" + "\n".join(rows))
    command = ["evaluate", home / "spam.toml", "--data", table, "--split", "random", "--folds", 2]
    out = textpipe(*command).ok().out
    assert "[bold]␛[31m second line <009B>2J [/nope]" in out
    assert not {"\x1b", "\x9b"} & set(out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--folds", "9"], "9 folds need"),
        (["--positive", "eggs"], "positive is 'eggs'"),
        (["--split", "odd"], "'odd'"),
        (["--label-column", "lable"], "lable"),
    ],
)
def test_wrong_options_are_refused(textpipe, quick, arguments, message):
    assert message in textpipe(*quick, *arguments).refused()


def test_documents_without_labels_are_refused(textpipe, home, tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    message = textpipe("evaluate", home / "spam.toml", "--data", tmp_path / "a.txt").refused()
    assert "--label-column" in message


def test_what_gives_no_labels_is_refused_before_data_is_read(textpipe, tmp_path):
    path = tmp_path / "vectors.toml"
    path.write_text('[[stages]]\nuse = "tokenize"\n[[stages]]\nuse = "tf_idf"\n')
    message = textpipe("evaluate", path, "--data", tmp_path / "none.csv").refused()
    assert "gives no labels" in message
