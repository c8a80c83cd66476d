import os

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from textpipe.documents import (
    Decisions,
    Documents,
    Matrix,
    Region,
    Regions,
    Tokens,
    clean_surrogates,
)
from textpipe.errors import InputError
from textpipe.labels import labels_of
from textpipe.testing import plain

TEXTS = ["Hello you", "", "Bye"]
words = st.lists(st.lists(st.sampled_from(["to", "be", "or", "ö", "🙂"]), max_size=5), max_size=6)


def hugging_face(texts):
    os.environ["HF_HUB_OFFLINE"] = "1"
    from datasets import Dataset

    return Dataset.from_dict({"text": texts})


@pytest.mark.parametrize(
    "of",
    [
        list,
        tuple,
        iter,
        lambda texts: (text for text in texts),
        np.array,
        lambda texts: np.array(texts, object),
        lambda texts: pd.Series(texts, index=[9, 9, -1]),
        lambda texts: pd.Series(texts, dtype="string"),
        lambda texts: pd.Index(texts),
        lambda texts: pd.Series(texts, dtype="category"),
        pl.Series,
        pa.array,
        lambda texts: pa.array(texts, pa.large_string()),
        lambda texts: pa.array(texts).dictionary_encode(),
        lambda texts: pa.chunked_array([texts[:1], texts[1:]]),
        lambda texts: hugging_face(texts)["text"],
        Documents.of,
        lambda texts: [Documents.of(texts[:1]), Documents.of(texts[1:])],
    ],
)
def test_documents_come_from_any_column(of):
    documents = Documents.of(of(TEXTS))
    assert documents.texts() == TEXTS
    assert documents.text.type == pa.large_string()
    assert len(documents) == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("Hello", "documents must be a list, and one str was given: write \\[text\\]"),
        (b"Hello", "one bytes was given"),
        (np.array("Hello"), "one ndarray was given"),
        (pd.DataFrame({"text": ["a"], "label": ["b"]}), r"one column, .* \(text, label\)"),
        (pl.DataFrame({"text": ["a"]}), r'one column, .* \(text\): say table\["document"\]'),
        (pa.table({"text": ["a"]}), "one column"),
        (np.array([["a", "b"]]), "one column"),
        ({"a": 1}, "a mapping was given"),
        ({"a"}, "a set was given"),
        (3, "documents must be a list, and int was given"),
        (None, "documents must be a list, and NoneType was given"),
        (["a", None], "document 1 is missing"),
        (["a", float("nan")], "document 1 is missing"),
        (pd.Series(["a", None]), "document 1 is missing"),
        (pd.Series(["a", pd.NA], dtype="string"), "document 1 is missing"),
        (pl.Series(["a", None]), "document 1 is missing"),
        (pa.array(["a", None]), "document 1 is missing"),
        ([b"a"], "document 0 is bytes"),
        (["a", 7], "document 1 must be a string, and int was given: 7"),
        ([["a"], "b"], "document 1 must be a list of words, as the first one is, and 'b'"),
        ([["a", None]], "document 0 must be a list of words, and None is among them"),
        (["b", ["a"]], "document 1 must be a string, and list was given"),
    ],
)
def test_what_is_no_column_of_texts_is_refused_by_name(given, message):
    with pytest.raises(InputError, match=message):
        Documents.of(given)


def test_the_message_names_the_column_to_take():
    with pytest.raises(InputError, match=r'say table\["label"\]'):
        labels_of(pd.DataFrame({"label": ["a"]}), 1)


@pytest.mark.parametrize("of", [list, tuple, iter, np.array, pd.Series, pl.Series, pa.array])
def test_labels_come_from_any_column(of):
    assert labels_of(of(["ham", "spam"]), 2).tolist() == ["ham", "spam"]
    assert labels_of(of([1, 2]), 2).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("ab", "labels must be a list, and one str was given"),
        (["a"], "1 labels were given for 2 documents"),
        (["a", None], "the label of document 1 is missing"),
        (["a", float("nan")], "the label of document 1 is missing"),
        (np.array([1.0, np.nan]), "the label of document 1 is missing"),
        (pd.Series([1, None], dtype="Int64"), "the label of document 1 is missing"),
    ],
)
def test_labels_that_are_none_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        labels_of(given, 2)


def test_lists_of_words_become_tokens_and_a_text():
    documents = Documents.of([["to", "be"], (), np.array(["or"])])
    assert documents.tokens.to_lists() == [["to", "be"], [], ["or"]]
    assert documents.words is documents.tokens
    assert documents.texts() == ["to be", "", "or"]
    assert documents.tokens.spans(0) == [(0, 2), (3, 5)]


def test_ids_are_given_or_counted():
    assert Documents.of(["a", "b"]).ids.to_pylist() == ["0", "1"]
    assert Documents.of(["a"], ids=["mail-7"]).ids.to_pylist() == ["mail-7"]
    with pytest.raises(InputError, match="2 ids were given for 1 documents"):
        Documents.of(["a"], ids=["x", "y"])
    with pytest.raises(InputError, match="the id of document 0 must be a text, and 7 was given"):
        Documents.of(["a"], ids=[7])


def test_lone_surrogates_are_replaced_and_pairs_are_joined():
    documents = Documents.of(["a\ud800b", "\ud83d\ude00"], ids=["\udfff", "b"])
    assert documents.texts() == ["a\ufffdb", "😀"]
    assert documents.ids.to_pylist() == ["\ufffd", "b"]
    assert Documents.of([["\ud800", "b"]]).tokens.to_lists() == [["\ufffd", "b"]]


@given(st.text(st.characters(), max_size=30))
def test_any_string_can_be_cleaned_to_utf8(text):
    cleaned = clean_surrogates(text)
    cleaned.encode()
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert cleaned == text


def test_no_documents_are_documents():
    assert len(Documents.of([])) == 0
    assert Documents.of([]).texts() == []


def test_a_batch_can_be_iterated_and_indexed_from_both_ends():
    documents = Documents.of(TEXTS)
    assert [one.texts() for one in documents] == [["Hello you"], [""], ["Bye"]]
    assert documents[-1].texts() == ["Bye"]
    assert documents[np.array([True, False, True])].texts() == ["Hello you", "Bye"]
    assert documents[::-1].ids.to_pylist() == ["2", "1", "0"]
    for wrong in (3, -4):
        with pytest.raises(IndexError, match="among 3"):
            documents[wrong]


def full(lists):
    """Documents with every column filled."""
    documents = Documents.of([["a"], *lists])  # lists of words, even where lists are none
    tokens = documents.tokens
    tags = (np.arange(len(tokens.codes)) % 17).astype(np.uint8)
    n = len(documents)
    _, regions = Regions.join([[Region("plain", text)] for text in documents.texts()])
    return Documents(
        documents.ids,
        documents.text,
        regions,
        tokens,
        Tokens(tokens.forms, tokens.codes, tokens.starts, tokens.ends, tokens.rows, tags),
        Matrix(sparse.csr_matrix(np.arange(2.0 * n).reshape(n, 2)), ["x", "y"], np.arange(n), np.arange(n)),
        {"stage.found": np.arange(n)},
    )  # fmt: skip


@given(words, st.data())
def test_take_moves_every_column_along(lists, data):
    documents = full(lists)
    at = data.draw(st.lists(st.integers(0, len(documents) - 1)))
    whole = plain(documents)
    assert plain(documents.take(at)) == [whole[i] for i in at]


@given(words, st.integers(1, 4))
def test_batches_put_together_are_the_whole(lists, size):
    documents = full(lists)
    again = Documents.concat(list(documents.batches(size)))
    assert plain(again) == plain(documents)


@given(words, words)
def test_concat_of_batches_with_forms_of_their_own(one, other):
    a, b = full(one), full(other)
    both = Documents.concat([a, b])
    assert plain(both) == plain(a) + plain(b)
    forms = both.tokens.forms.to_pylist()
    assert len(set(forms)) == len(forms)


def test_concat_keeps_only_columns_that_all_have_and_fills_counts_with_0():
    one = Documents.of([["a"]]).with_(counts={"mask.urls": np.array([3])})
    other = Documents.of(["b"])
    both = Documents.concat([one, other])
    assert both.tokens is None
    assert both.counts["mask.urls"].tolist() == [3, 0]


def test_map_works_on_each_form_once_and_drops_none_with_spans_and_tags():
    tokens = Tokens.of_lists([["A", "b", "A"], [], ["b"]])
    tagged = Tokens(tokens.forms, tokens.codes, tokens.starts, tokens.ends, tokens.rows,
                    np.array([8, 0, 12, 3], np.uint8))  # fmt: skip
    mapped = tagged.map(["a", None])
    assert mapped.to_lists() == [["a", "a"], [], []]
    assert mapped.spans(0) == [(0, 1), (4, 5)]
    assert mapped.tags_of(0) == ["NOUN", "PROPN"]
    assert tagged.to_lists() == [["A", "b", "A"], [], ["b"]]
    with pytest.raises(InputError, match="1 new forms were given for 2 forms"):
        tagged.map(["a"])


def test_tokens_without_tags_say_what_writes_them():
    with pytest.raises(InputError, match="put tag_parts_of_speech before"):
        Tokens.of_lists([["a"]]).tags_of(0)


@given(words, st.data())
def test_map_and_keep_are_what_lists_do(lists, data):
    tokens = Tokens.of_lists(lists)
    forms = tokens.forms.to_pylist()
    new = {form: data.draw(st.sampled_from(["x", "y", None, ""])) for form in forms}
    expected = [[new[word] for word in document if new[word]] for document in lists]
    assert tokens.map([new[form] for form in forms]).to_lists() == expected
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(tokens.codes),
                                       max_size=len(tokens.codes))), bool)  # fmt: skip
    flat = iter(mask)
    assert tokens.keep(mask).to_lists() == [[w for w in d if next(flat)] for d in lists]
    assert tokens.lengths().tolist() == list(map(len, lists))


regions = st.lists(
    st.lists(
        st.builds(Region, st.sampled_from(["subject", "html"]), st.text(max_size=5)), max_size=3
    ),
    max_size=4,
)


@given(regions, regions)
def test_regions_go_into_one_text_and_come_out_again(one, other):
    def cleaned(documents):
        return [
            [Region(r.kind, clean_surrogates(r.text)) for r in regions] for regions in documents
        ]

    a, b = Documents.of_regions(one), Documents.of_regions(other)
    both = Documents.concat([a, b])
    assert list(both.documents_regions()) == cleaned(one) + cleaned(other)
    order = np.arange(len(both))[::-1]
    assert list(both.take(order).documents_regions()) == (cleaned(one) + cleaned(other))[::-1]


def test_decisions_put_together():
    def part(values, unsure, known):
        n = len(values)
        return Decisions(np.array(["a", "b"]), np.array(values), np.ones((n, 2)) / 2,
                         np.array(unsure), True, known, known)  # fmt: skip

    both = Decisions.concat([
        part(["a"], [True], np.array([3])), part(["b", "a"], [False, False], np.array([1, 2]))
    ])  # fmt: skip
    assert both.verdicts().tolist() == ["unsure", "b", "a"]
    assert both.known.tolist() == [3, 1, 2]
    assert (
        Decisions.concat([part(["a"], [True], None), part(["a"], [True], np.array([1]))]).known
        is None
    )
