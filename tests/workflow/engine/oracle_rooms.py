"""What the oracle's game is played with: rooms, and the pawns in them."""

from dataclasses import dataclass, field
from typing import Any

from tests.workflow.engine.random_processes import Graph, Vertex


class Stuck(Exception):
    """No token can ever move again."""


@dataclass(eq=False)
class Room:
    """A running process or subprocess: its graph, its tokens, its variables over those around it.

    `guards` are its event subprocesses that can still start; `done` is what can be compensated, with what was done
    inside it.
    """

    graph: Graph
    names: dict[str, Any]
    around: "Room | None" = None
    before: dict[str, Any] = field(default_factory=dict)
    tokens: list["Pawn"] = field(default_factory=list)
    guards: list["Pawn"] = field(default_factory=list)
    done: list[Any] = field(default_factory=list)

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
    gathers: bool = False
    arrived: bool = False
    holds: set[str] = field(default_factory=set)
    undoing: list[Any] = field(default_factory=list)
    done: list[Any] = field(default_factory=list)


Task = tuple[str, int, Room, Pawn]
Timer = tuple[str, Room, Pawn]


def both_added(before: object, theirs: object, mine: object) -> object:
    """Mine, unless both only added to a list: then theirs and what I added."""
    if isinstance(before, list) and isinstance(theirs, list) and isinstance(mine, list):
        length = len(before)
        if theirs[:length] == before == mine[:length]:
            return theirs + mine[length:]
    return mine
