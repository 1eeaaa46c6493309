"""Makes random processes: plain graphs for the oracle, which `random_drawing` draws for the engine.

Blocks nest: tasks, sequences, exclusive, parallel and inclusive splits with their joins, loops, subprocesses, called
processes, multi-instance tasks and subprocesses, boundary timers. Conditions read only what a person answered last,
and scripts write only that, so nothing depends on the order in which parallel branches run in one step.
"""

from dataclasses import dataclass, field
from random import Random

RESULT = "form"
ITEM = "i_"
HELD = 5
"""A condition holds when the last answer can be divided by it."""


@dataclass
class Vertex:
    """A node.

    `kind`: start end terminate error user script xor and or sub call several_user several_sub receive, the first of
    several events (events), what throws (raise: an escalation, shout: a signal, undo: a compensation), and what is
    attached or waits there: timer heard caught raised shouted held (a condition). at_will is an ad-hoc subprocess;
    by_event an event subprocess, whose `trigger` is one of those that wait. `undone_by` is what compensates it.
    """

    id: str
    kind: str
    inner: "Graph | None" = None
    attached_to: str = ""
    interrupting: bool = True
    sequential: bool = False
    default: str = ""
    handed: tuple[str, ...] = ()
    trigger: str = ""
    undone_by: str = ""
    takes: int = 1
    gives: int = 1


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
        for name in places[1:]:
            if graph.vertices[name].kind == "user" and self.random.random() < 0.15:
                graph.vertices[name].takes = 2
            if graph.vertices[name].kind == "user" and self.random.random() < 0.15:
                graph.vertices[name].gives = 2
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
