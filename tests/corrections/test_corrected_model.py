import json

import numpy as np
import pytest

from textpipe import (
    Count,
    Documents,
    NearestCentroid,
    Pipeline,
    Region,
    Tokenize,
    explain,
    load,
    save,
)
from textpipe.bundle import fingerprint, info
from textpipe.corrections import CorrectedModel, journal_beside
from textpipe.errors import InputError


def said(outcomes):
    return [str(outcome) for outcome in outcomes]


def test_what_happens_to_each_document_is_said(bundle):
    with CorrectedModel(bundle()) as model:
        texts = ["Win lunch", "Win lunch", "Claim your free prize", "Win a prize, win money"]
        assert said(model.learn(texts, ["spam", "spam", "spam", "ham"])) == [
            "learned",
            "already known",
            "already known",
            "relabelled from spam",
        ]
        assert said(model.learn(["Win lunch", "Win lunch"], ["ham", "promo"], new_label=True)) == [
            "relabelled from spam",
            "relabelled from ham",
        ]
        assert said(model.unlearn(["Win lunch", "Win lunch", "never seen"])) == [
            "removed",
            "not known",
            "not known",
        ]
        assert said(model.relabel(["never seen", "See you at lunch"], "ham")) == [
            "not known",
            "relabelled from ham, spam",
        ]
        assert model.counts() == {"learned": 0, "unlearned": 0, "relabelled": 2}


def test_a_correction_counts_at_once_and_after_the_model_is_opened_again(bundle):
    path = bundle()
    with CorrectedModel(path) as model:
        assert model.pipeline.predict(["Lunch with Ann"]).tolist() == ["ham"]
        model.learn(["Lunch, Ann", "Lunch with Ann"], ["spam", "spam"])
        assert model.pipeline.predict(["Lunch with Ann"]).tolist() == ["spam"]
        assert explain(model.pipeline, "Lunch with Ann").neighbours[0].label == "spam"
    with CorrectedModel(path) as model:
        assert model.pipeline.predict(["Lunch with Ann"]).tolist() == ["spam"]
    assert load(path).predict(["Lunch with Ann"]).tolist() == ["ham"]


def test_all_copies_are_unlearned_and_come_back_with_their_own_labels(bundle, bytes_of):
    path = bundle()
    before = bytes_of(path)
    with CorrectedModel(path) as model:
        model.unlearn(["See you at lunch"])
        assert model.pipeline.stages[-1].there().tolist() == [True, True, False, True, True, False]
        assert model.pipeline.similar("see you") == []
        model.rollback(0)
        assert model.counts() == {"learned": 0, "unlearned": 0, "relabelled": 0}
        assert bytes_of(model.save(path.with_name("same.tpipe"))) == before


def test_a_label_that_nobody_has_any_more_is_forgotten(bundle):
    with CorrectedModel(bundle()) as model:
        model.learn(["Win lunch"], ["a label that is long"], new_label=True)
        assert model.pipeline.classes_.tolist() == ["a label that is long", "ham", "spam"]
        assert model.pipeline.predict(["Win lunch"]).tolist() == ["a label that is long"]
        assert model.pipeline.predict(["Lunch with Ann"]).tolist() == ["ham"]
        model.unlearn(["Win lunch"])
        assert model.pipeline.classes_.tolist() == ["ham", "spam"]
        assert model.pipeline.classes_.dtype == np.dtype("<U4")


def test_documents_are_the_same_if_their_cleaned_texts_are(bundle):
    with CorrectedModel(bundle()) as model:
        assert said(model.learn(["<p>Claim <b>your</b> free prize</p>"], ["spam"])) == [
            "already known"
        ]


def test_documents_are_found_by_their_id(bundle):
    with CorrectedModel(bundle()) as model:
        model.learn(Documents.of(["Win lunch"], ["taught.txt"]), ["spam"])
        assert said(model.unlearn(ids=["taught.txt", "3", "nobody"])) == [
            "removed",
            "removed",
            "not known",
        ]
        assert said(model.relabel(label="ham", ids=["taught.txt", "0"])) == [
            "not known",
            "relabelled from spam",
        ]


def test_mails_are_taught_with_their_regions(bundle):
    mail = Documents.of_regions(
        [
            [Region("subject", "Lunch"), Region("html", "<p>with <b>Ann</b></p>")],
            [Region("", "noon")],
        ],
        ["a", "b"],
    )
    mail = mail.with_(counts={"mail.defects": np.array([2, 0])})
    path = bundle()
    with CorrectedModel(path) as model:
        model.learn(mail, ["spam", "ham"])
        before = model.pipeline.decide(["Lunch with Ann"]).scores
        kept = model.journal.documents(model.fingerprint, [1, 2])
    assert json.loads(kept[1]) == {
        "regions": [["subject", "Lunch"], ["html", "<p>with <b>Ann</b></p>"]],
        "counts": {"mail.defects": 2},
    }
    assert json.loads(kept[2]) == {"text": "noon"}
    with CorrectedModel(path) as model:
        assert (model.pipeline.decide(["Lunch with Ann"]).scores == before).all()


def test_numbers_are_labels_too(bundle):
    with CorrectedModel(bundle("regressor")) as model:
        assert said(model.learn(["noon noon noon"], [10])) == ["learned"]
        assert said(model.relabel(["noon noon noon"], 12.5)) == ["relabelled from 10.0"]
        assert model.pipeline.predict(["noon"])[0] > 5
        with pytest.raises(InputError, match="needs numbers as labels"):
            model.learn(["noon"], ["many"])
        with pytest.raises(InputError, match="finite number, and inf was given"):
            model.learn(["noon"], [np.inf])
        assert len(model.history()) == 2


def test_classes_may_be_numbers(bundle):
    path = bundle("hashing", labels=[1, 1, 0, 0, 1, 1])
    with CorrectedModel(path) as model:
        with pytest.raises(InputError, match="2 is a new label: the model knows 0, 1"):
            model.learn(["Ann"], [2])
        model.learn(["Ann", "Ann Ann"], [2, 2], new_label=True)
        assert model.pipeline.classes_.tolist() == [0, 1, 2]
    with CorrectedModel(path) as model:
        assert model.pipeline.predict(["Ann"]).tolist() == [2]


def test_a_saved_model_says_how_it_was_corrected_and_its_journal_begins_anew(bundle, tmp_path):
    path = bundle()
    with CorrectedModel(path) as model:
        model.learn(["Win lunch", "Lunch prize"], ["spam", "spam"])
        model.unlearn(["Win lunch"])
        saved = model.save(tmp_path / "new.tpipe")
        again = model.pipeline.decide(["lunch prize"]).scores
    note = {"learned": 1, "unlearned": 0, "relabelled": 0, "through": 3}
    assert info(saved)["training"]["corrections"] == {"models": [fingerprint(path)], **note}
    assert (load(saved).decide(["lunch prize"]).scores == again).all()
    with CorrectedModel(saved) as model:
        assert model.history() == []
        model.unlearn(["Lunch prize"])
        assert model.counts() == {"learned": 0, "unlearned": 1, "relabelled": 0}
        newer = model.save(tmp_path / "newer.tpipe")
    before = [fingerprint(path), fingerprint(saved)]
    assert info(newer)["training"]["corrections"]["models"] == before


def test_a_rollback_is_an_operation_and_can_be_undone(bundle):
    with CorrectedModel(bundle()) as model:
        model.learn(["Win lunch"], ["spam"], source="Ann")
        model.relabel(["Win lunch"], "ham")
        model.rollback(1, source="wrong")
        assert model.pipeline.predict(["Win lunch"]).tolist() == ["spam"]
        model.rollback(2)
        assert model.pipeline.predict(["Win lunch"]).tolist() == ["ham"]
        model.rollback(4)  # as it is
        shown = [(one.sequence, one.kind, one.to, one.source) for one in model.history()]
        assert shown == [
            (1, "learn", None, "Ann"),
            (2, "relabel", None, ""),
            (3, "rollback", 1, "wrong"),
            (4, "rollback", 2, ""),
        ]
        with pytest.raises(InputError, match=r"0 \(as trained\) to 4, and 5 was given"):
            model.rollback(5)
        with pytest.raises(InputError, match="-1 was given"):
            model.rollback(-1)


def test_what_another_process_taught_is_taken_over(bundle):
    path = bundle()
    with CorrectedModel(path) as one, CorrectedModel(path) as other:
        one.learn(["Win lunch"], ["spam"])
        assert said(other.learn(["Win lunch"], ["spam"])) == ["already known"]
        assert other.refresh() == 0
        other.unlearn(["Win lunch"])
        one.rollback(1)  # sees the other's operation first
        assert one.counts() == {"learned": 1, "unlearned": 0, "relabelled": 0}
        assert other.counts() == {"learned": 0, "unlearned": 0, "relabelled": 0}
        assert other.refresh() == 1
        assert other.corrections() == one.corrections()


def test_hostile_texts_ids_labels_and_notes_survive(bundle):
    path = bundle()
    texts = ["a\x00b \ud83d lunch", "\U0001f4b0", "a" + "\u202e" * 3, "x" * 1_000_000]
    ids = ["\x00", "'; DROP TABLE textpipe_operations; --", "\ud83d", "e"]
    labels = ["'); --", "é", "'", '"']
    with CorrectedModel(path) as model:
        model.learn(Documents.of(texts, ids), labels, source="\ud83d\x00", new_label=True)
        before = model.pipeline.decide(["lunch"]).scores
    with CorrectedModel(path) as model:
        assert [one.id for one in model.history()] == ["\x00", ids[1], "\ufffd", "e"]
        assert [one.label for one in model.history()] == labels
        assert model.history()[0].source == "\ufffd\x00"
        assert (model.pipeline.decide(["lunch"]).scores == before).all()
        model.save(path.with_name("hostile.tpipe"))


def test_nothing_is_written_where_nothing_changes(bundle):
    path = bundle()
    with CorrectedModel(path) as model:
        assert model.learn([], []) == []
        model.unlearn(["never seen"])
        model.learn(["Claim your free prize"], ["spam"])
        assert model.history() == []
        assert model.refresh() == 0


def test_the_journal_appears_with_the_first_operation(bundle):
    path = bundle()
    with CorrectedModel(path) as model:
        model.pipeline.predict(["lunch"])
        assert not journal_beside(path).exists()
        model.unlearn(["Win a prize, win money"])
    assert journal_beside(path).exists()


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (["unsure"], "cannot be a label"),
        ([1], "labels of training are texts, and"),
        ([None], "is missing"),
        (["ham", "ham"], "2 labels were given for 1 documents"),
    ],
)
def test_a_wrong_label_is_refused_before_anything_is_written(bundle, labels, why):
    with CorrectedModel(bundle()) as model:
        with pytest.raises(InputError, match=why):
            model.learn(["Win lunch"], labels)
        assert model.history() == []


def test_what_cannot_be_asked_is_refused(bundle):
    with CorrectedModel(bundle()) as model:
        with pytest.raises(InputError, match="give documents, or ids"):
            model.unlearn()
        with pytest.raises(InputError, match="ids must be a list"):
            model.unlearn(ids="a.txt")
        with pytest.raises(InputError, match="relabel needs a label"):
            model.relabel(["Win lunch"])


def test_a_model_without_training_documents_is_refused(tmp_path):
    pipe = Pipeline([Tokenize("words"), Count(), NearestCentroid()])
    path = save(pipe.fit(["win", "lunch"], ["spam", "ham"]), tmp_path / "centroid.tpipe")
    with pytest.raises(InputError, match="this one ends in nearest_centroid"):
        CorrectedModel(path)


def test_a_model_that_does_not_know_its_documents_is_refused(trained, tmp_path):
    pipe = trained()
    del pipe.stages[-1].digests_
    path = save(pipe, tmp_path / "old.tpipe")
    with pytest.raises(InputError, match="train it again"):
        CorrectedModel(path)


def test_all_documents_may_be_unlearned(bundle, tmp_path):
    path = bundle()
    with CorrectedModel(path) as model:
        model.unlearn(ids=[str(n) for n in range(6)])
        assert model.pipeline.similar("lunch") == []
        empty = model.save(tmp_path / "empty.tpipe")
    with CorrectedModel(empty) as model:
        assert model.pipeline.similar("lunch") == []
        model.learn(["lunch"], ["ham"])
        assert model.pipeline.predict(["lunch"]).tolist() == ["ham"]
