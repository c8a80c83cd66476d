"""ReduceDimensions: few columns that hold most of the differences."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.base import clone
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe.documents import Documents, Matrix
from textpipe.errors import DefinitionError, InputError
from textpipe.stage import NotTrainedError
from textpipe.vectorize.reduce_dimensions import ReduceDimensions
from textpipe.vectorize.tf_idf import TfIdf

PLANE = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
BOTH = pytest.mark.parametrize("method", ["truncated_svd", "pca"])
tables = arrays(
    np.float64, st.tuples(st.integers(2, 7), st.integers(1, 6)), elements=st.integers(-5, 5)
)


def random_rows(n=60, d=40, seed=0):
    return sparse.random(n, d, 0.2, "csr", random_state=seed)


def carrying(values, **columns):
    names = [str(i) for i in range(values.shape[1])]
    texts = Documents.of([""] * values.shape[0])
    return texts.with_(matrix=Matrix(values, names, **columns))


def test_rows_of_one_direction_are_one_column():
    reduced = ReduceDimensions(normalize=False).fit(PLANE).transform(PLANE)
    assert np.allclose(reduced, [[2**0.5, 0], [8**0.5, 0], [0, 3], [0, 0]])


def test_rows_have_length_one_and_zeros_stay_zeros():
    reduced = ReduceDimensions().fit(PLANE).transform(PLANE)
    assert np.allclose(np.linalg.norm(reduced, axis=1), [1, 1, 1, 0])
    assert (reduced[3] == 0).all()


@BOTH
def test_no_more_columns_than_directions(method):
    assert ReduceDimensions(method).fit(PLANE).components_.shape == (2, 3)
    alike = np.ones((4, 3))
    assert ReduceDimensions(method).fit(alike).transform(alike).shape == (4, 1)
    zeros = np.zeros((4, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reduced = ReduceDimensions(method).fit(zeros)
    assert (reduced.transform(zeros) == 0).all()
    assert reduced.explained_variance_ratio_.tolist() == [0.0]


@BOTH
def test_the_largest_weight_of_a_column_is_positive(method):
    components = ReduceDimensions(method, 5).fit(random_rows()).components_
    assert (components[np.arange(5), np.abs(components).argmax(axis=1)] > 0).all()


@BOTH
def test_what_was_learned_is_arrays_and_the_same_again(method):
    first, second = (ReduceDimensions(method, 5).fit(random_rows()) for _ in range(2))
    assert first.components_.tobytes() == second.components_.tobytes()
    learned = {k: v for k, v in vars(first).items() if k.endswith("_")}
    assert set(learned) == {"components_", "mean_", "explained_variance_ratio_", "n_features_in_"}
    assert all(isinstance(v, np.ndarray | int | None) for v in learned.values())


def test_documents_keep_what_is_known_of_them():
    documents = carrying(PLANE, known=np.arange(4), total=np.arange(4) + 1)
    stage = ReduceDimensions(dimensions=2)
    matrix = stage.fit(documents).apply(documents).matrix
    assert matrix.known.tolist() == [0, 1, 2, 3]
    assert matrix.total.tolist() == [1, 2, 3, 4]
    assert matrix.features == ["reduce_dimensions_0", "reduce_dimensions_1"]
    assert (stage.transform(documents) == ReduceDimensions(dimensions=2).fit_transform(PLANE)).all()


def test_after_tf_idf():
    documents = Documents.of([["free", "prize"], ["free", "lunch"], ["see", "you"]])
    weighed = TfIdf().fit(documents).apply(documents)
    values = ReduceDimensions(dimensions=2).fit(weighed).apply(weighed).matrix.values
    assert values[0] @ values[1] > 0.9 > 0.1 > abs(values[0] @ values[2])


def test_another_width_is_refused():
    stage = ReduceDimensions(dimensions=2).fit(carrying(PLANE))
    with pytest.raises(InputError, match="matrix of 3 columns, and one of 2 was given"):
        stage.apply(carrying(PLANE[:, :2]))
    with pytest.raises(ValueError, match="2 features"):
        stage.transform(PLANE[:, :2])


def test_nothing_to_learn_from():
    with pytest.raises(InputError, match="no training documents"):
        ReduceDimensions().fit(carrying(np.zeros((0, 3))))
    with pytest.raises(InputError, match="at least 2"):
        ReduceDimensions("pca").fit(PLANE[:1])
    with pytest.raises(DefinitionError, match="reads matrix"):
        ReduceDimensions().fit(Documents.of(["a"]))
    with pytest.raises(NotTrainedError):
        ReduceDimensions().transform(PLANE)


def test_options_out_of_range():
    with pytest.raises(DefinitionError, match="dimensions must be at least 1"):
        ReduceDimensions(dimensions=0).fit(PLANE)
    with pytest.raises(DefinitionError, match="seed must lie"):
        ReduceDimensions(seed=-1).fit(PLANE)


@given(tables, st.sampled_from(["truncated_svd", "pca"]), st.integers(1, 8))
def test_all_dimensions_keep_all_distances(rows, method, dimensions):
    stage = ReduceDimensions(method, dimensions, normalize=False).fit(rows)
    reduced = stage.transform(rows)
    assert reduced.shape == (len(rows), len(stage.components_))
    assert np.allclose(stage.components_ @ stage.components_.T, np.eye(len(stage.components_)))
    if dimensions >= min(rows.shape):
        centred = rows - rows.mean(axis=0) if method == "pca" else rows
        assert np.allclose(reduced @ reduced.T, centred @ centred.T, atol=1e-6)


@BOTH
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_batches_do_not_matter(method, kind):
    rows = kind(random_rows(70, 33).toarray())
    stage = ReduceDimensions(method, 11).fit(rows)
    whole = stage.transform(rows).tobytes()
    for size in (1, 7):
        parts = [stage.transform(rows[at : at + size]).tobytes() for at in range(0, 70, size)]
        assert b"".join(parts) == whole


def test_oracle_truncated_svd():
    rows = random_rows()
    theirs = TruncatedSVD(8, random_state=0).fit(rows)
    ours = ReduceDimensions(dimensions=8, normalize=False).fit(rows)
    assert np.allclose(ours.transform(rows), theirs.transform(rows))
    assert np.allclose(ours.explained_variance_ratio_, theirs.explained_variance_ratio_)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_oracle_pca(kind):
    rows = random_rows().toarray()
    theirs = PCA(8, svd_solver="full").fit(rows)
    ours = ReduceDimensions("pca", 8, normalize=False).fit(kind(rows))
    assert np.allclose(np.abs(ours.transform(kind(rows))), np.abs(theirs.transform(rows)))
    assert np.allclose(ours.explained_variance_ratio_, theirs.explained_variance_ratio_)


@parametrize_with_checks(
    [ReduceDimensions(), ReduceDimensions("pca"), ReduceDimensions(dimensions=2, normalize=False)]
)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_in_a_plain_scikit_learn_pipeline():
    texts = ["free prize now", "free prize today", "see you today", "see you soon"]
    pipeline = clone(make_pipeline(TfidfVectorizer(), ReduceDimensions(dimensions=2)))
    rows = pipeline.fit_transform(texts)
    assert rows[0] @ rows[1] > rows[0] @ rows[3]
    assert pipeline.get_feature_names_out().tolist() == [f"reduce_dimensions_{i}" for i in (0, 1)]


@pytest.mark.skipif(
    not os.environ.get("TEXTPIPE_CORPORA"), reason="TEXTPIPE_CORPORA is unset: no sms-spam"
)
def test_real_messages_as_truncated_svd():
    path = Path(os.environ["TEXTPIPE_CORPORA"]) / "sms-spam" / "SMSSpamCollection"
    lines = [line for line in path.read_text("utf-8").split("\n")[:600] if line]
    documents = Documents.of([line.split("\t", 1)[1].split() for line in lines])
    weighed = TfIdf().fit(documents).apply(documents)
    ours = ReduceDimensions(dimensions=30, normalize=False).fit(weighed).apply(weighed).matrix
    theirs = TruncatedSVD(30, random_state=0).fit(weighed.matrix.values)
    assert np.allclose(ours.values, theirs.transform(weighed.matrix.values), atol=1e-9)
