"""Reading treebanks: what the tagger learns from, and complaints that name the line."""

from pathlib import Path

import pytest

from textpipe.annotate.conllu import TaggedSentence, read_conllu
from textpipe.errors import SourceError


def line(number: str, form: str, tag: str) -> str:
    return "\t".join([number, form, "_", tag, *"______"])


def write(folder: Path, *lines: str) -> Path:
    path = folder / "bank.conllu"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_words_and_tags_of_each_sentence(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "# text = Hunde bellen.",
        line("1", "Hunde", "NOUN"),
        line("2", "bellen", "VERB"),
        line("3", ".", "PUNCT"),
        "",
        "",
        line("1", "Ja", "INTJ"),
    )
    assert list(read_conllu(path)) == [
        TaggedSentence(["Hunde", "bellen", "."], ["NOUN", "VERB", "PUNCT"]),
        TaggedSentence(["Ja"], ["INTJ"]),
    ]


def test_a_contraction_is_cut_where_its_words_stand_side_by_side(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        line("1-2", "don't", "_"),
        line("1", "do", "AUX"),
        line("2", "n't", "PART"),
        line("3-4", "zum", "_"),
        line("3", "zu", "ADP"),
        line("4", "dem", "DET"),
        line("5", "Hof", "NOUN"),
    )
    [sentence] = read_conllu(path)
    assert sentence.words == ["do", "n't", "zum", "Hof"]
    assert sentence.tags == ["AUX", "PART", "ADP", "NOUN"]


def test_empty_nodes_are_left_out_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "bank.conllu"
    lines = [line("1", "Hi", "INTJ"), line("1.1", "gone", "VERB"), line("2", "!", "PUNCT"), ""]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert list(read_conllu(path)) == [TaggedSentence(["Hi", "!"], ["INTJ", "PUNCT"])]


def test_a_form_may_hold_unusual_spaces(tmp_path: Path) -> None:
    path = write(tmp_path, line("1", "10\u00a0000\u2028x\x85", "NUM"))
    assert [s.words for s in read_conllu(path)] == [["10\u00a0000\u2028x\x85"]]


@pytest.mark.parametrize(
    ("lines", "number", "complaint"),
    [
        (["1\tHunde\tNOUN"], 1, "has 10 columns, separated by tabs, and this one has 3"),
        (["# ok", line("1", "Hunde", "NUON")], 2, 'Did you mean "NOUN"'),
        ([line("1", "Hunde", "_")], 1, "column 4 must be a universal part of speech"),
        ([line("1", "a", "X"), line("3", "b", "X")], 2, "word number 2 was expected, and '3'"),
        ([line("1", "", "X")], 1, "no form"),
        ([line("x-2", "zum", "_")], 1, "no range of words"),
        ([line("1-3", "zum", "_"), line("1", "zu", "ADP"), ""], 1, "no words 1-3"),
        (
            [
                line("1-2", "ab", "_"),
                line("1-2", "ab", "_"),
                line("1", "a", "X"),
                line("2", "b", "X"),
            ],
            2,
            "no words 1-2",
        ),
    ],
)
def test_a_broken_file_is_complained_about_by_line(
    tmp_path: Path, lines: list[str], number: int, complaint: str
) -> None:
    path = write(tmp_path, *lines)
    with pytest.raises(SourceError) as caught:
        list(read_conllu(path))
    assert str(caught.value).startswith(f"{path}:{number}: ")
    assert complaint in str(caught.value)


def test_bytes_that_are_no_utf8_are_complained_about_by_line(tmp_path: Path) -> None:
    path = tmp_path / "bank.conllu"
    path.write_bytes(b"# fine\n# M\xfcller\n")
    with pytest.raises(SourceError, match=r"bank\.conllu:2: not UTF-8"):
        list(read_conllu(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.conllu: the treebank cannot be read"):
        list(read_conllu(tmp_path / "gone.conllu"))
