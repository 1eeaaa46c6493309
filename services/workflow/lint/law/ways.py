"""Ways through a permit: what cannot be avoided, what can be reached, what a condition closes."""

import ast
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any, Final

from services.kernel.worktime import Calendar
from services.workflow.engine.diagrams.model import Body, Node
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.texts import expression, unwrapped
from services.workflow.engine.rules.tokens import Journey, journey
from services.workflow.lint.law.permits import Permit

Facts = Mapping[str, Any]
"""What is certain of some variables: a value, or the fields that are certain of an object."""

Test = Callable[[Node], bool]

A_DAY: Final = date(2026, 3, 2)
"""A Monday with a month of ordinary weeks behind it: what a date of a text is taken for."""

OFFICE: Final = Office(datetime.fromisoformat("2026-03-16T02:00:00+00:00"), Calendar.builtin())
"""Ten working days later, so that what reads today is told from what reads the date."""


def workday_after(count: int) -> date:
    """The working day that lies so many after `A_DAY`."""
    return OFFICE.calendar.add_workdays(A_DAY, count)


def passing(permit: Permit, body: Body, needs: Test, within: tuple[str, ...] = ()) -> frozenset[str]:
    """The elements of a body that nobody completes without passing one that is needed: it, or all ways inside."""
    return frozenset(
        node.id for node in body.nodes.values() if needs(node) or _cannot_avoid(permit, node, needs, (*within, body.id))
    )


def _cannot_avoid(permit: Permit, node: Node, needs: Test, within: tuple[str, ...]) -> bool:
    inner = permit.inside(node)
    if inner is None or inner.id in within or not inner.starts():
        return False
    blocked = passing(permit, inner, needs, within)
    found = [journey(inner, frozenset(start.outgoing), blocked=blocked) for start in inner.starts()]
    return all(one is not None and one.over is None for one in found)


def holding(permit: Permit, body: Body, wanted: Test, within: tuple[str, ...] = ()) -> frozenset[str]:
    """The elements of a body that are wanted, or have a wanted one anywhere inside."""
    found = set[str]()
    for node in body.nodes.values():
        inner = permit.inside(node)
        deeper = inner is not None and inner.id not in (*within, body.id)
        if wanted(node) or (inner is not None and deeper and holding(permit, inner, wanted, (*within, body.id))):
            found.add(node.id)
    return frozenset(found)


def from_start(body: Body, *, blocked: AbstractSet[str], closed: AbstractSet[str] = frozenset()) -> Iterator[Journey]:
    """The journeys from each beginning of a body."""
    for start in body.starts():
        found = journey(body, frozenset(start.outgoing), blocked=blocked, closed=closed)
        if found is not None:
            yield found


def to_the_end(permit: Permit, body: Body, node: Node, needs: Test, within: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A way from behind an element to the end of the case that passes nothing that is needed; empty if none."""
    found = journey(body, frozenset(node.outgoing), blocked=passing(permit, body, needs))
    if found is None or found.over is None or body.id in within:
        return ()
    way = (node.name or node.id, *named(body, found.over))
    outside = list(permit.around(body))
    if not outside:
        return way
    further = (to_the_end(permit, outer, caller, needs, (*within, body.id)) for outer, caller in outside)
    return next(((*way, *rest) for rest in further if rest), ())


def named(body: Body, way: tuple[str, ...]) -> tuple[str, ...]:
    """A way as people read it: gateways without a name are left out."""
    nodes = (body.nodes[each] for each in way if each in body.nodes)
    return tuple(node.name or node.id for node in nodes if node.name or not node.tag.endswith("Gateway"))


def closed_by(body: Body, facts: Facts) -> frozenset[str]:
    """The flows that are not taken when some facts are certain."""
    closed = set[str]()
    for node in body.nodes.values():
        flows = [body.flows[flow] for flow in node.outgoing]
        truths = {flow.id: truth(flow.condition, facts) for flow in flows if flow.condition and flow.id != node.default}
        closed |= {flow for flow, found in truths.items() if found is False}
        if node.tag == "exclusiveGateway" and node.default and True in truths.values():
            closed.add(node.default)
    return frozenset(closed)


def truth(text: str, facts: Facts) -> bool | None:
    """Whether a condition holds; None if that depends on what is not certain. `no and anything` does not hold."""
    found = reckoned(text, facts)
    if isinstance(found, bool):
        return found
    match _tree(text):
        case ast.BoolOp(op=ast.And(), values=parts):
            return False if False in {truth(ast.unparse(part), facts) for part in parts} else None
        case ast.BoolOp(op=ast.Or(), values=parts):
            return True if True in {truth(ast.unparse(part), facts) for part in parts} else None
        case _:
            return None


def reckoned(text: str, facts: Facts) -> Any:  # noqa: ANN401 - a value of the language
    """What an expression comes to; None if that depends on what is not certain."""
    try:
        read = expression(text)
        if not read.names <= facts.keys() or any(
            isinstance(facts[name], Mapping) and field not in facts[name] for name, field in members(text)
        ):
            return None
        return read.value([dict(facts)], OFFICE)
    except (Unwritable, Miscalculated):
        return None


def members(text: str) -> frozenset[tuple[str, str]]:
    """Every `variable.field` of a text."""
    tree = _tree(text)
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute)) if tree else ()
    return frozenset((node.value.id, node.attr) for node in found if isinstance(node.value, ast.Name))


def _tree(text: str) -> ast.expr | None:
    """A text of the language as Python reads it; None for what cannot be read."""
    try:
        return ast.parse(unwrapped(text).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def day_of(text: str, **known: object) -> date | None:
    """The day a text comes to when every field that it reads is `A_DAY`; None where it comes to none."""
    fields: dict[str, Any] = {}
    for variable, name in members(text):
        fields.setdefault(variable, {})[name] = A_DAY.isoformat()
    found = reckoned(text, {**known, **fields})
    if isinstance(found, datetime):
        return OFFICE.hours.day_of(found)
    try:
        return found if isinstance(found, date) else date.fromisoformat(found)
    except (TypeError, ValueError):
        return None
