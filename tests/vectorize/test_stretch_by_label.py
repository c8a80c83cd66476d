"""StretchByLabel: rows that speak for the same label come closer, and no row speaks for its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from textpipe import (
    Count,
    Documents,
    KnnClassifier,
    Lowercase,
    Pipeline,
    StretchByLabel,
    TfIdf,
    Tokenize,
    Union,
    WeighByLabel,
    evaluate,
    load,
    save,
)
from textpipe.duplicates import near_duplicate_groups
from textpipe.errors import BundleError, DefinitionError, InputError, TextpipeWarning
from textpipe.rows import dense

ROWS = np.array([[1.0, 0.0, 0.2], [0.9, 0.1, 0.0], [0.2, 1.0, 0.0], [0.0, 0.8, 0.4]])
LABELS = ["ham", "ham", "spam", "spam"]
WORDS = [f"w{chr(97 + i)}{chr(97 + j)}" for i in range(6) for j in range(10)]


def random_texts(n, seed=0, words=8):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, words)) for _ in range(n)]


def random_labels(n, seed=1, classes=("ham", "spam")):
    return np.random.default_rng(seed).choice(list(classes), n)


def counted(texts):
    words = Pipeline([Tokenize("words"), Count()]).fit(texts)
    return words.run(Documents.of(texts))


class Watched(StretchByLabel):
    """Remembers which rows and labels its discriminants saw."""

    def _discriminant(self, rows, codes):
        self.__dict__.setdefault("_seen", []).append((rows, codes))
        return super()._discriminant(rows, codes)


def test_the_new_column_says_for_which_label_a_row_speaks():
    stretch = StretchByLabel(folds=2).fit(ROWS, LABELS)
    rows = stretch.transform([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 0]])
    assert np.sign(rows[:, -1]).tolist() == [-1, 1, 0]
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 0])
    assert list(stretch.get_feature_names_out()) == ["x0", "x1", "x2", "(speaks for spam)"]


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0, 4.0])
def test_the_cosine_is_a_mean_of_words_and_what_they_say(strength):
    stretch = StretchByLabel(strength, folds=2).fit(ROWS, LABELS)
    machine = LinearSVC(random_state=0).fit(*in_its_order(ROWS, LABELS))
    unit = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    said = machine.decision_function(unit) / stretch.scale_
    products = unit @ unit.T + strength * np.outer(said, said)
    lengths = np.sqrt(np.diag(products))
    rows = stretch.transform(ROWS)
    np.testing.assert_allclose(rows @ rows.T, products / np.outer(lengths, lengths), rtol=1e-9)
    if not strength:
        np.testing.assert_allclose(rows, np.column_stack([unit, np.zeros(4)]))


def in_its_order(rows, labels):
    watched = Watched(folds=2).fit(rows, labels)
    return watched._seen[-1]


def test_the_scale_is_that_of_what_left_out_rows_say():
    stretch = StretchByLabel(folds=2)
    rows = stretch.fit_transform(ROWS, LABELS)
    said = rows[:, -1] / np.linalg.norm(rows[:, :-1], axis=1)  # in units of the scale
    assert np.mean(said**2) == pytest.approx(1.0)


def test_no_row_is_judged_by_a_discriminant_that_saw_it_or_its_near_duplicates():
    texts = random_texts(30)
    texts = [f"{text} {mark}" for text in texts for mark in ("", "!", "12")]  # three of each
    labels = np.repeat(random_labels(30), 3)
    documents, groups = counted(texts), near_duplicate_groups(texts)
    watched = Watched(folds=3)
    watched.learn(documents, labels)
    assert len(watched._seen) == 3 + 1
    made = watched.apply_in_training(documents).matrix.values.toarray()
    unit = made[:, :-1] / np.linalg.norm(made[:, :-1], axis=1, keepdims=True)
    said = made[:, -1] / np.linalg.norm(made[:, :-1], axis=1) * watched.scale_
    judged = np.zeros(90, bool)
    for rows, codes in watched._seen[:-1]:
        rows = rows.toarray()
        trained = (np.abs(unit[:, None, :] - rows[None]).max(axis=2) < 1e-9).any(axis=1)
        assert not set(groups[trained]) & set(groups[~trained])  # a group stands on one side
        assert len(rows) == trained.sum()
        machine = LinearSVC(random_state=0).fit(rows, codes)
        assert machine.decision_function(unit[~trained]) == pytest.approx(said[~trained])
        judged |= ~trained
    assert judged.all()
    assert watched._seen[-1][0].shape[0] == 90  # what new rows are judged by saw all


def test_the_labels_of_training_do_not_shine_through():
    """Where labels are drawn by lot, a row's value must not tell its label."""
    documents, labels = counted(random_texts(400)), random_labels(400)
    stretch = StretchByLabel()
    stretch.learn(documents, labels)
    left_out = stretch.apply_in_training(documents).matrix.values[:, [-1]].toarray().ravel()
    seen = stretch.apply(documents).matrix.values[:, [-1]].toarray().ravel()
    assert 0.4 < roc_auc_score(labels == "spam", left_out) < 0.6
    assert roc_auc_score(labels == "spam", seen) > 0.65


def test_an_evaluation_with_it_finds_nothing_where_there_is_nothing():
    texts, labels = random_texts(240, seed=3), random_labels(240, seed=4)
    stages = [Tokenize("words"), TfIdf(), WeighByLabel(), StretchByLabel(), KnnClassifier(k=5)]
    report = evaluate(Pipeline(stages), texts, labels, folds=3)
    assert 0.4 < np.mean(report.verdicts == report.labels) < 0.6


def test_several_labels_have_a_column_each_and_it_finds_them():
    random = np.random.default_rng(0)
    labels = np.repeat(["a", "b", "c"], 20)
    rows = random.normal(size=(60, 6)) + 3 * np.eye(6)[np.searchsorted(["a", "b", "c"], labels)]
    stretch = StretchByLabel().fit(rows, labels)
    made = stretch.transform(rows)
    assert made.shape == (60, 9)
    assert stretch.get_feature_names_out()[-3:].tolist() == [f"(speaks for {x})" for x in "abc"]
    assert np.mean(np.array(["a", "b", "c"])[made[:, 6:].argmax(axis=1)] == labels) > 0.9
    said = made[:, 6:] / np.linalg.norm(made[:, :6], axis=1, keepdims=True)
    assert said.sum(axis=1) == pytest.approx(0, abs=1e-9)  # what they have in common is no news


@pytest.mark.parametrize(
    ("labels", "texts"),
    [
        (["ham", "ham", "ham", "spam"], ["a b", "b c", "c d", "d e"]),
        (["ham", "ham", "spam", "spam"], ["a b", "b c", "win 10 now", "win 20 now!"]),
        (["ham"] * 4, ["a b", "b c", "c d", "d e"]),
    ],
)
def test_with_too_few_documents_nothing_is_stretched_and_it_says_so(labels, texts):
    documents = counted(texts)
    stretch = StretchByLabel()
    stretch.learn(documents, np.array(labels))
    with pytest.warns(
        TextpipeWarning, match="nothing is stretched. It needs two documents or more"
    ):
        made = stretch.apply_in_training(documents).matrix.values.toarray()
    assert not made[:, -1].any()
    np.testing.assert_array_equal(made, stretch.apply(documents).matrix.values.toarray())


def test_a_label_of_too_few_documents_takes_no_part():
    texts = [*random_texts(30), "waa wab odd", "waa wac odd!", "waa wac ODD 2"]
    labels = np.array([*random_labels(30), "once", "twice", "twice"])
    documents = counted(texts)
    stretch, alone = StretchByLabel(), StretchByLabel()
    stretch.learn(documents, labels)
    with pytest.warns(TextpipeWarning, match="too few documents of once, twice: it needs two"):
        made = stretch.apply_in_training(documents).matrix
    alone.learn(documents[np.arange(30)], labels[:30])
    others = alone.apply_in_training(documents[np.arange(30)]).matrix
    assert stretch.classes_.tolist() == ["ham", "spam"]
    assert list(made.features) == list(others.features)
    assert made.features[-1] == "(speaks for spam)"
    # the others' rows do not know that it is there
    assert made.values[:30].toarray().tobytes() == others.values.toarray().tobytes()
    assert stretch.coef_.tobytes() == alone.coef_.tobytes()
    assert stretch.scale_ == alone.scale_
    # and its own rows are as if they came later
    now = stretch.apply(documents).matrix.values[30:].toarray()
    np.testing.assert_allclose(made.values[30:].toarray(), now)
    assert now[:, -1].all()


def test_a_near_duplicate_of_another_label_does_not_shine_through_either():
    texts, labels = random_texts(30), random_labels(30)
    texts.append(texts[4] + " 7")
    labels = np.append(labels, "once")
    documents = counted(texts)
    stretch = StretchByLabel()
    stretch.learn(documents, labels)
    with pytest.warns(TextpipeWarning, match="too few documents of once"):
        made = stretch.apply_in_training(documents).matrix.values.toarray()
    # of words that it shares with the other, it says what the other does
    assert np.sign(made[30, -1]) == np.sign(made[4, -1])
    seen = stretch.apply(documents).matrix.values.toarray()
    assert abs(made[30, -1] - made[4, -1]) < 0.5 * abs(made[30, -1] - seen[30, -1])


@pytest.mark.parametrize("n_labels", [1, 12])
def test_a_warning_names_the_labels_that_took_no_part(n_labels):
    rows = np.vstack([ROWS, np.random.default_rng(0).random((n_labels, 3))])
    labels = LABELS + [f"label{at:02}" for at in range(n_labels)]
    with pytest.warns(TextpipeWarning) as warned:
        StretchByLabel(folds=2).fit_transform(rows, labels)
    (message,) = (str(warning.message) for warning in warned)
    assert "label00" in message
    assert message.endswith("of it, or none" if n_labels == 1 else "of them, or none")
    assert ("label09, ...:" in message) == (n_labels == 12)
    assert "label10" not in message


def test_a_row_without_any_word_that_counts_stays_zero_and_unsure():
    texts = ["win prize the", "prize the win", "see the", "lunch the"] * 2
    texts = [f"{text} {chr(97 + i)}x" for i, text in enumerate(texts)]
    labels = ["spam", "spam", "ham", "ham"] * 2
    stages = [
        Tokenize("words"),
        TfIdf(min_df=2),
        WeighByLabel(),
        StretchByLabel(),
        KnnClassifier(k=3),
    ]
    pipeline = Pipeline(stages).fit(texts, labels)
    assert pipeline.stages[3].intercept_[0] != 0
    # "the" is in all documents of both labels: its weight is 0, though it is known
    for text in ("the the", "zebra", ""):
        assert not pipeline[:-1].transform([text]).toarray().any()
        assert pipeline.predict([text]).tolist() == ["unsure"]


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix])
def test_zeros_that_are_stored_are_zeros(of):
    stretch = StretchByLabel(folds=2).fit(of(ROWS), LABELS)
    zero = of(np.zeros((1, 3)))
    if sparse.issparse(zero):
        zero = sparse.csr_matrix((np.zeros(2), ([0, 0], [0, 2])), (1, 3))
    assert not dense(stretch.transform(zero)).any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 999), st.integers(2, 3), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_training_does_not_matter(seed, n_labels, as_texts, random):
    texts = random_texts(24, seed, words=3)
    texts[:6] = texts[6:12]  # copies,
    texts[12:15] = [" ".join(reversed(text.split())) for text in texts[15:18]]  # and equal rows
    labels = random_labels(24, seed, "abc"[:n_labels])
    labels[:n_labels] = labels[n_labels : 2 * n_labels] = list("abc"[:n_labels])
    order = np.array(random.sample(range(24), 24))
    documents = counted(texts)

    def learned(at):
        stretch = StretchByLabel(folds=3)
        if not as_texts:
            values = documents.matrix.values[at]
            return stretch.fit_transform(values, labels[at]), stretch.learned()
        stretch.learn(documents[at], labels[at])
        return stretch.apply_in_training(documents[at]).matrix.values, stretch.learned()

    one, other = learned(np.arange(24)), learned(order)
    assert one[0][order].toarray().tobytes() == other[0].toarray().tobytes()
    for name in ("coef_", "intercept_"):
        assert one[1][name].tobytes() == other[1][name].tobytes()
    assert one[1]["scale_"] == other[1]["scale_"]


def test_dense_and_sparse_are_the_same():
    one = StretchByLabel(folds=2).fit(ROWS, LABELS)
    other = StretchByLabel(folds=2).fit(sparse.csr_matrix(ROWS), LABELS)
    made = other.transform(sparse.csr_matrix(ROWS))
    assert sparse.issparse(made)
    np.testing.assert_allclose(made.toarray(), one.transform(ROWS), rtol=1e-6)


def test_parts_add_up_to_all_but_the_intercept():
    stretch = StretchByLabel(folds=2).fit(ROWS, LABELS)
    row = ROWS[2] / np.linalg.norm(ROWS[2])
    for of in (np.asarray, sparse.csr_matrix):
        total = np.asarray(stretch.map_parts(of(np.diag(row))).sum(axis=0)).ravel()
        total[-1] += stretch.intercept_[0] / stretch.scale_
        assert total / np.linalg.norm(total) == pytest.approx(stretch.transform(ROWS[2:3])[0])


def test_inside_a_branch_training_rows_are_cross_fitted_too():
    documents, labels = counted(random_texts(300)), random_labels(300)
    words = documents.with_(matrix=None)
    union = Union([[TfIdf(), StretchByLabel()], [Lowercase(), Count()]])
    assert union.cross_fits
    union.learn(words, labels)
    made = union.apply_in_training(words).matrix
    (at,) = [i for i, name in enumerate(made.features) if name.endswith("(speaks for spam)")]
    column = made.values[:, [at]].toarray().ravel()
    assert 0.4 < roc_auc_score(labels == "spam", column) < 0.6
    seen = union.apply(words).matrix.values[:, [at]].toarray().ravel()
    assert roc_auc_score(labels == "spam", seen) > 0.65
    alone = StretchByLabel()
    weighed = TfIdf().fit(words).apply(words)
    alone.learn(weighed, labels)
    expected = alone.apply_in_training(weighed).matrix.values[:, [-1]].toarray().ravel()
    np.testing.assert_allclose(column, expected)


@pytest.mark.parametrize("classes", ["ab", "abc"])
def test_a_bundle_keeps_it(classes, tmp_path):
    texts, labels = random_texts(40), random_labels(40, classes=classes)
    stages = [Tokenize("words"), Union([[TfIdf(), StretchByLabel()], Count()]), KnnClassifier(k=3)]
    pipeline = Pipeline(stages).fit(texts, labels)
    again = load(save(pipeline, tmp_path / "a"))
    queries = random_texts(20, seed=9)
    assert pipeline.decide(queries).scores.tobytes() == again.decide(queries).scores.tobytes()


def test_what_cannot_work():
    for option, value, message in (
        ("strength", -1.0, "strength must be 0 or more"),
        ("C", 0.0, "C must be above 0"),
        ("C", "auto", "C must be a number"),
        ("folds", 1, "folds must be at least 2"),
        ("seed", -1, "seed must lie between 0 and"),
    ):
        with pytest.raises(DefinitionError, match=message):
            StretchByLabel(**{option: value}).fit(ROWS, LABELS)
    with pytest.raises(InputError, match="needs a label for each training document"):
        Pipeline([Tokenize("words"), TfIdf(), StretchByLabel()]).fit(["a", "b"])
    with pytest.raises(InputError, match="numbers with fractions"):
        StretchByLabel().fit(ROWS, [0.5, 1.5, 2.5, 3.5])


def test_what_was_learned_about_other_columns_is_refused():
    stretch = StretchByLabel(folds=2).fit(ROWS, LABELS)
    stretch.coef_ = stretch.coef_[:, :2]
    with pytest.raises(BundleError, match="is about 2 columns, and training had 3"):
        stretch.transform(ROWS)


CROSS_FITTED = "fit_transform is cross-fitted, as that of scikit-learn's TargetEncoder"


@parametrize_with_checks(
    [StretchByLabel(folds=2), StretchByLabel(C=0.1, strength=2.0)],
    expected_failed_checks=lambda _: {
        "check_transformer_general": CROSS_FITTED,
        "check_transformer_data_not_an_array": CROSS_FITTED,
    },
)
@pytest.mark.filterwarnings("ignore:stretch_by_label:textpipe.errors.TextpipeWarning")  # tiny data
def test_scikit_learn_s_estimator_checks(estimator, check):
    check(estimator)


def test_real_messages_come_apart(sms_spam):
    texts, labels = (part[:1200] for part in sms_spam)

    def right(*stages):
        pipeline = Pipeline([Tokenize("words"), Lowercase(), TfIdf(), *stages, KnnClassifier(k=5)])
        report = evaluate(pipeline, texts, labels, folds=3)
        return np.mean(report.verdicts == report.labels)

    assert right(StretchByLabel()) > right() + 0.005
