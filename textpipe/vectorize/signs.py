"""What earlier stages counted, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Int64, Matrix
from textpipe.errors import DefinitionError
from textpipe.stage import Stage, Vectorizer

STEPS = tuple(1 << power for power in range(11))
"""From how many on a column stands: 1, 2, 4 ... 1024."""


class Signs(Vectorizer):
    """What earlier stages counted of each document, as a row of ones: a column for each count that is at
    least 1, 2, 4, 8 ... 1024.

    So two documents with 3 and 5 links share two of three columns, where with 1 and 500 they share one:
    counts that are nearly alike look nearly alike. The columns are called by the stage, what it counted
    and from how many on: ``urls.shorteners>=2``. Those of which fewer than ``min_df`` training documents
    had any, or all had, are left out. ``weigh_by_label`` after it weighs each by what it tells; in a
    ``union`` it stands beside the words.

    Options:
        only: which counts: names of stages (``urls``) or of single counts (``urls.shorteners``).
            Default: all that the stages before it counted.
        leave_out: names of stages or counts that are left out. Default: none.
        min_df: how many training documents must have a column. Default 2.

    Reads what was counted, which every document may have; writes a matrix, CSR float64
    [n_documents, n_columns]. Its columns know no words: ``known`` and ``total`` are None. Raises
    DefinitionError if ``min_df`` is below 1.

    >>> documents = Documents.of(["a", "b", "c"]).with_(counts={"urls.links": np.array([0, 1, 5])})
    >>> signs = Signs(min_df=1).fit(documents)
    >>> list(signs.get_feature_names_out())
    ['urls.links>=1', 'urls.links>=2', 'urls.links>=4']
    >>> signs.transform(documents).toarray().astype(int).tolist()
    [[0, 0, 0], [1, 0, 0], [1, 1, 1]]
    """

    reads = ("text",)

    def __init__(
        self,
        only: list[str] | None = None,
        leave_out: list[str] | None = None,
        min_df: int = 2,
    ) -> None:
        self.only = only
        self.leave_out = leave_out
        self.min_df = min_df

    def check(self) -> None:
        super().check()
        if self.min_df < 1:
            raise DefinitionError(f"signs: min_df must be at least 1, and {self.min_df} was given")

    def meet(self, earlier: Sequence[Stage], language: str) -> None:
        super().meet(earlier, language)
        self._earlier = {stage.name() for stage in earlier}

    def learn(self, documents: Documents, labels: Any = None) -> None:
        """Learn which counts there are, and how far they go."""
        self.names_: list[str] = []
        steps: list[int] = []
        for name in sorted(documents.counts):
            if not self._wanted(name):
                continue
            for step in STEPS:
                n = int((documents.counts[name] >= step).sum())
                if self.min_df <= n < len(documents):
                    self.names_.append(name)
                    steps.append(step)
        self.steps_ = np.array(steps, np.int64)

    def _wanted(self, name: str) -> bool:
        stage = name.partition(".")[0]
        if self.leave_out is not None and {stage, name} & set(self.leave_out):
            return False
        if self.only is None:  # what a source counted is none of a pipeline's signs
            return stage in getattr(self, "_earlier", {stage})
        return bool({stage, name} & set(self.only))

    def vectorize(self, documents: Documents) -> Matrix:
        none = np.zeros(len(documents), np.int64)
        columns: list[Int64] = [documents.counts.get(name, none) for name in self.names_]
        there = np.column_stack(columns) >= self.steps_ if columns else np.zeros((len(none), 0))
        return Matrix(
            sparse.csr_matrix(there, dtype=np.float64), list(self.get_feature_names_out())
        )

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The columns' names, as scikit-learn asks for them."""
        steps = self.steps_.tolist()
        named = [f"{name}>={step}" for name, step in zip(self.names_, steps, strict=True)]
        return np.array(named, object)
