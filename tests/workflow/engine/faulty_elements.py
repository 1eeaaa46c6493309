"""Drawings that the engine would not run right."""

from tests.workflow.engine.drawing import (
    boundary,
    definition,
    end,
    flow,
    flows,
    node,
    script,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.faulty import Case, between, decided, instead, sound
from tests.workflow.engine.playing import with_forms
from tests.workflow.engine.tables import table

ERROR = '<bpmn:error id="err" errorCode="E1"/>'
CALL = '<bpmn:extensionElements><camunda:in source="" target="q"/></bpmn:extensionElements>'
LISTENER = "<bpmn:extensionElements><camunda:executionListener/></bpmn:extensionElements>"

CASES: list[Case] = [
    ("GH-E201", "x", with_forms(between(node("complexGateway", "x")))),
    ("GH-E201", "x", with_forms(between(node("adHocSubProcess", "x", start("i"))))),
    ("GH-E201", "x", with_forms(between(node("transaction", "x", start("i"))))),
    ("GH-E201", "es", with_forms(sound(node("subProcess", "es", start("i"), triggeredByEvent="true")))),
    ("GH-E201", "x", with_forms(sound(node("callConversation", "x")))),
    ("GH-E202", "x", with_forms(between(node("intermediateCatchEvent", "x", definition("conditional"))))),
    ("GH-E202", "x", with_forms(between(node("intermediateThrowEvent", "x", definition("compensate"))))),
    ("GH-E202", "b", with_forms(sound(boundary("b", "a", definition("cancel")), flows("b", "e")))),
    ("GH-E202", "s", with_forms(instead(node("startEvent", "s", timer("R/P1D", "timeCycle")), end(), flows("s", "e")))),
    ("GH-E202", "x", with_forms(between(node("intermediateCatchEvent", "x", timer("PT1H"), definition("signal"))))),
    (
        "GH-E203",
        "x",
        with_forms(between(node("scriptTask", "x", "<bpmn:script>a = 1</bpmn:script>", startQuantity="2"))),
    ),
    (
        "GH-E203",
        "x",
        with_forms(between(node("scriptTask", "x", "<bpmn:script>a = 1</bpmn:script>", isForCompensation="true"))),
    ),
    (
        "GH-E203",
        "b",
        with_forms(
            sound(
                boundary("b", "a", definition("error", errorRef="err"), interrupting=False), flows("b", "e"), head=ERROR
            )
        ),
    ),
    (
        "GH-E203",
        "x",
        with_forms(
            between(
                user(
                    "x",
                    several("case.i", "i")
                    .replace("<bpmn:multi", "<bpmn:multi")
                    .replace(" isSeq", ' behavior="One" isSeq'),
                )
            )
        ),
    ),
    ("GH-E205", "x", with_forms(between(user("x", several())))),
    ("GH-E206", "x", with_forms(between(user("x", '<bpmn:standardLoopCharacteristics loopMaximum="-1"/>')))),
    ("GH-E207", "x", with_forms(between(user("x", several("case.i", "2 bad"))))),
    ("GH-E208", "x", with_forms(between(node("receiveTask", "x")))),
    ("GH-E208", "x", with_forms(between(node("intermediateCatchEvent", "x", definition("message"))))),
    (
        "GH-E209",
        "x",
        with_forms(between(node("scriptTask", "x", "<bpmn:script>a = 1</bpmn:script>", scriptFormat="groovy"))),
    ),
    ("GH-E210", "x", with_forms(between(node("intermediateThrowEvent", "x", definition("signal"))))),
    ("GH-E212", "x", with_forms(between(node("serviceTask", "x")))),
    ("GH-E213", "x", with_forms(between(node("businessRuleTask", "x")))),
    ("GH-E214", "x", decided(table(), camunda__decisionRef="other")),
    ("GH-E216", "x", decided(table(), camunda__mapDecisionResult="magic")),
    ("GH-E217", "x", with_forms(between(node("callActivity", "x", calledElement="${which}")))),
    ("GH-E218", "x", with_forms(between(node("callActivity", "x", calledElement="other")))),
    ("GH-E219", "p", with_forms(between(node("callActivity", "x", calledElement="p")))),
    ("GH-E220", "x", with_forms(between(node("callActivity", "x", CALL, calledElement="p")))),
    ("GH-E221", "x", with_forms(between(node("serviceTask", "x", camunda__class="com.example.Do")))),
    ("GH-E221", "x", with_forms(between(node("receiveTask", "x", LISTENER)))),
    ("GH-W222", "x", with_forms(between(node("userTask", "x", camunda__assignee="me")))),
    ("GH-E223", "x", with_forms(between(node("intermediateCatchEvent", "x", timer("R3/PT1H", "timeCycle"))))),
    (
        "GH-E224",
        "b",
        with_forms(
            instead(
                start(),
                script("c", "a = 1"),
                boundary("b", "c", timer("PT1H")),
                end(),
                flows("s", "c", "e"),
                flows("b", "e"),
            )
        ),
    ),
    ("GH-E225", "x", with_forms(between(node("subProcess", "x")))),
    ("GH-W226", "x", with_forms(between(node("task", "x")))),
    (
        "GH-E227",
        "b2",
        with_forms(
            sound(
                *(boundary(b, "a", definition("error", errorRef="err")) + flow(b, "e") for b in ("b1", "b2")),
                head=ERROR,
            )
        ),
    ),
]
