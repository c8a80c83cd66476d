"""spamd's protocol: with Debian's spamc, and byte by byte."""

from __future__ import annotations

import re
import subprocess
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("prometheus_client", reason="the extra serve is not installed")

from textpipe.serving.spam_headers import headers_only, marked
from textpipe.serving.verdict import Verdict

NO_SPAM = Verdict("ham", 0.2, None, "spam", (("lunch", -0.5),))


@pytest.fixture(scope="session")
def spamc(program):
    """Runs Debian's spamc against a server."""
    path = program("spamc")

    def ask(server, mail, *options):
        command = [path, "-d", "127.0.0.1", "-p", str(server.spamd_port), *options]
        done = subprocess.run(command, input=mail, capture_output=True, check=False, timeout=60)  # noqa: S603
        return done.returncode, done.stdout

    return ask


def request(command: str, mail: bytes, *headers: str) -> bytes:
    lines = [f"{command} SPAMC/1.5", f"Content-length: {len(mail)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + mail


# -- spamc ---------------------------------------------------------------------------------------------


def test_spamc_checks(spamc, served, spam, ham):
    assert spamc(served, spam, "-c") == (1, b"10.0/5.0\n")
    assert spamc(served, ham, "-c") == (0, b"0.0/5.0\n")
    assert spamc(served, spam, "-E")[0] == 1


def test_spamc_shows_symbols_and_reports(spamc, served, spam, ham):
    assert spamc(served, spam, "-y") == (0, b"TEXTPIPE_SPAM\r\n")
    code, report = spamc(served, spam, "-R")
    assert (code, report.splitlines()[0]) == (0, b"10.0/5.0")
    assert b"prize" in report
    assert spamc(served, spam, "-r")[1] == report
    assert b"lunch" in spamc(served, ham, "-R")[1]
    assert spamc(served, ham, "-r") == (0, b"")


@pytest.mark.parametrize("options", [[], ["--headers"]])
def test_spamc_passes_the_mail_on_with_headers(spamc, served, spam, options):
    lying = b"X-Spam-Status: No,\n\tnot at all\nX-Spam-Flag: NO\n" + spam
    code, mail = spamc(served, lying, *options)
    assert code == 0
    head = mail.partition(b"\n\n")[0]
    assert mail.endswith(spam)
    assert re.findall(rb"^X-Spam-(?:Flag|Status): \w+", head, re.MULTILINE) == [
        b"X-Spam-Flag: YES",
        b"X-Spam-Status: Yes",
    ]
    assert b"not at all" not in head


def test_spamc_asks_whether_anybody_is_there(spamc, served):
    assert spamc(served, b"", "-K") == (0, b"SPAMD/1.1 0\n")


def test_spamc_teaches(spamc, serve, bundle, token):
    server = serve(bundle)
    mail = b"Subject: Tombola\n\nyou win a free prize\n"
    known = ("-u", f"ann:{token}", "-L")
    assert spamc(server, mail, "-c")[0] == 1
    assert spamc(server, mail, *known, "ham") == (0, b"Message successfully un/learned\n")
    assert spamc(server, mail, "-c")[0] == 0
    assert spamc(server, mail, *known, "ham") == (0, b"Message was already un/learned\n")
    assert spamc(server, mail, *known, "spam") == (0, b"Message successfully un/learned\n")
    assert spamc(server, mail, *known, "forget") == (0, b"Message successfully un/learned\n")
    assert server.get("/health").json()["corrections"] == 0


def test_spamc_learns_that_it_may_not_teach(spamc, served, spam):
    for user in ("ann", "ann:wrong-token", ""):
        code, said = spamc(served, spam, "-u", user, "-L", "ham")
        assert code != 0, user
        assert b"un/learned" not in said
    assert served.get("/health").json()["corrections"] == 0


# -- byte by byte --------------------------------------------------------------------------------------


def test_an_answer_to_check_is_this(served, spam):
    assert served.spamd(request("CHECK", spam)) == (
        b"SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nSpam: True ; 10.0 / 5.0\r\n\r\n"
    )


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4", "1.5"])
def test_every_version_is_answered_with_and_without_a_length(served, ham, version):
    asked = f"SYMBOLS SPAMC/{version}\r\n".encode()
    answers = [
        served.spamd(asked + b"Content-length: %d\r\n\r\n" % len(ham) + ham),
        served.spamd(asked + b"User: ann\r\n\r\n" + ham),
        served.spamd(asked + b"content-LENGTH:%d\r\n\r\n" % len(ham) + ham + b"and more"),
    ]
    assert {answer.partition(b"\r\n\r\n")[2] for answer in answers} == {b"TEXTPIPE_HAM\r\n"}


def test_a_packed_mail_is_unpacked(served, spam):
    packed = zlib.compress(spam)
    assert b"Spam: True" in served.spamd(request("CHECK", packed, "Compress: zlib"))


def test_a_bomb_is_refused(strict):
    bomb = zlib.compress(bytes(100_000_000), 9)
    assert len(bomb) < 100_000
    answer = strict.spamd(request("CHECK", bomb, "Compress: zlib"))
    assert answer == b"SPAMD/1.1 65 EX_DATAERR: the body is larger than 1,048,576 bytes\r\n"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 76),
        (b"BURN SPAMC/1.5\r\n\r\n", 76),
        (b"CHECK SPAMC/1.5\r\nContent-length: many\r\n\r\n", 76),
        (b"CHECK SPAMC/1.5\r\nContent-length: -1\r\n\r\n", 76),
        (b"CHECK SPAMC/1.5\r\nContent-length: 9\r\n\r\nabc", 76),
        (b"CHECK SPAMC/1.5\r\nno colon\r\n\r\n", 76),
        (b"CHECK SPAMC/1.5\r\nCompress: lzma\r\n\r\nabc", 76),
        (b"CHECK SPAMC/1.5\r\nCompress: zlib\r\n\r\nabc", 76),
        (b"CHECK SPAMC/1.5\r\nContent-length: 99999999\r\n\r\nabc", 65),
        (b"CHECK SPAMC/1.5\r\nX: " + b"x" * 30_000 + b"\r\n\r\n", 65),
        (b"CHECK SPAMC/1.5\r\n" + b"X: 1\r\n" * 30_000 + b"\r\n", 65),
        (b"C" * 30_000, 65),
        (b"", 76),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_is_no_request_is_refused(strict, asked, code):
    answer = strict.spamd(asked)
    assert re.fullmatch(rb"SPAMD/1.1 %d EX_[A-Z]+: [ -~]+\r\n" % code, answer) or answer == b""
    assert b"PONG" in strict.spamd(b"PING SPAMC/1.2\r\n\r\n")


@pytest.mark.parametrize(
    "sent", [b"", b"CHECK SPA", b"CHECK SPAMC/1.5\r\nContent-length: 9\r\n\r\nabc"]
)
def test_who_is_slow_is_cut_off(strict, sent):
    with strict.connect(strict.spamd_port) as asking:
        asking.sendall(sent)
        assert asking.recv(100).startswith(b"SPAMD/1.1 79 EX_TIMEOUT")


def test_skip_gets_no_answer(served):
    assert served.spamd(b"SKIP SPAMC/1.5\r\n\r\n") == b""


def test_too_many_at_once_are_told_so(strict, spam):
    long = request("CHECK", spam + b"\nfree money " * 20_000)
    answers = strict.at_once([lambda: strict.spamd(long)] * 20)
    kinds = {answer.split(b"\r\n")[0].split(b":")[0] for answer in answers}
    assert kinds == {b"SPAMD/1.1 0 EX_OK", b"SPAMD/1.1 75 EX_TEMPFAIL"}


def test_tell_says_what_it_wants(served, spam, token):
    told = (f"User: {token}",)
    for headers in ((), ("Set: local",), ("Set: remote",), ("Set: local", "Message-class: news")):
        assert b" EX_PROTOCOL: " in served.spamd(request("TELL", spam, *told, *headers))


# -- marking a mail --------------------------------------------------------------------------------------


def test_a_line_of_a_mailbox_stays_the_first():
    mail = marked(NO_SPAM, b"From ann Mon Jan  1 00:00:00 2024\nSubject: x\n\ny")
    assert mail.startswith(b"From ann Mon Jan  1 00:00:00 2024\nX-Spam-Status: No")


def test_only_fields_of_ours_are_taken_out():
    brought = (
        b"X-Spam-Flag: NO\nA: X-Spam-Flag: 1\nx-textpipe-a : b\n\tc\n d\nX-Spammer: e\n f\nX-Spam-"
    )
    kept = b"A: X-Spam-Flag: 1\nX-Spammer: e\n f\nX-Spam-"
    assert marked(NO_SPAM, brought) == marked(NO_SPAM, kept)
    assert marked(NO_SPAM, kept).endswith(b"lunch\n" + kept)
    assert marked(NO_SPAM, b"From ann\nA: b\n").startswith(b"From ann\nX-Spam-Status: No")


def test_lines_end_as_they_do_in_the_mail():
    mail = marked(NO_SPAM, b"Subject: x\r\n\r\nfirst\nsecond")
    assert mail.partition(b"\r\n\r\n")[0].count(b"\n") == mail.partition(b"\r\n\r\n")[0].count(
        b"\r\n"
    )


@given(
    st.binary(max_size=400), st.lists(st.sampled_from([b"X-Spam-A: 1", b"a: b", b" c", b"", b"\r"]))
)
def test_a_body_is_never_changed(body, lines):
    head = b"".join(line + b"\n" for line in [b"From: a", *(line for line in lines if line)])
    assert marked(NO_SPAM, head + b"\n" + body).endswith(b"\n\n" + body)


@given(st.binary(max_size=400))
def test_any_bytes_are_marked_once(mail):
    once = marked(NO_SPAM, mail)
    assert marked(NO_SPAM, once) == once or mail.startswith((b"From ", b" ", b"\t"))


def test_a_forged_field_behind_a_bare_carriage_return_is_taken_out():
    brought = b"Subject: a\rX-Spam-Flag: NO\rX-Spam-Status: No\r\nTo: x\r\n\r\nbody\r\n"
    made = marked(NO_SPAM, brought)
    assert made.count(b"X-Spam-") == 1
    assert made.endswith(b"To: x\r\n\r\nbody\r\n")


def test_a_mail_without_a_header_stays_the_body():
    made = marked(NO_SPAM, b"win a prize now\nsecond line")
    head, _, body = made.partition(b"\n\n")
    assert head.startswith(b"X-Spam-Status: No")
    assert body == b"win a prize now\nsecond line"
    assert headers_only(NO_SPAM, b"win a prize now\nsecond line") == head + b"\n\n"
