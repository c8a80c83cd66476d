"""Servers that judge mails, each in processes of its own: ours, and those that it is compared with."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from _measure import need

SPAMD = shutil.which("spamd") or shutil.which("spamd", path="/usr/sbin")


class Server(NamedTuple):
    """Ports by tongue, and the processes that listen there."""

    ports: dict[str, int]
    processes: list[int]

    def cpu_seconds(self) -> float:
        """Of all its processes until now, by Linux; 0.0 elsewhere."""
        return sum(_cpu_of(pid) for pid in self._all())

    def megabytes(self) -> float:
        """Memory of all its processes, what they share counted once (PSS); 0.0 where it is not told."""
        return sum(map(_megabytes_of, self._all()))

    def _all(self) -> list[int]:
        return [*self.processes, *(child for pid in self.processes for child in _children(pid))]


@contextlib.contextmanager
def textpipe(model: Path, n: int) -> Iterator[Server]:
    """``textpipe serve``, in ``n`` processes that share their ports."""
    ports = {"http": 0, "spamd": 0}
    with contextlib.ExitStack() as running:
        processes = []
        for _ in range(n):
            command = [sys.executable, "-m", "textpipe", "serve", str(model), "--share-port"]
            command += ["--port", str(ports["http"]), "--spamd-port", str(ports["spamd"])]
            one = running.enter_context(_running(command, stderr=subprocess.PIPE, text=True))
            processes.append(one.pid)
            assert one.stderr
            for line in one.stderr:
                if found := re.match(r"(spamd|http): .*:(\d+)$", line):
                    ports[found[1]] = int(found[2])
                if line.startswith("http:"):
                    break
            else:
                sys.exit("the server did not start")
        yield Server(ports, processes)


@contextlib.contextmanager
def glue(paths: Path) -> Iterator[Server]:
    """The web application that people write around scikit-learn; see :func:`serve_glue`."""
    port = _free_port()
    with _running([sys.executable, __file__, str(port), str(paths)]) as one:
        _wait_for(port, one)
        yield Server({"http": port}, [one.pid])


@contextlib.contextmanager
def spamassassin(n: int) -> Iterator[Server]:
    """SpamAssassin's daemon as Debian configures it, with local tests only and ``n`` children."""
    assert SPAMD
    port = _free_port()
    with tempfile.TemporaryDirectory() as home:
        command = [SPAMD, "--local", "--listen", f"127.0.0.1:{port}", "--max-children", str(n)]
        command += ["--nouser-config", "--syslog", "null", "--helper-home-dir", home]
        command += ["--username", "nobody"] if os.getuid() == 0 else []
        with _running(command, stderr=subprocess.DEVNULL) as one:
            _wait_for(port, one)
            yield Server({"spamd": port}, [one.pid])


def serve_glue(port: int, paths: Path) -> None:
    """Learn the labelled mails of a file by benchmarks/mail.py's script, and answer POST /predict."""
    import uvicorn
    from fastapi import Body, FastAPI
    from mail import Script
    from threadpoolctl import threadpool_limits

    labels, mails = zip(
        *(line.split(" ", 1) for line in paths.read_text().splitlines()), strict=True
    )
    script = Script()
    script.fit([script.text(Path(mail).read_bytes()) for mail in mails], list(labels))
    app = FastAPI()

    def predict(raw: bytes = Body(media_type="message/rfc822")) -> dict[str, Any]:
        return {"label": str(script.predict([script.text(raw)])[0])}

    app.post("/predict")(predict)
    with threadpool_limits(1):  # as ours; without, its threads wait for each other
        uvicorn.run(app, port=port, log_level="error")


@contextlib.contextmanager
def _running(command: list[str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    one = subprocess.Popen(command, **more)
    try:
        yield one
    finally:
        one.send_signal(signal.SIGTERM)
        one.communicate(timeout=60)
    need(one.returncode in (0, -signal.SIGTERM), f"{command[0]} did not end as it should")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, one: subprocess.Popen[str]) -> None:
    for _ in range(1200):
        need(one.poll() is None, "the server did not start")
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server did not listen within 2 minutes")


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return list(map(int, path.read_text().split())) if path.exists() else []


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # its own, and of those children that have ended: spamd takes a new one after 200 mails
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _megabytes_of(pid: int) -> float:
    try:
        found = re.search(
            r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE
        )
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    serve_glue(int(sys.argv[1]), Path(sys.argv[2]))
