"""What the tests of corrections share: models, and what a trained pipeline consists of, as bytes."""

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from textpipe import (
    CleanHtml,
    Count,
    Hashing,
    KnnClassifier,
    KnnRegressor,
    Lowercase,
    Pipeline,
    TextShape,
    TfIdf,
    Tokenize,
    load,
    save,
)

TEXTS = (
    "Win a prize, win money",
    "Claim your free prize",
    "See you at lunch",
    "Lunch with Ann at noon",
    "Claim your free prize",
    "See you at lunch",
)
LABELS = ("spam", "spam", "ham", "ham", "spam", "spam")  # one text has both labels

STAGES = {
    "hashing": lambda: [Tokenize("words"), Lowercase(), Hashing(64), KnnClassifier(k=3)],
    "tf_idf": lambda: [CleanHtml(), Tokenize("words"), TfIdf(), KnnClassifier(k=3, prior=1.0)],
    "dense": lambda: [TextShape(), KnnClassifier(k=3, metric="euclidean")],
    "regressor": lambda: [Tokenize("words"), Count(), KnnRegressor(k=3)],
}


@pytest.fixture(scope="session")
def trained():
    """A function: a trained pipeline of this kind, on the documents above or on others."""

    def made(kind="tf_idf", texts=TEXTS, labels=None):
        if labels is None:
            labels = [1.5, 2, 3, 4, 2, 3] if kind == "regressor" else LABELS
        return Pipeline(STAGES[kind]()).fit(list(texts), list(labels))

    return made


@pytest.fixture
def bundle(trained, tmp_path):
    """A function: the path of a saved model of this kind."""

    def made(kind="tf_idf", **given):
        return save(trained(kind, **given), tmp_path / f"{kind}.tpipe")

    return made


@pytest.fixture(scope="session")
def bytes_of():
    """A function: what a trained pipeline, or the one in a bundle, has learned, as comparable values."""

    def of(pipeline):
        if not isinstance(pipeline, Pipeline):
            pipeline = load(pipeline)
        return [_plain(stage.learned()) for stage in pipeline.stages]

    return of


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if sparse.issparse(value):
        value.sort_indices()
        parts = (value.data, value.indices, value.indptr)
        return [value.shape, *(_plain(part) for part in parts)]
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, np.ascontiguousarray(value).tobytes())
    return value.to_pylist() if isinstance(value, pa.Array) else value
