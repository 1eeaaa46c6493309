"""An independent account of what is open after operations: it remembers everything that ever happened, and why.

A thing (a token somewhere) was made by an event and perhaps taken by one; an event knows all events that led to it.
Undoing an event strikes it and all that it led to: what those made is gone, what those took is back. The engine keeps
no history and must come to the same.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from tests.workflow.engine.random_processes import Graph, Vertex

TASKS = ("user", "several_user")


@dataclass(eq=False)
class Event:
    """Something that happened. `passing` is the engine's id of the step that it completed."""

    number: int
    past: frozenset["Event"]
    passing: str = ""
    node: str = ""


@dataclass(eq=False)
class Thing:
    """A token: where it is, how it came, who made and who took it."""

    vertex: Vertex
    flow: str
    made: Event
    taken: Event | None = None
    left: list[int] = field(default_factory=list)
    armed: list[str] = field(default_factory=list)

    def fresh(self) -> None:
        """Begin here as if it had just come."""
        self.left = [0] if self.vertex.kind == "user" else [0, 1]

    @property
    def open(self) -> list[int]:
        """The indexes of its open tasks."""
        return self.left[:1] if self.vertex.sequential else self.left


class Account:
    """Everything that happened in one run of a process."""

    def __init__(self, graph: Graph, x: int) -> None:
        self.graph, self.x = graph, x
        self.numbers = count()
        self.things: list[Thing] = []
        self.out: dict[str, list[tuple[str, str, int]]] = {name: [] for name in graph.vertices}
        self.into: Counter[str] = Counter()
        for flow, source, target, divisor in graph.flows:
            self.out[source].append((flow, target, divisor))
            self.into[target] += 1
        start = next(vertex for vertex in graph.vertices.values() if vertex.kind == "start")
        self._leave(start, self._event(()))

    # ── what is open ──

    def alive(self) -> list[Thing]:
        return [thing for thing in self.things if thing.taken is None]

    def tasks(self) -> Counter[str]:
        return Counter(
            {
                name: total
                for name, total in sum(
                    (Counter({t.vertex.id: len(t.open)}) for t in self.alive() if t.vertex.kind in TASKS), Counter()
                ).items()
                if total
            }
        )

    def timers(self) -> Counter[str]:
        return Counter(name for thing in self.alive() for name in thing.armed)

    def way_back(self, thing: Thing) -> set[str]:
        """The newest passing of each step that led to a thing."""
        newest: dict[str, Event] = {}
        for event in sorted(thing.made.past, key=lambda each: each.number):
            if event.passing:
                newest[event.node] = event
        return {event.passing for event in newest.values()}

    # ── what happens ──

    def complete(self, thing: Thing, index: int, x: int, passing: str) -> None:
        thing.left.remove(index)
        if thing.vertex.kind == "user":
            self.x = x
        if not thing.left:
            event = self._take([thing])
            event.passing, event.node = passing, thing.vertex.id
            self._leave(thing.vertex, event)

    def fire(self, thing: Thing, name: str) -> None:
        vertex = self.graph.vertices[name]
        if vertex.interrupting:
            event = self._take([thing])
        else:
            event = self._event([thing])
            thing.armed.remove(name)
        self._leave(vertex, event)

    def undo(self, passing: str) -> None:
        struck = next(event for event in self._events() if event.passing == passing)
        gone = {event for event in self._events() if struck in event.past}
        self.things = [thing for thing in self.things if thing.made not in gone]
        for thing in self.things:
            if thing.taken in gone:
                thing.taken = None
                self._settle(thing)
        for thing in list(self.alive()):
            if thing.vertex.kind == "and":
                self._meet(thing.vertex)

    def jump(self, node: str) -> None:
        event = self._event(())
        for thing in self.alive():
            thing.taken = event
        self.things = []
        self._put(node, "", event)

    # ── how it goes on ──

    def _events(self) -> set[Event]:
        made = {event for thing in self.things for event in thing.made.past}
        return made | {event for thing in self.things if thing.taken for event in thing.taken.past}

    def _event(self, after: Iterable[Thing]) -> Event:
        event = Event(next(self.numbers), frozenset())
        event.past = frozenset().union(*(thing.made.past for thing in after), {event})
        return event

    def _take(self, things: list[Thing]) -> Event:
        event = self._event(things)
        for thing in things:
            thing.taken = event
        return event

    def _put(self, node: str, flow: str, event: Event) -> None:
        vertex = self.graph.vertices[node]
        thing = Thing(vertex, flow, event)
        self.things.append(thing)
        self._settle(thing)
        if vertex.kind == "and" and self.into[node] > 1:
            self._meet(vertex)
        elif vertex.kind not in TASKS:
            self._leave(vertex, self._take([thing]))

    def _settle(self, thing: Thing) -> None:
        if thing.vertex.kind in TASKS:
            thing.fresh()
            thing.armed = [v.id for v in self.graph.vertices.values() if v.attached_to == thing.vertex.id]

    def _meet(self, vertex: Vertex) -> None:
        waiting: dict[str, Thing] = {}
        for thing in self.alive():
            if thing.vertex is vertex:
                waiting.setdefault(thing.flow, thing)
        if len(waiting) == self.into[vertex.id]:
            self._leave(vertex, self._take(list(waiting.values())))

    def _leave(self, vertex: Vertex, event: Event) -> None:
        ways = self.out[vertex.id]
        if vertex.kind == "xor" and len(ways) > 1:
            held = [way for way in ways if way[0] != vertex.default and way[2] and self.x % way[2] == 0]
            ways = held[:1] or [way for way in ways if way[0] == vertex.default]
        for flow, target, _ in ways:
            self._put(target, flow, event)
