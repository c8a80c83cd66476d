from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp

TEXTS = [
    "win a free prize now",
    "free money for you",
    "see you at lunch",
    "lunch for two at noon",
    "your free prize money",
    "see you at noon for lunch",
]
LABELS = ["spam", "spam", "ham", "ham", "spam", "ham"]
WORDS = ["win", "free", "prize", "lunch", "noon", "you", "money", "for", "at", "see", "zzz"]


def trained(decider: tp.KnnClassifier | tp.LinearSvc, *vectors: object) -> tp.Pipeline:
    stages = [tp.Tokenize("words"), tp.Lowercase(), *(vectors or [tp.TfIdf()]), decider]
    return tp.Pipeline(stages).fit(TEXTS, LABELS)


KNN = trained(tp.KnnClassifier(k=3))
PIPES = {
    "knn": KNN,
    "bigrams": trained(tp.KnnClassifier(k=3), tp.TfIdf(n_grams=(1, 2))),
    "svd": trained(tp.KnnClassifier(k=3), tp.TfIdf(), tp.ReduceDimensions(dimensions=3)),
    "shape_too": trained(tp.KnnClassifier(k=3), tp.Union([tp.TfIdf(), tp.TextShape()])),
    "word2vec": trained(tp.KnnClassifier(k=3), tp.Word2Vec(dimensions=4, min_count=1)),
    "linear_svc": trained(tp.LinearSvc()),
    "thresholds": trained(tp.KnnClassifier(k=3, verdict_from={"spam": 0.8, "ham": 0.8})),
}


def without(pipe: tp.Pipeline, text: str, gone: set[str]) -> str:
    """The verdict on the text with the tokens of these forms taken out before the vectorizer."""
    documents = pipe[:2].run([text])
    tokens = documents.tokens
    keep = [form not in gone for form in tokens.of(0)]
    documents = documents.with_(tokens=tokens.keep(np.array(keep, bool)))
    return str(pipe.decide(documents, done=2).verdicts()[0])


def smallest(pipe: tp.Pipeline, text: str, reached: object) -> int | None:
    """The size of the smallest set of words without which the goal is reached, by trying all sets."""
    words = sorted(set(text.lower().split()))
    for size in range(1, len(words) + 1):
        for gone in itertools.combinations(words, size):
            if reached(without(pipe, text, set(gone))):
                return size
    return None


def test_a_flip_names_the_word_that_the_verdict_hangs_on() -> None:
    found = tp.explain(KNN, "Free lunch, FREE at noon, for you and me")
    assert found.verdict == "ham"
    assert found.flip is not None
    assert found.flip.verdict == "spam"
    gone = set(found.flip.words)
    assert without(KNN, found.original, gone) == "spam"
    assert found.flip.proven
    assert {found.original[s:e].lower() for s, e in found.flip.places} == gone


def test_all_places_of_a_word_are_taken_out() -> None:
    found = tp.explain(KNN, "prize PRIZE prize lunch for you")
    assert found.flip is not None
    assert (found.verdict, found.flip.words, found.flip.verdict) == ("spam", ["prize"], "ham")
    assert found.flip.places == [(0, 5), (6, 11), (12, 17)]
    assert found.flip.scores == pytest.approx(
        dict(zip(["ham", "spam"], KNN.decide(["lunch for you"]).scores[0].tolist(), strict=True))
    )


@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join))
@pytest.mark.parametrize("name", PIPES)
def test_what_is_proven_is_what_trying_all_sets_finds(name: str, text: str) -> None:
    pipe = PIPES[name]
    found = tp.explain(pipe, text)
    verdict = str(found.verdict)
    if found.leaning is None:
        assert (found.flip, found.doubt) == (None, None)
        return
    goals = [
        (found.flip, lambda after: after not in (verdict, "unsure")),
        (found.doubt, lambda after: verdict != "unsure" and after == "unsure"),
    ]
    for flip, reached in goals:
        size = smallest(pipe, text, reached)
        if flip is None:
            assert size is None or size > 2
            continue
        assert without(pipe, text, set(flip.words)) == flip.verdict
        assert reached(flip.verdict)
        assert flip.irreducible
        assert all(not reached(without(pipe, text, set(flip.words) - {w})) for w in flip.words)
        assert size is not None
        assert flip.proven <= (len(flip.words) == size)
        if size <= 2:
            assert len(flip.words) == size
            assert flip.proven


def test_a_robust_verdict_has_no_flip_and_says_how_much_was_tried() -> None:
    found = tp.explain(KNN, "free prize")
    assert found.flip is None
    assert found.doubt is not None
    assert sorted(found.doubt.words) == ["free", "prize"]
    assert found.tried == 3  # each word, and both


def test_tries_are_a_limit() -> None:
    text = " ".join(f"{a}{b} free lunch money noon" for a in "abcdefgh" for b in "stuvwxyz")
    for tries in (0, 1, 5, 100):
        found = tp.explain(KNN, text, tries=tries)
        assert found.tried <= tries
    assert tp.explain(KNN, text, tries=0).flip is None


def test_of_a_long_text_less_is_tried() -> None:
    text = " ".join(f"w{i}" for i in range(20_000)) + " free " * 30_000 + "prize"
    found = tp.explain(KNN, text)
    assert 0 < found.tried <= 10_000_000 // 50_001


def test_a_model_that_reads_no_tokens_has_no_flip() -> None:
    pipe = tp.Pipeline([tp.TextShape(), tp.KnnClassifier(k=3)]).fit(TEXTS, LABELS)
    found = tp.explain(pipe, "FREE!!!")
    assert (found.flip, found.tried) == (None, 0)


def test_it_does_not_depend_on_the_order_of_training() -> None:
    other = tp.Pipeline([tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(), tp.KnnClassifier(k=3)])
    other.fit(TEXTS[::-1], LABELS[::-1])
    text = "free lunch at noon for you to win a prize"
    assert tp.explain(other, text).flip == tp.explain(KNN, text).flip


def test_a_flip_may_need_many_words() -> None:
    many = [f"w{i:02}" for i in range(14)]
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnClassifier(k=2, prior=0.0)])
    pipe.fit([" ".join(many), "prize"], ["ham", "spam"])
    found = tp.explain(pipe, " ".join([*many, "prize"]))
    assert found.flip is not None
    assert (found.flip.verdict, len(found.flip.words)) == ("spam", 11)  # 3 / sqrt(14) < 1
    assert (found.flip.proven, found.flip.irreducible) == (False, True)
    short = tp.explain(pipe, " ".join([*many, "prize"]), tries=60)
    assert short.flip is None or not short.flip.proven
