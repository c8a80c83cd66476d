import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import textpipe
from textpipe import (
    Count,
    KnnClassifier,
    KnnRegressor,
    LinearSvc,
    Lowercase,
    Pipeline,
    TfIdf,
    Tokenize,
    Vectorizer,
)
from textpipe.documents import Matrix
from textpipe.errors import DefinitionError, InputError
from textpipe.evaluation import evaluate

NOUNS = ["dog", "cat", "lake", "boat", "tree", "book", "lamp", "road"]
SPAM = [f"win a free {noun} prize" for noun in NOUNS]
HAM = [f"the {noun} is at the lake" for noun in NOUNS]
TEXTS, LABELS = SPAM + HAM, ["spam"] * 8 + ["ham"] * 8


def pipe(*stages):
    return Pipeline([Tokenize("words"), Lowercase(), *(stages or (TfIdf(), KnnClassifier(k=3)))])


def test_every_document_is_judged_once_by_a_fold_that_did_not_see_it():
    report = evaluate(pipe(), TEXTS, LABELS, folds=4)
    assert report.scores["accuracy"] == 1.0
    assert report.verdicts.tolist() == LABELS
    assert sorted(set(report.folds.tolist())) == [0, 1, 2, 3]
    assert report.confusion()[1].tolist() == [[8, 0, 0], [0, 8, 0]]


def test_what_learns_is_trained_inside_the_fold():
    log = []

    class Recording(Vectorizer):
        """Remembers what it was trained on, and gives each document what it begins with."""

        reads = ("text",)

        def learn(self, documents, labels=None):
            log.append((documents.texts(), labels.tolist()))
            self.learned_ = True

        def vectorize(self, documents):
            rows = [[1.0, float(text.startswith("win"))] for text in documents.texts()]
            return Matrix(np.array(rows), ["one", "win"])

    stage = Recording()
    report = evaluate(Pipeline([stage, KnnClassifier(k=1)]), TEXTS, LABELS, folds=4)
    assert len(log) == 4
    assert not hasattr(stage, "learned_")  # what was given is left alone
    for fold, (texts, labels) in enumerate(log):
        left_out = [text for text, at in zip(TEXTS, report.folds, strict=True) if at == fold]
        assert left_out
        assert not set(texts) & set(left_out)
        assert sorted(texts + left_out) == sorted(TEXTS)
        assert labels == [LABELS[TEXTS.index(text)] for text in texts]


def test_near_duplicates_do_not_help_unless_one_asks_for_it():
    random = np.random.default_rng(0)
    alphabet = list("abcdefghij")
    words = ["".join(random.choice(alphabet, 8)) for _ in range(60)]
    texts = [f"{word} {number}" for word in words for number in range(3)]
    labels = np.repeat(random.choice(["spam", "ham"], 60), 3)
    random_split = evaluate(pipe(), texts, labels, split="stratified").scores["accuracy"]
    grouped = evaluate(pipe(), texts, labels).scores["accuracy"]
    assert random_split > 0.9
    assert grouped < 0.7  # there is nothing to be learned
    assert evaluate(pipe(), texts, labels).n_groups == 60


def test_unsure_is_an_error_and_for_the_positive_label_a_miss():
    texts, labels = [*TEXTS, "xyzzy", "plugh"], [*LABELS, "spam", "ham"]
    report = evaluate(pipe(), texts, labels, folds=4)
    assert report.verdicts.tolist()[-2:] == ["unsure", "unsure"]
    assert report.positive == "spam"
    assert report.scores["accuracy"] == 16 / 18
    assert report.scores["recall"] == 8 / 9
    assert report.scores["false_positive_rate"] == 0.0
    assert report.confusion()[1].tolist() == [[8, 0, 1], [0, 8, 1]]
    assert sorted(report.mistakes()) == [16, 17]


@pytest.mark.parametrize("positive", ["ham", "spam"])
@pytest.mark.parametrize("decider", [LinearSvc(), KnnClassifier()])
def test_the_area_under_the_curve_is_the_same_from_both_sides(decider, positive):
    texts, labels = TEXTS, [*LABELS[1:], "spam"]  # one is labelled wrong
    report = evaluate(pipe(Count(), decider), texts, labels, folds=2, positive=positive)
    lead = report.decisions.scores[:, 1] - report.decisions.scores[:, 0]
    assert report.scores["roc_auc"] == roc_auc_score(np.array(labels) == "spam", lead) > 0.6


def test_more_than_two_labels():
    texts = TEXTS + [f"{noun} news from parliament" for noun in NOUNS]
    report = evaluate(pipe(), texts, LABELS + ["news"] * 8, folds=4)
    assert report.scores["macro_f1"] == 1.0
    assert "roc_auc" not in report.scores
    assert report.decisions.scores.shape == (24, 3)


def test_labels_may_be_numbers():
    report = evaluate(pipe(), TEXTS, np.array([1] * 8 + [0] * 8), positive="1")
    assert report.scores["recall"] == 1.0
    assert report.as_json()["labels"] == {"0": 8, "1": 8}


def test_the_json_is_plain_and_complete():
    found = json.loads(json.dumps(evaluate(pipe(), TEXTS, LABELS, folds=4).as_json()))
    assert found["documents"] == 16
    assert found["labels"] == {"ham": 8, "spam": 8}
    assert found["split"] == {"kind": "grouped", "folds": 4, "groups": 16}
    assert found["confusion"]["spam"] == {"ham": 0, "spam": 8, "unsure": 0}
    assert len(found["folds"]) == 4
    assert [stage["name"] for stage in found["stages"]] == [
        "tokenize",
        "lowercase",
        "tf_idf",
        "knn_classifier",
    ]
    # what does not learn works on each document once; what learns, on all of them in each fold
    assert [stage["documents"] for stage in found["stages"]] == [16, 16, 64, 16]


def test_it_is_the_same_every_time():
    one, other = (evaluate(pipe(), TEXTS, LABELS, seed=3) for _ in range(2))
    assert one.folds.tolist() == other.folds.tolist()
    assert one.decisions.scores.tobytes() == other.decisions.scores.tobytes()


def test_progress_is_told():
    told = []
    evaluate(pipe(), TEXTS, LABELS, folds=2, progress=lambda *what: told.append(what))
    assert told == [
        ("preparing documents", 16, 16),
        ("folds", 0, 2),
        ("folds", 1, 2),
        ("folds", 2, 2),
    ]


@pytest.mark.parametrize(
    ("texts", "labels", "options", "error", "message"),
    [
        (TEXTS, LABELS[:-1], {}, InputError, "15 labels were given for 16 documents"),
        (TEXTS, [None, *LABELS[1:]], {}, InputError, "the label of document 0 is missing"),
        (TEXTS, ["spam"] * 16, {}, InputError, "there is only one label, 'spam'"),
        ([], [], {}, InputError, "there are no documents"),
        (TEXTS, LABELS, {"folds": 9}, InputError, r"has 8 groups of near-duplicates, .* folds=8"),
        (TEXTS, LABELS, {"folds": 1}, InputError, "folds must be at least 2"),
        (
            TEXTS,
            LABELS,
            {"positive": "eggs"},
            InputError,
            "positive is 'eggs', and the labels are ham, spam",
        ),
    ],
)
def test_what_cannot_be_judged_is_told(texts, labels, options, error, message):
    with pytest.raises(error, match=message):
        evaluate(pipe(), texts, labels, **options)


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        (Pipeline([Tokenize("words"), Count()]), "ends in a classifier, .* this one ends in count"),
        (pipe(Count(), KnnRegressor()), "this one ends in knn_regressor"),
        (Pipeline([KnnClassifier()]), "reads matrix"),
    ],
)
def test_a_pipeline_that_classifies_nothing_is_refused(pipeline, message):
    with pytest.raises(DefinitionError, match=message):
        evaluate(pipeline, TEXTS, LABELS)


def test_it_is_a_public_name():
    assert textpipe.evaluate is evaluate
