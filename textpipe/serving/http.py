"""The web application: what to ask over HTTP, in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

import textpipe
from textpipe.serving.core import TRIES, Core
from textpipe.serving.limits import RefusedError, too_large
from textpipe.serving.rspamd import PATHS, routes

PAGE = Path(__file__).with_name("page")
"""The files of the page for people."""

TEACHING = ("/learn", "/learnspam", "/learnham")
"""What needs the token."""

FILE_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_JSON = 4 * 1024 * 1024
"""Bytes of JSON; a larger mail can be sent as it is."""

MOST_NOTE = 500
"""Characters of a note that are kept with a correction."""


class Word(BaseModel):
    """A word that spoke, and its share of the evidence: above 0 for the positive label."""

    word: str
    weight: float


class Neighbour(BaseModel):
    """A training document that voted."""

    id: str
    label: str
    similarity: float


class Prediction(BaseModel):
    """The verdict on one mail."""

    label: str = Field(description='A label of the model, or "unsure".')
    is_spam: bool | None = Field(description="Is it the positive label? null: unsure.")
    score: float = Field(description="Of the positive label, 0 to 1.")
    threshold: float | None = Field(description="The score from which on it is said.")
    positive: str
    reasons: list[Word]
    neighbours: list[Neighbour]
    defects: list[str] = Field(description="What is broken in the mail.")
    model: str = Field(description="The fingerprint of the model.")
    corrections: int = Field(description="How many corrections the model has been taught.")


class Learned(BaseModel):
    """What became of a correction, which is kept when this is answered."""

    happened: str
    label: str | None
    before: list[str]


class Health(BaseModel):
    """Is it ready, and with which model?"""

    ready: bool
    model: str
    positive: str
    labels: list[str]
    name: str
    documents: int = Field(description="Of which it was trained.")
    corrections: int
    learning: bool = Field(description="Is there a token with which somebody may teach?")
    version: str


class Refusal(BaseModel):
    """Why there is no result."""

    error: str
    reason: str


_ONE = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "A text that is no mail."},
        "mail": {"type": "string", "description": "The source of a mail."},
    },
}


def _takes(*more: str, many: bool = False) -> dict[str, Any]:
    """How OpenAPI says what a request holds."""
    one = {**_ONE, "properties": {**_ONE["properties"], **{name: {} for name in more}}}  # type: ignore[dict-item]
    schema = {"oneOf": [one, {"type": "array", "items": one}]} if many else one
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": schema},
                "message/rfc822": {"schema": {"type": "string", "format": "binary"}},
                "text/plain": {"schema": {"type": "string"}},
            },
        }
    }


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal} for status in (400, 403, 408, 413, 422, 500, 503)
}


def web(core: Core) -> FastAPI:
    """The application on a core. ``/openapi.json`` describes it."""
    app = FastAPI(title="textpipe", version=textpipe.__version__, docs_url=None, redoc_url=None)

    @app.post(
        "/predict",
        response_model=Prediction | list[Prediction],
        responses=REFUSALS,
        openapi_extra=_takes(many=True),
    )
    async def predict(request: Request) -> Response:
        """What is this mail? A list of them gets a list of verdicts."""
        with core.metrics.asked("http", "predict"):
            asked = await _asked(request)
            raws = [raw_of(one) for one in asked] if isinstance(asked, list) else [raw_of(asked)]
            found = [verdict.as_json() for verdict in await core.judge("http", raws)]
            return _json(found if isinstance(asked, list) else found[0])

    @app.post("/explain", responses=REFUSALS, openapi_extra=_takes())
    async def explain(request: Request, tries: int = TRIES) -> Response:
        """Why? Neighbours, words with their places in the original, and what would change the verdict.

        Whoever accepts ``text/html`` first gets a page, which loads and runs nothing.
        """
        with core.metrics.asked("http", "explain"):
            raw = raw_of(await _asked(request))
            if not request.headers.get("accept", "").startswith("text/html"):
                return _json(await core.explain(raw, tries, lambda found: found.as_json()))
            page, verdict = await core.explain(
                raw, tries, lambda found: (found.as_html(), str(found.verdict))
            )
            return Response(
                page.encode("utf-8", "replace"),
                headers={"X-Textpipe-Verdict": quote(verdict)},
                media_type="text/html; charset=utf-8",
            )

    @app.post(
        "/learn",
        response_model=Learned,
        responses=REFUSALS,
        openapi_extra=_takes("label", "note"),
    )
    async def learn(request: Request, label: str | None = None, note: str = "") -> Response:
        """Teach a mail and its label (in the JSON, or ``?label=``); a label ``null`` takes it out.

        Needs the header ``Authorization: Bearer TOKEN``.
        """
        with core.metrics.asked("http", "learn"):
            core.must_be_allowed(token_of(request.headers))
            asked = await _asked(request)
            if isinstance(asked, dict):
                if "label" not in asked or not isinstance(asked["label"], str | None):
                    raise RefusedError("malformed", 'the JSON must hold "label": a text, or null')
                label, note = asked["label"], str(asked.get("note") or "")
            elif label is None:
                raise RefusedError("malformed", "say which label it has: /learn?label=spam")
            outcome = await core.learn("http", raw_of(asked), label, note[:MOST_NOTE] or "http")
            return _json(
                {
                    "happened": outcome.happened,
                    "label": None if outcome.label is None else str(outcome.label),
                    "before": list(map(str, outcome.before)),
                }
            )

    @app.get("/health", response_model=Health, responses={503: {"model": Health}})
    async def health() -> Response:
        """Is it ready? 503 where it is not: it starts or ends."""
        state = core.state
        said = {
            "ready": core.ready,
            "model": state.model,
            "positive": state.positive,
            "labels": state.labels,
            "name": state.name,
            "documents": state.documents,
            "corrections": state.corrections,
            "learning": core.may_teach,
            "version": textpipe.__version__,
        }
        return _json(said, 200 if core.ready else 503)

    @app.get("/metrics")
    async def metrics() -> Response:
        """Counters for Prometheus."""
        return Response(core.metrics.text(), media_type=METRICS_TYPE)

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)  # noqa: S101  # for mypy
        tongue = "rspamd" if request.url.path in PATHS else "http"
        core.metrics.rejected.labels(tongue, error.reason).inc()
        headers = {"retry-after": "1"} if error.codes.status == 503 else None
        said = {"error": str(error), "reason": error.reason}
        return _json(said, error.codes.status, headers)

    @app.exception_handler(RequestValidationError)
    async def misunderstood(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # for mypy
        where = ", ".join(str(one["loc"][-1]) for one in error.errors())
        return await refused(request, RefusedError("malformed", f"cannot be read: {where}"))

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # for mypy
        said = {"error": f"{error.detail}: see /openapi.json", "reason": "not_found"}
        return _json(said, error.status_code, dict(error.headers or {}))

    app.include_router(routes(core))
    for file in sorted(PAGE.iterdir()):
        _add_file(app, "/" if file.name == "index.html" else f"/{file.name}", file)
    return app


def _add_file(app: FastAPI, path: str, file: Path) -> None:
    """A file of the page, which is read once."""
    content, kind = file.read_bytes(), FILE_TYPES[file.suffix]

    @app.api_route(path, methods=["GET", "HEAD"], include_in_schema=False)
    async def file_of_the_page() -> Response:
        return Response(content, media_type=kind)


async def _asked(request: Request) -> Any:
    """What the body holds: JSON, or a mail's bytes; a body of text/plain (UTF-8) is a text."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/plain":
        return PLAIN + body
    if kind != "application/json":
        return body
    if len(body) > MOST_JSON:  # read, it may take thirty times as much
        raise too_large(MOST_JSON)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError("malformed", f"the body is no JSON: {error}") from error


def raw_of(asked: Any) -> bytes:
    r"""The bytes of a mail; a text that is no mail becomes one whose body it is.

    >>> raw_of({"text": "Hello"}).endswith(b"\n\nHello")
    True

    Raises RefusedError for what is neither.
    """
    if isinstance(asked, bytes):
        return asked
    if isinstance(asked, dict):
        match asked:
            case {"text": str(text)} if "mail" not in asked:
                return PLAIN + text.encode("utf-8", "replace")
            case {"mail": str(mail)} if "text" not in asked:
                return mail.encode("utf-8", "replace")
    raise RefusedError(
        "malformed", 'the JSON must be {"text": "..."} or {"mail": "..."} (or a list of them)'
    )


PLAIN = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
"""Before a text that is no mail, so that it is read as UTF-8 and none of it as a header."""


def token_of(headers: Mapping[str, str]) -> str | None:
    """The token that a client gives: as a bearer, or as rspamc's password."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return headers.get("password")


def must_be_allowed(core: Core, path: str, headers: Mapping[bytes, bytes]) -> None:
    """Raises RefusedError for a correction without the token, before its body is read."""
    if path in TEACHING:
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        core.must_be_allowed(token_of(given))


def _json(said: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON in ASCII: what a mail brings cannot break a client's encoding."""
    content = json.dumps(said, ensure_ascii=True, allow_nan=False)
    return Response(content, status, headers, "application/json")
