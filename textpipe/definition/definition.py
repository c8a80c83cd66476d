"""What a definition says: a pipeline, the data that it is run on, and how it is judged."""

from __future__ import annotations

import typing
from dataclasses import dataclass, field
from pathlib import Path

from textpipe.definition.canonical import digest
from textpipe.pipeline import Pipeline


@dataclass(frozen=True)
class Data:
    """One source of documents that a definition names; the options of ``textpipe.read``."""

    path: str
    label: str | None = None
    format: str | None = None
    text_column: str | None = None
    label_column: str | None = None
    id_column: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Evaluation:
    """How ``textpipe run`` judges a definition; the options of ``textpipe evaluate``."""

    folds: int = 5
    split: typing.Literal["grouped", "random", "stratified"] = "grouped"
    positive: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Definition:
    """A pipeline with its name, the data that it is run on, and how it is judged."""

    pipeline: Pipeline
    name: str = "pipeline"
    description: str = ""
    data: tuple[Data, ...] = ()
    evaluation: Evaluation = field(default_factory=Evaluation)
    path: Path | None = field(default=None, compare=False)
    lines: tuple[int, ...] = field(default=(), compare=False)
    """On which line of the file each stage begins."""

    @property
    def digest(self) -> str:
        """sha256 of what the pipeline does: language, stages and every option, defaults included."""
        return digest(self.pipeline)

    def source_paths(self) -> list[Path]:
        """The paths of ``data``, relative ones taken from where the definition lies."""
        base = self.path.parent if self.path else Path()
        return [base / data.path for data in self.data]
