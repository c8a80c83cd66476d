"""A chain of stages: checked, trained, run."""

from __future__ import annotations

import itertools
import operator
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if

from textpipe.classify.decider import Decider
from textpipe.classify.training_set import TrainingSet
from textpipe.documents import Decisions, Documents
from textpipe.errors import DefinitionError, InputError, TextpipeError
from textpipe.labels import labels_of
from textpipe.options import check_names
from textpipe.run import Observer, Runner, SetAside, Work, all_cores_for, threaded
from textpipe.run.limits import MOST_CHARACTERS, limited
from textpipe.stage import NotTrainedError, Stage, flow, use_mails, walk
from textpipe.training import Training


def _must_be_several(stages: Sequence[Stage]) -> None:
    """Raise DefinitionError for a stage that stands in two places: what it learns in one it forgets in the
    other.
    """
    seen: set[int] = set()
    for stage in walk(stages):
        if id(stage) in seen:
            raise DefinitionError(
                f"the same {stage.name()} object stands in this pipeline twice: make a new one for each "
                "place"
            )
        seen.add(id(stage))


OWN = ("stages", "language", "n_jobs", "memory", "max_characters")
"""The options of the pipeline itself."""


def _decides(pipeline: Pipeline) -> bool:
    return bool(pipeline.stages) and isinstance(pipeline.stages[-1], Decider)


def _transforms(pipeline: Pipeline) -> bool:
    return not _decides(pipeline)


class Pipeline(BaseEstimator):  # type: ignore[misc]  # untyped base
    """Stages, one after another; the last one may decide.

    It is a scikit-learn estimator: ``fit``, ``predict``, ``transform``, ``clone``, ``get_params`` and
    ``set_params("remove_stop_words__keep")``; a slice such as ``pipe[:-1]`` is a pipeline that shares
    its stages. Documents are whatever ``Documents.of`` takes. ``n_jobs`` cores are used (None is one, -1
    all of them); what comes out is the same bytes, however many. ``memory`` names a folder that keeps what
    stages before the vectorizer made of documents, so that it is not made again. Of a document that has more
    than ``max_characters`` the rest is not read; it is counted (``text.cut_characters``) and warned of.

    >>> from textpipe import Count, KnnClassifier, Tokenize
    >>> pipe = Pipeline([Tokenize("words"), Count(), KnnClassifier(k=1)])
    >>> pipe = pipe.fit(["win a prize", "see you at lunch"], ["spam", "ham"])
    >>> pipe.predict(["a prize for you to win", "hello"]).tolist()
    ['spam', 'unsure']
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        language: str = "en",
        n_jobs: int | None = None,
        memory: str | None = None,
        max_characters: int = MOST_CHARACTERS,
    ) -> None:
        self.stages = stages
        self.language = language
        self.n_jobs = n_jobs
        self.memory = memory
        self.max_characters = max_characters

    # -- what it is made of ---------------------------------------------------------------------

    def named_stages(self) -> dict[str, Stage]:
        """The stages by name; a second ``stem`` is called ``stem-2``."""
        named: dict[str, Stage] = {}
        for stage in self.stages:
            name, number = stage.name(), 2
            while name in named:
                name, number = f"{stage.name()}-{number}", number + 1
            named[name] = stage
        return named

    def __len__(self) -> int:
        return len(self.stages)

    def __getitem__(self, key: Any) -> Any:
        """One stage by position or name, or a part of the pipeline by slice (it shares the stages)."""
        if isinstance(key, str):
            named = self.named_stages()
            check_names("this pipeline", named, [key])
            return named[key]
        if not isinstance(key, slice):
            return self.stages[key]
        part = Pipeline(
            self.stages[key], self.language, self.n_jobs, self.memory, self.max_characters
        )
        if hasattr(self, "trained_"):
            part.trained_ = self.trained_
        return part

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Options by name; with ``deep``, also each stage's as ``stage__option``."""
        options: dict[str, Any] = {name: getattr(self, name) for name in OWN}
        if deep and isinstance(self.stages, list | tuple):
            for name, stage in self.named_stages().items():
                options[name] = stage
                for option, value in stage.get_params(deep=True).items():
                    options[f"{name}__{option}"] = value
        return options

    def set_params(self, **options: Any) -> Pipeline:
        """Set options of the pipeline, of a stage (``stem__algorithm="cistem"``), or a whole stage.

        Whole stages come first, so that an option is set on the new stage; it goes by the old name.
        """
        for own in OWN:
            if own in options:
                setattr(self, own, options.pop(own))
        named = self.named_stages()
        check_names("this pipeline", named, [key.partition("__")[0] for key in options])
        replaced = {name: options.pop(name) for name in named if name in options}
        if replaced:
            named |= replaced
            self.stages = list(named.values())
        for key, value in options.items():
            name, _, option = key.partition("__")
            stage = named[name]
            check_names(name, stage.get_params(deep=True), [option.partition("__")[0]])
            stage.set_params(**{option: value})
        return self

    def check(self) -> list[frozenset[str]]:
        """Is the pipeline sound? Returns the columns that documents have after each stage.

        Raises DefinitionError, with the position of the stage, and what to do.
        """
        if not isinstance(self.language, str):
            raise DefinitionError(
                f'language must be a text such as "en" or "de", and {self.language!r} was given'
            )
        if self.n_jobs == 0 or not isinstance(self.n_jobs, int | None):
            raise DefinitionError(
                f"n_jobs must be a number of cores, -1 for all of them, and {self.n_jobs!r} was given"
            )
        if type(self.max_characters) is not int or self.max_characters < 1:
            raise DefinitionError(
                f"max_characters must be a number of at least 1, and {self.max_characters!r} was given"
            )
        if not self.stages:
            raise DefinitionError("a pipeline needs at least one stage, and none was given")
        for position, stage in enumerate(self.stages):
            if not isinstance(stage, Stage):
                raise DefinitionError(
                    f"stage {position + 1} must be a stage, such as Tokenize(), and {stage!r} was given",
                    position,
                )
            try:
                stage.check()
            except DefinitionError as error:
                raise DefinitionError(f"stage {position + 1}, {error}", position) from error
        _must_be_several(self.stages)
        return flow(self.stages)

    def prepare(self) -> None:
        """Tell each stage what stands before it and which language is spoken."""
        for position, stage in enumerate(self.stages):
            try:
                stage.meet(self.stages[:position], self.language)
            except DefinitionError as error:
                raise DefinitionError(f"stage {position + 1}, {error}", position) from error
            except TextpipeError as error:
                error.stage = position
                raise

    def rehearse(self) -> None:
        """Find, before any data are read, what the stages need: models, lists, files, languages.

        A short text goes through the stages that do not learn. Raises what a stage raises; its
        attribute ``stage`` is the position of the stage.
        """
        self.check()
        self.prepare()
        documents = Documents.of(["A short text, to see whether everything is there."])
        for position, stage in enumerate(self.stages):
            try:
                stage.look_up()
                if not stage.learns and documents.matrix is None:
                    documents = stage.apply(documents)
            except TextpipeError as error:
                error.stage = position
                raise
            if "matrix" in stage.writes:
                break

    # -- training ---------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any = None) -> Pipeline:
        """Train every stage that learns, in order, on documents and (where one decides) their labels."""
        return self.learn(Documents.of(X), y)

    def learn(
        self,
        documents: Documents,
        labels: Any = None,
        observe: Observer | None = None,
        done: int = 0,
        set_aside: SetAside | None = None,
    ) -> Pipeline:
        """``fit`` on ``Documents`` that ``done`` stages have already worked on (none of which learns).

        ``observe`` is told of each piece of work. With ``set_aside``, documents that a stage fails at are
        left out, and it is told of each; without, the error is raised.
        """
        self._learn(documents, labels, observe, done, set_aside)
        for stage in walk(self.stages[-1:]):
            stage.__dict__.pop("_learned", None)  # for fit_transform only; it holds all tokens
        return self

    def _learn(
        self,
        documents: Documents,
        labels: Any,
        observe: Observer | None = None,
        done: int = 0,
        set_aside: SetAside | None = None,
    ) -> Documents:
        """``learn``; returns the documents as the last stage got them."""
        self.check()
        if labels is not None:
            labels = labels_of(labels, len(documents))
        if not len(documents):
            raise InputError("there are no documents to learn from")
        self.prepare()
        if not self.uses_mails:
            documents = documents.with_(mails=None)
        if not done:
            documents = limited(documents, self.max_characters)
        runner = self._runner(observe, set_aside)
        documents = Training(self.stages, runner, documents, labels).run(done)
        self.trained_ = True
        return documents

    # -- use ----------------------------------------------------------------------------------------

    def run(self, X: Any, observe: Observer | None = None, done: int = 0) -> Documents:
        """The documents after every stage that does not decide, with all their columns.

        ``done`` stages have worked on them already.
        """
        runner = self._runner(observe)
        return Documents.concat(list(self._batches(runner, Documents.of(X), done, for_good=True)))

    def decide(self, X: Any, observe: Observer | None = None, done: int = 0) -> Decisions:
        """What each document is, with scores and whether there was evidence.

        ``done`` stages have worked on the documents already.
        """
        if not _decides(self):
            raise InputError("the last stage of this pipeline decides nothing: add knn_classifier")
        return Decisions.concat(
            [decided for _, decided in self.decisions(Documents.of(X), observe, done)]
        )

    def decisions(
        self,
        documents: Documents | Iterable[Documents],
        observe: Observer | None = None,
        done: int = 0,
        set_aside: SetAside | None = None,
        judge: bool = True,
        apart: bool = False,
    ) -> Iterator[tuple[Documents, Decisions]]:
        """``decide``, batch by batch: each batch (without words and tokens) and what was decided.

        Batches are taken one by one, a few ahead with several jobs, so that they may be more than fit
        into memory. ``done`` stages have worked on the documents already. With ``set_aside``, documents
        that a stage fails at are left out of their batch, and it is told of each; too many of them are an
        InputError, unless ``judge`` is false, for who judges by more documents than these. ``apart`` the
        stages before the last one work in other processes, so that a document that kills is set aside too.
        """
        position, decider = len(self.stages) - 1, self.stages[-1]
        assert isinstance(decider, Decider), "checked by decide"  # noqa: S101  # for mypy

        def decide(batch: Documents) -> tuple[Documents, Decisions, float]:
            started = time.perf_counter()
            decisions = decider.decide(batch)
            seconds = time.perf_counter() - started
            return batch.with_(words=None, tokens=None, matrix=None, mails=None), decisions, seconds

        runner = self._runner(observe, set_aside, judge)._replace(apart=apart)
        ready = self._batches(runner, documents, done, only_matrix=True)
        first = [decide(batch) for batch in itertools.islice(ready, 1)]  # it also gets things ready
        for batch, decided, seconds in itertools.chain(first, threaded(decide, ready, self.n_jobs)):
            if observe:
                observe(Work(position, len(batch), seconds))
            yield batch, decided

    @available_if(_decides)  # type: ignore[untyped-decorator]
    def predict(self, X: Any) -> NDArray[Any]:
        """The label of each document [n_documents]; "unsure" where there is no evidence.

        Where labels are numbers, the label that training saw most stands in for it, with a warning
        (for a regression, the mean of all labels): see ``decide``.
        """
        return self.decide(X).answers()

    @available_if(lambda self: _decides(self) and hasattr(self.stages[-1], "predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """The share of each class [n_documents, n_classes]."""
        return self.decide(X).scores

    @available_if(lambda self: _decides(self) and hasattr(self.stages[-1], "decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The score of each class, as the last stage says it."""
        scores = self.decide(X).scores
        return scores[:, 1] if scores.shape[1] == 2 else scores

    @available_if(_decides)  # type: ignore[untyped-decorator]
    def score(self, X: Any, y: Any) -> float:
        """Accuracy of a classifier, R² of a regressor."""
        from sklearn.metrics import r2_score

        decisions = self.decide(X)
        if not len(decisions.classes):
            return float(r2_score(y, decisions.answers()))
        return float(np.mean(decisions.answers() == np.asarray(y)))

    @available_if(_transforms)  # type: ignore[untyped-decorator]
    def transform(self, X: Any) -> Any:
        """The matrix, where the pipeline ends in one; else the ``Documents``."""
        documents = self.run(X)
        return documents if documents.matrix is None else documents.matrix.values

    @available_if(_transforms)  # type: ignore[untyped-decorator]
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """``fit``, then ``transform`` of the same documents."""
        documents = Documents.of(X)
        if any(stage.cross_fits for stage in self.stages):  # training saw other rows than use does
            return self.fit(documents, y).transform(documents)
        ready = self._learn(documents, y)
        with all_cores_for(self.stages[-1:], self.n_jobs):
            made = self.stages[-1].apply(ready)
        return made if made.matrix is None else made.matrix.values

    def similar(self, text: str, n: int = 5) -> list[dict[str, Any]]:
        """The ``n`` training documents nearest to a text: id, similarity (0 to 1), label, beginning.

        Fewer where fewer share anything with it.
        """
        keeper = self.stages[-1]
        if n < 1:
            raise InputError(f"n must be at least 1, and {n} was given")
        if not isinstance(keeper, TrainingSet):
            raise InputError(
                f"similar needs a pipeline that ends in knn_classifier or knn_regressor, and this one "
                f"ends in {keeper.name()}"
            )
        documents = self.run([text])
        assert documents.matrix is not None, "checked by fit"  # noqa: S101  # for mypy
        hood = keeper.neighbourhood(documents.matrix.values, n)
        return [
            {
                "id": keeper.id_of(position),
                "similarity": similarity,
                "label": keeper.label_of(position),
                "text": keeper.excerpt_of(position),
            }
            for position, similarity in zip(
                hood.positions[0].tolist(), hood.similarities[0].tolist(), strict=True
            )
            if position >= 0
        ]

    @property
    def uses_mails(self) -> bool:
        """Does a stage look at the bytes of mails? If none does, nobody need keep them."""
        return use_mails(self.stages)

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels that training knew, sorted."""
        return self.stages[-1].classes_  # type: ignore[no-any-return]

    # -- inside ---------------------------------------------------------------------------------------

    def _runner(
        self,
        observe: Observer | None = None,
        set_aside: SetAside | None = None,
        judge: bool = True,
    ) -> Runner:
        return Runner(self.n_jobs, self.memory, self.max_characters, observe, set_aside, judge)

    def _batches(
        self,
        runner: Runner,
        documents: Documents | Iterable[Documents],
        done: int,
        only_matrix: bool = False,
        for_good: bool = False,
    ) -> Iterator[Documents]:
        """The documents, batch by batch, after every stage that does not decide; ``for_good`` they are kept
        as they are.
        """
        self._must_be_ready()
        until = len(self.stages) - _decides(self)
        return runner.through(
            self.stages,
            done,
            until,
            documents,
            only_matrix=only_matrix,
            all_kept=for_good,
            with_mails=for_good,  # stages of a longer pipeline may look at them
        )

    def _must_be_ready(self) -> None:
        """Raise NotTrainedError unless every stage has learned what it needs.

        Where none needs to learn, they are checked and get ready. (Trained stages that hold no others are
        not looked at again, as long as they are the same ones.)
        """
        trained = hasattr(self, "trained_")
        seen: list[Stage] = self.__dict__.get("_found_ready", [])
        same = len(seen) == len(self.stages) and all(map(operator.is_, seen, self.stages))
        if trained and same:
            return
        if not trained:
            self.check()
        for stage in self.stages:  # one of them may have been replaced since fit
            if stage.learns and not stage.__sklearn_is_fitted__():
                raise NotTrainedError(
                    f"This Pipeline is not fitted yet, and its stage {stage.name()} needs to learn: "
                    "call fit with training documents first"
                )
        if not trained:
            self.prepare()
        if trained and len(list(walk(self.stages))) == len(self.stages):
            self._found_ready = list(self.stages)

    def __getstate__(self) -> dict[str, Any]:
        """What is only kept for speed (``_name``) is left behind in copies and other processes."""
        state = super().__getstate__()
        return {name: value for name, value in state.items() if not name.startswith("_")}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "trained_") or not any(stage.learns for stage in self.stages)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        if self.stages and isinstance(self.stages[-1], Decider):
            last = self.stages[-1].__sklearn_tags__()
            tags.estimator_type = last.estimator_type
            tags.classifier_tags = last.classifier_tags
            tags.regressor_tags = last.regressor_tags
            tags.target_tags = last.target_tags
        return tags

    def _sk_visual_block_(self) -> Any:
        from sklearn.utils._repr_html.estimator import _VisualBlock

        names = list(self.named_stages())
        details = [str(stage) for stage in self.stages]
        return _VisualBlock(
            "serial", list(self.stages), names=names, name_details=details, dash_wrapped=False
        )
