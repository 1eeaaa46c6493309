"""The kinds of rules: what is asked of each element, and what is asked of every way."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from services.workflow.engine.diagrams.model import Body, Node, Process
from services.workflow.engine.rules.texts import set_by
from services.workflow.engine.rules.tokens import journey
from services.workflow.lint.law.permits import Permit
from services.workflow.lint.law.ways import Facts, closed_by, from_start, holding, named, passing, to_the_end

Kind = Callable[[Permit, Node], bool]
"""Whether an element is of some kind."""


class Breach(NamedTuple):
    """Where a law is broken, and what is to be said of it."""

    file: str
    element: str
    values: dict[str, Any]


Check = Callable[[Permit], Iterator[Breach]]
Fault = Callable[[Permit, Process, Body, Node], Iterator[dict[str, Any]]]
"""What is wrong with one element: the values for the words; nothing if all is well."""


def each(kind: Kind, fault: Fault) -> Check:
    """Every element of a kind is asked by itself. A fault may name another `element`, such as a timer on it."""

    def check(permit: Permit) -> Iterator[Breach]:
        for process, body, node in permit.nodes():
            if kind(permit, node):
                for found in fault(permit, process, body, node):
                    values = {"name": node.name or node.id, **found}
                    yield Breach(process.file, values.pop("element", node.id), values)

    return check


def before(kind: Kind, needs: Kind) -> Check:
    """No way leads from the start to an element of a kind without passing one that is needed, or one that holds it."""

    def check(permit: Permit) -> Iterator[Breach]:
        for process in permit.processes.values():
            body = process.body
            blocked = holding(permit, body, lambda node: needs(permit, node))
            wanted = [node for node in body.nodes.values() if kind(permit, node)]
            for found in from_start(body, blocked=blocked) if wanted else ():
                for node in wanted:
                    if node.id in found.ways:
                        yield Breach(process.file, node.id, _told(body, node, found.ways[node.id]))

    return check


def behind(kind: Kind, needs: Kind) -> Check:
    """No way leads from an element of a kind to the end of the case without passing one that is needed."""

    def check(permit: Permit) -> Iterator[Breach]:
        for process, body, node in permit.nodes():
            if kind(permit, node):
                way = to_the_end(permit, body, node, lambda other: needs(permit, other))
                if way:
                    yield Breach(process.file, node.id, {"name": node.name or node.id, "path": " → ".join(way)})

    return check


def around(kind: Kind, needs: Kind) -> Check:
    """No way leads through an element of a kind without passing one that is needed, before it or behind."""

    def check(permit: Permit) -> Iterator[Breach]:
        late = {(found.file, found.element): found for found in behind(kind, needs)(permit)}
        for process in permit.processes.values():
            body = process.body
            blocked = passing(permit, body, lambda node: needs(permit, node))
            for found in from_start(body, blocked=blocked):
                for key in [key for key in late if key[0] == process.file and key[1] in found.ways]:
                    yield late.pop(key)

    return check


def once(kind: Kind, unless: tuple[Kind, ...]) -> Check:
    """From behind an element of a kind no way leads to such a one again, unless it passes one of each other kind."""

    def check(permit: Permit) -> Iterator[Breach]:
        for process, body, node in permit.nodes():
            own = kind(permit, node)
            again = holding(permit, body, lambda other: kind(permit, other))
            if node.id not in again:
                continue
            for other in unless:
                blocked = passing(permit, body, lambda one, other=other: other(permit, one))  # type: ignore[misc]
                found = journey(body, frozenset(node.outgoing), blocked=blocked)
                second = next((each for each in (found.ways if found else ()) if each in again), None)
                if found is not None and second is not None:
                    yield Breach(process.file, second if own else node.id, _told(body, node, found.ways[second]))
                    break

    return check


def never(answers: Callable[[Permit, Process, Node], Iterator[Facts]], kind: Kind) -> Check:
    """What some answers of a step must not lead to, unless the step is done anew."""

    def check(permit: Permit) -> Iterator[Breach]:
        for process, body, node in permit.nodes():
            for facts in answers(permit, process, node):
                way = leading(permit, body, node, facts, kind)
                if way:
                    yield Breach(process.file, node.id, _told(body, node, way))
                    break

    return check


def leading(permit: Permit, body: Body, node: Node, facts: Facts, kind: Kind) -> tuple[str, ...]:
    """A way from behind an element to one of a kind while some facts stay as they are; empty if there is none."""
    own = set_by(node) & facts.keys()
    writers = frozenset(other.id for other in body.nodes.values() if set_by(other) & own)
    found = journey(body, frozenset(node.outgoing), blocked=writers, closed=closed_by(body, facts))
    wanted = (other.id for other in body.nodes.values() if found and other.id in found.ways and kind(permit, other))
    target = next(wanted, None)
    return found.ways[target] if found and target else ()


def _told(body: Body, node: Node, way: tuple[str, ...]) -> dict[str, Any]:
    return {"name": node.name or node.id, "path": " → ".join(named(body, way))}
