import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from textpipe.errors import InputError
from textpipe.sources import read

COLUMNS = {"text": ["a", "b"], "label": ["ham", "spam"]}


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"]
)
def test_tables_of_every_library(make: type) -> None:
    corpus = read(make(COLUMNS))
    assert corpus.documents.texts() == ["a", "b"]
    assert corpus.documents.ids.to_pylist() == ["0", "1"]
    assert corpus.labels is not None
    assert corpus.labels.tolist() == ["ham", "spam"]


def test_a_hugging_face_dataset() -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    corpus = read(datasets.Dataset.from_dict(COLUMNS), text_column="label", label_column="")
    assert corpus.documents.texts() == ["ham", "spam"]
    assert corpus.labels is None


def test_class_labels_of_hugging_face_are_names() -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    kinds = datasets.ClassLabel(names=["ham", "spam"])
    features = datasets.Features({"text": datasets.Value("string"), "label": kinds})
    rows = {"text": ["a", "b", "c", "d"], "label": [1, 0, None, -1]}
    corpus = read(datasets.Dataset.from_dict(rows, features))
    assert corpus.documents.texts() == ["a", "b"]
    assert corpus.labels is not None
    assert corpus.labels.tolist() == ["spam", "ham"]
    assert [item.reason for item in corpus.skipped] == ["no label", "no label"]


def test_a_dictionary_of_splits_is_refused_with_their_names() -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    part = datasets.Dataset.from_dict(COLUMNS)
    splits = datasets.DatasetDict({"train": part, "test": part})
    message = r'give one of them: dataset\["train"\], dataset\["test"\]'
    with pytest.raises(InputError, match=message):
        read(splits)
    assert len(read(splits["train"])) == 2


def test_a_label_column_that_is_not_read_is_noted() -> None:
    corpus = read(pa.table(COLUMNS), label="new")
    assert corpus.notes == ["the table: its column 'label' was not read: all its documents are new"]


def test_missing_values_are_set_aside() -> None:
    frame = pd.DataFrame({"text": ["a", None, np.nan, 7], "kind": ["x", "y", "z", pd.NA]})
    corpus = read(frame, label_column="kind")
    assert corpus.documents.texts() == ["a"]
    assert [(item.place, item.reason) for item in corpus.skipped] == [
        ("row:1", "no text"),
        ("row:2", "no text"),
        ("row:3", "no label"),
    ]


def test_numbers_of_numpy_are_written_out() -> None:
    corpus = read(pd.DataFrame({"text": np.array([1, 2]), "label": np.array([0, 1])}))
    assert corpus.documents.texts() == ["1", "2"]
    assert corpus.labels is not None
    assert corpus.labels.tolist() == ["0", "1"]


def test_a_table_without_a_text_is_an_input_error() -> None:
    with pytest.raises(InputError, match="which column holds the text"):
        read(pd.DataFrame({"a": ["x"], "b": ["y"]}))
    with pytest.raises(InputError, match="as a name"):
        read(pd.DataFrame({"a": ["x"], "b": ["y"]}), text_column=1)
