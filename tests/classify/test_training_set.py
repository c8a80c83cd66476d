"""A training set is taught and untaught, and comes to what a fresh one with the same documents is."""

import copy
import pickle

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from textpipe import (
    Documents,
    Hashing,
    KnnClassifier,
    KnnRegressor,
    Pipeline,
    TextShape,
    TfIdf,
    Tokenize,
    load,
    save,
)
from textpipe.bundle import info
from textpipe.errors import BundleError, InputError

TEXTS = ["win a prize", "claim your prize", "lunch at noon", "see you at noon", "win win", "lunch"]
LABELS = ["spam", "spam", "ham", "ham", "spam", "ham"]
QUERIES = ["a prize at noon", "lunch with you", "win", "zebra", ""]
NEW = ["free money", "noon", "see a prize", ""]

WITHDRAWN = "a text that must not leave"

KINDS = {
    "classifier": lambda: KnnClassifier(k=3),
    "by distance": lambda: KnnClassifier(k=2, metric="euclidean", weights="uniform"),
    "regressor": lambda: KnnRegressor(k=3),
}
ALL_KINDS = pytest.mark.parametrize("kind", KINDS)

# what stands before knows all words from the start: a training set alone is compared here
WORDS = Pipeline([Tokenize("words"), TfIdf()]).fit([*TEXTS, *NEW, WITHDRAWN])
SHAPES = Pipeline([TextShape()]).fit(TEXTS)


def trained(kind="classifier", texts=TEXTS, labels=None):
    if labels is None:
        labels = [1.5, 2.0, 7.0, 8.0, 1.0, 9.0] if kind == "regressor" else LABELS
    before = SHAPES if kind == "by distance" else WORDS
    pipeline = Pipeline([*before.stages, KINDS[kind]()])
    pipeline.stages[-1].fit(rows_of(pipeline, texts), labels)
    pipeline.trained_ = True
    return pipeline


def rows_of(pipeline, texts):
    return pipeline[:-1].run(Documents.of(texts, ids=[f"id of {text}" for text in texts]))


def files_of(pipeline, path):
    manifest = info(save(pipeline, path))
    return manifest["files"], manifest["states"]


def same(one, other):
    first, second = one.decide(QUERIES), other.decide(QUERIES)
    assert first.verdicts().tolist() == second.verdicts().tolist()
    assert first.scores.tobytes() == second.scores.tobytes()
    assert first.values.tolist() == second.values.tolist()


def test_what_is_added_votes_and_what_is_removed_votes_no_more():
    pipeline = trained()
    knn = pipeline.stages[-1]
    assert pipeline.predict(["free money"]).tolist() == ["unsure"]
    assert knn.add(rows_of(pipeline, ["free money"]), ["spam"]).tolist() == [6]
    assert pipeline.predict(["free money"]).tolist() == ["spam"]
    assert (knn.id_of(6), knn.label_of(6), knn.excerpt_of(6)) == (
        "id of free money",
        "spam",
        "free money",
    )
    knn.relabel([6], "ham")
    assert pipeline.predict(["free money"]).tolist() == ["ham"]
    knn.remove([6])
    assert pipeline.predict(["free money"]).tolist() == ["unsure"]
    knn.restore([6])
    assert pipeline.predict(["free money"]).tolist() == ["ham"]
    assert knn.counts_.tolist() == [4, 3]


def test_documents_are_found_by_their_texts():
    pipeline = trained(texts=["win", "lunch", "win"], labels=["spam", "ham", "spam"])
    knn = pipeline.stages[-1]
    assert knn.find(Documents.of(["win", "noon", "lunch"])) == [[0, 2], [], [1]]
    knn.remove([0])
    knn.add(rows_of(pipeline, ["noon", "win"]), ["ham", "spam"])
    assert knn.find(Documents.of(["win", "noon", "lunch"])) == [[2, 4], [3], [1]]
    knn.restore([0])
    knn.only([4, 1])
    assert knn.find(Documents.of(["win", "noon", "lunch"])) == [[0], [], [1]]


def test_a_new_label_takes_its_place_in_the_alphabet():
    pipeline = trained()
    knn = pipeline.stages[-1]
    knn.add(rows_of(pipeline, ["free money"]), ["money"])
    assert knn.classes_.tolist() == ["ham", "money", "spam"]
    assert knn.counts_.tolist() == [3, 1, 3]
    assert [knn.label_of(at) for at in range(7)] == [*LABELS, "money"]
    assert pipeline.predict(["free money", "win", "lunch"]).tolist() == ["money", "spam", "ham"]
    same(pipeline, trained(texts=[*TEXTS, "free money"], labels=[*LABELS, "money"]))
    knn.relabel([0, 1], "a prize")
    assert [knn.label_of(at) for at in (0, 1, 2, 6)] == ["a prize", "a prize", "ham", "money"]


@ALL_KINDS
def test_added_one_by_one_is_as_trained_at_once(kind, tmp_path):
    whole = trained(kind)
    labels = [whole.stages[-1].label_of(at) for at in range(6)]
    grown = trained(kind, TEXTS[:3], labels[:3])
    for text, label in zip(TEXTS[3:], labels[3:], strict=True):
        grown.stages[-1].add(rows_of(grown, [text]), [label])
    same(grown, whole)
    one, other = files_of(grown, tmp_path / "one"), files_of(whole, tmp_path / "other")
    assert one == other


@ALL_KINDS
def test_added_and_removed_is_the_same_bundle_as_never_added(kind, tmp_path):
    pipeline = trained(kind)
    before = files_of(pipeline, tmp_path / "before")
    knn = pipeline.stages[-1]
    positions = knn.add(rows_of(pipeline, NEW), [knn.label_of(0)] * len(NEW))
    assert files_of(pipeline, tmp_path / "between") != before
    knn.remove(positions)
    assert files_of(pipeline, tmp_path / "after") == before
    knn.remove([1, 3])
    knn.restore([3, 1])
    assert files_of(pipeline, tmp_path / "restored") == before


@ALL_KINDS
def test_relabelled_back_and_forth_is_the_same_bundle(kind, tmp_path):
    pipeline = trained(kind)
    before = files_of(pipeline, tmp_path / "before")
    knn = pipeline.stages[-1]
    first, third = knn.label_of(0), knn.label_of(2)
    knn.relabel([0], third)
    assert files_of(pipeline, tmp_path / "between") != before
    knn.relabel([0], first)
    assert files_of(pipeline, tmp_path / "after") == before


def test_a_whole_number_is_the_same_label_as_the_number(tmp_path):
    texts, labels = ["win", "lunch", "noon"], [1.0, 2.0, 3.0]
    grown = trained("regressor", texts[:2], [1, 2])
    grown.stages[-1].add(rows_of(grown, ["noon"]), [7])
    grown.stages[-1].relabel([2], 3)
    assert files_of(grown, tmp_path / "a") == files_of(
        trained("regressor", texts, labels), tmp_path / "b"
    )


@ALL_KINDS
def test_a_saved_bundle_holds_nothing_of_what_was_removed(kind, tmp_path):
    texts = [*TEXTS, WITHDRAWN]
    labels = (
        [*trained(kind).stages[-1].targets_.tolist(), 1.0]
        if kind == "regressor"
        else [*LABELS, "ham"]
    )
    pipeline = trained(kind, texts, labels)
    pipeline.stages[-1].remove([6])
    path = save(pipeline, tmp_path / "m")
    content = b"".join(file.read_bytes() for file in path.iterdir())
    assert WITHDRAWN.encode() not in content
    knn = load(path).stages[-1]
    assert len(knn.targets_) == len(knn.ids_) == len(knn.digests_) == knn.rows_.shape[0] == 6
    same(load(path), pipeline)
    assert (
        files_of(pipeline, tmp_path / "again")[0]
        == files_of(trained(kind, TEXTS, labels[:6]), tmp_path / "never")[0]
    )


@ALL_KINDS
def test_what_was_removed_stays_removed_in_copies(kind):
    pipeline = trained(kind)
    knn = pipeline.stages[-1]
    knn.remove([0, 4])
    for twin in (copy.deepcopy(knn), copy.copy(knn), pickle.loads(pickle.dumps(knn))):  # noqa: S301
        same(Pipeline([*pipeline.stages[:-1], twin]), pipeline)
        assert np.flatnonzero(~twin.there()).tolist() == [0, 4]
        twin.restore([0])
        assert np.flatnonzero(~knn.there()).tolist() == [0, 4]


def test_only_keeps_some_in_the_order_given():
    pipeline = trained()
    knn = pipeline.stages[-1]
    knn.remove([0])
    knn.only([5, 0, 3])
    assert [knn.id_of(at) for at in range(3)] == [f"id of {TEXTS[at]}" for at in (5, 0, 3)]
    assert [knn.excerpt_of(at) for at in range(3)] == [TEXTS[at] for at in (5, 0, 3)]
    assert knn.there().all()
    same(pipeline, trained(texts=[TEXTS[at] for at in (5, 0, 3)], labels=["ham", "spam", "ham"]))


@ALL_KINDS
def test_without_any_document_left_nothing_is_known(kind):
    for forget in (lambda knn: knn.remove(range(6)), lambda knn: knn.only([])):
        pipeline = trained(kind)
        forget(pipeline.stages[-1])
        decisions = pipeline.decide(QUERIES)
        assert decisions.unsure.all()
        assert np.isfinite(decisions.scores).all()


def state_of(knn):
    """All that a decision is made of."""
    names = [*knn.learned(), "targets_"]
    values = [(name, getattr(knn, name)) for name in names]
    kept = [
        (
            n,
            v.toarray().tolist()
            if hasattr(v, "toarray")
            else v.tolist()
            if hasattr(v, "tolist")
            else v,
        )
        for n, v in values
    ]
    return kept, len(knn.index()), knn.there().tolist()


@ALL_KINDS
def test_what_is_refused_changes_nothing(kind):
    pipeline = trained(kind)
    knn = pipeline.stages[-1]
    label = knn.label_of(0)
    new = rows_of(pipeline, ["free money"])
    before = state_of(knn)
    wrong = 3 if isinstance(label, str) else "spam"
    narrow = new.with_(matrix=type(new.matrix)(new.matrix.values[:, :2], ["a", "b"]))
    for refused in (
        lambda: knn.add(new, [wrong]),
        lambda: knn.add(new, [label, label]),
        lambda: knn.add(new, [None]),
        lambda: knn.add(new, [float("nan")]),
        lambda: knn.add(narrow, [label]),
        lambda: knn.relabel([0], wrong),
        lambda: knn.relabel([0, 6], label),
        lambda: knn.remove([0, 99]),
        lambda: knn.remove([-1]),
        lambda: knn.restore([6]),
        lambda: knn.only([1, 6]),
    ):
        with pytest.raises(InputError):
            refused()
        assert state_of(knn) == before
    with pytest.raises(InputError, match=r'"unsure" cannot be a label|is no number'):
        knn.add(new, ["unsure"])
    assert state_of(knn) == before


@ALL_KINDS
def test_nothing_to_do_is_fine(kind):
    pipeline = trained(kind)
    knn = pipeline.stages[-1]
    before = state_of(knn)
    knn.remove([])
    knn.restore([])
    knn.relabel([], knn.label_of(0))
    assert knn.add(rows_of(pipeline, ["x"])[:0], []).tolist() == []
    assert state_of(knn) == before


def test_rows_without_documents_cannot_be_taught():
    knn = KnnClassifier().fit([[1.0, 0.0], [0.0, 1.0]], ["a", "b"])
    with pytest.raises(InputError, match="does not know its documents"):
        knn.find(Documents.of(["a"]))
    with pytest.raises(InputError, match="does not know its documents"):
        knn.add(rows_of(trained(), ["a"]), ["a"])
    knn.remove([0])
    assert knn.predict([[1.0, 0.1]]).tolist() == ["b"]


# -- any sequence of operations --------------------------------------------------------------------


def machine_of(kind, labels):
    class Taught(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.pipeline = trained(kind)
            self.knn = self.pipeline.stages[-1]
            self.kept = [[text, self.knn.label_of(at), True] for at, text in enumerate(TEXTS)]
            self.known = {label for _, label, _ in self.kept}

        @rule(
            texts=st.lists(st.sampled_from([*TEXTS, *NEW]), max_size=3),
            label=st.sampled_from(labels),
        )
        def add(self, texts, label):
            positions = self.knn.add(rows_of(self.pipeline, texts), [label] * len(texts))
            assert positions.tolist() == list(range(len(self.kept), len(self.kept) + len(texts)))
            self.kept += [[text, label, True] for text in texts]
            self.known |= {label} if texts else set()

        @rule(data=st.data(), there=st.booleans())
        def remove_or_restore(self, data, there):
            at = (
                data.draw(st.lists(st.integers(0, len(self.kept) - 1), max_size=4))
                if self.kept
                else []
            )
            (self.knn.restore if there else self.knn.remove)(at)
            for position in at:
                self.kept[position][2] = there

        @precondition(lambda self: self.kept)
        @rule(data=st.data(), label=st.sampled_from(labels))
        def relabel(self, data, label):
            at = data.draw(st.lists(st.integers(0, len(self.kept) - 1), unique=True, max_size=3))
            self.knn.relabel(at, label)
            for position in at:
                self.kept[position][1] = label
            self.known |= {label} if at else set()

        @precondition(lambda self: any(there for *_, there in self.kept))
        @rule(random=st.randoms(use_true_random=False))
        def keep_only(self, random):
            there = [at for at, (*_, there) in enumerate(self.kept) if there]
            at = random.sample(there, random.randint(1, len(there)))
            self.knn.only(at)
            self.kept = [self.kept[position] for position in at]

        @rule()
        def copied(self):
            self.knn = copy.deepcopy(self.knn)
            self.pipeline.stages[-1] = self.knn

        @invariant()
        def is_as_trained_afresh(self):
            there = [(text, label) for text, label, there in self.kept if there]
            if not there:
                assert self.pipeline.decide(QUERIES).unsure.all()
                return
            texts, labels = zip(*there, strict=True)
            fresh = trained(kind, list(texts), list(labels))
            one, other = self.pipeline.decide(QUERIES), fresh.decide(QUERIES)
            assert one.verdicts().tolist() == other.verdicts().tolist()
            if kind != "regressor":  # a label that nobody has any more keeps its column, of 0
                assert set(self.knn.classes_) == self.known
                alive = np.isin(self.knn.classes_, fresh.stages[-1].classes_)
                assert not one.scores[:, ~alive].any()
                one = one.scores[:, alive]
                assert one.tobytes() == other.scores.tobytes()
            assert self.knn.find(Documents.of(TEXTS)) == [
                [at for at, (other, _, there) in enumerate(self.kept) if there and other == text]
                for text in TEXTS
            ]

    return Taught


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("classifier", ["spam", "ham", "a new one"]),
        ("by distance", ["spam", "ham"]),
        ("regressor", [1.5, 2, 40.0]),
    ],
)
def test_any_sequence_comes_to_a_fresh_one(kind, labels):
    machine = machine_of(kind, labels)
    machine.TestCase.settings = settings(
        max_examples=25,
        stateful_step_count=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase("runTest").runTest()


# -- a bundle that does not fit together -------------------------------------------------------------


def set_to(name, change):
    def forge(knn):
        setattr(knn, name, change(getattr(knn, name)))

    forge.__name__ = name
    return forge


FORGED = [
    set_to("targets_", lambda v: v + 1),
    set_to("targets_", lambda v: v - 1),
    set_to("targets_", lambda v: v.astype(float)),
    set_to("targets_", lambda v: v[:4]),
    set_to("targets_", lambda v: v[:, None]),
    set_to("keys_", lambda v: v[:5]),
    set_to("keys_", lambda v: v.astype(np.int64)),
    set_to("rows_", lambda v: v[:, :7]),
    set_to("rows_", lambda v: v[:4]),
    set_to("rows_", lambda v: v.toarray().ravel()),
    set_to("ids_", lambda v: v[:2]),
    set_to("excerpts_", lambda v: v[:2]),
    set_to("digests_", lambda v: v[:2]),
    set_to("classes_", lambda v: v[::-1]),
    set_to("classes_", lambda v: v[:1]),
    set_to("classes_", lambda v: np.append(v, "zzz")),
    set_to("counts_", lambda v: v[:1]),
    set_to("calibration_", lambda v: {"9": v["1"]}),
    set_to("calibration_", lambda v: {"1": v["1"][:1]}),
    set_to("k_", lambda v: 0),
    *(
        lambda knn, name=name: knn.__dict__.pop(name)
        for name in ("rows_", "targets_", "keys_", "classes_", "k_")
    ),
]


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_a_bundle_that_does_not_fit_together_is_refused(forge, tmp_path):
    random = np.random.default_rng(0)
    texts = [
        " ".join(random.choice(list("abcdefgh"), 5)) + f" {chr(105 + i % 9)}x" for i in range(40)
    ]
    labels = np.where(["a" in text for text in texts], "spam", "ham")
    stages = [Tokenize("words"), Hashing(32), KnnClassifier(k="auto", most_k=5, calibrate="beta")]
    pipeline = Pipeline(stages).fit(texts, labels)
    assert load(save(pipeline, tmp_path / "good")).predict(["a b"]).tolist() == ["spam"]
    forge(pipeline.stages[-1])
    path = save(pipeline, tmp_path / "forged")
    with pytest.raises(BundleError, match=r"does not fit together|is damaged"):
        load(path).predict(["a b"])


@pytest.mark.parametrize(
    "change", [lambda targets: targets[:4], lambda targets: targets.astype(int)]
)
def test_a_regressor_that_does_not_fit_together_is_refused(change):
    pipeline = trained("regressor")
    pipeline.stages[-1].targets_ = change(pipeline.stages[-1].targets_)
    del pipeline.stages[-1]._index  # as in a model from disk
    with pytest.raises(BundleError, match="what it learned does not fit together"):
        pipeline.predict(["win"])


@given(st.lists(st.text(max_size=3), max_size=8))
def test_texts_have_the_same_digest_if_they_are_the_same(texts):
    from textpipe.classify.training_set import digests_of

    digests = [digest.tobytes() for digest in digests_of(Documents.of(texts))]
    assert [digests.index(one) for one in digests] == [texts.index(one) for one in texts]


def test_excerpts_may_be_missing():
    pipeline = trained()
    knn = pipeline.stages[-1].set_params(excerpt=0).fit(rows_of(pipeline, TEXTS), LABELS)
    assert knn.excerpts_ == pa.array([], pa.string())
    knn.add(rows_of(pipeline, ["free money"]), ["spam"])
    assert (knn.excerpt_of(6), len(knn.excerpts_)) == ("", 0)
    knn.only([6, 0])
    assert knn.excerpt_of(0) == ""
