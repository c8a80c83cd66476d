"""Results of stages that are not worked out twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from textpipe.documents import Documents
from textpipe.documents.pieces import PiecesOfWords
from textpipe.run.keys import NoKeyError, stage_key
from textpipe.run.parcel import digest, from_parcel, to_parcel
from textpipe.run.store import Store
from textpipe.stage import Stage


class Memory:
    """Documents after stages, by what went in and what was done to it.

    Only the stages before the first one that writes a matrix, that is not ``deterministic``, or of which
    nobody can say whether it is the same as before (see ``stage_key``) are remembered.
    """

    def __init__(self, folder: str | Path, stages: Sequence[Stage], limit: int | None) -> None:
        self.store = Store(folder, limit)
        self.stage_keys: list[str] = []
        for stage in stages:
            if "matrix" in stage.writes or not stage.deterministic:
                break
            try:
                self.stage_keys.append(stage_key(stage))
            except NoKeyError:
                break

    def keys_for(self, batch: Documents) -> list[str]:
        """The key of the batch after each stage."""
        if batch.matrix is not None or not self.stage_keys:
            return []
        key, keys = digest(to_parcel(batch)), []
        for stage in self.stage_keys:
            key = digest(key, stage)
            keys.append(key)
        return keys

    def latest(self, keys: Sequence[str]) -> tuple[int, Documents] | None:
        """After how many stages a result is there, and the result; None if there is none."""
        for n in range(len(keys), 0, -1):
            parcel = self.store.get(keys[n - 1])
            if parcel is not None:
                return n, from_parcel(pa.py_buffer(parcel))
        return None

    def keep(self, key: str, batch: Documents) -> None:
        """Keep a batch under its key; pieces of words are not kept, which are quicker cut than read."""
        if isinstance(batch.tokens, PiecesOfWords):
            return
        self.store.put(key, to_parcel(batch))
