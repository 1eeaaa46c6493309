"""Drawings that the engine would not run right."""

from tests.workflow.engine.drawing import (
    association,
    boundary,
    by_event,
    cardinality,
    definition,
    end,
    flow,
    flows,
    loop,
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

CAUGHT = definition("error", errorRef="err")
COMPENSATE = definition("compensate")
UNDOING = node("task", "h", isForCompensation="true")
UNDONE = boundary("b", "x", COMPENSATE) + UNDOING + association("b", "h")
UNDONE_INSIDE = boundary("b", "x2", COMPENSATE) + UNDOING + association("b", "h")
SIGNAL = '<bpmn:signal id="sig" name="sig"/>'
TOLD = '<bpmn:signalEventDefinition id="told" signalRef="sig"/>'
TOLD_ERROR = '<bpmn:errorEventDefinition id="told" errorRef="err"/>'
GO = definition("signal", signalRef="sig")


def told(behavior: str, reference: str = "") -> str:
    """Multi-instance that throws an event of itself."""
    refers = f' {reference}="told"' if reference else ""
    return several("case.i", "i").replace(" isSeq", f' behavior="{behavior}"{refers} isSeq')


CASES: list[Case] = [
    ("GH-E201", "x", with_forms(sound(node("callConversation", "x")))),
    ("GH-E202", "x", with_forms(between(node("intermediateCatchEvent", "x", definition("error"))))),
    ("GH-E202", "x", with_forms(between(node("intermediateThrowEvent", "x", definition("cancel"))))),
    ("GH-E202", "b", with_forms(sound(boundary("b", "a", definition("link")), flows("b", "e")))),
    ("GH-E202", "s", with_forms(instead(node("startEvent", "s", definition("error")), end(), flows("s", "e")))),
    ("GH-E202", "i", with_forms(between(node("subProcess", "x", node("startEvent", "i", timer("PT1H")))))),
    ("GH-E203", "x", with_forms(between(node("receiveTask", "x", instantiate="true")))),
    ("GH-E203", "i", with_forms(sound(by_event(node("startEvent", "i", CAUGHT, isInterrupting="false")), head=ERROR))),
    (
        "GH-E203",
        "b",
        with_forms(
            sound(
                boundary("b", "a", definition("error", errorRef="err"), interrupting=False), flows("b", "e"), head=ERROR
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
    ("GH-E223", "x", with_forms(between(node("intermediateCatchEvent", "x", timer("R/PT1H", "timeCycle"))))),
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
    ("GH-E206", "x", with_forms(between(user("x", several(inner=cardinality("-1")))))),
    ("GH-E228", "x", with_forms(between(node("task", "x", startQuantity="0")))),
    ("GH-E228", "x", with_forms(between(node("task", "x", completionQuantity="many")))),
    ("GH-E229", "es", with_forms(sound(by_event(start("i"))))),
    ("GH-E229", "es", with_forms(sound(by_event(node("startEvent", "i", timer("PT1H"))), flows("es", "e")))),
    ("GH-E230", "i", with_forms(between(node("adHocSubProcess", "x", start("i"), user("u"))))),
    ("GH-E225", "x", with_forms(between(node("adHocSubProcess", "x")))),
    ("GH-E231", "x", with_forms(between(node("task", "x", isForCompensation="true")))),
    ("GH-E231", "b", with_forms(sound(boundary("b", "a", COMPENSATE)))),
    ("GH-E231", "b", with_forms(between(user("x", several("case.i", "i")) + UNDONE))),
    (
        "GH-E231",
        "b",
        with_forms(between(node("subProcess", "x", loop("case.x"), start("i"), user("x2"), UNDONE_INSIDE))),
    ),
    (
        "GH-E231",
        "x",
        with_forms(between(node("intermediateThrowEvent", "x", definition("compensate", activityRef="z")))),
    ),
    (
        "GH-E231",
        "x",
        with_forms(between(node("intermediateThrowEvent", "x", definition("compensate", waitForCompletion="false")))),
    ),
    ("GH-E232", "b", with_forms(sound(boundary("b", "a", definition("cancel")), flows("b", "e")))),
    ("GH-E232", "x2", with_forms(between(node("subProcess", "x", start("i"), end("x2", definition("cancel")))))),
    (
        "GH-E233",
        "g",
        with_forms(between(node("complexGateway", "g") + flows("x", "g", "e") + flows("s", "g") + user("x"))),
    ),
    ("GH-E234", "x", with_forms(between(node("intermediateCatchEvent", "x", timer("PT1H"), definition("error"))))),
    ("GH-E235", "x", with_forms(between(user("x", told("One"))))),
    ("GH-E235", "x", with_forms(between(user("x", told("None", "noneBehaviorEventRef")), head=ERROR + TOLD_ERROR))),
    (
        "GH-W236",
        "b",
        with_forms(between(user("x", told("One", "oneBehaviorEventRef")) + boundary("b", "x", GO), head=SIGNAL + TOLD)),
    ),
    ("GH-W237", "x", with_forms(between(node("intermediateCatchEvent", "x", timer("R3/PT1H", "timeCycle"))))),
]
