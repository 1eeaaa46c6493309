"""What drawings that break the standard are made of; `faulty_flows`, `faulty_events` and `faulty_data` draw them."""

from tests.workflow.engine.drawing import (
    drawn,
    end,
    flows,
    process,
    start,
)

Case = tuple[str, str, bytes]
FORMAL = ' xsi:type="bpmn:tFormalExpression"'
ITEMS = '<bpmn:itemDefinition id="i1" structureRef="text"/><bpmn:itemDefinition id="i2" structureRef="number"/>'
MANY = '<bpmn:itemDefinition id="many" structureRef="text" isCollection="true"/>'
SENT = '<bpmn:message id="m" name="m" itemRef="i1"/>'
OPERATION = (
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
