"""An independent token game: what the engine must do, said in the plainest way and without any of its code.

Everything is searched for anew each time; nothing is fast. A token is a place and, where the place stays busy, what
it is busy with. Variables are looked up through a chain of dictionaries.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.workflow.engine.random_processes import ITEM, RESULT, Graph, Vertex


class Stuck(Exception):
    """No token can ever move again."""


@dataclass(eq=False)
class Room:
    """A running process or subprocess: its graph, its tokens, its variables over those around it."""

    graph: Graph
    names: dict[str, Any]
    around: "Room | None" = None
    before: dict[str, Any] = field(default_factory=dict)
    tokens: list["Pawn"] = field(default_factory=list)

    def see(self, name: str) -> Any:
        room: Room | None = self
        while room is not None:
            if name in room.names:
                return room.names[name]
            room = room.around
        return None

    def put(self, name: str, value: object) -> None:
        if self.around is not None and name not in self.names:
            self.before[name] = self.around.see(name)
        self.names[name] = value


@dataclass(eq=False)
class Pawn:
    """A token on a vertex. `came_by` is the flow; `rooms` and `left` are what a busy vertex is busy with."""

    vertex: Vertex
    came_by: str = ""
    timers: list[str] = field(default_factory=list)
    hears: list[str] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    results: dict[int, Any] = field(default_factory=dict)
    arrived: bool = False


Task = tuple[str, int, Room, Pawn]
Timer = tuple[str, Room, Pawn]


def both_added(before: object, theirs: object, mine: object) -> object:
    """Mine, unless both only added to a list: then theirs and what I added."""
    if isinstance(before, list) and isinstance(theirs, list) and isinstance(mine, list):
        length = len(before)
        if theirs[:length] == before == mine[:length]:
            return theirs + mine[length:]
    return mine


class Game:
    """A whole instance."""

    def __init__(self, graph: Graph, data: dict[str, Any]) -> None:
        self.top = Room(graph, dict(data))
        self.enter(self.top, next(v for v in graph.vertices.values() if v.kind == "start"), "")
        self.settle()

    # ── what is open ──

    def rooms(self, room: Room | None = None) -> list[Room]:
        room = room or self.top
        return [room, *(each for pawn in room.tokens for inner in pawn.rooms for each in self.rooms(inner))]

    def tasks(self) -> list["Task"]:
        """(vertex, which of several or -1, room, token) of every open task."""
        found = []
        for room in self.rooms():
            for pawn in room.tokens:
                if pawn.vertex.kind == "user":
                    found.append((pawn.vertex.id, -1, room, pawn))
                if pawn.vertex.kind == "several_user":
                    found += [(pawn.vertex.id, index, room, pawn) for index in pawn.people]
        return found

    def items_around(self, room: Room, vertex: str = "", index: int = -1) -> tuple[tuple[str, str], ...]:
        """Which instances of several a task or timer stands in: what tells it from others on the same vertex."""
        found = {} if index < 0 else {f"{ITEM}{vertex}": room.see("case")["items"][index]}
        inner: Room | None = room
        while inner is not None:
            found |= {name: value for name, value in inner.names.items() if name.startswith(ITEM)}
            inner = inner.around
        return tuple(sorted(found.items()))

    def messages(self) -> list[Timer]:
        return [(name, room, pawn) for room in self.rooms() for pawn in room.tokens for name in pawn.hears]

    def timers(self) -> list[Timer]:
        return [(timer, room, pawn) for room in self.rooms() for pawn in room.tokens for timer in pawn.timers]

    @property
    def is_over(self) -> bool:
        return not self.top.tokens

    # ── moves ──

    def complete(self, task: "Task", answer: int) -> None:
        _, index, room, pawn = task
        if index < 0:
            room.put(RESULT, {"x": answer})
            self.leave(room, pawn)
        else:
            pawn.people.remove(index)
            pawn.results[index] = {"x": answer}
            room.put(f"r_{pawn.vertex.id}", [pawn.results[key] for key in sorted(pawn.results)])
            if pawn.left and pawn.vertex.sequential:
                pawn.people.append(pawn.left.pop(0))
            if not pawn.people:
                self.leave(room, pawn)
        self.settle()

    def fire(self, timer: Timer) -> None:
        name, room, pawn = timer
        event = room.graph.vertices[name]
        pawn.timers.remove(name)
        if event.interrupting:
            room.tokens.remove(pawn)
        self.follow(room, event)
        self.settle()

    def hear(self, message: Timer) -> None:
        name, room, pawn = message
        event = room.graph.vertices[name]
        room.put(name, {})
        if event.interrupting:
            room.tokens.remove(pawn)
        self.follow(room, event)
        self.settle()

    # ── the rules ──

    def enter(self, room: Room, vertex: Vertex, came_by: str) -> None:
        pawn = Pawn(vertex, came_by)
        room.tokens.append(pawn)
        near = [v for v in room.graph.vertices.values() if v.attached_to == vertex.id]
        if vertex.kind == "events":
            near = [room.graph.vertices[flow[2]] for flow in room.graph.flows if flow[1] == vertex.id]
        pawn.timers = [v.id for v in near if v.kind == "timer"]
        pawn.hears = [v.id for v in near if v.kind == "heard"]
        if vertex.kind == "receive":
            pawn.hears.append(vertex.id)
        items = room.see("case")["items"]
        if vertex.kind == "several_user":
            room.put(f"r_{vertex.id}", [])
            everyone = list(range(len(items)))
            pawn.people, pawn.left = (everyone[:1], everyone[1:]) if vertex.sequential else (everyone, [])
        if vertex.kind in ("sub", "call", "several_sub"):
            self.open_rooms(room, pawn, len(items))

    def open_rooms(self, room: Room, pawn: Pawn, items: int) -> None:
        inner = pawn.vertex.inner
        assert inner is not None
        if pawn.vertex.kind == "several_sub":
            indexes = list(range(items))
            start, pawn.left = (indexes[:1], indexes[1:]) if pawn.vertex.sequential else (indexes, [])
            for index in start:
                self.open_one(room, pawn, index)
        elif pawn.vertex.kind == "call":
            names = {name: room.see(name) for name in ("case", RESULT, *pawn.vertex.handed)}
            self.start(pawn, Room(inner, names))
        else:
            shared = Room(inner, room.names, room.around, room.before)
            self.start(pawn, shared)

    def open_one(self, room: Room, pawn: Pawn, index: int) -> None:
        assert pawn.vertex.inner is not None
        item = room.see("case")["items"][index]
        self.start(pawn, Room(pawn.vertex.inner, {f"{ITEM}{pawn.vertex.id}": item}, room))

    def start(self, pawn: Pawn, inner: Room) -> None:
        pawn.rooms.append(inner)
        self.enter(inner, next(v for v in inner.graph.vertices.values() if v.kind == "start"), "")

    def leave(self, room: Room, pawn: Pawn) -> None:
        room.tokens.remove(pawn)
        self.follow(room, pawn.vertex)

    def follow(self, room: Room, vertex: Vertex) -> None:
        for flow, target in self.ways(room, vertex):
            self.enter(room, room.graph.vertices[target], flow)

    def ways(self, room: Room, vertex: Vertex) -> list[tuple[str, str]]:
        flows = [flow for flow in room.graph.flows if flow[1] == vertex.id]
        if vertex.kind not in ("xor", "or") or not vertex.default:
            return [(flow[0], flow[2]) for flow in flows]
        answer = (room.see(RESULT) or {}).get("x")
        held = [(flow[0], flow[2]) for flow in flows if flow[3] and answer is not None and answer % flow[3] == 0]
        if vertex.kind == "xor":
            held = held[:1]
        return held or [(flow[0], flow[2]) for flow in flows if flow[0] == vertex.default]

    def settle(self) -> None:
        """Let everything happen that happens by itself; then nothing must stand still for ever."""
        while self.one_move():
            pass
        if not self.is_over and not self.tasks() and not self.timers() and not self.messages():
            raise Stuck

    def one_move(self) -> bool:
        return any(self.moves_in(room) for room in self.rooms()) or any(self.inclusive(room) for room in self.rooms())

    def moves_in(self, room: Room) -> bool:
        for pawn in list(room.tokens):
            kind = pawn.vertex.kind
            if kind == "terminate":
                room.tokens.clear()
            elif kind == "error":
                self.fail(room)
            elif kind == "script":
                room.put(f"c_{pawn.vertex.id}", room.see(RESULT)["x"])
                self.leave(room, pawn)
            elif kind in ("start", "end", "xor") or (kind == "or" and len(self.incoming(room, pawn)) < 2):
                self.leave(room, pawn)
            elif not (self.joined(room, pawn) or self.emptied(room, pawn)):
                continue
            return True
        return False

    def fail(self, room: Room) -> None:
        """Go outwards to the first activity with an error event; it is left by that."""
        for outer in self.rooms():
            for pawn in outer.tokens:
                if room in pawn.rooms:
                    events = [v for v in outer.graph.vertices.values() if v.attached_to == pawn.vertex.id]
                    caught = [v for v in events if v.kind == "caught"]
                    if not caught:
                        self.fail(outer)
                        return
                    outer.tokens.remove(pawn)
                    self.follow(outer, caught[0])
                    return
        raise AssertionError(room.graph.id)

    def incoming(self, room: Room, pawn: Pawn) -> list[str]:
        return [flow[0] for flow in room.graph.flows if flow[2] == pawn.vertex.id]

    def joined(self, room: Room, pawn: Pawn) -> bool:
        if pawn.vertex.kind != "and":
            return False
        waiting = [other for other in room.tokens if other.vertex is pawn.vertex]
        chosen = [next((p for p in waiting if p.came_by == flow), None) for flow in self.incoming(room, pawn)]
        if not all(chosen):
            return False
        for each in chosen:
            if each is not None:
                room.tokens.remove(each)
        self.follow(room, pawn.vertex)
        return True

    def inclusive(self, room: Room) -> bool:
        for pawn in list(room.tokens):
            if pawn.vertex.kind != "or":
                continue
            waiting = [other for other in room.tokens if other.vertex is pawn.vertex]
            filled = {other.came_by for other in waiting}
            empty = [flow for flow in room.graph.flows if flow[2] == pawn.vertex.id and flow[0] not in filled]
            others = [other for other in room.tokens if other.vertex is not pawn.vertex]
            if any(self.comes(room, other, empty, filled) for other in others):
                continue
            for flow in filled:
                room.tokens.remove(next(other for other in waiting if other.came_by == flow))
            self.follow(room, pawn.vertex)
            return True
        return False

    def comes(self, room: Room, pawn: Pawn, empty: list[tuple[str, str, str, int]], filled: set[str]) -> bool:
        """Whether a token can come by an empty flow of a join and by none that is filled."""
        if not empty:
            return False
        join, seen, ahead, reached = empty[0][2], set[str](), [pawn.vertex.id], set[str]()
        while ahead:
            place = ahead.pop()
            if place in seen or place == join:
                continue
            seen.add(place)
            reached |= {flow[0] for flow in room.graph.flows if flow[1] == place and flow[2] == join}
            ahead += [flow[2] for flow in room.graph.flows if flow[1] == place]
            ahead += [v.id for v in room.graph.vertices.values() if v.attached_to == place]
        return bool(reached & {flow[0] for flow in empty}) and not reached & filled

    def emptied(self, room: Room, pawn: Pawn) -> bool:
        """A subprocess without tokens is over; its vertex goes on when all its rooms are."""
        done = [inner for inner in pawn.rooms if not inner.tokens]
        if not done:
            return not pawn.rooms and pawn.vertex.kind in ("sub", "call", "several_sub") and self.over(room, pawn)
        inner = done[0]
        pawn.rooms.remove(inner)
        if pawn.vertex.kind == "call":
            room.put(f"r_{pawn.vertex.id}", inner.see(RESULT)["x"] + 100)
        if pawn.vertex.kind == "several_sub":
            for name, value in inner.names.items():
                before = inner.before.get(name)
                if not name.startswith(ITEM) and value != before:
                    room.put(name, both_added(before, room.see(name), value))
            if pawn.left:
                self.open_one(room, pawn, pawn.left.pop(0))
        if not pawn.rooms:
            self.leave(room, pawn)
        return True

    def over(self, room: Room, pawn: Pawn) -> bool:
        self.leave(room, pawn)
        return True
