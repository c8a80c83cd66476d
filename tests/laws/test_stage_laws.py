"""Each law is broken by a stage that deserves it, and says so in a sentence."""

import numpy as np
import pytest

from textpipe import testing
from textpipe.documents import Documents, Matrix, Tokens
from textpipe.stage import FormStage, Stage, TokenStage, Vectorizer
from textpipe.testing import check_stage, plain, stage_laws
from textpipe.text_stage import TextStage


class Reverse(FormStage):
    def of(self, form):
        return form[::-1]


class Longest(Vectorizer):
    """Keeps its laws, and learns."""

    reads = ("text",)

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def learn(self, documents, labels=None):
        self.longest_ = max(map(len, documents.texts()))

    def vectorize(self, documents):
        lengths = [[self.scale * len(text) / (1 + self.longest_)] for text in documents.texts()]
        return Matrix(np.array(lengths).reshape(-1, 1), ["length"])


@pytest.mark.parametrize("law", testing.laws(), ids=lambda law: law.__name__)
@pytest.mark.parametrize("stage", [Reverse(), Longest(scale=2.0)])
def test_a_stage_of_one_s_own_keeps_every_law(stage, law):
    law(stage)
    law(stage, ["other documents", "of one's own", "three"])


class Greedy(FormStage):
    def __init__(self, words: object = None) -> None:
        self.words = list(words or [])


class Curious(FormStage):
    def __init__(self) -> None:
        self.opened = True


class Modest(Vectorizer):
    writes = ()

    def vectorize(self, documents):
        return Matrix(np.ones((len(documents), 1)), ["one"])


class Boastful(Stage):
    reads = writes = ("text",)
    writes = ("text", "matrix")

    def apply(self, documents):
        return documents


class Lossy(Stage):
    reads = writes = ("text",)

    def apply(self, documents):
        return documents[:1]


class Stretching(TokenStage):
    def work(self, tokens):
        return Tokens(tokens.forms, tokens.codes, tokens.starts, tokens.ends + 1, tokens.rows)


class Backwards(TokenStage):
    def work(self, tokens):
        order = np.concatenate([
            np.arange(start, end)[::-1] for start, end in zip(tokens.rows, tokens.rows[1:], strict=False)
        ]).astype(int)  # fmt: skip
        return Tokens(
            tokens.forms, tokens.codes[order], tokens.starts[order], tokens.ends[order], tokens.rows
        )


class Vandal(TokenStage):
    def work(self, tokens):
        tokens.starts[:] = 0
        return tokens


class Sociable(TextStage):
    def apply(self, documents):
        longest = max(map(len, documents.texts()), default=0)
        texts = [text.ljust(longest) for text in documents.texts()]
        return documents.with_(text=Documents.of(texts).text)


class Ranking(TextStage):
    def apply(self, documents):
        texts = [f"{row} {text}" for row, text in enumerate(documents.texts())]
        return documents.with_(text=Documents.of(texts).text)


class Hungry(Vectorizer):
    def vectorize(self, documents):
        return Matrix(np.vstack([np.ones((1, 1)) for _ in documents.texts()]), ["one"])


class Fragile(TextStage):
    def of(self, text):
        return str(int(text)) if text.isdigit() else text


class Nostalgic(Longest):
    def learn(self, documents, labels=None):
        self.longest_ = getattr(self, "longest_", 0) + len(documents)


class Forgetful(Longest):
    def learn(self, documents, labels=None):
        self.longest_ = 0
        self._secret = len(documents)

    def vectorize(self, documents):
        secret = getattr(self, "_secret", 0)
        return Matrix(np.full((len(documents), 1), float(secret)), ["secret"])


@pytest.mark.parametrize(
    ("stage", "law", "sentence"),
    [
        (Greedy(), "constructor_only_stores", "must store words as it is"),
        (Curious(), "constructor_only_stores", r"its arguments only, and made \['opened'\]"),
        (Modest(), "says_what_it_reads_and_writes", "it changed matrix, and does not say"),
        (Boastful(), "says_what_it_reads_and_writes", "it says that it writes matrix, and did not"),
        (Lossy(), "says_what_it_reads_and_writes", "one result for each document"),
        (Stretching(), "tokens_are_sound", "a token lies outside its text"),
        (Backwards(), "tokens_are_sound", "tokens leave the order of the text"),
        (Vandal(), "documents_are_left_alone", "it changed the documents that it was given"),
        (Sociable(), "batches_do_not_matter", r"batches matter. In 1s, document \d is"),
        (Ranking(), "order_does_not_matter", "the order of documents matters. Shuffled, document"),
        (Hungry(), "no_documents_are_fine", "an empty batch .* ValueError"),
        (
            Fragile(),
            "hostile_documents_are_survived",
            "a number of 5,000 digits must give a result",
        ),
        (Nostalgic(), "training_again_forgets", "it remembers an earlier training"),
        (Forgetful(), "copies_do_the_same", "copies differ. Copied, document 0 is"),
    ],
)
def test_a_broken_law_is_told(stage, law, sentence):
    with pytest.raises(AssertionError, match=f"^{type(stage).__name__}: .*{sentence}"):
        getattr(stage_laws, law)(stage)
    with pytest.raises(AssertionError, match=f"^{type(stage).__name__}: "):
        check_stage(stage)


def test_plain_documents_compare():
    one, other = (plain(Documents.of([["to", "be"], []])) for _ in range(2))
    assert one == other
    assert one[0]["text"] == "to be"
    assert plain(Documents.of([["to"]])) != one[:1]
    assert plain(Documents.of([])) == []
