"""Training documents judge each other, and no stage that saw a label helps to guess it."""

import warnings

import numpy as np
import pytest

from textpipe import (
    Count,
    Documents,
    KnnClassifier,
    Lowercase,
    Pipeline,
    RemoveStopWords,
    StretchByLabel,
    Tokenize,
    Union,
    WeighByLabel,
)
from textpipe.classify.leave_one_out import leave_one_out
from textpipe.duplicates import by_content, grouped_parts, near_duplicate_groups
from textpipe.errors import TextpipeWarning
from textpipe.judged_in_folds import judged_in_folds
from textpipe.neighbours import Index
from textpipe.stage import Stage

WORDS = [f"w{a}{b}" for a in "abcdefghijklmnopqrst" for b in "abcdefghij"]


def random_texts(n, seed=0):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, 8)) for _ in range(n)]


def random_labels(n, seed=1):
    return np.random.default_rng(seed).choice(["ham", "spam"], n)


def judged(pipeline, texts, labels):
    """The trained pipeline's stages, and who was judged by whom."""
    documents = Documents.of(texts)
    pipeline.fit(documents, labels)
    last = len(pipeline.stages) - 1
    first = next((at for at, stage in enumerate(pipeline.stages[:-1]) if stage.sees_labels), last)
    before = pipeline[:first].run(documents)
    return judged_in_folds(pipeline.stages, first, before, np.asarray(labels))


def right_in(knn, found, labels):
    """How many of the judged get their own label."""
    classes, codes = np.unique(labels, return_inverse=True)
    votes = np.zeros((len(found.judged), len(classes)))
    for number in range(len(classes)):
        here = (codes[found.positions] == number) & (found.positions >= 0)
        votes[:, number] = np.where(here, found.similarities**2, 0).sum(axis=1)
    return np.mean(votes.argmax(axis=1) == codes[found.judged])


def test_where_no_stage_sees_labels_each_is_left_out_by_itself():
    texts, labels = random_texts(40), random_labels(40)
    texts[:3] = ["waa wab wac 1", "waa wab wac 2", "WAA wab wac"]
    pipeline = Pipeline([Tokenize("words"), Lowercase(), Count(), KnnClassifier(k=5)])
    found = judged(pipeline, texts, labels)
    expected = leave_one_out(pipeline.stages[-1].index(), near_duplicate_groups(texts), 5)
    for one, other in zip(found, expected, strict=True):
        assert one.tobytes() == other.tobytes()
    assert sorted(found.judged.tolist()) == list(range(40))


@pytest.mark.parametrize(
    "stages",
    [
        lambda: [Count(), WeighByLabel(power=2.0)],
        lambda: [Union([[Count(), WeighByLabel(power=2.0)], [Lowercase(), Count()]])],
        lambda: [Count(), StretchByLabel()],
        lambda: [Count(), WeighByLabel(power=2.0), StretchByLabel()],
    ],
    ids=["weighed", "in a branch", "stretched", "both"],
)
def test_labels_drawn_by_lot_are_not_guessed(stages):
    n = 1000  # of 300, a direction that overfits may sway a whole fold
    texts, labels = random_texts(n), random_labels(n)
    pipeline = Pipeline([Tokenize("words"), *stages(), KnnClassifier(k=15)])
    found = judged(pipeline, texts, labels)
    assert sorted(found.judged.tolist()) == list(range(n))
    assert 0.41 < right_in(pipeline.stages[-1], found, labels) < 0.59


@pytest.mark.parametrize("stage", [WeighByLabel(power=2.0), StretchByLabel(C=10.0)])
def test_leaving_out_afterwards_would_guess_them(stage):
    texts, labels = random_texts(300), random_labels(300)
    words = Pipeline([Tokenize("words"), Count()]).fit(texts)
    documents = words.run(Documents.of(texts))
    seen = stage.fit(documents, labels).apply(documents).matrix.values
    knn = KnnClassifier(k=15).fit(seen, labels)
    naive = leave_one_out(knn.index(), np.arange(300), 15)
    assert right_in(knn, naive, labels) > 0.6


def test_the_neighbours_are_those_of_a_model_that_was_trained_without_the_fold():
    texts, labels = random_texts(60), random_labels(60)
    texts[5], labels[5] = texts[4] + " !", labels[4]
    pipeline = Pipeline([Tokenize("words"), Count(), WeighByLabel(), KnnClassifier(k=4)])
    found = judged(pipeline, texts, labels)
    counts = pipeline[:2].run(Documents.of(texts)).matrix.values
    order = by_content(pipeline.stages[-1].keys_, texts)
    codes, groups = (labels == "spam").astype(int), near_duplicate_groups(texts)
    row_of = {document: row for row, document in enumerate(found.judged.tolist())}
    for train, test in grouped_parts(codes[order], groups[order], 5, seed=0):
        train, test = order[train], order[test]
        weigh = WeighByLabel().fit(counts[train], labels[train])
        knn = KnnClassifier(k=4).fit(weigh.transform(counts[train]), labels[train])
        hood = knn.neighbourhood(weigh.transform(counts[test]))
        rows = [row_of.pop(document) for document in test.tolist()]
        np.testing.assert_allclose(found.similarities[rows], hood.similarities, atol=1e-9)
        assert (
            np.where(hood.positions < 0, -1, train[hood.positions]).tolist()
            == found.positions[rows].tolist()
        )
    assert not row_of


class Meeting(Stage):
    """Remembers whom it met, and hands the documents on."""

    reads = writes = ("tokens",)
    met: list = []  # noqa: RUF012  # of all clones

    def meet(self, earlier, language):
        super().meet(earlier, language)
        Meeting.met.append(([stage.name() for stage in earlier], language))

    def apply(self, documents):
        return documents


def test_stages_that_are_trained_anew_meet_what_stands_before_them():
    texts, labels = [text.upper() + " the" for text in random_texts(40)], random_labels(40)
    branch = [RemoveStopWords(), Meeting(), Count(), WeighByLabel()]
    stages = [
        Tokenize("words"),
        Lowercase(),
        Union([branch, Count()]),
        StretchByLabel(),
        KnnClassifier(k="auto"),
    ]
    Meeting.met.clear()
    pipeline = Pipeline(stages, language="de").fit(texts, labels)
    assert len(Meeting.met) == 1 + 5  # once in the pipeline, and in each fold
    assert all(met == (["tokenize", "lowercase", "remove_stop_words"], "de") for met in Meeting.met)
    knn = pipeline.stages[-1]
    assert len(knn.k_curve_) == 40
    assert np.isfinite(knn.k_curve_).all()
    assert knn.k_curve_.min() > 0.8 * np.prod(
        knn.shares_
    )  # labels by lot: no k is much better than the shares


def test_a_stage_of_the_pipeline_stays_as_it_was_trained():
    texts, labels = random_texts(60), random_labels(60)

    def made(k, calibrate):
        stages = [
            Tokenize("words"),
            Count(),
            WeighByLabel(),
            KnnClassifier(k=k, calibrate=calibrate),
        ]
        return Pipeline(stages).fit(texts, labels)

    one, other = made("auto", "beta"), made(7, "none")
    for position in (1, 2):
        first, second = one.stages[position].learned(), other.stages[position].learned()
        assert first.keys() == second.keys()
    assert one.stages[2].weights_.tobytes() == other.stages[2].weights_.tobytes()
    assert one.stages[3].rows_.toarray().tobytes() == other.stages[3].rows_.toarray().tobytes()


def test_the_order_of_training_does_not_matter():
    texts, labels = random_texts(80), random_labels(80)
    texts[:4] = [" ".join(reversed(text.split())) for text in texts[4:8]]  # equal rows
    labels[:4] = labels[4:8]

    def trained(order):
        stages = [
            Tokenize("words"),
            Count(),
            WeighByLabel(),
            KnnClassifier(k="auto", calibrate="beta"),
        ]
        return Pipeline(stages).fit([texts[at] for at in order], labels[order])

    one, other = (
        trained(order) for order in (np.arange(80), np.random.default_rng(0).permutation(80))
    )
    assert one.stages[-1].k_curve_.tobytes() == other.stages[-1].k_curve_.tobytes()
    assert one.decide(texts).scores.tobytes() == other.decide(texts).scores.tobytes()


def test_where_a_label_has_too_few_documents_nobody_is_judged():
    pipeline = Pipeline([Tokenize("words"), Count(), WeighByLabel(), KnnClassifier(k=2)])
    found = judged(pipeline, ["win", "prize", "lunch"], ["spam", "spam", "ham"])
    assert [len(column) for column in found] == [0, 0, 0]
    assert found.positions.shape == (0, 2)


@pytest.mark.parametrize("calibrate", ["none", "beta", "isotonic"])
def test_a_model_that_could_judge_nobody_still_decides(calibrate):
    knn = KnnClassifier(k="auto", calibrate=calibrate)
    pipeline = Pipeline([Tokenize("words"), Count(), WeighByLabel(), knn])
    with pytest.warns(TextpipeWarning, match="too few documents to choose k"):
        pipeline.fit(["win", "prize", "lunch"], ["spam", "spam", "ham"])
    assert (knn.k_, knn.calibration_ if calibrate != "none" else {}) == (10, {})
    assert pipeline.predict(["win prize", "lunch", "zebra"]).tolist() == ["spam", "ham", "unsure"]


@pytest.mark.parametrize("stage", [WeighByLabel, StretchByLabel])
@pytest.mark.parametrize("odd", ["odd", "ham"])
def test_an_odd_document_is_not_judged_and_moves_the_others_only_little(stage, odd):
    texts = random_texts(200)
    labels = np.where([text.count("wa") + text.count("wb") > 0 for text in texts], "spam", "ham")

    def shares(texts, labels):
        knn = KnnClassifier(k=15)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TextpipeWarning)
            found = judged(Pipeline([Tokenize("words"), Count(), stage(), knn]), texts, labels)
        spam = np.append(labels, "")[found.positions] == "spam"
        of_each = (spam * found.similarities).sum(axis=1) / found.similarities.sum(axis=1)
        return dict(zip(found.judged.tolist(), of_each, strict=True))

    one, other = shares(texts, labels), shares([*texts, "wja wzz"], np.append(labels, odd))
    assert (200 in other) == (odd == "ham")
    assert one.keys() == other.keys() - {200} == set(range(200))
    right = [
        np.mean(
            [(share > 0.5) == (labels[at] == "spam") for at, share in shares.items() if at < 200]
        )
        for shares in (one, other)
    ]
    assert min(right) > 0.7
    assert abs(right[0] - right[1]) < 0.1


def test_what_a_stage_warned_of_it_does_not_warn_of_again_in_each_fold():
    texts, labels = random_texts(40), random_labels(40).astype("<U5")
    labels[:3] = ["odd", "other", "other"]  # of the other, one is in each of two folds
    stages = [Tokenize("words"), Count(), StretchByLabel(), KnnClassifier(k="auto")]
    with pytest.warns(TextpipeWarning) as warned:
        Pipeline(stages).fit(texts, labels)
    assert [str(warning.message)[:39] for warning in warned] == [
        "stretch_by_label: too few documents of "
    ]


def test_where_a_class_is_rare_the_folds_are_fewer():
    texts, labels = random_texts(40), np.array(["ham"] * 37 + ["spam"] * 3)
    pipeline = Pipeline([Tokenize("words"), Count(), WeighByLabel(), KnnClassifier(k=3)])
    found = judged(pipeline, texts, labels)
    assert sorted(found.judged.tolist()) == list(range(40))
    assert isinstance(pipeline.stages[-1].index(), Index)
