"""A mail through the filter: what comes out, whatever goes wrong."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import textpipe as tp
from textpipe.serving.mail_status import status_of, with_status
from textpipe.serving.pipe_filter import Filter, options

ROOT = Path(__file__).parent.parent.parent
MAILS = ROOT / "data" / "mail"
BIG = b"Subject: Big\n\n" + b"lunch tomorrow\n" * 1000


def passed(wanted: Filter, mail: bytes) -> tuple[int, bytes]:
    """The exit code, and what was written."""
    written = io.BytesIO()
    return wanted(io.BytesIO(mail), written), written.getvalue()


def status(mail: bytes) -> str:
    """The first header of a mail, unfolded."""
    assert mail.startswith(b"X-Textpipe-Status: "), mail[:80]
    return mail.partition(b"\n")[0].decode().partition(": ")[2]


def process(*arguments: str | Path, mail: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "textpipe.serving.pipe_filter", *map(str, arguments)],
        input=mail,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def broken(bundle: Path) -> Path:
    """A model of which one file has another byte in it."""
    victim = max(bundle.glob("*.npy"), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[-1] ^= 255
    victim.write_bytes(content)
    return bundle


def test_spam_is_0_and_ham_is_1(bundle: Path, spam: bytes, ham: bytes) -> None:
    code, written = passed(Filter(bundle), spam)
    assert (code, status(written)[:17]) == (0, "Spam, score=0.999")
    assert written.endswith(b"\n" + spam)
    code, written = passed(Filter(bundle), ham)
    assert (code, status(written)[:16]) == (1, "Ham, score=0.001")
    assert written.endswith(b"\n" + ham)


def test_unsure_is_2_or_what_it_is_called(bundle: Path) -> None:
    code, written = passed(Filter(bundle), b"Subject: \n\nquux\n")
    assert (code, status(written)) == (2, "Unsure, score=0.500")
    code, written = passed(Filter(bundle, unsure_as="spam"), b"Subject: \n\nquux\n")
    assert (code, status(written)) == (0, "Spam, score=0.500")
    code, written = passed(Filter(bundle, unsure_as="ham"), b"Subject: \n\nquux\n")
    assert (code, status(written)) == (1, "Ham, score=0.500")


def test_the_words_that_spoke_are_named(bundle: Path, spam: bytes) -> None:
    assert b'reasons="' in passed(Filter(bundle), spam)[1]
    assert b"prize" in passed(Filter(bundle, report=True), spam)[1]


@pytest.mark.parametrize("mail", ["spam", "ham", "unsure"])
def test_exit_zero_is_0_for_every_verdict(bundle: Path, mail: str, spam: bytes, ham: bytes) -> None:
    raw = {"spam": spam, "ham": ham, "unsure": b"Subject: \n\nquux\n"}[mail]
    code, written = passed(Filter(bundle, exit_zero=True), raw)
    assert code == 0
    assert status(written).startswith(mail.capitalize())


def test_a_report_is_the_status_alone(bundle: Path, spam: bytes) -> None:
    code, written = passed(Filter(bundle, report=True), spam)
    assert (code, written[:19], written.count(b"\n")) == (0, b"Spam, score=0.999, ", 1)


def test_a_missing_model_passes_the_mail_on(
    tmp_path: Path, spam: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "no\nsuch\x1b[1m.tpipe"
    assert passed(Filter(missing), spam) == (3, spam)
    said = capsys.readouterr().err
    assert "there is no such bundle" in said or "such" in said
    assert said.endswith("the mail was passed on as it is\n")
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert passed(Filter(missing, exit_zero=True), spam) == (0, spam)
    assert passed(Filter(missing, report=True), spam) == (3, b"")


def test_a_damaged_model_passes_the_mail_on(broken: Path, spam: bytes) -> None:
    assert passed(Filter(broken), spam) == (3, spam)
    assert passed(Filter(broken, defer=True), spam) == (75, b"")


def test_a_mail_that_cannot_be_judged_is_deferred_where_asked(tmp_path: Path, spam: bytes) -> None:
    assert passed(Filter(tmp_path / "none", defer=True), spam) == (75, b"")
    assert passed(Filter(tmp_path / "none", defer=True, exit_zero=True), spam) == (75, b"")
    assert passed(Filter(tmp_path / "none", defer=True, report=True), spam) == (75, b"")


def test_a_broken_journal_passes_the_mail_on(bundle: Path, spam: bytes) -> None:
    journal = bundle.with_name("journal.sqlite")
    journal.write_bytes(b"no database at all" * 100)
    assert passed(Filter(bundle, journal=str(journal)), spam) == (3, spam)


def test_a_label_that_is_not_there_passes_the_mail_on(bundle: Path, spam: bytes) -> None:
    assert passed(Filter(bundle, positive="phish"), spam) == (3, spam)
    assert passed(Filter(bundle, positive="ham"), spam)[0] == 1


def test_a_mail_beyond_the_limit_is_passed_on_whole(bundle: Path) -> None:
    code, written = passed(Filter(bundle, limit=1000), BIG)
    assert code == 2
    assert written == b'X-Textpipe-Status: Unjudged, reason="larger than 1,000 bytes"\n' + BIG
    assert passed(Filter(bundle, limit=len(BIG)), BIG)[0] == 1
    assert passed(Filter(bundle, limit=len(BIG) - 1), BIG)[0] == 2
    code, written = passed(Filter(bundle, limit=1000, report=True), BIG)
    assert (code, written) == (2, b'Unjudged, reason="larger than 1,000 bytes"\n')


@pytest.mark.parametrize("pad", range(5))
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_beyond_the_limit_too_a_forged_header_is_taken_out(
    bundle: Path, end: bytes, pad: int
) -> None:
    """The limit, and the first piece behind it, end anywhere in the header and its end."""
    long = b"A: " + b"b" * ((1 << 20) - 50 + pad) + end
    forged = b"x-textpipe-status: Ham" + end
    body = end + b"X-Textpipe-Status: Ham" + end + b"body"
    code, written = passed(Filter(bundle, limit=len(long) // 2), long + forged + body)
    assert code == 2
    assert written.endswith(end + long + body)


def test_of_a_large_mail_no_more_is_kept_than_its_header(bundle: Path) -> None:
    class Counted(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            self.largest = max(self.largest, -1 if size is None else size)
            return super().read(size)

    given_mail, written = Counted(b"Subject: Big\n\n" + b"x" * 5_000_000), io.BytesIO()
    assert Filter(bundle, limit=1000)(given_mail, written) == 2
    assert 0 < given_mail.largest <= 1 << 20
    assert written.getvalue().endswith(given_mail.getvalue())


class Torn(io.RawIOBase):
    """A pipe that breaks after some bytes."""

    def __init__(self, first: bytes) -> None:
        self.first = first

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self.first:
            raise OSError(5, "Input/output error")
        first, self.first = self.first[:size], self.first[size:]
        return first

    def write(self, given: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_mail_that_cannot_be_read_is_no_empty_mail(bundle: Path) -> None:
    written = io.BytesIO()
    assert Filter(bundle)(Torn(b""), written) == 3  # type: ignore[arg-type]
    assert Filter(bundle, defer=True)(Torn(b""), written) == 75  # type: ignore[arg-type]
    assert Filter(bundle, exit_zero=True)(Torn(b""), written) == 3  # type: ignore[arg-type]
    assert written.getvalue() == b""


def test_a_mail_that_cannot_be_passed_on_whole_is_an_error(bundle: Path, spam: bytes) -> None:
    assert Filter(bundle, exit_zero=True)(io.BytesIO(spam), Torn(b"")) == 3  # type: ignore[arg-type]
    wanted = Filter(bundle, exit_zero=True, limit=10)
    assert wanted(Torn(b"Subject: torn\n\n body" * 10), io.BytesIO()) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\n",
        b"\0" * 10_000,
        b"no header",
        b"Subject: Hi",
        b"Subject: \xff\xfe\n\n\xff",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x",
        b"Subject: =?utf-8?q?a=0D=0AX-Textpipe-Status=3A_Ham?=\n\nfree prize\n",
        b"From ann Mon Jan  5 10:00:00 2026\nSubject: free prize\n\nwin money\n",
    ],
)
def test_odd_mails_are_passed_on_whole(bundle: Path, mail: bytes) -> None:
    code, written = passed(Filter(bundle), mail)
    assert code in (0, 1, 2)
    envelope, rest = (mail[:34], mail[34:]) if mail.startswith(b"From ") else (b"", mail)
    assert written.startswith(envelope + b"X-Textpipe-Status: ")
    assert written.endswith(rest)
    assert written.count(b"X-Textpipe-Status: ") == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_come_out_as_they_went_in_with_our_header(bundle: Path, mail: bytes) -> None:
    code, written = passed(Filter(bundle), mail)
    assert code in (0, 1, 2)
    with tp.Detector.load(bundle) as detector:
        assert written == with_status(mail, status_of(detector.judge(mail)))


def test_what_it_was_taught_counts(bundle: Path) -> None:
    mail = b"Subject: Tombola\n\nwin a prize at the tombola\n"
    assert passed(Filter(bundle), mail)[0] == 0
    with tp.Detector.load(bundle) as detector:
        detector.learn(mail, "ham")
    assert passed(Filter(bundle), mail)[0] == 1


def test_a_process_of_its_own_says_the_same(tmp_path: Path) -> None:
    """What it puts off loading changes no verdict, of a definition with signs, a union and weights."""
    corpus = tp.read(str(MAILS))
    definition = tp.from_toml(ROOT / "pipelines" / "mail_spam_small.toml")
    model = tp.save(definition.pipeline.fit(corpus.documents, corpus.labels), tmp_path / "m.tpipe")
    with tp.Detector.load(model) as detector:
        for path in (MAILS / "spam" / "0003.de.eml", MAILS / "ham" / "0005.de.eml"):
            mail = path.read_bytes()
            verdict = detector.judge(mail)
            done = process(model, mail=mail)
            assert done.stderr == b""
            assert done.stdout == with_status(mail, status_of(verdict))
            assert done.returncode == {"spam": 0, "ham": 1, "unsure": 2}[verdict.label]


def test_what_a_stage_prints_is_no_part_of_the_mail(bundle: Path, spam: bytes) -> None:
    program = f"""
from pathlib import Path
from textpipe.serving.pipe_filter import Filter, run

class Chatty(Filter):
    def _verdict(self, raw):
        print("noise")
        return super()._verdict(raw)

raise SystemExit(run(Chatty(Path({str(bundle)!r}))))
"""
    done = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", program], input=spam, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"noise\n")
    assert done.stdout == passed(Filter(bundle), spam)[1]


def test_a_call_that_cannot_be_understood_is_no_verdict(tmp_path: Path) -> None:
    done = process("--no-such-option", tmp_path, mail=b"Subject: Hi\n\nBody")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"--no-such-option" in done.stderr


def test_the_quick_way_takes_the_options_of_the_command() -> None:
    line = "m.tpipe -e --defer --report --unsure-as ham --limit 5 --positive x --journal j"
    given = vars(options().parse_args(line.split()))
    assert Filter(**given) == Filter(Path("m.tpipe"), True, True, True, "ham", 5, "x", "j")
    assert Filter(**vars(options().parse_args(["m"]))) == Filter(Path("m"))


@pytest.mark.parametrize("line", ["", "m --limit 0", "m --limit x", "m --unsure-as y", "m n"])
def test_a_wrong_call_is_an_error_and_no_verdict(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        options().parse_args(line.split())
    assert ended.value.code == 3
    assert "See textpipe filter --help" in capsys.readouterr().err
