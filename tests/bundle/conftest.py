"""What the tests of bundles share: a few documents, and a pipeline that is trained on them."""

import pytest

from textpipe import KnnClassifier, Lowercase, Pipeline, RemoveStopWords, TfIdf, Tokenize
from textpipe.bundle import save


@pytest.fixture(scope="session")
def texts():
    return ["win a free prize now", "free prize for you", "claim the prize", "see you at the lake",
            "lunch at the lake", "the dog at the lake"]  # fmt: skip


@pytest.fixture(scope="session")
def labels():
    return ["spam", "spam", "spam", "ham", "ham", "ham"]


@pytest.fixture(scope="session")
def trained(texts, labels):
    """A function: a new pipeline, of the stages given, that is trained."""

    def pipeline_of(*stages):
        stages = stages or (RemoveStopWords(), TfIdf(), KnnClassifier(k=3))
        return Pipeline([Tokenize("words"), Lowercase(), *stages]).fit(texts, labels)

    return pipeline_of


@pytest.fixture
def bundle(tmp_path, trained):
    """A bundle that a test may change."""
    return save(trained(), tmp_path / "spam.tpipe")
