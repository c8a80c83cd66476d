"""How many mails a second a server judges, how long they wait, and what it refuses.

    python benchmarks/serving.py [--quick] [--json FILE] [--seconds 8] [--connections 1 8 64 256]
                                 [--processes 1] [--definition mail_spam_small] [--servers textpipe]

Four fifths of SpamAssassin's raw mails are learned, and 200 of the last fifth are sent again and again, over
HTTP (/predict) by wrk, where it is installed, and over HTTP and spamd's protocol (CHECK) by a client of ours.
A client opens so many connections and asks on each as soon as it has its answer; spamd's takes a new one for
each mail. p50 and p99 are how long half of the answers took at most, and 99 of 100: by wrk of all answers, by
ours of verdicts alone. CPU is what the server took for a verdict, MB its memory after that row.

textpipe  `textpipe serve`. Every answer must be a verdict, or the refusal of a server that is full
glue      the same mails and the script of mail.py (email, BeautifulSoup, NLTK, scikit-learn) in FastAPI
spamd     SpamAssassin's daemon, where it is installed, by its rules and without the network. It has learned
          nothing of these mails, so it is another detector: what is compared is the service

Each is one process that judges (--processes: so many). --quick uses the mails of data/mail.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from _measure import need
from _servers import SPAMD, Server, glue, spamassassin, textpipe
from mail import files

import textpipe as tp

HERE = Path(__file__).parent.parent
SERVERS = ["textpipe", "glue", "spamd"]
SENT = 200
"""So many mails are sent in turn."""

WRK = """\
local bodies, at, refused, failed = {}, 0, 0, 0
for path in io.lines("PATHS") do
  local file = io.open(path, "rb"); bodies[#bodies + 1] = file:read("*a"); file:close()
end
local threads = {}
function setup(thread) threads[#threads + 1] = thread end
function init() good, full, bad = 0, 0, 0 end
function request()
  at = at % #bodies + 1
  return wrk.format("POST", "/predict", {["Content-Type"] = "message/rfc822"}, bodies[at])
end
function response(status)
  if status == 200 then good = good + 1 elseif status == 503 then full = full + 1 else bad = bad + 1 end
end
function done(summary, latency)
  local errors = summary.errors
  local form = '{"accepted": %d, "refused": %d, "failed": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f}'
  io.write(string.format(form,
    threads[1]:get("good"), threads[1]:get("full"),
    threads[1]:get("bad") + errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""
# wrk counts a connection that 503 closed as one to open anew, not as an error.


def main() -> None:
    """Measure, print a table, and write JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small sample: is all answered?")
    parser.add_argument("--json", type=Path, help="a file to write the figures to")
    parser.add_argument("--seconds", type=float, help="of each measurement; 8, with --quick 0.5")
    parser.add_argument("--connections", nargs="*", type=int, help="1 8 64 256; with --quick 1 32")
    parser.add_argument("--processes", type=int, default=1, help="that judge, of each server")
    parser.add_argument("--definition", default="mail_spam_small", help="one of pipelines/")
    parser.add_argument("--servers", nargs="*", choices=SERVERS, default=SERVERS)
    parser.add_argument("--load", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        print(json.dumps(asyncio.run(load(*options.load))))
        return
    import fastapi  # noqa: F401  # says which package is missing
    import prometheus_client  # noqa: F401
    import uvicorn

    seconds = options.seconds or (0.5 if options.quick else 8.0)
    connections = options.connections or ([1, 32] if options.quick else [1, 8, 64, 256])
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(options.definition, options.quick, folder)
        (folder / "wrk.lua").write_text(WRK.replace("PATHS", str(folder / "sent")))
        print("| server | tongue | client | connections | verdicts/s | refused | failed ", end="")
        print("| p50 ms | p99 ms | CPU ms | MB |\n|---|---|---|---|---|---|---|---|---|---|---|")
        for server in options.servers:
            if server == "spamd" and (SPAMD is None or options.quick):
                continue
            starting: dict[str, AbstractContextManager[Server]] = {
                "textpipe": textpipe(folder / "model.tpipe", options.processes),
                "glue": glue(folder / "learned"),
                "spamd": spamassassin(options.processes),
            }
            with starting[server] as running:
                rows += measured(server, running, folder, connections, seconds)
    if options.json:
        made = {
            "versions": {"textpipe": tp.__version__, "uvicorn": uvicorn.__version__},
            "quick": options.quick,
            "processes": options.processes,
            "definition": options.definition,
            "rows": rows,
        }
        options.json.write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def prepare(definition: str, quick: bool, folder: Path) -> None:
    """Write a model, and files that name the mails that were learned and those to send."""
    paths, labels = files(quick)
    n = len(paths) - len(paths[::5])
    pipeline = tp.from_toml(HERE / "pipelines" / f"{definition}.toml").pipeline
    pipeline.fit(tp.read([str(path) for path in paths[:n]], format="mail").documents, labels[:n])
    tp.save(pipeline, folder / "model.tpipe")
    last = paths[n:]
    sent = last[:: max(1, len(last) // SENT)][:SENT]
    size = statistics.fmean(path.stat().st_size for path in sent)
    print(
        f"{n:,} mails learned by {definition}; {len(sent)} are sent, of {size:,.0f} bytes on average"
    )
    (folder / "sent").write_text("".join(f"{path}\n" for path in sent))
    learned = zip(labels[:n], paths[:n], strict=True)
    (folder / "learned").write_text("".join(f"{label} {path}\n" for label, path in learned))


def measured(
    name: str, server: Server, folder: Path, connections: list[int], seconds: float
) -> Iterator[dict[str, Any]]:
    """A row for each tongue of this server, client and number of connections."""
    clients = [("http", "wrk")] * bool(shutil.which("wrk")) + [
        ("http", "python"),
        ("spamd", "python"),
    ]
    for tongue, client in clients:
        if tongue not in server.ports:
            continue
        for n in connections:
            port = str(server.ports[tongue])
            if client == "wrk":
                command = ["wrk", "-t1", f"-c{n}", f"-d{max(1, round(seconds))}", "--timeout", "60"]
                command += ["-s", str(folder / "wrk.lua"), f"http://127.0.0.1:{port}/predict"]
            else:
                command = [sys.executable, __file__, "--load", tongue, port, str(n)]
                command += [str(seconds), str(folder / "sent")]
            before = server.cpu_seconds()
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            spent = server.cpu_seconds() - before
            row = {"server": name, "tongue": tongue, "client": client, "connections": n}
            row |= json.loads(done.stdout[done.stdout.index("{") :])
            need(row["accepted"] > 0, "no mail was judged")
            row["per_second"] = row["accepted"] / row["seconds"]
            row["cpu_ms"] = 1e3 * spent / row["accepted"]
            row["megabytes"] = server.megabytes()
            asked = row["accepted"] + row["refused"] + row["failed"]
            print(
                f"| {name} | {tongue} | {client} | {n} | {row['per_second']:,.0f} "
                f"| {row['refused'] / asked:.0%} | {row['failed'] / asked:.0%} "
                f"| {row['p50_ms']:,.1f} | {row['p99_ms']:,.1f} | {row['cpu_ms']:,.1f} "
                f"| {row['megabytes']:,.0f} |",
                flush=True,
            )
            need(
                name != "textpipe" or not row["failed"],
                f"{row['failed']} requests got neither a verdict nor a refusal",
            )
            yield row


# -- the client ---------------------------------------------------------------------------------------


async def load(tongue: str, port: str, n: str, seconds: str, paths: str) -> dict[str, Any]:
    """Ask on ``n`` connections for so long; what came of it."""
    mails = [Path(path).read_bytes() for path in Path(paths).read_text().splitlines()]
    taken: list[float] = []
    counts = {"refused": 0, "failed": 0}
    started = time.perf_counter()
    ask = {"http": http_client, "spamd": spamd_client}[tongue]

    async def one(first: int) -> None:
        asking = ask(int(port))
        await anext(asking)
        at = first
        while time.perf_counter() < started + float(seconds):
            before = time.perf_counter()
            try:
                status = await asking.asend(mails[at % len(mails)])
            except (OSError, asyncio.IncompleteReadError, StopAsyncIteration):
                counts["failed"] += 1
                return
            at += 1
            if status == "verdict":
                taken.append(time.perf_counter() - before)
            else:
                counts[status] += 1
        await asking.aclose()

    await asyncio.gather(*(one(7 * i) for i in range(int(n))))
    cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else [0.0] * 99
    return {
        "accepted": len(taken),
        **counts,
        "seconds": time.perf_counter() - started,
        "p50_ms": 1e3 * cuts[49],
        "p99_ms": 1e3 * cuts[98],
    }


async def http_client(port: int) -> Any:
    """A connection that is kept, and opened anew after a refusal; mails go in, what is said comes out."""
    said = "ready"
    streams: Any = None
    while True:
        mail = yield said
        if streams is None:
            streams = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = streams
        head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(mail)}\r\n\r\n"
        writer.write(head.encode() + mail)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        assert length
        await reader.readexactly(int(length[1]))
        said = {b"200": "verdict", b"503": "refused"}.get(answer[9:12], "failed")
        if re.search(rb"(?i)connection: close", answer):
            writer.close()
            streams = None


async def spamd_client(port: int) -> Any:
    """A connection for each mail."""
    said = "ready"
    while True:
        mail = yield said
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(mail) + mail)
        answer = await reader.read()
        writer.close()
        said = {b"0": "verdict", b"75": "refused"}.get(answer[10:12].strip(), "failed")


if __name__ == "__main__":
    main()
