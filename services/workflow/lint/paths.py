"""Paths through a diagram: in one situation, which steps can follow each other, and how long they take together."""

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final

from services.kernel.worktime import Calendar
from services.workflow.engine.diagrams.model import Body, Calls, Flow, Node
from services.workflow.engine.language import office as language
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.texts import expression
from services.workflow.engine.rules.texts import set_by
from services.workflow.lint.settings import limit_of

_ANY_MOMENT: Final = datetime(2026, 1, 5, tzinfo=UTC)
"""Conditions are only reckoned if they read nothing but the situation, so the moment does not matter."""


@dataclass(frozen=True, slots=True)
class Longest:
    """The path that takes most: its working days and the steps that make them up."""

    workdays: int = 0
    steps: tuple[Node, ...] = ()

    def then(self, other: "Longest") -> "Longest":
        """The path that goes on with another."""
        return Longest(self.workdays + other.workdays, (*self.steps, *other.steps))


@dataclass(frozen=True, slots=True)
class Ways:
    """The longest path to the decision, and the longest that ends without one; None where there is no such path."""

    decided: Longest | None = None
    open: Longest | None = None

    @property
    def longest(self) -> Longest:
        """The longer of the two."""
        return _longer(self.decided, self.open) or Longest()

    def then(self, rest: "Ways") -> "Ways":
        """The ways that go on with others, where they have not come to the decision yet."""
        if self.open is None:
            return self
        decided, ended = (path and self.open.then(path) for path in (rest.decided, rest.open))
        return Ways(_longer(self.decided, decided), ended)

    def beside(self, other: "Ways") -> "Ways":
        """The ways of either."""
        return Ways(_longer(self.decided, other.decided), _longer(self.open, other.open))


class TooDeep(Exception):
    """The diagram is nested or chained too deeply to be walked."""


@dataclass(slots=True)
class Walk:
    """Walks one body in one situation. Ways back (send-backs) are not walked again: the promise allows for none."""

    body: Body
    situation: str
    bodies: Mapping[str, Body]
    _found: dict[str, Ways] = field(default_factory=dict)
    _above: list[str] = field(default_factory=list)
    _within: frozenset[str] = frozenset()
    _handed: Mapping[str, Any] = field(default_factory=dict)

    def since(self, start: Node) -> Longest:
        """The longest path from where the clocks start, at an element or in what it calls, to decision or end."""
        inner = self._inside(start)
        events = [] if inner is None else [one for one in inner.body.nodes.values() if _starts(one)]
        if inner is None or not events:
            return self.behind(start.id).longest
        inside = reduce(Ways.beside, (inner.behind(event.id) for event in events))
        return inside.then(self.behind(start.id)).longest

    def behind(self, node_id: str) -> Ways:
        """The ways that begin behind an element."""
        ways = Ways()
        for successor in self._successors(self.body.nodes[node_id]):
            ways = ways.beside(self.at(successor))
        return _ENDED if ways == Ways() else ways

    def at(self, node_id: str) -> Ways:
        """The ways that begin with an element."""
        if node_id in self._found:
            return self._found[node_id]
        if node_id in self._above:
            return _ENDED
        if len(self._above) > _DEEPEST:
            raise TooDeep
        node = self.body.nodes[node_id]
        self._above.append(node_id)
        own = self._own(node)
        stops = node.settings.get("case_clock") == "stop"
        ways = Ways(decided=own.longest) if stops else own.then(self.behind(node_id))
        self._above.pop()
        self._found[node_id] = ways
        return ways

    def _own(self, node: Node) -> Ways:
        """What the element itself takes: a step its limit, a subprocess or a called process the ways inside it."""
        inner = self._inside(node)
        if inner is not None:
            ways = reduce(Ways.beside, (inner.at(start.id) for start in inner.body.starts()), Ways())
            may_be_left = self.body.boundaries(node.id) or ways == Ways()
            return Ways(ways.decided, ways.longest) if may_be_left else ways
        limit = limit_of(node)
        if limit is None or node.settings.get("counts_in_case_clock") == "no" or "hold" in node.settings:
            return _ENDED
        return Ways(open=Longest(limit, (node,)))

    def _inside(self, node: Node) -> "Walk | None":
        """The walk through a subprocess or a called process; None where there is none, or it calls itself."""
        inner = node.body or (self.bodies.get(node.calls.process) if node.calls else None)
        if inner is None or inner.id in self._within:
            return None
        depth = [*self._above, node.id]
        handed = self._handed if node.calls is None else self._handed_over(node.calls, inner)
        within = self._within | {inner.id}
        return Walk(inner, self.situation, self.bodies, _above=depth, _within=within, _handed=handed)

    def _successors(self, node: Node) -> Iterator[str]:
        flows = [self.body.flows[flow] for flow in node.outgoing]
        truths = {flow.id: self._truth(flow) for flow in flows if flow.id != node.default}
        exclusive = node.tag == "exclusiveGateway"
        for flow in flows:
            if flow.id == node.default:
                if not (exclusive and True in truths.values()):
                    yield flow.target
            elif truths[flow.id] is not False:
                yield flow.target
        for boundary in self.body.boundaries(node.id):
            yield boundary.id

    def _handed_over(self, calls: Calls, body: Body) -> dict[str, Any]:
        """What a called process is given that is certain already, and stays so: no step inside writes it."""
        written = frozenset[str]().union(*(set_by(node) for node in body.all_nodes()))
        values = {mapped.target: self._foreseen(mapped.expression or mapped.source or "") for mapped in calls.ins}
        return {name: value for name, value in values.items() if value is not None and name not in written}

    def _truth(self, flow: Flow) -> bool | None:
        """Whether the way is taken in this situation; None if that depends on the case."""
        found = None if flow.condition is None else self._foreseen(flow.condition)
        return found if isinstance(found, bool) else None

    def _foreseen(self, text: str) -> Any:  # noqa: ANN401 - a value of the language
        """What an expression comes to in this situation; None if that depends on the case."""
        if not _is_certain(text, self._handed):
            return None
        try:
            office = language.Office(_ANY_MOMENT, Calendar.builtin())
            return expression(text).value([{**self._handed, "case": {"situation": self.situation}}], office)
        except (Unwritable, Miscalculated):
            return None


_DEEPEST: Final = 400


_ENDED: Final = Ways(open=Longest())


def _starts(node: Node) -> bool:
    return node.settings.get("case_clock") == "start"


def _longer(one: Longest | None, other: Longest | None) -> Longest | None:
    paths = [path for path in (one, other) if path is not None]
    return max(paths, key=lambda path: path.workdays, default=None)


def _is_certain(text: str, handed: Container[str]) -> bool:
    """Whether an expression reads nothing but `case.situation` and what the caller hands over for certain."""
    try:
        tree = ast.parse(text.strip().removeprefix("${").removesuffix("}"), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not (
            isinstance(node.value, ast.Name) and node.value.id == "case" and node.attr == "situation"
        ):
            return False
        if isinstance(node, ast.Name) and node.id != "case" and node.id not in handed:
            return False
        if isinstance(node, ast.Subscript | ast.Call):
            return False
    return True
