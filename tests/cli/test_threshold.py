import json
import tomllib

import numpy as np
import pytest

DEFINITION = """\
# words, and who uses them

[[stages]]
use = "tokenize"
engine = "words"

[[stages]]
use = "tf_idf"

[[stages]]
use = "logistic_regression"  # has probabilities
C = 10.0
"""

RATES = ["--false-positive-rate", 0.05, "--miss-rate", 0.1]


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """A folder with a definition and 300 messages that are hard to tell apart."""
    random = np.random.default_rng(0)
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(60)]
    shares = {"spam": np.linspace(1, 3, 60), "ham": np.linspace(3, 1, 60)}
    rows = []
    for label in random.choice(["spam", "ham"], 300, p=[0.4, 0.6]):
        drawn = random.choice(words, 15, p=shares[label] / shares[label].sum())
        rows.append(f"{label},{' '.join(drawn)}")
    folder = tmp_path_factory.mktemp("noisy")
    (folder / "messages.csv").write_text("label,text\n" + "\n".join(rows))
    (folder / "own.toml").write_text(DEFINITION)
    return folder


@pytest.fixture
def command(noisy, tmp_path):
    """The command on a definition that may be changed, and that definition."""
    path = tmp_path / "own.toml"
    path.write_text(DEFINITION)
    return ["threshold", path, "--data", noisy / "messages.csv"], path


def test_what_was_chosen_is_shown_with_intervals_and_what_to_write(textpipe, command):
    out = textpipe(*command[0], *RATES).ok().out
    for words in (
        "ham taken for spam (false alarms)",
        "95 % interval",
        "label \\ verdict",
        "between them unsure:",
        "verdict_from = { spam = 0.",
        "300 documents in 300 groups of near-duplicates; 5 folds, grouped split",
    ):
        assert words in out
    assert command[1].read_text() == DEFINITION


def test_json_and_definition_say_the_same_and_the_promise_is_kept(textpipe, command, tmp_path):
    arguments, path = command
    file = tmp_path / "figures.json"
    textpipe(*arguments, *RATES, "--write", "--json", file).ok()
    found = json.loads(file.read_text())
    assert found["false_positive_rate"]["value"] <= 0.05
    assert found["missed"]["value"] <= 0.1
    assert found["unsure"] > 20
    changed = path.read_text()
    assert tomllib.loads(changed)["stages"][-1]["verdict_from"] == found["verdict_from"]
    kept = [line for line in changed.split("\n") if not line.startswith("verdict_from")]
    assert "\n".join(kept) == DEFINITION
    judged = textpipe("evaluate", *arguments[1:], "--json", "-").ok()
    confusion = json.loads(judged.out)["confusion"]
    assert confusion["ham"]["spam"] == found["false_positive_rate"]["count"]
    assert confusion["spam"]["spam"] == found["recall"]["count"]
    assert confusion["spam"]["ham"] == found["missed"]["count"]
    assert confusion["ham"]["unsure"] + confusion["spam"]["unsure"] == found["unsure"]


def test_choosing_again_replaces_what_was_written(textpipe, command):
    arguments, path = command
    textpipe(*arguments, *RATES, "--write").ok()
    once = path.read_text()
    textpipe(*arguments, *RATES, "--write").ok()
    assert path.read_text() == once
    textpipe(*arguments, "--false-positive-rate", 0.1, "--write").ok()
    assert path.read_text() != once
    assert path.read_text().count("verdict_from") == 1


def test_a_byte_order_mark_and_line_endings_stay(textpipe, command):
    arguments, path = command
    path.write_bytes(b"\xef\xbb\xbf" + DEFINITION.replace("\n", "\r\n").encode())
    textpipe(*arguments, *RATES, "--write").ok()
    changed = path.read_bytes()
    assert changed.startswith(b"\xef\xbb\xbf# words")
    assert changed.count(b"\n") == changed.count(b"\r\n") == DEFINITION.count("\n") + 1


def test_the_other_label_may_be_the_positive_one(textpipe, command):
    out = textpipe(*command[0], *RATES, "--positive", "ham", "--json", "-").ok().out
    found = json.loads(out)
    assert (found["positive"], found["negative"]) == ("ham", "spam")
    assert list(found["verdict_from"]) == ["ham", "spam"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "needs 2,995 of them"),
        (["--false-positive-rate", 2], "must be between 0 and 1"),
        ([*RATES, "--minimum-training", 200], "at least 200 negative documents"),
        ([*RATES, "--positive", "eggs"], "positive is 'eggs'"),
    ],
)
def test_what_cannot_be_chosen_is_told_and_nothing_is_written(
    textpipe, command, arguments, message
):
    assert message in textpipe(*command[0], *arguments, "--write").refused()
    assert command[1].read_text() == DEFINITION


def test_a_rate_that_nobody_gave_is_named(textpipe, command):
    message = textpipe(*command[0], "--miss-rate", 0.1).refused()
    assert "false-positive rate: 0.001, the default of --false-positive-rate\nerror: " in message
    assert "the default of" not in textpipe(*command[0], *RATES).ok().err


def test_a_classifier_without_probabilities_is_refused_before_data_is_read(textpipe, command):
    path = command[1]
    path.write_text(DEFINITION.replace("logistic_regression", "linear_svc"))
    message = textpipe("threshold", path, "--data", "none.csv").refused()
    assert "linear_svc has no option verdict_from" in message
