import bz2
import gzip
import io
import lzma
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from textpipe.errors import SourceError
from textpipe.sources import Skipped, compressed, read
from textpipe.sources.compressed import expand

PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lambda data: lzma.compress(data, preset=1),
    ".zst": zstandard.ZstdCompressor().compress,
}
every = pytest.mark.parametrize("ending", PACK)


def expanded(data: bytes, ending: str) -> tuple[bytes, str | None]:
    stream = expand(io.BytesIO(data), ending)
    return io.BufferedReader(stream).read(), stream.defect


@every
def test_an_archive_is_read_as_what_it_holds(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.csv{ending}"
    path.write_bytes(PACK[ending](b"label,text\nham,Hello\n"))
    corpus = read(path)
    assert corpus.documents.texts() == ["Hello"]
    assert corpus.documents.ids.to_pylist() == [f"a.csv{ending}:2"]
    assert corpus.skipped == []


@every
def test_all_members_of_an_archive_are_read(ending: str) -> None:
    data = PACK[ending](b"one ") + PACK[ending](b"two ") + PACK[ending](b"three")
    assert expanded(data, ending) == (b"one two three", None)


@every
def test_of_a_truncated_archive_the_beginning_is_kept(tmp_path: Path, ending: str) -> None:
    letters = random.Random(1)  # noqa: S311
    lines = [bytes(letters.choices(b"abcdefghij", k=40)) + b"\n" for _ in range(60_000)]
    data = PACK[ending](b"".join(lines))
    path = tmp_path / f"a.txt{ending}"
    path.write_bytes(data[: len(data) * 2 // 3])
    corpus = read(path)
    assert 1000 < len(corpus) < len(lines)
    assert corpus.documents.texts()[:1000] == [line.decode().strip() for line in lines[:1000]]
    assert "ends early" in corpus.skipped[0].reason


@every
def test_rubbish_is_no_archive(ending: str) -> None:
    found, defect = expanded(b"this is no archive, whatever its name says", ending)
    assert found == b""
    assert defect is not None


@every
def test_a_bomb_is_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str) -> None:
    monkeypatch.setattr(compressed, "RATIO_FROM", 1_000_000)
    monkeypatch.setattr(compressed, "MAX_RATIO", 2)
    path = tmp_path / f"a.txt{ending}"
    path.write_bytes(PACK[ending](b"\n" * 30_000_000))
    with path.open("rb") as file:
        stream = expand(file, ending)
        grown = sum(len(chunk) for chunk in iter(lambda: stream.read(1 << 20), b""))
    assert grown == 1_000_000
    assert stream.defect == "the archive grew beyond 1,000,000 bytes; the rest was not read"


@every
def test_an_archive_that_is_too_large_is_cut(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr(compressed, "MAX_BYTES", 1000)
    found, defect = expanded(PACK[ending](b"a" * 30_000_000), ending)
    assert found == b"a" * 1000
    assert defect is not None


def test_padding_between_xz_members() -> None:
    data = lzma.compress(b"one ") + b"\0" * 4 + lzma.compress(b"two") + b"\0" * 8
    assert expanded(data, ".xz") == (b"one two", None)


def test_an_archive_that_wants_gigabytes_of_memory_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    small = lzma.compress(b"a" * 100, filters=filters)
    assert expanded(small, ".xz") == (b"a" * 100, None)
    packer = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=30)
    ).compressobj()
    data = packer.compress(b"abc" * 1000) + packer.flush()
    found, defect = expanded(data, ".zst")
    assert (found, defect is None) == (b"", False)


class Slow(io.RawIOBase):
    """Bytes that come one by one, as from a slow program."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found, self.data = self.data[:1], self.data[1:]
        buffer[: len(found)] = found
        return len(found)


@every
def test_standard_input_is_expanded(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    table = b"label,text\nham,Hello\n"
    for packed in (PACK[ending](table), table):
        stdin = io.TextIOWrapper(io.BufferedReader(Slow(packed)))
        monkeypatch.setattr(sys, "stdin", stdin)
        corpus = read("-", format="csv")
        assert corpus.documents.texts() == ["Hello"]
        assert corpus.documents.ids.to_pylist() == ["stdin:2"]
        assert corpus.skipped == []
        assert not stdin.buffer.closed


@every
def test_standard_input_has_the_same_limits(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr(compressed, "MAX_BYTES", 1000)
    packed = PACK[ending](b"a" * 30_000_000)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    corpus = read("-", format="text")
    assert corpus.documents.texts() == ["a" * 1000]
    assert corpus.skipped == [
        Skipped("stdin", "the archive grew beyond 1,000 bytes; the rest was not read")
    ]


def test_short_standard_input_is_no_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (b"BZ", b"BZh9 is how it begins", b"\x1f"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert read("-", format="text").documents.texts() == [text.decode()]


@every
def test_where_the_header_is_cut_the_damage_is_named(tmp_path: Path, ending: str) -> None:
    letters = random.Random(1)  # noqa: S311
    header = ",".join(letters.randbytes(9).hex() for _ in range(120_000))
    packed = PACK[ending](header.encode() + b",text\na\n")
    path = tmp_path / f"a.csv{ending}"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    with pytest.raises(SourceError, match=r"damaged or ends early: .*which column holds the text"):
        read(path)


@every
def test_of_an_archive_that_is_cut_at_once_only_the_damage_is_told(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"a.csv{ending}"
    path.write_bytes(PACK[ending](b"text\na\n")[:12])
    (skipped,) = read(path).skipped
    assert "ends early" in skipped.reason
