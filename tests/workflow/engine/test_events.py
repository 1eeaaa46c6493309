"""Messages, signals, errors, escalations, links, ends."""

import pytest

from services.contracts.words import StepKind
from services.workflow.engine.models import Message, Refused, Signal
from tests.workflow.engine.drawing import (
    boundary,
    definition,
    end,
    flows,
    message,
    node,
    settings,
    start,
    user,
)
from tests.workflow.engine.playing import Play

SIGNAL = '<bpmn:signal id="sig" name="sig"/>'
ERROR = '<bpmn:error id="err" errorCode="E1"/><bpmn:error id="oth" errorCode="E2"/>'
ESCALATION = '<bpmn:escalation id="esc" escalationCode="X1"/>'


def test_a_message_is_awaited_and_its_payload_kept() -> None:
    catch = node(
        "intermediateCatchEvent",
        "c",
        settings(post="P13", limit_wd="3"),
        definition("message", messageRef="m_case_delivered"),
    )
    play = Play.of(start(), catch, end(), flows("s", "c", "e"), head=message("case_delivered"))
    (task,) = play.step.tasks
    assert (task.kind, task.message, task.settings["post"]) == (StepKind.RECEIVE, "case_delivered", "P13")
    assert play.step.awaits == ("case_delivered",)
    play.hear("case_delivered", proof_no="x1")
    assert play.data["case_delivered"] == {"proof_no": "x1"}
    assert play.ended == "e"


def test_a_message_nobody_waits_for_is_refused() -> None:
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    with pytest.raises(Refused, match="not-waiting"):
        play.hear("early")


def test_a_receive_task_cannot_be_completed_by_a_person() -> None:
    play = Play.of(
        start(), node("receiveTask", "r", messageRef="m_go"), end(), flows("s", "r", "e"), head=message("go")
    )
    with pytest.raises(Refused, match="not-open"):
        play.complete("r")


def test_of_several_waiting_for_one_message_the_longest_waiting_hears_it_or_the_one_named() -> None:
    body = (
        start(),
        node("parallelGateway", "g"),
        *(node("receiveTask", name, messageRef="m_go") for name in ("r1", "r2")),
        user("a"),
        user("b"),
        end(),
        flows("s", "g", "r1", "a", "e"),
        flows("g", "r2", "b", "e"),
    )
    assert Play.of(*body, head=message("go")).hear("go").open == ["a", "r2"]
    play = Play.of(*body, head=message("go"))
    assert play.do(Message("go", {}, play.task("r2"))).open == ["b", "r1"]


def test_what_is_thrown_is_told() -> None:
    throw = node("intermediateThrowEvent", "t", definition("message", messageRef="m_told"))
    send = node("sendTask", "st", messageRef="m_told")
    play = Play.of(
        start(),
        throw,
        send,
        end("e", definition("message", messageRef="m_told")),
        flows("s", "t", "st", "e"),
        head=message("told"),
    )
    assert [(thrown.element, thrown.name) for thrown in play.step.thrown] == [
        ("t", "told"),
        ("st", "told"),
        ("e", "told"),
    ]


def test_a_signal_reaches_everyone_who_waits_for_it() -> None:
    body = (
        start(),
        node("parallelGateway", "g"),
        *(node("intermediateCatchEvent", name, definition("signal", signalRef="sig")) for name in ("c1", "c2")),
        user("u"),
        boundary("b", "u", definition("signal", signalRef="sig"), interrupting=False),
        user("a"),
        node("intermediateThrowEvent", "t", definition("signal", signalRef="sig")),
        *(user(name) for name in ("z1", "z2", "z3")),
        end(),
        flows("s", "g", "c1", "z1", "e"),
        flows("g", "c2", "z2", "e"),
        flows("g", "u", "e"),
        flows("g", "a", "t", "e"),
        flows("b", "z3", "e"),
    )
    assert Play.of(*body, head=SIGNAL).complete("a").open == ["u", "z1", "z2", "z3"]


def test_a_link_leads_on_where_it_is_caught() -> None:
    link = '<bpmn:linkEventDefinition name="over"/>'
    body = (
        start(),
        node("intermediateThrowEvent", "out", link),
        node("intermediateCatchEvent", "into", link),
        user("a"),
        end(),
        flows("s", "out"),
        flows("into", "a", "e"),
    )
    assert Play.of(*body).open == ["a"]


def test_a_terminate_end_ends_everything_in_its_process() -> None:
    play = Play.of(
        start(),
        node("parallelGateway", "g"),
        user("a"),
        user("b"),
        end("e"),
        end("x", definition("terminate"), settings(outcome="withdrawn")),
        flows("s", "g", "a", "e"),
        flows("g", "b", "x"),
    )
    assert play.complete("b").ended == "x"
    assert play.open == []


def test_a_terminate_end_in_a_subprocess_ends_only_that() -> None:
    inner = (
        start("is"),
        node("parallelGateway", "g"),
        user("a"),
        user("b"),
        end("ie", definition("terminate")),
        flows("is", "g", "a", "ie"),
        flows("g", "b", "ie"),
    )
    play = Play.of(start(), node("subProcess", "sub", *inner), user("z"), end(), flows("s", "sub", "z", "e"))
    assert play.complete("a").open == ["z"]


def test_an_error_end_is_caught_round_its_subprocess() -> None:
    inner = (start("is"), user("u"), end("ie", definition("error", errorRef="err")), flows("is", "u", "ie"))
    play = Play.of(
        start(),
        node("subProcess", "sub", *inner),
        boundary("b", "sub", definition("error", errorRef="err")),
        user("h"),
        user("z"),
        end(),
        flows("s", "sub", "z", "e"),
        flows("b", "h", "e"),
        head=ERROR,
    )
    assert play.complete("u").open == ["h"]


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["h"]), (False, ["after", "h"])])
def test_an_escalation_is_heard_round_its_subprocess(*, interrupting: bool, opened: list[str]) -> None:
    throw = node("intermediateThrowEvent", "t", definition("escalation", escalationRef="esc"))
    inner = (start("is"), user("u"), throw, user("after"), end("ie"), flows("is", "u", "t", "after", "ie"))
    play = Play.of(
        start(),
        node("subProcess", "sub", *inner),
        boundary("b", "sub", definition("escalation", escalationRef="esc"), interrupting=interrupting),
        user("h"),
        end(),
        flows("s", "sub", "e"),
        flows("b", "h", "e"),
        head=ESCALATION,
    )
    assert play.complete("u").open == opened


def test_an_escalation_nobody_hears_changes_nothing() -> None:
    throw = node("intermediateThrowEvent", "t", definition("escalation", escalationRef="esc"))
    assert Play.of(start(), throw, user("a"), end(), flows("s", "t", "a", "e"), head=ESCALATION).open == ["a"]


def test_an_event_may_refer_to_a_definition_drawn_elsewhere() -> None:
    shared = '<bpmn:signalEventDefinition id="d1" signalRef="sig"/>'
    reference = "<bpmn:eventDefinitionRef>d1</bpmn:eventDefinitionRef>"
    play = Play.of(
        start(),
        node("parallelGateway", "g"),
        user("a"),
        node("intermediateCatchEvent", "c", reference),
        node("intermediateThrowEvent", "t", reference),
        user("z"),
        end(),
        flows("s", "g", "a", "t", "e"),
        flows("g", "c", "z", "e"),
        head=SIGNAL + shared,
    )
    assert play.complete("a").open == ["z"]


def test_a_signal_thrown_elsewhere_is_waited_for_and_heard() -> None:
    catch = node("intermediateCatchEvent", "c", definition("signal", signalRef="sig"))
    play = Play.of(start(), catch, end(), flows("s", "c", "e"), head=SIGNAL)
    assert play.step.awaits_signals == ("sig",)
    assert play.do(Signal("sig")).ended == "e"


def test_what_a_signal_brings_is_written_where_the_diagram_wants_it() -> None:
    told = node("intermediateCatchEvent", "c", settings(result="news"), definition("signal", signalRef="sig"))
    play = Play.of(start(), told, end(), flows("s", "c", "e"), head=SIGNAL)
    assert play.do(Signal("sig", {"level": 2})).step.data["news"] == {"level": 2}


def test_a_signal_nobody_waits_for_is_refused() -> None:
    with pytest.raises(Refused, match="not-waiting"):
        Play.of(start(), user("a"), end(), flows("s", "a", "e")).do(Signal("sig"))


def test_signals_thrown_are_told() -> None:
    throw = node("intermediateThrowEvent", "t", definition("signal", signalRef="sig"))
    assert Play.of(start(), throw, user("a"), end(), flows("s", "t", "a", "e"), head=SIGNAL).step.signals == ("sig",)
