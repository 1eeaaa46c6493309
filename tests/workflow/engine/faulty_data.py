"""Drawings that break the standard in data and between pools."""

from tests.workflow.engine.drawing import (
    drawn,
    end,
    flows,
    node,
    process,
    start,
)
from tests.workflow.engine.faulty_standard import (
    ITEMS,
    MANY,
    Case,
    alone,
    between,
    data,
    datum,
    flowed,
    group,
    pools,
    sent,
)


def task(*inner: str, head: str = ITEMS + MANY) -> bytes:
    return between(node("task", "x", *inner), '<bpmn:dataObject id="o" itemSubjectRef="i2"/>', head=head)


optional = "<bpmn:optionalInputRefs>in</bpmn:optionalInputRefs>"


other = "<bpmn:outputSetRefs>out1</bpmn:outputSetRefs>"


one = data(datum("Input", "in", "i1"), group("Input", "in"))


paid = '<bpmn:dataState name="paid"/>'


def with_pools(*inner: str) -> bytes:
    return between(node("task", "x"), head=pools(*inner))


refers = "<bpmn:choreographyRef>k</bpmn:choreographyRef>"


CASES: list[Case] = [
    ("GH-E670", "in", task(data(datum("Input", "in", "many", isCollection="false"), group("Input", "in")))),
    ("GH-E671", "x", between(node("subProcess", "x", data(), node("task", "t")))),
    ("GH-E672", "in", task(data(datum("Input", "in"), group("Input")))),
    ("GH-E673", "in", task(data(datum("Input", "in"), group("Input", more=optional), group("Input", "in")))),
    (
        "GH-E674",
        "in1",
        task(data(datum("Input", "in"), group("Input", "in", more=other, id="in1"), group("Output", id="out1"))),
    ),
    (
        "GH-E675",
        "d",
        drawn(
            process(
                data(datum("Input", "pin"), group("Input", "pin")),
                start(),
                node("task", "x", flowed("Output", "o", "pin")),
                '<bpmn:dataObject id="o"/>',
                end(),
                flows("s", "x", "e"),
            )
        ),
    ),
    ("GH-E676", "d", task(one, flowed("Input", "o", "in"))),
    ("GH-E677", "d", task(one, flowed("Input", "o", "in", "<bpmn:sourceRef>o</bpmn:sourceRef>"))),
    (
        "GH-E678",
        "r",
        alone(
            '<bpmn:dataObject id="o" name="Order"/>',
            node("dataObjectReference", "r", paid, name="Order", dataObjectRef="o"),
        ),
    ),
    (
        "GH-E680",
        "k2",
        alone(head=f'<bpmn:choreography id="k"/><bpmn:choreography id="k2">{refers}</bpmn:choreography>'),
    ),
    (
        "GH-E681",
        "third",
        with_pools(
            '<bpmn:participant id="third"><bpmn:participantMultiplicity minimum="3" maximum="2"/></bpmn:participant>'
        ),
    ),
    ("GH-E682", "mf", with_pools(sent("x", "own"))),
    ("GH-E683", "mf", with_pools(sent("other", "s"))),
    ("GH-E683", "mf", with_pools(sent("e", "other"))),
    ("GH-E684", "gc", alone(head='<bpmn:globalConversation id="gc"><bpmn:group id="g"/></bpmn:globalConversation>')),
    (
        "GH-E685",
        "c",
        drawn('<bpmn:choreography id="k" isClosed="true"/>', pools(refers), process(start(), end(), flows("s", "e"))),
    ),
    ("GH-E686", "p", alone().replace(b"isExecutable", b'processType="Public" isExecutable')),
]
