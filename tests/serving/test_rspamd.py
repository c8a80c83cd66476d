"""rspamd's protocol: with Debian's rspamc, and from a Lua file inside a real rspamd."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import zstandard

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from textpipe.serving.points import points
from textpipe.serving.rspamd import reply
from textpipe.serving.verdict import Verdict

LUA = Path(__file__).parents[2] / "docs" / "rspamd_textpipe.lua"

CONF = """\
options {{
  pidfile = "{at}/rspamd.pid"; control_socket = "{at}/control.sock mode=0600"; filters = [];
  dynamic_conf = "{at}/dynamic"; url_tld = "{at}/tld.dat"; hs_cache_dir = "{at}"; tempdir = "{at}";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{at}/rspamd.log"; level = "info"; }}
actions {{ "add header" = 5; reject = 15; }}
modules {{ path = "{at}/modules/"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
lua = "{at}/textpipe.lua";
"""
"""rspamd with our Lua file and nothing else: it asks nobody outside this machine."""


@pytest.fixture(scope="session")
def rspamc(program, tmp_path_factory):
    """Runs Debian's rspamc on a mail; its output, or with -j what that says."""
    path = program("rspamc")
    mail = tmp_path_factory.mktemp("rspamc") / "mail.eml"

    def ask(port, raw, *options):
        mail.write_bytes(raw)
        command = [path, "-h", f"127.0.0.1:{port}", *options, str(mail)]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603
        return json.loads(done.stdout) if "-j" in options else done.stdout.decode()

    return ask


# -- rspamc --------------------------------------------------------------------------------------------


def test_rspamc_checks(rspamc, served, spam, ham):
    found = rspamc(served.port, spam, "-j")
    assert (found["action"], found["score"], found["required_score"]) == ("add header", 10.0, 5.0)
    assert found["symbols"].keys() == {"TEXTPIPE_SPAM"}
    assert found["message-id"] == "1@here.example"
    said = rspamc(served.port, ham)
    assert "Action: no action" in said
    assert "Symbol: TEXTPIPE_HAM (0.00)[" in said
    assert "X-Spam-Action: add header" in rspamc(served.port, spam, "-m")


def test_rspamc_may_pack_the_mail(rspamc, served, spam):
    assert "Action: add header" in rspamc(served.port, spam, "-z")


def test_a_zstandard_bomb_is_refused(strict):
    bomb = zstandard.compress(bytes(100_000_000))
    answer = strict.ask("POST", "/checkv2", bomb, {"Compression": "zstd"})
    assert (answer.status, answer.json()["reason"]) == (413, "too_large")
    answer = strict.ask("POST", "/checkv2", b"no frame", {"Compression": "zstd"})
    assert answer.json()["reason"] == "malformed"


def test_a_packed_mail_that_is_cut_off_is_refused(strict, spam):
    packed = zstandard.compress(spam)
    for size in (len(packed) // 2, len(packed) - 3, 0):
        answer = strict.ask("POST", "/checkv2", packed[:size], {"Compression": "zstd"})
        assert (answer.status, answer.json()["reason"]) == (400, "malformed")


def test_rspamc_teaches(rspamc, serve, bundle, token):
    server = serve(bundle)
    mail = b"Subject: Tombola\n\nyou win a free prize\n"
    assert "Spam: true" in rspamc(server.port, mail)
    assert "success = true" in rspamc(server.port, mail, "-P", token, "learn_ham")
    assert "Spam: false" in rspamc(server.port, mail)
    assert "known as ham already" in rspamc(server.port, mail, "-P", token, "learn_ham")
    assert "success = true" in rspamc(server.port, mail, "-P", token, "learn_spam")
    assert "403" in rspamc(server.port, mail, "-P", "wrong-password", "learn_spam")
    assert "403" in rspamc(server.port, mail, "learn_spam")
    said = rspamc(server.port, mail, "stat")
    assert "Messages scanned: 2" in said
    assert "Messages learned: 2" in said


def test_ping(served):
    assert served.get("/ping").body == b"pong\r\n"


def test_points_agree_with_the_verdict():
    for label in ("spam", "ham", "unsure"):
        for threshold in (None, 0.0, 0.1, 0.9, 1.0):
            for score in (0.0, 0.1, 0.5, 0.9, 0.999, 1.0):
                found = Verdict(label, score, threshold, "spam")
                assert 0 <= points(found) <= 10
                assert (points(found) >= 5) == (label == "spam")
                assert (reply(found, b"")["action"] == "add header") == (label == "spam")


def test_a_mail_cannot_write_headers_into_the_reply():
    words = (("prize\r\nX-Evil: 1", 1.0), ("\udcff\0", 0.5))
    said = reply(Verdict("spam", 1.0, None, "spam", words), b"Message-ID: <a\xff\x1b[31m>\n\n")
    text = json.dumps(said)
    assert text.isascii()
    assert "\\r" not in text
    assert "\\u001b" not in text


# -- inside rspamd -------------------------------------------------------------------------------------


@pytest.fixture
def rspamd(program, tmp_path, served):
    """A real rspamd with our Lua file, which asks the server; its port."""
    path = program("rspamd")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    at = Path("/tmp") / f"rspamd-{os.getpid()}"  # noqa: S108  # a socket's path must be short
    shutil.rmtree(at, ignore_errors=True)
    (at / "modules").mkdir(parents=True)
    (at / "tld.dat").write_text("com\nexample\n")
    (at / "rspamd.conf").write_text(CONF.format(at=at, port=port))
    lua = LUA.read_text().replace("127.0.0.1:8783", f"127.0.0.1:{served.port}")
    assert str(served.port) in lua
    (at / "textpipe.lua").write_text(lua)
    command = [path, "-f", "-i", "-c", str(at / "rspamd.conf")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        served.wait_until(lambda: running.poll() is not None or _listens(port))
        if running.poll() is not None:
            assert running.stdout
            pytest.fail(f"rspamd ended: {running.stdout.read()!r}")
        yield port
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)
        assert running.stdout
        running.stdout.close()
        shutil.rmtree(at, ignore_errors=True)


def _listens(port):
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def test_rspamd_asks_us(rspamd, rspamc, spam, ham):
    found = rspamc(rspamd, spam, "-j")
    assert found["action"] == "add header"
    assert found["symbols"]["TEXTPIPE_SPAM"]["score"] > 5.9
    assert "prize" in found["symbols"]["TEXTPIPE_SPAM"]["options"]
    found = rspamc(rspamd, ham, "-j")
    assert found["action"] == "no action"
    assert found["symbols"]["TEXTPIPE_HAM"]["score"] < -1.9


def test_rspamd_goes_on_where_we_are_too_slow_or_refuse(rspamd, rspamc, served):
    too_large = (
        b"Subject: win\n\n" + b"free prize " * 1_600_000
    )  # more than our limit, and than the Lua file's
    assert rspamc(rspamd, too_large, "-j")["symbols"] == {}
