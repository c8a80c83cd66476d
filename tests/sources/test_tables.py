import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.errors import SourceError
from textpipe.sources import Corpus, read, records
from textpipe.sources.record import Record, Skipped


def corpus(tmp_path: Path, content: str | bytes, name: str = "a.csv", **options: object) -> Corpus:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, **options)  # type: ignore[arg-type]


def skipped(found: Corpus) -> list[tuple[str, str]]:
    return [(item.place.rsplit("/", 1)[-1], item.reason) for item in found.skipped]


def test_a_csv_with_a_label_and_a_text(tmp_path: Path) -> None:
    found = corpus(tmp_path, "label,text\nham,Hello\nspam,WIN\n")
    assert found.documents.texts() == ["Hello", "WIN"]
    assert found.labels is not None
    assert found.labels.tolist() == ["ham", "spam"]
    assert found.documents.ids.to_pylist() == ["a.csv:2", "a.csv:3"]
    assert found.skipped == []


def test_quotes_hold_commas_quotes_and_line_ends_and_the_line_is_where_the_row_begins(
    tmp_path: Path,
) -> None:
    found = corpus(tmp_path, 'text\r\n"one, ""two""\r\nthree"\r\nfour\r\n')
    assert found.documents.texts() == ['one, "two"\r\nthree', "four"]
    assert found.documents.ids.to_pylist() == ["a.csv:2", "a.csv:4"]


def test_bad_rows_are_set_aside_with_their_line(tmp_path: Path) -> None:
    found = corpus(tmp_path, "label,text\nham,a\nham\nham,b,c\n,d\nspam,\n")
    assert found.documents.texts() == ["a", ""]
    assert skipped(found) == [
        ("a.csv:3", "one column where the first row has 2"),
        ("a.csv:4", "3 columns where the first row has 2"),
        ("a.csv:5", "no label"),
    ]


def test_words_that_look_missing_stay_text(tmp_path: Path) -> None:
    found = corpus(tmp_path, "text,n\nNA,1\nnull,2\nnan,3\n12.50,4\n")
    assert found.documents.texts() == ["NA", "null", "nan", "12.50"]


def test_text_that_spilled_into_nameless_columns_is_joined_back(tmp_path: Path) -> None:
    content = 'v1,v2,,,\r\nham,"one",,,\r\nspam,"two"," three","four",\r\n'
    found = corpus(tmp_path, content, text_column="v2", label_column="v1")
    assert found.documents.texts() == ["one", "two, three,four"]
    assert "1 row held text in nameless columns" in found.notes[0]


def test_a_quote_that_is_never_closed_is_named(tmp_path: Path) -> None:
    found = corpus(tmp_path, 'text\na\n"b\nc\nd\n')
    assert found.documents.texts() == ["a"]
    assert skipped(found)[0][0] == "a.csv:3"
    assert "never closed" in skipped(found)[0][1]
    assert "(3 lines)" in skipped(found)[0][1]


def test_a_quote_that_is_closed_by_the_last_byte_is_closed(tmp_path: Path) -> None:
    assert corpus(tmp_path, 'text\na\n"b\nc"').documents.texts() == ["a", "b\nc"]


def test_semicolons_are_found_and_noted(tmp_path: Path) -> None:
    found = corpus(tmp_path, "label;text\nham;a, b\n")
    assert found.documents.texts() == ["a, b"]
    assert "';'" in found.notes[0]


def test_each_line_is_decoded_by_itself(tmp_path: Path) -> None:
    content = b"text,n\n" + "für".encode() + b",1\n" + "für".encode("cp1252") + b",2\n"
    found = corpus(tmp_path, content)
    assert found.documents.texts() == ["für", "für"]
    assert found.encodings == {"utf-8": 1, "cp1252": 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    found = corpus(tmp_path, "label,text\nham,für\n".encode(encoding))
    assert found.documents.texts() == ["für"]


def test_a_declared_encoding_without_lines_of_bytes(tmp_path: Path) -> None:
    content = "label,text\nham,für\n".encode("utf-16-le")
    assert corpus(tmp_path, content, encoding="utf-16-le").documents.texts() == ["für"]


def test_nul_bytes_and_bare_carriage_returns(tmp_path: Path) -> None:
    found = corpus(tmp_path, b"text,n\ra\0b,1\rc,2\r")
    assert found.documents.texts() == ["a\0b", "c"]


def test_a_field_of_megabytes(tmp_path: Path) -> None:
    assert len(corpus(tmp_path, "text\n" + "x" * 3_000_000).documents.texts()[0]) == 3_000_000


def test_blank_lines_are_no_rows_and_are_counted(tmp_path: Path) -> None:
    found = corpus(tmp_path, "text,n\na,1\n\n\nb,2\n")
    assert found.documents.texts() == ["a", "b"]
    assert "2 blank lines" in found.notes[0]


def test_numbers_for_columns_mean_no_header(tmp_path: Path) -> None:
    content = 'ham\tsay "hi"\nspam\t"WIN\n'
    found = corpus(tmp_path, content, "SMS", format="tsv", text_column="2", label_column=1)
    assert found.documents.texts() == ['say "hi"', '"WIN']
    assert found.documents.ids.to_pylist() == ["SMS:1", "SMS:2"]
    assert found.notes == [
        f"{tmp_path}/SMS: columns are given by number, so its first row was read as a document"
    ]


def test_a_tab_separated_file_with_a_header(tmp_path: Path) -> None:
    found = corpus(tmp_path, 'class\tmessage\nham\t"a\n', "a.tsv")
    assert found.documents.texts() == ['"a']
    assert found.labels is not None


def test_the_id_column_and_ids_that_come_again(tmp_path: Path) -> None:
    found = corpus(tmp_path, "id,text\n7,a\n7,b\n,c\n7#2,d\n", id_column="id")
    assert found.documents.ids.to_pylist() == ["7", "7#3", "a.csv:4", "7#2"]
    assert "got a number" in found.notes[0]


def test_an_empty_label_column_reads_no_labels(tmp_path: Path) -> None:
    found = corpus(tmp_path, "label,text\n,a\n", label_column="")
    assert found.labels is None
    assert found.documents.texts() == ["a"]


def test_a_label_that_is_a_text_is_set_aside(tmp_path: Path) -> None:
    found = corpus(tmp_path, "label,text\n" + "x" * 1000 + ",a\nham,b\n")
    assert found.documents.texts() == ["b"]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,b\n1,2\n", {}, "which column holds the text? There are 2 columns: 'a', 'b'"),
        ("a,b\n1,2\n", {"text_column": "aa"}, "no column 'aa' for the text. Did you mean \"a\"?"),
        ("text,b\n1,2\n", {"label_column": "labels"}, "no column 'labels' for the label"),
        ("text,text\n1,2\n", {}, "2 columns are called 'text'"),
        ("a,b\n", {"text_column": 3}, "text_column is 3, and the first row has 2 columns"),
        ("a,b\n", {"text_column": 0}, "text_column is 0"),
        ("a,b\n", {"text_column": 1, "label_column": "b"}, "Give all of them as numbers"),
    ],
)
def test_what_cannot_be_meant_is_an_error(
    tmp_path: Path, content: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(SourceError, match=r".*") as error:
        corpus(tmp_path, content, **options)
    assert message in str(error.value)


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_the_csv_module_writes_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "other"), *rows])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(out.getvalue().encode())
    assert read(path).documents.texts() == [text for text, _ in rows]


@given(st.binary(max_size=200), st.sampled_from(["csv", "tsv", "lines", "jsonl"]))
def test_any_bytes_give_records_or_places(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, form: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(b'text\n{"text": 1}\n' + data)
    try:
        items = list(records(path, format=form))
    except SourceError as error:
        assert str(path) in str(error)  # noqa: PT017
        return
    for item in items:
        if isinstance(item, Record):
            item.regions[0].text.encode()
        elif isinstance(item, Skipped):
            assert item.place.startswith(str(path))


@pytest.mark.parametrize(
    ("name", "content", "options", "column"),
    [
        ("a.csv", "Class,text\nham,one\n", {}, "Class"),
        ("a.tsv", "kind\ttext\nham\tone\n", {"label_column": "kind"}, "kind"),
        ("a.jsonl", '{"text": "one", "label": "ham"}\n', {}, "label"),
    ],
)
def test_a_label_column_that_is_not_read_is_noted(
    tmp_path: Path, name: str, content: str, options: dict[str, str], column: str
) -> None:
    note = f"{tmp_path}/{name}: its column {column!r} was not read: all its documents are spam"
    found = corpus(tmp_path, content, name, label="spam", **options)
    assert found.notes == [note]
    assert read(f"spam={tmp_path}/{name}", **options).notes == [note]  # type: ignore[arg-type]
    assert found.labels is not None
    assert found.labels.tolist() == ["spam"]
    assert corpus(tmp_path, content, name, label="spam", label_column="").notes == []
    assert corpus(tmp_path, content, name, label_column="").notes == []


def test_a_number_beyond_the_only_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"text_column is 2, and the first row has 1 column$"):
        corpus(tmp_path, "a\nb\n", text_column=2)
