"""Log lines are JSON, belong to a case and a trace, and hold no personal data."""

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.kernel import logs, telemetry
from tests.kernel.conftest import Lines

SECRET = "13800000001"


def test_a_line_says_what_where_when_and_of_which_case(lines: Lines) -> None:
    with logs.bound(case_no="51200020261123PT0500017", event_id="intake.cases.1.1.0"):
        logs.get("services.intake.cases").info("case received", item="PT-05")
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "service": "intake",
        "level": "info",
        "event": "case received",
        "logger": "services.intake.cases",
        "case_no": "51200020261123PT0500017",
        "event_id": "intake.cases.1.1.0",
        "item": "PT-05",
    }


def test_bound_fields_end_with_their_block(lines: Lines) -> None:
    with logs.bound(case_no="1"):
        pass
    logs.get("x").info("after")
    assert "case_no" not in lines()[0]


def test_a_librarys_line_has_the_same_form(lines: Lines) -> None:
    logging.getLogger("some.library").warning("%s of %d", "part", 2)
    (line,) = lines()
    assert (line["service"], line["level"], line["event"]) == ("intake", "warning", "part of 2")


@pytest.mark.parametrize("name", ["pymongo.command", "nats", "httpx", "uvicorn.access"])
def test_libraries_that_quote_documents_are_quiet(lines: Lines, name: str) -> None:
    logging.getLogger(name).info("everything about everyone")
    assert lines() == []


def test_an_exception_is_told_once_in_one_line(lines: Lines) -> None:
    try:
        raise ValueError("no such thing")  # noqa: EM101, TRY003, TRY301 - the subject of the test
    except ValueError as error:
        logs.get("x").error("request failed", exc_info=error)
    (line,) = lines()
    assert "ValueError: no such thing" in line["exception"]


@pytest.mark.parametrize(
    "name",
    ["password", "query_password", "phone", "agent_phone", "id_no", "receiver_id_no", "token", "Authorization", "mail"],
)
def test_personal_and_secret_fields_are_never_written(lines: Lines, name: str) -> None:
    logs.get("x").info("said", **{name: SECRET}, nested={name: SECRET, "list": [{name: SECRET}]})
    assert SECRET not in json.dumps(lines())


@pytest.mark.parametrize(
    "text",
    [
        f"mongodb://intake:{SECRET}@127.0.0.1/",
        f"Authorization: Bearer {SECRET}",
        f"token eyJhbGciOiJFZERTQSJ9.{SECRET}.c2ln failed",
    ],
)
def test_credentials_inside_a_text_are_hidden_by_their_form(lines: Lines, text: str) -> None:
    logs.get("x").info(text, detail=text)
    logging.getLogger("y").error(text)
    assert SECRET not in json.dumps(lines())


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.recursive(st.one_of(st.text(), st.binary(), st.floats(), st.integers(), st.none()), st.lists))
def test_whatever_is_logged_makes_one_line_of_json(lines: Lines, value: object) -> None:
    logs.get("x").info("said", value=value, odd=object())
    assert len(lines()) == 1


def test_what_was_wrong_with_a_value_is_told_without_the_value(lines: Lines) -> None:
    try:
        TypeAdapter(dict[str, int]).validate_python({"phone": SECRET + "x", "count": f"{SECRET}\ny"})
    except ValidationError as error:
        logs.get("x").error("request failed", exc_info=error)
    (line,) = lines()
    assert "should be a valid integer" in line["exception"]
    assert SECRET not in json.dumps(line)


def test_lines_inside_a_trace_bear_its_id(lines: Lines) -> None:
    telemetry.start_tracing("intake", endpoint=None)
    with telemetry.span_from({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, "handle"):
        logs.get("x").info("inside")
    assert lines()[0]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
