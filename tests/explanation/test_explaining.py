from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe.errors import InputError

TEXTS = ["win a free prize now", "free money for you", "see you at lunch", "lunch for two at noon"]
LABELS = ["spam", "spam", "ham", "ham"]
VECTORS = {
    "tf_idf": lambda: [tp.TfIdf()],
    "bigrams": lambda: [tp.TfIdf(n_grams=(1, 2))],
    "bm25": lambda: [tp.Bm25()],
    "hashing": lambda: [tp.Hashing(n_features=64)],
    "characters": lambda: [tp.CharacterNGrams(), tp.Count()],
    "word2vec": lambda: [tp.Word2Vec(dimensions=5, min_count=1)],
    "sif": lambda: [tp.Word2Vec(dimensions=5, min_count=1, documents="sif", remove_component=True)],
    "fasttext": lambda: [tp.Fasttext(dimensions=5, min_count=1, bucket=50)],
    "union": lambda: [
        tp.Union([tp.TfIdf(), [tp.CharacterNGrams(), tp.TfIdf()], tp.TextShape()], [1.0, 0.5, 0.2])
    ],
    "svd": lambda: [tp.TfIdf(), tp.ReduceDimensions(dimensions=3)],
    "pca": lambda: [tp.TfIdf(), tp.ReduceDimensions("pca", dimensions=3)],
}


def trained(vectors: str, decider: tp.Stage) -> tp.Pipeline:
    return tp.Pipeline([tp.Tokenize(), tp.Lowercase(), *VECTORS[vectors](), decider]).fit(
        TEXTS, LABELS
    )


def test_an_explanation_names_neighbours_and_words_in_their_place() -> None:
    pipe = trained("tf_idf", tp.KnnClassifier(k=2))
    found = tp.explain(pipe, "A FREE prize?")
    assert found.verdict == "spam"
    assert [neighbour.id for neighbour in found.neighbours] == ["0", "1"]
    assert found.neighbours[0].text == "win a free prize now"
    words = {word.word: [found.text[s:e] for s, e in word.spans] for word in found.words}
    assert words == {"prize": ["prize"], "a": ["A"], "free": ["FREE"]}
    assert (found.known_words, found.total_words) == (3, 4)


@pytest.mark.parametrize("vectors", VECTORS)
def test_similarities_are_the_sum_of_their_words(vectors: str) -> None:
    pipe = trained(vectors, tp.KnnClassifier(k=3))
    found = tp.explain(pipe, "Win a free lunch with money!")
    assert found.neighbours
    for neighbour in found.neighbours:
        assert sum(part for _, part in neighbour.words) == pytest.approx(
            neighbour.similarity, abs=1e-9
        )
    assert sum(neighbour.share for neighbour in found.neighbours) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("vectors", VECTORS)
def test_words_add_up_to_the_score(vectors: str) -> None:
    pipe = trained(vectors, tp.KnnClassifier(k=3))
    found = tp.explain(pipe, "Win a free lunch with money!")
    score = found.scores[str(found.verdict)]
    assert sum(word.supports for word in found.words) == pytest.approx(score, abs=1e-9)
    assert sum(word.opposes for word in found.words) == pytest.approx(1 - score, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["win", "free", "prize", "lunch", "noon", "you", "money", "for", "at", "zzz"]
        ),
        min_size=1,
    )
)
def test_they_add_up_for_any_text(words: list[str]) -> None:
    found = tp.explain(PIPE, " ".join(words))
    if found.verdict != "unsure":
        score = found.scores[str(found.verdict)]
        assert sum(word.supports for word in found.words) == pytest.approx(score, abs=1e-9)


PIPE = trained("bigrams", tp.KnnClassifier(k=3))


def test_a_linear_verdict_is_the_sum_of_its_words_and_the_intercept() -> None:
    pipe = trained("tf_idf", tp.LinearSvc())
    found = tp.explain(pipe, "free lunch")
    total = sum(word.supports - word.opposes for word in found.words)
    assert total == pytest.approx(found.scores[str(found.verdict)], abs=1e-9)
    assert sum(found.scores.values()) == pytest.approx(0, abs=1e-12)
    assert "(intercept)" in [word.word for word in found.words]


def test_a_text_without_known_words_has_nothing_to_explain() -> None:
    found = tp.explain(trained("tf_idf", tp.KnnClassifier()), "qqq www")
    assert (found.verdict, found.neighbours, found.words, found.known_words) == (
        "unsure",
        [],
        [],
        0,
    )


def test_numbers_are_explained_by_neighbours_too() -> None:
    pipe = tp.Pipeline([tp.Tokenize(), tp.TfIdf(), tp.KnnRegressor(k=2)]).fit(TEXTS, [9, 8, 2, 1])
    found = tp.explain(pipe, "free prize")
    assert found.verdict == pytest.approx(8.7, abs=0.3)
    assert [neighbour.label for neighbour in found.neighbours] == [9.0, 8.0]


def test_what_cannot_be_explained_says_so() -> None:
    with pytest.raises(InputError, match="nearest_centroid cannot be explained word by word"):
        tp.explain(trained("tf_idf", tp.NearestCentroid()), "free prize")
    with pytest.raises(InputError, match="one document, and 2 were given"):
        tp.explain(PIPE, tp.Documents.of(["a", "b"]))


def test_an_explanation_is_json() -> None:
    import json

    found = tp.explain(PIPE, "free \x1b[31m prize")
    assert json.loads(json.dumps(found.as_json()))["verdict"] == "spam"
