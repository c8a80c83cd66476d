import copy

import numpy as np
import pytest

from textpipe import form_stage
from textpipe.documents import Documents, Region
from textpipe.errors import DefinitionError
from textpipe.stage import (
    FormStage,
    NotTrainedError,
    Stage,
    TokenStage,
    Vectorizer,
    flow,
)
from textpipe.text_stage import Cleaned, TextStage


class Shout(TextStage):
    def of(self, text):
        return text.upper()


class DropLinks(TextStage):
    """Counts, and splits a region in two."""

    def clean(self, region):
        kept = [part for part in region.text.split() if "://" not in part]
        dropped = len(region.text.split()) - len(kept)
        return Cleaned([Region(region.kind, " ".join(kept))], {"links": dropped} if dropped else {})


class DropVowels(FormStage):
    def of(self, form):
        return None if form in "aeiou" else form


class Longest(Vectorizer):
    def __init__(self, scale: int = 1) -> None:
        self.scale = scale

    def learn(self, documents, labels=None):
        self.longest_ = max(map(len, documents.texts()))
        self._cache = object()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("KeepPartsOfSpeech", "keep_parts_of_speech"),
        ("TfIdf", "tf_idf"),
        ("Word2Vec", "word2vec"),
        ("Bm25", "bm25"),
        ("CharacterNGrams", "character_n_grams"),
        ("HTMLCleaner", "html_cleaner"),
    ],
)
def test_a_stage_is_called_as_its_class_in_snake_case(name, expected):
    assert type(name, (Stage,), {}).name() == expected


def test_a_text_stage_works_on_each_text():
    assert Shout().transform(["ab", ""]).texts() == ["AB", ""]


def test_a_text_stage_keeps_regions_apart():
    documents = Documents.of_regions([[Region("subject", "hi"), Region("plain", "you")], []])
    after = Shout().transform(documents)
    assert after.texts() == ["HI\n\nYOU", ""]
    assert after.regions.of(0, after.texts()[0]) == [
        Region("subject", "HI"),
        Region("plain", "YOU"),
    ]


def test_what_a_text_stage_counts_adds_up_and_leaves_the_old_counts_alone():
    once = DropLinks().transform(["a http://x b", "c", "ftp://y http://z"])
    assert once.texts() == ["a b", "c", ""]
    assert once.counts["drop_links.links"].tolist() == [1, 0, 2]
    again = DropLinks().transform(once.with_(text=Documents.of(["http://q", "", ""]).text))
    assert again.counts["drop_links.links"].tolist() == [2, 0, 2]
    assert once.counts["drop_links.links"].tolist() == [1, 0, 2]


def test_a_form_stage_works_on_each_form_once():
    seen = []

    class Watch(FormStage):
        def of(self, form):
            seen.append(form)
            return form

    assert Watch().transform([["a", "b"], ["a", "a"]]).tokens.to_lists() == [["a", "b"], ["a", "a"]]
    assert seen == ["a", "b"]
    assert DropVowels().transform([["a", "b"]]).tokens.to_lists() == [["b"]]


@pytest.mark.parametrize(
    ("kind", "column"), [(FormStage, "tokens"), (TokenStage, "tokens"), (Vectorizer, "tokens")]
)
def test_a_stage_that_lacks_its_column_says_what_writes_it(kind, column):
    with pytest.raises(DefinitionError, match=f"reads {column}, .* Put tokenize before it"):
        kind().transform(["a text"])


@pytest.mark.parametrize(
    ("kind", "method"),
    [(TextStage, "of"), (FormStage, "of"), (TokenStage, "work"), (Vectorizer, "vectorize")],
)
def test_a_stage_without_its_method_says_which(kind, method):
    with pytest.raises(TypeError, match=f"must say {method}"):
        kind().transform(["a"] if kind is TextStage else [["a"]])


def test_a_stage_that_learns_must_be_trained():
    stage = Longest()
    assert stage.learns
    assert not Shout().learns
    with pytest.raises(NotTrainedError, match="This Longest instance is not fitted yet"):
        stage.transform([["a"]])
    stage.meet([], "de")  # which is no training
    with pytest.raises(NotTrainedError):
        stage.need_training()
    stage.fit([["a", "bc"]])
    stage.need_training()
    assert stage.longest_ == 4


def test_wrong_options_are_told_before_anything_is_read():
    with pytest.raises(DefinitionError, match="longest: scale must be a whole number, and 'x'"):
        Longest(scale="x").fit(3)


def test_copies_leave_behind_what_is_only_kept_for_speed():
    stage = Longest().fit([["a"]])
    twin = copy.deepcopy(stage)
    assert twin.longest_ == stage.longest_
    assert not hasattr(twin, "_cache")


def test_the_language_is_the_stage_s_own_then_the_pipeline_s_then_english():
    class Speaker(Stage):
        def __init__(self, language: str | None = None) -> None:
            self.language = language

    stage = Speaker()
    assert stage.spoken() == "en"
    stage.meet([], "de")
    assert stage.spoken() == "de"
    own = Speaker("fr")
    own.meet([], "de")
    assert own.spoken() == "fr"


class Cut(Stage):
    reads, writes = ("text",), ("tokens",)


class Decide(Stage):
    reads, writes = ("matrix",), ("decisions",)


@pytest.mark.parametrize(
    ("stages", "message", "position"),
    [
        ([DropVowels()], "stage 1, drop_vowels, reads tokens, .* Put tokenize before it", 0),
        ([Cut(), Decide()], "stage 2, decide, reads matrix, .* Put tf_idf before it", 1),
        ([Cut(), Shout()], "stage 2, shout, changes the text, but tokens already point into it", 1),
        ([Cut(), Longest(), Longest()], "stage 3, longest, writes a second matrix", 2),
        ([Cut(), Longest(), DropVowels()], "stage 3, .* already counted in a matrix", 2),
        ([Cut(), Longest(), Decide(), DropVowels()], "stage 4, .* stands after decide", 3),
    ],
)
def test_an_order_that_cannot_work_is_told_with_the_stage(stages, message, position):
    with pytest.raises(DefinitionError, match=message) as caught:
        flow(stages)
    assert caught.value.stage == position


def test_flow_says_which_columns_there_are_after_each_stage():
    assert [sorted(columns) for columns in flow([Shout(), Cut(), Longest(), Decide()])] == [
        ["text"],
        ["text", "tokens"],
        ["matrix", "text", "tokens"],
        ["decisions", "matrix", "text", "tokens"],
    ]


def test_a_vectorizer_gives_its_matrix():
    from textpipe.documents import Matrix

    class Lengths(Vectorizer):
        reads = ("text",)

        def vectorize(self, documents):
            return Matrix(np.array([[float(len(text))] for text in documents.texts()]), ["length"])

    assert Lengths().fit_transform(["abc", ""]).tolist() == [[3.0], [0.0]]


def test_a_function_of_one_word_is_a_stage():
    @form_stage
    def shout(form):
        """Each word louder."""
        return None if form == "no" else form.upper()

    assert shout().transform([["no", "yes"]]).tokens.to_lists() == [["YES"]]
    assert (shout.name(), shout.__doc__) == ("shout", "Each word louder.")
    assert shout.__module__ == __name__
