"""One trace follows a request through services and messages; numbers can be read by Prometheus."""

import threading

import pytest

from services.kernel import telemetry
from services.kernel.telemetry import Metrics

REMOTE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def traced() -> None:
    telemetry.start_tracing("tests", endpoint=None)


def test_work_caused_by_a_message_continues_its_trace_and_hands_it_on() -> None:
    with telemetry.span_from({"traceparent": REMOTE}, "handle case.received"):
        assert telemetry.trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"
        passed_on = telemetry.inject({})["traceparent"]
    assert passed_on.split("-")[1] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert passed_on != REMOTE


@pytest.mark.parametrize("headers", [None, {}, {"traceparent": ""}, {"traceparent": "00-zz-1-1"}, {"Traceparent": "x"}])
def test_a_message_without_a_trace_begins_one(headers: dict[str, str] | None) -> None:
    with telemetry.span_from(headers, "handle"):
        assert telemetry.trace_id() is not None


def test_header_names_may_be_written_in_any_case() -> None:
    with telemetry.span_from({"Traceparent": REMOTE}, "handle"):
        assert telemetry.trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_outside_any_trace_there_is_nothing_to_pass_on() -> None:
    assert telemetry.trace_id() is None
    assert telemetry.traceparent() is None
    assert telemetry.inject({"kept": "1"}) == {"kept": "1"}


def test_given_no_collector_is_configured_then_no_thread_is_started() -> None:
    assert not [thread for thread in threading.enumerate() if "Otel" in thread.name]


def test_handled_events_are_counted_by_outcome_and_failures_pass_through() -> None:
    metrics = Metrics()
    with metrics.handling("case.received"):
        pass
    with pytest.raises(ZeroDivisionError), metrics.handling("case.received"):
        _ = 1 / 0
    text = metrics.text().decode()
    assert 'guihua_events_handled_total{event="case.received",outcome="done"} 1.0' in text
    assert 'guihua_events_handled_total{event="case.received",outcome="failed"} 1.0' in text


def test_two_sets_of_numbers_in_one_process_do_not_mix() -> None:
    first, second = Metrics(), Metrics()
    first.answered(method="GET", route="/cases", status=200, seconds=0.1)
    assert b'route="/cases"' in first.text()
    assert b'route="/cases"' not in second.text()
