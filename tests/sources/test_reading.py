import io
import subprocess
import sys
from pathlib import Path

import pytest

from textpipe.errors import SourceError
from textpipe.sources import Note, Record, Skipped, read, records


def test_a_text_file_is_lines_and_in_a_folder_one_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\n\r\ntwo\x85\rthree")
    assert read(tmp_path / "a.txt").documents.texts() == ["one", "", "two…", "three"]
    assert read(tmp_path).documents.texts() == ["one\r\n\r\ntwo…\rthree"]


def test_several_sources_with_a_label_each(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    corpus = read([f"ham={tmp_path}/a.txt", f"spam={tmp_path}/b.txt"])
    assert corpus.labels is not None
    assert corpus.labels.tolist() == ["ham", "spam"]
    corpus = read([f"ham={tmp_path}/a.txt", tmp_path / "b.txt"], label="new")
    assert corpus.labels is not None
    assert corpus.labels.tolist() == ["ham", "new"]
    corpus = read([f"ham={tmp_path}/a.txt", tmp_path / "b.txt"])
    assert corpus.documents.texts() == ["a.txt"]
    assert corpus.skipped[0].reason == "no label, while other documents have one"


def test_a_path_that_exists_wins_over_a_label(tmp_path: Path) -> None:
    (tmp_path / "a=b.txt").write_text("x")
    assert read(str(tmp_path / "a=b.txt")).labels is None
    (tmp_path / "c=d.txt").write_text("y")
    labels = read(f"l={tmp_path}/c=d.txt").labels
    assert labels is not None
    assert labels.tolist() == ["l"]


def test_ids_stay_unique_over_sources_of_one_name(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("a\nb")
    corpus = read([tmp_path / "x" / "a.txt", tmp_path / "y" / "a.txt"])
    assert corpus.documents.ids.to_pylist() == ["a.txt:1", "a.txt:2", "a.txt:1#2", "a.txt:2#2"]


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("nowhere.csv", {}, "'nowhere.csv' does not exist"),
        ("ham=nowhere.csv", {}, "'nowhere.csv' does not exist"),
        ("x" * 10_000, {}, "does not exist"),
        ("a\0b", {}, "does not exist"),
        ("", {}, "does not exist"),
        ([], {}, "no source was given"),
        (None, {}, "a source must be a path or a table, and NoneType was given"),
        ([1], {}, "a source must be a path or a table, and int was given"),
        ("-", {}, "standard input has no name that tells its format"),
        ("x", {"format": "cvs"}, "unknown format 'cvs'. Did you mean \"csv\"?"),
        ("x", {"encoding": "utf-9"}, "unknown encoding 'utf-9'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_at_all_is_an_error(
    data: object, options: dict[str, str], message: str
) -> None:
    with pytest.raises(SourceError) as error:
        read(data, **options)  # type: ignore[arg-type]
    assert message in str(error.value)


def test_a_misspelt_file_name_is_guessed(tmp_path: Path) -> None:
    (tmp_path / "messages.csv").write_text("text\na\n")
    with pytest.raises(SourceError, match=r'Did you mean "messages\.csv"'):
        read(tmp_path / "mesages.csv")


def test_an_unknown_ending_needs_a_format(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(SourceError, match="csv, tsv, jsonl, parquet, lines, text, mail, mbox"):
        read(tmp_path / "a.doc")


def test_an_empty_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    corpus = read(tmp_path / "a.csv")
    assert len(corpus) == 0
    assert corpus.labels is None
    assert corpus.skipped == [Skipped(str(tmp_path / "a.csv"), "empty file")]


def test_standard_input_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"one\ntw\xf6\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    corpus = read("ham=-", format="lines")
    assert corpus.documents.texts() == ["one", "twö"]
    assert corpus.documents.ids.to_pylist() == ["stdin:1", "stdin:2"]
    assert corpus.labels is not None
    assert not stdin.buffer.closed


def test_standard_input_of_a_process() -> None:
    code = "from textpipe.sources import read; print(read('-', format='mail').documents.texts())"
    root = Path(__file__).parents[2]
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        input=b"Subject: s\n\nb",
        capture_output=True,
        cwd=root,
        check=True,
    )
    assert run.stdout.strip() == b"['s\\n\\nb']"


def test_progress_counts_documents(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n" * 2500)
    counts: list[int] = []
    read(tmp_path / "a.txt", progress=counts.append)
    assert counts == [1000, 2000, 2500]


def test_records_come_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text;n\na;1\nb\n")
    found = list(records(tmp_path / "a.csv"))
    assert [type(item) for item in found] == [Note, Record, Skipped]
    stream = records([tmp_path / "a.csv", "nowhere"])
    assert isinstance(next(stream), Note)


def test_a_path_object_is_no_label_and_standard_input() -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read(Path("spam=-"))
