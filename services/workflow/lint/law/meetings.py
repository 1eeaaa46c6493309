"""What a drawing must not do with meetings: sign before they decide, or beside them."""

from collections.abc import Iterator
from typing import Any, Final

from services.workflow.engine.diagrams.model import Body, Node, Process
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.rules.tokens import journey
from services.workflow.lint.law import elements
from services.workflow.lint.law.permits import Permit, offers
from services.workflow.lint.law.ways import holding, named

_PUT_OFF: Final = "deferred"
"""By which a form says that the meeting decided nothing."""


def put_off(permit: Permit, process: Process, node: Node) -> Iterator[dict[str, Any]]:
    """The answers of a meeting that decided nothing yet."""
    if node.tag == "userTask" and node.id in process.body.nodes and elements.is_meeting(permit, node):
        yield from ({result_of(node): {field: _PUT_OFF}} for field in offers(permit.form(node), _PUT_OFF))


def goes_on(permit: Permit, node: Node) -> bool:
    """Where a case is signed or decided; and the end of a called process: its caller takes it for decided."""
    is_handed_back = node.tag == "endEvent" and "outcome" not in node.settings
    return is_handed_back or elements.is_by_leader(permit, node) or elements.is_decision(permit, node)


def splits(permit: Permit, node: Node) -> bool:
    """Where a case goes several ways at once."""
    del permit
    return node.tag == "parallelGateway" and len(node.outgoing) > 1


def signs_beside(permit: Permit, process: Process, body: Body, node: Node) -> Iterator[dict[str, Any]]:
    """A leader's step on one of the ways while a meeting is still to come on another."""
    del process
    signs = holding(permit, body, lambda other: elements.is_by_leader(permit, other))
    meets = holding(permit, body, lambda other: elements.is_meeting(permit, other))
    alone = {flow: journey(body, frozenset({flow})) for flow in node.outgoing} if signs and meets else {}
    ways = {flow: found.ways for flow, found in alone.items() if found is not None}
    for one, ahead in ways.items():
        signed = next((each for each in ahead if each in signs), None)
        met = next((each for other in ways if other != one for each in ways[other] if each in meets), None)
        if signed is not None and met is not None:
            meeting, step = (" → ".join(named(body, (each,))) for each in (met, signed))
            yield {"element": signed, "name": step, "meeting": meeting}
            return
