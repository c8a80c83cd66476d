from __future__ import annotations

import io

from rich.console import Console, RenderableType

import textpipe as tp
from textpipe.explanation import explain, trace
from textpipe.explanation.show import show_explanation, show_trace

TEXTS = ["win a free prize now", "free money for you", "see you at lunch", "lunch for two at noon"]
LABELS = ["spam", "spam", "ham", "ham"]


def shown(text: str, **options: object) -> str:
    decider = tp.KnnClassifier(k=3, **options)
    pipe = tp.Pipeline([tp.CleanHtml(), tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(), decider])
    return printed(show_explanation(explain(pipe.fit(TEXTS, LABELS), text)))


def printed(renderable: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(renderable)
    return console.file.getvalue()  # type: ignore[attr-defined]


def letters_too() -> tp.Pipeline:
    letters = [tp.CharacterNGrams(4, 4), tp.TfIdf()]
    stages = [tp.Tokenize("words"), tp.Lowercase(), tp.Union([tp.TfIdf(), letters])]
    return tp.Pipeline([*stages, tp.KnnClassifier(k=3)]).fit(TEXTS, LABELS)


def test_all_is_said_in_the_terminal_too() -> None:
    out = shown("<p>A free pr&#105;ze at noon?</p>", prior=0.5)
    assert out.startswith("verdict  spam\n")
    assert "The prior, the labels' shares of training, has" in out
    assert "<p>A free pr&#105;ze at noon?</p>" in out
    assert 'Without "prize" it would be ham' in out or 'Without "a" it would be ham' in out
    assert "all words" in out
    assert "3 neighbours are spam; they bring" in out


def test_doubt_has_its_reason() -> None:
    out = shown("free lunch", verdict_from={"ham": 0.99, "spam": 0.99})
    assert out.startswith("verdict  unsure\nThe score of ")
    assert "verdict_from asks for 0.99.\nleans to " in out
    assert shown("qqq").startswith(
        "verdict  unsure\nThere is no evidence: training knew none of these words.\n"
    )


def test_a_robust_verdict_is_called_so() -> None:
    assert "No small set of words was found without which" in shown("free prize")


def test_empty_lines_are_counted_and_take_no_room() -> None:
    out = shown("<p>free</p>" + 5_000 * "\n" + "prize")
    assert "<p>free</p>\n(4999 empty lines)\nprize\n" in out
    assert "characters more" not in out
    assert "(2001 characters more)" in shown("free " + "x" * 3_996)


def test_words_are_shown_with_their_pieces() -> None:
    out = printed(show_explanation(explain(letters_too(), "A FREE prize")))
    row = next(line for line in out.splitlines() if line.startswith("prize "))
    assert "priz 0." in row
    assert row.endswith("…") or row.count(",") < 4
    assert "made of" not in shown("free").split("neighbour")[0]


def test_no_line_ends_in_white_space() -> None:
    pipe = letters_too()
    for text in ("A FREE prize, see you at lunch", "qqq"):
        for out in (show_explanation(explain(pipe, text)), show_trace(trace(pipe, text))):
            lines = printed(out).splitlines()
            assert len(lines) > 3
            assert [line for line in lines if line != line.rstrip()] == []


def test_columns_show_where_a_word_begins_and_ends() -> None:
    out = printed(show_trace(trace(letters_too(), "win two")))
    assert "character_n_grams:\u2423win 0." in out
    assert "character_n_grams:win\u2423 0." in out
    assert ": win" not in out


def test_what_is_not_0_or_1_does_not_read_like_it() -> None:
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.Count(), tp.KnnClassifier(k=4, prior=0.0001)])
    pipe.fit(["win"] * 4 + ["see you"] * 4, ["spam"] * 4 + ["ham"] * 4)
    found = explain(pipe, "win")
    assert 0 < found.scores["ham"] < 0.0005
    assert found.as_json()["scores"] == found.scores
    for out in (printed(show_explanation(found)), printed(show_trace(trace(pipe, "win")))):
        assert " <0.001\n" in out
        assert " >0.999\n" in out
    page = found.as_html()
    for part in (
        "&lt;0.001",
        "&gt;0.999",
        "&lt;0.1% of the evidence",
        "<strong>&gt;99.9%</strong>",
    ):
        assert part in page
    assert "they bring >99.9% of the evidence" in printed(show_explanation(found))


def test_what_every_document_gets_is_explained() -> None:
    stages = [tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(), tp.StretchByLabel(folds=2)]
    pipe = tp.Pipeline([*stages, tp.KnnClassifier(k=3)])
    found = explain(pipe.fit([*TEXTS, "free win now"], [*LABELS, "spam"]), "a free prize")
    out = printed(show_explanation(found))
    assert "\n(before any word)  " in out
    assert "\n(before any word) is what a stage gives to every document" in out
    assert "(before any word) is what a stage gives to every document" in found.as_html()
    assert "before any word" not in shown("a free prize")
