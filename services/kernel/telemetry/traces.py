"""Traces: one id follows a request through every service and message it causes (W3C Trace Context)."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_W3C: Final = TraceContextTextMapPropagator()
_EXPORT_TIMEOUT: Final = 3.0


class _NoAddresses(SpanProcessor):
    """Keeps paths and queries out of traces: a path can hold a sign-in link's secret; the route says enough."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - the interface
        """Overwrite what FastAPI noted of the address."""
        for name in ("url.path", "url.query"):
            if span.attributes and name in span.attributes:
                span.set_attribute(name, "-")


def start_tracing(service: str, *, endpoint: str | None) -> None:
    """Begin to trace this process, once. Without `endpoint` spans have their ids only, and no thread is started."""
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return  # OpenTelemetry lets a process have one
    resource = Resource.create({"service.name": service, "service.namespace": "guihua"})
    sampler = ALWAYS_OFF if endpoint is None else DEFAULT_ON
    provider = TracerProvider(resource=resource, shutdown_on_exit=False, sampler=sampler)
    if endpoint is not None:
        provider.add_span_processor(_NoAddresses())
        provider.add_span_processor(BatchSpanProcessor(_exporter(endpoint)))
    trace.set_tracer_provider(provider)


def _exporter(endpoint: str) -> SpanExporter:
    """Sends spans to a collector. Most offices have none, and need not load what it takes."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - see above

    return OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces", timeout=_EXPORT_TIMEOUT)


def stop_tracing(*, limit: float) -> None:
    """Send what is left, for at most `limit` seconds; an absent collector never keeps the process alive."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        thread = threading.Thread(target=provider.shutdown, daemon=True)
        thread.start()
        thread.join(limit)


def inject(headers: dict[str, str]) -> dict[str, str]:
    """Add the current trace to the headers of an HTTP request or NATS message going out; gives them back."""
    _W3C.inject(headers)
    return headers


def traceparent() -> str | None:
    """The current trace as a `traceparent` value, to be stored and sent later; None outside any trace."""
    return inject({}).get("traceparent")


@contextmanager
def span_from(headers: Mapping[str, str] | None, name: str, **attributes: str | int) -> Iterator[None]:
    """Work caused by a message: a span that continues the trace in its headers, or begins a new one.

    Attribute names are written with `_` for `.`: `messaging_message_id="…"`.
    """
    lowered = {key.lower(): value for key, value in (headers or {}).items()}
    named = {key.replace("_", "."): value for key, value in attributes.items()}
    tracer = trace.get_tracer("guihua")
    with tracer.start_as_current_span(name, context=_W3C.extract(lowered), kind=SpanKind.CONSUMER, attributes=named):
        yield


def trace_id() -> str | None:
    """The id of the current trace, 32 hexadecimal digits; None outside any trace."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None
