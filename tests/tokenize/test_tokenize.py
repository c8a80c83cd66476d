import functools
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textpipe.documents import Documents
from textpipe.errors import DefinitionError, ResourceError
from textpipe.tokenize.nltk_engines import sentences
from textpipe.tokenize.tokenize import Tokenize

ENGINES = ["spacy", "nltk_treebank", "nltk_tweet", "words", "sklearn", "whitespace"]
STAGES = {engine: Tokenize(engine) for engine in ENGINES}

WORDS = [
    *["don't", "cannot", "gimme", "U.S.", "z.B.", "a.b", "naïve", "o’clock", "'s", "-1.", "#tag"],
    *["@you", "http://x.de/a?b=c", "&amp;", "€5", "1,000.50", "555 123 4567", "क्षेत्र", "北京"],
]
SIGNS = [
    *[":-)", ": )", "<3", "(", ")", "-", "--", "——", "…", "...", "!!!!!!", "'", '"', "''", "``"],
    *["\U0001f44d\U0001f3fd", "e\u0301", "\u00a0", "\u200b", "\x00", " ", "  ", "\n", "\t"],
]
pieces = st.sampled_from(WORDS + SIGNS)
texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join))


@functools.cache
def spacy_english():
    import spacy

    return spacy.blank("en").tokenizer


def words_of(engine, text, language=None):
    return Tokenize(engine, language).transform([text]).tokens.to_lists()[0]


def test_spacy_cuts_by_the_rules_of_the_language():
    german = ["z.B.", "bei", "Dr.", "Müller", "(", "45", ")", "am", "3.", "Mai", "."]
    assert words_of("spacy", "z.B. bei Dr. Müller (45) am 3. Mai.", "de") == german
    assert words_of("spacy", "I can't, U.K.!") == ["I", "ca", "n't", ",", "U.K.", "!"]


def test_treebank_splits_every_full_stop_and_keeps_quotes_as_they_are():
    text = "He said \"go.\" She can't.\nThe end. ``So'' it is."
    assert words_of("nltk_treebank", text) == [
        *["He", "said", '"', "go", ".", '"', "She", "ca", "n't", "."],
        *["The", "end", ".", "``", "So", "''", "it", "is", "."],
    ]


def test_tweet_keeps_what_messages_are_made_of():
    text = "@you :-) #tag it's 2,5 http://a.de/b?c"
    assert words_of("nltk_tweet", text) == ["@you", ":-)", "#tag", "it's", "2,5", "http://a.de/b?c"]


def test_tweet_covers_a_long_run_of_one_symbol():
    documents = STAGES["nltk_tweet"].transform(["so!!!!!!! yes"])
    assert documents.tokens.to_lists() == [["so", "!", "!", "!!!!!", "yes"]]


def test_words_keep_single_apostrophes_inside():
    text = "Don't 'quote' geht’s rock''n e-mail snake_case क्षेत्र 3.5 …"
    assert words_of("words", text) == (
        ["Don't", "quote", "geht’s", "rock", "n", "e", "mail", "snake_case", "क्षेत्र", "3", "5"]
    )


def test_sklearn_and_whitespace():
    assert words_of("sklearn", "I don't care, A B") == ["don", "care"]
    assert words_of("whitespace", " a,b \u00a0c\x1fd\n") == ["a,b", "c", "d"]


def test_spans_point_into_the_text_in_code_points():
    documents = STAGES["spacy"].transform(["😀  ab\n cd"])
    assert documents.tokens.spans(0) == [(0, 1), (3, 5), (7, 9)]
    assert documents.words is documents.tokens


def test_sentences_go_on_after_titles_initials_numbers_and_before_small_letters():
    line = "J. Doe met Dr. No on 3. Mai e.g. there. Why? (Yes.) End"
    assert [line[start:end] for start, end in sentences(line)] == [
        "J. Doe met Dr. No on 3. Mai e.g. there.",
        "Why?",
        "(Yes.)",
        "End",
    ]


@pytest.mark.parametrize("unit", ["(", "a.", "'s", '"', "a", "1", "😀", "<-", "\x00", "\u0301"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_stretch_without_white_space_is_cut_and_counted(engine, unit):
    text = unit * (100_000 // len(unit))
    documents = STAGES[engine].transform([text, "two words"])
    assert documents.tokens.of(1) == ["two", "words"]
    covered = "".join(documents.tokens.of(0))
    if engine not in ("words", "sklearn"):
        assert covered == text
    if engine in ("spacy", "nltk_treebank", "nltk_tweet"):
        assert documents.counts["tokenize.long_chunks"].tolist() == [1, 0]


def test_spacy_takes_texts_beyond_its_own_limit():
    documents = Tokenize().transform(["word " * 300_000])
    assert documents.tokens.lengths().tolist() == [300_000]


def test_a_separator_line_is_spacys_and_a_longer_one_is_not():
    documents = STAGES["spacy"].transform(["=" * 70, "=" * 101, "+-" * 50])
    assert documents.counts["tokenize.long_chunks"].tolist() == [0, 1, 0]


def test_lines_over_the_limit_are_cut_at_white_space():
    text = "word. " * 2000
    assert STAGES["nltk_tweet"].transform([text]).tokens.to_lists()[0] == ["word", "."] * 2000


def test_an_unknown_language_is_named_with_the_known_ones():
    with pytest.raises(DefinitionError, match=r'no language "eng".*known|"eng".*: af, am'):
        Tokenize(language="eng").transform(["a"])
    with pytest.raises(DefinitionError, match='Did you mean "de"'):
        Tokenize(language="dee").transform(["a"])


def test_a_language_whose_tokenizer_is_missing_says_what_to_install():
    try:
        import pythainlp  # noqa: F401

        pytest.skip("pythainlp is installed")
    except ImportError:
        pass
    with pytest.raises(ResourceError, match=r'"th" needs a package.*engine = "words"'):
        Tokenize(language="th").transform(["a"])


def test_a_language_without_spaces():
    documents = Tokenize(language="zh").transform(["我爱 北京\n。"])
    assert documents.tokens.to_lists() == [["我", "爱", "北", "京", "。"]]
    assert documents.tokens.spans(0)[-1] == (6, 7)


def test_an_unknown_engine_is_refused():
    with pytest.raises(DefinitionError, match='Did you mean "spacy"'):
        Tokenize("spacey").fit(["a"])


def test_the_language_can_be_changed():
    stage = Tokenize(language="en")
    assert stage.transform(["can't"]).tokens.to_lists() == [["ca", "n't"]]
    assert stage.set_params(language="xx").transform(["can't"]).tokens.to_lists() == [["can't"]]


@pytest.mark.parametrize("engine", ENGINES)
@given(st.lists(texts, max_size=4))
@settings(max_examples=60, deadline=None)
@example(["", " ", "\ufffd", "\ud83d", "a\r\nb", '"a" "', "`` \"'' '' \"", "$''\"\"``"])
def test_each_token_is_what_the_text_has_at_its_span(engine, documents):
    result = STAGES[engine].transform(documents)
    for row, text in enumerate(result.texts()):
        spans = result.tokens.spans(row)
        assert [text[start:end] for start, end in spans] == result.tokens.of(row)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        assert all(start < end for start, end in spans)
        if engine not in ("words", "sklearn"):
            left = list(text)
            for start, end in spans:
                left[start:end] = " " * (end - start)
            assert not "".join(left).strip()  # nothing but white space is left out


@pytest.mark.parametrize("engine", ENGINES)
@given(st.lists(texts, max_size=6), st.integers(0, 6))
@settings(max_examples=30, deadline=None)
def test_batches_do_not_matter(engine, documents, cut):
    stage = STAGES[engine]
    whole = stage.transform(documents)
    parts = [stage.transform(part) for part in (documents[:cut], documents[cut:]) if part]
    if parts:
        joined = Documents.concat(parts).tokens
        assert joined.to_lists() == whole.tokens.to_lists()
        assert joined.starts.tolist() == whole.tokens.starts.tolist()
        assert joined.ends.tolist() == whole.tokens.ends.tolist()


@given(texts)
@settings(max_examples=150, deadline=None)
def test_like_spacy_on_each_stretch_without_white_space(text):
    documents = STAGES["spacy"].transform([text])
    stretches = documents.texts()[0].split()
    expected = [token.text for stretch in stretches for token in spacy_english()(stretch)]
    if all(len(stretch) <= 100 for stretch in stretches):
        assert documents.tokens.to_lists() == [expected]


@given(texts)
@settings(max_examples=100, deadline=None)
def test_like_nltks_tweet_tokenizer_on_a_line(text):
    from nltk.tokenize import TweetTokenizer

    text = " ".join(text.replace("&", "").split()).encode("utf-8", "replace").decode()
    if regex.search(r"([^\p{L}\p{N}])\1{3,}", text):
        return  # a run that NLTK shortens and we keep whole
    assert STAGES["nltk_tweet"].transform([text]).tokens.to_lists() == [
        TweetTokenizer().tokenize(text)
    ]


@given(texts)
@settings(max_examples=100, deadline=None)
@example("He said \"''so\" ''.")
def test_like_nltks_word_tokenizer_on_a_sentence(text):
    from nltk.tokenize import NLTKWordTokenizer

    text = " ".join(text.split()).encode("utf-8", "replace").decode()
    if len(sentences(text)) > 1:
        return
    expected = list(NLTKWordTokenizer().span_tokenize(text))
    assert STAGES["nltk_treebank"].transform([text]).tokens.spans(0) == expected


@given(texts)
@settings(max_examples=100, deadline=None)
def test_like_scikit_learns_default(text):
    from sklearn.feature_extraction.text import CountVectorizer

    documents = STAGES["sklearn"].transform([text])
    expected = CountVectorizer().build_tokenizer()(documents.texts()[0])
    assert documents.tokens.to_lists() == [expected]


def corpus(*path):
    root = os.environ.get("TEXTPIPE_CORPORA")
    if not root or not Path(root, path[0]).exists():
        pytest.skip(f"{path[0]}: set TEXTPIPE_CORPORA to the unpacked corpora")
    return Path(root, *path)


@pytest.mark.parametrize(
    ("language", "path", "words_f1"),
    [
        ("en", "UD_English-EWT/en_ewt-ud-test.conllu", 0.97),
        ("de", "UD_German-GSD/de_gsd-ud-test.conllu", 0.97),
    ],
)
def test_spacy_agrees_with_the_treebanks(language, path, words_f1):
    """Share of the gold words (without contractions' inner cuts) at the same place in the text."""
    file = corpus("ud-treebanks", path)
    texts, gold = [], []
    for block in file.read_text("utf-8").split("\n\n"):
        lines = block.splitlines()
        text = next((line[9:] for line in lines if line.startswith("# text = ")), None)
        if text is None:
            continue
        at, spans, covered = 0, [], 0
        for line in lines:
            columns = line.split("\t")
            if not columns[0].replace("-", "").isdigit():
                continue
            if "-" in columns[0]:
                covered = int(columns[0].split("-")[1])
            elif int(columns[0]) <= covered:
                continue
            at = text.index(columns[1], at)
            spans.append((at, at + len(columns[1])))
            at += len(columns[1])
        texts.append(text)
        gold.append(spans)
    tokens = Tokenize(language=language).transform(texts).tokens
    found = [set(tokens.spans(row)) for row in range(len(texts))]
    right = sum(len(ours & set(theirs)) for ours, theirs in zip(found, gold, strict=True))
    total = sum(map(len, found)) + sum(map(len, gold))
    assert 2 * right / total > words_f1 - 0.02


def test_like_spacy_on_whole_german_tweets():
    import spacy

    lines = corpus("germeval2018").glob("*.txt")
    texts = [line.split("\t")[0] for file in sorted(lines) for line in file.open(encoding="utf-8")]
    texts = texts[:1500]
    assert texts
    documents = Tokenize(language="de").transform(texts)
    tokenizer = spacy.blank("de").tokenizer
    expected = [[t.text for t in doc if not t.is_space] for doc in tokenizer.pipe(texts)]
    short = ~np.array([any(len(s) > 100 for s in text.split()) for text in texts])
    ours = documents.tokens.to_lists()
    assert [w for w, s in zip(ours, short, strict=True) if s] == [
        w for w, s in zip(expected, short, strict=True) if s
    ]


@pytest.mark.parametrize("engine", ["nltk_treebank", "nltk_tweet"])
def test_a_line_with_a_long_stretch_is_cut_into_words_and_symbols_by_nltks_engines(engine):
    line = "Don't click: " + "a." * 250
    documents = STAGES[engine].transform([line, line + "a"])
    assert documents.counts["tokenize.long_chunks"].tolist() == [0, 1]
    assert documents.tokens.of(1)[:4] == ["Don't", "click", ":", "a"]
    assert documents.tokens.of(0)[:2] == (["Do", "n't"] if "bank" in engine else ["Don't", "click"])
