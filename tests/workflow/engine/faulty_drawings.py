"""Drawings that do not hold together."""

from tests.workflow.engine.drawing import (
    boundary,
    condition,
    definition,
    end,
    flow,
    flows,
    node,
    start,
    timer,
    user,
)
from tests.workflow.engine.faulty import Case, gateway, instead, sound
from tests.workflow.engine.playing import with_forms

SIGNAL = '<bpmn:signal id="sig" name="sig"/>'
SIGNAL_EVENT = definition("signal", signalRef="sig")
MESSAGE = '<bpmn:message id="go" name="go"/>'
GO = definition("message", messageRef="go")


def begun_by(*events: str, **attributes: str) -> bytes:
    """A process with a start event `s` of these definitions, in which the signal `sig` is thrown at `z`."""
    begin = node("startEvent", "s", *events, **attributes)
    return instead(begin, user("a"), node("endEvent", "z", SIGNAL_EVENT), flows("s", "a", "z"), head=SIGNAL + MESSAGE)


CASES: list[Case] = [
    ("GH-E101", "f_a_zzz", with_forms(sound(flow("a", "zzz")))),
    ("GH-E102", "p", with_forms(instead(user("a"), end(), flows("a", "e")))),
    ("GH-E103", "p", with_forms(sound(start("s2"), flows("s2", "a")))),
    ("GH-W104", "a", with_forms(instead(start(), user("a"), flows("s", "a")))),
    ("GH-E105", "z", with_forms(sound(user("z")))),
    ("GH-E106", "s", with_forms(sound(flow("a", "s")))),
    ("GH-E107", "e", with_forms(sound(flow("e", "a")))),
    ("GH-E109", "b", with_forms(sound(boundary("b", "e", timer("PT1H")), flows("b", "e")))),
    ("GH-E110", "g", with_forms(gateway("exclusiveGateway", flow("g", "a", "true"), flow("g", "b")))),
    ("GH-I111", "g", with_forms(gateway("exclusiveGateway", flow("g", "a", "true"), flow("g", "b", "false")))),
    ("GH-E113", "g", with_forms(gateway("exclusiveGateway", flow("g", "a"), flow("g", "b"), default="zzz"))),
    (
        "GH-W114",
        "g",
        with_forms(gateway("exclusiveGateway", flow("g", "a", "true"), flow("g", "b", "true", "d"), default="d")),
    ),
    ("GH-E115", "g", with_forms(gateway("parallelGateway", flow("g", "a", "true"), flow("g", "b")))),
    ("GH-W116", "a", with_forms(sound(end("e2"), flow("a", "e2", "true")))),
    ("GH-W117", "g", with_forms(gateway("parallelGateway", flow("g", "a"), flow("g", "b"), flow("a", "g")))),
    ("GH-E118", "g", with_forms(gateway("eventBasedGateway", flow("g", "a"), flow("g", "b")))),
    ("GH-E122", "x", with_forms(sound(node("intermediateThrowEvent", "x", '<bpmn:linkEventDefinition name="l"/>')))),
    (
        "GH-I127",
        "a",
        with_forms(
            sound(node("task", "z", completionQuantity="2"), flows("a", "z", "e")).replace(
                b'id="a"', b'id="a" completionQuantity="2"', 1
            )
        ),
    ),
    (
        "GH-E125",
        "s",
        with_forms(instead(node("startEvent", "s", condition("n > 1")), user("a"), end(), flows("s", "a", "e"))),
    ),
    ("GH-E125", "s", with_forms(begun_by(timer("R/P1D", "timeCycle"), GO, parallelMultiple="true"))),
    ("GH-I128", "b", with_forms(sound(boundary("b", "a", SIGNAL_EVENT), flows("b", "e"), head=SIGNAL))),
    ("GH-E129", "s", with_forms(begun_by(timer("R/PT5M", "timeCycle")))),
    ("GH-E129", "s", with_forms(begun_by(timer("case.received_on", "timeDate")))),
    ("GH-E130", "s", with_forms(begun_by(SIGNAL_EVENT))),
    ("GH-E123", "g", with_forms(sound(node("exclusiveGateway", "g"), flow("a", "g", "true")))),
]
