"""An independent token game: what the engine must do, said in the plainest way and without any of its code.

Everything is searched for anew each time; nothing is fast. A token is a place and, where the place stays busy, what
it is busy with. Variables are looked up through a chain of dictionaries.
"""

from collections.abc import Iterator
from typing import Any

from tests.workflow.engine.oracle_rooms import Pawn, Room, Stuck, Task, Timer, both_added
from tests.workflow.engine.random_processes import HELD, ITEM, RESULT, Graph, Vertex

SHARED = ("sub", "at_will", "by_event")
BUSY = (*SHARED, "call", "several_sub")
BESIDE = ("by_event", "undoes")
LOUD = ("raise", "shout", "held", "error")
"""What can interrupt a branch in the same step in which it moves."""


def everything(graph: Graph) -> Iterator[Vertex]:
    """Every vertex of a process, of what is in it and of what it calls."""
    for vertex in graph.vertices.values():
        yield vertex
        if vertex.inner is not None:
            yield from everything(vertex.inner)


class Game:
    """A whole instance."""

    def __init__(self, graph: Graph, data: dict[str, Any]) -> None:
        self.interrupts = any(v.kind in LOUD or v.trigger in LOUD for v in everything(graph))
        self.top = Room(graph, dict(data))
        self.guard(self.top)
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
                if pawn.vertex.kind in ("user", "undoes") and not pawn.gathers:
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
        return [(name, room, pawn) for room in self.rooms() for pawn in self.waiting(room) for name in pawn.hears]

    def waiting(self, room: Room) -> list[Pawn]:
        """Everything in a room that an event can come to; what guards a room ends with it."""
        return [*room.guards, *room.tokens] if room.tokens else []

    def timers(self) -> list[Timer]:
        return [(timer, room, pawn) for room in self.rooms() for pawn in self.waiting(room) for timer in pawn.timers]

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
        pawn.timers.remove(name)
        self.happen(room, pawn, name)
        self.settle()

    def happen(self, room: Room, pawn: Pawn, name: str) -> None:
        """An event comes to a token, or to what guards a room."""
        if pawn in room.guards:
            if pawn.vertex.interrupting:
                room.tokens.clear()
                room.guards.clear()
            opened = Pawn(pawn.vertex)
            room.tokens.append(opened)
            self.open_rooms(room, opened, 0)
            return
        event = room.graph.vertices[name]
        if event.interrupting:
            room.tokens.remove(pawn)
        self.follow(room, event)

    def hear(self, message: Timer) -> None:
        name, room, pawn = message
        room.put(name, {})
        self.happen(room, pawn, name)
        self.settle()

    def guard(self, room: Room) -> None:
        """Arm the event subprocesses of a room."""
        for vertex in room.graph.vertices.values():
            if vertex.kind == "by_event" and vertex.inner is not None:
                event = next(v.id for v in vertex.inner.vertices.values() if v.kind == "start")
                pawn = Pawn(vertex)
                pawn.timers = [event] if vertex.trigger == "timer" else []
                pawn.hears = [event] if vertex.trigger == "heard" else []
                room.guards.append(pawn)

    # ── the rules ──

    def enter(self, room: Room, vertex: Vertex, came_by: str) -> None:
        pawn = Pawn(vertex, came_by)
        room.tokens.append(pawn)
        if vertex.takes > 1:
            pawn.gathers = True
            together = [other for other in room.tokens if other.vertex is vertex and other.gathers]
            if len(together) < vertex.takes:
                return
            for other in together:
                if other is not pawn:
                    room.tokens.remove(other)
            pawn.gathers = False
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
        if vertex.kind in BUSY:
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
            if pawn.vertex.kind == "at_will":
                self.offer(pawn, shared)
            else:
                self.start(pawn, shared)

    def offer(self, pawn: Pawn, inner: Room) -> None:
        """Everything in an ad-hoc subprocess that nothing leads to is done, one after another or side by side."""
        pawn.rooms.append(inner)
        self.guard(inner)
        led_to = {flow[2] for flow in inner.graph.flows}
        offered = [v for v in inner.graph.vertices.values() if v.id not in led_to and v.kind not in BESIDE]
        offered = [v for v in offered if not v.attached_to]
        pawn.undoing = offered[1:] if pawn.vertex.sequential else []
        for vertex in offered[:1] if pawn.vertex.sequential else offered:
            self.enter(inner, vertex, "")

    def open_one(self, room: Room, pawn: Pawn, index: int) -> None:
        assert pawn.vertex.inner is not None
        item = room.see("case")["items"][index]
        self.start(pawn, Room(pawn.vertex.inner, {f"{ITEM}{pawn.vertex.id}": item}, room))

    def start(self, pawn: Pawn, inner: Room) -> None:
        pawn.rooms.append(inner)
        self.guard(inner)
        self.enter(inner, next(v for v in inner.graph.vertices.values() if v.kind == "start"), "")

    def leave(self, room: Room, pawn: Pawn) -> None:
        room.tokens.remove(pawn)
        if pawn.vertex.undone_by or pawn.done:
            room.done.append((pawn.vertex, pawn.done))
        self.follow(room, pawn.vertex)

    def follow(self, room: Room, vertex: Vertex) -> None:
        for _ in range(vertex.gives):
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
        if any(self.noticed(room) for room in self.rooms()):
            return True
        return any(self.moves_in(room) for room in self.rooms()) or any(self.inclusive(room) for room in self.rooms())

    def moves_in(self, room: Room) -> bool:
        for pawn in list(room.tokens):
            kind = pawn.vertex.kind
            if kind in ("terminate", "raise", "shout", "error") or (kind == "undo" and not pawn.arrived):
                self.throws(room, pawn)
            elif kind == "script":
                room.put(f"c_{pawn.vertex.id}", room.see(RESULT)["x"])
                self.leave(room, pawn)
            elif kind in ("start", "end", "xor") or (kind == "or" and len(self.incoming(room, pawn)) < 2):
                self.leave(room, pawn)
            elif not (self.joined(room, pawn) or self.emptied(room, pawn)):
                continue
            return True
        return False

    def throws(self, room: Room, pawn: Pawn) -> None:
        """Whatever acts on others than its own token; the token goes on if it is still there."""
        match pawn.vertex.kind:
            case "terminate":
                room.tokens.clear()
                room.done.clear()
            case "error":
                assert self.throw(room, "caught")
            case "undo":
                pawn.arrived = True
                pawn.undoing, room.done = room.done, []
                self.undo(room, pawn)
            case kind:
                self.throw(room, "raised") if kind == "raise" else self.shout()
                if pawn in room.tokens and any(room is each for each in self.rooms()):
                    self.leave(room, pawn)

    def throw(self, room: Room, kind: str) -> bool:
        """Go outwards to the nearest that catches an error or escalation; of one room its event subprocesses last."""
        started: Vertex | None = None
        while True:
            for pawn in room.guards:
                if pawn.vertex.trigger == kind and pawn.vertex is not started:
                    self.happen(room, pawn, "")
                    return True
            found = [(outer, pawn) for outer in self.rooms() for pawn in outer.tokens if room in pawn.rooms]
            if not found:
                return False
            room, pawn = found[0]
            for event in room.graph.vertices.values():
                if event.attached_to == pawn.vertex.id and event.kind == kind:
                    self.happen(room, pawn, event.id)
                    return True
            started = pawn.vertex

    def shout(self) -> None:
        """A signal comes to everything that waits for it now, if it is still there when its turn comes."""
        found = [
            (room, pawn, name)
            for room in self.rooms()
            for pawn in self.waiting(room)
            for name in self.shouted(room, pawn)
        ]
        for room, pawn, name in found:
            if pawn in [*room.guards, *room.tokens] and any(room is each for each in self.rooms()):
                self.happen(room, pawn, name)

    def shouted(self, room: Room, pawn: Pawn) -> list[str]:
        if pawn in room.guards:
            return [""] if pawn.vertex.trigger == "shouted" else []
        return self.attached(room, pawn, "shouted")

    def attached(self, room: Room, pawn: Pawn, kind: str) -> list[str]:
        vertices = room.graph.vertices.values() if not pawn.gathers else ()
        return [v.id for v in vertices if v.attached_to == pawn.vertex.id and v.kind == kind]

    def noticed(self, room: Room) -> bool:
        """A condition that has come to hold since it was last looked at lets its event happen."""
        for pawn in self.waiting(room):
            guards = pawn in room.guards
            for name in [""] * (pawn.vertex.trigger == "held") if guards else self.attached(room, pawn, "held"):
                answer = (room.see(RESULT) or {}).get("x")
                holds, held = answer is not None and answer % HELD == 0, name in pawn.holds
                pawn.holds = pawn.holds | {name} if holds else pawn.holds - {name}
                if holds and not held:
                    self.happen(room, pawn, name)
                    return True
        return False

    def undo(self, room: Room, pawn: Pawn) -> None:
        """Undo what was done last, or go on when nothing is left."""
        if not pawn.undoing:
            self.leave(room, pawn)
            return
        vertex, inside = pawn.undoing.pop()
        if vertex.undone_by:
            graph = Graph("undo", {vertex.undone_by: room.graph.vertices[vertex.undone_by]})
            inner = Room(graph, room.names, room.around, room.before)
            inner.tokens.append(Pawn(room.graph.vertices[vertex.undone_by]))
        else:
            inner = Room(vertex.inner, room.names, room.around, room.before, done=inside)
            inner.tokens.append(Pawn(Vertex("all", "undo")))
        pawn.rooms.append(inner)

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
            return not pawn.rooms and pawn.vertex.kind in BUSY and self.over(room, pawn)
        inner = done[0]
        if pawn.vertex.kind == "at_will" and pawn.undoing:
            self.enter(inner, pawn.undoing.pop(0), "")
            return True
        pawn.rooms.remove(inner)
        if pawn.vertex.kind == "undo":
            self.undo(room, pawn)
            return True
        self.take_over(room, pawn, inner)
        if pawn.vertex.kind == "several_sub" and pawn.left:
            self.open_one(room, pawn, pawn.left.pop(0))
        if not pawn.rooms:
            self.leave(room, pawn)
        return True

    def take_over(self, room: Room, pawn: Pawn, inner: Room) -> None:
        if pawn.vertex.kind in SHARED:
            pawn.done = inner.done
        if pawn.vertex.kind == "call":
            room.put(f"r_{pawn.vertex.id}", inner.see(RESULT)["x"] + 100)
        if pawn.vertex.kind == "several_sub":
            for name, value in inner.names.items():
                before = inner.before.get(name)
                if not name.startswith(ITEM) and value != before:
                    room.put(name, both_added(before, room.see(name), value))

    def over(self, room: Room, pawn: Pawn) -> bool:
        self.leave(room, pawn)
        return True
