"""Neighbouring stages on word forms give what they give one by one."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textpipe as tp
from textpipe.documents import Documents
from textpipe.run.chain import Chain
from textpipe.run.form_run import FormRun, WordsToMatrix, in_runs
from textpipe.run.parcel import to_parcel
from textpipe.run.remembered import LONGEST
from textpipe.stage import FormStage

WORDS = st.text("aeEsStThIi'-ßİ. ", min_size=1, max_size=6).filter(str.strip)
DOCUMENTS = st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=5)


def stages() -> list[FormStage]:
    found = [tp.Lowercase(), tp.RemoveStopWords(extra=["te"]), tp.Stem(), tp.LengthFilter(2, 4)]
    for position, stage in enumerate(found):
        stage.meet(found[:position], "en")
    return found


@given(st.lists(DOCUMENTS, max_size=4))
def test_the_same_as_one_by_one(batches: list[list[list[str]]]) -> None:
    together, apart = stages(), stages()
    for lists in batches:  # from batch to batch words are remembered
        documents = Documents.of(lists)
        one = Chain(together, observed=False)(documents).documents
        assert to_parcel(one) == to_parcel(Chain(apart)(documents).documents)


WITH_EMPTY = st.lists(st.lists(WORDS | st.just(""), max_size=8), min_size=1, max_size=5)


@given(WITH_EMPTY, st.lists(WITH_EMPTY, max_size=4), st.integers(0, 4))
def test_from_words_to_columns_it_is_the_same_matrix(
    known: list[list[list[str]]], batches: list[list[list[str]]], first: int
) -> None:
    words = [word for lists in known for word in lists] + ["Thiess", "essen"]
    forms = stages()[first:]
    vectorizer = tp.TfIdf().fit(Chain(forms)(Documents.of([[*words, "iaia"]])).documents)
    for lists in [known, *batches]:
        documents = Documents.of(lists)
        one = Chain([*forms, vectorizer], observed=False, only_matrix=True)(documents).documents
        other = Chain([*forms, vectorizer])(documents).documents
        assert one.words is one.tokens is None
        assert to_parcel(one) == to_parcel(other.with_(words=None, tokens=None))
        mine, theirs = one.matrix, other.matrix
        assert mine.known.tolist() == theirs.known.tolist()
        assert mine.total.tolist() == theirs.total.tolist()
        for part in ("data", "indices", "indptr"):
            ours, expected = getattr(mine.values, part), getattr(theirs.values, part)
            assert (ours.dtype, ours.tobytes()) == (expected.dtype, expected.tobytes())


def test_what_else_a_vectorizer_may_look_at_is_left_in_place() -> None:
    class Own(tp.Count):
        def vectorize(self, documents: Documents) -> tp.documents.Matrix:
            assert documents.tokens is not None
            return super().vectorize(documents)

    documents = Documents.of([["a", "b"], ["B"]])
    for vectorizer in (Own(), tp.Count(n_grams=(1, 2))):
        vectorizer.fit(documents)
        steps = in_runs([tp.Lowercase(), vectorizer], only_matrix=True)
        assert not any(isinstance(step, WordsToMatrix) for step in steps)
    assert isinstance(in_runs([tp.Count()], only_matrix=True)[0], WordsToMatrix)
    assert in_runs([tp.Count()])[0].counts_words


def test_a_vectorizer_that_has_learned_anew_forgets_from_all_threads() -> None:
    vectorizer, documents = tp.Count(), Documents.of([["a", "b"]])
    chain = Chain([tp.Lowercase(), vectorizer], observed=False, only_matrix=True)
    for known in (["a"], ["0", "a"], ["0", "1", "b"]):
        vectorizer.fit([known])
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(chain, [documents] * 40))
        columns = [known.index(word) for word in ("a", "b") if word in known]
        assert all(one.documents.matrix.values.indices.tolist() == columns for one in made)


def test_a_changed_stage_forgets() -> None:
    stage = tp.LengthFilter(2)
    run = FormRun([stage, tp.Lowercase()])

    def left() -> list[str]:
        return run.apply(Documents.of([["a", "bc", "def"]])).tokens.of(0)

    assert left() == ["bc", "def"]
    stage.set_params(minimum=3)
    assert left() == ["def"]
    run.stages[1].set_params(fold=True)
    assert run.apply(Documents.of([["STRASSE", "straße"]])).tokens.of(0) == ["strasse", "strasse"]


def test_stages_of_ones_own_are_not_remembered() -> None:
    dropped: set[str] = set()
    own = tp.form_stage(lambda form: None if form in dropped else form)()
    assert list(in_runs([own])) == [own]
    pipeline = tp.Pipeline([tp.Tokenize("words"), tp.Lowercase(), own])
    assert pipeline.run(["A"]).tokens.of(0) == ["a"]
    dropped.add("a")
    assert pipeline.run(["A"]).tokens.of(0) == []


def test_long_words_are_worked_on_but_not_remembered() -> None:
    stage, word = tp.Lowercase(), "A" * (LONGEST + 1)
    run = FormRun([stage])
    for _ in range(2):
        assert run.apply(Documents.of([[word, "B"]])).tokens.of(0) == [word.lower(), "b"]
    assert stage.__dict__["_run"].of([stage]) == {"B": "b"}


def test_an_error_says_where() -> None:
    stage = tp.Lowercase()
    stage.of = lambda form: 1 / 0  # a bug
    with pytest.raises(ZeroDivisionError) as error:
        Chain([tp.Tokenize("words"), stage, tp.LengthFilter()], observed=False)(Documents.of(["a"]))
    assert error.value.__notes__ == ["in stages 2 to 3, lowercase, length_filter"]


@given(DOCUMENTS, st.integers(0, 3))
def test_tokens_with_other_forms_are_those_that_were_written_out(
    lists: list[list[str]], least: int
) -> None:
    words = Documents.of(lists).tokens
    mapped = words.map([form.lower() for form in words.forms.to_pylist()])
    mapped = mapped.map([form if len(form) > least else None for form in mapped.forms.to_pylist()])
    expected = [[w.lower() for w in words if len(w.lower()) > least] for words in lists]
    assert mapped.to_lists() == expected
    assert mapped.lengths().tolist() == list(map(len, expected))
    at = mapped.places_in(words)
    assert (np.diff(at) > 0).all()
    assert [words.forms[int(words.codes[i])].as_py().lower() for i in at] == [
        word for words in expected for word in words
    ]
    again = mapped.take(np.arange(len(lists))[::-1])
    assert again.to_lists() == expected[::-1]
