"""What Prometheus may ask of a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the histogram of latencies: a mail takes 1 to 10 ms as a rule, 30 s is the limit."""


class Metrics:
    """Counters, a histogram and gauges in a registry of their own.

    >>> metrics = Metrics()
    >>> metrics.verdicts.labels("http", "spam").inc()
    >>> 'textpipe_mails_total{tongue="http",verdict="spam"} 1.0' in metrics.text().decode()
    True
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        new = self.registry
        self.verdicts = Counter(
            "textpipe_mails",
            "Mails judged, by tongue and verdict",
            ["tongue", "verdict"],
            registry=new,
        )
        self.seconds = Histogram(
            "textpipe_request_seconds",
            "From a whole request to its result, by tongue and what was asked",
            ["tongue", "asked"],
            buckets=SECONDS,
            registry=new,
        )
        self.rejected = Counter(
            "textpipe_rejected",
            "Requests without a result, by reason",
            ["tongue", "reason"],
            registry=new,
        )
        self.taught = Counter(
            "textpipe_taught",
            "Mails learned, relabelled or taken out, by what happened",
            ["tongue", "happened"],
            registry=new,
        )
        self.in_flight = Gauge(
            "textpipe_in_flight", "Requests being worked on", ["tongue"], registry=new
        )
        self.waiting = Gauge("textpipe_waiting", "Mails that wait to be judged", registry=new)
        self.connections = Gauge(
            "textpipe_connections", "Open connections, by port", ["port"], registry=new
        )
        self.swaps = Counter(
            "textpipe_swaps",
            "Models taken over from disk, and tries that failed",
            ["result"],
            registry=new,
        )
        self.corrections = Gauge(
            "textpipe_corrections", "Corrections in force since the model was trained", registry=new
        )
        self.age = Gauge(
            "textpipe_model_age_seconds", "Since the model was written to disk", registry=new
        )
        self.model = Gauge("textpipe_model", "1 for the model in use", ["digest"], registry=new)
        self._digest = ""

    def in_use(self, digest: str, written: float, corrections: int) -> None:
        """Which model is in use, when it was written (seconds since 1970), and what it was taught."""
        if digest != self._digest:
            self.model.clear()
            self.model.labels(digest).set(1)
            self._digest = digest
            self.age.set_function(lambda: max(0.0, time.time() - written))
        self.corrections.set(corrections)

    @contextmanager
    def asked(self, tongue: str, what: str) -> Iterator[None]:
        """Counts a request as in flight, and measures how long it takes."""
        self.in_flight.labels(tongue).inc()
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds.labels(tongue, what).observe(time.perf_counter() - started)
            self.in_flight.labels(tongue).dec()

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
