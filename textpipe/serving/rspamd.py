"""rspamd's tongue: enough of its HTTP protocol for rspamc, and for what speaks to rspamd's worker.

https://docs.rspamd.com/developers/protocol
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from fastapi import APIRouter, Request, Response

import textpipe
from textpipe.serving.core import Core
from textpipe.serving.limits import RefusedError, from_zstd
from textpipe.serving.points import REQUIRED, points
from textpipe.serving.spam_headers import SYMBOLS
from textpipe.serving.verdict import Verdict, ascii_safe

ADD_HEADER, NO_ACTION = "add header", "no action"
SAYS = {
    True: "textpipe's model calls it {label}",
    False: "textpipe's model calls it {label}",
    None: "textpipe's model is not sure",
}
MOST_REASONS = 5
_MESSAGE_ID = re.compile(
    rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<?([^>\r\n]+)", re.IGNORECASE | re.MULTILINE
)
PATHS = ("/checkv2", "/learnspam", "/learnham")


def routes(core: Core) -> APIRouter:
    """What rspamd's worker and controller answer to, on a core."""
    router = APIRouter(tags=["rspamd"])
    started = time.time()
    scanned: dict[str, int] = {ADD_HEADER: 0, NO_ACTION: 0}
    learned = {"spam": 0, "ham": 0}

    @router.post("/checkv2")
    async def checkv2(request: Request) -> Response:
        """What is this mail? As rspamd says it: action, score, symbols."""
        with core.metrics.asked("rspamd", "check"):
            begun = time.perf_counter()
            raw = await _mail(request, core)
            (verdict,) = await core.judge("rspamd", [raw])
            said = reply(verdict, raw)
            said["time_real"] = round(time.perf_counter() - begun, 6)
            scanned[said["action"]] += 1
            return _json(said)

    @router.post("/learnspam")
    async def learnspam(request: Request) -> Response:
        """Teach that this mail is spam. The header Password holds the token."""
        return await learn(request, core.state.positive, "spam")

    @router.post("/learnham")
    async def learnham(request: Request) -> Response:
        """Teach that this mail is none."""
        return await learn(request, core.state.ham, "ham")

    async def learn(request: Request, label: str | None, kind: str) -> Response:
        with core.metrics.asked("rspamd", "learn"):
            core.must_be_allowed(request.headers.get("password"))
            if label is None:
                raise RefusedError(
                    "unknown_label", "the model has several labels that mean no spam"
                )
            raw = await _mail(request, core)
            user = request.headers.get("user") or request.headers.get("deliver-to") or ""
            outcome = await core.learn("rspamd", raw, label, f"rspamc {user[:100]}".strip())
            if outcome.happened == "already known":
                return _json({"error": f"the mail is known as {label} already: nothing to do"}, 208)
            learned[kind] += 1
            return _json({"success": True})

    @router.get("/ping")
    async def ping() -> Response:
        """Is anybody there?"""
        return Response("pong\r\n", media_type="text/plain")

    @router.get("/stat")
    async def stat() -> Response:
        """What was done since the start, as rspamd's controller tells it."""
        return _json(
            {
                "version": f"textpipe {textpipe.__version__}",
                "config_id": core.state.model,
                "uptime": int(time.time() - started),
                "read_only": not core.may_teach,
                "scanned": sum(scanned.values()),
                "learned": sum(learned.values()),
                "actions": {"reject": 0, "soft reject": 0, "rewrite subject": 0, "greylist": 0}
                | scanned,
                "spam_count": scanned[ADD_HEADER],
                "ham_count": scanned[NO_ACTION],
                "connections": 0,
                "control_connections": 0,
                "pools_allocated": 0,
                "pools_freed": 0,
                "bytes_allocated": 0,
                "chunks_allocated": 0,
                "shared_chunks_allocated": 0,
                "chunks_freed": 0,
                "chunks_oversized": 0,
                "fragmented": 0,
                "total_learns": core.state.corrections,
                "fuzzy_hashes": {},
                "statfiles": [],
            }
        )

    return router


async def _mail(request: Request, core: Core) -> bytes:
    """The mail of a request; rspamc -z packs it by Zstandard."""
    body = await request.body()
    if request.headers.get("compression", "").lower() == "zstd":
        body = from_zstd(body, core.limits.body)
    return body


def reply(verdict: Verdict, raw: bytes) -> dict[str, Any]:
    """A verdict as rspamd says it. It never asks for more than a header: a mail is not refused.

    >>> said = reply(Verdict("spam", 1.0, None, "spam", (("prize", 0.5),)), b"Message-ID: <1@x>\\n\\nHi")
    >>> said["action"], said["score"], said["required_score"], said["message-id"]
    ('add header', 10.0, 5.0, '1@x')
    >>> said["symbols"]["TEXTPIPE_SPAM"]["options"]
    ['prize']
    """
    score = points(verdict)
    symbol = SYMBOLS[verdict.is_spam]
    reasons = [ascii_safe(word) for word in verdict.reasons[:MOST_REASONS]]
    return {
        "is_skipped": False,
        "score": score,
        "required_score": REQUIRED,
        "action": ADD_HEADER if verdict.is_spam else NO_ACTION,
        "thresholds": {ADD_HEADER: REQUIRED},
        "symbols": {
            symbol: {
                "name": symbol,
                "score": score,
                "metric_score": score,
                "description": SAYS[verdict.is_spam].format(label=ascii_safe(verdict.label)),
                "options": reasons,
            }
        },
        "messages": {},
        "message-id": _message_id(raw),
        "milter": {
            "remove_headers": {"X-Textpipe-Status": 0},
            "add_headers": {"X-Textpipe-Status": {"value": status(verdict), "order": 0}},
        },
    }


def status(verdict: Verdict) -> str:
    """The verdict in a header's value.

    >>> status(Verdict("ham", 0.125, None, "spam"))
    'Ham, score=0.125'
    """
    word = {True: "Spam", False: "Ham", None: "Unsure"}[verdict.is_spam]
    return f"{word}, score={verdict.score:.3f}"


def _message_id(raw: bytes) -> str:
    """As rspamd gives it, without brackets; "undef" where there is none."""
    head = re.split(rb"\r?\n\r?\n", raw[:65536], maxsplit=1)[0]
    found = _MESSAGE_ID.search(head)
    return ascii_safe(found[1].decode("latin-1").strip(), 200) if found else "undef"


def _json(said: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(said, ensure_ascii=True), status, media_type="application/json")
