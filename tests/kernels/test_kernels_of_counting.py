"""What is compiled counts what numpy, scipy and Arrow count, to the last bit."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textpipe.documents import Tokens
from textpipe.grams import (
    _lay_out_by_numpy,
    _lay_out_compiled,
    _number_by_numpy,
    _number_compiled,
)
from textpipe.kernels.strings import number_runs, refill
from textpipe.normalize.character_n_grams import CharacterNGrams, RunsOfCharacters
from textpipe.vectorize import counting
from textpipe.vectorize import lookup as looking_up
from textpipe.vectorize.counting import (
    _count_by_numpy,
    count_codes,
    count_columns,
    count_words,
    document_frequencies,
    frequencies_of_forms,
    totals,
)
from textpipe.vectorize.lookup import Lookup

words = st.text("abcé😀 \0", max_size=9)
lists = st.lists(st.lists(words, max_size=8), min_size=1, max_size=6)
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(autouse=True, scope="module")
def _nothing_is_too_small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "worth", lambda seconds, *loops: True)
        yield


def bits(matrix):
    assert matrix.has_sorted_indices
    arrays = matrix.data, matrix.indices, matrix.indptr
    return matrix.shape, [(array.dtype, array.tobytes()) for array in arrays]


def same(one, other):
    assert len(one) == len(other)
    for mine, theirs in zip(one, other, strict=True):
        if isinstance(mine, pa.Array):
            assert mine.equals(theirs)
        else:
            assert (mine.dtype, mine.tobytes()) == (theirs.dtype, theirs.tobytes())


@settings(deadline=None)
@given(
    seeds, st.integers(1, 40), st.sampled_from([1, 3, 63, 64, 65, 4097, 20_000]), st.integers(0, 9)
)
def test_a_loop_counts_as_scipy_does(seed, n_documents, n_columns, unknown):
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 4000 // n_documents + 2, n_documents)
    rows = np.concatenate(([0], np.cumsum(lengths)))
    codes = np.minimum(random.zipf(1.2, rows[-1]), n_columns).astype(np.int32) - 1
    codes[random.random(len(codes)) < unknown / 10] = -1
    kept = codes.copy()
    assert bits(count_codes(codes, rows, n_columns)) == bits(
        _count_by_numpy(codes, rows, n_columns)
    )
    assert np.array_equal(codes, kept)
    known = np.maximum(codes, 0)
    by_numpy = _count_by_numpy(known, rows, n_columns)
    expected = np.bincount(by_numpy.indices, minlength=n_columns)
    assert np.array_equal(document_frequencies(known, rows, n_columns), expected)


@settings(deadline=None)
@given(
    seeds, st.integers(1, 9), st.integers(1, 3000), st.sampled_from([1, 3, 900]), st.integers(0, 9)
)
def test_words_are_counted_alike(seed, n_documents, n_forms, n_columns, unknown):
    random = np.random.default_rng(seed)
    rows = np.concatenate(([0], np.cumsum(random.integers(0, 3000 // n_documents, n_documents))))
    codes = random.integers(0, n_forms, rows[-1], dtype=np.int32)
    columns = random.integers(0, n_columns, n_forms, dtype=np.int32)
    columns[random.random(n_forms) < unknown / 10] = -1
    columns[random.random(n_forms) < 0.2] = -2
    forms = pa.array([str(i) for i in range(n_forms)])
    tokens = Tokens(forms, codes, np.zeros_like(codes), np.zeros_like(codes), rows)
    counts, known, total = count_words(tokens, columns, n_columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "worth", lambda seconds, *loops: False)
        expected = count_words(tokens, columns, n_columns)
    assert bits(counts) == bits(expected[0])
    same([known, total], expected[1:])


def test_each_column_of_a_document_that_has_all_of_them():
    n = 3 * 4096 + 70
    codes = np.concatenate([np.arange(n)[::-1], np.arange(0, n, 4095)]).astype(np.int32)
    counts = count_codes(codes, np.array([0, 0, len(codes)]), n)
    assert counts.indptr.tolist() == [0, 0, n]
    assert np.array_equal(counts.indices, np.arange(n))
    assert np.flatnonzero(counts.data == 2).tolist() == list(range(0, n, 4095))


@settings(deadline=None)  # the loops are compiled
@given(seeds, st.integers(0, 300), st.sampled_from([1, 3, 50, 2**31 - 1]))
def test_pairs_are_numbered_in_order_of_appearance(seed, n, below):
    random = np.random.default_rng(seed)
    heads, tails = random.integers(0, below, (2, n), dtype=np.int32)
    same(_number_compiled(heads, tails), _number_by_numpy(heads, tails))


def test_more_pairs_than_the_first_table_has_room_for():
    heads = np.arange(100_000, dtype=np.int32) % 70_000
    tails = (heads * 7) % 1000
    same(_number_compiled(heads, tails), _number_by_numpy(heads, tails))


@settings(deadline=None)  # the loops are compiled
@given(seeds, st.integers(0, 50), st.integers(1, 3), st.integers(1, 4))
def test_n_grams_are_laid_out_alike(seed, n_tokens, n_lengths, minimum):
    grams = np.random.default_rng(seed).integers(-1, 5, (n_lengths, n_tokens), dtype=np.int32)
    same(_lay_out_compiled(grams, minimum), _lay_out_by_numpy(grams, minimum))


@settings(deadline=None)
@given(
    st.lists(st.text("abcé😀 \0", max_size=30), unique=True),
    st.integers(1, 5), st.integers(0, 4), st.booleans(),
)  # fmt: skip
@example(["\0\0", "\0", ""], 1, 2, False)
@example(["abcdefg", "abcdefgh", "😀😀", "😀😀😀"], 7, 1, False)
def test_runs_of_characters_are_numbered_alike(forms, minimum, more, word_boundaries):
    cut = RunsOfCharacters(minimum, minimum + more, word_boundaries)
    forms = pa.array(forms, pa.string())
    same(cut.pieces_compiled(forms), cut.pieces_by_arrow(forms))
    same(cut.pieces_compiled(forms[1:]), cut.pieces_by_arrow(forms[1:]))


def test_a_table_of_runs_that_is_full_is_made_larger():
    forms = pa.array([f"{number:07}{'é' * (number % 5)}" for number in range(20_000)])
    cut = RunsOfCharacters(3, 9, True)
    same(cut.pieces_compiled(forms), cut.pieces_by_arrow(forms))


def test_numbering_stops_before_a_string_without_room_and_goes_on():
    data = np.frombuffer(b"abcabd", np.uint8)
    offsets, rows = np.array([0, 3, 6], np.int32), np.array([0, 2, 4])
    codes, begins, ends = (np.zeros(4, np.int32) for _ in range(3))
    keys, progress, secret = np.zeros(4, np.uint64), np.zeros(2, np.int64), 5
    for size, done in ((4, [1, 2]), (16, [2, 3])):
        table = np.full(size, -1, np.int32), keys, begins, ends
        refill(secret, int(progress[1]), *table[:2])
        number_runs(data, offsets, 2, 2, secret, rows, *table, codes, progress)
        assert progress.tolist() == done
    assert codes.tolist() == [0, 1, 0, 2]
    assert [bytes(data[b:e]) for b, e in zip(begins[:3], ends[:3], strict=True)] == [
        b"ab",
        b"bc",
        b"bd",
    ]


@settings(deadline=None)
@given(lists, st.integers(1, 4), st.integers(0, 2), st.booleans(), seeds)
def test_pieces_are_counted_as_the_tokens_that_they_are(documents, minimum, more, boundaries, seed):
    pieces = CharacterNGrams(minimum, minimum + more, boundaries).work(Tokens.of_lists(documents))
    tokens = pieces.take(np.arange(len(documents)))._written_out()
    n_forms = len(tokens.forms)
    assert np.array_equal(totals(pieces), totals(tokens))
    assert np.array_equal(frequencies_of_forms(pieces), frequencies_of_forms(tokens))
    columns = np.random.default_rng(seed).integers(-1, n_forms + 1, n_forms).astype(np.int32)
    ours, theirs = (count_columns(some, columns, n_forms + 1) for some in (pieces, tokens))
    assert bits(ours) == bits(theirs)


@settings(deadline=None)  # the loops are compiled
@given(st.lists(words, unique=True), st.lists(words))
def test_words_are_looked_up_as_in_a_dict(vocabulary, asked):
    index = {word: column for column, word in enumerate(vocabulary)}
    expected = [index.get(word, -1) for word in asked]
    lookup = Lookup(pa.array(["", *vocabulary], pa.string())[1:])
    assert [int(lookup.columns(pa.array([word], pa.string()))[0]) for word in asked] == expected
    lookup = Lookup(lookup.vocabulary)
    assert lookup.columns(pa.array(asked, pa.string())).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking_up, "worth", lambda seconds, *loops: True)
        compiled = lookup.columns(pa.array(asked, pa.string()))
    assert compiled.tolist() == expected
    assert lookup.columns(pa.array(["x", *asked], pa.string())[1:]).tolist() == expected
