"""Whether the drawing holds together: starts, flows, conditions, gateways."""

from typing import Final

from services.workflow.engine.diagrams.model import ACTIVITIES, GATEWAYS, Body, EventKind, Node
from services.workflow.engine.findings import Report
from services.workflow.engine.running.reach import linked, reached

_SPLITS_BY_CONDITION: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
_ALTERNATIVES: Final = frozenset({EventKind.MESSAGE, EventKind.TIMER, EventKind.SIGNAL, EventKind.CONDITIONAL})
_CONDITIONS_ALLOWED: Final = _SPLITS_BY_CONDITION | ACTIVITIES | {"complexGateway"}


def check_structure(report: Report, body: Body) -> None:
    """Check what the engine needs of the drawing, in a body and every one nested in it."""
    plain = [node for node in body.starts() if node.event.kind is EventKind.NONE]
    _starts(report, body, len(plain))
    for each in body.bodies():
        for node in each.nodes.values():
            _ends(report, each, node)
            _ways(report, each, node)
            if node.body is not None and node.at_will is None:
                _starts(report, node.body, len(node.body.starts()))


def check_drawing(report: Report, body: Body) -> None:
    """Check what the house asks besides: nothing unreachable, nothing that only looks as if it worked."""
    for each in body.bodies():
        found = reached(each)
        for node in each.nodes.values():
            if node.id not in found and node.tag != "startEvent":
                report.say("GH-E105", node.id, name=node.name or node.id)
            _conditions(report, each, node)
            _habits(report, each, node)


def _starts(report: Report, body: Body, count: int) -> None:
    """Check that there is a start, and that of those counted there are not two."""
    if not body.nodes:
        report.say("GH-E225", body.id, name=body.id)
    elif not body.starts():
        report.say("GH-E102", body.id, body=body.id)
    elif count > 1:
        report.say("GH-E103", body.id, body=body.id, count=count)


def _ends(report: Report, body: Body, node: Node) -> None:
    """Check that flows enter and leave only where they may, and that boundary events and links have their partner."""
    name = node.name or node.id
    if node.incoming and node.tag in ("startEvent", "boundaryEvent"):
        report.say("GH-E106", node.id, name=name)
    if node.outgoing and node.tag == "endEvent":
        report.say("GH-E107", node.id, name=name)
    if node.tag == "boundaryEvent":
        activity = body.nodes.get(node.attached_to or "")
        if activity is None or not activity.is_activity:
            report.say("GH-E109", node.id, name=name)
    if node.event.kind is EventKind.LINK:
        _links(report, body, node)
    if node.tag in GATEWAYS and not node.outgoing:
        report.say("GH-E123", node.id, name=name)


def _links(report: Report, body: Body, node: Node) -> None:
    same = [other for other in body.nodes.values() if other.event == node.event]
    catches = [other for other in same if other.tag == "intermediateCatchEvent"]
    sound = node.event.name and len(catches) == 1 and len(same) > 1
    wrong_way = node.outgoing if node.tag == "intermediateThrowEvent" else node.incoming
    if not sound or wrong_way:
        report.say("GH-E122", node.id, name=node.event.name or node.name or node.id)


def _ways(report: Report, body: Body, node: Node) -> None:
    name = node.name or node.id
    if node.default is not None and node.default not in node.outgoing:
        report.say("GH-E113", node.id, name=name, flow=node.default)
    if node.tag in _SPLITS_BY_CONDITION and len(node.outgoing) > 1:
        for flow_id in node.outgoing:
            if body.flows[flow_id].condition is None and flow_id != node.default:
                report.say("GH-E110", node.id, name=name, flow=flow_id)
    if node.tag == "eventBasedGateway":
        _event_gateway(report, body, node)


def _event_gateway(report: Report, body: Body, node: Node) -> None:
    name = node.name or node.id
    targets = [body.nodes[body.flows[flow_id].target] for flow_id in node.outgoing]
    if len(targets) < 2:  # noqa: PLR2004 - an alternative needs two
        report.say("GH-E118", node.id, name=name, target="", reason="< 2")
    for target in targets:
        catches = target.tag == "receiveTask" or (
            target.tag == "intermediateCatchEvent" and target.event.kind in _ALTERNATIVES
        )
        reason = "" if catches else target.tag
        if catches and len(target.incoming) != 1:
            reason = "incoming"
        if catches and (target.loop is not None or target.takes > 1 or body.boundaries(target.id)):
            reason = "loop / boundary / startQuantity"
        if reason:
            report.say("GH-E118", node.id, name=name, target=target.name or target.id, reason=reason)


def _conditions(report: Report, body: Body, node: Node) -> None:
    name = node.name or node.id
    conditioned = [flow_id for flow_id in node.outgoing if body.flows[flow_id].condition is not None]
    for flow_id in conditioned:
        if flow_id == node.default:
            report.say("GH-W114", node.id, flow=flow_id)
        elif node.tag not in _CONDITIONS_ALLOWED:
            report.say("GH-E115", node.id, name=name, flow=flow_id)
    if conditioned and node.tag in ACTIVITIES:
        report.say("GH-W116", node.id, name=name)
    if node.tag in _SPLITS_BY_CONDITION and len(node.outgoing) > 1 and node.default is None:
        report.say("GH-I111", node.id, name=name)


def _habits(report: Report, body: Body, node: Node) -> None:
    name = node.name or node.id
    if node.tag in GATEWAYS and len(node.incoming) > 1 and len(node.outgoing) > 1:
        report.say("GH-W117", node.id, name=name)
    ends_here = not node.outgoing and not linked(body, node) and not node.by_event and not node.undoes
    ends_here = ends_here and node.event.kind is not EventKind.COMPENSATE and node not in body.offered()
    if ends_here and node.tag not in GATEWAYS and node.tag != "endEvent":
        report.say("GH-W104", node.id, name=name)
    if node.tag in ("task", "manualTask"):
        report.say("GH-W226", node.id, name=name)
