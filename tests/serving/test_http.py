"""What a server says over HTTP, and what it refuses."""

from __future__ import annotations

import contextlib
import json
import re
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textpipe.serving.detector import Detector, documents_of
from textpipe.serving.limits import RefusedError, Room

BEARER = "Authorization"


# -- literal examples -----------------------------------------------------------------------------------


def test_a_mail_is_judged(served, spam, ham):
    found = served.post("/predict", spam).json()
    assert (found["label"], found["is_spam"], round(found["score"], 2)) == ("spam", True, 1.0)
    assert "prize" in [reason["word"] for reason in found["reasons"]]
    assert served.post("/predict", ham).json()["label"] == "ham"


def test_a_text_is_judged_as_a_text_and_a_mail_as_a_mail(served):
    text = "Subject: lunch tomorrow at noon\n\nfree"
    assert served.post("/predict", {"text": text}).json()["label"] == "ham"
    assert (
        served.post("/predict", {"mail": "X: lunch tomorrow at noon\n\nfree"}).json()["label"]
        == "spam"
    )
    assert served.post("/predict", b"See you", Content_Type="text/plain").json()["label"] == "ham"


def test_a_list_gets_a_list(served):
    found = served.post("/predict", [{"text": "free prize"}, {"text": "lunch at noon"}]).json()
    assert [one["label"] for one in found] == ["spam", "ham"]
    assert served.post("/predict", []).json() == []
    assert served.post("/predict", [{"text": "x"}] * 101).status == 413


def test_health_names_the_model(served):
    found = served.get("/health").json()
    assert found["ready"] is True
    assert found["labels"] == ["ham", "spam"]
    assert found["name"] == "small"
    assert found["model"] == Detector.load(served.model).model


def test_metrics_count(served, spam):
    line = 'textpipe_mails_total{tongue="http",verdict="spam"}'
    before = served.metric(line)
    served.post("/predict", spam)
    assert served.metric(line) == before + 1
    assert served.metric('textpipe_request_seconds_count{asked="predict",tongue="http"}') > 0
    assert served.metric("textpipe_model_age_seconds") > 0


def test_openapi_describes_what_may_be_asked(served):
    found = served.get("/openapi.json").json()
    assert {"/predict", "/explain", "/learn", "/health", "/metrics", "/checkv2"} <= set(
        found["paths"]
    )
    assert "message/rfc822" in found["paths"]["/predict"]["post"]["requestBody"]["content"]


def test_every_answer_says_that_nothing_else_may_be_loaded(served):
    for path in ("/", "/health", "/nothing-is-here"):
        policy = served.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), path


# -- the oracle: the same without a server -----------------------------------------------------------------


def test_the_verdict_is_the_detectors(served, spam, ham):
    detector = Detector.load(served.model)
    for raw in (spam, ham, b"", b"\xff\x00\n\n\xfe", b"Subject: =?utf-8?q?win?=\n\nnow"):
        assert served.post("/predict", raw).json() == detector.judge(raw).as_json()


def test_an_explanation_is_what_textpipe_explain_says(served, spam):
    from textpipe import load
    from textpipe.explanation import explain

    documents, _ = documents_of([spam])
    expected = explain(load(served.model), documents, 50)
    assert served.post("/explain?tries=50", spam).json() == json.loads(
        json.dumps(expected.as_json())
    )
    page = served.post("/explain?tries=50", spam, Accept="text/html")
    assert page.body.decode() == expected.as_html()
    assert page.headers["x-textpipe-verdict"] == "spam"


# -- learning ------------------------------------------------------------------------------------------


def test_learning_needs_the_token(served, spam):
    for headers in ({}, {BEARER: "Bearer wrong-token"}, {BEARER: "Bearer "}, {"Password": "ä"}):
        answer = served.ask("POST", "/learn?label=ham", spam, headers)
        assert (answer.status, answer.json()["reason"]) == (403, "not_allowed")
    assert served.get("/health").json()["corrections"] == 0


def test_without_a_token_nobody_teaches(serve, bundle, spam, token):
    server = serve(bundle, token=None)
    answer = server.ask("POST", "/learn?label=ham", spam, {BEARER: f"Bearer {token}"})
    assert (answer.status, server.get("/health").json()["learning"]) == (403, False)


def test_a_mail_is_learned_relabelled_and_taken_out(serve, bundle, token):
    server = serve(bundle)
    mail = {"mail": "Subject: Tombola\n\nyou win a free prize"}

    def teach(label):
        headers = {BEARER: f"Bearer {token}"}
        return server.ask("POST", "/learn", {**mail, "label": label}, headers).json()

    def judged():
        found = server.post("/predict", mail).json()
        return found["label"], found["corrections"]

    assert judged() == ("spam", 0)
    assert teach("ham") == {"happened": "learned", "label": "ham", "before": []}
    assert judged() == ("ham", 1)
    assert teach("ham")["happened"] == "already known"
    assert teach("spam") == {"happened": "relabelled", "label": "spam", "before": ["ham"]}
    assert teach(None) == {"happened": "removed", "label": None, "before": ["spam"]}
    assert judged() == ("spam", 0)
    assert teach("news") == {
        "error": "the label is none of the model's: ham, spam",
        "reason": "unknown_label",
    }


# -- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"text": 1}', b'{"text": "a", "mail": "b"}', b'"text"', b"[" * 5000, b"\xff", b"{}"],
    ids=repr,
)
def test_json_that_says_nothing_is_refused(served, body):
    answer = served.post("/predict", body, Content_Type="application/json")
    assert (answer.status, answer.json()["reason"]) == (400, "malformed")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(["message/rfc822", "application/json", "", "\t"]),
)
def test_any_bytes_get_a_verdict_or_a_clear_refusal(served, body, kind):
    answer = served.post("/predict", body, Content_Type=kind)
    assert answer.status == 200 or (answer.status == 400 and kind == "application/json")
    assert isinstance(answer.json(), dict | list)


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("POST", "/explain?tries=many", 400, "malformed"),
        ("POST", "/explain?tries=2001", 400, "malformed"),
        ("POST", "/explain?tries=" + "9" * 5000, 400, "malformed"),
        ("GET", "/predict", 405, "not_found"),
        ("POST", "/nothing-is-here", 404, "not_found"),
        ("GET", "/../http.py", 404, "not_found"),
        ("GET", "/%2e%2e/http.py", 404, "not_found"),
    ],
)
def test_every_refusal_says_why_and_repeats_nothing(served, method, path, status, reason):
    answer = served.ask(method, path, b"x" if method == "POST" else None)
    assert (answer.status, answer.json()["reason"]) == (status, reason)
    assert answer.json().keys() == {"error", "reason"}
    assert len(answer.body) < 200


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n",
        b"Content-Length: 3\r\nContent-Encoding: gzip\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Host: evil.example\r\n",
    ],
    ids=lambda value: repr(value)[:50],
)
def test_a_body_that_could_be_read_in_two_ways_is_refused(served, headers):
    with served.connect() as asking:
        asking.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n0\r\n\r\n"
        )
        assert asking.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_requests_in_a_row_are_answered_in_their_order(served, spam, ham):
    one = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
    mails = [spam, ham, ham] * 20
    with served.connect() as asking:
        asking.sendall(b"".join(one % (len(mail), mail) for mail in mails))
        asking.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: asking.recv(65536), b""))
    assert re.findall(rb'"label": "(\w+)", "is_spam"', said) == [b"spam", b"ham", b"ham"] * 20
    assert said.endswith(b"pong\r\n")


def test_who_went_away_is_not_judged_for_nothing(served, spam):
    def judged():
        return served.metric('textpipe_mails_total{tongue="http",verdict="spam"}')

    before = judged()
    gone = 'textpipe_rejected_total{reason="gone",tongue="http"}'
    long = spam + b"\nfree money " * 50_000
    first = served.connect()
    asked = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
    first.sendall(asked % (len(long), long))
    served.wait_until(lambda: served.metric('textpipe_in_flight{tongue="http"}') == 1)
    for _ in range(20):
        with served.connect() as asking:
            asking.sendall(asked % (len(spam), spam))
            served.wait_until(lambda: served.metric('textpipe_in_flight{tongue="http"}') > 1)
    served.wait_until(lambda: served.metric(gone) == 20)
    assert first.recv(20).startswith(b"HTTP/1.1 200")
    first.close()
    assert judged() == before + 1
    assert served.metric('textpipe_in_flight{tongue="http"}') == 0


def test_nobody_can_fill_the_log(serve, bundle):
    server = serve(bundle)
    for rubbish in (b"\x16\x03\x01" + bytes(300), b"rubbish\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"):
        for _ in range(5):
            with server.connect() as asking:
                asking.sendall(rubbish)
                assert b"400 Bad Request" in asking.recv(1000)
    assert server.metric('textpipe_rejected_total{reason="malformed",tongue="http"}') == 15
    said = len(server.said)
    assert server.stop() == 0
    assert server.said[said:] == ["stopped\n"]


def test_a_body_that_is_too_large_is_not_read_to_its_end(strict):
    with strict.connect() as asking:  # by what it declares
        asking.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x.localhost\r\nContent-Length: 99999999\r\n\r\n"
        )
        assert asking.recv(100).startswith(b"HTTP/1.1 413 ")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with strict.connect() as asking:  # by what comes
        asking.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with contextlib.suppress(ConnectionError):
            for _ in range(17):
                asking.sendall(chunk)
        assert asking.recv(100).startswith(b"HTTP/1.1 413 ")


def test_long_headers_are_refused(strict):
    with strict.connect() as asking:
        with contextlib.suppress(ConnectionError):
            asking.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000)
        assert asking.recv(100).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))


@pytest.mark.parametrize("sent", [b"", b"POST /predict HT", b"GET /health HTTP/1.1\r\nX: 1\r\n"])
def test_who_never_finishes_a_head_is_cut_off(strict, sent):
    with strict.connect() as asking:
        asking.sendall(sent)
        with contextlib.suppress(ConnectionError):
            assert asking.recv(1) == b""


def test_who_sends_a_head_byte_by_byte_is_cut_off(strict):
    asking = strict.connect()
    with asking, pytest.raises(ConnectionError):
        drip(asking, b"GET /health HTTP/1.1\r\n" + b"X-Slow: 1\r\n" * 100)


def drip(asking, head):
    """Send a byte at a time, slowly; ConnectionError where the other side has closed."""
    asking.settimeout(0.05)
    for byte in head:
        asking.sendall(bytes([byte]))
        with contextlib.suppress(TimeoutError):
            if asking.recv(1) == b"":
                raise ConnectionError


def test_who_never_finishes_a_body_is_told_and_cut_off(strict):
    with strict.connect() as asking:
        asking.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc")
        assert b"408 Request Timeout" in asking.recv(300)


def test_who_does_not_take_its_answers_is_cut_off(strict):
    line = 'textpipe_rejected_total{reason="slow",tongue="http"}'
    before = strict.metric(line)
    asking = socket.socket()
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asking.settimeout(60)
    asking.connect(("127.0.0.1", strict.port))
    with asking:
        request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.suppress(ConnectionError):
            for _ in range(20_000):  # at the latest when its own buffers are full, this waits
                asking.sendall(request)
        strict.wait_until(lambda: strict.metric(line) > before)


def test_one_connection_too_many_is_told_so(strict):
    with contextlib.ExitStack() as held:
        for _ in range(24):
            held.enter_context(strict.connect())
        answers = [held.enter_context(strict.connect()).recv(20) for _ in range(3)]
    assert answers == [b"HTTP/1.1 503 Service"] * 3


def test_too_many_mails_at_once_are_told_so_and_nothing_hangs(strict, spam):
    long = spam + b"\nfree money " * 20_000
    answers = strict.at_once([lambda: strict.post("/predict", long)] * 20)
    kinds = {answer.status for answer in answers}
    assert kinds == {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 503)
    assert strict.post("/predict", spam).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:80"])
def test_a_page_of_another_name_gets_nothing(served, host):
    assert served.ask("GET", "/health", headers={"Host": host}).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/predict", "/explain", "/learn?label=ham", "/learnham"])
def test_a_page_of_another_site_cannot_keep_us_busy(served, spam, token, site, path):
    headers = {BEARER: f"Bearer {token}", "Password": token, "Sec-Fetch-Site": site}
    assert served.ask("POST", path, spam, headers).json()["reason"] == "not_allowed"
    assert served.ask("GET", "/", headers={"Sec-Fetch-Site": site}).status == 200  # a link to us
    assert served.ask("OPTIONS", path, headers={"Origin": "http://x.example"}).status == 405
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert served.ask("POST", "/predict", spam, headers).status == 200


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1", "[::1]:80", "LOCALHOST", "127.9.9.9"])
def test_names_of_loopback_are_ours(served, host):
    assert served.ask("GET", "/health", headers={"Host": host}).status == 200


def test_another_name_may_be_allowed(serve, bundle):
    server = serve(bundle, "--allow-host", "Mail.example")
    assert server.ask("GET", "/health", headers={"Host": "mail.example:443"}).status == 200


@pytest.mark.parametrize("path", ["/learn?label=ham", "/learnspam"])
def test_without_the_token_a_mail_to_be_taught_is_not_even_read(served, path):
    with served.connect() as asking:
        asking.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n".encode()
        )
        assert b" 403 " in asking.recv(100)


def test_json_is_refused_before_it_takes_much_memory(served):
    many = b"[" + b",".join([b"{}"] * 1_500_000) + b"]"
    answer = served.ask("POST", "/predict", many, {"Content-Type": "application/json"})
    assert (answer.status, answer.json()["reason"]) == (413, "too_large")


def test_bodies_share_the_memory_that_there_is_for_them():
    room = Room(10)
    with room.holding() as one, room.holding() as other:
        one(6)
        with pytest.raises(RefusedError, match="too much is being read"):
            other(5)
        other(4)
    with room.holding() as one:
        one(10)
