import json

import numpy as np
import pytest

import textpipe as tp
from textpipe.diagnosis import diagnose
from textpipe.errors import DefinitionError, InputError, TextpipeError

SPAM = ["win a free prize now", "claim your free prize money", "free money if you claim it now"]
HAM = ["see you at lunch tomorrow", "lunch at noon with the team", "dinner with the team tomorrow"]
WORDS = ["blue", "green", "red", "old", "new", "big", "small", "late", "soon", "here", "there"]


def pipeline(**options):
    return tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnClassifier(**options)])


def corpus(n=60, seed=0):
    """Texts of two kinds, which share a few words that tell nothing."""
    random = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(n):
        for kind, label in ((SPAM, "spam"), (HAM, "ham")):
            texts.append(" ".join([str(random.choice(kind)), *random.choice(WORDS, 3)]))
            labels.append(label)
    return texts, labels


def keys(found):
    return [measure.key for measure in found.measures]


def test_texts_of_two_kinds_are_told_apart_by_their_neighbours():
    texts, labels = corpus()
    found = diagnose(pipeline(), texts, labels, k=5)
    assert found["disagreement"].value == 0
    assert found.conclusion.startswith("Neighbours work")
    assert found.labels == {"ham": 60, "spam": 60}
    assert found.measured <= found.distinct <= found.documents == 120
    assert (found.features, found.metric, found.k) == (len(tp.TfIdf().fit(
        tp.Tokenize("words").transform(texts)).vocabulary_), "cosine", 5)  # fmt: skip
    assert {leak.label for leak in found.leaks} == {"ham", "spam"}
    assert found["removable"].value > 0.5


def test_a_wrong_label_is_the_surest_suspect_and_a_copy_with_another_label_a_conflict():
    texts, labels = corpus()
    labels[0] = "ham"  # a spam
    texts[3], labels[3] = texts[1], "spam"  # a ham
    texts.append(texts[5] + "!!!")
    labels.append("spam")
    found = diagnose(pipeline(), texts, labels, k=5)
    first = found.suspects[0]
    assert (first.id, first.label, first.neighbours_say) == ("0", "ham", "spam")
    assert first.text.startswith(texts[0])
    assert [(conflict.ids, conflict.exact) for conflict in found.conflicts] == [
        (["1", "3"], True),
        (["5", "120"], False),
    ]
    assert all(hub.misleads for hub in found.hubs)


def test_labels_that_say_nothing_are_seen_as_such():
    texts, labels = corpus()
    np.random.default_rng(1).shuffle(labels)
    found = diagnose(pipeline(), texts, labels, k=5)
    assert found["disagreement"].light == found["bad_hubness"].light == "bad"
    assert found.conclusion.startswith("Neighbours cannot be trusted")
    assert found.leaks == []


def test_without_labels_what_needs_none_is_measured():
    texts, labels = corpus()
    without = diagnose(pipeline(), texts, k=5)
    assert keys(without) == [
        "contrast", "intrinsic_dimension", "hubness", "empty", "unknown_words", "near_duplicates",
    ]  # fmt: skip
    assert without.labels is None
    assert without.suspects == without.conflicts == without.leaks == []
    assert without.hubs[0].misleads is None
    numbers = tp.Pipeline([tp.Tokenize("words"), tp.TfIdf(), tp.KnnRegressor()])
    assert keys(diagnose(numbers, texts, np.arange(120.0), k=5)) == keys(without)
    with pytest.raises(KeyError):
        without["disagreement"]
    assert keys(diagnose(pipeline()[:-1], texts, labels, k=5))[-1] == "removable"


def test_the_pipeline_is_left_alone_and_the_answer_is_the_same_again():
    texts, labels = corpus()
    pipe = pipeline()
    one, other = (diagnose(pipe, texts, labels, seed=3, sample=50) for _ in range(2))
    assert json.dumps(one.as_json()) == json.dumps(other.as_json())
    assert one.measured == 50
    assert not pipe.__sklearn_is_fitted__()
    assert np.array_equal(one.curves.occurrences, other.curves.occurrences)
    assert one.curves.occurrences.sum() <= 50 * 10


def test_unknown_and_empty_documents_are_those_of_a_vocabulary_that_did_not_see_them():
    texts = [f"all {word}{i}" for i, word in enumerate(WORDS * 5)]
    found = diagnose(tp.Pipeline([tp.Tokenize("words"), tp.TfIdf()]), texts, k=3)
    assert found["unknown_words"].value == 0.5  # each has a word of its own
    assert found["empty"].value == 0
    alone = [f"{word}{i} {word}x{i}" for i, word in enumerate(WORDS * 5)]
    assert diagnose(pipeline()[:-1], alone, k=3)["empty"].value == 1


@pytest.mark.parametrize(
    "stages",
    [
        [tp.TextShape(), tp.KnnClassifier(metric="euclidean")],
        [tp.Tokenize("words"), tp.Hashing(n_features=64), tp.LinearSvc()],
        [tp.Tokenize("words"), tp.TfIdf(), tp.ReduceDimensions(dimensions=5), tp.KnnClassifier()],
        [
            tp.Tokenize("words"),
            tp.Phrases(min_count=2, threshold=0.1),
            tp.Count(),
            tp.ComplementNb(),
        ],
    ],
)
def test_any_vectors_are_measured(stages):
    texts, labels = corpus(30)
    found = diagnose(tp.Pipeline(stages), texts, labels, k=4)
    assert 0 <= found["disagreement"].value <= 1
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["documents"] == 60


def test_hostile_texts_are_measured_like_others():
    texts = [
        "",
        "\x00",
        "\ud800 lone",
        "a" * 200_000,
        "<b>x</b>",
        "\u202egnp",
        *corpus(10)[0],
        "",
        " ",
    ]
    labels = ["a", "b"] * (len(texts) // 2)
    found = diagnose(pipeline(), texts, labels, k=3)
    assert found.documents == 28
    assert all(len(hub.text) <= 200 for hub in found.hubs)


def test_two_labels_of_one_document_each_and_identical_documents():
    found = diagnose(
        pipeline(), ["same words", "same words", "other words", "words"], list("abba"), k=2
    )
    assert found.measured == 4
    with pytest.raises(InputError, match="only 1 of 3 documents differ"):
        diagnose(pipeline(), ["same"] * 3, k=2)
    one = diagnose(pipeline(), corpus()[0], ["a"] * 120, k=2)
    assert one["disagreement"].light == one["bad_hubness"].light == "unknown"


@pytest.mark.parametrize(
    ("stages", "texts", "labels", "options", "message"),
    [
        ([tp.Tokenize("words")], SPAM, None, {}, "no stage of this pipeline writes a matrix"),
        ([tp.Tokenize("words"), tp.TfIdf()], SPAM[:2], None, {}, "at least 3 documents"),
        ([tp.Tokenize("words"), tp.TfIdf()], SPAM, ["a"], {}, "1 labels were given for 3"),
        ([tp.Tokenize("words"), tp.TfIdf()], SPAM, None, {"k": 0}, "k must be at least 1"),
        (
            [tp.Tokenize("words"), tp.TfIdf()],
            SPAM,
            None,
            {"sample": 1},
            "sample must be at least 3",
        ),
        ([tp.TfIdf()], SPAM, None, {}, "reads tokens"),
    ],
)
def test_what_cannot_be_measured_is_refused(stages, texts, labels, options, message):
    with pytest.raises(TextpipeError, match=message) as raised:
        diagnose(tp.Pipeline(stages), texts, labels, **options)
    assert isinstance(raised.value, DefinitionError | InputError)


def test_progress_is_told_and_comes_to_an_end():
    told = []
    diagnose(pipeline(), *corpus(20), k=2, progress=lambda *what: told.append(what))
    assert told[-1][0] == "measuring"
    assert told[-1][1] == told[-1][2]
    assert all(done <= total for _, done, total in told)
    assert "preparing documents" in {what for what, *_ in told}


def test_the_sms_corpus(sms_spam):
    texts, labels = sms_spam
    found = diagnose(pipeline(k=10, power=4.0), texts, labels, sample=1500)
    assert 1490 <= found.measured <= 1500  # a few have no known word
    assert found["disagreement"].value < 0.05
    assert 5 < found["intrinsic_dimension"].value < 40
    assert found["near_duplicates"].value == pytest.approx(0.087, abs=0.002)
    assert found["hubness"].value > 1
    assert found.suspects


def test_vectors_are_measured_as_they_are_without_stages_that_learn_from_labels():
    random = np.random.default_rng(0)
    texts = [" ".join(random.choice(list("abcdefghijklmnop"), 6)) for _ in range(200)]
    labels = random.choice(["ham", "spam"], 200)  # nothing can be known of them
    words = [tp.Tokenize("whitespace"), tp.TfIdf()]
    plain = tp.Pipeline([*words, tp.KnnClassifier()])
    weighted = tp.Pipeline(
        [
            tp.Tokenize("whitespace"),
            tp.Union([[tp.TfIdf(), tp.WeighByLabel()]]),
            tp.StretchByLabel(),
            tp.KnnClassifier(),
        ]
    )
    alone, found = (diagnose(pipeline, texts, labels) for pipeline in (plain, weighted))
    assert found.left_out == ("weigh_by_label", "stretch_by_label")
    assert found["disagreement"].value == pytest.approx(alone["disagreement"].value)
    assert alone.left_out == ()
