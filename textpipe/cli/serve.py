"""``textpipe serve``: a model that answers mail systems and people."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from textpipe.cli import correcting, reading
from textpipe.cli.terminal import say
from textpipe.errors import InputError, ResourceError

TOKEN = "TEXTPIPE_TOKEN"  # noqa: S105  # the variable's name
LIMITS = "Limits"


def serve(
    model: reading.ModelPath,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; by default this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=65535, help="For HTTP and rspamd's protocol. 0: any."),
    ] = 8783,
    spamd_port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="For spamd's protocol. 0: any.")
    ] = 1783,
    spamd: Annotated[bool, typer.Option(help="Speak spamd's protocol as well.")] = True,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"Holds the token that a client must give to teach the model. Or set {TOKEN}. "
            "Without a token nobody may teach.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name by which a proxy on this machine calls it. Repeatable."
        ),
    ] = None,
    share_port: Annotated[
        bool,
        typer.Option(
            "--share-port", help="Several such processes share the ports: for more cores."
        ),
    ] = False,
    positive: Annotated[
        str | None, typer.Option(metavar="LABEL", help='The label that means spam: "spam".')
    ] = None,
    journal: correcting.JournalPath = None,
    without_corrections: correcting.WithoutCorrections = False,
    max_body: Annotated[
        int, typer.Option(metavar="MB", min=1, help="A request's body.", rich_help_panel=LIMITS)
    ] = 16,
    max_connections: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Open, on each port.", rich_help_panel=LIMITS),
    ] = 512,
    max_waiting: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="Mails that wait to be judged.", rich_help_panel=LIMITS
        ),
    ] = 64,
    read_seconds: Annotated[
        float,
        typer.Option(
            metavar="S",
            min=0.1,
            help="For a request to arrive, head and body apart.",
            rich_help_panel=LIMITS,
        ),
    ] = 20.0,
    answer_seconds: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="For an answer.", rich_help_panel=LIMITS)
    ] = 30.0,
    drain_seconds: Annotated[
        float,
        typer.Option(
            metavar="S",
            min=1,
            help="After SIGTERM, for what was begun.",
            rich_help_panel=LIMITS,
        ),
    ] = 30.0,
) -> None:
    """Let mail systems and people ask a model: over HTTP, as rspamd, and as spamd.

    HTTP: POST a mail to /predict or /explain; /learn, /health, /metrics, /openapi.json; a page at /. The
    same port answers rspamc (/checkv2, /learnspam, /learnham), the other one spamc. SIGTERM ends it when
    what was begun is answered. A model that is replaced on disk is taken over within a second, or at once
    with SIGHUP.

    \b
    textpipe serve spam.tpipe
    curl --data-binary @letter.eml http://127.0.0.1:8783/predict
    rspamc -h 127.0.0.1:8783 letter.eml
    spamc -p 1783 -R < letter.eml
    """
    token = _token(token_file)
    try:
        import fastapi
        import prometheus_client
        import uvicorn
    except ModuleNotFoundError as error:
        raise ResourceError(
            f"textpipe serve needs {error.name}, which is not installed: "
            'pip install "textpipe-nlp[serve]"'
        ) from error
    del fastapi, prometheus_client, uvicorn
    import asyncio

    from textpipe.serving.core import Core
    from textpipe.serving.detector import Detector
    from textpipe.serving.limits import Limits
    from textpipe.serving.server import Where
    from textpipe.serving.server import serve as run

    limits = Limits(
        body=max_body * 1024 * 1024,
        connections=max_connections,
        waiting=max_waiting,
        read=read_seconds,
        answer=answer_seconds,
        drain=drain_seconds,
    )
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("textpipe.serving").setLevel(logging.INFO)
    detector = Detector.load(model, journal, positive, not without_corrections)
    core = Core(detector, limits, token)
    where = Where(host, port, spamd_port if spamd else None, allow_host or (), share_port)
    say(f"{model}: {', '.join(core.state.labels)}; model {core.state.model[:12]}")
    if token is None:
        say(f"nobody may teach: there is no --token-file and no {TOKEN}")
    ended = asyncio.run(run(core, where, lambda tongue, address: say(f"{tongue}: {address}")))
    say("stopped" if ended else "stopped while a mail was still being judged")
    if not ended:  # a thread cannot be ended, and Python would wait for it
        sys.stderr.flush()
        os._exit(1)


def _token(file: Path | None) -> str | None:
    """The token of a file or the environment. Raises InputError for an empty one."""
    if file is None:
        return os.environ.get(TOKEN) or None
    token = file.read_text("utf-8").strip()
    if not token:
        raise InputError(f"{file}: is empty, and should hold the token for learning")
    return token
