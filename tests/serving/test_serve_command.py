"""Start, stop, another model in its place, and what a killed server still knows."""

from __future__ import annotations

import http.client
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from textpipe import Count, KnnClassifier, Lowercase, Pipeline, Tokenize, save
from textpipe.corrections import CorrectedModel

TAUGHT = b"Subject: Tombola %d\n\nyou win a free prize of %d\n"


@pytest.fixture
def other():
    """A model that calls everything ham that the first one calls spam, and more."""
    pipeline = Pipeline([Tokenize("words"), Lowercase(), Count(), KnnClassifier(k=1)])
    return pipeline.fit(
        ["free prize money win claim", "lunch tomorrow at noon see"], ["ham", "spam"]
    )


def refused(*arguments):
    """What ``textpipe serve`` says where it does not start."""
    command = [sys.executable, "-m", "textpipe", "serve", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


# -- start ---------------------------------------------------------------------------------------------


def test_it_says_where_it_listens_and_is_bound_to_this_machine(served):
    said = "".join(served.said)
    assert f"spamd: 127.0.0.1:{served.spamd_port}\n" in said
    assert f"http: http://127.0.0.1:{served.port}\n" in said


def test_what_is_wrong_is_said(needs_serve, bundle, served, tmp_path):
    assert "nothing.tpipe" in refused(tmp_path / "nothing.tpipe")
    assert f"cannot listen on 127.0.0.1:{served.port}" in refused(bundle, "--port", served.port)
    (tmp_path / "token").write_text("\n")
    assert "is empty" in refused(bundle, "--token-file", tmp_path / "token")
    (tmp_path / "token").write_text("short\n")
    assert "8 characters" in refused(bundle, "--token-file", tmp_path / "token")
    for token in ("Größetoken", "two words", "name:token"):
        (tmp_path / "token").write_text(token, "utf-8")
        assert "printable ASCII" in refused(bundle, "--token-file", tmp_path / "token")


def test_a_token_may_stand_in_a_file(serve, bundle, spam, tmp_path):
    (tmp_path / "token").write_text("token-of-a-file\n")
    server = serve(
        bundle,
        "--token-file",
        str(tmp_path / "token"),
        "--no-spamd",
        token="of-the-env",  # noqa: S106
    )
    assert server.spamd_port == 0
    assert server.post("/learn?label=ham", spam, Authorization="Bearer of-the-env").status == 403
    assert (
        server.post("/learn?label=ham", spam, Authorization="Bearer token-of-a-file").status == 200
    )


# -- stop ----------------------------------------------------------------------------------------------


def test_what_was_begun_is_answered_before_it_stops(serve, bundle, spam):
    server = serve(bundle)
    long = spam + b"\nfree money " * 100_000
    spamd = server.connect(server.spamd_port)
    spamd.sendall(b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(long) + long)
    asking = http.client.HTTPConnection("127.0.0.1", server.port)
    asking.request("POST", "/predict", long)
    server.wait_until(
        lambda: (
            server.metric('textpipe_in_flight{tongue="spamd"}') + mails(server) >= 1
            and server.metric('textpipe_in_flight{tongue="http"}') + mails(server, "http") >= 1
        )
    )
    code: list[int] = []
    stopping = threading.Thread(target=lambda: code.append(server.stop(signal.SIGTERM)))
    stopping.start()
    answer = asking.getresponse()
    assert (answer.status, b'"label": "spam"' in answer.read()) == (200, True)
    assert b"Spam: True" in spamd.recv(1000)
    stopping.join(60)
    assert code == [0]
    assert server.said[-1] == "stopped\n"


def mails(server, tongue="spamd"):
    return server.metric(f'textpipe_mails_total{{tongue="{tongue}",verdict="spam"}}')


def test_who_says_nothing_does_not_keep_it_from_stopping(serve, bundle):
    server = serve(bundle, "--drain-seconds", "1", "--read-seconds", "600")
    silent = [server.connect(), server.connect(server.spamd_port)]
    silent[0].sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc")
    assert server.get("/health").status == 200
    assert server.stop(signal.SIGINT) == 0
    for one in silent:
        one.close()


# -- another model ---------------------------------------------------------------------------------------


def test_a_model_is_swapped_without_a_lost_request(serve, bundle, other, spam):
    server = serve(bundle)
    found: list[tuple[int, str]] = []
    done = threading.Event()

    def ask():
        with_http = http.client.HTTPConnection("127.0.0.1", server.port)
        while not done.is_set():
            with_http.request("POST", "/predict", spam)
            answer = with_http.getresponse()
            body = answer.read().decode()
            found.append((answer.status, re.findall(r'"label": "(\w+)"', body)[0]))

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    server.wait_until(lambda: len(found) > 20)
    before = server.get("/health").json()["model"]
    save(other, bundle, overwrite=True)
    server.process.send_signal(signal.SIGHUP)
    server.wait_until(lambda: server.get("/health").json()["model"] != before)
    so_far = len(found)
    server.wait_until(lambda: len(found) > so_far + 20)
    done.set()
    for one in asking:
        one.join()
    assert {status for status, _ in found} == {200}
    labels = [label for _, label in found]
    assert (labels[0], labels[-1]) == ("spam", "ham")
    assert server.metric('textpipe_swaps_total{result="done"}') == 1


def test_a_replaced_model_is_seen_without_a_signal(serve, bundle, other, spam):
    server = serve(bundle)
    assert server.post("/predict", spam).json()["label"] == "spam"
    save(other, bundle, overwrite=True)
    server.wait_until(lambda: server.post("/predict", spam).json()["label"] == "ham")


def test_a_damaged_model_does_not_replace_a_good_one(serve, bundle, other, spam, tmp_path):
    server = serve(bundle)
    save(other, tmp_path / "other.tpipe")
    arrays = sorted((tmp_path / "other.tpipe").glob("*.npy"))
    arrays[0].write_bytes(b"")
    shutil.rmtree(bundle)
    shutil.copytree(tmp_path / "other.tpipe", bundle)
    server.wait_until(lambda: server.metric('textpipe_swaps_total{result="failed"}') > 0)
    assert server.post("/predict", spam).json()["label"] == "spam"
    assert server.get("/health").json()["ready"] is True
    assert server.stop() == 0
    assert "the model before stays in use" in "".join(server.said)


def test_what_others_teach_is_taken_over(serve, bundle):
    server = serve(bundle)
    with CorrectedModel(bundle) as model:
        model.learn(["you win a free prize"], ["ham"])
    server.wait_until(lambda: server.get("/health").json()["corrections"] == 1)
    assert server.post("/predict", {"text": "you win a free prize"}).json()["label"] == "ham"


def test_two_servers_share_their_ports(serve, bundle, spam):
    first = serve(bundle, "--share-port")
    second = serve(bundle, "--share-port", "--port", str(first.port), "--no-spamd")
    assert second.port == first.port
    for _ in range(50):  # which of the two gets a connection is the system's choice
        assert first.post("/predict", spam).status == 200
    assert first.stop() == 0
    assert second.post("/predict", spam).status == 200


# -- killed ----------------------------------------------------------------------------------------------


def test_a_killed_server_has_lost_nothing_that_it_acknowledged(serve, bundle, token):
    acknowledged = [0]
    for run in range(2):
        server = serve(bundle)
        before = server.get("/health").json()["corrections"]
        assert before >= acknowledged[0]
        acknowledged[0] = before
        done = threading.Event()

        def teach(server=server, run=run, done=done):
            number = 0
            try:
                while not done.is_set():
                    number += 1
                    mail = TAUGHT % (run, 1000 * run + number)
                    if number % 3 == 0:
                        header = f"User: ann:{token}\r\nMessage-class: ham\r\nSet: local\r\n\r\n".encode()
                        answer = server.spamd(b"TELL SPAMC/1.5\r\n" + header + mail)
                        happened = b"DidSet: local\r\n\r\n" in answer
                    elif number % 3 == 1:
                        answer = server.post(
                            "/learn?label=ham", mail, Authorization=f"Bearer {token}"
                        )
                        happened = answer.status == 200
                    else:
                        happened = server.post("/learnham", mail, Password=token).status == 200
                    acknowledged[0] += happened
            except (OSError, http.client.HTTPException):
                pass  # it was killed

        teaching = threading.Thread(target=teach)
        teaching.start()
        server.wait_until(lambda before=before: acknowledged[0] >= before + 5)
        time.sleep(0.003 * run)  # not always at the same step
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        done.set()
        teaching.join()
    server = serve(bundle)
    kept = server.get("/health").json()["corrections"]
    assert (
        acknowledged[0] <= kept <= acknowledged[0] + 2
    )  # one a run may be kept and not acknowledged any more
    assert server.post("/predict", TAUGHT % (0, 1)).json()["label"] == "ham"
