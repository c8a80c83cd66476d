"""What was worked out is not worked out again, and what changed is."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe.documents import Documents, Region
from textpipe.run import Profile, Store
from textpipe.run.keys import NoKeyError, stage_key
from textpipe.run.parcel import digest, from_parcel, to_parcel
from textpipe.stage import FormStage, form_stage
from textpipe.testing import HOSTILE

TEXTS = ["Win a <b>prize</b>, call now", "See you at lunch", "", "Grüße &amp; mehr \U0001f600"]
LABELS = ["spam", "ham", "ham", "spam"]


class Dice(FormStage):
    """Gives another result each time, and says so."""

    deterministic = False

    def of(self, form):
        return form + os.urandom(4).hex()


def counting(memory, *extra):
    stages = [
        tp.CleanHtml(),
        tp.Tokenize(),
        tp.Lowercase(),
        *extra,
        tp.TfIdf(),
        tp.KnnClassifier(k=1),
    ]
    return tp.Pipeline(stages, memory=None if memory is None else str(memory))


def cached(pipeline, texts=TEXTS):
    profile = Profile(pipeline.named_stages())
    decided = pipeline.decide(texts, profile)
    return decided, [stage.cached for stage in profile.stages]


# -- parcels -------------------------------------------------------------------------------------------


def same(one, other):
    assert one.ids.to_pylist() == other.ids.to_pylist()
    assert one.texts() == other.texts()
    for a, b in ((one.words, other.words), (one.tokens, other.tokens)):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.to_lists() == b.to_lists()
            assert [a.spans(i) for i in range(len(a))] == [b.spans(i) for i in range(len(b))]
            assert (a.tags is None) == (b.tags is None)
            assert a.tags is None or a.tags.tolist() == b.tags.tolist()
    assert {k: v.tolist() for k, v in one.counts.items()} == {
        k: v.tolist() for k, v in other.counts.items()
    }
    assert list(one.documents_regions()) == list(other.documents_regions())


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_documents_come_out_of_a_parcel_as_they_went_in(texts):
    documents = tp.Pipeline([tp.CleanHtml(), tp.Tokenize(), tp.TagPartsOfSpeech()]).run(texts)
    again = from_parcel(to_parcel(documents))
    same(documents, again)
    assert digest(to_parcel(again)) == digest(to_parcel(documents))


@pytest.mark.parametrize("stage", [None, tp.CleanHtml(), tp.Tokenize("nltk_tweet")])
def test_hostile_documents_too(stage):
    documents = Documents.of(list(HOSTILE.values()))
    documents = documents if stage is None else stage.apply(documents)
    same(documents, from_parcel(to_parcel(documents)))


def test_regions_and_words_of_their_own():
    regions = [[Region("subject", "Free"), Region("body", "money ü")], [Region("body", "")]]
    documents = Documents.of_regions(regions)
    same(documents, from_parcel(to_parcel(documents)))
    chain = tp.Pipeline([tp.Tokenize(), tp.RemoveStopWords(), tp.NGrams(1, 2)])
    after = chain.run(TEXTS)
    assert after.tokens is not after.words
    same(after, from_parcel(to_parcel(after)))


def test_a_part_of_documents_is_the_same_parcel_as_these_documents():
    whole = tp.Tokenize().apply(Documents.of(["x y", *TEXTS, "z"], [f"d{i}" for i in range(6)]))
    own = tp.Tokenize().apply(Documents.of(TEXTS, [f"d{i}" for i in range(1, 5)]))
    assert to_parcel(whole[1:5]).to_pybytes() == to_parcel(own).to_pybytes()
    sliced = Documents(whole.ids[1:5], whole.text[1:5])
    assert (
        to_parcel(sliced).to_pybytes() == to_parcel(own.with_(words=None, tokens=None)).to_pybytes()
    )


# -- keys ----------------------------------------------------------------------------------------------


def test_a_key_changes_with_all_that_a_result_depends_on(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("one\n")
    keys = [stage_key(tp.Stem()), stage_key(tp.Stem("porter")), stage_key(tp.Lowercase())]
    german = tp.Stem()
    german.meet([], "de")
    keys.append(stage_key(german))
    for texts in (["a b", "b"], ["a c", "c"]):
        keys.append(stage_key(tp.Pipeline([tp.Tokenize(), tp.Count()]).fit(texts).stages[1]))
    assert len(set(keys)) == len(keys)
    again = tp.Pipeline([tp.Tokenize(), tp.Count()]).fit(["a c", "c"]).stages[1]
    assert stage_key(again) == keys[-1]


def test_a_key_changes_with_a_file_that_an_option_names(tmp_path):
    file = tmp_path / "vectors.txt"
    found = []
    for content in ("2 2\na 1 2\nb 2 1\n", "2 2\na 1 2\nb 2 2\n"):
        file.write_text(content)
        found.append(stage_key(tp.PretrainedVectors(str(file))))
    assert found[0] != found[1]


# -- memory --------------------------------------------------------------------------------------------


def test_change_the_last_stage_and_the_others_come_from_disk(tmp_path):
    first = counting(tmp_path).fit(TEXTS, LABELS)
    plain = counting(None).fit(TEXTS, LABELS)
    decided, found = cached(first)
    assert found == [4, 4, 4, 0, 0]
    assert decided.scores.tobytes() == plain.decide(TEXTS).scores.tobytes()
    other = first.set_params(knn_classifier__k=3).fit(TEXTS, LABELS)
    assert cached(other)[1] == [4, 4, 4, 0, 0]
    changed = counting(tmp_path, tp.Stem()).fit(TEXTS, LABELS)
    assert cached(changed)[1] == [4, 4, 4, 4, 0, 0]


def test_evaluation_uses_it_and_says_so(tmp_path):
    texts = [f"{text} {chr(97 + i)}a" for text in TEXTS[:2] for i in range(8)]
    labels = ["spam"] * 8 + ["ham"] * 8
    reports = [tp.evaluate(counting(tmp_path), texts, labels, folds=2) for _ in range(2)]
    assert reports[0].scores == reports[1].scores
    assert [stage["cached"] for stage in reports[0].as_json()["stages"]] == [0] * 5
    assert [stage["cached"] for stage in reports[1].as_json()["stages"]] == [16, 16, 16, 0, 0]


def test_other_documents_are_worked_on(tmp_path):
    pipe = counting(tmp_path).fit(TEXTS, LABELS)
    assert cached(pipe, ["another text"])[1] == [0] * 5


def test_a_stage_that_throws_dice_is_asked_each_time(tmp_path):
    pipe = tp.Pipeline([tp.Tokenize(), Dice(), tp.Lowercase()], memory=str(tmp_path))
    one, two = pipe.run(TEXTS), pipe.run(TEXTS)
    assert one.tokens.to_lists() != two.tokens.to_lists()
    profile = Profile(pipe.named_stages())
    pipe.run(TEXTS, profile)
    assert [stage.cached for stage in profile.stages] == [4, 0, 0]


def test_other_processes_share_it(tmp_path, monkeypatch):
    monkeypatch.setattr("textpipe.run.spreading.PATIENCE", 0.0)
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", 2)
    texts = TEXTS * 5
    pipe = tp.Pipeline([tp.CleanHtml(), tp.Tokenize()], n_jobs=2, memory=str(tmp_path))
    one = pipe.run(texts)
    profile = Profile(pipe.named_stages())
    two = pipe.run(texts, profile)
    assert one.tokens.to_lists() == two.tokens.to_lists()
    assert [stage.cached for stage in profile.stages] == [20, 20]


# -- the store -----------------------------------------------------------------------------------------


def test_what_is_kept_is_found(tmp_path):
    store = Store(tmp_path / "new")
    assert store.get("ab1") is None
    store.put("ab1", b"content")
    store.put("ab1", b"content")
    assert bytes(store.get("ab1")) == b"content"
    assert (store.hits, store.misses, len(store)) == (1, 1, 1)


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b"", lambda b: b[:30] + b"x" + b[31:]]
)
def test_what_is_damaged_is_not_found_and_goes(tmp_path, damage):
    store = Store(tmp_path)
    store.put("ab1", b"content of some length")
    (file,) = tmp_path.glob("*/*")
    file.write_bytes(damage(file.read_bytes()))
    assert store.get("ab1") is None
    assert not file.exists()


def test_what_was_not_used_for_long_goes_first(tmp_path):
    store = Store(tmp_path, limit=1000)
    for i in range(12):
        store.put(f"k{i:02}", np.zeros(100, np.uint8))
        file = store._path(f"k{i:02}")
        if file.exists():
            os.utime(file, (i, i))
        if i == 5:
            assert store.get("k00") is not None  # used just now
    assert store.size() <= 1000
    assert store.get("k00") is not None
    assert store.get("k01") is None
    assert store.get("k11") is not None


def test_a_folder_that_others_have_filled_is_cut_down(tmp_path):
    for i in range(50):
        Store(tmp_path, limit=1000).put(f"k{i:02}", np.zeros(40, np.uint8))
    assert Store(tmp_path).size() <= 1000


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    store = Store(blocked)
    store.put("ab1", b"content")
    assert store.get("ab1") is None
    assert counting(blocked).fit(TEXTS, LABELS).predict(TEXTS[:2]).tolist() == LABELS[:2]


def test_clear_leaves_only_what_is_not_its_own(tmp_path):
    store = Store(tmp_path)
    store.put("ab1", b"content")
    Path(tmp_path, "note.txt").write_text("mine")
    store.clear()
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


# -- what has no key ------------------------------------------------------------------------------------


def cutter(letters):
    @form_stage
    def cut(form):
        return form[:letters]

    return cut


class Calling(FormStage):
    def __init__(self, function: object = None) -> None:
        self.function = function

    def of(self, form):
        return self.function(form)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (cutter(2)(), cutter(3)()),
        (Calling(str.upper), Calling(str.lower)),
        (Calling(lambda form: form + "1"), Calling(lambda form: form + "2")),
    ],
)
def test_what_nobody_can_tell_apart_is_not_kept(tmp_path, one, other):
    for stage in (one, other):
        kept = tp.Pipeline([tp.Tokenize(), stage], memory=str(tmp_path)).run(TEXTS)
        plain = tp.Pipeline([tp.Tokenize(), stage]).run(TEXTS)
        assert kept.tokens.to_lists() == plain.tokens.to_lists()
        with pytest.raises(NoKeyError):
            stage_key(stage)
