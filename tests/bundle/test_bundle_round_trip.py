"""Bundles come back as they were, and say clearly what they cannot hold."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import textpipe
from textpipe import (
    Bm25,
    Count,
    Fasttext,
    Hashing,
    KnnClassifier,
    KnnRegressor,
    LinearSvc,
    Lowercase,
    Pipeline,
    PretrainedVectors,
    ReduceDimensions,
    TextShape,
    TfIdf,
    Tokenize,
    Union,
    Word2Vec,
)
from textpipe.bundle import MANIFEST, fingerprint, info, load, save
from textpipe.errors import BundleError, TextpipeWarning
from textpipe.stage import NotTrainedError, Stage

UNSEEN = ["the free lake", "", "dog prize", "unknown"]


def vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("free 1 0.5\nlake 0 1\n")
    return PretrainedVectors(str(path))


VECTORIZERS = {
    "count": lambda _: [Count(n_grams=(1, 2))],
    "tf_idf": lambda _: [TfIdf()],
    "bm25": lambda _: [Bm25()],
    "hashing": lambda _: [Hashing(n_features=64, idf=True)],
    "word2vec": lambda _: [Word2Vec(dimensions=5, min_count=1, epochs=1)],
    "fasttext": lambda _: [Fasttext(dimensions=5, min_count=1, epochs=1, bucket=20)],
    "pretrained_vectors": lambda tmp_path: [vectors(tmp_path)],
    "text_shape": lambda _: [TextShape()],
    "union": lambda _: [Union([[Lowercase(), Count()], TextShape()])],
    "reduce_dimensions": lambda _: [TfIdf(), ReduceDimensions(dimensions=3)],
}


@pytest.mark.parametrize("name", ["model.tpipe", "model.zip"])
@pytest.mark.parametrize("vectorizer", VECTORIZERS)
def test_a_loaded_pipeline_predicts_the_same_bytes(vectorizer, name, tmp_path, trained):
    for decider in (KnnClassifier(k=3), LinearSvc()):
        pipeline = trained(*VECTORIZERS[vectorizer](tmp_path), decider)
        before = pipeline.decide(UNSEEN)
        again = load(save(pipeline, tmp_path / f"{decider.name()}-{name}"))
        for unseen in (before, pipeline.decide(UNSEEN)):
            assert again.decide(UNSEEN).scores.tobytes() == unseen.scores.tobytes()
            assert again.decide(UNSEEN).verdicts().tolist() == unseen.verdicts().tolist()


def test_a_regression_and_numeric_labels(tmp_path, trained, texts):
    pipeline = Pipeline([Tokenize("words"), Count(), KnnRegressor(k=2)]).fit(texts, range(6))
    again = load(save(pipeline, tmp_path / "numbers"))
    assert again.decide(UNSEEN).values.tobytes() == pipeline.decide(UNSEEN).values.tobytes()
    again = load(
        save(trained(Count(), KnnClassifier()).fit(texts, [1, 1, 1, 0, 0, 0]), tmp_path / "b")
    )
    assert again.predict(["a prize"]).tolist() == [1]


def test_a_loaded_pipeline_can_be_trained_and_saved_over_itself(bundle, texts, labels):
    again = load(bundle)
    save(again, bundle, overwrite=True)
    assert load(bundle).predict(UNSEEN).tolist() == again.predict(UNSEEN).tolist()
    assert again.fit(texts, labels[::-1]).predict(["a prize"]).tolist() == ["ham"]


def test_saving_twice_gives_the_same_bytes(tmp_path, trained):
    one, other = (save(trained(), tmp_path / name) for name in ("one.zip", "other.zip"))
    assert one.read_bytes() == other.read_bytes()
    assert fingerprint(one) == fingerprint(save(trained(), tmp_path / "folder"))


def test_the_manifest_says_what_it_is(tmp_path, trained):
    path = save(trained(), tmp_path / "a.zip", name="spam", training={"documents": 6})
    found = info(path)
    assert (found["name"], found["training"]) == ("spam", {"documents": 6})
    assert found["definition"]["stages"][0] == {"use": "tokenize", "engine": "words"}
    assert load(path, expect=fingerprint(path)).predict(["a prize"]).tolist() == ["spam"]
    with pytest.raises(BundleError, match="is not the bundle that was expected"):
        load(path, expect="0" * 64)


def test_saving_leaves_no_other_file(tmp_path, trained):
    save(trained(), tmp_path / "a.tpipe")
    save(trained(), tmp_path / "a.tpipe", overwrite=True)
    save(trained(), tmp_path / "a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tpipe", "a.zip"]


def test_what_is_there_is_only_replaced_on_demand_and_if_it_is_a_bundle(tmp_path, bundle, trained):
    with pytest.raises(BundleError, match="is there already; say overwrite"):
        save(trained(), bundle)
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(BundleError, match="is a folder that is no bundle; it is left alone"):
        save(trained(), photos, overwrite=True)
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    with pytest.raises(BundleError, match="it is left alone"):
        save(trained(), letter, overwrite=True)
    folder = tmp_path / "folder.zip"
    folder.mkdir()
    with pytest.raises(BundleError, match="it is left alone"):
        save(trained(), folder, overwrite=True)
    assert (photos / "cat.jpg").read_bytes() == b"cat"
    assert letter.read_text() == "dear"


def test_an_untrained_pipeline_is_not_saved(tmp_path):
    with pytest.raises(NotTrainedError, match="call fit before save"):
        save(Pipeline([Tokenize("words"), Count()]), tmp_path / "a")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), "is object, which a bundle does not hold"),
        (float("nan"), "is nan, which a bundle does not hold"),
        ({1: "a"}, "has a key that is no text"),
        ({"$array": "a"}, "has a key .* that begins with \\$"),
        (np.array([object()]), "is ndarray, which a bundle does not hold"),
        ({"a"}, "is set, which"),
    ],
)
def test_what_a_bundle_cannot_hold_is_told_and_nothing_is_left(value, message, tmp_path, trained):
    pipeline = trained()
    pipeline.stages[3].odd_ = value
    with pytest.raises(BundleError, match=f"^tf_idf.odd_ {message}"):
        save(pipeline, tmp_path / "a.tpipe")
    assert list(tmp_path.iterdir()) == []


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(-1e300, 1e300) | st.text(
        st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(values)
def test_whatever_a_stage_learned_comes_back(tmp_path_factory, value):
    pipeline = Pipeline([Tokenize("words"), Count()]).fit(["a"])
    arrays = {
        "a_": np.array(3.5), "b_": np.zeros((0, 4), np.float32), "c_": np.array(["ö", ""]),
        "d_": np.array(["x", "yy"], object), "e_": sparse.csr_matrix(np.eye(2)[:, ::-1]),
        "f_": pa.array(["a", None, "🙂"]), "g_": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "h_": np.float64(0.1), "i_": pa.array([], pa.string()), "j_": np.array([np.nan, np.inf]),
    }  # fmt: skip
    vars(pipeline.stages[1]).update(arrays, plain_=value)
    folder = tmp_path_factory.mktemp("values")
    for path in (folder / "a.tpipe", folder / "a.zip"):
        found = vars(load(save(pipeline, path)).stages[1])
        assert found["plain_"] == value
        for name in "abcdgj":
            np.testing.assert_array_equal(found[f"{name}_"], arrays[f"{name}_"], strict=name != "d")
        assert (found["e_"] != arrays["e_"]).nnz == 0
        assert found["f_"].equals(arrays["f_"])
        assert found["i_"].equals(arrays["i_"])
        assert found["h_"] == 0.1


def test_other_versions_of_what_cuts_words_are_warned_of(bundle):
    manifest = json.loads((bundle / MANIFEST).read_bytes())
    manifest["libraries"] |= {"nltk": "1.0.0", "numpy": "1.0.0"}
    (bundle / MANIFEST).write_text(json.dumps(manifest))
    with pytest.warns(TextpipeWarning, match=r"nltk 1\.0\.0 then, [0-9.]+ now. Train") as caught:
        load(bundle)
    assert "numpy" not in str(caught[0].message)


def test_a_stage_outside_the_catalogue_is_not_saved(tmp_path):
    class Mine(Stage):
        reads, writes = ("text",), ("text",)

    with pytest.raises(textpipe.TextpipeError, match="Mine is not in the catalogue"):
        save(Pipeline([Mine()]), tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
