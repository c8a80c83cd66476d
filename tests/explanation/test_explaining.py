from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe.errors import InputError
from textpipe.stage import Stage

TEXTS = [
    "win a free prize now",
    "free money for you",
    "see you at lunch",
    "lunch for two at noon",
    "your free prize money",
    "see you at noon for lunch",
]
LABELS = ["spam", "spam", "ham", "ham", "spam", "ham"]


class ForgetMatters(Stage):
    """A stage from matrix to matrix that says nothing of parts: the first three columns, squared."""

    reads = ("matrix",)
    writes = ("matrix",)

    def apply(self, documents: tp.Documents) -> tp.Documents:
        values = documents.matrix.values.toarray()[:, :3] ** 2 + 0.1
        return documents.with_(matrix=tp.documents.Matrix(values, ["a", "b", "c"]))


VECTORS = {
    "tf_idf": lambda: [tp.TfIdf()],
    "count": lambda: [tp.Count()],
    "bigrams": lambda: [tp.TfIdf(n_grams=(1, 2))],
    "bm25": lambda: [tp.Bm25()],
    "hashing": lambda: [tp.Hashing(n_features=64)],
    "characters": lambda: [tp.CharacterNGrams(), tp.Count()],
    "shape": lambda: [tp.TextShape()],
    "word2vec": lambda: [tp.Word2Vec(dimensions=5, min_count=1)],
    "sif": lambda: [tp.Word2Vec(dimensions=5, min_count=1, documents="sif", remove_component=True)],
    "fasttext": lambda: [tp.Fasttext(dimensions=5, min_count=1, bucket=50)],
    "union": lambda: [
        tp.Union([tp.TfIdf(), [tp.CharacterNGrams(), tp.TfIdf()], tp.TextShape()], [1.0, 0.5, 0.2])
    ],
    "svd": lambda: [tp.TfIdf(), tp.ReduceDimensions(dimensions=3)],
    "pca": lambda: [tp.TfIdf(), tp.ReduceDimensions("pca", dimensions=3)],
    "weighed": lambda: [tp.TfIdf(), tp.WeighByLabel()],
    "stretched": lambda: [tp.TfIdf(), tp.WeighByLabel(), tp.StretchByLabel(folds=2)],
    "stretched_counts": lambda: [tp.Count(), tp.StretchByLabel(folds=2)],
    "of_ones_own": lambda: [tp.Count(), ForgetMatters()],
}
KNN = {
    "knn": {},
    "no_prior": {"prior": 0.0},
    "strong_prior": {"prior": 2.0, "power": 4.0},
    "uniform": {"weights": "uniform"},
    "calibrated": {"calibrate": "beta", "prior": 0.1},
}
LINEAR = {"linear_svc": tp.LinearSvc, "logistic_regression": tp.LogisticRegression}
TRAINED: dict[tuple[str, str], tp.Pipeline] = {}


def trained(vectors: str, decider: Stage, labels: list[str] = LABELS) -> tp.Pipeline:
    return tp.Pipeline([tp.Tokenize(), tp.Lowercase(), *VECTORS[vectors](), decider]).fit(
        TEXTS, labels
    )


def kept(vectors: str, name: str) -> tp.Pipeline:
    if (vectors, name) not in TRAINED:
        decider = tp.KnnClassifier(k=3, **KNN[name]) if name in KNN else LINEAR[name]()
        TRAINED[vectors, name] = trained(vectors, decider)
    return TRAINED[vectors, name]


def words_of(max_size: int = 8) -> st.SearchStrategy[str]:
    known = [
        "win",
        "FREE",
        "prize",
        "lunch",
        "noon",
        "you",
        "money",
        "for",
        "at",
        "zzz",
        "!",
        "Two",
    ]
    return st.lists(st.sampled_from(known), min_size=1, max_size=max_size).map(" ".join)


def test_an_explanation_names_neighbours_and_words_in_their_place() -> None:
    pipe = trained("tf_idf", tp.KnnClassifier(k=2, prior=0.0))
    found = tp.explain(pipe, "A FREE prize?")
    assert (found.verdict, found.leaning, found.why_unsure) == ("spam", "spam", None)
    assert [neighbour.id for neighbour in found.neighbours] == ["0", "4"]
    assert found.neighbours[0].text == "win a free prize now"
    words = {word.word: [found.text[s:e] for s, e in word.spans] for word in found.words}
    assert words == {"prize": ["prize"], "a": ["A"], "free": ["FREE"]}
    assert (found.known_words, found.total_words) == (3, 4)
    assert [name for name, _ in found.way] == ["tokenize", "lowercase", "tf_idf", "knn_classifier"]
    assert found.way[1][1] == "4 tokens; changed 2: A → a, FREE → free"


def test_words_stand_in_their_place_in_the_original() -> None:
    pipe = tp.Pipeline(
        [tp.CleanHtml(), tp.Tokenize(), tp.Lowercase(), tp.TfIdf(), tp.KnnClassifier()]
    )
    html = "<p>A FR<b>EE</b> pr&#105;ze</p>"
    found = tp.explain(pipe.fit(TEXTS, LABELS), html)
    assert (found.original, found.text) == (html, "A FREE prize")
    places = {word.word: [html[s:e] for s, e in word.places] for word in found.words}
    assert places == {"a": ["A"], "free": ["FR", "EE"], "prize": ["pr&#105;ze"]}


@settings(max_examples=3, deadline=None)
@given(words_of())
@pytest.mark.parametrize("vectors", VECTORS)
@pytest.mark.parametrize("name", KNN)
def test_neighbours_words_and_prior_add_up(vectors: str, name: str, text: str) -> None:
    pipe = kept(vectors, name)
    found = tp.explain(pipe, text, tries=0)
    decided = pipe.decide([text])
    assert list(found.scores.values()) == decided.scores[0].tolist()
    if found.leaning is None:
        return
    prior = sum(found.prior.values())
    assert found.total_evidence == pytest.approx(sum(one.vote for one in found.neighbours))
    if not found.total_evidence:
        assert found.evidence == found.prior
        return
    assert sum(found.evidence.values()) == pytest.approx(1, abs=1e-9)
    assert sum(one.share for one in found.neighbours) == pytest.approx(1 - prior, abs=1e-9)
    for label, share in found.evidence.items():
        voted = sum(one.share for one in found.neighbours if one.label == label)
        assert voted + found.prior[label] == pytest.approx(share, abs=1e-9)
    mine = found.evidence[found.leaning] - found.prior[found.leaning]
    assert sum(word.supports for word in found.words) == pytest.approx(mine, abs=1e-9)
    others = 1 - prior - mine
    assert sum(word.opposes for word in found.words) == pytest.approx(others, abs=1e-9)
    for one in found.neighbours:
        assert sum(part for _, part in one.words) == pytest.approx(one.similarity, abs=1e-9)
        assert one.vote == pytest.approx(
            1.0 if pipe.stages[-1].weights == "uniform" else one.similarity ** pipe.stages[-1].power
        )
    if name != "calibrated":
        assert found.scores == found.evidence


@settings(max_examples=3, deadline=None)
@given(words_of())
@pytest.mark.parametrize("vectors", VECTORS)
@pytest.mark.parametrize("name", LINEAR)
def test_words_add_up_to_a_linear_margin(vectors: str, name: str, text: str) -> None:
    pipe = kept(vectors, name)
    found = tp.explain(pipe, text, tries=0)
    if found.leaning is None:
        return
    total = sum(word.supports - word.opposes for word in found.words)
    assert total == pytest.approx(found.evidence[found.leaning], abs=1e-9)
    if name == "linear_svc":
        assert found.scores == pytest.approx(found.evidence, abs=1e-9)
    else:
        odds = found.scores["spam"] / found.scores["ham"]
        assert odds == pytest.approx(2.718281828459045 ** found.evidence["spam"])
    assert found.total_evidence is None
    assert found.neighbours == []


def test_of_three_labels_each_has_a_margin_of_its_own() -> None:
    labels = ["spam", "spam", "lunch", "lunch", "spam", "date"]
    for decider in (tp.LinearSvc(), tp.LogisticRegression(), tp.ComplementNb()):
        found = tp.explain(trained("tf_idf", decider, labels), "free lunch")
        total = sum(word.supports - word.opposes for word in found.words)
        assert total == pytest.approx(found.evidence[str(found.verdict)], abs=1e-9)
        assert len(found.evidence) == 3


def test_the_intercept_is_a_part_of_its_own() -> None:
    found = tp.explain(trained("tf_idf", tp.LinearSvc()), "free lunch")
    assert "(intercept)" in [word.word for word in found.words]


def test_euclidean_neighbours_have_shares_but_no_words() -> None:
    found = tp.explain(trained("tf_idf", tp.KnnClassifier(k=3, metric="euclidean")), "free lunch")
    assert sum(one.share for one in found.neighbours) + sum(found.prior.values()) == pytest.approx(
        1
    )
    assert found.words == []
    assert all(one.words == [] for one in found.neighbours)


def test_a_text_without_known_words_has_nothing_to_explain() -> None:
    found = tp.explain(trained("tf_idf", tp.KnnClassifier()), "qqq www")
    assert (found.verdict, found.leaning, found.known_words) == ("unsure", None, 0)
    assert (found.neighbours, found.words, found.flip, found.tried) == ([], [], None, 0)
    assert found.why_unsure == "There is no evidence: training knew none of these words."


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"verdict_from": {"spam": 0.99999}}, "verdict_from asks for 0.99999"),
        ({"minimum_evidence": 50.0}, "minimum_evidence asks for 50."),
        ({"minimum_evidence": {"spam": 60.0, "ham": 1.0}}, "minimum_evidence asks for 60."),
        ({"minimum_known": 1.0}, "knew 5 of 6 words, and minimum_known asks for 1 of them"),
        (
            {"minimum_training": 9},
            "Training has 3 documents of ham, and minimum_training asks for 9",
        ),
    ],
)
def test_what_is_below_a_threshold_leans_and_says_why(options: dict[str, object], why: str) -> None:
    found = tp.explain(
        trained("tf_idf", tp.KnnClassifier(k=3, **options)), "a free prize at lunch darling"
    )
    assert (found.verdict, found.leaning) == ("unsure", "spam")
    assert why in str(found.why_unsure)
    assert found.neighbours
    mine = found.evidence["spam"] - found.prior["spam"]
    assert sum(word.supports for word in found.words) == pytest.approx(mine, abs=1e-9)


def test_numbers_are_explained_by_neighbours_too() -> None:
    pipe = tp.Pipeline([tp.Tokenize(), tp.TfIdf(), tp.KnnRegressor(k=2)])
    found = tp.explain(pipe.fit(TEXTS, [9, 8, 2, 1, 8.5, 1]), "free prize")
    assert found.verdict == pytest.approx(8.7, abs=0.3)
    assert [neighbour.label for neighbour in found.neighbours] == [8.5, 9.0]
    assert sum(word.supports for word in found.words) == pytest.approx(1, abs=1e-9)
    assert (found.scores, found.evidence, found.prior, found.flip) == ({}, {}, {}, None)


def test_labels_may_be_numbers() -> None:
    pipe = tp.Pipeline([tp.Tokenize(), tp.TfIdf(), tp.KnnClassifier(k=2, prior=0.0)])
    found = tp.explain(pipe.fit(TEXTS, [1, 1, 0, 0, 1, 0]), "free prize")
    assert (found.verdict, found.evidence) == (1, {"0": 0.0, "1": pytest.approx(1)})
    assert sum(word.supports for word in found.words) == pytest.approx(1, abs=1e-9)


def test_what_cannot_be_explained_says_so() -> None:
    with pytest.raises(InputError, match="nearest_centroid cannot be explained word by word"):
        tp.explain(trained("tf_idf", tp.NearestCentroid()), "free prize")
    pipe = kept("tf_idf", "knn")
    with pytest.raises(InputError, match="one document, and 2 were given"):
        tp.explain(pipe, tp.Documents.of(["a", "b"]))
    with pytest.raises(InputError, match="tries must be 0 or more, and -1 was given"):
        tp.explain(pipe, "a", tries=-1)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800 free", "free " * 20_000, "\u202e" * 50])
def test_any_text_is_explained(text: str) -> None:
    found = tp.explain(kept("tf_idf", "knn"), text, tries=50)
    assert json.loads(json.dumps(found.as_json()))["verdict"] == found.verdict
    assert found.as_html().startswith("<!doctype html>")


def test_an_explanation_is_json() -> None:
    found = tp.explain(kept("bigrams", "knn"), "free \x1b[31m prize").as_json()
    assert json.loads(json.dumps(found))["verdict"] == "spam"
    assert set(found) >= {"evidence", "prior", "flip", "doubt", "way", "original", "why_unsure"}


def test_real_messages_add_up(sms_spam) -> None:  # type: ignore[no-untyped-def]
    texts, labels = sms_spam
    vectors = [tp.TfIdf(min_df=2), tp.WeighByLabel()]
    decider = tp.KnnClassifier(power=4.0, calibrate="beta")
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.Lowercase(), *vectors, decider])
    pipe.fit(texts[:2000], labels[:2000])
    for text in texts[2000:2040]:
        found = tp.explain(pipe, text, tries=20)
        if found.leaning is not None and found.total_evidence:
            mine = found.evidence[str(found.leaning)] - found.prior[str(found.leaning)]
            assert sum(word.supports for word in found.words) == pytest.approx(mine, abs=1e-9)
            for one in found.neighbours:
                assert sum(part for _, part in one.words) == pytest.approx(one.similarity, abs=1e-9)
