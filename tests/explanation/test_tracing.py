from __future__ import annotations

import io

import pytest
from rich.console import Console

import textpipe as tp
from textpipe.errors import InputError
from textpipe.explanation import explain, trace
from textpipe.explanation.show import show_explanation, show_trace


def steps(text: str, *stages: tp.Stage, language: str = "en") -> dict[str, object]:
    return {step.name: step for step in trace(tp.Pipeline(list(stages), language), text)}


def printed(shown: object) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(shown)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_each_stage_shows_what_it_changed_and_dropped() -> None:
    found = steps(
        "<p>The Dogs&nbsp;barked!</p>",
        tp.CleanHtml(),
        tp.NormalizeUnicode(),
        tp.Tokenize(),
        tp.Lowercase(),
        tp.RemoveStopWords(),
        tp.RemovePunctuation(),
        tp.TagPartsOfSpeech(),
        tp.Stem(),
    )
    assert found["clean_html"].text == "The Dogs\xa0barked!"
    assert found["normalize_unicode"].counts == {"odd_spaces": 1}
    assert found["tokenize"].tokens == ["The", "Dogs", "barked", "!"]
    assert found["lowercase"].changed == [("The", "the"), ("Dogs", "dogs")]
    assert found["remove_stop_words"].dropped == ["the"]
    assert found["remove_punctuation"].dropped == ["!"]
    assert found["tag_parts_of_speech"].tags == ["NOUN", "VERB"]
    assert found["stem"].changed == [("dogs", "dog"), ("barked", "bark")]


def test_words_that_become_several_are_listed() -> None:
    found = steps("to be", tp.Tokenize(), tp.NGrams())
    assert found["n_grams"].added == ["to be"]


def test_a_trace_ends_where_training_is_needed() -> None:
    pipe = tp.Pipeline([tp.Tokenize(), tp.TfIdf(), tp.KnnClassifier(k=1, prior=0.0)])
    assert [step.untrained for step in trace(pipe, "a prize")] == [False, True, True]
    trained = pipe.fit(["a prize", "lunch"], ["spam", "ham"])
    last = trace(trained, "a prize")[-1]
    assert (last.verdict, last.scores) == ("spam", {"ham": 0.0, "spam": 1.0})


def test_a_vector_shows_its_heaviest_columns() -> None:
    pipe = tp.Pipeline([tp.Tokenize(), tp.Count()]).fit(["a b b", "c"])
    step = trace(pipe, "b a b")[-1]
    assert (step.vector, step.shape) == ([("b", 2.0), ("a", 1.0)], (1, 3))


def test_one_document_at_a_time() -> None:
    with pytest.raises(InputError, match="one document, and 2 were given"):
        trace(tp.Pipeline([tp.Tokenize()]), tp.Documents.of(["a", "b"]))


def test_what_is_printed_holds_no_escape_of_the_text() -> None:
    pipe = tp.Pipeline([tp.Tokenize(), tp.TfIdf(), tp.KnnClassifier(k=1)])
    hostile = "free \x1b]0;owned\x07 [bold]prize[/bold] \u202egnp.exe"
    pipe.fit([hostile, "lunch"], ["spam", "ham"])
    for shown in (show_trace(trace(pipe, hostile)), show_explanation(explain(pipe, hostile))):
        text = printed(shown)
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\u202e" not in text
        assert "bold]prize" in text  # markup of the text is text
    assert "unsure" in printed(show_explanation(explain(pipe, "qqq")))


def test_a_step_says_in_short_what_it_did() -> None:
    pipe = tp.Pipeline(
        [tp.CleanHtml(), tp.Tokenize(), tp.Lowercase(), tp.RemovePunctuation(), tp.TfIdf()]
    ).fit(["dogs bark", "cats"])
    short = [step.in_short() for step in trace(pipe, "<p>Dogs, <b>Cats</b>!</p>")]
    assert short == [
        "11 characters",
        "4 tokens",
        "4 tokens; changed 2: Dogs → dogs, Cats → cats",
        "2 tokens; dropped 2: ,, !",
        "3 columns; heaviest: cats 0.71, dogs 0.71",
    ]
    untrained = tp.Pipeline([tp.Tokenize(), tp.TfIdf()])
    assert trace(untrained, "dogs")[-1].in_short() == "not trained"
    assert trace(tp.Pipeline([tp.Tokenize(), tp.Lowercase()]), "dogs")[-1].in_short() == "1 token"
