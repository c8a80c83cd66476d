from __future__ import annotations

import itertools

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


def calibrated(text: str) -> Explanation:
    """By a model that learned from texts of which none nearly repeats another."""
    pairs = {
        "spam": itertools.combinations(["win", "free", "prize", "money", "now"], 2),
        "ham": itertools.combinations(["see", "lunch", "noon", "two", "you"], 2),
    }
    known = [(" ".join(pair), label) for label, found in pairs.items() for pair in found]
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnClassifier(k=4, calibrate="beta")])
    return explain(pipe.fit(*map(list, zip(*known, strict=True))), text)


def test_scores_are_called_what_they_are() -> None:
    plain = explained("free lunch", tp.KnnClassifier(k=4, prior=0.0))
    assert (score_is(plain), "prior" in about_scores(plain)) == ("share", False)
    sure = calibrated("free prize lunch")
    assert score_is(sure) == "probability"
    assert about_scores(sure).count(".") >= 4
    assert "The probability is the calibrated evidence." in about_scores(sure)
    assert "3 of 3 words are known" in about_scores(sure)
    linear = explained("free lunch", tp.LogisticRegression())
    assert score_is(linear) == "probability"
    assert "the probability follows from it" in about_scores(linear)
    assert "to the margin of" in about_words(linear)
    assert score_is(explained("free lunch", tp.LinearSvc())) == "score"


def test_a_label_that_does_not_reach_its_bound_is_named() -> None:
    decider = tp.KnnClassifier(k=4, verdict_from={"spam": 0.99999, "ham": 0.0})
    found = explained("free lunch for money", decider)
    assert (found.verdict, found.scores["spam"] > 0.5) == ("ham", True)
    assert about_scores(found).startswith("The score of spam is higher, but verdict_from asks for")
    assert "is higher" not in about_scores(explained("lunch at noon", decider))


def test_who_voted() -> None:
    assert who_voted(explained("prize now", tp.KnnClassifier(k=3, prior=0.0))) == (
        "All of its 3 neighbours are spam; they bring 100.0% of the evidence."
    )
    assert who_voted(explained("prize now", tp.KnnClassifier(k=1))) == "Its only neighbour is spam."
    numbers = explained("prize now", tp.KnnRegressor(k=3), list(range(16)))
    assert who_voted(numbers) == "The mean of 3 neighbours, each by the weight of its vote."
    assert about_words(numbers) == "What each word brings to the votes, in shares of all of them."
