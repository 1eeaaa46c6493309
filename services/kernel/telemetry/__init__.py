"""What can be measured and followed: traces across HTTP and NATS, and numbers for Prometheus."""

from services.kernel.telemetry.metrics import Metrics
from services.kernel.telemetry.traces import inject, span_from, start_tracing, stop_tracing, trace_id, traceparent

__all__ = ["Metrics", "inject", "span_from", "start_tracing", "stop_tracing", "trace_id", "traceparent"]
