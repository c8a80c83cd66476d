"""A batch of documents, by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from textpipe.documents.arrays import Int64
from textpipe.documents.bags import Bags
from textpipe.documents.columns import (
    clean_surrogates,
    ids_of,
    not_a_text,
    one_column,
    words_of,
)
from textpipe.documents.matrix import Matrix
from textpipe.documents.regions import Region, Regions
from textpipe.documents.tokens import Tokens
from textpipe.errors import InputError
from textpipe.kept import kept


@dataclass(frozen=True)
class Documents:
    """A batch of documents by column; see :mod:`textpipe.documents`.

    >>> Documents.of(["Hello you", "Bye"]).text.to_pylist()
    ['Hello you', 'Bye']
    """

    ids: pa.StringArray
    text: pa.LargeStringArray
    regions: Regions | None = None
    words: Tokens | None = None
    tokens: Tokens | None = None
    matrix: Matrix | None = None
    counts: Mapping[str, Int64] = field(default_factory=dict)
    mails: pa.LargeBinaryArray | None = None
    bags: Bags | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, key: Any) -> Documents:
        """A part of the batch, by slice, by indices or by a mask, as scikit-learn's splitters ask."""
        if isinstance(key, int | np.integer):
            if not -len(self) <= key < len(self):  # by this, ``for one in documents`` ends
                raise IndexError(f"there is no document {key} among {len(self)}")
            key = slice(int(key), int(key) + 1 or None)
        return self.take(np.arange(len(self), dtype=np.int64)[key])

    @property
    def shape(self) -> tuple[int]:
        """(n_documents,): by this, and ``take``, scikit-learn knows how to split a batch."""
        return (len(self),)

    def with_(self, **columns: Any) -> Documents:
        """The same batch with these columns put in place."""
        if not columns.keys() <= COLUMNS:
            raise TypeError(f"documents have no column {min(columns.keys() - COLUMNS)!r}")
        other = object.__new__(Documents)  # dataclasses.replace takes four times as long
        other.__dict__.update(self.__dict__, **columns)
        if "text" in columns:
            other.__dict__.pop("text_bytes", None)
        return other

    @kept
    def text_bytes(self) -> int:
        """How many bytes all texts have in UTF-8, or a few more: Arrow counts where they begin, too, and
        takes its time."""
        return int(self.text.nbytes)

    def texts(self) -> list[str]:
        """The texts as Python strings."""
        return self.text.to_pylist()  # type: ignore[no-any-return]

    def documents_regions(self) -> Iterator[list[Region]]:
        """The regions of each document; one of kind ``""`` where the source knew of none."""
        for row, text in enumerate(self.texts()):
            yield [Region("", text)] if self.regions is None else self.regions.of(row, text)

    def take(self, indices: Any, axis: int = 0) -> Documents:
        """The documents at these positions, in this order."""
        at = np.asarray(indices, np.int64)
        words = None if self.words is None else self.words.take(at)
        return Documents(
            self.ids.take(pa.array(at)),
            self.text.take(pa.array(at)),
            None if self.regions is None else self.regions.take(at),
            words,
            words if self.tokens is self.words else self.tokens and self.tokens.take(at),
            None if self.matrix is None else self.matrix.take(at),
            {name: values[at] for name, values in self.counts.items()},
            None if self.mails is None else self.mails.take(pa.array(at)),
            None if self.bags is None else self.bags.take(at),
        )

    def with_texts_of(self, rows: Int64, others: Documents) -> Documents:
        """The same batch, with the text, regions and counts of ``others`` at ``rows``, which ascend."""
        at = np.zeros(len(self), bool)
        at[rows] = True
        counts = dict(self.counts)
        for name, values in others.counts.items():
            old = self.counts.get(name)
            counts[name] = np.zeros(len(self), np.int64) if old is None else old.copy()
            counts[name][rows] = values
        regions = self.regions
        if regions is not None and others.regions is not None:
            regions = regions.replaced(rows, others.regions)
        text = pc.replace_with_mask(self.text, pa.array(at), others.text)
        return self.with_(text=text, regions=regions, counts=counts)

    def batches(self, size: int) -> Iterator[Documents]:
        """The documents in parts of ``size``, in order."""
        for start in range(0, len(self), size):
            yield self[start : start + size]

    @staticmethod
    def concat(parts: Sequence[Documents]) -> Documents:
        """The documents of all parts, one part after another. A column stays if every part has it;
        what was counted in some parts only is 0 in the others.
        """
        if len(parts) == 1:
            return parts[0]

        def column(name: str, kind: Any) -> Any:
            found = [getattr(part, name) for part in parts if getattr(part, name) is not None]
            return kind.concat(found) if found and len(found) == len(parts) else None

        words = column("words", Tokens)
        same = all(part.tokens is part.words for part in parts)
        names = dict.fromkeys(name for part in parts for name in part.counts)
        return Documents(
            pa.concat_arrays([part.ids for part in parts]),
            pa.concat_arrays([part.text for part in parts]),
            column("regions", Regions),
            words,
            words if same else column("tokens", Tokens),
            column("matrix", Matrix),
            {
                name: np.concatenate(
                    [part.counts.get(name, np.zeros(len(part), np.int64)) for part in parts]
                )
                for name in names
            },
            _mails_of(parts),
            column("bags", Bags),
        )

    @staticmethod
    def of_regions(
        documents: Sequence[Sequence[Region]], ids: Sequence[str] | None = None
    ) -> Documents:
        """Documents that are made of regions, such as mails."""
        texts, regions = Regions.join(
            [Region(kind, clean_surrogates(text)) for kind, text in regions]
            for regions in documents
        )
        return Documents(ids_of(ids, len(texts)), pa.array(texts, pa.large_string()), regions)

    @staticmethod
    def of(documents: Any, ids: Sequence[str] | None = None) -> Documents:
        """Documents from what people have in memory.

        A list, tuple or iterator of strings; a pandas, polars or Arrow column; a NumPy array; a
        Hugging Face ``Dataset`` column; lists of words (they become tokens); ``Documents``.

        Raises InputError for a single string, a table of several columns, a missing value, bytes.
        """
        if isinstance(documents, Documents):
            return documents
        values = one_column(documents)
        if values and all(isinstance(value, Documents) for value in values):
            return Documents.concat(values)
        if values and isinstance(values[0], list | tuple | np.ndarray):
            lists = [words_of(position, value) for position, value in enumerate(values)]
            tokens = Tokens.of_lists(lists)
            text = pa.array([" ".join(words) for words in lists], pa.large_string())
            return Documents(ids_of(ids, len(values)), text, words=tokens, tokens=tokens)
        for position, value in enumerate(values):
            if not isinstance(value, str):
                raise InputError(not_a_text(position, value))
        try:
            text = pa.array(values, pa.large_string())
        except UnicodeEncodeError:  # lone surrogates cannot stand in UTF-8
            text = pa.array([clean_surrogates(value) for value in values], pa.large_string())
        return Documents(ids_of(ids, len(values)), text)


COLUMNS = frozenset(Documents.__dataclass_fields__)


def _mails_of(parts: Sequence[Documents]) -> pa.LargeBinaryArray | None:
    """The mails of all parts; null for each document of a part that has none."""
    if all(part.mails is None for part in parts):
        return None
    return pa.concat_arrays(
        [
            pa.nulls(len(part), pa.large_binary()) if part.mails is None else part.mails
            for part in parts
        ]
    )
