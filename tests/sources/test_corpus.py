from pathlib import Path

from textpipe.documents import Region
from textpipe.sources import Corpus, Note, Record, Skipped, read
from textpipe.sources.corpus import gather


def record(number: int, label: str | None = None, **options: object) -> Record:
    regions = (Region("", f"text {number}"),)
    return Record(f"id {number}", regions, label, f"file:{number}", **options)  # type: ignore[arg-type]


def test_the_summary_reads_as_an_account() -> None:
    corpus = gather(
        [
            record(1, "ham"),
            record(2, "ham"),
            record(3, "spam", encoding="cp1252"),
            Skipped("file:4", "no text"),
            Skipped("file:5", "no text"),
            Skipped("b.csv", "empty file"),
            Note("file: seen"),
        ]
    )
    assert corpus.summary().splitlines() == [
        "3 documents: ham 2, spam 1",
        "3 set aside:",
        "  2 no text (file:4, file:5)",
        "  1 empty file (b.csv)",
        "encodings: utf-8 2, cp1252 1",
        "file: seen",
    ]


def test_many_reasons_are_summed_up() -> None:
    corpus = gather([Skipped("f", f"reason {number}") for number in range(9)])
    assert corpus.summary().splitlines()[0] == "0 documents"
    assert corpus.summary().splitlines()[-1] == "  4 for 4 other reasons"


def test_defects_are_counted_by_kind() -> None:
    corpus = gather(
        [record(1, defects=("unknown charset: a", "unknown charset: b")), record(2, defects=())]
    )
    assert corpus.documents.counts["mail.defects"].tolist() == [2, 0]
    assert corpus.notes == ["mails with the defect 'unknown charset': 1"]


def test_plain_documents_have_no_regions_and_mails_beside_them_do(tmp_path: Path) -> None:
    assert gather([record(1)]).documents.regions is None
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "b.eml").write_text("Subject: s\n\nB")
    corpus: Corpus = read(tmp_path)
    assert list(corpus.documents.documents_regions()) == [
        [Region("", "A")],
        [Region("subject", "s"), Region("plain", "B")],
    ]
    assert corpus.documents.counts["mail.defects"].tolist() == [0, 0]
