"""Looks for bytes that make a mail raise, hang, grow, or give another result the second time.

    python benchmarks/fuzz_mail.py [--minutes 1] [--finds FOLDER] [--loop] [--quick] [--json FILE]

With atheris (pip install atheris) what is tried is led by the lines that it reaches; without it, or with
--loop, real mails are damaged at random. Both begin with the mails of data/mail and, where TEXTPIPE_CORPORA
names them, with SpamAssassin's odd ones. What is found is written to FOLDER, a file each; the command
fails if there is something. --quick runs for two seconds.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
LONGEST = 20_000
"""Bytes of an input."""

PATIENCE = 10.0
"""Seconds after which an input is said to hang."""

SMALL = {
    "size": 15_000, "depth": 5, "parts": 12, "header_lines": 30, "header_value": 500,
    "archive_names": 5, "unpacked": 4000,
}  # fmt: skip
PIECES = [
    b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\n", b"=?iso-2022-jp?b?GyRCJCIkJBsoQg==?=", b"=?", b"?=", b"?q?",
    b"From: ", b"To: ((((,,;\n", b"Message-ID: <[>\n", b"Received: x\n", b"MIME-Version: 1.0\n",
    b"Content-Type: ", b"Content-Disposition: attachment; filename=", b"Content-Transfer-Encoding: ",
    b"multipart/mixed; boundary=x\n", b"multipart/alternative; boundary=x\n", b"multipart/digest; ",
    b"message/rfc822\n", b"message/delivery-status\n", b"text/html", b"text/plain", b"; charset=",
    b"utf-16", b"utf-7", b"hz", b"iso-2022-jp", b"koi8-r", b"x-none", b"name*0*=utf-8''%ff; name*1=b",
    b"base64\n", b"quoted-printable\n", b"x-uuencode\n", b"\n\n", b"\r\n\r\n", b"\r", b"--x\n", b"--x--\n",
    b"=C3=BC=\n", b"=\n", b"R3LDvMOfZQ==\n", b"begin 644 a.exe\n", b"#35J0\n", b"`\nend\n", b"\x1f\x8b\x08",
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"%PDF-", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"~{",
    b"<!--", b"<script>", b"</p>", b"&#9999999999;", b"From a Thu Dec  2 10:55:56 2004\n", b" ", b"\t",
]  # fmt: skip


def check(of: Callable[[bytes, Any], Any], raw: bytes, limits: Any) -> None:
    """Everything that is promised of any bytes; AssertionError where it does not hold."""
    mail, again = of(raw, limits), of(raw, limits)
    _ = again.defects, again.parts, again.headers  # what is asked for first changes nothing
    said, repeated = everything(mail), everything(again)
    assert said == repeated, "another result the second time"
    unforeseen = [defect for defect in mail.defects if defect.startswith("unreadable")]
    assert not unforeseen, unforeseen
    repr(said).encode("utf-8")
    assert "\\ud8" not in ascii(mail.regions), "a lone surrogate"
    size = sum(len(region.text) for region in mail.regions)
    assert size <= 2 * min(len(raw), limits.size) + 2, f"{size} characters of {len(raw)} bytes"
    assert len(mail.parts) <= 2 * limits.parts, f"{len(mail.parts)} parts"
    assert all(len(found.listing) <= limits.archive_names for found in mail.attachments)


def everything(mail: Any) -> list[Any]:
    return [
        mail.subject, mail.headers, mail.regions, mail.parts, mail.attachments, mail.outside,
        mail.alternatives_in_common, mail.encoding, mail.defects,
    ]  # fmt: skip


class Search:
    """What was tried, and what was found."""

    def __init__(self, seconds: float, finds: Path) -> None:
        from textpipe.mail import Limits, Mail  # once it is known whether atheris watches

        self.of, self.limits = Mail.of, (Limits(**SMALL), Limits())
        self.end = time.monotonic() + seconds
        self.finds = finds
        self.runs, self.kinds = 0, dict[str, int]()
        self.slowest, self.slowest_size = 0.0, 0

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.end

    def run(self, raw: bytes) -> None:
        """Try these bytes, under small limits and under the usual ones."""
        self.runs += 1
        begin = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        try:
            check(self.of, raw, self.limits[self.runs % 2])
        except Exception as error:
            self.note(raw, error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        taken = time.process_time() - begin
        if taken > self.slowest:
            self.slowest, self.slowest_size = taken, len(raw)
            self.finds.joinpath("slowest").write_bytes(raw)

    def note(self, raw: bytes, error: Exception) -> None:
        """Keep the shortest input of each kind of failure."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = (
            f"{type(error).__name__}: {str(error)[:80]} at {Path(last.filename).name}:{last.lineno}"
        )
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        path = self.finds / f"find-{hashlib.sha256(kind.encode()).hexdigest()[:12]}"
        if not path.exists() or path.stat().st_size > len(raw):
            path.write_bytes(raw)
            print(f"found: {kind} ({len(raw)} bytes, {path})", flush=True)

    def report(self, how: str, target: Path | None) -> int:
        """Say what came of it; 1 if something was found."""
        print(
            f"{how}: {self.runs:,} runs, {sum(self.kinds.values()):,} failures of {len(self.kinds)} kinds; "
            f"slowest input {self.slowest * 1000:.0f} ms of CPU ({self.slowest_size:,} bytes)"
        )
        for kind, count in self.kinds.items():
            print(f"  {count:,} {kind}")
        if target is not None:
            figures = {"how": how, "runs": self.runs, "kinds": self.kinds, "slowest": self.slowest}
            target.write_text(json.dumps(figures), "utf-8")
        return 1 if self.kinds else 0


def real_mails() -> list[bytes]:
    folders = [HERE / "data" / "mail"]
    if corpora := os.environ.get("TEXTPIPE_CORPORA"):
        folders.append(Path(corpora) / "sa-testmails" / "t")
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.read_bytes()[:LONGEST] for path in paths]


def damaged(mails: list[bytes], chance: random.Random) -> bytes:
    """A real mail with a few things done to it."""
    raw = bytearray(chance.choice(mails))
    for _ in range(chance.choice((1, 2, 4, 8, 32))):
        at = chance.randrange(len(raw) + 1)
        length = chance.choice((0, 1, 4, 80, 1000))
        way = chance.randrange(8)
        if way < 3:
            raw[at : at + length % 8] = chance.choice(PIECES)
        elif way == 3:
            del raw[at : at + length]
        elif way == 4:
            raw[at:at] = raw[at : at + length] * chance.choice((1, 2, 20))
        elif way == 5:
            raw[at : at + length % 8] = chance.randbytes(chance.randrange(8))
        elif way == 6:
            other = chance.choice(mails)
            begin = chance.randrange(len(other) + 1)
            raw[at:at] = other[begin : begin + 10 * length]
        else:
            head, body = chance.choice((
                (b"Content-Type: message/rfc822\n\n", bytes(raw)),
                (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", bytes(raw) + b"\n--x\n\n"),
                (b"Content-Transfer-Encoding: base64\n\n", base64.encodebytes(raw)),
            ))  # fmt: skip
            raw = bytearray(head + body)
        del raw[LONGEST:]
    return bytes(raw)


def by_chance(search: Search, mails: list[bytes], finish: Callable[[], None]) -> None:
    chance = random.Random(0)  # noqa: S311  # to be repeated, not to be secret
    while not search.over:
        search.run(damaged(mails, chance))
    finish()


def by_coverage(search: Search, mails: list[bytes], finish: Callable[[], None]) -> None:
    import atheris  # type: ignore[import-not-found,unused-ignore]

    folder = search.finds / "corpus"
    folder.mkdir(exist_ok=True)
    for raw in mails:
        folder.joinpath(hashlib.sha256(raw).hexdigest()[:16]).write_bytes(raw)
    words = search.finds / "words"
    escaped = ("".join(f"\\x{byte:02x}" for byte in piece) for piece in PIECES)
    words.write_text("".join(f'"{piece}"\n' for piece in escaped))

    def one(raw: bytes) -> None:
        search.run(raw)
        if search.over:
            finish()

    options = [f"-dict={words}", f"-max_len={LONGEST}", "-verbosity=0", str(folder)]
    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


def interrupted(number: int, frame: Any) -> None:
    raise TimeoutError(f"more than {PATIENCE} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--finds", type=Path, help="default: a folder for temporary files")
    parser.add_argument(
        "--loop", action="store_true", help="damage mails at random, without atheris"
    )
    parser.add_argument("--quick", action="store_true", help="two seconds, without atheris")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    options = parser.parse_args()
    finds = options.finds or Path(tempfile.mkdtemp(prefix="fuzz_mail_"))
    finds.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGALRM, interrupted)
    way, how = by_chance, "mails damaged at random"
    if not options.loop and not options.quick:
        try:
            import atheris  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            print("atheris is not installed: mails are damaged at random")
        else:
            with atheris.instrument_imports(include=["textpipe.mail", "textpipe.encoding"]):
                import textpipe.mail  # noqa: F401
            way, how = by_coverage, "atheris"
    search = Search(2 if options.quick else 60 * options.minutes, finds)

    def finish() -> None:
        code = search.report(how, options.json)
        sys.stdout.flush()
        os._exit(code)  # libFuzzer would not come to an end by itself

    way(search, real_mails(), finish)


if __name__ == "__main__":
    main()
