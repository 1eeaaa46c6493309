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
BODIES = ("sub", "call", "several_sub")
ACTIVITIES = TASKS + BODIES


@dataclass(eq=False)
class Event:
    """Something that happened. `passing` is the engine's id of the step that it completed, which was in `holder`."""

    number: int
    past: frozenset["Event"]
    passing: str = ""
    node: str = ""
    holder: "Thing | None" = None


@dataclass(eq=False)
class Thing:
    """A token: where it is, in which subprocess, how it came, who made and who took it.

    `x` is the last answer in a called process, or in one of several once there is one; `base` is what it was before.
    """

    vertex: Vertex
    flow: str
    made: Event
    holder: "Thing | None" = None
    x: int | None = None
    base: int = 0
    taken: Event | None = None
    left: list[int] = field(default_factory=list)
    armed: list[str] = field(default_factory=list)

    def fresh(self) -> None:
        """Begin here as if it had just come."""
        self.left = [0] if self.vertex.kind == "user" else [0, 1]

    def is_in(self, holder: "Thing | None") -> bool:
        """Whether it is in a subprocess, be it in one in there; everything is in the process."""
        around: Thing | None = self
        while around is not None:
            around = around.holder
            if around is holder:
                return True
        return False

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
        self.vertices: dict[str, Vertex] = {}
        self.out: dict[str, list[tuple[str, str, int]]] = {}
        self.into: Counter[str] = Counter()
        self.drawn_in: dict[str, str] = {}
        self._read(graph, "")
        self._begin(graph, self._event(()), None)

    def _read(self, graph: Graph, around: str) -> None:
        self.vertices |= graph.vertices
        self.drawn_in |= dict.fromkeys(graph.vertices, around)
        self.out |= {name: [] for name in graph.vertices}
        for flow, source, target, divisor in graph.flows:
            self.out[source].append((flow, target, divisor))
            self.into[target] += 1
        for vertex in graph.vertices.values():
            if vertex.inner is not None:
                self._read(vertex.inner, vertex.id)

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

    def around(self, element: str) -> list[str]:
        """The subprocesses in which an element is drawn, innermost first."""
        found = self.drawn_in[element]
        return [found, *self.around(found)] if found else []

    def inside_others(self, thing: Thing) -> set[str]:
        """The passings that led to a thing and happened in subprocesses that it is not in."""
        return {
            each.passing
            for each in thing.made.past
            if each.passing and each.holder is not None and not thing.is_in(each.holder)
        }

    # ── what happens ──

    def complete(self, thing: Thing, index: int, x: int, passing: str) -> None:
        thing.left.remove(index)
        if thing.vertex.kind == "user":
            self._answer(thing.holder, x)
        if not thing.left:
            event = self._take([thing])
            event.passing, event.node, event.holder = passing, thing.vertex.id, thing.holder
            self._leave(thing.vertex, event, thing.holder)

    def take_back(self, thing: Thing, index: int) -> None:
        """One of several takes back what they did; the others are still at it."""
        thing.left = sorted({*thing.left, index})

    def fire(self, thing: Thing, name: str) -> None:
        vertex = self.vertices[name]
        if vertex.interrupting:
            event = self._take([thing])
            self._end_inside(thing, event)
        else:
            event = self._event([thing])
            thing.armed.remove(name)
        self._leave(vertex, event, thing.holder)

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
                self._meet(thing.vertex, thing.holder)

    def jump(self, node: str, holder: Thing | None) -> None:
        event = self._event([holder] if holder else [])
        self.things = [thing for thing in self.things if not thing.is_in(holder)]
        self._put(node, "", event, holder)

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

    def _put(self, node: str, flow: str, event: Event, holder: Thing | None) -> None:
        vertex = self.vertices[node]
        thing = Thing(vertex, flow, event, holder)
        self.things.append(thing)
        self._settle(thing)
        if vertex.kind == "and" and self.into[node] > 1:
            self._meet(vertex, holder)
        elif vertex.kind in BODIES:
            self._open(thing, event)
        elif vertex.kind not in TASKS:
            self._leave(vertex, self._take([thing]), holder)

    def _begin(self, graph: Graph, event: Event, holder: Thing | None) -> None:
        start = next(vertex for vertex in graph.vertices.values() if vertex.kind == "start")
        self._leave(start, event, holder)

    def _open(self, thing: Thing, event: Event) -> None:
        assert thing.vertex.inner is not None
        if thing.vertex.kind == "several_sub":
            for index in thing.open:
                self._one(thing, index, event)
            return
        if thing.vertex.kind == "call":
            thing.x = self._last(thing.holder)
        self._begin(thing.vertex.inner, event, thing)

    def _one(self, thing: Thing, index: int, event: Event) -> None:
        """Begin one of several."""
        one = Thing(Vertex(f"{thing.vertex.id}#{index}", "one"), "", event, thing)
        self.things.append(one)
        assert thing.vertex.inner is not None
        self._begin(thing.vertex.inner, event, one)

    def _last(self, holder: Thing | None) -> int:
        """The last answer as the conditions in a subprocess read it."""
        while holder is not None:
            if holder.x is not None:
                return holder.x
            holder = holder.holder
        return self.x

    def _answer(self, holder: Thing | None, x: int) -> None:
        while holder is not None and holder.vertex.kind not in ("call", "one"):
            holder = holder.holder
        if holder is None:
            self.x = x
            return
        if holder.x is None:
            holder.base = self._last(holder)
        holder.x = x

    def _settle(self, thing: Thing) -> None:
        if thing.vertex.kind in ACTIVITIES:
            thing.fresh()
            thing.armed = [v.id for v in self.vertices.values() if v.attached_to == thing.vertex.id]

    def _meet(self, vertex: Vertex, holder: Thing | None) -> None:
        waiting: dict[str, Thing] = {}
        for thing in self.alive():
            if thing.vertex is vertex and thing.holder is holder:
                waiting.setdefault(thing.flow, thing)
        if len(waiting) == self.into[vertex.id]:
            self._leave(vertex, self._take(list(waiting.values())), holder)

    def _leave(self, vertex: Vertex, event: Event, holder: Thing | None) -> None:
        ways = self.out[vertex.id]
        if vertex.kind == "xor" and len(ways) > 1:
            x = self._last(holder)
            held = [way for way in ways if way[0] != vertex.default and way[2] and x % way[2] == 0]
            ways = held[:1] or [way for way in ways if way[0] == vertex.default]
        for flow, target, _ in ways:
            self._put(target, flow, event, holder)
        if vertex.kind == "terminate":
            self._end_inside(holder, event)
        if not ways and holder is not None:
            self._end(holder)

    def _end_inside(self, holder: Thing | None, event: Event) -> None:
        """Whatever goes on in a subprocess is over."""
        for thing in self.alive():
            if thing.is_in(holder):
                thing.taken = event

    def _end(self, holder: Thing) -> None:
        """A subprocess is over once nothing goes on in it; that follows from everything that ended there."""
        inside = [thing for thing in self.things if thing.is_in(holder)]
        if holder.taken is not None or not all(thing.taken for thing in inside):
            return
        event = self._take([holder])
        event.past = event.past.union(*(thing.taken.past for thing in inside if thing.taken))
        if holder.vertex.kind == "one":
            self._one_over(holder, event)
        else:
            self._leave(holder.vertex, event, holder.holder)

    def _one_over(self, one: Thing, event: Event) -> None:
        whole = one.holder
        assert whole is not None
        if one.x is not None and one.x != one.base:
            self._answer(whole.holder, one.x)
        whole.left.remove(int(one.vertex.id.rpartition("#")[2]))
        if whole.vertex.sequential and whole.left:
            self._one(whole, whole.left[0], event)
        else:
            self._end(whole)
