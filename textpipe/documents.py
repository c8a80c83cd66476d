"""What flows through a pipeline: documents, by column.

A batch is one :class:`Documents`. Its columns are filled from left to right::

    ids  text  regions  words  tokens  matrix  counts

``text`` is an Arrow string array. ``words`` and ``tokens`` are :class:`Tokens`: each distinct form
once, and integers that point to it. ``words`` stay as the tokenizer cut them, so that a stage that
needs the sentence sees it; ``tokens`` are what later stages made of them. Values are never changed
in place: a stage returns a new ``Documents`` that shares all columns it left alone.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from textpipe.errors import InputError

Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
UInt8: TypeAlias = NDArray[np.uint8]

UPOS = (
    "X",
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
)
"""Universal parts of speech (https://universaldependencies.org/u/pos/); ``Tokens.tags`` index it."""


class Region(NamedTuple):
    """A stretch of a document that has a kind of its own, such as the subject of a mail."""

    kind: str
    text: str


@dataclass(frozen=True)
class Regions:
    """Where in each text which kind of region stands, by column.

    ``codes`` [n_regions] index ``kinds``; ``starts`` and ``ends`` [n_regions] are code points in the
    document's text; ``rows`` [n_documents + 1] says where each document's regions begin. Regions do
    not overlap and stand in the order of the text.
    """

    kinds: tuple[str, ...]
    codes: UInt8
    starts: Int32
    ends: Int32
    rows: Int64

    JOINER = "\n\n"

    def __len__(self) -> int:
        return len(self.rows) - 1

    def of(self, row: int, text: str) -> list[Region]:
        """The regions of one document, cut out of its ``text``."""
        return [
            Region(self.kinds[self.codes[i]], text[self.starts[i] : self.ends[i]])
            for i in range(self.rows[row], self.rows[row + 1])
        ]

    def take(self, indices: Int64) -> Regions:
        """The regions of these documents, in this order."""
        at, rows = _take_rows(self.rows, indices)
        return Regions(self.kinds, self.codes[at], self.starts[at], self.ends[at], rows)

    @staticmethod
    def concat(parts: Sequence[Regions]) -> Regions:
        """The regions of all parts' documents, one part after another."""
        kinds = tuple(dict.fromkeys(kind for part in parts for kind in part.kinds))
        codes = []
        for part in parts:
            table = np.array([kinds.index(kind) for kind in part.kinds], np.uint8)
            codes.append(table[part.codes] if len(part.codes) else part.codes)
        return Regions(
            kinds,
            np.concatenate(codes),
            np.concatenate([part.starts for part in parts]),
            np.concatenate([part.ends for part in parts]),
            _concat_rows([part.rows for part in parts]),
        )

    @staticmethod
    def join(documents: Iterable[Sequence[Region]]) -> tuple[list[str], Regions]:
        """Texts (regions joined by a blank line) and where the regions lie in them.

        >>> texts, regions = Regions.join([[Region("subject", "Hi"), Region("plain", "Bob")]])
        >>> texts, regions.of(0, texts[0])
        (['Hi\\n\\nBob'], [Region(kind='subject', text='Hi'), Region(kind='plain', text='Bob')])
        """
        kinds: dict[str, int] = {}
        texts, codes, starts, ends, rows = [], [], [], [], [0]
        for regions in documents:
            at = 0
            for kind, text in regions:
                codes.append(kinds.setdefault(kind, len(kinds)))
                starts.append(at)
                ends.append(at + len(text))
                at += len(text) + len(Regions.JOINER)
            rows.append(len(codes))
            texts.append(Regions.JOINER.join(region.text for region in regions))
        return texts, Regions(
            tuple(kinds),
            np.array(codes, np.uint8),
            np.array(starts, np.int32),
            np.array(ends, np.int32),
            np.array(rows, np.int64),
        )


@dataclass(frozen=True)
class Tokens:
    """Tokens of many documents: Arrow's dictionary-encoded list, with spans.

    forms   Arrow string array, the distinct words, each once
    codes   int32[n_tokens], which form
    starts, ends   int32[n_tokens], where in the document's text (code points)
    rows    int64[n_documents + 1], where each document's tokens begin
    tags    uint8[n_tokens] or None, index into :data:`UPOS`
    """

    forms: pa.StringArray
    codes: Int32
    starts: Int32
    ends: Int32
    rows: Int64
    tags: UInt8 | None = None

    def __len__(self) -> int:
        """How many documents."""
        return len(self.rows) - 1

    @staticmethod
    def of_lists(
        documents: Iterable[Iterable[str]],
        spans: Iterable[Iterable[tuple[int, int]]] | None = None,
    ) -> Tokens:
        """Tokens from lists of words. Without ``spans`` the text is the words joined by a space.

        >>> Tokens.of_lists([["to", "be"], [], ["to"]]).to_lists()
        [['to', 'be'], [], ['to']]
        """
        forms: dict[str, int] = {}
        codes, rows, starts, ends = [], [0], [], []
        for words in documents:
            at = 0
            for word in words:
                codes.append(forms.setdefault(word, len(forms)))
                if spans is None:
                    starts.append(at)
                    ends.append(at + len(word))
                    at += len(word) + 1
            rows.append(len(codes))
        if spans is not None:
            pairs = np.array([pair for document in spans for pair in document], np.int32)
            pairs = pairs.reshape(-1, 2)
            starts, ends = pairs[:, 0], pairs[:, 1]  # type: ignore[assignment]  # arrays, as below
        return Tokens(
            pa.array(list(forms), pa.string()),
            np.asarray(codes, np.int32),
            np.asarray(starts, np.int32),
            np.asarray(ends, np.int32),
            np.asarray(rows, np.int64),
        )

    def of(self, row: int) -> list[str]:
        """The words of one document."""
        codes = self.codes[self.rows[row] : self.rows[row + 1]]
        return self.forms.take(pa.array(codes)).to_pylist()  # type: ignore[no-any-return]

    def spans(self, row: int) -> list[tuple[int, int]]:
        """Start and end of each token of one document, in code points of its text."""
        part = slice(self.rows[row], self.rows[row + 1])
        return list(zip(self.starts[part].tolist(), self.ends[part].tolist(), strict=True))

    def tags_of(self, row: int) -> list[str]:
        """The universal parts of speech of one document's tokens."""
        if self.tags is None:
            raise InputError("these tokens have no tags: put tag_parts_of_speech before this step")
        return [UPOS[tag] for tag in self.tags[self.rows[row] : self.rows[row + 1]]]

    def to_lists(self) -> list[list[str]]:
        """All documents as lists of words."""
        words = self.forms.take(pa.array(self.codes)).to_pylist()
        bounds = self.rows.tolist()
        return [words[start:end] for start, end in itertools.pairwise(bounds)]

    def lengths(self) -> Int64:
        """Number of tokens of each document, int64[n_documents]."""
        return np.diff(self.rows)

    def map(self, new_forms: Sequence[str | None]) -> Tokens:
        """Each token with the new form of its form; ``None`` (or an empty form) drops the token.

        ``new_forms`` [n_forms] is parallel to ``forms``: a word is worked on once, however often it
        occurs.

        >>> Tokens.of_lists([["A", "b", "A"]]).map(["a", None]).to_lists()
        [['a', 'a']]
        """
        if len(new_forms) != len(self.forms):
            raise InputError(f"{len(new_forms)} new forms were given for {len(self.forms)} forms")
        index: dict[str, int] = {}
        table = np.fromiter(
            (index.setdefault(form, len(index)) if form else -1 for form in new_forms),
            np.int32,
            len(new_forms),
        )
        codes = table[self.codes] if len(table) else self.codes
        mapped = dataclasses.replace(self, forms=pa.array(list(index), pa.string()), codes=codes)
        return mapped if not len(table) or table.min() >= 0 else mapped.keep(codes >= 0)

    def _keys(self, places: Int32) -> Int64:
        """Document and place in it as one number for each token; ascends with a tokenizer's words."""
        rows = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.rows))
        return (rows << 32) + places

    def words_covered(self, words: Tokens | None) -> Int64:
        """On how many words of each document these tokens stand, int64[n_documents].

        For plain words that is their number. For n-grams and pieces of words it is not: two bigrams
        may stand on three words, and twenty pieces on one. ``words`` are the same documents as the
        tokenizer cut them.

        >>> words = Tokens.of_lists([["to", "be", "or"]])
        >>> Tokens.of_lists([["to be", "be or"]], [[(0, 5), (3, 8)]]).words_covered(words).tolist()
        [3]
        """
        starts = self._keys(self.starts)
        if words is None or not len(starts) or (starts[1:] >= self._keys(self.ends)[:-1]).all():
            return self.lengths()
        first = np.searchsorted(words._keys(words.ends), starts, "right")
        last = np.searchsorted(words._keys(words.starts), self._keys(self.ends), "left")
        steps = np.zeros(len(words.codes) + 1, np.int64)
        np.add.at(steps, first, 1)
        np.add.at(steps, np.maximum(first, last), -1)
        covered = np.concatenate(([0], np.cumsum(np.cumsum(steps)[:-1] > 0)))
        return np.diff(covered[words.rows]).astype(np.int64)

    def places_in(self, words: Tokens) -> Int64:
        """For each token the position of the word with the same span, int64[n_tokens]; -1 if none.

        ``words`` are the same documents as the tokenizer cut them.
        """
        ours, theirs = self._keys(self.starts), words._keys(words.starts)
        if not len(theirs):
            return np.full(len(ours), -1, np.int64)
        at = np.minimum(np.searchsorted(theirs, ours), len(theirs) - 1)
        same = (theirs[at] == ours) & (words.ends[at] == self.ends)
        return np.where(same, at, -1).astype(np.int64)

    def keep(self, mask: NDArray[np.bool_]) -> Tokens:
        """Only the tokens where ``mask`` [n_tokens] is true; their spans and tags go with them."""
        before = np.concatenate(([0], np.cumsum(mask, dtype=np.int64)))
        return dataclasses.replace(
            self,
            codes=self.codes[mask],
            starts=self.starts[mask],
            ends=self.ends[mask],
            rows=before[self.rows],
            tags=None if self.tags is None else self.tags[mask],
        )

    @staticmethod
    def concat(parts: Sequence[Tokens]) -> Tokens:
        """The documents of all parts, one after another; a form that several parts have stands once."""
        chunks = pa.chunked_array([part.forms for part in parts], pa.string()).dictionary_encode()
        merged = chunks.unify_dictionaries().combine_chunks()
        table = merged.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        codes, base = [], 0
        for part in parts:
            codes.append(table[base : base + len(part.forms)][part.codes])
            base += len(part.forms)
        tags = [part.tags for part in parts if part.tags is not None]
        return Tokens(
            merged.dictionary,
            np.concatenate(codes),
            np.concatenate([part.starts for part in parts]),
            np.concatenate([part.ends for part in parts]),
            _concat_rows([part.rows for part in parts]),
            np.concatenate(tags) if len(tags) == len(parts) else None,
        )

    def take(self, indices: Int64) -> Tokens:
        """The tokens of these documents, in this order."""
        at, rows = _take_rows(self.rows, indices)
        return dataclasses.replace(
            self,
            codes=self.codes[at],
            starts=self.starts[at],
            ends=self.ends[at],
            rows=rows,
            tags=None if self.tags is None else self.tags[at],
        )


@dataclass(frozen=True)
class Matrix:
    """Document vectors.

    values     [n_documents, n_features], a scipy CSR matrix or a dense array, float64
    features   what each column is called, [n_features]
    known      int64[n_documents], on how many of the document's words a token stands that the vectorizer
               knows; None where the columns are not made of words
    total      int64[n_documents], on how many words its tokens stand; None likewise
    """

    values: Any
    features: Sequence[str]
    known: Int64 | None = None
    total: Int64 | None = None

    def __len__(self) -> int:
        return int(self.values.shape[0])

    @staticmethod
    def concat(parts: Sequence[Matrix]) -> Matrix:
        """The rows of all parts, one part after another."""
        values = [part.values for part in parts]
        stacked = (
            sparse.vstack(values, "csr") if sparse.issparse(values[0]) else np.concatenate(values)
        )
        known = [part.known for part in parts if part.known is not None]
        total = [part.total for part in parts if part.total is not None]
        return Matrix(
            stacked,
            parts[0].features,
            np.concatenate(known) if len(known) == len(parts) else None,
            np.concatenate(total) if len(total) == len(parts) else None,
        )

    def take(self, indices: Int64) -> Matrix:
        """The rows of these documents, in this order."""
        return Matrix(
            self.values[indices],
            self.features,
            None if self.known is None else self.known[indices],
            None if self.total is None else self.total[indices],
        )


@dataclass(frozen=True)
class Documents:
    """A batch of documents by column; see the module's text.

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
        return dataclasses.replace(self, **columns)

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
        return Documents(
            self.ids.take(pa.array(at)),
            self.text.take(pa.array(at)),
            None if self.regions is None else self.regions.take(at),
            None if self.words is None else self.words.take(at),
            None if self.tokens is None else self.tokens.take(at),
            None if self.matrix is None else self.matrix.take(at),
            {name: values[at] for name, values in self.counts.items()},
        )

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

        names = dict.fromkeys(name for part in parts for name in part.counts)
        return Documents(
            pa.concat_arrays([part.ids for part in parts]),
            pa.concat_arrays([part.text for part in parts]),
            column("regions", Regions),
            column("words", Tokens),
            column("tokens", Tokens),
            column("matrix", Matrix),
            {
                name: np.concatenate(
                    [part.counts.get(name, np.zeros(len(part), np.int64)) for part in parts]
                )
                for name in names
            },
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
        return Documents(_ids(ids, len(texts)), pa.array(texts, pa.large_string()), regions)

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
            lists = [_words(position, value) for position, value in enumerate(values)]
            tokens = Tokens.of_lists(lists)
            text = pa.array([" ".join(words) for words in lists], pa.large_string())
            return Documents(_ids(ids, len(values)), text, words=tokens, tokens=tokens)
        for position, value in enumerate(values):
            if not isinstance(value, str):
                raise InputError(_not_a_text(position, value))
        try:
            text = pa.array(values, pa.large_string())
        except UnicodeEncodeError:  # lone surrogates cannot stand in UTF-8
            text = pa.array([clean_surrogates(value) for value in values], pa.large_string())
        return Documents(_ids(ids, len(values)), text)


@dataclass(frozen=True)
class Decisions:
    """What was decided about each document.

    classes    the labels that training knew, [n_classes], sorted; empty for a regression
    values     [n_documents], the most likely label (or, for a regression, the value)
    scores     float64[n_documents, n_classes], higher is more likely; empty for a regression
    unsure     bool[n_documents], true where there is no evidence to decide by
    are_probabilities   do the scores of a document add up to 1?
    known, total        int64[n_documents] or None, as in :class:`Matrix`
    """

    classes: NDArray[Any]
    values: NDArray[Any]
    scores: NDArray[np.float64]
    unsure: NDArray[np.bool_]
    are_probabilities: bool = True
    known: Int64 | None = None
    total: Int64 | None = None

    def __len__(self) -> int:
        return len(self.values)

    def verdicts(self) -> NDArray[Any]:
        """The labels, with :data:`UNSURE` where there is no evidence, as an array of objects."""
        verdicts = self.values.astype(object)
        verdicts[self.unsure] = UNSURE
        return verdicts

    @staticmethod
    def concat(parts: Sequence[Decisions]) -> Decisions:
        """The decisions of all parts, one part after another."""

        def column(name: str) -> Any:
            values = [getattr(part, name) for part in parts]
            return None if any(value is None for value in values) else np.concatenate(values)

        return Decisions(
            parts[0].classes,
            column("values"),
            column("scores"),
            column("unsure"),
            parts[0].are_probabilities,
            column("known"),
            column("total"),
        )


UNSURE = "unsure"
"""The verdict on a document that resembles nothing that training knew. No label may be called so."""


def clean_surrogates(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, so that it can be written as UTF-8.

    >>> clean_surrogates("a\\ud83db")
    'a\ufffdb'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _ids(ids: Sequence[str] | None, n: int) -> pa.StringArray:
    if ids is not None and len(ids) != n:
        raise InputError(f"{len(ids)} ids were given for {n} documents")
    if ids is None:
        return pa.array([str(i) for i in range(n)], pa.string())
    for position, name in enumerate(ids):
        if not isinstance(name, str):
            raise InputError(
                f"the id of document {position} must be a text, and {name!r} was given"
            )
    return pa.array([clean_surrogates(name) for name in ids], pa.string())


def _concat_rows(parts: Sequence[Int64]) -> Int64:
    """The rows that all parts' documents form, one part after another."""
    lengths = np.concatenate([np.diff(rows) for rows in parts])
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _take_rows(rows: Int64, indices: Int64) -> tuple[Int64, Int64]:
    """Positions of the elements of these rows, and the rows that they form."""
    lengths = np.diff(rows)[indices]
    new_rows = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    shift = np.repeat(rows[:-1][indices] - new_rows[:-1], lengths)
    return np.arange(new_rows[-1], dtype=np.int64) + shift, new_rows


def one_column(documents: Any, what: str = "documents") -> list[Any]:
    """A plain list of what the caller gave, whatever library it comes from.

    Raises InputError, which calls them ``what``, for what is no column: one text, a table, a set.
    """
    if isinstance(documents, str | bytes | bytearray) or getattr(documents, "ndim", 1) == 0:
        hint = "write [text] for a single document, or textpipe.read(path) for a file"
        raise InputError(
            f"{what} must be a list, and one {type(documents).__name__} was given"
            + (f": {hint}" if what == "documents" else "")
        )
    columns = getattr(documents, "columns", None)
    if columns is None:
        columns = getattr(documents, "column_names", None)  # Arrow and Hugging Face tables
    if columns is not None or getattr(documents, "ndim", 1) > 1:
        names = "" if columns is None else f" ({', '.join(map(str, columns))})"
        raise InputError(
            f'{what} must be one column, and a table was given{names}: say table["{what[:-1]}"]'
        )
    if isinstance(documents, Mapping):
        raise InputError(
            f"{what} must be a list, and a mapping was given: say list({what}.values())"
        )
    if isinstance(documents, Set):
        raise InputError(f"{what} must have an order, and a set was given: say sorted({what})")
    for to_list in ("tolist", "to_list", "to_pylist"):
        if hasattr(documents, to_list):
            return list(getattr(documents, to_list)())
    try:
        return list(documents)
    except TypeError as error:
        raise InputError(
            f"{what} must be a list, and {type(documents).__name__} was given"
        ) from error


def is_missing(value: Any) -> bool:
    """Is it what a table holds where nothing is: None, NaN, or pandas' NA and NaT?"""
    pandas_missing = type(value).__name__ in ("NAType", "NaTType")
    return value is None or pandas_missing or (isinstance(value, float) and value != value)


def _words(position: int, words: Any) -> list[str]:
    """The words of one document that was given as a list of them."""
    if not isinstance(words, list | tuple | np.ndarray):
        raise InputError(
            f"document {position} must be a list of words, as the first one is, and {words!r:.60} "
            "was given"
        )
    for word in words:
        if not isinstance(word, str):
            raise InputError(
                f"document {position} must be a list of words, and {word!r:.60} is among them"
            )
    return [clean_surrogates(word) for word in words]


def _not_a_text(position: int, value: Any) -> str:
    if is_missing(value):
        return f'document {position} is missing (None or NaN): drop it, or put "" in its place'
    if isinstance(value, bytes):
        return f"document {position} is bytes: decode it first, or read the file with textpipe.read"
    return (
        f"document {position} must be a string, and {type(value).__name__} was given: {value!r:.60}"
    )
