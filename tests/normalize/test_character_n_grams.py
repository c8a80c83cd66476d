import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from textpipe.documents import Documents, Tokens
from textpipe.documents.pieces import PiecesOfWords
from textpipe.errors import DefinitionError
from textpipe.normalize.character_n_grams import CharacterNGrams
from textpipe.normalize.lowercase import Lowercase

documents = st.lists(
    st.lists(st.text("abé😀", min_size=1, max_size=7), max_size=5), min_size=1, max_size=4
)


def test_runs_of_characters_with_the_spaces_around_a_word():
    tokens = CharacterNGrams(3, 4).transform([["cat", "a"]]).tokens
    assert tokens.to_lists() == [[" ca", "cat", "at ", " cat", "cat ", " a "]]
    assert tokens.spans(0) == [(0, 2), (0, 3), (1, 3), (0, 3), (0, 3), (4, 5)]


def test_without_spaces_a_short_word_is_taken_whole():
    stage = CharacterNGrams(2, 3, word_boundaries=False)
    assert stage.transform([["cat", "a"]]).tokens.to_lists() == [["ca", "at", "cat", "a"]]


def test_a_word_whose_length_has_changed_keeps_its_whole_span():
    tokens = Lowercase(fold=True).transform([["aß"]])
    tokens = CharacterNGrams(2, 2).transform(tokens).tokens
    assert tokens.to_lists() == [[" a", "as", "ss", "s "]]
    assert set(tokens.spans(0)) == {(0, 2)}


@pytest.mark.parametrize("options", [(0, 1), (2, 1)])
def test_an_impossible_range_is_refused(options):
    with pytest.raises(DefinitionError, match="1 <= minimum <= maximum"):
        CharacterNGrams(*options).check()


@given(documents, st.integers(1, 5), st.integers(0, 4))
@example([["a"], ["ab"], ["abc"]], 3, 2)
def test_like_scikit_learns_char_wb(documents, minimum, more):
    ours = CharacterNGrams(minimum, minimum + more).transform(documents).tokens
    analyzer = CountVectorizer(
        analyzer="char_wb", ngram_range=(minimum, minimum + more), lowercase=False
    ).build_analyzer()
    assert ours.to_lists() == [
        [gram for word in words for gram in analyzer(word)] for words in documents
    ]
    assert [sorted(grams) for grams in ours.to_lists()] == [
        sorted(analyzer(" ".join(words))) for words in documents
    ]


@given(documents, st.integers(1, 4), st.booleans(), st.integers(0, 4))
def test_spans_follow_and_batches_do_not_matter(documents, minimum, word_boundaries, cut):
    stage = CharacterNGrams(minimum, minimum + 2, word_boundaries)
    whole = stage.transform(documents)
    for row, text in enumerate(whole.texts()):
        cut_out = [text[start:end] for start, end in whole.tokens.spans(row)]
        assert cut_out == [gram.strip(" ") for gram in whole.tokens.of(row)]
    parts = [stage.transform(part) for part in (documents[:cut], documents[cut:]) if part]
    assert Documents.concat(parts).tokens.to_lists() == whole.tokens.to_lists()


def raw(tokens):
    """All columns, and the words by which they are meant."""
    columns = tokens.starts, tokens.ends, tokens.rows, tokens.tags
    return tokens.to_lists(), [None if column is None else column.tolist() for column in columns]


def written_out(tokens):
    """The same tokens, with nothing but their columns."""
    return Tokens(tokens.forms, tokens.codes, tokens.starts, tokens.ends, tokens.rows, tokens.tags)


@given(documents, st.integers(1, 4), st.booleans(), st.lists(st.integers(0, 3), max_size=5))
def test_pieces_that_are_not_written_out_behave_as_if_they_were(
    documents, minimum, word_boundaries, indices
):
    stage = CharacterNGrams(minimum, minimum + 1, word_boundaries)
    words = Tokens.of_lists(documents)
    words = dataclasses.replace(words, tags=np.arange(len(words.codes)).astype(np.uint8) % 17)
    pieces = stage.work(words)
    plain = written_out(pieces)
    assert isinstance(pieces, PiecesOfWords)
    assert len(pieces) == len(plain)
    assert pieces.lengths().tolist() == plain.lengths().tolist()
    at = np.array([i for i in indices if i < len(documents)], np.int64)
    assert raw(pieces.take(at)) == raw(plain.take(at))
    assert raw(pickle.loads(pickle.dumps(pieces))) == raw(plain)  # noqa: S301  # our own
    mask = np.arange(len(plain.codes)) % 3 > 0
    assert raw(pieces.keep(mask)) == raw(plain.keep(mask))
    longer = [None if len(form) < 3 else form.upper() for form in plain.forms.to_pylist()]
    assert raw(pieces.map(longer)) == raw(plain.map(longer))
    untagged = dataclasses.replace(pieces, tags=None)
    assert raw(untagged) == raw(dataclasses.replace(plain, tags=None))
    other = CharacterNGrams(minimum, minimum + 3, word_boundaries).work(words)
    for both in ([pieces, stage.work(words)], [pieces, other], [plain, pieces], [pieces, plain]):
        assert raw(Tokens.concat(both)) == raw(Tokens.concat([*map(written_out, both)]))


@given(documents, st.integers(1, 4), st.booleans(), st.integers(0, 2**32 - 1), st.booleans())
def test_which_words_are_known_can_be_told_without_writing_pieces_out(
    documents, minimum, word_boundaries, seed, dropped
):
    random = np.random.default_rng(seed)
    words = Tokens.of_lists([*documents, [""]] if seed % 5 == 0 else documents)
    some = words.keep(random.random(len(words.codes)) < 0.7) if dropped else words
    if seed % 3 == 0:  # some forms have another length than their place
        some = some.map([form.replace("é", "e+") for form in some.forms.to_pylist()])
    pieces = CharacterNGrams(minimum, minimum + 1, word_boundaries).work(some)
    plain = written_out(pieces)
    known = random.random(len(pieces.forms)) < random.choice([0.2, 0.6, 1.0])
    for under in (words, None):
        ours, theirs = pieces.words_with_known(known, under), plain.words_with_known(known, under)
        assert ours.tolist() == theirs.tolist()
        assert pieces.words_covered(under).tolist() == plain.words_covered(under).tolist()
