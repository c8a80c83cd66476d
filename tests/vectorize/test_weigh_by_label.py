"""WeighByLabel: a column counts by what it tells about the label."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_selection import chi2
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe import (
    Count,
    Documents,
    KnnClassifier,
    Pipeline,
    ReduceDimensions,
    StretchByLabel,
    TextShape,
    TfIdf,
    Tokenize,
    Union,
    WeighByLabel,
    Word2Vec,
    load,
    save,
)
from textpipe.documents import Matrix
from textpipe.errors import BundleError, DefinitionError, InputError, TextpipeWarning
from textpipe.stage import Vectorizer

METHODS = ("log_odds", "chi_squared", "relevance_frequency")
ALL_METHODS = pytest.mark.parametrize("method", METHODS)

# four spam, four ham: in how many of them each column is
ROWS = np.array(
    [[1, 1, 0, 2], [1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0],
     [1, 1, 1, 0], [0, 1, 1, 0], [0, 1, 0, 0], [0, 1, 0, 0]], float,
)  # fmt: skip
LABELS = ["spam"] * 4 + ["ham"] * 4


def weights(rows, labels, method="log_odds", power=1.0):
    return WeighByLabel(method, power).fit(rows, labels).weights_


def some_rows(n=40, d=7, seed=0):
    return np.random.default_rng(seed).poisson(0.6, (n, d)).astype(float)


def test_the_weight_is_the_logarithm_of_the_odds_ratio():
    # (3.5 / 1.5) / (1.5 / 3.5); in all of both; in none and in two; in one and in none
    expected = [np.log(49 / 9), 0.0, np.log(4.5 / 0.5), np.log(1.5 / 3.5 * 4.5 / 0.5)]
    assert weights(ROWS, LABELS) == pytest.approx(expected)
    assert weights(ROWS, LABELS, power=0.5) == pytest.approx(np.sqrt(expected))
    assert weights(ROWS, LABELS, power=0.0).tolist() == [1, 1, 1, 1]


def test_relevance_frequency_is_the_better_of_both_sides():
    expected = [np.log2(2 + 3 / 1), np.log2(2 + 4 / 4), np.log2(2 + 2 / 1), np.log2(2 + 1 / 1)]
    assert weights(ROWS, LABELS, "relevance_frequency") == pytest.approx(expected)


def test_a_row_is_weighted_column_by_column():
    weigh = WeighByLabel(normalize=False).fit(ROWS, LABELS)
    assert weigh.transform(ROWS) == pytest.approx(ROWS * weigh.weights_)
    lengths = np.linalg.norm(WeighByLabel().fit(ROWS, LABELS).transform(ROWS), axis=1)
    assert lengths == pytest.approx([1, 1, 1, 0, 1, 1, 0, 0])  # the second column tells nothing


@pytest.mark.filterwarnings("ignore:weigh_by_label:textpipe.errors.TextpipeWarning")
def test_a_column_that_both_sides_have_alike_weighs_nothing_at_all():
    for n, have in ((7, 3), (11, 5), (13, 9), (40, 1)):
        rows = np.tile(np.arange(n) < have, 2)[:, None].astype(float)
        assert weights(rows, ["a"] * n + ["b"] * n).tolist() == [0.0]
        assert weights(rows, ["a"] * n + ["b"] * n, "chi_squared").tolist() == [0.0]


def test_of_several_labels_the_one_counts_that_a_column_tells_most_about():
    rows = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 1]])
    labels = np.array(["a", "a", "b", "b", "c", "c"])
    against_the_rest = [weights(rows, np.where(labels == one, one, "rest")) for one in "abc"]
    assert weights(rows, labels) == pytest.approx(np.max(against_the_rest, axis=0))


@ALL_METHODS
def test_a_single_label_leaves_all_columns_alike(method):
    assert weights(ROWS, ["ham"] * 8, method).tolist() == [1, 1, 1, 1]


def test_a_label_of_a_single_document_is_only_one_of_the_others():
    rows = np.vstack([np.tile(some_rows(), (3, 1)), np.ones((1, 7))])
    labels = np.array((["ham"] * 9 + ["spam"] * 3) * 10 + ["odd"])
    others = [weights(rows, np.where(labels == one, one, "rest")) for one in ("ham", "spam")]
    assert weights(rows, labels) == pytest.approx(np.max(others, axis=0))
    without = weights(rows[:-1], labels[:-1])
    assert weights(rows, labels) == pytest.approx(without, abs=0.3)
    # two labels of a single document each have nobody else to be told from
    assert weights([[1.0, 0.0], [1.0, 1.0]], ["a", "b"]).tolist() == [0, pytest.approx(np.log(9))]


def test_where_no_column_tells_anything_it_says_so_and_all_rows_are_zero():
    texts, labels = ["win prize", "lunch today"] * 2, ["spam", "spam", "ham", "ham"]
    stages = [Tokenize("words"), TfIdf(), WeighByLabel(), KnnClassifier(k=3)]
    with pytest.warns(TextpipeWarning, match="no column tells anything about the label"):
        pipeline = Pipeline(stages).fit(texts, labels)
    assert not pipeline[:-1].transform(texts).toarray().any()
    assert pipeline.predict(texts).tolist() == ["unsure"] * 4
    stages.insert(3, StretchByLabel())
    with pytest.warns(TextpipeWarning) as warned:
        Pipeline(stages).fit(texts, labels)
    assert len(warned) == 2  # and nothing is stretched


DENSE = [
    [Word2Vec(dimensions=4, min_count=1)],
    [TextShape()],
    [TfIdf(), ReduceDimensions(dimensions=2)],
    [Word2Vec(dimensions=4, min_count=1), StretchByLabel()],
    [Union([TextShape(), [TfIdf(), ReduceDimensions(dimensions=2)]])],
]


@pytest.mark.parametrize("stages", DENSE, ids=lambda stages: stages[-1].name())
@pytest.mark.parametrize("inside", [False, True], ids=["after", "in a branch"])
def test_dense_columns_are_refused_before_anything_is_read(stages, inside):
    stages = [*stages, WeighByLabel()]
    if inside:
        stages = [Union([stages, Count()])]
    with pytest.raises(DefinitionError, match="weigh_by_label learns from which documents have"):
        Pipeline([Tokenize("words"), *stages]).fit(["a b", "c"], ["spam", "ham"])
    with pytest.raises(DefinitionError, match="put it after count, tf_idf, bm25 or hashing"):
        Pipeline([Tokenize("words"), *stages]).rehearse()


def test_sparse_columns_beside_dense_ones_are_fine():
    for branches in ([TextShape(), Count()], [[Count(), WeighByLabel()], TextShape()]):
        Pipeline([Tokenize("words"), Union(branches), WeighByLabel()]).fit(
            ["a b", "a c", "b"], ["spam", "ham", "ham"]
        )


class Lengths(Vectorizer):
    """A dense matrix of somebody else's."""

    def vectorize(self, documents):
        return Matrix(
            np.array([[len(words)] for words in documents.tokens.to_lists()], float), ["length"]
        )


def test_a_dense_matrix_of_somebody_else_is_refused_when_it_comes():
    with pytest.raises(InputError, match="such as that of word vectors, all documents have all"):
        Pipeline([Tokenize("words"), Lengths(), WeighByLabel()]).fit(["a b", "c"], ["x", "y"])


def test_oracle_chi_squared():
    rows = (some_rows() > 0).astype(float)
    labels = np.random.default_rng(1).choice(["ham", "spam"], 40, p=[0.7, 0.3])
    # scikit-learn's sums over the presence of a column; ours over presence and absence
    theirs = chi2(rows, labels)[0] + chi2(1 - rows, labels)[0]
    assert weights(rows, labels, "chi_squared") == pytest.approx(np.log1p(theirs))


@ALL_METHODS
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 4), st.randoms(use_true_random=False))
def test_neither_order_nor_format_matters(method, seed, n_labels, random):
    rows = some_rows(12, 5, seed)
    labels = np.array(list("abcd"))[np.random.default_rng(seed).integers(0, n_labels, 12)]
    order = random.sample(range(12), 12)
    made = WeighByLabel(method).fit(rows, labels)
    shuffled = WeighByLabel(method).fit(rows[order], labels[order])
    assert made.weights_.tobytes() == shuffled.weights_.tobytes()
    spread = sparse.csr_matrix(rows)
    of_sparse = WeighByLabel(method).fit(spread, labels)
    assert made.weights_.tobytes() == of_sparse.weights_.tobytes()
    np.testing.assert_allclose(of_sparse.transform(spread).toarray(), made.transform(rows))
    assert (made.weights_ >= 0).all()
    assert not made.transform(np.zeros((1, 5))).any()


@pytest.mark.filterwarnings("ignore:weigh_by_label:textpipe.errors.TextpipeWarning")
def test_zeros_that_are_stored_are_no_words_and_stay_where_they_are():
    stored = sparse.csr_matrix((np.array([0.0, 3.0, 0.0, 2.0]), ([0, 0, 1, 1], [0, 1, 0, 1])))
    plain = stored.toarray()
    assert weights(stored, ["a", "b"]).tolist() == weights(plain, ["a", "b"]).tolist()
    assert stored.data.tolist() == [0.0, 3.0, 0.0, 2.0]
    assert stored.indptr.tolist() == [0, 2, 4]


def test_a_weight_of_zero_is_not_stored():
    rows = WeighByLabel().fit(ROWS, LABELS).transform(sparse.csr_matrix(ROWS))
    assert rows.nnz == np.count_nonzero(rows.toarray())


def test_parts_add_up_to_the_row():
    weigh = WeighByLabel(normalize=False).fit(ROWS, LABELS)
    parts = np.diag(ROWS[0])
    for of in (np.asarray, sparse.csr_matrix):
        assert np.asarray(weigh.map_parts(of(parts)).sum(axis=0)).ravel() == pytest.approx(
            weigh.transform(ROWS[:1])[0]
        )


def test_names_and_what_is_known_stay():
    pipeline = Pipeline([Tokenize("words"), TfIdf(), WeighByLabel()])
    pipeline.fit(["free prize", "lunch today"], ["spam", "ham"])
    matrix = pipeline.run(["free lunch zebra"]).matrix
    assert list(matrix.features) == ["free", "lunch", "prize", "today"]
    assert (matrix.known.tolist(), matrix.total.tolist()) == ([2], [3])


def test_what_it_makes_of_a_training_document_depends_on_labels():
    assert WeighByLabel().sees_labels
    assert Union([[TfIdf(), WeighByLabel()]]).sees_labels
    assert not Union([TfIdf()]).sees_labels


def test_options_set_later_count_at_once_as_they_do_after_loading(tmp_path):
    stages = [Tokenize("words"), TfIdf(), WeighByLabel()]
    pipeline = Pipeline(stages).fit(["free prize", "free lunch", "lunch"], ["spam", "ham", "ham"])
    pipeline.transform(["free lunch"])
    pipeline.set_params(weigh_by_label__power=3.0, weigh_by_label__method="chi_squared")
    now = pipeline.transform(["free lunch prize"]).toarray()
    again = load(save(pipeline, tmp_path / "a")).transform(["free lunch prize"]).toarray()
    assert now.tobytes() == again.tobytes()


def test_what_cannot_work():
    with pytest.raises(DefinitionError, match="power must be 0 or more, and -1 was given"):
        WeighByLabel(power=-1).fit(ROWS, LABELS)
    with pytest.raises(InputError, match="needs a label for each training document"):
        Pipeline([Tokenize("words"), TfIdf(), WeighByLabel()]).fit(["a", "b"])
    with pytest.raises(InputError, match=r"numbers with fractions, such as 0\.5"):
        WeighByLabel().fit(ROWS, np.arange(8) / 2)
    assert weights(ROWS, [0.0] * 4 + [1.0] * 4).tolist() == weights(ROWS, LABELS).tolist()


def test_what_was_learned_about_other_columns_is_refused():
    weigh = WeighByLabel().fit(ROWS, LABELS)
    weigh.class_frequencies_ = weigh.class_frequencies_[:, :3]
    del weigh._made  # as in a model from disk
    with pytest.raises(BundleError, match="is about 3 columns, and training had 4"):
        weigh.transform(ROWS)


@parametrize_with_checks([WeighByLabel(method) for method in METHODS])
@pytest.mark.filterwarnings("ignore:weigh_by_label:textpipe.errors.TextpipeWarning")  # dense rows
def test_scikit_learn_s_estimator_checks(estimator, check):
    check(estimator)


def test_real_messages(sms_spam):
    texts, labels = sms_spam
    pipeline = Pipeline([Tokenize("words"), TfIdf(binary=True), WeighByLabel("chi_squared", 1.0)])
    pipeline.fit(texts[:1500], labels[:1500])
    names = pipeline.run(texts[:1]).matrix.features
    heaviest = {names[at] for at in np.argsort(-pipeline.stages[-1].weights_)[:40]}
    assert {"claim", "prize", "FREE", "Txt"} & heaviest
    documents = pipeline[:2].run(Documents.of(texts[:1500]))
    there = (documents.matrix.values > 0).toarray()
    theirs = chi2(there, labels[:1500])[0] + chi2(~there, labels[:1500])[0]
    np.testing.assert_allclose(pipeline.stages[-1].weights_, np.log1p(theirs), rtol=1e-9, atol=1e-9)
