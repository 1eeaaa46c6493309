"""Draws a random process as BPMN."""

from collections.abc import Iterator
from typing import Any

from tests.workflow.engine import drawing as draw
from tests.workflow.engine.random_processes import HELD, ITEM, RESULT, Graph, Vertex


def drawn_process(main: Graph, called: list[Graph]) -> bytes:
    """The BPMN of a process and of those it calls."""
    graphs = (main, *called)
    names = [vertex.id for graph in graphs for vertex in _all(graph) if vertex.kind in ("receive", "heard")]
    names += [_event_of(vertex).id for graph in graphs for vertex in _all(graph) if vertex.trigger == "heard"]
    return draw.drawn(
        '<bpmn:error id="err" errorCode="E1"/><bpmn:escalation id="esc" escalationCode="X1"/>',
        '<bpmn:signal id="sig" name="sig"/>',
        *map(draw.message, names),
        *(draw.process(_body(graph), id=graph.id) for graph in graphs),
    )


def _all(graph: Graph) -> Iterator[Vertex]:
    for vertex in graph.vertices.values():
        yield vertex
        if vertex.inner is not None and vertex.kind != "call":
            yield from _all(vertex.inner)


def _event_of(vertex: Vertex) -> Vertex:
    """The start event of an event subprocess."""
    assert vertex.inner is not None
    return next(each for each in vertex.inner.vertices.values() if each.kind == "start")


def _body(graph: Graph, trigger: str = "", *, interrupting: bool = True) -> str:
    parts = [_vertex(vertex) for vertex in graph.vertices.values() if not (trigger and vertex.kind == "start")]
    for vertex in graph.vertices.values():
        if trigger and vertex.kind == "start":
            inner, stays = _definition(vertex.id, trigger), str(interrupting).lower()
            parts.append(draw.node("startEvent", vertex.id, inner, isInterrupting=stays))
        if vertex.undone_by:
            parts.append(draw.boundary(f"bc_{vertex.id}", vertex.id, draw.definition("compensate")))
            parts.append(draw.association(f"bc_{vertex.id}", vertex.undone_by))
    for found, source, target, divisor in graph.flows:
        parts.append(draw.flow(source, target, f"{RESULT}.x % {divisor} == 0" if divisor else None, found))
    return "".join(parts)


def _vertex(vertex: Vertex) -> str:
    default = {"default": vertex.default} if vertex.default else {}
    several = draw.several("case.items", f"{ITEM}{vertex.id}", sequential=vertex.sequential)
    inner = ""
    if vertex.inner is not None and vertex.kind != "call":
        inner = _body(vertex.inner, vertex.trigger, interrupting=vertex.interrupting)
    plain: dict[str, Any] = {
        "start": lambda: draw.node("startEvent", vertex.id),
        "end": lambda: draw.node("endEvent", vertex.id),
        "terminate": lambda: draw.node("endEvent", vertex.id, draw.definition("terminate")),
        "user": lambda: _counted(vertex),
        "undoes": lambda: draw.user(vertex.id, form=RESULT).replace("Task id", 'Task isForCompensation="true" id', 1),
        "raise": lambda: _throw(vertex, "escalation", escalationRef="esc"),
        "shout": lambda: _throw(vertex, "signal", signalRef="sig"),
        "undo": lambda: _throw(vertex, "compensate"),
        "at_will": lambda: draw.node(
            "adHocSubProcess", vertex.id, inner, ordering="Sequential" if vertex.sequential else "Parallel"
        ),
        "by_event": lambda: draw.by_event(inner, id=vertex.id),
        "script": lambda: draw.script(vertex.id, f"c_{vertex.id} = {RESULT}.x"),
        "xor": lambda: draw.node("exclusiveGateway", vertex.id, **default),
        "and": lambda: draw.node("parallelGateway", vertex.id),
        "or": lambda: draw.node("inclusiveGateway", vertex.id, **default),
        "sub": lambda: draw.node("subProcess", vertex.id, inner),
        "several_sub": lambda: draw.node("subProcess", vertex.id, several, inner),
        "several_user": lambda: draw.user(vertex.id, several, result=f"r_{vertex.id}"),
        "call": lambda: _call(vertex),
        "receive": lambda: draw.node("receiveTask", vertex.id, messageRef=f"m_{vertex.id}"),
        "events": lambda: draw.node("eventBasedGateway", vertex.id),
        "error": lambda: draw.node("endEvent", vertex.id, draw.definition("error", errorRef="err")),
    }
    if vertex.kind in plain:
        return str(plain[vertex.kind]())
    return _event(vertex, _definition(vertex.id, vertex.kind))


def _definition(event: str, kind: str) -> str:
    """What an event waits for."""
    return {
        "timer": draw.timer("PT1H"),
        "heard": draw.definition("message", messageRef=f"m_{event}"),
        "caught": draw.definition("error", errorRef="err"),
        "raised": draw.definition("escalation", escalationRef="esc"),
        "shouted": draw.definition("signal", signalRef="sig"),
        "held": draw.condition(f"{RESULT}.x % {HELD} == 0"),
    }[kind]


def _throw(vertex: Vertex, kind: str, **reference: str) -> str:
    return draw.node("intermediateThrowEvent", vertex.id, draw.definition(kind, **reference))


def _counted(vertex: Vertex) -> str:
    drawn = draw.user(vertex.id, form=RESULT)
    quantities = f'<bpmn:userTask startQuantity="{vertex.takes}" completionQuantity="{vertex.gives}"'
    return drawn.replace("<bpmn:userTask", quantities, 1)


def _event(vertex: Vertex, inner: str) -> str:
    if not vertex.attached_to:
        return draw.node("intermediateCatchEvent", vertex.id, inner)
    return draw.boundary(vertex.id, vertex.attached_to, inner, interrupting=vertex.interrupting)


def _call(vertex: Vertex) -> str:
    assert vertex.inner is not None
    handed = "".join(f'<camunda:in source="{name}" target="{name}"/>' for name in (RESULT, *vertex.handed))
    handed += f'<camunda:out sourceExpression="{RESULT}.x + 100" target="r_{vertex.id}"/>'
    extension = f"<bpmn:extensionElements>{handed}</bpmn:extensionElements>"
    return draw.node("callActivity", vertex.id, extension, calledElement=vertex.inner.id)
