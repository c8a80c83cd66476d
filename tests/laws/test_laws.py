"""Every stage of the catalogue, with default options and with others, under every law."""

import numpy as np
import pytest
from sklearn.base import clone

from textpipe import Pipeline, testing
from textpipe.catalogue import BUILT_IN, stage_class
from textpipe.classify.decider import Decider
from textpipe.documents import Documents
from textpipe.testing.case import stages_before, with_mails
from textpipe.testing.examples import EXAMPLES
from textpipe.testing.plain import plain

OTHER_OPTIONS = {
    "mail_parts": [{"alternatives": "html", "sender": "both", "quoted": False}],
    "mail_headers": [{"ignore": [], "leave_out": [], "words": ["x-mailer"], "trust": "mx"}],
    "urls": [{"words": False}, {"path": False, "mask_numbers": False}],
    "mark_regions": [{"kinds": ["subject"], "also_plain": True}],
    "signs": [{"min_df": 1, "only": ["tokenize"]}],
    "clean_html": [{"hidden": "apart", "links": True, "alt": False, "max_depth": 50}],
    "normalize_unicode": [{"form": "NFKC", "controls": False, "zero_width": False}],
    "mask": [{"numbers": False, "prefix": "zz"}],
    "replace": [{"pattern": "(?:free|win)", "by": "gratis", "ignore_case": True}],
    "tokenize": [{"engine": "words"}, {"engine": "nltk_treebank"}, {"engine": "nltk_tweet"},
                 {"engine": "sklearn"}, {"engine": "whitespace", "language": "de"}],
    "lowercase": [{"fold": True}],
    "remove_punctuation": [{"keep": ["!", "?"]}],
    "remove_stop_words": [{"keep": ["not"], "extra": ["parcel"], "ignore_case": False},
                          {"list": "spacy", "language": "de"}, {"list": "none"}],
    "length_filter": [{"minimum": 3, "maximum": 12}],
    "keep_parts_of_speech": [{"tags": ["NOUN", "VERB"]}],
    "stem": [{"algorithm": "porter"}, {"algorithm": "lancaster"}, {"algorithm": "cistem", "language": "de"}],
    "lemmatize": [{"engine": "spacy_lookup"}],
    "n_grams": [{"minimum": 2, "maximum": 3}],
    "character_n_grams": [{"minimum": 2, "maximum": 4, "word_boundaries": False}],
    "phrases": [{"min_count": 1, "threshold": 0.5, "scoring": "npmi", "connector_words": "english"}],
    "count": [{"min_df": 2, "max_df": 0.9, "max_features": 5, "n_grams": (1, 2), "binary": True}],
    "tf_idf": [{"sublinear_tf": True, "norm": "l1"}, {"norm": "none", "n_grams": (2, 2)}],
    "bm25": [{"k1": 2, "b": 0, "norm": "none"}],
    "hashing": [{"n_features": 64, "signed": True, "idf": True, "reverse": False, "norm": "none"}],
    "word2vec": [{"dimensions": 6, "min_count": 1, "epochs": 2, "documents": "sif",
                  "remove_component": True, "skip_gram": False}],
    "fasttext": [{"dimensions": 6, "min_count": 1, "epochs": 2, "bucket": 50, "documents": "mean"}],
    "pretrained_vectors": [{"limit": 2, "documents": "sif", "normalize": False}],
    "union": [{"weights": [1, 0.5], "normalize": False}],
    "reduce_dimensions": [{"method": "pca", "dimensions": 3, "normalize": False}],
    "weigh_by_label": [{"method": "chi_squared", "power": 1.0},
                       {"method": "relevance_frequency", "normalize": False}],
    "stretch_by_label": [{"strength": 4.0, "C": 0.1, "folds": 2, "seed": 1}],
    "knn_classifier": [{"k": 3, "metric": "euclidean", "weights": "uniform", "excerpt": 0}],
    "knn_regressor": [{"k": 2, "power": 1, "metric": "euclidean"}],
    "linear_svc": [{"C": 0.1, "balanced": True, "seed": 3}],
    "logistic_regression": [{"C": 10, "balanced": True, "max_iter": 500}],
    "complement_nb": [{"alpha": 0.5}],
}  # fmt: skip

CASES = [(name, options) for name in BUILT_IN for options in [{}, *OTHER_OPTIONS.get(name, [])]]


def shown(value):
    if isinstance(value, dict):
        return "-".join(map(str, value.values())) or "default"
    return getattr(value, "__name__", value)


@pytest.fixture
def stage(name, options, tmp_path):
    needed = {}
    if name == "replace":
        needed = {"pattern": r"\d+"}
    if name == "pretrained_vectors":
        path = tmp_path / "vectors.txt"
        path.write_text("the 1 0.5 0\nfree 0 1 -1\nwin 0.5 0.5 1\n")
        needed = {"path": str(path)}
    if name == "union":
        count, tf_idf = stage_class("count")(), stage_class("tf_idf")(norm="none")
        needed = {"branches": [[stage_class("lowercase")(), count], tf_idf]}
    return stage_class(name)(**needed | options)


@pytest.mark.parametrize("law", testing.laws(), ids=shown)
@pytest.mark.parametrize(("name", "options"), CASES, ids=shown)
def test_law(stage, law):
    law(stage)


@pytest.mark.parametrize(("name", "options"), CASES, ids=shown)
def test_the_number_of_workers_does_not_matter(stage, monkeypatch):
    monkeypatch.setattr("textpipe.run.spreading.PATIENCE", 0.0)
    monkeypatch.setattr("textpipe.run.batching.MOST_DOCUMENTS", 3)
    documents = with_mails(Documents.of(EXAMPLES))
    regression = stage.__sklearn_tags__().estimator_type == "regressor"
    labels = np.resize([1.5, 4.0] if regression else ["a", "b"], len(documents))
    results = []
    for n_jobs in (1, 2):
        pipe = Pipeline([*stages_before(stage), clone(stage)], n_jobs=n_jobs)
        pipe.fit(documents, labels)
        decides = isinstance(stage, Decider)
        results.append(plain(pipe.decide(documents) if decides else pipe.run(documents)))
    assert results[0] == results[1]


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_stage_is_called_in_a_definition_as_its_class_is(name):
    assert stage_class(name).name() == name
    assert stage_class(name).__doc__
