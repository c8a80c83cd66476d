import pytest

from textpipe import Documents
from textpipe.corrections import CorrectedModel
from textpipe.errors import InputError


def said(outcomes):
    return [str(outcome) for outcome in outcomes]


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("spma", 'Did you mean "spam"?'),
        ("HAM", 'Did you mean "ham"?'),
        ("promotion", "new_label=True"),
    ],
)
def test_a_label_that_is_new_is_asked_about(bundle, label, hint):
    with CorrectedModel(bundle()) as model:
        for act in (lambda: model.learn(["Win"], [label]), lambda: model.relabel(["Win"], label)):
            with pytest.raises(
                InputError, match="is a new label: the model knows ham, spam"
            ) as error:
                act()
            assert hint in str(error.value)
        assert model.history() == []
        assert said(model.learn(["Win"], [label], new_label=True)) == ["learned"]
        assert said(model.relabel(["Lunch with Ann at noon"], label)) == ["relabelled from ham"]


@pytest.mark.parametrize(
    "label", ["", " ", "spam ", "a\nb", "a\tb", "a\x1b[31m", "a\u200bb", "\ud83d"]
)
def test_a_label_is_a_line_that_one_can_see(bundle, label):
    with CorrectedModel(bundle()) as model:
        with pytest.raises(InputError, match="cannot be a label: a label is a line of visible"):
            model.learn(["Win"], [label], new_label=True)
        with pytest.raises(InputError, match="cannot be a label: a label is a line of visible"):
            model.relabel(["Win"], label, new_label=True)
        assert model.history() == []


def test_a_label_of_training_is_known_however_it_looks(bundle):
    with CorrectedModel(bundle(labels=["a\tb", "a\tb", "", "", "", ""])) as model:
        assert said(model.learn(["Win", "Ann"], ["a\tb", ""])) == ["learned", "learned"]


@pytest.mark.parametrize("text", ["", " \n\t", "...", "\u202e" * 3, "<p>?!</p>", "<br>"])
def test_nothing_is_learned_from_no_word(bundle, text):
    documents = Documents.of(["Win lunch", text], ["a.eml", "b.eml"])
    with CorrectedModel(bundle()) as model:
        with pytest.raises(InputError, match=r"b\.eml: there is no word in it"):
            model.learn(documents, ["spam", "spam"])
        assert model.history() == []
        outcomes = model.learn(documents, ["spam", "spam"], skip_empty=True)
        assert said(outcomes) == ["learned", "no word in it"]
        assert [one.id for one in model.history()] == ["a.eml"]


def test_documents_without_a_word_are_counted_and_the_first_named(bundle):
    said_of_all = r"^12 documents have .*: 0, 1, .*, 9 and 2 more\."
    with CorrectedModel(bundle()) as model, pytest.raises(InputError, match=said_of_all):
        model.learn([""] * 12, ["spam"] * 12)


def test_what_training_had_without_a_word_can_still_be_taken_out(bundle):
    with CorrectedModel(bundle(texts=["", "win", "see", "lunch", "noon", "you"])) as model:
        assert said(model.relabel([""], "ham")) == ["relabelled from spam"]
        assert said(model.unlearn([""])) == ["removed"]
