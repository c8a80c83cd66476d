from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe.documents import Documents
from textpipe.explanation import Explanation, Word, explain
from textpipe.explanation.reasons import Spans
from textpipe.explanation.text_words import text_words

TEXTS = [
    "win a free prize now",
    "free money for you",
    "see you at lunch",
    "lunch for two at noon",
    "your free prize money",
    "see you at noon for lunch",
]
LABELS = ["spam", "spam", "ham", "ham", "spam", "ham"]
LETTERS = [tp.CharacterNGrams(4, 4), tp.TfIdf()]
VECTORS = {
    "pairs": [tp.TfIdf(n_grams=(1, 2))],
    "letters": LETTERS,
    "letters_of_stems": [tp.Stem(), *LETTERS],
    "words_pairs_letters": [tp.Union([[tp.TfIdf(n_grams=(1, 2)), tp.WeighByLabel()], LETTERS])],
    "stretched": [tp.Union([tp.TfIdf(n_grams=(1, 2)), LETTERS]), tp.StretchByLabel(folds=2)],
    "over_stop_words": [tp.RemoveStopWords(), tp.TfIdf(n_grams=(1, 3))],
    "pairs_as_tokens": [tp.RemoveStopWords(), tp.NGrams(2, 2), tp.Count()],
    "hashed": [tp.Hashing(n_features=8)],
    "with_shape": [tp.Union([tp.TfIdf(), tp.TextShape()])],
}
PIPES: dict[tuple[str, str], tp.Pipeline] = {}


def pipe_of(vectors: str, decider: str = "knn") -> tp.Pipeline:
    if (vectors, decider) not in PIPES:
        stages = [tp.Tokenize("words"), tp.Lowercase(), *VECTORS[vectors]]
        last = tp.KnnClassifier(k=4) if decider == "knn" else tp.LinearSvc()
        PIPES[vectors, decider] = tp.Pipeline([*stages, last]).fit(TEXTS, LABELS)
    return PIPES[vectors, decider]


def shares(parts: dict[str, Spans], documents: Documents) -> dict[str, dict[str, float]]:
    """For each part what each word has of it."""
    found = text_words(list(parts), list(parts.values()), documents)
    table = found.shares.toarray()
    return {
        part: {
            found.names[row][1]: round(table[row, at], 6) for row in np.flatnonzero(table[:, at])
        }
        for at, part in enumerate(parts)
    }


def read(text: str, *stages: tp.Stage) -> Documents:
    return tp.Pipeline([tp.Tokenize("words"), *stages]).run([text])


def word(found: Explanation, name: str) -> Word:
    return next(one for one in found.words if one.word == name)


def test_a_place_is_shared_out_by_code_points() -> None:
    documents = read("to be removed")
    assert shares({"be removed": [(3, 13)], "remo": [(6, 10)]}, documents) == {
        "be removed": {"be": 0.222222, "removed": 0.777778},
        "remo": {"removed": 1.0},
    }


def test_each_place_of_a_part_has_the_same_share() -> None:
    documents = read("free freedom")
    assert shares({"free": [(0, 4), (5, 9)]}, documents) == {"free": {"free": 0.5, "freedom": 0.5}}


def test_all_places_of_a_word_are_one_row() -> None:
    documents = read("Free FREE", tp.Lowercase())
    found = text_words(["free"], [[(0, 4), (5, 9)]], documents)
    assert (found.names, found.spans) == ([(True, "free")], [[(0, 4), (5, 9)]])


def test_what_stands_on_no_word_keeps_its_name() -> None:
    documents = read("a  (rest)")
    parts = {"(rest)": [], "gap": [(1, 3)], "half": [(0, 1), (1, 2)]}
    assert shares(parts, documents) == {
        "(rest)": {"(rest)": 1.0},
        "gap": {"gap": 1.0},
        "half": {"a": 0.5, "half": 0.5},
    }


def test_a_word_called_like_the_rest_is_another_row() -> None:
    documents = tp.Pipeline([tp.Tokenize("whitespace")]).run(["(rest)"])
    found = text_words(["(rest)", "(rest)"], [[(0, 6)], []], documents)
    assert found.names == [(True, "(rest)"), (False, "(rest)")]
    assert found.shares.toarray().tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_dropped_word_has_no_share() -> None:
    documents = read("good but bad", tp.RemoveStopWords())
    assert shares({"good bad": [(0, 12)]}, documents) == {
        "good bad": {"good": 0.571429, "bad": 0.428571}
    }


@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ([], ["Dogs", "RUN"]),
        ([tp.Lowercase()], ["dogs", "run"]),
        ([tp.Lowercase(), tp.Stem()], ["dog", "run"]),
        ([tp.CharacterNGrams(4, 4)], ["Dogs", "RUN"]),
        ([tp.Lowercase(), tp.Stem(), tp.CharacterNGrams(4, 4)], ["dogs", "run"]),
        ([tp.Lowercase(), tp.NGrams(1, 2)], ["dogs", "run"]),
    ],
)
def test_a_word_is_called_as_it_is_read(stages: list[tp.Stage], names: list[str]) -> None:
    found = text_words(["both"], [[(0, 8)]], read("Dogs RUN", *stages))
    assert [name for _, name in found.names] == names


@settings(max_examples=60, deadline=None)
@given(
    st.text("ab ", max_size=20),
    st.lists(
        st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted).map(tuple)),
        max_size=6,
    ),
)
def test_every_part_is_shared_out_wholly(text: str, places: list[list[tuple[int, int]]]) -> None:
    documents = read(text)
    found = text_words([str(i) for i in range(len(places))], places, documents)
    assert found.shares.sum(axis=0).ravel().tolist() == [pytest.approx([1.0] * len(places))]
    assert found.shares.min() >= 0 if found.shares.nnz else True
    for part, spans in enumerate(places):  # one character after the other
        column = found.shares[:, [part]].toarray().ravel()
        wanted = dict.fromkeys(found.names, 0.0)
        for start, end in spans or [(0, 0)]:
            on = [
                (True, form)
                for form, (s, e) in zip(
                    documents.tokens.of(0), documents.tokens.spans(0), strict=True
                )
                for i in range(start, end)
                if s <= i < e
            ]
            for name in on or [(False, str(part))]:
                wanted[name] += 1 / len(on or [0]) / len(spans or [0])
        assert column.tolist() == pytest.approx(list(wanted.values()))


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.sampled_from(["WIN", "free", "prizes", "lunch", "you", "for", "at", "zzz", "!"]),
        min_size=1,
        max_size=8,
    ).map(" ".join)
)
@pytest.mark.parametrize("decider", ["knn", "linear"])
@pytest.mark.parametrize("vectors", VECTORS)
def test_words_and_their_pieces_add_up(vectors: str, decider: str, text: str) -> None:
    found = explain(pipe_of(vectors, decider), text, tries=0)
    if found.leaning is None or found.total_evidence == 0:
        return
    for one in found.words:
        if one.parts:
            assert sum(plus for _, plus, _ in one.parts) == pytest.approx(one.supports, abs=1e-9)
            assert sum(minus for _, _, minus in one.parts) == pytest.approx(one.opposes, abs=1e-9)
            assert [name for name, _, _ in one.parts] != [one.word]
            weights = [abs(plus) + abs(minus) for _, plus, minus in one.parts]
            assert weights == sorted(weights, reverse=True)
    if decider == "linear":
        total = sum(one.net for one in found.words)
        assert total == pytest.approx(found.evidence[str(found.leaning)], abs=1e-9)
        return
    mine = found.evidence[str(found.leaning)] - found.prior[str(found.leaning)]
    assert sum(one.supports for one in found.words) == pytest.approx(mine, abs=1e-9)
    others = 1 - sum(found.prior.values()) - mine
    assert sum(one.opposes for one in found.words) == pytest.approx(others, abs=1e-9)
    for neighbour in found.neighbours:
        total = sum(part for _, part in neighbour.words)
        assert total == pytest.approx(neighbour.similarity, abs=1e-9)
        assert len({name for name, _ in neighbour.words}) == len(neighbour.words)


def test_words_pairs_and_letters_are_shown_as_words() -> None:
    found = explain(pipe_of("words_pairs_letters"), "A FREE prize, a freebie")
    assert {one.word for one in found.words} == {"a", "free", "prize", "freebie"}
    free = word(found, "free")
    assert found.text[slice(*free.spans[0])] == "FREE"
    assert {" fre", "free", "ree ", "free prize"} <= {name for name, _, _ in free.parts}
    assert {name for name, _, _ in word(found, "freebie").parts} == {" fre", "free"}
    whole = sum(plus for one in found.words for name, plus, _ in one.parts if name == "ree ")
    assert {name: plus for name, plus, _ in free.parts}["ree "] == pytest.approx(whole)


def test_a_word_alone_has_no_pieces() -> None:
    pipe = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnClassifier(k=3)])
    found = explain(pipe.fit(TEXTS, LABELS), "free lunch")
    assert sorted((one.word, one.parts) for one in found.words) == [("free", []), ("lunch", [])]


def test_a_hashed_column_is_shown_as_its_words() -> None:
    found = explain(pipe_of("hashed"), "free lunch")
    assert {one.word for one in found.words} == {"free", "lunch"}
    assert all(one.parts for one in found.words)


def test_columns_without_words_keep_their_names() -> None:
    pipe = pipe_of("with_shape")
    found = explain(pipe, "FREE prize")
    assert {"free", "prize"} <= {one.word for one in found.words}
    shape = [one for one in found.words if one.word not in ("free", "prize")]
    assert shape
    assert all((one.spans, one.parts) == ([], []) for one in shape)


def test_real_mail_adds_up(corpora) -> None:  # type: ignore[no-untyped-def]
    mails = corpora("spamassassin")
    paths = [sorted((mails / name).iterdir())[:30] for name in ("spam-1", "easy-ham-1")]
    known = [tp.read(str(path), format="mail").documents for part in paths for path in part]
    labels = ["spam"] * len(paths[0]) + ["ham"] * len(paths[1])
    kept = [i for i, one in enumerate(known) if len(one) == 1]
    pipe = tp.Pipeline(
        [
            tp.CleanHtml(),
            tp.Tokenize(),
            tp.Lowercase(),
            *VECTORS["words_pairs_letters"],
            tp.KnnClassifier(),
        ]
    )
    pipe.fit(Documents.concat([known[i] for i in kept]), [labels[i] for i in kept])
    for i in kept[::10]:
        found = explain(pipe, known[i], tries=0)
        mine = found.evidence[str(found.leaning)] - found.prior[str(found.leaning)]
        assert sum(one.supports for one in found.words) == pytest.approx(mine, abs=1e-9)
        for one in found.neighbours:
            assert sum(part for _, part in one.words) == pytest.approx(one.similarity, abs=1e-9)
