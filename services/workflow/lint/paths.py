"""Paths through a diagram: in one situation, which steps can follow each other, and how long they take together."""

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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


class TooDeep(Exception):
    """The diagram is nested or chained too deeply to be walked."""


@dataclass(slots=True)
class Walk:
    """Walks one body in one situation. Ways back (send-backs) are not walked again: the promise allows for none."""

    body: Body
    situation: str
    bodies: Mapping[str, Body]
    _found: dict[str, Longest] = field(default_factory=dict)
    _above: list[str] = field(default_factory=list)
    _within: frozenset[str] = frozenset()
    _handed: Mapping[str, Any] = field(default_factory=dict)

    def longest_from(self, node_id: str) -> Longest:
        """The longest path that begins behind an element and ends where the case is decided, or at an end."""
        best = Longest()
        for successor in self._successors(self.body.nodes[node_id]):
            best = max(best, self._longest_at(successor), key=lambda path: path.workdays)
        return best

    def _longest_at(self, node_id: str) -> Longest:
        if node_id in self._found:
            return self._found[node_id]
        if node_id in self._above:
            return Longest()
        if len(self._above) > _DEEPEST:
            raise TooDeep
        node = self.body.nodes[node_id]
        self._above.append(node_id)
        own = self._own(node)
        path = own if node.settings.get("case_clock") == "stop" else own.then(self.longest_from(node_id))
        self._above.pop()
        self._found[node_id] = path
        return path

    def _own(self, node: Node) -> Longest:
        """What the element itself takes: a step its limit, a subprocess the longest path inside it."""
        inner = node.body or (self.bodies.get(node.calls.process) if node.calls else None)
        if inner is not None and inner.id not in self._within:
            depth = [*self._above, node.id]
            handed = self._handed if node.calls is None else self._handed_over(node.calls, inner)
            within = self._within | {inner.id}
            walk = Walk(inner, self.situation, self.bodies, _above=depth, _within=within, _handed=handed)
            return max((walk._longest_at(start.id) for start in inner.starts()), key=_workdays, default=Longest())
        limit = limit_of(node)
        if limit is None or node.settings.get("counts_in_case_clock") == "no" or "hold" in node.settings:
            return Longest()
        return Longest(limit, (node,))

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


def _workdays(path: Longest) -> int:
    return path.workdays


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
