"""What holds for every stage. Each law raises AssertionError with a sentence."""

from __future__ import annotations

import copy
import itertools
import pickle  # a stage must reach other processes; nothing is ever loaded from a file
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from sklearn.base import clone

from textpipe import bundle, definition
from textpipe.catalogue import name_of
from textpipe.documents import Decisions, Documents
from textpipe.errors import DefinitionError, TextpipeError
from textpipe.options import defaults
from textpipe.pipeline import Pipeline
from textpipe.stage import Stage
from textpipe.testing.case import Case, stages_before
from textpipe.testing.examples import HOSTILE
from textpipe.testing.plain import plain, plain_rows

Law: TypeAlias = Callable[..., None]


def constructor_only_stores(stage: Stage, documents: Any = None) -> None:
    """The constructor stores its arguments under their names and does nothing else."""
    options = stage.get_params(deep=False)
    fresh = type(stage)(**options)
    for name, value in options.items():
        _demand(
            stage, vars(fresh).get(name) is value, f"the constructor must store {name} as it is"
        )
    extra = sorted(set(vars(fresh)) - set(options))
    _demand(stage, not extra, f"the constructor must store its arguments only, and made {extra}")
    _demand(stage, set(options) == set(defaults(type(stage))), "each argument must be an option")
    _demand(stage, str(clone(stage)) == str(stage), "a clone must have the same options")


def says_what_it_reads_and_writes(stage: Stage, documents: Any = None) -> None:
    """With the columns that it ``reads`` it fills those that it ``writes`` and touches no others."""
    case = Case(stage, documents)
    before, after = case.inputs, case.after(case.inputs)
    _demand(stage, len(after) == len(before), "it must give one result for each document")
    if isinstance(after, Decisions):
        _demand(stage, "decisions" in stage.writes, "it decides and must say writes = decisions")
        return
    had, has = _columns(before), _columns(after)
    if "tokens" in stage.writes:  # and tags go with them
        del had["tags"]
    for column in had:
        if column in stage.writes:
            _demand(stage, has[column] is not None, f"it says that it writes {column}, and did not")
        else:
            kept = f"it changed {column}, and does not say that it writes them"
            _demand(stage, has[column] == had[column], kept)


def tokens_are_sound(stage: Stage, documents: Any = None) -> None:
    """Tokens stand inside the text, in its order, and point at forms that stand there once."""
    case = Case(stage, documents)
    after = case.after(case.inputs)
    if isinstance(after, Decisions) or after.tokens is None:
        return
    tokens = after.tokens
    forms = tokens.forms.to_pylist()
    _demand(stage, len(set(forms)) == len(forms), "a form stands twice among forms")
    _demand(stage, None not in forms and "" not in forms, "a form is empty")
    for row, text in enumerate(after.texts()):
        spans = tokens.spans(row)
        inside = all(0 <= start <= end <= len(text) for start, end in spans)
        _demand(stage, inside, f"a token lies outside its text, {text!r:.60}")
        pairs = itertools.pairwise(sorted(spans))
        apart = all(end <= start for (_, end), (start, _) in pairs)  # n-grams overlap
        in_order = not apart or spans == sorted(spans)
        _demand(stage, in_order, f"tokens leave the order of the text, {text!r:.60}")


def documents_are_left_alone(stage: Stage, documents: Any = None) -> None:
    """Documents are never changed in place: a stage returns new ones."""
    case = Case(stage, documents)
    before = plain(case.inputs)
    case.after(case.inputs)
    _demand(stage, plain(case.inputs) == before, "it changed the documents that it was given")


def batches_do_not_matter(stage: Stage, documents: Any = None) -> None:
    """The result for a document is the same in whatever company it comes."""
    case = Case(stage, documents)
    whole = plain(case.after(case.inputs))
    for size in (1, 3):
        batches = case.given.batches(size)
        parts = [plain(case.after(case.prepared(batch))) for batch in batches]
        _same(stage, whole, [one for part in parts for one in part], f"batches matter. In {size}s")


def order_does_not_matter(stage: Stage, documents: Any = None) -> None:
    """The results of shuffled documents are the shuffled results."""
    case = Case(stage, documents)
    order = np.random.default_rng(0).permutation(len(case.inputs))
    whole = plain(case.after(case.inputs))
    shuffled = plain(case.after(case.prepared(case.given.take(order))))
    _same(stage, [whole[i] for i in order], shuffled, "the order of documents matters. Shuffled")


def no_documents_are_fine(stage: Stage, documents: Any = None) -> None:
    """An empty batch gives an empty result."""
    case = Case(stage, documents)
    try:
        results = len(case.after(case.inputs[:0]))
    except Exception as error:
        raise AssertionError(
            f"{type(stage).__name__}: an empty batch must give an empty result, and gave {error!r:.300}"
        ) from error
    _demand(stage, results == 0, f"an empty batch must give an empty result, and gave {results}")


def hostile_documents_are_survived(stage: Stage, documents: Any = None) -> None:
    """Hostile documents give a result or a TextpipeError, in training and in use."""
    case = Case(stage, documents)
    for what, text in HOSTILE.items():
        for number, texts in enumerate(([text], [text, "hello"])):
            _survive(stage, what, partial(_use, case, texts))
            if stage.learns and number:
                _survive(stage, f"training with {what}", partial(Case, stage, texts))


def training_again_forgets(stage: Stage, documents: Any = None) -> None:
    """A stage trained twice is as if it were trained the second time only."""
    once = Case(stage, documents)
    twice = Case(stage, [f"{text.upper()} and MORE" for text in once.given.texts()])
    twice.retrain(once)
    expected, found = (plain(case.after(once.inputs)) for case in (once, twice))
    _same(stage, expected, found, "it remembers an earlier training. Trained again")


def copies_do_the_same(stage: Stage, documents: Any = None) -> None:
    """A trained stage can be copied, and sent to another process."""
    case = Case(stage, documents)
    expected = plain(case.after(case.inputs))
    copies = {"copied": copy.deepcopy(case.stage)}
    cls = type(stage)
    if getattr(sys.modules.get(cls.__module__), cls.__qualname__, None) is cls:
        copies["sent to another process"] = pickle.loads(pickle.dumps(case.stage))  # noqa: S301  # ours
    for how, twin in copies.items():
        case.stage = twin
        _same(stage, expected, plain(case.after(case.inputs)), f"copies differ. {how.capitalize()}")


def definition_loses_nothing(stage: Stage, documents: Any = None) -> None:
    """A stage of the catalogue goes through TOML and comes back with all its options."""
    if not _in_catalogue(stage):
        return
    pipeline = Pipeline([*stages_before(stage), clone(stage)])
    written = definition.to_toml(pipeline)
    again = definition.from_toml(written).pipeline
    _demand(
        stage, definition.to_toml(again) == written, f"a definition loses something:\n{written}"
    )
    same = definition.digest(again) == definition.digest(pipeline)
    _demand(stage, same, "a definition that is read again has another digest")


def bundle_loses_nothing(stage: Stage, documents: Any = None) -> None:
    """A trained stage of the catalogue does the same after it was saved and loaded."""
    if not _in_catalogue(stage):
        return
    case = Case(stage, documents)
    pipeline = Pipeline([*case.before.stages, case.stage])
    pipeline.trained_ = True
    with tempfile.TemporaryDirectory() as folder:
        path = bundle.save(pipeline, Path(folder) / "stage.tpipe")
        loaded = bundle.load(path)
        expected = plain(case.after(case.inputs))
        case.stage = loaded.stages[-1]
        _same(stage, expected, plain(case.after(case.inputs)), "a bundle loses something. Loaded")


def _in_catalogue(stage: Stage) -> bool:
    try:
        name_of(stage)
    except DefinitionError:
        return False
    return True


def _columns(documents: Documents) -> dict[str, Any]:
    tokens, matrix = documents.tokens, documents.matrix
    return {
        "text": documents.texts(),
        "tokens": None if tokens is None else [(tokens.of(i), tokens.spans(i)) for i in range(len(tokens))],
        "tags": None if tokens is None or tokens.tags is None else tokens.tags.tolist(),
        "matrix": None if matrix is None else plain_rows(matrix.values),
    }  # fmt: skip


def _use(case: Case, texts: list[str]) -> None:
    case.after(case.prepared(texts))


def _survive(stage: Stage, what: str, work: Callable[[], Any]) -> None:
    try:
        work()
    except TextpipeError:
        pass
    except Exception as error:
        raise AssertionError(
            f"{type(stage).__name__}: {what} must give a result or a TextpipeError, and gave {error!r:.300}"
        ) from error


def _same(stage: Stage, expected: list[Any], found: list[Any], how: str) -> None:
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        _demand(
            stage, one == other, f"{how}, document {number} is {other!r:.300}, not {one!r:.300}"
        )


def _demand(stage: Stage, kept: bool, sentence: str) -> None:
    if not kept:
        raise AssertionError(f"{type(stage).__name__}: {sentence}")


ALL: tuple[Law, ...] = (
    constructor_only_stores,
    says_what_it_reads_and_writes,
    tokens_are_sound,
    documents_are_left_alone,
    batches_do_not_matter,
    order_does_not_matter,
    no_documents_are_fine,
    hostile_documents_are_survived,
    training_again_forgets,
    copies_do_the_same,
    definition_loses_nothing,
    bundle_loses_nothing,
)
