"""Drawings that each break one constraint of the BPMN standard: the rule, the element, the file."""

from collections.abc import Iterator

from tests.workflow.engine.drawing import (
    boundary,
    definition,
    drawn,
    end,
    flow,
    flows,
    message,
    node,
    process,
    start,
    timer,
)

Case = tuple[str, str, bytes]
_FORMAL = ' xsi:type="bpmn:tFormalExpression"'
_ITEMS = '<bpmn:itemDefinition id="i1" structureRef="text"/><bpmn:itemDefinition id="i2" structureRef="number"/>'
_MANY = '<bpmn:itemDefinition id="many" structureRef="text" isCollection="true"/>'
_SENT = '<bpmn:message id="m" name="m" itemRef="i1"/>'
_OPERATION = (
    '<bpmn:interface id="if"><bpmn:operation id="op"><bpmn:inMessageRef>m</bpmn:inMessageRef>'
    "</bpmn:operation></bpmn:interface>"
)


def between(*inner: str, head: str = "") -> bytes:
    """Start, `x`, end, with these parts in the process."""
    return drawn(head, process(start(), *inner, end(), flows("s", "x", "e")))


def alone(*inner: str, head: str = "") -> bytes:
    """Start and end, with these parts beside them."""
    return drawn(head, process(start(), *inner, end(), flows("s", "e")))


def data(*inner: str) -> str:
    return f'<bpmn:ioSpecification id="io">{"".join(inner)}</bpmn:ioSpecification>'


def datum(way: str, id: str, item: str = "", **more: str) -> str:  # noqa: A002
    kind = f' itemSubjectRef="{item}"' if item else ""
    written = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<bpmn:data{way} id="{id}"{kind}{written}/>'


def group(way: str, *names: str, more: str = "", id: str = "") -> str:  # noqa: A002
    lower = way.lower()
    written = "".join(f"<bpmn:data{way}Refs>{name}</bpmn:data{way}Refs>" for name in names)
    return f"<bpmn:{lower}Set{f' id={chr(34)}{id}{chr(34)}' if id else ''}>{written}{more}</bpmn:{lower}Set>"


def flowed(way: str, source: str, target: str, *more: str) -> str:
    return (
        f'<bpmn:data{way}Association id="d"><bpmn:sourceRef>{source}</bpmn:sourceRef>{"".join(more)}'
        f"<bpmn:targetRef>{target}</bpmn:targetRef></bpmn:data{way}Association>"
    )


def pools(*inner: str) -> str:
    return (
        '<bpmn:collaboration id="c"><bpmn:participant id="own" processRef="p"/><bpmn:participant id="other"/>'
        f"{''.join(inner)}</bpmn:collaboration>"
    )


def sent(source: str, target: str) -> str:
    return f'<bpmn:messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>'


def several(*inner: str) -> str:
    return f"<bpmn:multiInstanceLoopCharacteristics>{''.join(inner)}</bpmn:multiInstanceLoopCharacteristics>"


def _writing() -> Iterator[Case]:
    yield "GH-E601", "definitions", between(node("task", "x")).replace(b"UTF-8", b"windows-1252")
    yield (
        "GH-E602",
        "mf",
        drawn(
            pools('<bpmn:messageFlow id="mf" sourceRef="other" targetRef="x" messageRef="own"/>'),
            process(start(), node("task", "x"), end(), flows("s", "x", "e")),
        ),
    )
    yield (
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
                    f'<bpmn:conditionExpression{_FORMAL} language="no%URI">a</bpmn:conditionExpression>',
                    sourceRef="x",
                    targetRef="e",
                ),
            )
        ),
    )
    yield "GH-E605", "note", alone('<bpmn:textAnnotation id="note" textFormat="wrong"/>')
    yield "GH-E606", "data", drawn('<bpmn:property id="data"/>', process(start(), end(), flows("s", "e")))
    yield "GH-E606", "x", between('<bpmn:choreographyTask id="x"/>')
    yield (
        "GH-E655",
        "x",
        between(
            node("adHocSubProcess", "x", node("task", "t"), "<bpmn:completionCondition>a</bpmn:completionCondition>")
        ),
    )
    yield (
        "GH-E654",
        "x",
        between(
            node(
                "task",
                "x",
                several(
                    f"<bpmn:loopCardinality>3</bpmn:loopCardinality><bpmn:completionCondition{_FORMAL}>23</bpmn:completionCondition>"
                ),
            )
        ),
    )


def _flowing() -> Iterator[Case]:
    lists = "<bpmn:incoming>f_s_x</bpmn:incoming><bpmn:outgoing>f_x_e</bpmn:outgoing>"
    task, other = node("task", "x"), node("task", "y")
    yield "GH-E610", "x", between(node("task", "x", lists, "<bpmn:incoming>nowhere</bpmn:incoming>"))
    yield "GH-E611", "x", between(node("task", "x", "<bpmn:incoming>f_s_x</bpmn:incoming>"))
    yield "GH-E612", "f_x_e", between(task).replace(b'id="f_x_e"', b'id="f_x_e" isImmediate="false"')
    yield "GH-E613", "f", drawn(process(start(), task, end(), flows("s", "x"), flow("x", "e", "a == 1", id="f")))
    yield "GH-E614", "f", drawn(process(start(), task, end(), flow("s", "x", "a == 1", id="f"), flows("x", "e")))
    yield "GH-E615", "y", drawn(process(start(), task, other, end(), flows("s", "x", "e"), flows("y", "e")))
    yield "GH-E616", "y", drawn(process(start(), task, other, end(), flows("s", "x", "e"), flows("s", "y")))
    yield "GH-E617", "p", drawn(process(task, end(), flows("x", "e")))
    yield "GH-E618", "p", drawn(process(start(), task, flows("s", "x")))
    by_event = node("subProcess", "x", start("xs"), end("xe"), flows("xs", "xe"), triggeredByEvent="true")
    yield "GH-E619", "x", between(by_event)


def _gateways() -> Iterator[Case]:
    yield "GH-E620", "x", between(node("exclusiveGateway", "x", gatewayDirection="Diverging"))
    ways = (
        node("intermediateCatchEvent", "y", definition("message", messageRef="m_go")),
        node("receiveTask", "z", messageRef="m_go"),
        flows("x", "y", "e"),
        flows("x", "z", "e"),
    )
    yield (
        "GH-E623",
        "x",
        drawn(message("go"), process(start(), node("eventBasedGateway", "x"), *ways, end(), flows("s", "x"))),
    )
    yield (
        "GH-E624",
        "x",
        drawn(
            message("go"),
            process(start(), node("eventBasedGateway", "x", instantiate="true"), *ways, end(), flows("s", "x")),
        ),
    )


def _events() -> Iterator[Case]:
    def on_border(inner: str, *more: str, leaves: bool = True) -> bytes:
        out = flows("b", "e") if leaves else ""
        return between(node("task", "x"), boundary("b", "x", inner), *more, out)

    def by_event(*inner: str) -> bytes:
        return alone(node("subProcess", "x", *inner, triggeredByEvent="true"))

    yield "GH-E630", "e", drawn(process(start(), end("e", definition("timer")), flows("s", "e")))
    yield "GH-E631", "e", drawn(process(start(), end("e", definition("cancel")), flows("s", "e")))
    yield (
        "GH-E632",
        "xs",
        between(node("subProcess", "x", node("startEvent", "xs", timer("PT1S")), end("xe"), flows("xs", "xe"))),
    )
    yield "GH-E633", "x", by_event(node("task", "t"))
    yield "GH-E634", "xs", by_event(start("xs"), end("xe"), flows("xs", "xe"))
    yield (
        "GH-E635",
        "e",
        drawn(
            '<bpmn:escalation id="es"/>',
            process(start(), end("e", definition("escalation", escalationRef="es")), flows("s", "e")),
        ),
    )
    yield "GH-E636", "x", between(node("intermediateCatchEvent", "x", definition("conditional")))
    yield "GH-E638", "b", on_border(timer("PT1S"), leaves=False)
    yield "GH-E639", "b", on_border(definition("compensate"))
    yield "GH-E640", "b", on_border(definition("compensate"), leaves=False)
    undo = '<bpmn:association id="a" sourceRef="b" targetRef="u"/>'
    yield "GH-E640", "u", on_border(definition("compensate"), node("task", "u"), undo, leaves=False)
    heard = node(
        "intermediateCatchEvent",
        "x",
        '<bpmn:dataOutput id="o" itemSubjectRef="i2"/>',
        definition("message", messageRef="m"),
    )
    yield "GH-E641", "x", between(heard, head=_ITEMS + _SENT)
    yield "GH-E642", "y", alone(node("intermediateThrowEvent", "y"), flows("y", "e"))
    shared = "<bpmn:eventDefinitionRef>td</bpmn:eventDefinitionRef>"
    own = '<bpmn:timerEventDefinition id="td"><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition>'
    yield (
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
    )


def _activities() -> Iterator[Case]:
    yield "GH-E650", "x", between(node("task", "x", startQuantity="0"))
    yield "GH-E651", "x", between(node("task", "x", "<bpmn:standardLoopCharacteristics/>", several()))
    yield (
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
            head=_MANY,
        ),
    )
    yield "GH-E656", "x", between(node("adHocSubProcess", "x"))
    yield "GH-E657", "xe", between(node("adHocSubProcess", "x", node("task", "t"), end("xe"), flows("t", "xe")))
    yield "GH-E658", "x", between(node("receiveTask", "x", instantiate="true", messageRef="m_go"), head=message("go"))
    yield "GH-E659", "x", between(node("serviceTask", "x", operationRef="op"), head=_ITEMS + _SENT + _OPERATION)
    yield (
        "GH-E660",
        "x",
        between(node("task", "x", "<bpmn:performer><bpmn:resourceParameterBinding/></bpmn:performer>")),
    )
    called = f'<bpmn:globalTask id="g">{data(datum("Input", "gi", "i1"), group("Input", "gi"))}</bpmn:globalTask>'
    yield (
        "GH-E661",
        "x",
        between(
            node("callActivity", "x", data(datum("Input", "in", "i2"), group("Input", "in")), calledElement="g"),
            head=_ITEMS + called,
        ),
    )
    late = process(node("startEvent", "qs", timer("PT1S")), end("qe"), flows("qs", "qe"), id="q")
    yield "GH-E662", "x", between(node("callActivity", "x", calledElement="q"), head=late)
    supports = "<bpmn:supportedInterfaceRef>if</bpmn:supportedInterfaceRef>"
    yield (
        "GH-E663",
        "g",
        alone(head=_ITEMS + _SENT + _OPERATION + f'<bpmn:globalTask id="g">{supports}</bpmn:globalTask>'),
    )


def _data() -> Iterator[Case]:
    def task(*inner: str, head: str = _ITEMS + _MANY) -> bytes:
        return between(node("task", "x", *inner), '<bpmn:dataObject id="o" itemSubjectRef="i2"/>', head=head)

    yield "GH-E670", "in", task(data(datum("Input", "in", "many", isCollection="false"), group("Input", "in")))
    yield "GH-E671", "x", between(node("subProcess", "x", data(), node("task", "t")))
    yield "GH-E672", "in", task(data(datum("Input", "in"), group("Input")))
    optional = "<bpmn:optionalInputRefs>in</bpmn:optionalInputRefs>"
    yield "GH-E673", "in", task(data(datum("Input", "in"), group("Input", more=optional), group("Input", "in")))
    other = "<bpmn:outputSetRefs>out1</bpmn:outputSetRefs>"
    yield (
        "GH-E674",
        "in1",
        task(data(datum("Input", "in"), group("Input", "in", more=other, id="in1"), group("Output", id="out1"))),
    )
    yield (
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
    )
    one = data(datum("Input", "in", "i1"), group("Input", "in"))
    yield "GH-E676", "d", task(one, flowed("Input", "o", "in"))
    yield "GH-E677", "d", task(one, flowed("Input", "o", "in", "<bpmn:sourceRef>o</bpmn:sourceRef>"))
    paid = '<bpmn:dataState name="paid"/>'
    yield (
        "GH-E678",
        "r",
        alone(
            '<bpmn:dataObject id="o" name="Order"/>',
            node("dataObjectReference", "r", paid, name="Order", dataObjectRef="o"),
        ),
    )


def _pools() -> Iterator[Case]:
    def with_pools(*inner: str) -> bytes:
        return between(node("task", "x"), head=pools(*inner))

    refers = "<bpmn:choreographyRef>k</bpmn:choreographyRef>"
    yield (
        "GH-E680",
        "k2",
        alone(head=f'<bpmn:choreography id="k"/><bpmn:choreography id="k2">{refers}</bpmn:choreography>'),
    )
    yield (
        "GH-E681",
        "third",
        with_pools(
            '<bpmn:participant id="third"><bpmn:participantMultiplicity minimum="3" maximum="2"/></bpmn:participant>'
        ),
    )
    yield "GH-E682", "mf", with_pools(sent("x", "own"))
    yield "GH-E683", "mf", with_pools(sent("other", "s"))
    yield "GH-E683", "mf", with_pools(sent("e", "other"))
    yield "GH-E684", "gc", alone(head='<bpmn:globalConversation id="gc"><bpmn:group id="g"/></bpmn:globalConversation>')
    yield (
        "GH-E685",
        "c",
        drawn('<bpmn:choreography id="k" isClosed="true"/>', pools(refers), process(start(), end(), flows("s", "e"))),
    )
    yield "GH-E686", "p", alone().replace(b"isExecutable", b'processType="Public" isExecutable')


CASES: list[Case] = [
    case for part in (_writing, _flowing, _gateways, _events, _activities, _data, _pools) for case in part()
]
