"""Word vectors that someone else trained."""

from __future__ import annotations

import gzip
import re
import warnings
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import numpy as np
import pyarrow as pa

from textpipe.documents import Documents
from textpipe.errors import DefinitionError, InputError, SourceError, TextpipeWarning
from textpipe.vectorize.document_vectors import Float32, Found, WordVectors

LONGEST_LINE = 10_000_000
MOST_DIMENSIONS = 100_000
BLOCK = 4096


class PretrainedVectors(WordVectors):
    """Dense rows: the weighted mean of word vectors from a file; frequencies come from the training texts.

    ``fit`` reads the whole file into the stage, so that a trained pipeline needs the file no more: 4
    bytes per number, 160 MB for 400,000 words of 100 dimensions, in memory and on disk; ``limit`` cuts
    it. Of a word that the file has twice, the first counts. Words that are not UTF-8 are left out, with
    a TextpipeWarning that says how many. A pickle (gensim's own ``.save``) can run any code when it is
    loaded and is never read: see ``from_gensim``.

    Options:
        path: the file; gzip is seen through.
        format: "glove" (lines of a word and its numbers), "word2vec_text" (the same after a line with
            the number of words and dimensions; also fastText's .vec), "word2vec_binary", or "auto":
            what it looks like. Default "auto".
        limit: take only so many words, from the top, where most files have the frequent ones. Default:
            all.
        lowercase: look up in lower case a word that the file does not have as it is. Default true.
        documents: weights of the words in a document: "mean", "idf" or "sif". Default "idf".
        sif_a: the a of a / (a + p) for "sif". Default 0.001.
        remove_component: remove the direction that training documents have most in common.
            Default false.
        normalize: bring rows to Euclidean length 1. Default true.

    Reads tokens; writes a matrix, float64 [n_documents, dimensions of the file].
    Raises SourceError, with the line, where the file cannot be read or is not what ``format`` says.

    Pennington, Socher, Manning: GloVe: Global Vectors for Word Representation, 2014.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
    ...     _ = file.write("free 1 0\\nlunch 0 1\\n"), file.flush()
    ...     vectors = PretrainedVectors(file.name, documents="mean").fit([["free"]])
    >>> vectors.transform([["Free"], ["free", "lunch", "box"], []]).round(2)
    array([[1.  , 0.  ],
           [0.71, 0.71],
           [0.  , 0.  ]])
    """

    file_options = ("path",)

    def __init__(
        self,
        path: str,
        format: Literal["auto", "glove", "word2vec_text", "word2vec_binary"] = "auto",  # noqa: A002
        limit: int | None = None,
        lowercase: bool = True,
        documents: Literal["mean", "idf", "sif"] = "idf",
        sif_a: float = 1e-3,
        remove_component: bool = False,
        normalize: bool = True,
    ) -> None:
        self.path = path
        self.format = format
        self.limit = limit
        self.lowercase = lowercase
        self.documents = documents
        self.sif_a = sif_a
        self.remove_component = remove_component
        self.normalize = normalize

    def look_up(self) -> None:
        if not Path(self.path).is_file():
            raise SourceError(f"{self.path}: there is no such file of word vectors")

    @staticmethod
    def from_gensim(keyed_vectors: Any, path: str) -> PretrainedVectors:
        """The stage for gensim's ``KeyedVectors``, which are written to ``path`` in word2vec's binary
        format: it holds no code, and a definition can name it.

        Raises InputError for words with white space, which the format cannot hold.
        """
        words, vectors = keyed_vectors.index_to_key, np.asarray(keyed_vectors.vectors, "<f4")
        for word in words:
            if not word or re.search(r"[ \n]", word):
                raise InputError(
                    f"word2vec's binary format has no place for white space in a word, and {word!r} is "
                    'one of the vectors\' words: join its parts with "_" first'
                )
        with Path(path).open("wb") as file:
            file.write(f"{len(words)} {vectors.shape[1]}\n".encode())
            for word, vector in zip(words, vectors, strict=True):
                file.write(word.encode() + b" " + vector.tobytes())
        return PretrainedVectors(path, "word2vec_binary")

    def check(self) -> None:
        super().check()
        if self.limit is not None and self.limit < 1:
            raise DefinitionError(
                f"pretrained_vectors: limit must be at least 1, and {self.limit} was given"
            )

    def learn(self, documents: Documents, labels: Any = None) -> None:
        words, self.vectors_ = read_vectors(self.path, self.format, self.limit)
        self.words_ = pa.array(words, pa.string())
        self.learn_weights(documents)

    def find(self, forms: pa.StringArray) -> Found:
        found = super().find(forms)
        if self.lowercase:
            unknown = np.flatnonzero(found.rows < 0)
            words = forms.take(pa.array(unknown)).to_pylist()
            lower = pa.array([word.lower() for word in words], pa.string())
            found.rows[unknown] = super().find(lower).rows
        return found


def read_vectors(path: str, format: str, limit: int | None = None) -> tuple[list[str], Float32]:  # noqa: A002
    """The words of a file, each once, and their vectors, float32[n_words, dimensions].

    Raises SourceError with the file, and the line or the number of the word.
    """
    try:
        with _open(path) as stream:
            if format == "auto":
                format = _looks_like(stream, path)  # noqa: A001
                stream.seek(0)
            if format == "word2vec_binary":
                return _collect(_binary(stream, path), path, limit)
            return _collect(_text(stream, path, format == "word2vec_text"), path, limit)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise SourceError(f"{path}: these word vectors cannot be read: {reason}") from error


def _open(path: str) -> BinaryIO:
    with Path(path).open("rb") as stream:
        zipped = stream.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path)) if zipped else Path(path).open("rb")


def _looks_like(stream: BinaryIO, path: str) -> str:
    first = _line(stream, path, 1)
    if first.startswith(b"\x80"):
        raise SourceError(
            f"{path} is a pickle, as gensim's save writes it, and loading one runs whatever it says. "
            "If you trust it, load it with gensim and pass it on: "
            "PretrainedVectors.from_gensim(KeyedVectors.load(...), path), or "
            "save_word2vec_format(path, binary=True)"
        )
    if not re.fullmatch(rb"\d+ \d+\s*", first):
        return "glove"
    _, dimensions = _header(first, path)
    fields = stream.readline(LONGEST_LINE).rstrip().rsplit(b" ", dimensions)
    return "word2vec_text" if _numbers(fields[1:]) == dimensions else "word2vec_binary"


def _collect(
    items: Iterator[tuple[str, bytes, Float32]], path: str, limit: int | None
) -> tuple[list[str], Float32]:
    """Takes words with their place in the file and their vectors; those that can be used stay."""
    words: dict[str, None] = {}
    blocks: list[Float32] = []
    waiting: list[Float32] = []
    undecodable: list[str] = []
    for number, (place, raw, vector) in enumerate(items, 1):
        try:
            word = raw.decode()
        except UnicodeDecodeError:
            word = ""
            undecodable.append(place)
        if word and word not in words:
            if not np.isfinite(vector).all():
                raise SourceError(f"{place}: the vector of {word!r:.60} holds NaN or infinity")
            words[word] = None
            waiting.append(vector)
            if len(waiting) == BLOCK:
                blocks.append(np.stack(waiting))
                waiting.clear()
        if number == limit:
            break
    if undecodable:
        warnings.warn(
            f"{len(undecodable)} words are not UTF-8 and were left out, the first at {undecodable[0]}",
            TextpipeWarning,
            stacklevel=4,
        )
    if not words:
        raise SourceError(f"{path}: there is no word vector in it")
    return list(words), np.concatenate([*blocks, *([np.stack(waiting)] if waiting else [])])


def _text(stream: BinaryIO, path: str, has_header: bool) -> Iterator[tuple[str, bytes, Float32]]:
    promised, dimensions, number = None, 0, 0
    if has_header:
        promised, dimensions = _header(_line(stream, path, 1), path)
        number = 1
    found = 0
    while promised is None or found < promised:
        number += 1
        line = _line(stream, path, number)
        if not line:
            break
        line = line.rstrip()
        if not line:
            continue
        place = f"{path}:{number}"
        dimensions = dimensions or max(_numbers(line.split(b" ")[1:]), 1)
        word, *fields = line.rsplit(b" ", dimensions)
        # a word may hold blanks (". . ." in GloVe's files), but not end in a number after one
        if len(fields) < dimensions or (b" " in word and _numbers([word.rsplit(b" ", 1)[1]])):
            raise SourceError(
                f"{place}: a word and {dimensions} numbers were expected, as in the "
                f"{'header' if has_header else 'first line'}, and {len(line.split(b' ')) - 1} numbers "
                "were found: the file is damaged, or format is not what it is"
            )
        try:
            vector: Float32 = np.array(fields, np.float32)
        except ValueError as error:
            raise SourceError(f"{place}: these are not all numbers: {error}") from error
        found += 1
        yield place, word, vector
    if promised is not None and found < promised:
        raise SourceError(
            f"{path}: the header promises {promised} words, and the file ends after {found}: it is cut "
            "short; copy it again"
        )


def _binary(stream: BinaryIO, path: str) -> Iterator[tuple[str, bytes, Float32]]:
    promised, dimensions = _header(_line(stream, path, 1), path)
    buffer, at = b"", 0
    for number in range(1, promised + 1):
        while True:
            end = buffer.find(b" ", at)
            if end >= 0 and end + 1 + 4 * dimensions <= len(buffer):
                break
            more = stream.read(1 << 20)
            if not more or (end < 0 and len(buffer) - at > LONGEST_LINE):
                raise SourceError(
                    f"{path}: the header promises {promised} words, and the file ends, or has no words "
                    f"any more, after {number - 1}: it is cut short, or its words hold blanks"
                )
            buffer, at = buffer[at:] + more, 0
        vector: Float32 = np.frombuffer(buffer, "<f4", dimensions, end + 1).astype(np.float32)
        yield f"{path}, word {number}", buffer[at:end].lstrip(b"\n"), vector
        at = end + 1 + 4 * dimensions
    if (buffer[at:] + stream.read(100)).strip():
        raise SourceError(
            f"{path}: something is left after the {promised} words that the header promises: the header "
            "is wrong, or words hold blanks and all after them is misread"
        )


def _line(stream: BinaryIO, path: str, number: int) -> bytes:
    line = stream.readline(LONGEST_LINE)
    if len(line) == LONGEST_LINE:
        raise SourceError(
            f"{path}:{number}: a line of more than {LONGEST_LINE} bytes is no word with its vector"
        )
    return line


def _header(line: bytes, path: str) -> tuple[int, int]:
    match = re.fullmatch(rb"(\d{1,12}) (\d{1,12})\s*", line)
    if not match or not 1 <= int(match[2]) <= MOST_DIMENSIONS:
        raise SourceError(
            f'{path}:1: a header such as "400000 100", words and dimensions, was expected, and '
            f"{line[:60]!r} was found: a file without it is of the format glove"
        )
    return int(match[1]), int(match[2])


def _numbers(fields: Iterable[bytes]) -> int:
    """How many fields at the end are numbers."""
    n = 0
    for field in reversed(list(fields)):
        try:
            float(field)
        except ValueError:
            break
        n += 1
    return n
