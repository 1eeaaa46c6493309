"""Drawings that break the standard in how they are written, in flows and gateways."""

from tests.workflow.engine.drawing import (
    definition,
    drawn,
    end,
    flow,
    flows,
    message,
    node,
    process,
    start,
)
from tests.workflow.engine.faulty_standard import (
    FORMAL,
    Case,
    alone,
    between,
    pools,
    several,
)

lists = "<bpmn:incoming>f_s_x</bpmn:incoming><bpmn:outgoing>f_x_e</bpmn:outgoing>"


task, other = node("task", "x"), node("task", "y")


by_event = node("subProcess", "x", start("xs"), end("xe"), flows("xs", "xe"), triggeredByEvent="true")


ways = (
    node("intermediateCatchEvent", "y", definition("message", messageRef="m_go")),
    node("receiveTask", "z", messageRef="m_go"),
    flows("x", "y", "e"),
    flows("x", "z", "e"),
)


CASES: list[Case] = [
    ("GH-E601", "definitions", between(node("task", "x")).replace(b"UTF-8", b"windows-1252")),
    (
        "GH-E602",
        "mf",
        drawn(
            pools('<bpmn:messageFlow id="mf" sourceRef="other" targetRef="x" messageRef="own"/>'),
            process(start(), node("task", "x"), end(), flows("s", "x", "e")),
        ),
    ),
    (
        "GH-E604",
        "f",
        drawn(
            process(
                start(),
                node("task", "x"),
                end(),
                flows("s", "x"),
                node(
                    "sequenceFlow",
                    "f",
                    f'<bpmn:conditionExpression{FORMAL} language="no%URI">a</bpmn:conditionExpression>',
                    sourceRef="x",
                    targetRef="e",
                ),
            )
        ),
    ),
    ("GH-E605", "note", alone('<bpmn:textAnnotation id="note" textFormat="wrong"/>')),
    ("GH-E606", "data", drawn('<bpmn:property id="data"/>', process(start(), end(), flows("s", "e")))),
    ("GH-E606", "x", between('<bpmn:choreographyTask id="x"/>')),
    (
        "GH-E655",
        "x",
        between(
            node("adHocSubProcess", "x", node("task", "t"), "<bpmn:completionCondition>a</bpmn:completionCondition>")
        ),
    ),
    (
        "GH-E654",
        "x",
        between(
            node(
                "task",
                "x",
                several(
                    f"<bpmn:loopCardinality>3</bpmn:loopCardinality><bpmn:completionCondition{FORMAL}>23</bpmn:completionCondition>"
                ),
            )
        ),
    ),
    ("GH-E610", "x", between(node("task", "x", lists, "<bpmn:incoming>nowhere</bpmn:incoming>"))),
    ("GH-E611", "x", between(node("task", "x", "<bpmn:incoming>f_s_x</bpmn:incoming>"))),
    ("GH-E612", "f_x_e", between(task).replace(b'id="f_x_e"', b'id="f_x_e" isImmediate="false"')),
    ("GH-E613", "f", drawn(process(start(), task, end(), flows("s", "x"), flow("x", "e", "a == 1", id="f")))),
    ("GH-E614", "f", drawn(process(start(), task, end(), flow("s", "x", "a == 1", id="f"), flows("x", "e")))),
    ("GH-E615", "y", drawn(process(start(), task, other, end(), flows("s", "x", "e"), flows("y", "e")))),
    ("GH-E616", "y", drawn(process(start(), task, other, end(), flows("s", "x", "e"), flows("s", "y")))),
    ("GH-E617", "p", drawn(process(task, end(), flows("x", "e")))),
    ("GH-E618", "p", drawn(process(start(), task, flows("s", "x")))),
    ("GH-E619", "x", between(by_event)),
    ("GH-E620", "x", between(node("exclusiveGateway", "x", gatewayDirection="Diverging"))),
    (
        "GH-E623",
        "x",
        drawn(message("go"), process(start(), node("eventBasedGateway", "x"), *ways, end(), flows("s", "x"))),
    ),
    (
        "GH-E624",
        "x",
        drawn(
            message("go"),
            process(start(), node("eventBasedGateway", "x", instantiate="true"), *ways, end(), flows("s", "x")),
        ),
    ),
]
