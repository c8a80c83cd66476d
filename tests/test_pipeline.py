import copy
import pickle
import pkgutil

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import textpipe
from textpipe import (
    Count,
    KnnClassifier,
    KnnRegressor,
    LinearSvc,
    Lowercase,
    Pipeline,
    RemoveStopWords,
    TfIdf,
    Tokenize,
    Union,
)
from textpipe.documents import Documents
from textpipe.errors import DefinitionError, InputError
from textpipe.stage import NotTrainedError

TEXTS = ["win a free prize now", "free prize for you", "claim the prize", "see you at the lake",
         "lunch at the lake", "the dog at the lake"]  # fmt: skip
LABELS = ["spam", "spam", "spam", "ham", "ham", "ham"]


def pipe(decider=None):
    return Pipeline(
        [Tokenize("words"), Lowercase(), RemoveStopWords(), TfIdf(), decider or KnnClassifier(k=3)]
    )


@pytest.fixture
def trained():
    return pipe().fit(TEXTS, LABELS)


def test_a_pipeline_learns_and_predicts(trained):
    assert trained.predict(["the prize", "a lake", "zzz"]).tolist() == ["spam", "ham", "unsure"]
    assert trained.classes_.tolist() == ["ham", "spam"]
    shares = trained.predict_proba(["the prize", "zzz"])
    assert shares.round(2).tolist() == [[0.0, 1.0], [0.5, 0.5]]
    assert trained.score(["the prize", "zzz"], ["spam", "ham"]) == 0.5


@pytest.mark.parametrize("of", [tuple, iter, np.array, pd.Series, pl.Series])
def test_documents_and_labels_may_be_any_column(of, trained):
    other = pipe().fit(of(TEXTS), of(LABELS))
    assert other.predict(of(TEXTS)).tolist() == trained.predict(TEXTS).tolist()


def test_no_documents_have_no_labels(trained):
    assert trained.predict([]).tolist() == []
    assert trained.predict_proba([]).shape == (0, 2)
    assert trained[:-1].transform([]).shape[0] == 0


def test_results_do_not_depend_on_the_size_of_a_batch(trained, monkeypatch):
    many = [f"{text} {other}" for text in TEXTS for other in TEXTS]
    whole = trained.decide(many)
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", 5)
    parts = trained.decide(many)
    assert whole.scores.tobytes() == parts.scores.tobytes()
    assert whole.verdicts().tolist() == parts.verdicts().tolist()
    again = pipe().fit(TEXTS, LABELS).decide(many)
    assert whole.scores.tobytes() == again.scores.tobytes()


def test_a_clone_is_untrained_and_has_stages_of_its_own(trained):
    twin = clone(trained)
    assert str(twin) == str(trained)
    assert all(a is not b for a, b in zip(twin.stages, trained.stages, strict=True))
    with pytest.raises(NotTrainedError, match="its stage tf_idf needs to learn"):
        twin.predict(["a"])


def test_options_are_read_and_set_by_name():
    pipeline = pipe()
    assert pipeline.get_params()["remove_stop_words__list"] == "snowball"
    pipeline.set_params(remove_stop_words__keep=["not"], language="de")
    assert pipeline["remove_stop_words"].keep == ["not"]
    assert pipeline.language == "de"


def test_a_whole_stage_is_replaced_and_then_its_options_set():
    pipeline = pipe()
    pipeline.set_params(tf_idf__min_df=2, tf_idf=Count())
    assert isinstance(pipeline.stages[3], Count)
    assert not isinstance(pipeline.stages[3], TfIdf)
    assert pipeline.stages[3].min_df == 2


def test_a_second_stage_of_a_kind_has_a_number():
    pipeline = Pipeline([Lowercase(), Lowercase()])
    assert list(pipeline.named_stages()) == ["lowercase", "lowercase-2"]
    pipeline.set_params(**{"lowercase-2__fold": True})
    assert [stage.fold for stage in pipeline.stages] == [False, True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tf_idff": None}, 'this pipeline has no option "tf_idff". Did you mean "tf_idf"'),
        ({"tf_idf__mindf": 1}, 'tf_idf has no option "mindf". Did you mean "min_df"'),
        ({"language__x": 1}, 'this pipeline has no option "language"'),
    ],
)
def test_unknown_options_are_told(options, message):
    with pytest.raises(DefinitionError, match=message):
        pipe().set_params(**options)


def test_stages_by_position_name_and_slice(trained):
    assert trained[0] is trained["tokenize"] is trained.stages[0]
    assert len(trained) == 5
    assert trained[-1].k == 3
    with pytest.raises(DefinitionError, match=r'no option "tokenise". Did you mean "tokenize"'):
        trained["tokenise"]


def test_a_slice_is_a_trained_pipeline_that_transforms(trained):
    matrix = trained[:-1].transform(["the prize"])
    assert matrix.shape == (1, len(trained["tf_idf"].get_feature_names_out()))
    assert not hasattr(trained[:-1], "predict")
    assert not hasattr(trained, "transform")


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_stage_that_was_replaced_inside_another_must_be_trained(asked_before):
    pipeline = Pipeline([Tokenize("words"), Union([[Count()], [TfIdf()]]), KnnClassifier(k=1)])
    pipeline.fit(["win a prize", "see you"], ["spam", "ham"])
    if asked_before:
        assert pipeline.predict(["win"]).tolist() == ["spam"]
    pipeline.stages[1].branches = [[Count()], [TfIdf()]]
    with pytest.raises(NotTrainedError, match="its stage union needs to learn"):
        pipeline.predict(["win"])


def test_a_stage_that_was_replaced_after_training_must_be_trained(trained):
    trained.set_params(tf_idf=TfIdf())
    with pytest.raises(NotTrainedError, match="its stage tf_idf needs to learn"):
        trained.predict(["a"])


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([], "a pipeline needs at least one stage"),
        ([Tokenize("words"), "lowercase"], "stage 2 must be a stage, .* 'lowercase' was given"),
        ([Tokenize("wrds")], 'stage 1, tokenize: engine must be .* Did you mean "words"'),
        ([Lowercase()], "stage 1, lowercase, reads tokens"),
        ([Tokenize("words"), TfIdf(), Count()], "stage 3, count, writes a second matrix"),
        (
            [Tokenize("words"), Count(), KnnClassifier(), KnnClassifier()],
            "stage 4, .* after knn_cl",
        ),
    ],
)
def test_a_pipeline_that_cannot_work_is_refused_before_anything_is_read(stages, message):
    with pytest.raises(DefinitionError, match=message):
        Pipeline(stages).fit(["a"], ["b"])
    with pytest.raises(DefinitionError, match=message):
        Pipeline(stages).run(["a"])


def test_a_language_must_be_a_text():
    with pytest.raises(DefinitionError, match="language must be a text"):
        Pipeline([Tokenize("words")], language=None).run(["a"])


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        (TEXTS, None, "knn_classifier needs a label for each training document"),
        (TEXTS, LABELS[:-1], "5 labels were given for 6 documents"),
        (TEXTS, [None, *LABELS[1:]], "the label of document 0 is missing"),
        (TEXTS, ["unsure", *LABELS[1:]], '"unsure" cannot be a label'),
        ([], [], "there are no documents to learn from"),
        (["", " "], ["a", "b"], "tf_idf: none of the 2 training documents has a word left"),
    ],
)
def test_training_data_that_teach_nothing_are_refused(texts, labels, message):
    with pytest.raises(InputError, match=message):
        pipe().fit(texts, labels)


def test_a_pipeline_that_decides_nothing_says_so():
    with pytest.raises(InputError, match="add knn_classifier"):
        Pipeline([Tokenize("words")]).decide(["a"])
    with pytest.raises(InputError, match="this one ends in linear_svc"):
        pipe(LinearSvc()).fit(TEXTS, LABELS).similar("prize")


def test_observers_are_told_of_all_work(trained):
    seen = []
    trained.decide(TEXTS, lambda work: seen.append((work.position, work.documents)))
    assert seen == [(i, 6) for i in range(len(trained))]


def test_similar_documents(trained):
    first, *_ = trained.similar("lunch at noon", n=2)
    assert (first["label"], first["text"]) == ("ham", "lunch at the lake")
    assert trained.similar("zzz") == []


def test_cross_val_score_counts_unsure_as_an_error():
    scores = cross_val_score(pipe(), [*TEXTS, "xxxx", "yyyy"], [*LABELS, "spam", "ham"], cv=2)
    verdicts = cross_val_predict(pipe(), [*TEXTS, "xxxx", "yyyy"], [*LABELS, "spam", "ham"], cv=2)
    assert verdicts[-2:].tolist() == ["unsure", "unsure"]
    right = np.array([*LABELS, "spam", "ham"]) == verdicts
    assert scores.mean() == right.mean() < 1


@pytest.mark.parametrize("of", [list, Documents.of, pd.Series, np.array])
@pytest.mark.parametrize("scoring", [None, "f1_macro", "roc_auc"])
def test_grid_search(of, scoring):
    grid = {"tf_idf__min_df": np.array([1, 2]), "knn_classifier__k": [1, 3]}
    search = GridSearchCV(pipe(), grid, cv=3, scoring=scoring, error_score="raise")
    search.fit(of(TEXTS), LABELS)
    assert set(search.best_params_) == set(grid)
    assert search.predict(["free prize"]).tolist() == ["spam"]


def test_it_stands_inside_a_scikit_learn_pipeline():
    whole = make_pipeline(pipe()[:-1], LinearSVC(random_state=0)).fit(TEXTS, LABELS)
    assert whole.predict(["free prize", "the lake"]).tolist() == ["spam", "ham"]
    ours = pipe(LinearSvc()).fit(TEXTS, LABELS)
    assert np.array_equal(whole.decision_function(TEXTS), ours.decision_function(TEXTS))


def test_scikit_learn_knows_what_kind_of_estimator_it_is():
    assert is_classifier(pipe())
    assert is_regressor(pipe(KnnRegressor()))
    assert not is_classifier(pipe()[:-1])
    regressor = pipe(KnnRegressor(k=1)).fit(TEXTS, range(6))
    assert regressor.predict(["the dog"]).tolist() == [5.0]
    assert regressor.score(TEXTS, range(6)) == 1.0
    assert not hasattr(regressor, "predict_proba")


def test_the_diagram_of_a_notebook_names_the_stages(trained):
    html = trained._repr_html_()
    for name in trained.named_stages():
        assert name in html


def sent(pipeline):
    return pickle.loads(pickle.dumps(pipeline))  # noqa: S301  # our own


@pytest.mark.parametrize("copied", [copy.deepcopy, sent])
def test_copies_predict_the_same(trained, copied):
    assert copied(trained).decide(TEXTS).scores.tobytes() == trained.decide(TEXTS).scores.tobytes()


def test_branches_of_a_union_may_start_from_the_text():
    union = Union(
        [[textpipe.CleanHtml(), Tokenize("words"), Count()], [Tokenize("words"), Count()]]
    )
    matrix = Pipeline([union]).fit(["<b>bold</b>"]).transform(["<b>bold</b>"])
    assert union.reads == ("text",)
    assert matrix.shape == (1, 3)


def test_no_public_function_is_hidden_by_a_folder_of_its_name():
    folders = {module.name for module in pkgutil.iter_modules(textpipe.__path__)}
    assert not folders & {name for name in dir(textpipe) if not name.startswith("_")}


def test_a_rehearsal_finds_what_is_missing_before_any_data_are_read(tmp_path):
    missing = [
        (1, Pipeline([Tokenize("words"), textpipe.Stem()], language="klingon")),
        (2, Pipeline([Tokenize("words"), Lowercase(), textpipe.TagPartsOfSpeech(language="fr")])),
        (1, Pipeline([Tokenize("words"), textpipe.PretrainedVectors(str(tmp_path / "no.vec"))])),
    ]
    for position, pipe in missing:
        with pytest.raises(textpipe.TextpipeError) as found:
            pipe.rehearse()
        assert found.value.stage == position
    Pipeline([Tokenize("words"), TfIdf(), KnnClassifier()]).rehearse()


def test_an_error_of_somebody_s_stage_says_where_it_happened():
    class Broken(textpipe.FormStage):
        def of(self, form):
            return 1 / 0

    with pytest.raises(ZeroDivisionError) as found:
        Pipeline([Tokenize("words"), Broken()]).run(["a"])
    assert found.value.__notes__ == ["in stage 2, broken"]


def test_similar_wants_at_least_one():
    pipe = Pipeline([Tokenize("words"), TfIdf(), KnnClassifier()]).fit(["a b", "c"], ["x", "y"])
    assert [found["id"] for found in pipe.similar("a", 1)] == ["0"]
    for n in (0, -1):
        with pytest.raises(
            textpipe.TextpipeError, match=f"n must be at least 1, and {n} was given"
        ):
            pipe.similar("a", n)


def test_cutting_a_text_twice_is_refused():
    with pytest.raises(
        textpipe.TextpipeError, match="cuts the text into tokens, and a stage before"
    ):
        Pipeline([Tokenize(), Tokenize("words")]).check()


def test_labels_of_two_kinds_are_refused():
    with pytest.raises(textpipe.TextpipeError, match="some labels are texts and some are numbers"):
        Pipeline([Tokenize("words"), TfIdf(), KnnClassifier()]).fit(["a", "b"], ["x", 1])


def test_one_stage_cannot_stand_in_two_places():
    weigh = textpipe.WeighByLabel()
    union = textpipe.Union([[textpipe.TfIdf(), weigh], [textpipe.Count(), weigh]])
    with pytest.raises(
        DefinitionError, match="the same weigh_by_label object stands in this pipeline twice"
    ):
        textpipe.Pipeline([textpipe.Tokenize(), union, textpipe.KnnClassifier()]).check()


def test_n_grams_that_begin_where_words_do_are_no_words():
    stages = [Tokenize("words"), textpipe.NGrams(1, 2), RemoveStopWords(extra=["run"])]
    pipeline = Pipeline([*stages, Count()]).fit(["a a", "x y"])
    alone, together = (pipeline.run(texts).matrix for texts in (["a a run"], ["a a run", "x y"]))
    assert alone.known[0] == together.known[0] == 2
