import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.errors import DefinitionError
from textpipe.evaluation.into_definition import option_line, with_verdict_from

BOUNDS = {"spam": 0.973, "ham": 0.588}
LINE = "verdict_from = { spam = 0.973, ham = 0.588 }"

DEFINITION = """\
# a comment that stays
name = "spam"

[[stages]]
use = "tf_idf"

  [[stages]]  # the last
  k = 3
  use = "knn_classifier"   # near ones
  power = 4.0

[[data]]
path = "messages.csv"
"""


def test_the_line_goes_below_the_name_of_the_last_stage():
    changed = with_verdict_from(DEFINITION, BOUNDS, "a.toml")
    before, after = DEFINITION.split("\n"), changed.split("\n")
    assert after[8:10] == ['  use = "knn_classifier"   # near ones', f"  {LINE}"]
    assert after[:9] + after[10:] == before


def test_a_line_that_is_there_is_replaced_and_its_comment_stays():
    old = DEFINITION.replace("  k = 3", "  verdict_from = { spam = 0.5 }  # since May\n  k = 3")
    changed = with_verdict_from(old, BOUNDS, "a.toml")
    assert f"  {LINE}  # since May\n" in changed
    assert changed.count("verdict_from") == 1
    assert with_verdict_from(changed, BOUNDS, "a.toml") == changed


def test_line_endings_and_a_missing_last_newline_stay():
    text = '[[stages]]\r\nuse = "knn_classifier"'
    assert with_verdict_from(text, BOUNDS, "a.toml") == f"{text}\r\n{LINE}"
    whole = with_verdict_from(DEFINITION.replace("\n", "\r\n"), BOUNDS, "a.toml")
    assert with_verdict_from(whole, BOUNDS, "a.toml") == whole
    assert whole.count("\r\n") == whole.count("\n") == DEFINITION.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        'stages = [{ use = "tf_idf" }, { use = "knn_classifier" }]\n',
        '[[stages]]\nuse = "knn_classifier"\n[stages.verdict_from]\nspam = 0.5\n',
        '[[stages]]\n"use" = "a"\n"verdict\\u005ffrom" = { spam = 0.5 }\n',
        '[[stages]]\nuse = "a"\nverdict_from.spam = 0.5\n',
        'description = """\n[[stages]]\nuse = 3\n"""\n[["stages"]]\nuse = "a"\n',
    ],
)
def test_what_cannot_be_changed_safely_is_left_to_its_author(text):
    assert "stages" in tomllib.loads(text)
    with pytest.raises(DefinitionError, match=r"^a\.toml: .* yourself: verdict_from = \{ spam = "):
        with_verdict_from(text, BOUNDS, "a.toml")


@given(
    st.dictionaries(st.text(max_size=8), st.floats(0, 1), min_size=1, max_size=3),
    st.text(st.characters(exclude_categories=["C"]), max_size=12),
)
def test_whatever_the_labels_and_comments_the_option_is_what_it_should_be(bounds, comment):
    text = DEFINITION + f"# {comment}\n"
    try:
        changed = with_verdict_from(text, bounds, "a.toml")
    except DefinitionError:
        # TOML cannot write these
        assert any("\ud800" <= c <= "\udfff" for label in bounds for c in label)
        return
    assert tomllib.loads(changed)["stages"][-1]["verdict_from"] == bounds
    assert tomllib.loads(option_line(bounds)) == {"verdict_from": bounds}
