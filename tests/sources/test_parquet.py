from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textpipe.errors import SourceError
from textpipe.sources import Corpus, read


def corpus(tmp_path: Path, columns: dict[str, pa.Array], **options: object) -> Corpus:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path)
    return read(path, **options)  # type: ignore[arg-type]


def test_rows_are_documents_over_several_batches(tmp_path: Path) -> None:
    texts = [f"text {i}" for i in range(3000)]
    found = corpus(tmp_path, {"text": pa.array(texts), "label": pa.array(["a", "b"] * 1500)})
    assert found.documents.texts() == texts
    assert found.documents.ids.to_pylist()[::2999] == ["a.parquet:1", "a.parquet:3000"]
    assert found.labels is not None
    assert found.labels.tolist() == ["a", "b"] * 1500


def test_missing_values_are_set_aside(tmp_path: Path) -> None:
    columns = {"text": pa.array(["a", None, "c"]), "label": pa.array(["x", "y", None])}
    found = corpus(tmp_path, columns)
    assert found.documents.texts() == ["a"]
    assert [item.reason for item in found.skipped] == ["no text", "no label"]


def test_bytes_numbers_and_dictionaries(tmp_path: Path) -> None:
    columns = {
        "body": pa.array(["für".encode("cp1252"), b"a"]),
        "target": pa.array([0, 1]),
        "who": pa.array(["x", "y"]).dictionary_encode(),
    }
    found = corpus(tmp_path, columns, id_column="who")
    assert found.documents.texts() == ["für", "a"]
    assert found.documents.ids.to_pylist() == ["x", "y"]
    assert found.labels is not None
    assert found.labels.tolist() == ["0", "1"]


def test_lists_are_no_texts(tmp_path: Path) -> None:
    found = corpus(tmp_path, {"text": pa.array([["a"], ["b"]])})
    assert len(found) == 0
    assert len(found.skipped) == 2


def test_what_is_no_parquet_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 is how it begins")
    with pytest.raises(SourceError, match="no sound Parquet file"):
        read(tmp_path / "a.parquet")


def test_a_damaged_page_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"text": pa.array([f"unlike {i}" for i in range(9999)])})
    pq.write_table(table, path, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    found = read(path)
    assert len(found) < 9999
    assert "damaged" in found.skipped[0].reason


def test_a_label_column_that_is_not_read_is_noted(tmp_path: Path) -> None:
    columns = {"text": pa.array(["a"]), "label": pa.array(["ham"])}
    found = corpus(tmp_path, columns, label="spam")
    place = tmp_path / "a.parquet"
    assert found.notes == [f"{place}: its column 'label' was not read: all its documents are spam"]


def test_a_text_that_is_not_utf8_is_decoded_like_any_other(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb")
    )
    found = corpus(tmp_path, {"text": broken})
    assert found.documents.texts() == ["aÿ", "b"]
    assert found.encodings == {"cp1252": 1, "utf-8": 1}
