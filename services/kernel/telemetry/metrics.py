"""The numbers that Prometheus reads at /metrics; each service process has its own set."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATE: Final = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)


class Metrics:
    """Counts and durations of one process. Label values come from code, never from requests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._http()
        self._messages()
        self._work()

    def _http(self) -> None:
        self.requests = Counter(
            "guihua_http_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.request_seconds = Histogram(
            "guihua_http_request_seconds", "How long", ["method", "route"], buckets=_SECONDS, registry=self.registry
        )
        self.requests_open = Gauge("guihua_http_requests_open", "Requests being answered", registry=self.registry)

    def _messages(self) -> None:
        self.handled = Counter(
            "guihua_events_handled", "Events handled, by outcome", ["event", "outcome"], registry=self.registry
        )
        self.handle_seconds = Histogram(
            "guihua_event_handle_seconds", "How long", ["event"], buckets=_SECONDS, registry=self.registry
        )
        self.redelivered = Counter(
            "guihua_events_redelivered", "Events delivered again after a failure", ["event"], registry=self.registry
        )
        self.outbox = Gauge("guihua_outbox_documents", "Documents with unsent events", registry=self.registry)
        self.outbox_age = Gauge("guihua_outbox_age_seconds", "Age of the oldest unsent event", registry=self.registry)
        self.lag = Gauge("guihua_consumer_lag_events", "Events not yet handled", ["stream"], registry=self.registry)
        self.shards = Gauge("guihua_shards", "Parts of the work queue that this process has", registry=self.registry)
        self.dead_letters = Gauge(
            "guihua_dead_letters", "Events given up, waiting for a person", registry=self.registry
        )

    def _work(self) -> None:
        self.ticks = Counter(
            "guihua_ticker_runs", "Runs of a ticker, by outcome", ["ticker", "outcome"], registry=self.registry
        )
        self.tick_late = Histogram(
            "guihua_ticker_late_seconds", "How late a run began", ["ticker"], buckets=_LATE, registry=self.registry
        )
        self.backlog = Gauge("guihua_backlog", "What a sweeper would find", ["line"], registry=self.registry)
        self.restarts = Counter(
            "guihua_task_restarts", "Background tasks that crashed and were restarted", ["task"], registry=self.registry
        )

    @contextmanager
    def handling(self, event: str) -> Iterator[None]:
        """Count and time the handling of an event; an exception passes through and counts as failed."""
        began = time.perf_counter()
        outcome = "failed"
        try:
            yield
            outcome = "done"
        finally:
            self.handled.labels(event, outcome).inc()
            self.handle_seconds.labels(event).observe(time.perf_counter() - began)

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count and time one HTTP request."""
        self.requests.labels(method, route, str(status)).inc()
        self.request_seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All numbers in the text format of Prometheus (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)
