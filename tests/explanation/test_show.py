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
