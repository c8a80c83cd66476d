"""A vectorizer that learns from bags learns and gives what it does from tokens."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe.documents import Bags, Documents, joined, joining
from textpipe.vectorize import counting, sharing
from textpipe.vectorize.counting import bags_of, count_columns, frequencies_of_forms, totals

LISTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=9), min_size=1, max_size=6)


def same(one, other) -> None:
    assert one.shape == other.shape
    for part in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


@pytest.fixture(params=["numpy", "compiled"])
def way(request, monkeypatch):
    compiled = request.param == "compiled"
    monkeypatch.setattr(counting, "_worth_compiling", lambda *_: compiled)
    monkeypatch.setattr(sharing, "LEAST", 1)  # two cores also for little


def bags_and_tokens(lists, dropped: str):
    tokens = Documents.of(lists).tokens
    tokens = tokens.map([None if form in dropped else form for form in tokens.forms.to_pylist()])
    return bags_of(tokens), tokens


@pytest.mark.usefixtures("way")
@settings(deadline=None)  # loops are compiled
@given(LISTS, st.sampled_from(["", "ab", "abcdefg"]), st.integers(-1, 6), st.integers(1, 3))
def test_bags_are_counted_as_their_tokens(lists, dropped: str, unknown: int, cores: int) -> None:
    bags, tokens = bags_and_tokens(lists, dropped)
    assert bags.total.tolist() == tokens.lengths().tolist()
    assert frequencies_of_forms(bags).tolist() == frequencies_of_forms(tokens).tolist()
    assert totals(bags).tolist() == totals(tokens).tolist()
    n = len(tokens.forms)
    columns = np.arange(n, dtype=np.int32)[::-1].copy()
    columns[columns == unknown] = -1
    one = count_columns(tokens, columns, n)
    assert one.has_sorted_indices
    same(count_columns(bags, columns, n, cores), one)
    same(count_columns(tokens, columns, n, cores), one)


@given(st.lists(LISTS, min_size=1, max_size=4))
def test_joined_bags_are_those_of_joined_tokens(parts) -> None:
    bags = [bags_and_tokens(lists, "a")[0] for lists in parts]
    documents = [
        Documents.of(lists).with_(bags=bag) for lists, bag in zip(parts, bags, strict=True)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "IN_MEMORY", 0)
        on_disk = joined(documents).bags
    whole, _ = bags_and_tokens([words for lists in parts for words in lists], "a")
    for found in (Bags.concat(bags), Documents.concat(documents).bags, on_disk):
        assert found is not None
        assert found.forms.equals(whole.forms) or len(parts) == 1
        assert found.total.tolist() == whole.total.tolist()
        columns = np.arange(len(whole.forms), dtype=np.int32)
        where = {form: i for i, form in enumerate(whole.forms.to_pylist())}
        columns = np.array([where.get(form, -1) for form in found.forms.to_pylist()], np.int32)
        matrices = [
            count_columns(one, table, len(where))
            for one, table in ((found, columns), (whole, np.arange(len(where), dtype=np.int32)))
        ]
        same(*matrices)
    indices = np.arange(len(whole))[::-1]
    turned = count_columns(whole.take(indices), np.arange(len(where), dtype=np.int32), len(where))
    same(turned, matrices[1][indices])


@pytest.mark.parametrize(
    "stages",
    [
        [tp.Tokenize("words"), tp.Lowercase(), tp.TfIdf(min_df=2)],
        [tp.Tokenize("words"), tp.RemoveStopWords(), tp.Lemmatize(), tp.Bm25(max_features=5)],
        [tp.Tokenize("words"), tp.Lowercase(), tp.NGrams(1, 2), tp.Count(min_df=2)],
        [tp.Tokenize("words"), tp.Lowercase(), tp.Count(n_grams=(1, 2), min_df=2)],
        [tp.Tokenize("words"), tp.CharacterNGrams(2, 3), tp.Count(min_df=2)],
    ],
    ids=lambda stages: " ".join(stage.name() for stage in stages),
)
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_training_gives_what_use_gives(stages, n_jobs: int) -> None:
    texts = ["To be or not to be", "that is the question", "to sleep, no more", "", "Be is not is"]
    pipeline = tp.Pipeline(stages, n_jobs=n_jobs)
    trained = pipeline.fit_transform(texts)
    assert trained.nnz
    same(trained, pipeline.transform(texts))
    ready = pipeline._learn(Documents.of(texts), None)
    used = pipeline.run(texts).matrix
    made = stages[-1].apply(ready)
    assert made.bags is None
    np.testing.assert_array_equal(made.matrix.known, used.known)
    np.testing.assert_array_equal(made.matrix.total, used.total)


def test_it_learns_from_bags_where_words_stay_in_their_place() -> None:
    words, small = tp.Tokenize("words"), tp.Lowercase()
    assert tp.Count().gathers([tp.CleanHtml(), words, small, tp.Lemmatize()])
    assert not tp.Count().gathers([words, tp.NGrams(), small])
    assert not tp.Count(n_grams=(1, 2)).gathers([words])

    class Own(tp.Lowercase):
        def work(self, tokens):
            return super().work(tokens)

    assert not tp.Count().gathers([words, Own()])
    assert tp.Pipeline([words, Own(), tp.Count()]).fit_transform(["a b"]).nnz == 2


def test_a_subclass_may_look_at_tokens() -> None:
    class Longest(tp.Count):
        def counted(self, documents):
            tokens = super().counted(documents)
            return tokens.map([form[:2] for form in tokens.forms.to_pylist()])

        def vectorize(self, documents):
            assert documents.tokens is not None
            return super().vectorize(documents)

    pipeline = tp.Pipeline([tp.Tokenize("words"), Longest()]).fit(["abc abd", "abe"])
    assert pipeline.stages[-1].vocabulary_.to_pylist() == ["ab"]
    assert not hasattr(pipeline.stages[-1], "_learned")
