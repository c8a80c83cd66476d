"""The search for the best tags: against every possible sequence, and against python-crfsuite."""

import itertools
from pathlib import Path

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textpipe.annotate.crf import SCALE, Crf
from textpipe.annotate.features import DISTANCES, PAIRS, SINGLES, traits
from textpipe.annotate.model_folder import model_of_language
from textpipe.documents import UPOS, Tokens

FORMS = ["ab", "Ab", "b", "!", "1"]


def random_crf(seed: int, tags: int) -> Crf:
    """A model with random weights for some features of FORMS, and of so many tags."""
    chance = np.random.default_rng(seed)
    found = [traits(form) for form in [*FORMS, ""]]
    names = {s.name(seen[s.trait]) for s in SINGLES for seen in found if s.trait in seen}
    for pair in PAIRS:
        for one, two in itertools.product(found, found):
            if pair.left.trait in one and pair.right.trait in two:
                names.add(pair.name(one[pair.left.trait], two[pair.right.trait]))
    kept = [name for name in sorted(names) if chance.random() < 0.5]
    weights = chance.integers(-500, 500, (len(kept), len(UPOS))).astype(np.int16)
    transitions = chance.integers(-500, 500, (len(UPOS), len(UPOS))).astype(np.int32)
    return Crf(kept, weights, transitions, np.arange(len(UPOS)) < tags)


def score(crf: Crf, words: list[str], tags: tuple[int, ...]) -> int:
    """The score of one sequence of tags, from the definition."""
    rows = {name: row for row, name in enumerate(crf.names)}
    reach = max(DISTANCES)
    found = [traits(form) for form in [""] * reach + words + [""] * reach]
    total = sum(int(crf.transitions[a, b]) for a, b in itertools.pairwise(tags))
    for at, tag in enumerate(tags, start=reach):
        names = [
            s.name(found[at + s.distance][s.trait])
            for s in SINGLES
            if s.trait in found[at + s.distance]
        ]
        for left, right in PAIRS:
            one, two = found[at + left.distance], found[at + right.distance]
            if left.trait in one and right.trait in two:
                names.append(f"{left.name(one[left.trait])}\t{right.name(two[right.trait])}")
        total += sum(int(crf.weights[rows[name], tag]) for name in names if name in rows)
    return total


def tag(crf: Crf, sentences: list[list[str]]) -> list[list[int]]:
    tokens = Tokens.of_lists(sentences)
    tags = crf.tag(tokens, tokens.rows)
    return [
        tags[start:end].tolist()
        for start, end in zip(tokens.rows[:-1], tokens.rows[1:], strict=True)
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.sampled_from(FORMS), min_size=1, max_size=4))
def test_no_other_sequence_of_tags_scores_higher(seed: int, words: list[str]) -> None:
    crf = random_crf(seed, tags=4)
    [found] = tag(crf, [words])
    best = max(score(crf, words, tags) for tags in itertools.product(range(4), repeat=len(words)))
    assert score(crf, words, tuple(found)) == best


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.lists(st.sampled_from(FORMS), max_size=9), max_size=9))
def test_sentences_do_not_touch_each_other(seed: int, sentences: list[list[str]]) -> None:
    crf = random_crf(seed, tags=17)
    together = tag(crf, sentences)
    assert together == [tag(crf, [words])[0] for words in sentences]
    assert together == tag(random_crf(seed, tags=17), sentences)  # nothing was remembered wrongly


def test_the_same_tags_as_crfsuite(tmp_path: Path) -> None:
    """Crfsuite's own decoder, with the shipped German model's features, learned on few sentences."""
    sentences = [
        (["Der", "Hund", "bellt", "."], ["DET", "NOUN", "VERB", "PUNCT"]),
        (["Die", "alte", "Katze", "schläft"], ["DET", "ADJ", "NOUN", "VERB"]),
        (["Hunde", "und", "Katzen", "!"], ["NOUN", "CCONJ", "NOUN", "PUNCT"]),
        (["Er", "sieht", "den", "alten", "Hof"], ["PRON", "VERB", "DET", "ADJ", "NOUN"]),
    ]
    from textpipe.annotate.train import _features, _of_crfsuite

    numbers: dict[str, int] = {}
    trainer = pycrfsuite.Trainer("lbfgs", {"c2": 0.1}, verbose=False)
    items = [
        [
            [str(numbers.setdefault(n, len(numbers))) for n in names]
            for names in _features(words, {})
        ]
        for words, _ in sentences
    ]
    for item, (_, tags) in zip(items, sentences, strict=True):
        trainer.append(item, tags)
    trainer.train(str(tmp_path / "model"))
    crfsuite = pycrfsuite.Tagger()
    crfsuite.open(str(tmp_path / "model"))
    crf = _of_crfsuite(list(numbers), crfsuite.info())
    tests = [words[start:] + words[:start] for words, _ in sentences for start in range(4)]
    for words, found in zip(tests, tag(crf, tests), strict=True):
        given_items = [[str(numbers.get(n, "?")) for n in names] for names in _features(words, {})]
        best = crfsuite.tag(given_items)
        ours = [UPOS[index] for index in found]
        exact = crfsuite.probability(best)
        assert crfsuite.probability(ours) == pytest.approx(exact, rel=50 / SCALE)  # rounded weights
        if words in [words for words, _ in sentences]:
            assert ours == best


def test_a_model_survives_its_file() -> None:
    crf = random_crf(1, tags=5)
    again = Crf.of_bytes(crf.to_bytes())
    assert again.names == crf.names
    for name in ("weights", "transitions", "seen"):
        np.testing.assert_array_equal(getattr(again, name), getattr(crf, name))
    assert again.to_bytes() == crf.to_bytes()


def test_a_file_that_is_no_model_is_refused() -> None:
    import io
    import lzma

    other = io.BytesIO()
    np.savez(other, names=np.zeros(1, np.uint8), weights=np.zeros((3, 3)))
    pickled = io.BytesIO()
    np.savez(pickled, names=np.array([object()]))
    for content in (b"", b"rubbish", *(lzma.compress(f.getvalue()) for f in (other, pickled))):
        with pytest.raises(ValueError, match="no tagger model"):
            Crf.of_bytes(content)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=8))
def test_any_words_get_tags(words: list[str]) -> None:
    [found] = tag(SHIPPED, [words])
    assert len(found) == len(words)
    assert set(found) <= set(range(17))


def test_one_token_of_a_megabyte() -> None:
    assert len(tag(SHIPPED, [["x" * 1_000_000, "Hund"]])[0]) == 2


def test_a_full_memory_of_forms_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = [["Der", "Hund", "bellt"], ["Die", "Katze"]]
    before = tag(SHIPPED, sentences)
    monkeypatch.setattr("textpipe.annotate.crf._REMEMBERED", 1)
    assert [tag(SHIPPED, [sentence])[0] for sentence in sentences] == before
    assert len(SHIPPED._known) == 3  # of the last sentence, and the edge


SHIPPED = model_of_language("de")


def test_not_more_is_remembered_of_long_words_than_there_is_room_for(monkeypatch):
    words = Tokens.of_lists([["the", "cat", "x" * 900, "sat"], ["y" * 900, "the", "cat"]])
    bounds = np.array([0, 4, 7])
    expected = model_of_language("en").tag(words, bounds).tolist()
    monkeypatch.setattr("textpipe.annotate.crf._HELD", 1000)
    crf = model_of_language("en")
    for _ in range(3):
        assert crf.tag(words, bounds).tolist() == expected
        assert crf.tag(Tokens.of_lists([["z" * 950]]), np.array([0, 1])).tolist()
        assert crf._held < 3000
