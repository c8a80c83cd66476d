import os
from pathlib import Path

import pytest

from textpipe.errors import SourceError
from textpipe.sources import read


def tree(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_sub_folders_are_labels_and_the_order_is_fixed(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"spam/b.txt": "B", "spam/a/z.txt": "Z", "ham/c.txt": "C"})
    corpus = read(folder)
    assert corpus.documents.ids.to_pylist() == ["c/ham/c.txt", "c/spam/a/z.txt", "c/spam/b.txt"]
    assert corpus.documents.texts() == ["C", "Z", "B"]
    assert corpus.labels is not None
    assert corpus.labels.tolist() == ["ham", "spam", "spam"]


def test_a_folder_without_sub_folders_has_no_labels(tmp_path: Path) -> None:
    assert read(tree(tmp_path / "c", {"a.txt": "A"})).labels is None


def test_a_given_label_rules(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"x/a.txt": "A", "b.csv": "label,text\nham,B\n"})
    labels = read(f"new={folder}").labels
    assert labels is not None
    assert labels.tolist() == ["new", "new"]


def test_files_beside_the_labelled_folders_are_set_aside(tmp_path: Path) -> None:
    corpus = read(tree(tmp_path / "c", {"spam/a.txt": "A", "b.txt": "B"}))
    assert corpus.documents.texts() == ["A"]
    assert corpus.skipped[0].place.endswith("c/b.txt")


def test_tables_in_a_folder_have_their_own_labels_or_its_name(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"x/a.csv": "label,text\nham,A\n", "x/b.csv": "text\nB\n"})
    labels = read(folder).labels
    assert labels is not None
    assert labels.tolist() == ["ham", "x"]


def test_hidden_files_are_counted_and_others_are_named(tmp_path: Path) -> None:
    folder = tree(
        tmp_path / "c",
        {"a.txt": "A", ".b.txt": "B", ".git/x.txt": "X", "empty.txt": "", "photo.png": "P"},
    )
    (folder / "gone").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    corpus = read(folder)
    assert corpus.documents.texts() == ["A"]
    reasons = {Path(item.place).name: item.reason for item in corpus.skipped}
    assert reasons == {
        "empty.txt": "empty file",
        "photo.png": "the file name does not tell its format",
        "gone": "the link leads nowhere",
        "pipe": "no regular file",
    }
    assert "2 hidden" in corpus.notes[0]


def test_links_that_lead_back_end(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"x/a.txt": "A"})
    (folder / "x" / "again").symlink_to(folder)
    (folder / "x" / "itself").symlink_to("itself")
    corpus = read(folder)
    assert corpus.documents.texts() == ["A"]
    assert len(corpus.skipped) == 2


def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.txt"
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"A")
    assert read(tmp_path).documents.ids.to_pylist() == [f"{tmp_path.name}/\ufffd.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_set_aside(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"a.txt": "A", "b.txt": "B", "d/c.txt": "C"})
    (folder / "b.txt").chmod(0)
    (folder / "d").chmod(0)
    try:
        corpus = read(folder)
    finally:
        (folder / "d").chmod(0o700)
    assert corpus.documents.texts() == ["A"]
    assert len(corpus.skipped) == 2


def test_a_bad_file_among_good_ones_is_set_aside_and_alone_it_is_an_error(tmp_path: Path) -> None:
    bad = {"bad.csv": "x,y\n1,2\n"}
    corpus = read(tree(tmp_path / "c", {"good.csv": "text\na\n", **bad}))
    assert corpus.documents.texts() == ["a"]
    assert "which column holds the text" in corpus.skipped[0].reason
    with pytest.raises(SourceError, match="which column"):
        read(tree(tmp_path / "d", bad))


def test_files_whose_names_tell_nothing_need_a_format(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"x/1": "Subject: s\n\nA", "y/2": "B"})
    with pytest.raises(SourceError, match="--format"):
        read(folder)
    assert read(folder, format="text").documents.texts() == ["Subject: s\n\nA", "B"]
    assert read(folder, format="mail").documents.texts() == ["s\n\nA", "B"]


def test_a_maildir(tmp_path: Path) -> None:
    mails = {"cur/1.a.host:2,S": "Subject: s\n\nA", "new/2.b.host": "B: c\n\nB", "tmp/3": "C"}
    corpus = read(tree(tmp_path / "box", mails))
    assert corpus.documents.texts() == ["s\n\nA", "B"]
    assert corpus.labels is None


def test_maildirs_in_folders_that_are_labels(tmp_path: Path) -> None:
    folder = tree(tmp_path / "c", {"ham/cur/1": "A: b\n\nA", "ham/new/2": "B", "spam/3.eml": "C"})
    (folder / "spam" / "cur").mkdir()
    labels = read(folder).labels
    assert labels is not None
    assert labels.tolist() == ["ham", "ham", "spam"]
