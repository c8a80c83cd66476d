"""Every mail of a mailbox judged, filed, and written down: what went where, and why."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from textpipe.errors import SourceError
from textpipe.printable import json_text
from textpipe.serving.detector import Detector
from textpipe.serving.mail_status import kind_of
from textpipe.serving.maildir import Letter, Maildir
from textpipe.serving.mbox import Mbox
from textpipe.serving.verdict import Verdict

TOGETHER = 64
"""Mails that are judged and moved in one go, if they have no more bytes than ``BYTES``."""

BYTES = 4_000_000

NOT_JUDGED = "not judged"

_BEGINNING = '{"mailbox":'


@dataclass(frozen=True)
class Filed:
    """What became of one mail.

    name     what it is called in its mailbox
    kind     spam, ham, unsure, or "not judged"
    to       where it goes; None where it stays
    why_not  why it was not judged or not moved; empty where it was
    again    was it judged by an earlier run?
    about    the verdict as JSON knows it, its subject, and a digest of its bytes
    """

    name: str
    kind: str
    to: str | None
    why_not: str = ""
    again: bool = False
    about: dict[str, Any] = field(default_factory=dict)


class Sorter:
    """Judges the mails of a mailbox and, with ``apply``, files them.

    What is written to ``report`` (JSON lines) is on disk before a mail is moved. A report of an earlier
    run by the same model saves judging the same mails again. ``unsure_as`` is the kind of mails of which
    the model is unsure; larger mails than ``limit`` bytes are not judged.
    """

    def __init__(
        self,
        detector: Detector,
        box: Maildir | Mbox,
        apply: bool = False,
        report: Path | None = None,
        unsure_as: str = "unsure",
        limit: int = 10_000_000,
    ) -> None:
        self.detector = detector
        self.box = box
        self.apply = apply
        self.report = report
        self.unsure_as = unsure_as
        self.limit = limit
        self.ended = 0

    def __iter__(self) -> Iterator[Filed]:
        """What became of each mail, when it has become so. ``ended`` moves were begun by an earlier run."""
        state = f"{self.detector.state}:{self.detector.positive}"
        known = _judged_before(self.report, state)
        self.ended = self.box.begin() if self.apply else 0
        with _appended(self.report) as written:
            _write(written, [{"mailbox": str(self.box.path), "state": state, "apply": self.apply}])
            for letters in self._batches():
                filed = self._judged(letters, known)
                _write(written, [_line(one) for one in filed.values()])
                if self.apply:
                    failed = self.box.file([(letter, one.kind) for letter, one in filed.items()])
                    unmoved = {at: replace(filed[at], to=None, why_not=failed[at]) for at in failed}
                    _write(written, [_line(one) for one in unmoved.values()])
                    filed |= unmoved
                yield from filed.values()
        if self.apply:
            self.box.end()

    def _batches(self) -> Iterator[list[tuple[Letter, bytes | OSError]]]:
        batch: list[tuple[Letter, bytes | OSError]] = []
        size = 0
        for letter in self.box.letters():
            raw: bytes | OSError
            try:
                raw = self.box.read(letter, self.limit + 1)
            except OSError as error:
                raw = error
            batch.append((letter, raw))
            size += len(raw) if isinstance(raw, bytes) else 0
            if len(batch) >= TOGETHER or size >= BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _judged(
        self, letters: list[tuple[Letter, bytes | OSError]], known: dict[str, dict[str, Any]]
    ) -> dict[Letter, Filed]:
        digests = {
            letter: hashlib.sha256(raw).hexdigest()[:32]
            for letter, raw in letters
            if isinstance(raw, bytes) and len(raw) <= self.limit
        }
        raws = {
            letter: raw
            for letter, raw in letters
            if isinstance(raw, bytes) and letter in digests and digests[letter] not in known
        }
        verdicts = dict(zip(raws, self._verdicts(list(raws.values())), strict=True))
        filed = {}
        for letter, raw in letters:
            if isinstance(raw, OSError):
                filed[letter] = self._not_judged(letter, raw.strerror or repr(raw))
            elif letter not in digests:
                filed[letter] = self._not_judged(letter, f"larger than {self.limit:,} bytes")
            elif letter not in verdicts:
                filed[letter] = self._filed(letter, known[digests[letter]], again=True)
            elif isinstance(verdict := verdicts[letter], Exception):
                why = f"{type(verdict).__name__}: {verdict}"
                filed[letter] = self._not_judged(letter, why)
            else:
                filed[letter] = self._filed(letter, _about(verdict, raw, digests[letter]))
        return filed

    def _not_judged(self, letter: Letter, why: str) -> Filed:
        return Filed(letter.name, NOT_JUDGED, self.box.target(NOT_JUDGED), why)

    def _filed(self, letter: Letter, about: dict[str, Any], again: bool = False) -> Filed:
        kind = self.unsure_as if about["kind"] == "unsure" else about["kind"]
        return Filed(letter.name, kind, self.box.target(kind), again=again, about=about)

    def _verdicts(self, raws: list[bytes]) -> list[Verdict | Exception]:
        """The verdicts; an exception for a mail that a stage fails at."""
        try:
            return list(self.detector.judge_all(raws))
        except Exception as error:  # whatever it is, the mail stays where it is
            if len(raws) == 1:
                return [error]
            half = len(raws) // 2
            return self._verdicts(raws[:half]) + self._verdicts(raws[half:])


def _about(verdict: Verdict, raw: bytes, digest: str) -> dict[str, Any]:
    from textpipe.sources import parse_mail

    known = {"kind": kind_of(verdict), "digest": digest, "subject": parse_mail(raw).subject}
    said = verdict.as_json()
    kept = ("label", "score", "threshold", "reasons", "neighbours", "defects")
    return known | {name: said[name] for name in kept}


def _line(filed: Filed) -> dict[str, Any]:
    line = {"id": filed.name, "verdict": filed.kind, "to": filed.to}
    return line | ({"why_not": filed.why_not} if filed.why_not else {}) | filed.about


def _appended(path: Path | None) -> Any:
    """The report, open for more; a line that was cut off by the end of a process is ended first."""
    import contextlib

    if path is None:
        return contextlib.nullcontext()
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+b")
    if file.tell():
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")
    return file


def _write(file: IO[bytes] | None, lines: list[dict[str, Any]]) -> None:
    if file is not None:
        file.write("".join(json_text(line) + "\n" for line in lines).encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())


def _judged_before(path: Path | None, state: str) -> dict[str, dict[str, Any]]:
    """What the report says of mails that were judged by the same model, by digest."""
    if path is None or not path.exists():
        return {}
    found: dict[str, dict[str, Any]] = {}
    same = None
    with path.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                line = None  # a process ended while it wrote it
            if not isinstance(line, dict):
                if same is None and not _BEGINNING.startswith(text.strip()[: len(_BEGINNING)]):
                    raise SourceError(f"{path}: is there already and is no report of textpipe sort")
            elif "state" in line:
                same = line["state"] == state
            elif same and isinstance(line.get("digest"), str) and "score" in line:
                found[line["digest"]] = {
                    name: value
                    for name, value in line.items()
                    if name not in ("id", "verdict", "to", "why_not")
                }
            elif same is None:
                raise SourceError(f"{path}: is there already and is no report of textpipe sort")
    return found
