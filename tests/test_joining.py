"""Parts of a corpus as one batch: the same whether it lies in memory or in files."""

import errno

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

import textpipe as tp
from textpipe.documents import Documents, Region, joined, joining
from textpipe.documents.columns_on_disk import Column, StringColumn, TokensColumn, told
from textpipe.documents.pieces import PiecesOfWords
from textpipe.errors import InputError, SourceError

TEXTS = st.lists(st.text("ab\u00e9 \U0001f600.", max_size=12), max_size=4)


def in_files(parts, monkeypatch, **sizes):
    with monkeypatch.context() as patch:
        patch.setattr(joining, "IN_MEMORY", 0)
        for name, value in sizes.items():
            patch.setattr(f"textpipe.documents.columns_on_disk.{name}", value)
        return joined(parts)


def same(one: Documents, other: Documents) -> None:
    assert one.ids.equals(other.ids)
    assert one.text.equals(other.text)
    assert (one.mails is None) == (other.mails is None)
    assert one.mails is None or one.mails.equals(other.mails)
    assert (one.regions is None) == (other.regions is None)
    for ours, theirs in [(one.words, other.words), (one.tokens, other.tokens)]:
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert isinstance(ours, PiecesOfWords) == isinstance(theirs, PiecesOfWords)
            assert ours.forms.equals(theirs.forms)
            for name in ("codes", "starts", "ends", "rows", "tags"):
                np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    assert (one.matrix is None) == (other.matrix is None)
    if one.matrix is not None:
        assert (one.matrix.values != other.matrix.values).nnz == 0
    assert one.counts.keys() == other.counts.keys()
    for name in one.counts:
        np.testing.assert_array_equal(one.counts[name], other.counts[name])


LEARNED = tp.Count()
LEARNED.learn(tp.Tokenize("words").apply(Documents.of(["ab a", "b"])))

STAGES = {
    "texts": [],
    "words": [tp.Tokenize("words")],
    "small": [tp.Tokenize("words"), tp.Lowercase()],
    "without some": [tp.Tokenize("words"), tp.LengthFilter(minimum=2)],
    "letters": [tp.Tokenize("words"), tp.CharacterNGrams(2, 3)],
    "tagged": [tp.Tokenize("spacy"), tp.TagPartsOfSpeech()],
    "vectors": [tp.Tokenize("words"), LEARNED],
}


@pytest.mark.parametrize("stages", STAGES.values(), ids=STAGES)
@given(parts=st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_files_hold_what_memory_would(stages, parts):
    made = []
    for part in parts:
        documents = Documents.of(part)
        for stage in stages:
            documents = stage.apply(documents)
        made.append(documents)
    with pytest.MonkeyPatch.context() as patch:
        found = in_files(made, patch, MOST_PENDING=3, PIECE=2)
    same(found, Documents.concat(made))


def test_regions_mails_and_counts_come_along(monkeypatch):
    one = Documents.of_regions([[Region("subject", "Hi"), Region("plain", "Bob")]])
    one = one.with_(mails=pa.array([b"Subject: Hi\n\nBob"], pa.large_binary()))
    other = Documents.of_regions([[Region("plain", "B\u00e9a")], []], ["x", "y"])
    other = other.with_(counts={"mail.defects": np.array([1, 2])})
    found = in_files([one, other], monkeypatch)
    same(found, Documents.concat([one, other]))
    assert found.mails.null_count == 2
    assert found.counts["mail.defects"].tolist() == [0, 1, 2]
    assert found.regions.of(1, found.text[1].as_py()) == [Region("plain", "B\u00e9a")]


def test_tokens_that_stand_where_the_words_do_share_their_places(monkeypatch):
    parts = [tp.Tokenize("words").apply(Documents.of([text])) for text in ("A b", "C a")]
    as_cut = in_files(parts, monkeypatch)
    assert as_cut.tokens is as_cut.words
    small = in_files([tp.Lowercase().apply(part) for part in parts], monkeypatch)
    assert small.tokens.starts is small.words.starts
    mixed = in_files([parts[0], tp.Lowercase().apply(parts[1])], monkeypatch)
    assert mixed.tokens.to_lists() == [["A", "b"], ["c", "a"]]


def test_pieces_beside_plain_tokens_are_written_out(monkeypatch):
    words = tp.Tokenize("words").apply(Documents.of(["abc"]))
    pieces = tp.CharacterNGrams(2, 2).apply(words)
    assert isinstance(pieces.tokens, PiecesOfWords)
    for parts in ([pieces, words], [words, pieces]):
        same(in_files(parts, monkeypatch), Documents.concat(parts))


def test_a_part_without_words_leaves_none(monkeypatch):
    words = tp.Tokenize("words").apply(Documents.of(["abc"]))
    assert in_files([words, Documents.of(["d"])], monkeypatch).words is None


def test_a_model_is_the_same_whether_it_learned_from_files(monkeypatch, tmp_path):
    texts = [f"win a prize {i}" if i % 3 else f"lunch at {i % 7}" for i in range(60)]
    labels = ["spam" if i % 3 else "ham" for i in range(60)]
    definition = [tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(min_df=2), tp.KnnClassifier(k=3)]
    made = []
    for limit in (joining.IN_MEMORY, 0):
        monkeypatch.setattr(joining, "IN_MEMORY", limit)
        pipe = clone(tp.Pipeline(definition))
        pipe.fit(texts, labels)
        made.append(tp.save(pipe, tmp_path / f"{limit}.zip").read_bytes())
    assert made[0] == made[1]


def test_a_corpus_is_read_part_by_part(monkeypatch, tmp_path):
    path = tmp_path / "messages.csv"
    rows = [f'"{"x" * i} text {i}",{"spam" if i % 2 else "ham"}' for i in range(50)]
    path.write_text("text,label\n" + "\n".join(rows) + "\n")
    whole = tp.read(path)
    monkeypatch.setattr(joining, "IN_MEMORY", 0)
    monkeypatch.setattr("textpipe.sources.corpus.MOST_RECORDS", 7)
    parts = tp.read(path)
    same(parts.documents, whole.documents)
    assert parts.labels.tolist() == whole.labels.tolist()
    assert parts.summary() == whole.summary()


def test_where_documents_without_a_label_stand_is_kept_part_by_part(monkeypatch, tmp_path):
    monkeypatch.setattr("textpipe.sources.corpus.MOST_RECORDS", 2)
    for name in ("with", "without"):
        (tmp_path / f"{name}.txt").write_text("a\nb\nc\nd\ne\n")
    corpus = tp.read([str(tmp_path / "without.txt"), f"ham={tmp_path / 'with.txt'}"])
    assert corpus.labels.tolist() == ["ham"] * 5
    assert corpus.documents.counts == {}
    places = [f"{tmp_path / 'without.txt'}:{line}" for line in range(1, 6)]
    assert [skipped.place for skipped in corpus.skipped] == places


def test_ids_that_arrow_cannot_count_are_refused(tmp_path):
    column = StringColumn(pa.string(), tmp_path)
    column.data.n = 2**31 - 2
    with pytest.raises(InputError, match="their ids have 2 GB"):
        column.add(pa.array(["ab"]))


def test_a_full_disk_says_which_folder_and_what_to_do(tmp_path):
    with (
        pytest.raises(SourceError, match=r"cannot be kept there \(No space left.*TMPDIR"),
        told(tmp_path),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(SourceError, match="there/nowhere: what does not fit"):
        Column(np.int32, tmp_path / "there" / "nowhere")


def test_nothing_is_left_in_the_folder(tmp_path):
    column = TokensColumn(tmp_path)
    column.add(tp.Tokenize("words").apply(Documents.of(["to be"])).words)
    tokens = column.tokens()
    assert tokens.to_lists() == [["to", "be"]]
    assert list(tmp_path.iterdir()) == []
