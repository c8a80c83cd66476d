"""How the stages of a pipeline learn, one after another."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from textpipe.classify.knn_classifier import KnnClassifier
from textpipe.documents import Documents, joined
from textpipe.errors import InputError
from textpipe.judged_in_folds import judged_in_folds
from textpipe.labels import labels_of
from textpipe.run import Failed, Runner, Work, all_cores_for
from textpipe.run.chain import say_where
from textpipe.stage import Stage


class Training:
    """The documents of a training, with their labels, on their way through the stages.

    Documents that a stage fails at are left out from there on, where the runner is told of them.
    """

    def __init__(
        self, stages: Sequence[Stage], runner: Runner, documents: Documents, labels: Any
    ) -> None:
        self.stages = stages
        self.runner = runner
        self.documents = documents
        self.labels = labels
        self._places: Any = range(len(documents))
        """Where each document stood among all that were given."""
        self._last = len(stages) - 1
        sees_labels = (i for i, stage in enumerate(stages[:-1]) if stage.sees_labels)
        self._first = next(sees_labels, self._last)
        self._before = documents
        """The documents as the first stage that sees labels gets them."""

    def run(self, done: int) -> Documents:
        """Train each stage but the first ``done``; returns the documents as the last stage got them."""
        position = done
        while position <= self._last:
            if position == self._first:
                self._before = self.documents
            stage = self.stages[position]
            if stage.learns:
                self._learn(position)
            if stage.cross_fits:
                self.documents = stage.apply_in_training(self.documents)
                position += 1
            elif position < self._last:
                position = self._apply(position)
            else:
                break
        return self.documents

    def _learn(self, position: int) -> None:
        stage, jobs = self.stages[position], self.runner.n_jobs
        started = time.perf_counter()
        try:
            with all_cores_for([stage], jobs):
                stage.learn(self.documents, self.labels)
            if isinstance(stage, KnnClassifier) and stage.judges_itself():
                labels = labels_of(self.labels, len(self._before))
                stage.judge(judged_in_folds(self.stages, self._first, self._before, labels))
        except Exception as error:
            say_where(error, position, stage)
            raise
        if self.runner.observe:
            seconds = time.perf_counter() - started
            self.runner.observe(Work(position, 0, seconds, learned=True))

    def _apply(self, position: int) -> int:
        """Let the documents go on from this stage to the next one that learns; returns its position."""
        stage = self.stages[position]
        learners = (i for i in range(position + 1, self._last) if self.stages[i].learns)
        until = next(learners, self._last)
        whole = stage.learns and "matrix" in stage.writes
        if whole:  # what it has counted to learn need not be counted again
            until = position + 1
        failed: list[Failed] = []
        told = None if self.runner.set_aside is None else failed.append
        runner = self.runner._replace(set_aside=told)
        parts = runner.through(
            self.stages,
            position,
            until,
            self.documents,
            all_kept=True,
            whole=whole,
            learner=self._gatherer(until),
        )
        with all_cores_for([stage] if whole else [], runner.n_jobs):
            self.documents = joined(parts)
        if failed:
            self._leave_out(failed, position >= self._first)
        return until

    def _gatherer(self, position: int) -> Stage | None:
        """The stage at this position, if it can learn from batches one by one."""
        stage, documents = self.stages[position], self.documents
        ours = documents.tokens is documents.words  # not what unknown stages have made of words
        return stage if ours and stage.gathers(self.stages[:position]) else None

    def _leave_out(self, failed: list[Failed], seen_with_labels: bool) -> None:
        """Forget documents at which a stage failed, and tell of them."""
        there = np.ones(len(self._places), bool)
        there[[one.position for one in failed]] = False
        self.labels = None if self.labels is None else self.labels[there]
        if seen_with_labels:
            self._before = self._before[there]
        for one in failed:
            assert self.runner.set_aside is not None, "else it is raised"  # noqa: S101  # for mypy
            place = int(self._places[one.position])
            self.runner.set_aside(dataclasses.replace(one, position=place))
        self._places = np.asarray(self._places)[there]
        if not len(self.documents):
            raise InputError(f"no document is left to learn from: {failed[0].why}")
