import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from textpipe.documents import Documents
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
