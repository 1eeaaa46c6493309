"""Drawings that break the standard in events and activities."""

from tests.workflow.engine.drawing import (
    boundary,
    definition,
    drawn,
    end,
    flows,
    message,
    node,
    process,
    start,
    timer,
)
from tests.workflow.engine.faulty_standard import (
    ITEMS,
    MANY,
    OPERATION,
    SENT,
    Case,
    alone,
    between,
    data,
    datum,
    group,
    several,
)


def on_border(inner: str, *more: str, leaves: bool = True) -> bytes:
    out = flows("b", "e") if leaves else ""
    return between(node("task", "x"), boundary("b", "x", inner), *more, out)


def by_event(*inner: str) -> bytes:
    return alone(node("subProcess", "x", *inner, triggeredByEvent="true"))


undo = '<bpmn:association id="a" sourceRef="b" targetRef="u"/>'


heard = node(
    "intermediateCatchEvent",
    "x",
    '<bpmn:dataOutput id="o" itemSubjectRef="i2"/>',
    definition("message", messageRef="m"),
)


shared = "<bpmn:eventDefinitionRef>td</bpmn:eventDefinitionRef>"


own = '<bpmn:timerEventDefinition id="td"><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition>'


called = f'<bpmn:globalTask id="g">{data(datum("Input", "gi", "i1"), group("Input", "gi"))}</bpmn:globalTask>'


late = process(node("startEvent", "qs", timer("PT1S")), end("qe"), flows("qs", "qe"), id="q")


supports = "<bpmn:supportedInterfaceRef>if</bpmn:supportedInterfaceRef>"


CASES: list[Case] = [
    ("GH-E630", "e", drawn(process(start(), end("e", definition("timer")), flows("s", "e")))),
    ("GH-E631", "e", drawn(process(start(), end("e", definition("cancel")), flows("s", "e")))),
    (
        "GH-E632",
        "xs",
        between(node("subProcess", "x", node("startEvent", "xs", timer("PT1S")), end("xe"), flows("xs", "xe"))),
    ),
    ("GH-E633", "x", by_event(node("task", "t"))),
    ("GH-E634", "xs", by_event(start("xs"), end("xe"), flows("xs", "xe"))),
    (
        "GH-E635",
        "e",
        drawn(
            '<bpmn:escalation id="es"/>',
            process(start(), end("e", definition("escalation", escalationRef="es")), flows("s", "e")),
        ),
    ),
    ("GH-E636", "x", between(node("intermediateCatchEvent", "x", definition("conditional")))),
    ("GH-E638", "b", on_border(timer("PT1S"), leaves=False)),
    ("GH-E639", "b", on_border(definition("compensate"))),
    ("GH-E640", "b", on_border(definition("compensate"), leaves=False)),
    ("GH-E640", "u", on_border(definition("compensate"), node("task", "u"), undo, leaves=False)),
    ("GH-E641", "x", between(heard, head=ITEMS + SENT)),
    ("GH-E642", "y", alone(node("intermediateThrowEvent", "y"), flows("y", "e"))),
    (
        "GH-E643",
        "y",
        drawn(
            process(
                start(),
                node("intermediateCatchEvent", "x", own),
                node("intermediateCatchEvent", "y", shared),
                end(),
                flows("s", "x", "y", "e"),
            )
        ),
    ),
    ("GH-E650", "x", between(node("task", "x", startQuantity="0"))),
    ("GH-E651", "x", between(node("task", "x", "<bpmn:standardLoopCharacteristics/>", several()))),
    (
        "GH-E653",
        "x",
        between(
            node(
                "task",
                "x",
                data(datum("Input", "in", "many"), group("Input", "in")),
                several(
                    "<bpmn:loopDataInputRef>in</bpmn:loopDataInputRef>",
                    '<bpmn:inputDataItem id="one" itemSubjectRef="many"/>',
                ),
            ),
            head=MANY,
        ),
    ),
    ("GH-E656", "x", between(node("adHocSubProcess", "x"))),
    ("GH-E657", "xe", between(node("adHocSubProcess", "x", node("task", "t"), end("xe"), flows("t", "xe")))),
    ("GH-E658", "x", between(node("receiveTask", "x", instantiate="true", messageRef="m_go"), head=message("go"))),
    ("GH-E659", "x", between(node("serviceTask", "x", operationRef="op"), head=ITEMS + SENT + OPERATION)),
    (
        "GH-E660",
        "x",
        between(node("task", "x", "<bpmn:performer><bpmn:resourceParameterBinding/></bpmn:performer>")),
    ),
    (
        "GH-E661",
        "x",
        between(
            node("callActivity", "x", data(datum("Input", "in", "i2"), group("Input", "in")), calledElement="g"),
            head=ITEMS + called,
        ),
    ),
    ("GH-E662", "x", between(node("callActivity", "x", calledElement="q"), head=late)),
    (
        "GH-E663",
        "g",
        alone(head=ITEMS + SENT + OPERATION + f'<bpmn:globalTask id="g">{supports}</bpmn:globalTask>'),
    ),
]
