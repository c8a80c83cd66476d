"""What a stage is.

A stage says what it ``reads`` and what it ``writes`` (columns of :class:`~textpipe.documents.Documents`).
Its author writes the smallest case; the kind of stage derives the batch from it:

=====================  ==============================================  ==================
kind                   the author writes                               reads -> writes
=====================  ==============================================  ==================
:class:`.TextStage`    ``of(text) -> text``                            text -> text
:class:`FormStage`     ``of(form) -> form``, or None to drop the word  tokens -> tokens
:class:`TokenStage`    ``work(tokens) -> tokens``                      tokens -> tokens
:class:`Vectorizer`    ``vectorize(documents) -> Matrix``              tokens -> matrix
=====================  ==============================================  ==================

Every stage is a scikit-learn transformer: the constructor only stores, ``fit`` returns the stage, what
was learned ends in ``_``. ``fit`` and ``transform`` take anything that ``Documents.of`` takes; inside a
pipeline, ``learn`` and ``apply`` are called with ``Documents``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError

from textpipe.documents import Documents, Int32, Matrix, Tokens
from textpipe.errors import DefinitionError, TextpipeError
from textpipe.options import check_values

WRITERS = {
    "text": "clean_html",
    "tokens": "tokenize",
    "tags": "tag_parts_of_speech",
    "matrix": "tf_idf",
}
"""The stage to suggest to who lacks a column."""


class NotTrainedError(TextpipeError, NotFittedError):  # type: ignore[misc]  # untyped base
    """A result was asked for before ``fit``."""


class Stage(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[misc,call-arg]  # untyped base
    """One step of a text's way. Subclass one of the kinds rather than this."""

    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()
    by_word: ClassVar[bool] = False
    """Does the result for a word depend on the word alone?"""
    in_threads: bool = False
    """Does its work leave Python free, so that threads do it side by side? (NumPy, Arrow and compiled loops
    do; a loop in Python does not, but over distinct words it may be short beside them.)"""
    defects: ClassVar[tuple[str, ...]] = ()
    """What of its counts tells of documents that could not be read as others are."""
    uses_mails: ClassVar[bool] = False
    """Does it look at ``documents.mails``? They are dropped before stages of which none does."""
    deterministic: ClassVar[bool] = True
    """Does the same input always give the same result? If not, no cache may hold it."""
    in_place: bool = False
    """Does each token stay in its place, or is dropped?"""
    by_itself: bool = False
    """Does it use several cores by itself where it may, or does it take so little time that to split
    documents would take more?"""
    _cores: int = 1
    """How many cores it may use by itself just now."""
    file_options: ClassVar[tuple[str, ...]] = ()
    """Options that may name a file or folder; a definition's are found beside it."""

    @classmethod
    @functools.cache  # for each class; it is asked for with every document
    def name(cls) -> str:
        """What a definition calls this stage: the class name in snake case.

        >>> class KeepPartsOfSpeech(Stage): pass
        >>> KeepPartsOfSpeech.name()
        'keep_parts_of_speech'
        """
        return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()

    def check(self) -> None:
        """Raise DefinitionError if an option cannot be meant. Called before anything is read."""
        check_values(self.name(), type(self), self.get_params(deep=False))

    def meet(self, earlier: Sequence[Stage], language: str) -> None:
        """Learn, before any document, what stands before this stage and which language is spoken."""
        self.language_ = language

    def look_up(self) -> None:
        """Find what this stage needs beside documents, such as a file. Raises ResourceError or
        SourceError. Called before data are read, for stages that learn (others are tried out).
        """

    def spoken(self) -> str:
        """The language of this stage: its own option, else the pipeline's, else English."""
        own = getattr(self, "language", None)
        return own or getattr(self, "language_", None) or "en"

    @property
    def learns(self) -> bool:
        """Must this stage see training documents before it can work?"""
        return type(self).learn is not Stage.learn

    def learn(self, documents: Documents, labels: Any = None) -> None:
        """Learn from training documents that carry what this stage reads. Most stages learn nothing."""

    def gathers(self, before: Sequence[Stage]) -> bool:
        """After these stages, may it learn from what ``gather`` keeps of each batch?"""
        return False

    def gather(self, documents: Documents) -> Documents:
        """What it keeps of a batch to learn from all batches together, and to be applied to them."""
        return documents

    def apply(self, documents: Documents) -> Documents:
        """The documents with what this stage writes put in place."""
        raise TypeError(f"{type(self).__name__} is a Stage and must say apply(documents)")

    def apply_in_training(self, documents: Documents) -> Documents:
        """What ``apply`` makes of the very documents that were just learned from. It differs only for a
        stage that must not judge a document by the document's own label.
        """
        return self.apply(documents)

    @property
    def sees_labels(self) -> bool:
        """Does what this stage makes of a training document depend on labels?"""
        return self.cross_fits

    @property
    def cross_fits(self) -> bool:
        """Does ``apply_in_training`` differ from ``apply``?"""
        return type(self).apply_in_training is not Stage.apply_in_training

    def fit(self, X: Any, y: Any = None) -> Stage:
        """Learn from documents (anything that ``Documents.of`` takes) and, where asked, labels."""
        self.check()
        documents = self._readable(Documents.of(X))
        self.learn(documents, None if y is None else np.asarray(y))
        return self

    def transform(self, X: Any) -> Any:
        """The documents after this stage; for a stage that writes a matrix, the matrix itself."""
        self.need_training()
        documents = self.apply(self._readable(Documents.of(X)))
        if "matrix" in self.writes and documents.matrix is not None:
            return documents.matrix.values
        return documents

    def need_training(self) -> None:
        """Raise NotTrainedError unless this stage has learned what it needs."""
        if self.learns and not self.__sklearn_is_fitted__():
            raise NotTrainedError(
                f"This {type(self).__name__} instance is not fitted yet: "
                "call fit with training documents first"
            )

    def __sklearn_is_fitted__(self) -> bool:
        if not self.learns:
            return True
        before = ("language_", "n_features_in_")  # known before anything is learned
        names = reversed([*vars(self)])  # options come first; another thread may add what it keeps
        return any(name[-1] == "_" and name[0] != "_" and name not in before for name in names)

    def learned(self) -> dict[str, Any]:
        """What goes to disk with a trained pipeline: the attributes that end in ``_``."""
        return {
            name: value
            for name, value in [*vars(self).items()]
            if name.endswith("_") and not name.startswith("_")
        }

    def _readable(self, documents: Documents) -> Documents:
        for column in self.reads:
            holder = documents.tokens if column == "tags" else documents
            if getattr(holder, column, None) is None:
                raise DefinitionError(
                    f"{self.name()} reads {column}, but no stage before it writes them. "
                    f"Put {WRITERS[column]} before it."
                )
        return documents

    def __getstate__(self) -> dict[str, Any]:
        """What is only kept for speed (``_name``) is left behind in copies and other processes."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


def walk(stages: Any) -> Iterator[Stage]:
    """Every stage, and the stages inside its options, in a fixed order."""
    for stage in stages:
        if isinstance(stage, list | tuple):
            yield from walk(stage)
        elif isinstance(stage, Stage):
            yield stage
            kind: Any = type(stage)
            for name in _option_names(kind):
                value = getattr(stage, name)
                yield from walk(value if isinstance(value, list | tuple) else [value])


def use_mails(stages: Any) -> bool:
    """Does one of these stages, or one inside their options, look at the bytes of mails?"""
    return any(stage.uses_mails for stage in walk(stages))


@functools.cache
def _option_names(kind: Any) -> list[str]:
    """As scikit-learn reads them from the constructor; it does so anew for each stage."""
    names: list[str] = kind._get_param_names()
    return names


def flow(
    stages: Sequence[Stage], columns: frozenset[str] = frozenset({"text"})
) -> list[frozenset[str]]:
    """The columns that documents have after each stage, if they come with ``columns``.

    Raises DefinitionError at the first stage that does not fit where it stands.
    """
    after = []
    for position, stage in enumerate(stages):
        for column in stage.reads:
            if column not in columns:
                _refuse(position, stage, f"reads {column}, but no stage before it writes them. "
                        f"Put {WRITERS.get(column, column)} before it.")  # fmt: skip
        if "decisions" in columns:
            _refuse(position, stage, f"stands after {stages[position - 1].name()}, which decides: "
                    "a decision is the end of a pipeline.")  # fmt: skip
        if "text" in stage.reads and "tokens" in stage.writes and "tokens" in columns:
            _refuse(position, stage, "cuts the text into tokens, and a stage before it did so already. "
                    "Leave one of them out.")  # fmt: skip
        if "text" in stage.writes and "tokens" in columns:
            _refuse(position, stage, "changes the text, but tokens already point into it. "
                    "Put it before tokenize.")  # fmt: skip
        if "matrix" in columns and "matrix" in stage.writes and "matrix" not in stage.reads:
            _refuse(position, stage, "writes a second matrix over the first. "
                    "Put both side by side in a union.")  # fmt: skip
        if "matrix" in columns and not {"matrix", "decisions"} & set(stage.writes):
            _refuse(position, stage, "works on words, but they are already counted in a matrix. "
                    "Put it before the vectorizer.")  # fmt: skip
        columns = columns | set(stage.writes)
        after.append(columns)
    return after


def _refuse(position: int, stage: Stage, why: str) -> None:
    raise DefinitionError(f"stage {position + 1}, {stage.name()}, {why}", position)


class TokenStage(Stage):
    """Tokens -> tokens. Write ``work``."""

    reads: ClassVar[tuple[str, ...]] = ("tokens",)
    writes: ClassVar[tuple[str, ...]] = ("tokens",)

    def work(self, tokens: Tokens) -> Tokens:
        """What becomes of the tokens of a batch."""
        raise TypeError(f"{type(self).__name__} is a TokenStage and must say work(tokens)")

    def apply(self, documents: Documents) -> Documents:
        assert documents.tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        return documents.with_(tokens=self.work(documents.tokens))


class FormStage(TokenStage):
    """Tokens -> tokens, where the result for a word depends on the word alone. Write ``of``.

    Each distinct form of a batch is worked on once. Where the library that does the work takes many
    words at a time, write ``of_forms`` as well.

    >>> class Shout(FormStage):
    ...     def of(self, form):
    ...         return form.upper()
    >>> Shout().transform([["a", "b", "a"]]).tokens.to_lists()
    [['A', 'B', 'A']]
    """

    by_word = True
    remembered: ClassVar[bool] = False
    """May what it makes of a word be remembered from batch to batch? Then nothing but its options and what
    it has learned may change that."""

    @property
    def maps_forms(self) -> bool:
        """Does it do no more than to map forms? Then neighbours of its kind are one pass with it."""
        kind = type(self)
        return kind.work is FormStage.work and kind.apply is TokenStage.apply

    @property
    def in_place(self) -> bool:  # type: ignore[override]  # it depends on what a subclass overrides
        return self.maps_forms

    @property
    def by_itself(self) -> bool:  # type: ignore[override]  # as above
        return self.in_place and self.in_threads

    def of(self, form: str) -> str | None:
        """What becomes of one word; None drops it."""
        raise TypeError(f"{type(self).__name__} is a FormStage and must say of(form)")

    def of_forms(self, forms: list[str]) -> Sequence[str | None]:
        """What becomes of each of these words, in their order."""
        return [self.of(form) for form in forms]

    def map_forms(self, forms: pa.StringArray) -> Sequence[str | None] | pa.StringArray:
        """The same for Arrow's strings, for a stage that has a quicker way with many."""
        return self.of_forms(forms.to_pylist())

    def work(self, tokens: Tokens) -> Tokens:
        return tokens.map(self.map_forms(tokens.forms))


def form_stage(function: Callable[[str], str | None]) -> type[FormStage]:
    """A stage from a function of one word, to be used as a decorator.

    >>> @form_stage
    ... def backwards(form):
    ...     return form[::-1]
    >>> backwards().transform([["live", "not"]]).tokens.to_lists()
    [['evil', 'ton']]
    >>> backwards.name()
    'backwards'
    """
    body = {
        "of": lambda self, form: function(form),
        "__doc__": function.__doc__,
        "__module__": function.__module__,
        "__qualname__": function.__qualname__,
    }
    return type(function.__name__, (FormStage,), body)


class Vectorizer(Stage):
    """Tokens (or text) -> one row of numbers for each document. Write ``vectorize``.

    One that ``counts_words``, by the column of each and by nothing else, also says ``columns_of`` and
    ``vectorize_words``: so few words at a time are looked up once and remembered.
    """

    reads = ("tokens",)
    writes = ("matrix",)
    counts_words: bool = False

    def columns_of(self, forms: pa.StringArray) -> Int32:
        """The column of each form, int32[n_forms]; -1 if it has none."""
        raise TypeError(f"{type(self).__name__} must say columns_of(forms)")

    def vectorize_words(self, words: Tokens, columns: Int32) -> Matrix:
        """The vectors of a batch whose tokens are ``words``; ``columns`` [n_forms] has -2 for a form that
        was dropped."""
        raise TypeError(f"{type(self).__name__} must say vectorize_words(words, columns)")

    def vectorize(self, documents: Documents) -> Matrix:
        """The vectors of a batch."""
        raise TypeError(f"{type(self).__name__} is a Vectorizer and must say vectorize(documents)")

    def apply(self, documents: Documents) -> Documents:
        return documents.with_(matrix=self.vectorize(documents), bags=None)
