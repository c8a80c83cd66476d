from __future__ import annotations

import io

from rich.console import Console

import textpipe as tp
from textpipe.explanation import explain
from textpipe.explanation.show import show_explanation

TEXTS = ["win a free prize now", "free money for you", "see you at lunch", "lunch for two at noon"]
LABELS = ["spam", "spam", "ham", "ham"]


def shown(text: str, **options: object) -> str:
    decider = tp.KnnClassifier(k=3, **options)
    pipe = tp.Pipeline([tp.CleanHtml(), tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(), decider])
    console = Console(file=io.StringIO(), width=120)
    console.print(show_explanation(explain(pipe.fit(TEXTS, LABELS), text)))
    return console.file.getvalue()  # type: ignore[attr-defined]


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
    letters = [tp.CharacterNGrams(4, 4), tp.TfIdf()]
    stages = [tp.Tokenize("words"), tp.Lowercase(), tp.Union([tp.TfIdf(), letters])]
    pipe = tp.Pipeline([*stages, tp.KnnClassifier(k=3)]).fit(TEXTS, LABELS)
    console = Console(file=io.StringIO(), width=120)
    console.print(show_explanation(explain(pipe, "A FREE prize")))
    out = console.file.getvalue()  # type: ignore[attr-defined]
    row = next(line for line in out.splitlines() if line.startswith("prize "))
    assert "priz 0." in row
    assert row.endswith("…") or row.count(",") < 4
    assert "made of" not in shown("free").split("neighbour")[0]
