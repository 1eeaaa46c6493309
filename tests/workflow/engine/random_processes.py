"""Draws random processes: as a plain graph for the oracle and as BPMN for the engine.

Blocks nest: tasks, sequences, exclusive, parallel and inclusive splits with their joins, loops, subprocesses, called
processes, multi-instance tasks and subprocesses, boundary timers. Conditions read only what a person answered last,
and scripts write only that, so nothing depends on the order in which parallel branches run in one step.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.workflow.engine import drawing as draw

RESULT = "form"
ITEM = "i_"


@dataclass
class Vertex:
    """A node.

    `kind`: start end terminate error user script xor and or sub call several_user several_sub receive, the first of
    several events (events), and what is attached or waits there: timer heard caught.
    """

    id: str
    kind: str
    inner: "Graph | None" = None
    attached_to: str = ""
    interrupting: bool = True
    sequential: bool = False
    default: str = ""
    handed: tuple[str, ...] = ()


@dataclass
class Graph:
    """The nodes and flows of one process or subprocess. A flow is (id, source, target, divisor or 0)."""

    id: str
    vertices: dict[str, Vertex] = field(default_factory=dict)
    flows: list[tuple[str, str, str, int]] = field(default_factory=list)
    linked: int = 0

    def add(self, vertex: Vertex) -> str:
        self.vertices[vertex.id] = vertex
        return vertex.id

    def link(self, source: str, target: str, divisor: int = 0) -> str:
        self.linked += 1
        found = f"f{self.linked}_{self.id}"
        self.flows.append((found, source, target, divisor))
        return found


class Maker:
    """Makes one random process."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - tests want the same processes again
        self.count = 0
        self.called: list[Graph] = []
        self._items: list[str] = []

    def graph(self, graph_id: str, depth: int, *, blocks: int = 1) -> Graph:
        graph = Graph(graph_id)
        first = self._block(graph, depth)
        last = first[1]
        for _ in range(blocks - 1):
            entry, leave = self._block(graph, depth)
            graph.link(last, entry)
            last = leave
        graph.link(graph.add(Vertex(self._id("s"), "start")), first[0])
        graph.link(last, graph.add(Vertex(self._id("e"), "end")))
        return graph

    def _id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def _block(self, graph: Graph, depth: int) -> tuple[str, str]:
        small = ["user", "user", "script", "several_user"]
        large = ["sequence", "sequence", "xor", "and", "and", "or", "loop", "sub", "call", "several_sub", "timed"]
        if not self._items:  # a message names no instance of several
            large += ["receive", "events", "failing", "heard"]
        kind = self.random.choice(small + large * 2 if depth > 0 else small)
        made: tuple[str, str] = getattr(self, f"_{kind}")(graph, depth - 1)
        return made

    def _one(self, graph: Graph, vertex: Vertex) -> tuple[str, str]:
        return graph.add(vertex), vertex.id

    def _user(self, graph: Graph, _: int) -> tuple[str, str]:
        return self._one(graph, Vertex(self._id("u"), "user"))

    def _script(self, graph: Graph, _: int) -> tuple[str, str]:
        return self._one(graph, Vertex(self._id("c"), "script"))

    def _several_user(self, graph: Graph, _: int) -> tuple[str, str]:
        return self._one(graph, Vertex(self._id("mu"), "several_user", sequential=self.random.random() < 0.5))

    def _sequence(self, graph: Graph, depth: int) -> tuple[str, str]:
        first, second = self._block(graph, depth), self._block(graph, depth)
        graph.link(first[1], second[0])
        return first[0], second[1]

    def _split(self, graph: Graph, depth: int, kind: str) -> tuple[str, str]:
        opening = graph.add(Vertex(self._id("g"), kind))
        closing = graph.add(Vertex(self._id("j"), kind if self.random.random() < 0.9 or kind == "and" else "xor"))
        for branch in range(self.random.choice([2, 2, 3])):
            entry, leave = self._block(graph, depth)
            found = graph.link(opening, entry, 0 if kind == "and" or branch == 0 else branch + 1)
            if branch == 0 and kind != "and":
                graph.vertices[opening].default = found
            graph.link(leave, closing)
        return opening, closing

    def _xor(self, graph: Graph, depth: int) -> tuple[str, str]:
        return self._split(graph, depth, "xor")

    def _and(self, graph: Graph, depth: int) -> tuple[str, str]:
        return self._split(graph, depth, "and")

    def _or(self, graph: Graph, depth: int) -> tuple[str, str]:
        return self._split(graph, depth, "or")

    def _loop(self, graph: Graph, depth: int) -> tuple[str, str]:
        merge, ask, after = (graph.add(Vertex(self._id("x"), "xor")) for _ in range(3))
        user, body = self._user(graph, 0), self._block(graph, depth)
        graph.link(merge, user[0])
        graph.link(user[1], body[0])
        graph.link(body[1], ask)
        graph.link(ask, merge, 3)
        graph.vertices[ask].default = graph.link(ask, after)
        return merge, after

    def _inside(self, graph: Graph, depth: int, kind: str, prefix: str) -> tuple[str, str]:
        found, handed = self._id(prefix), tuple(self._items)
        if kind == "several_sub":
            self._items.append(ITEM + found)
        inner = self.graph(f"P{found}" if kind == "call" else found, depth)
        self._items[len(handed) :] = []
        if kind == "call":
            self.called.append(inner)
        elif self.random.random() < 0.3:
            for vertex in inner.vertices.values():
                if vertex.kind == "end":
                    vertex.kind = "terminate"
        return self._one(graph, Vertex(found, kind, inner, sequential=self.random.random() < 0.5, handed=handed))

    def _sub(self, graph: Graph, depth: int) -> tuple[str, str]:
        return self._inside(graph, depth, "sub", "sp")

    def _call(self, graph: Graph, depth: int) -> tuple[str, str]:
        return self._inside(graph, depth, "call", "ca")

    def _several_sub(self, graph: Graph, depth: int) -> tuple[str, str]:
        return self._inside(graph, depth, "several_sub", "ms")

    def _receive(self, graph: Graph, _: int) -> tuple[str, str]:
        return self._one(graph, Vertex(self._id("r"), "receive"))

    def _events(self, graph: Graph, _: int) -> tuple[str, str]:
        opening = graph.add(Vertex(self._id("ev"), "events"))
        closing = graph.add(Vertex(self._id("x"), "xor"))
        for kind in self.random.sample(["timer", "timer", "heard", "heard"], 2):
            event, user = graph.add(Vertex(self._id("w"), kind)), self._user(graph, 0)
            graph.link(opening, event)
            graph.link(event, user[0])
            graph.link(user[1], closing)
        return opening, closing

    def _failing(self, graph: Graph, depth: int) -> tuple[str, str]:
        """A subprocess or called process that may end in an error, caught round it."""
        on = self._inside(graph, depth, self.random.choice(["sub", "call"]), "fa")
        inner = graph.vertices[on[0]].inner
        assert inner is not None
        user, ask = self._user(inner, 0), inner.add(Vertex(self._id("x"), "xor"))
        first = next(flow for flow in inner.flows if inner.vertices[flow[1]].kind == "start")
        inner.flows.remove(first)
        inner.link(first[1], user[0])
        inner.link(user[1], ask)
        inner.link(ask, inner.add(Vertex(self._id("er"), "error")), 2)
        inner.vertices[ask].default = inner.link(ask, first[2])
        return self._handled(graph, on, "caught", interrupting=True)

    def _heard(self, graph: Graph, depth: int) -> tuple[str, str]:
        kind = self.random.choice(["_user", "_user", "_sub", "_several_user", "_receive"])
        on: tuple[str, str] = getattr(self, kind)(graph, depth)
        return self._handled(graph, on, "heard", interrupting=self.random.random() < 0.5)

    def _handled(self, graph: Graph, on: tuple[str, str], kind: str, *, interrupting: bool) -> tuple[str, str]:
        event = graph.add(Vertex(self._id("b"), kind, attached_to=on[0], interrupting=interrupting))
        handler = self._user(graph, 0)
        graph.link(event, handler[0])
        graph.link(handler[1], graph.add(Vertex(self._id("e"), "end")))
        return on

    def _timed(self, graph: Graph, depth: int) -> tuple[str, str]:
        kind = self.random.choice(["_user", "_user", "_sub", "_several_user", "_several_sub", "_call"])
        on = getattr(self, kind)(graph, depth)
        for _ in range(self.random.choice([1, 1, 2])):
            self._handled(graph, on, "timer", interrupting=self.random.random() < 0.5)
        made: tuple[str, str] = on
        return made


class Tangle:
    """Makes a process whose gateways are joined up anyhow: splits without joins, joins without splits, any loops.

    Every loop leads through a user task, so that nothing spins by itself.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - tests want the same processes again

    def graph(self, graph_id: str) -> Graph:
        graph = Graph(graph_id)
        kinds = [self.random.choice(["user", "user", "xor", "and", "or"]) for _ in range(self.random.randrange(5, 14))]
        places = [graph.add(Vertex(f"{kind}{place}", kind)) for place, kind in enumerate(["user", *kinds])]
        graph.link(graph.add(Vertex("s", "start")), places[0])
        ends = [graph.add(Vertex(f"e{n}", self.random.choice(["end", "end", "end", "terminate"]))) for n in range(2)]
        for place, name in enumerate(places):
            self._lead_on(graph, graph.vertices[name], places[place + 1 :] + ends, places[: place + 1])
        return graph

    def _lead_on(self, graph: Graph, vertex: Vertex, forward: list[str], back: list[str]) -> None:
        known = {flow[2] for flow in graph.flows}
        lonely = [name for name in forward if name not in known][:1]
        count = 1 if vertex.kind == "user" else self.random.choice([1, 2, 2, 3])
        users = [name for name in back if graph.vertices[name].kind == "user"]
        for branch in range(count):
            target = (lonely if branch == 0 and lonely else [self.random.choice(forward)])[0]
            if branch and users and self.random.random() < 0.25:
                target = self.random.choice(users)
            choice = vertex.kind in ("xor", "or") and count > 1
            found = graph.link(vertex.id, target, branch + 1 if choice and branch else 0)
            if choice and branch == 0:
                vertex.default = found


def drawn_process(main: Graph, called: list[Graph]) -> bytes:
    """The BPMN of a process and of those it calls."""
    graphs = (main, *called)
    names = [vertex.id for graph in graphs for vertex in _all(graph) if vertex.kind in ("receive", "heard")]
    return draw.drawn(
        '<bpmn:error id="err" errorCode="E1"/>',
        *map(draw.message, names),
        *(draw.process(_body(graph), id=graph.id) for graph in graphs),
    )


def _all(graph: Graph) -> Iterator[Vertex]:
    for vertex in graph.vertices.values():
        yield vertex
        if vertex.inner is not None and vertex.kind != "call":
            yield from _all(vertex.inner)


def _body(graph: Graph) -> str:
    parts = [_vertex(vertex) for vertex in graph.vertices.values()]
    for found, source, target, divisor in graph.flows:
        parts.append(draw.flow(source, target, f"{RESULT}.x % {divisor} == 0" if divisor else None, found))
    return "".join(parts)


def _vertex(vertex: Vertex) -> str:
    default = {"default": vertex.default} if vertex.default else {}
    several = draw.several("case.items", f"{ITEM}{vertex.id}", sequential=vertex.sequential)
    inner = _body(vertex.inner) if vertex.inner is not None and vertex.kind != "call" else ""
    plain: dict[str, Any] = {
        "start": lambda: draw.node("startEvent", vertex.id),
        "end": lambda: draw.node("endEvent", vertex.id),
        "terminate": lambda: draw.node("endEvent", vertex.id, draw.definition("terminate")),
        "user": lambda: draw.user(vertex.id, form=RESULT),
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
        "timer": lambda: _event(vertex, draw.timer("PT1H")),
        "heard": lambda: _event(vertex, draw.definition("message", messageRef=f"m_{vertex.id}")),
        "caught": lambda: _event(vertex, draw.definition("error", errorRef="err")),
    }
    return str(plain[vertex.kind]())


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
