import pytest
from hypothesis import given
from hypothesis import strategies as st

from textpipe.errors import DefinitionError, ResourceError
from textpipe.normalize.length_filter import LengthFilter
from textpipe.normalize.lowercase import Lowercase
from textpipe.normalize.phrases import Phrases
from textpipe.normalize.remove_punctuation import RemovePunctuation
from textpipe.normalize.remove_stop_words import RemoveStopWords
from textpipe.normalize.stem import Stem
from textpipe.normalize.stop_lists import stop_words
from textpipe.text_stage import TextStage
from textpipe.tokenize.tokenize import Tokenize

ENGLISH = ["This", "is", "not", "the", "end", "of", "it"]


def left(stage, words):
    return stage.transform([words]).tokens.of(0)


def met(stage, *earlier, language="en"):
    stage.meet(list(earlier), language)
    return stage


def test_stop_words_go_whatever_their_case():
    assert left(RemoveStopWords(), ENGLISH) == ["end"]
    assert left(RemoveStopWords(ignore_case=False), ENGLISH) == ["This", "end"]
    assert left(RemoveStopWords(language="de"), ["Die", "Katze", "und", "der", "Hund"]) == [
        "Katze",
        "Hund",
    ]


def test_negation_can_stay_and_words_can_be_added():
    stage = RemoveStopWords(keep=["Not"], extra=["END"])
    assert left(stage, ENGLISH) == ["not"]
    assert left(RemoveStopWords("none", extra=["end"]), ENGLISH) == [
        word for word in ENGLISH if word != "end"
    ]


def test_spans_follow():
    assert RemoveStopWords().transform([["the", "end"]]).tokens.spans(0) == [(4, 7)]


def test_the_list_is_cut_as_the_words_are():
    stage = met(RemoveStopWords(), Tokenize(), Lowercase())
    assert stage.cut_["don't"] == ["do", "n't"]
    assert "n't" in stage.pieces_
    assert "n't" in stage.stop_words_
    documents = Tokenize().transform(["I don't think they've won"])
    assert stage.apply(documents).tokens.to_lists() == [["think", "won"]]
    assert stage.report() == [
        "the tokenizer cuts 51 stop words, such as aren't into are + n't; so these are dropped too "
        "(name in keep what must stay): 'd, 'll, 'm, 're, 's, 've, ca, can, let, must, n't, sha, wo"
    ]


@pytest.mark.parametrize("keep", [["n't"], ["don't"], ["DON'T"]])
def test_a_piece_of_a_kept_word_stays(keep):
    stage = met(RemoveStopWords(keep=keep), Tokenize(), Lowercase())
    assert left(stage, ["do", "n't"]) == ["n't"]


def test_a_kept_word_stays_when_another_is_cut_into_it():
    stage = met(RemoveStopWords(keep=["not"]), Tokenize(), Lowercase())
    assert stage.cut_["cannot"] == ["can", "not"]
    assert left(stage, ["can", "not", "be"]) == ["not"]


def test_the_list_is_stemmed_as_the_words_are():
    earlier = [Tokenize(language="de"), Lowercase(), Stem(language="de")]
    stage = met(RemoveStopWords(keep=["Keine"], extra=["Grüße"]), *earlier, language="de")
    words = ["Ich", "habe", "keine", "Grüße", "anderen", "Katzen"]
    tokens = Lowercase().transform([words])
    tokens = Stem(language="de").transform(tokens)
    assert stage.transform(tokens).tokens.to_lists() == [["kein", "katz"]]


def test_words_that_no_token_can_equal_are_reported():
    stage = met(RemoveStopWords(), Tokenize("words"), LengthFilter(minimum=2))
    assert stage.unmatched_ == ["a", "i"]
    assert stage.report() == [
        "no token can equal 2 stop words, because the stages before leave nothing of them: a, i"
    ]
    assert met(RemoveStopWords(), Tokenize("words"), Lowercase()).report() == []


def test_a_tokenizer_that_drops_apostrophes_is_met():
    stage = met(RemoveStopWords(), Tokenize("sklearn"), Lowercase())
    documents = Tokenize("sklearn").transform(["I couldn't and we'll go"])
    assert stage.apply(documents).tokens.to_lists() == [["go"]]


def test_the_list_goes_through_text_stages_but_not_through_what_must_be_trained():
    class Spell(TextStage):
        def of(self, text):
            return text.replace("th", "z")

    stage = met(RemoveStopWords(), Spell(), Tokenize(), Phrases())
    assert left(stage, ["ze", "the", "cat"]) == ["cat"]


def test_twice_is_once_and_learning_is_before_any_document():
    stage = met(RemoveStopWords(), Tokenize(), RemovePunctuation())
    first = stage.stop_words_
    stage.meet([Tokenize(), RemovePunctuation()], "en")
    assert stage.stop_words_ == first
    assert not stage.learns


@pytest.mark.parametrize(
    ("name", "language", "count"),
    [
        ("snowball", "en", 174),
        ("snowball", "de", 231),
        ("spacy", "en", 326),
        ("spacy", "de", 543),
        ("scikit-learn", "en", 318),
        ("gensim", "en", 337),
        ("none", "de", 0),
    ],
)
def test_published_lists(name, language, count):
    words = stop_words(name, language)
    assert len(set(words)) == len(words) == count
    assert words == sorted(words)


@pytest.mark.parametrize("name", ["snowball", "spacy", "scikit-learn", "gensim", "nltk"])
@pytest.mark.parametrize("language", ["xx", "../de", ""])
def test_a_list_without_the_language_is_refused(name, language):
    with pytest.raises(DefinitionError, match=f'the list "{name}" has no words for'):
        stop_words(name, language)


def test_nltks_list_is_there_or_says_how_to_get_it():
    from nltk.data import find

    try:
        find("corpora/stopwords")
    except LookupError:
        with pytest.raises(ResourceError, match=r'nltk.download\("stopwords"\).*"snowball"'):
            RemoveStopWords("nltk").transform([["the"]])
    else:
        assert "the" in stop_words("nltk", "en")


def test_an_unknown_list_is_refused():
    with pytest.raises(DefinitionError, match='Did you mean "snowball"'):
        RemoveStopWords("snowbal").check()


@given(st.lists(st.sampled_from([*ENGLISH, "cat", "don't", "n't", "İ", "ß"]), min_size=1))
def test_exactly_the_words_of_the_list_go(words):
    listed = set(stop_words("snowball", "en"))
    once = RemoveStopWords().transform([words])
    assert once.tokens.of(0) == [word for word in words if word.lower() not in listed]
    assert RemoveStopWords().transform(once).tokens.of(0) == once.tokens.of(0)


@pytest.mark.parametrize("ignore_case", [True, False])
def test_many_words_go_as_few_do(ignore_case):
    words = [f"w{i}" for i in range(2000)] + ["The", "the", "ÄND", "änd", "and", "İ", "i̇"]
    stage = RemoveStopWords(extra=["änd", "i̇"], ignore_case=ignore_case)
    few = [form for word in words for form in stage.of_forms([word]) if form]
    assert stage.transform([words]).tokens.to_lists() == [few]
    assert ("The" in few, "the" in few) == (not ignore_case, False)
