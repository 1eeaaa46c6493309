"""How tokens move through a body with all choices open, and where they can come to on any way.

A situation is told by the flows that hold a token. Each way out of a gateway may be taken, each boundary event happen.
"""

from collections import deque
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final

from services.workflow.engine.diagrams.model import Body, EventKind, Node, TimerForm
from services.workflow.engine.running.reach import linked, reach

MAX_STATES: Final = 4_000
_FIRED: Final = "fired "
_MAX_SUBSETS: Final = 5
_ENDS_ALL: Final = frozenset({EventKind.TERMINATE, EventKind.CANCEL})
_NOTHING: Final = frozenset[str]()

Marking = frozenset[str]
"""The flows that hold a token, and the boundary events that have happened."""


def not_played(body: Body) -> list[tuple[Node, str]]:
    """Give what keeps a body from being played: where tokens are counted, or no flow says what comes first."""
    found = []
    for node in body.nodes.values():
        if node.tag == "complexGateway" and len(node.incoming) > 1:
            found.append((node, "复杂网关 complex gateway"))
        if node.takes > 1 or node.gives > 1:
            found.append((node, "startQuantity / completionQuantity"))
        if node.tag == "intermediateCatchEvent" and any(each.form is TimerForm.CYCLE for each in node.event.timers):
            found.append((node, "定时循环 timer cycle"))
    if not body.starts() and body.flows:
        found.append((body.offered()[0], "特别子流程 ad-hoc subprocess"))
    return found


def after(node: Node, left: Marking, given: Marking) -> Marking:
    """Give the situation when a node has moved: what is left of the others, unless it ends them all."""
    return left | given if node.event.kind not in _ENDS_ALL else frozenset()


class Tokens:
    """The moves of a body. What is `blocked` is left by its boundary events only; `closed` flows are never taken."""

    def __init__(
        self, body: Body, *, blocked: AbstractSet[str] = _NOTHING, closed: AbstractSet[str] = _NOTHING
    ) -> None:
        self._body, self._blocked, self._closed = body, blocked, closed
        self._reach = {
            node.id: reach(body, node)
            for node in body.nodes.values()
            if node.tag == "inclusiveGateway" and len(node.incoming) > 1
        }

    def moves(self, marking: Marking) -> Iterator[tuple[Node, Marking, Marking]]:
        """Give every node that can move, with the flows it takes tokens from and those it gives them to."""
        for node in self._body.nodes.values():
            filled = [flow for flow in node.incoming if flow in marking]
            if filled:
                yield from ((node, taken, given) for taken, given in self._of_node(node, filled, marking))

    def _of_node(self, node: Node, filled: list[str], marking: Marking) -> Iterator[tuple[Marking, Marking]]:
        if node.tag == "parallelGateway":
            if len(filled) == len(node.incoming):
                yield frozenset(filled), frozenset(node.outgoing)
        elif node.id in self._reach:
            if self._may_fire(node, filled, marking):
                for given in self._ways_out(node):
                    yield frozenset(filled), given
        else:
            for flow in filled:
                for given in chain(self._ways_out(node), self._interrupted(node)):
                    yield frozenset({flow}), given
            yield from self._beside(node, marking)

    def _may_fire(self, node: Node, filled: list[str], marking: Marking) -> bool:
        empty = set(node.incoming) - set(filled)
        for flow in marking - set(filled):
            if flow in self._body.flows:
                ahead = self._reach[node.id].get(self._body.flows[flow].target, frozenset())
                if ahead & empty and not ahead & set(filled):
                    return False
        return True

    def _ways_out(self, node: Node) -> Iterator[Marking]:
        """Give every combination of flows by which a node may be left in the ordinary way."""
        if node.id not in self._blocked:
            yield from (given for given in self._all_ways_out(node) if not given & self._closed)

    def _all_ways_out(self, node: Node) -> Iterator[Marking]:
        flows = [self._body.flows[flow] for flow in node.outgoing]
        match node.tag:
            case "exclusiveGateway":
                yield from (frozenset({flow.id}) for flow in flows)
            case "eventBasedGateway":
                yield from (frozenset(self._body.nodes[flow.target].outgoing) for flow in flows)
            case "inclusiveGateway" | "complexGateway":
                yield from _subsets(node.outgoing)
            case _ if any(flow.condition for flow in flows):
                plain = frozenset(flow.id for flow in flows if flow.condition is None and flow.id != node.default)
                yield from (plain | some for some in _subsets(set(node.outgoing) - plain))
            case _:
                targets = [self._body.nodes[target].outgoing for target in linked(self._body, node)]
                yield frozenset(node.outgoing).union(*targets)

    def _interrupted(self, node: Node) -> Iterator[Marking]:
        for boundary in self._body.boundaries(node.id):
            if boundary.interrupting and boundary.event.kind is not EventKind.COMPENSATE:
                yield frozenset(boundary.outgoing)

    def _beside(self, node: Node, marking: Marking) -> Iterator[tuple[Marking, Marking]]:
        """Give the non-interrupting events of an activity; each is let happen once."""
        for boundary in self._body.boundaries(node.id):
            fired = _FIRED + boundary.id
            if not boundary.interrupting and fired not in marking:
                yield frozenset(), frozenset({fired, *boundary.outgoing})


@dataclass(frozen=True, slots=True)
class Journey:
    """The shortest way to each node that tokens can come to, and to the end, by the ids of what is passed."""

    ways: dict[str, tuple[str, ...]]
    over: tuple[str, ...] | None = None


def journey(
    body: Body,
    flows: AbstractSet[str],
    *,
    blocked: AbstractSet[str] = _NOTHING,
    closed: AbstractSet[str] = _NOTHING,
) -> Journey | None:
    """Play a body from tokens on some flows; None where it cannot be played to the end of all its situations."""
    if not_played(body):
        return None
    tokens, first = Tokens(body, blocked=blocked, closed=closed), frozenset(flows)
    came: dict[Marking, tuple[str, ...]] = {first: ()}
    ways: dict[str, tuple[str, ...]] = {}
    over: tuple[str, ...] | None = None
    ahead = deque([first])
    while ahead:
        marking = ahead.popleft()
        way = came[marking]
        standing = [body.flows[flow].target for flow in marking if flow in body.flows]
        for target in standing:
            ways.setdefault(target, (*way, target))
        over = way if over is None and not standing else over
        for node, taken, given in tokens.moves(marking):
            following = after(node, marking - taken, given)
            if following not in came:
                came[following] = (*way, node.id)
                ahead.append(following)
        if len(came) > MAX_STATES:
            return None
    return Journey(ways, over)


def _subsets(flows: tuple[str, ...] | set[str]) -> Iterator[Marking]:
    """Give every non-empty subset; of many flows only each alone and all together."""
    names = sorted(flows)
    sizes = range(1, len(names) + 1) if len(names) <= _MAX_SUBSETS else (1, len(names))
    for size in sizes:
        yield from map(frozenset, combinations(names, size))
    if not names:
        yield frozenset()
