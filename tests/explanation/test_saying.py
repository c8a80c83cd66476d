from __future__ import annotations

import pytest

import textpipe as tp
from textpipe.explanation import Explanation, Flip, explain
from textpipe.explanation.saying import (
    about_scores,
    about_words,
    flip_sentences,
    how_small,
    score_is,
    who_voted,
)

TEXTS = [
    "win a free prize now",
    "free money for you",
    "see you at lunch",
    "lunch for two at noon",
] * 4
LABELS = ["spam", "spam", "ham", "ham"] * 4


def explained(text: str, decider: tp.Stage, labels: list[object] = LABELS) -> Explanation:
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), decider])
    return explain(pipe.fit([f"{text} w{i}" for i, text in enumerate(TEXTS)], labels), text)


@pytest.mark.parametrize(
    ("n_words", "proven", "irreducible", "said"),
    [
        (1, True, True, ""),
        (2, True, True, "Fewer words do not do it: all were tried."),
        (4, False, True, "None of them can be left out of this; another set may be smaller."),
        (4, False, False, "Fewer of them may do: tries ran out."),
    ],
)
def test_a_flip_says_how_small_it_is(
    n_words: int, proven: bool, irreducible: bool, said: str
) -> None:
    assert how_small(Flip(["w"] * n_words, "ham", {}, proven, irreducible)) == said


def test_many_words_of_a_flip_are_counted() -> None:
    many = [f"w{i:02}" for i in range(14)]
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnClassifier(k=2, prior=0.0)])
    pipe.fit([" ".join(many), "prize"], ["ham", "spam"])
    said = flip_sentences(explain(pipe, " ".join([*many, "prize"])))
    assert said[0].startswith('Without "w00", "w01", ')
    assert " and 1 more it would be spam" in said[0]


def test_scores_are_called_what_they_are() -> None:
    plain = explained("free lunch", tp.KnnClassifier(k=4, prior=0.0))
    assert (score_is(plain), "prior" in about_scores(plain)) == ("share", False)
    sure = explained("free lunch", tp.KnnClassifier(k=4, prior=1.0, calibrate="beta"))
    assert score_is(sure) == "probability"
    assert about_scores(sure).count(".") >= 4
    assert "The probability is the calibrated evidence." in about_scores(sure)
    assert "2 of 2 words are known" in about_scores(sure)
    linear = explained("free lunch", tp.LogisticRegression())
    assert score_is(linear) == "probability"
    assert "the probability follows from it" in about_scores(linear)
    assert "to the margin of" in about_words(linear)
    assert score_is(explained("free lunch", tp.LinearSvc())) == "score"


def test_who_voted() -> None:
    assert who_voted(explained("prize now", tp.KnnClassifier(k=3, prior=0.0))) == (
        "All of its 3 neighbours are spam; they bring 100.0% of the evidence."
    )
    assert who_voted(explained("prize now", tp.KnnClassifier(k=1))) == "Its only neighbour is spam."
    numbers = explained("prize now", tp.KnnRegressor(k=3), list(range(16)))
    assert who_voted(numbers) == "The mean of 3 neighbours, each by the weight of its vote."
    assert about_words(numbers) == "What each word brings to the votes, in shares of all of them."
