"""Paths: what people have done on the way of a token, so that it can be undone exactly, and no more than that.

A path knows for each step a person completed the number of the newest token that passed there. Where paths met at a
join it keeps what each brought, so that a join can be taken back: the branches that are not undone wait there again.
A path is bounded by the drawing, not by its age; what it had to forget is *sealed* and cannot be undone any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

Numbers = Mapping[str, int]
"""By node the number of a token that passed it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one flow brought to a join."""

    flow: str
    done: Numbers
    sealed: Numbers


@dataclass(frozen=True, slots=True)
class Meeting:
    """The newest firing of a join on a path."""

    number: int
    arrivals: tuple[Arrival, ...]

    def partly(self) -> dict[str, int]:
        """Give what was done on some of the ways that met here and not on all: undoing it undoes the meeting."""
        nodes = {node for arrival in self.arrivals for node in arrival.done}
        found = {node: {arrival.done.get(node, -1) for arrival in self.arrivals} for node in nodes}
        return {node: max(numbers) for node, numbers in found.items() if len(numbers) > 1}

    def follows(self, node: str, number: int) -> bool:
        """Say whether it comes after a passing."""
        return any(arrival.done.get(node) == number for arrival in self.arrivals)


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a token up to where it stands."""

    done: Numbers = field(default_factory=dict)
    met: Mapping[str, Meeting] = field(default_factory=dict)
    sealed: Numbers = field(default_factory=dict)

    def past(self, node: str, number: int) -> "Path":
        """Give the path after a person completed a step."""
        return replace(self, done={**self.done, node: number})

    def sealing(self) -> dict[str, int]:
        """Give what can no longer be undone once this path is forgotten."""
        return newest((self.sealed, *(meeting.partly() for meeting in self.met.values())))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done on it."""
        return not (self.done or self.met or self.sealed)


@dataclass(frozen=True, slots=True)
class Inside:
    """Where a step was that a person did in a subprocess which is over: its node, the path in it, and so on inward."""

    node: str
    path: Path
    inner: "Inside | None" = None


NEW = Path()
"""Where a path begins."""


def newest(many: Iterable[Numbers]) -> dict[str, int]:
    """Give the newest number of each node."""
    found: dict[str, int] = {}
    for numbers in many:
        for node, number in numbers.items():
            found[node] = max(number, found.get(node, -1))
    return found


def joined(join: str, number: int, brought: Mapping[str, Path]) -> Path:
    """Give the path that goes on where paths meet, by the flows they came by."""
    paths = tuple(brought.values())
    met: dict[str, Meeting] = {}
    lost: list[Numbers] = [path.sealed for path in paths]
    for name, meeting in ((name, meeting) for path in paths for name, meeting in path.met.items()):
        known = met.get(name, meeting)
        older, met[name] = sorted((known, meeting), key=lambda each: each.number)
        if older.number != met[name].number:
            lost.append(older.partly())
    if join in met:
        lost.append(met.pop(join).partly())
    arrivals = tuple(Arrival(flow, path.done, path.sealing()) for flow, path in brought.items())
    here = Meeting(number, arrivals)
    if here.partly():
        met[join] = here
    return Path(newest(path.done for path in paths), met, newest(lost))
