from __future__ import annotations

import numpy as np
import pytest

import textpipe as tp
from textpipe.explanation.reasons import CONSTANT, REST
from textpipe.explanation.word_parts import word_parts
from textpipe.rows import dense

TEXTS = [
    "win a free prize now",
    "free money for you",
    "see you at lunch",
    "lunch for two at noon",
    "your free prize money",
    "see you at noon for lunch",
]
LABELS = ["spam", "spam", "ham", "ham", "spam", "ham"]


def parts_of(text: str, *stages: tp.Stage) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The names and rows of the parts, and the document's row."""
    pipe = tp.Pipeline([tp.Tokenize("words"), *stages]).fit(TEXTS, LABELS)
    parts = word_parts(stages, pipe[:1].run([text]))
    return parts.words, dense(parts.values), dense(pipe.run([text]).matrix.values)[0]


def test_a_word_is_what_its_column_holds() -> None:
    words, values, row = parts_of("free lunch, free", tp.Count())
    assert words == ["free", "lunch"]
    assert values.sum(axis=1).tolist() == [2.0, 1.0]
    assert values.sum(axis=0).tolist() == row.tolist()


def test_column_weights_stay_with_their_words() -> None:
    weigh = tp.WeighByLabel()
    words, values, row = parts_of("free lunch for me", tp.TfIdf(), weigh)
    assert values.sum(axis=0) == pytest.approx(row, abs=1e-12)
    assert not {CONSTANT, REST} & set(words)
    assert np.count_nonzero(values, axis=1).max() == 1


@pytest.mark.parametrize("vectors", [tp.TfIdf, tp.Count])
def test_before_any_word_of_a_stretched_row_is_the_intercept(vectors: type[tp.Stage]) -> None:
    stretch = tp.StretchByLabel(folds=2)
    words, values, row = parts_of("free lunch and a prize for me", vectors(), stretch)
    assert values.sum(axis=0) == pytest.approx(row, abs=1e-12)
    constant = values[words.index(CONSTANT)]
    assert constant[:-1] == pytest.approx(0, abs=1e-9)
    assert np.sign(constant[-1]) == np.sign(stretch.intercept_[0])


def test_before_any_word_of_a_principal_component_is_the_mean() -> None:
    pca = tp.ReduceDimensions("pca", dimensions=3)
    words, values, row = parts_of("free lunch and a prize for me", tp.TfIdf(), pca)
    assert values.sum(axis=0) == pytest.approx(row, abs=1e-12)
    constant, mean = values[words.index(CONSTANT)], pca.components_ @ pca.mean_
    assert constant / np.linalg.norm(constant) == pytest.approx(
        -mean / np.linalg.norm(mean), abs=1e-9
    )


def test_several_branches_may_have_a_part_of_the_same_name() -> None:
    union = tp.Union([tp.Count(), tp.TfIdf()])
    words, values, row = parts_of("free lunch", union)
    assert words == ["free", "lunch", "free", "lunch"]
    assert values.sum(axis=0) == pytest.approx(row, abs=1e-12)


def test_a_row_of_zeros_has_no_parts() -> None:
    words, _, row = parts_of("qqq", tp.TfIdf(), tp.StretchByLabel(folds=2))
    assert (words, row.any()) == ([], False)
