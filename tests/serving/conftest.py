"""A real server in a process of its own, on free ports, and a small model for it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from textpipe import Count, KnnClassifier, Lowercase, Pipeline, Tokenize, save

TOKEN = "a-token-for-tests"  # noqa: S105
TEXTS = {
    "spam": ["win a prize win money now", "claim your free prize", "free money if you claim now"],
    "ham": ["see you at lunch tomorrow", "lunch tomorrow at noon", "dinner tomorrow with the team"],
}
SPAM = b"Message-ID: <1@here.example>\nSubject: Win\n\nclaim your free prize and win money\n"
HAM = b"Message-ID: <2@here.example>\nSubject: Lunch\n\nsee you at lunch tomorrow\n"


def trained(**options: Any) -> Pipeline:
    """A pipeline that knows three spams and three hams."""
    pipeline = Pipeline(
        [Tokenize("words"), Lowercase(), Count(), KnnClassifier(**{"k": 1, **options})]
    )
    texts = [text for label in TEXTS for text in TEXTS[label]]
    return pipeline.fit(texts, [label for label in TEXTS for _ in TEXTS[label]])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


ROOT = Path(__file__).parents[2]
COUNTED = [
    *("-m", "coverage", "run", "--parallel-mode"),
    *(f"--rcfile={ROOT / 'pyproject.toml'}", f"--data-file={ROOT / '.coverage'}"),
]
"""Where coverage of the tests is measured, it is of the server, too."""
if "COVERAGE_RUN" not in os.environ:
    COUNTED = []


class Served:
    """A running ``textpipe serve``."""

    def __init__(self, model: Path, *options: str, token: str | None = TOKEN) -> None:
        environment = {name: at for name, at in os.environ.items() if name != "TEXTPIPE_TOKEN"}
        if token:
            environment["TEXTPIPE_TOKEN"] = token
        self.model = model
        command = [sys.executable, *COUNTED, "-m", "textpipe", "serve", str(model)]
        self.process = subprocess.Popen(  # noqa: S603  # ours
            [*command, "--port", "0", "--spamd-port", "0", *options],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.said: list[str] = []
        self.port = self.spamd_port = 0
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)
            if found := re.match(r"(spamd|http): .*:(\d+)$", line):
                setattr(self, "port" if found[1] == "http" else "spamd_port", int(found[2]))
            if self.port:
                return
        raise AssertionError("".join(self.said))

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request; a body that is no bytes goes as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, 60)) as asking:
            asking.request(method, path, body, headers)
            found = asking.getresponse()
            return Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.ask("POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def metric(self, line: str) -> float:
        """The value of a metric, by all that stands before it; 0 where there is none yet."""
        for found in self.get("/metrics").body.decode().splitlines():
            if found.startswith(f"{line} "):
                return float(found.rsplit(" ", 1)[1])
        return 0.0

    def connect(self, port: int | None = None) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port or self.port), 60)

    def spamd(self, request: bytes) -> bytes:
        """What spamd's port says to these bytes, until it closes."""
        with self.connect(self.spamd_port) as asking:
            with contextlib.suppress(OSError):  # it may answer and close before all is sent
                asking.sendall(request)
                asking.shutdown(socket.SHUT_WR)
            return received(asking)

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Returns when it has happened; fails if it has not after many tries."""
        for _ in range(400):
            if happened():
                return
            time.sleep(0.05)
        raise AssertionError("it has not happened")

    def at_once(self, calls: list[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(calls)) as pool:
            return [job.result() for job in [pool.submit(call) for call in calls]]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        assert self.process.stderr
        if not self.process.stderr.closed:
            self.said += self.process.stderr.readlines()
            self.process.stderr.close()
        return self.process.wait(60)


def received(asking: socket.socket) -> bytes:
    """All until the other side closes, in whatever way."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := asking.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.fixture(scope="session")
def needs_serve() -> None:
    """Skips where the packages of the extra "serve" are not installed."""
    for name in ("fastapi", "uvicorn", "prometheus_client"):
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed, so that textpipe serve was not tested")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A model of its own, which a test may teach and replace."""
    return save(trained(), tmp_path / "spam.tpipe", name="small")


@pytest.fixture
def serve(needs_serve: None) -> Iterator[Callable[..., Served]]:
    """Starts servers, which end with the test."""
    started: list[Served] = []

    def start(model: Path, *options: str, token: str | None = TOKEN) -> Served:
        started.append(Served(model, *options, token=token))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
    for one in started:
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may still wait for a client
            one.process.wait(5)
        one.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def served(needs_serve: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that leave its model as it is."""
    one = Served(save(trained(), tmp_path_factory.mktemp("served") / "spam.tpipe", name="small"))
    yield one
    assert one.stop() == 0, one.said


@pytest.fixture(scope="session")
def strict(needs_serve: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server with narrow limits."""
    model = save(trained(), tmp_path_factory.mktemp("strict") / "spam.tpipe")
    limits = ["--read-seconds", "0.5", "--max-body", "1", "--max-connections", "24"]
    one = Served(model, *limits, "--max-waiting", "2")
    yield one
    assert one.stop() == 0, one.said


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program, or a skip that names it."""

    def path_of(name: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
        if found is None:
            pytest.skip(f"{name} is not installed, so that it was not tested")
        return found

    return path_of


@pytest.fixture
def spam() -> bytes:
    return SPAM


@pytest.fixture
def ham() -> bytes:
    return HAM


@pytest.fixture(scope="session")
def token() -> str:
    return TOKEN
