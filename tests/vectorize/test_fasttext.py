"""Fasttext: vectors for words that training never saw."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from gensim.models import FastText as Gensim
from hypothesis import given
from hypothesis import strategies as st

from textpipe.documents import Documents, Tokens
from textpipe.errors import DefinitionError, InputError
from textpipe.vectorize.fasttext import Fasttext

TRAINING = [
    ["winning", "a", "free", "prize"],
    ["winning", "a", "free", "car"],
    ["meeting", "you", "at", "lunch"],
    ["meeting", "you", "at", "home"],
]


def documents_of(lists):
    tokens = Tokens.of_lists(lists)
    return Documents.of([""] * len(lists)).with_(words=tokens, tokens=tokens)


def trained(**options):
    return Fasttext(**{"dimensions": 10, "epochs": 3, "bucket": 5000, **options}).fit(TRAINING)


STAGE = trained()
THEIRS = Gensim(
    TRAINING, vector_size=10, min_count=2, epochs=3, sg=1, seed=0, workers=1, bucket=5000
).wv


def test_the_definition_calls_it_fasttext():
    assert Fasttext.name() == "fasttext"
    assert STAGE.features()[0] == "fasttext_0"


def test_an_unknown_word_with_known_parts_is_known():
    matrix = STAGE.vectorize(documents_of([["win"], ["winnings", "qqq"], ["qqq"], []]))
    assert matrix.known.tolist() == [1, 1, 0, 0]
    assert matrix.total.tolist() == [1, 2, 1, 0]
    assert matrix.values.any(axis=1).tolist() == [True, True, False, False]


def test_an_unknown_word_resembles_the_word_that_it_resembles():
    vectors = {w: STAGE.vector(w) for w in ("winnings", "winning", "you")}
    unit = {word: vector / np.linalg.norm(vector) for word, vector in vectors.items()}
    assert unit["winnings"] @ unit["winning"] > unit["winnings"] @ unit["you"]
    assert STAGE.most_similar("winnings", 1)[0][0] == "winning"


def test_an_unknown_word_weighs_as_one_that_no_document_has():
    stage = trained(normalize=False)
    free, new = 1 + np.log(5 / 3), 1 + np.log(5 / 1)
    row = stage.transform([["winnings", "free", "winnings"]])[0]
    vectors = [stage.vector(word).astype(float) for word in ("free", "winnings")]
    assert np.allclose(row, (free * vectors[0] + 2 * new * vectors[1]) / (free + 2 * new))


def test_weights_are_of_the_vocabulary():
    weights = STAGE.weights(documents_of([["free", "winnings"], ["winnings"]]))
    assert weights.shape == (2, len(STAGE.words_))
    assert [STAGE.words_[int(i)].as_py() for i in weights.indices] == ["free"]
    assert 0 < weights[0].sum() < 1


def test_oracle_gensim_vocabulary():
    assert STAGE.words_.to_pylist() == THEIRS.index_to_key
    assert STAGE.vectors_.tobytes() == THEIRS.vectors.tobytes()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_oracle_gensim_unknown_words(word):
    rows, extra = STAGE.find(pa.array([word]))
    if rows[0] >= len(STAGE.words_):
        assert extra[0].tobytes() == THEIRS[word].tobytes()
    elif rows[0] < 0:
        assert not any(
            STAGE.ngram_seen_[place] for place in places_of(word)
        )  # else it would be known


def places_of(word):
    from gensim.models.fasttext import ft_ngram_hashes

    return ft_ngram_hashes(word, 3, 6, 5000)


@pytest.mark.parametrize("word", ["winnings", "meet", "freedom", "freed", "ünwinning"])
def test_oracle_gensim_inflected_words(word):
    assert STAGE.vector(word).tobytes() == THEIRS[word].tobytes()


words = st.sampled_from(
    ["winning", "wins", "winner", "free", "freely", "meet", "meets", "q", "lunches"]
)


@given(st.lists(st.lists(words), max_size=9))
def test_batches_do_not_matter(texts):
    documents = documents_of(texts)
    whole = STAGE.vectorize(documents)
    for size in (1, 7):
        parts = [STAGE.vectorize(batch) for batch in documents.batches(size)]
        assert b"".join(part.values.tobytes() for part in parts) == whole.values.tobytes()
        assert [k for part in parts for k in part.known] == whole.known.tolist()


def test_a_token_of_megabytes_is_no_word():
    long = "winning" * 700_000
    matrix = STAGE.vectorize(documents_of([[long, "free"]]))
    assert matrix.known.tolist() == [1]
    again = Fasttext(dimensions=10, epochs=3, bucket=5000).fit([*TRAINING, [long, long]])
    assert again.words_ == STAGE.words_


def test_too_little_text():
    with pytest.raises(InputError, match="fasttext: no word occurs min_count=2 times"):
        Fasttext().fit([["a", "b"], ["c"]])


@pytest.mark.parametrize("options", [{"min_n": 0}, {"min_n": 4, "max_n": 3}, {"bucket": 0}])
def test_options_out_of_range(options):
    with pytest.raises(DefinitionError, match=f"fasttext: {next(iter(options))}"):
        trained(**options)


@pytest.mark.skipif(
    not os.environ.get("TEXTPIPE_CORPORA"), reason="TEXTPIPE_CORPORA is unset: no Lee corpus"
)
def test_the_lee_corpus_as_gensim():
    path = Path(os.environ["TEXTPIPE_CORPORA"]) / "word-similarity/gensim/gensim/test/test_data"
    texts = [line.lower().split() for line in (path / "lee_background.cor").open(encoding="utf-8")]
    stage = Fasttext(dimensions=20, epochs=1, bucket=20_000, min_count=5).fit(texts)
    theirs = Gensim(
        texts, vector_size=20, min_count=5, epochs=1, sg=1, seed=0, workers=1, bucket=20_000
    ).wv
    assert stage.vectors_.tobytes() == theirs.vectors.tobytes()
    vocabulary = set(theirs.index_to_key)
    unknown = sorted({word for text in texts for word in text} - vocabulary)[::10]
    assert len(unknown) > 100
    rows, extra = stage.find(pa.array(unknown))
    for word, row in zip(unknown, rows, strict=True):
        if row >= 0:
            assert extra[row - len(stage.words_)].tobytes() == theirs[word].tobytes()
    assert (rows >= 0).mean() > 0.9
