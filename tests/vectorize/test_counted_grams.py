"""N-grams that are only counted are the n-grams that are written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe import grams as module
from textpipe.documents import Tokens
from textpipe.errors import InputError
from textpipe.grams import word_n_grams
from textpipe.vectorize import counting, sharing
from textpipe.vectorize.counted_grams import grams_of
from textpipe.vectorize.counting import count_columns, frequencies_of_forms, totals

LISTS = st.lists(st.lists(st.sampled_from(["a", "b", "ab", "a!", "é"]), max_size=7), max_size=5)
LENGTHS = st.tuples(st.integers(1, 3), st.integers(0, 2)).map(lambda two: (two[0], sum(two)))


@pytest.fixture(params=["numpy", "compiled"])
def way(request, monkeypatch):
    compiled = request.param == "compiled"
    monkeypatch.setattr(counting, "_worth_compiling", lambda *_: compiled)
    monkeypatch.setattr(module, "worth", lambda *_: compiled)
    monkeypatch.setattr(sharing, "LEAST", 1)


@pytest.mark.usefixtures("way")
@settings(deadline=None)  # loops are compiled
@given(LISTS, LENGTHS, st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_they_are_counted_and_spelled_alike(lists, lengths, cores: int, seed: int) -> None:
    tokens = Tokens.of_lists(lists)
    grams, written = grams_of(tokens, *lengths, cores), word_n_grams(tokens, *lengths)
    assert grams is not None
    n = int(grams.begins[-1])
    every = grams.in_order(np.arange(n))
    spelled = grams.spelled(every).to_pylist()
    assert spelled == sorted(written.forms.to_pylist())
    where = {form: i for i, form in enumerate(spelled)}
    columns, theirs = np.empty(n, np.int32), np.empty(n, np.int32)
    columns[every] = np.arange(n)
    theirs[:] = [where[form] for form in written.forms.to_pylist()]
    one, other = (
        count_columns(counted, table, n, cores)
        for counted, table in ((grams.bags, columns), (written, theirs))
    )
    assert (one != other).nnz == 0
    assert one.has_sorted_indices
    for count in (frequencies_of_forms, totals):
        assert count(grams.bags)[every].tolist() == count(written)[np.argsort(theirs)].tolist()
    some = np.random.default_rng(seed).random(n) < 0.5
    assert grams.spelled(grams.in_order(np.flatnonzero(some))).to_pylist() == [
        form for form, yes in zip(spelled, some[every], strict=True) if yes
    ]


@given(LISTS, LENGTHS, st.integers(0, 2**32 - 1), st.booleans())
def test_they_know_the_words_that_they_stand_on(lists, lengths, seed: int, fewer: bool) -> None:
    random, words = np.random.default_rng(seed), Tokens.of_lists(lists)
    tokens = words.keep(random.random(len(words.codes)) < 0.6) if fewer else words
    grams, written = grams_of(tokens, *lengths), word_n_grams(tokens, *lengths)
    assert grams is not None
    order = grams.in_order(np.arange(int(grams.begins[-1])))
    known = random.random(len(order)) < 0.5
    forms = dict(zip(grams.spelled(order).to_pylist(), known[order], strict=True))
    theirs = np.array([forms[form] for form in written.forms.to_pylist()], bool)
    for ours, other in ((known, theirs), (known | True, theirs | True)):
        expected = written.words_known(other[written.codes], words)
        assert grams.words_with_known(ours, words).tolist() == expected.tolist()
    assert grams.words_covered(words).tolist() == written.words_covered(words).tolist()


def test_forms_that_read_alike_are_left_to_texts() -> None:
    assert grams_of(Tokens.of_lists([["a b", "c"]]), 1, 2) is None
    assert grams_of(Tokens.of_lists([["a\tb", "c"]]), 1, 2) is None
    vocabulary = tp.Count(n_grams=(1, 2)).fit([["a b", "c", "a", "b c"]]).vocabulary_.to_pylist()
    assert vocabulary == ["a", "a b", "a b c", "b c", "c", "c a"]


@given(LISTS.filter(lambda lists: any(map(len, lists))), st.booleans(), st.integers(1, 2))
def test_a_vectorizer_learns_the_same_n_grams(lists, by_texts: bool, least: int) -> None:
    def trained() -> tp.TfIdf:
        return tp.TfIdf(n_grams=(1, 3), min_df=least, max_features=9)

    with pytest.MonkeyPatch.context() as patch:
        if by_texts:
            patch.setattr("textpipe.vectorize.count.grams_of", lambda *_: None)
        documents = tp.Documents.of(lists)
        try:
            stage = trained().fit(documents)
        except InputError:
            return  # no n-gram stands in two documents
        learned = stage.apply(documents).matrix
    again = trained().fit(documents)
    assert again.vocabulary_.equals(stage.vocabulary_)
    other = again.transform(documents)
    assert (again.transform(documents) != other).nnz == 0
    assert (learned.values != other).nnz == 0
    used = again.apply(documents).matrix
    assert learned.known.tolist() == used.known.tolist()
    assert learned.total.tolist() == used.total.tolist()


def test_runs_may_be_longer_than_all_documents() -> None:
    stages = [tp.Tokenize("words"), tp.TfIdf(n_grams=(1, 5), min_df=2)]
    trained = tp.Pipeline(stages)
    assert trained.fit_transform(["a b", "a"]).toarray().tolist() == [[1.0], [1.0]]
