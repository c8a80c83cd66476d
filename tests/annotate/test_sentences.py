"""Where sentences begin."""

import itertools
import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.annotate.sentences import LONGEST, sentence_bounds
from textpipe.documents import Tokens


def cut(*texts: str) -> tuple[Tokens, list[str]]:
    found = [list(re.finditer(r"\w+|[^\w\s]", text)) for text in texts]
    words = [[match.group() for match in matches] for matches in found]
    return Tokens.of_lists(words, [[m.span() for m in matches] for matches in found]), list(texts)


def sentences(*texts: str) -> list[str]:
    words, _ = cut(*texts)
    forms = words.forms.to_pylist()
    bounds = sentence_bounds(words, texts)
    return [
        " ".join(forms[code] for code in words.codes[start:end])
        for start, end in itertools.pairwise(bounds.tolist())
    ]


def test_a_sentence_ends_with_its_mark() -> None:
    assert sentences("Hi! How are you? Fine … ok.") == ["Hi !", "How are you ?", "Fine …", "ok ."]


def test_several_marks_and_closing_quotes_belong_to_the_sentence() -> None:
    assert sentences('"Really?!" he said. "Yes."') == ['" Really ? ! "', "he said .", '" Yes . "']


def test_a_blank_line_and_the_end_of_a_document_end_a_sentence() -> None:
    assert sentences("Dear Bob\n \nthanks\na lot", "Bye") == ["Dear Bob", "thanks a lot", "Bye"]


def test_a_bracket_closes_no_sentence_of_another_document() -> None:
    assert sentences("?", " )a") == ["?", ") a"]


def test_a_long_sentence_is_cut() -> None:
    lengths = np.diff(sentence_bounds(*cut("so " * (2 * LONGEST + 1))))
    assert lengths.tolist() == [LONGEST, LONGEST, 1]


def test_no_words_no_sentences() -> None:
    assert sentence_bounds(*cut()).tolist() == [0]
    assert sentence_bounds(*cut("", " ")).tolist() == [0]


def test_a_long_run_of_marks_is_one_run_of_them() -> None:
    lengths = np.diff(sentence_bounds(*cut("!" * 200_000)))
    assert lengths.sum() == 200_000
    assert lengths.max() == LONGEST


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab .!?\"')\n", max_size=40), max_size=4))
def test_every_word_is_in_one_sentence_of_its_own_document(texts: list[str]) -> None:
    words, _ = cut(*texts)
    bounds = sentence_bounds(words, texts)
    assert bounds[0] == 0
    assert bounds[-1] == len(words.codes)
    assert (np.diff(bounds) > 0).all()
    assert set(words.rows.tolist()) <= set(bounds.tolist())


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab .!?\"')\n", max_size=40), min_size=1, max_size=4))
def test_batches_do_not_matter(texts: list[str]) -> None:
    assert sentences(*texts) == [sentence for text in texts for sentence in sentences(text)]
