"""Sequence flows: what lists them, what they may join, and that a level with starts and ends leaves nothing loose."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from services.workflow.engine.diagrams.model import ACTIVITIES, FLOW_NODES, GATEWAYS
from services.workflow.engine.rules.standard.sheets import Sheet, children, is_yes, tag_of, texts, words_of

_BODIES: Final = ("process", "subProcess", "transaction")
_UNCONDITIONAL: Final = frozenset({"eventBasedGateway", "startEvent", "intermediateCatchEvent"})


def check_flows(sheet: Sheet) -> None:
    """Check the sequence flows of a file."""
    listed = any(True for _ in sheet.all("incoming", "outgoing"))
    for tag in sorted(FLOW_NODES):
        for node in sheet.all(tag):
            _listed(sheet, node, complete=listed)
    for flow in sheet.all("sequenceFlow"):
        _flow(sheet, flow)
    for body in sheet.all(*_BODIES):
        _level(sheet, body)


def _listed(sheet: Sheet, node: etree._Element, *, complete: bool) -> None:
    """Where a file lists the flows at the elements, the lists must say the same as the flows."""
    for tag, flows in (("incoming", sheet.into(node)), ("outgoing", sheet.out_of(node))):
        drawn = [flow.get("id") or "" for flow in flows]
        written = texts(node, tag)
        for flow in written:
            if flow not in drawn:
                sheet.say("GH-E610", node, list=tag, flow=flow)
        if complete:
            for flow in drawn:
                if flow not in written:
                    sheet.say("GH-E611", node, list=tag, flow=flow)


def _flow(sheet: Sheet, flow: etree._Element) -> None:
    if flow.get("isImmediate") == "false":
        sheet.say("GH-E612", flow)
    for end in ("sourceRef", "targetRef"):
        node = sheet.of(flow.get(end))
        if node is not None and is_yes(node, "triggeredByEvent"):
            sheet.say("GH-E619", node, flow=flow.get("id"))
    source = sheet.of(flow.get("sourceRef"))
    if source is None or not words_of(flow, "conditionExpression"):
        return
    if tag_of(source) in _UNCONDITIONAL:
        sheet.say("GH-E614", flow, name=source.get("name") or source.get("id"))
    if tag_of(source) in ACTIVITIES and len(sheet.out_of(source)) == 1:
        sheet.say("GH-E613", flow, name=source.get("name") or source.get("id"))


def _level(sheet: Sheet, body: etree._Element) -> None:
    starts, ends = children(body, "startEvent"), children(body, "endEvent")
    by_event = is_yes(body, "triggeredByEvent")
    if ends and not starts and not by_event and not _instantiated(body):
        sheet.say("GH-E617", body)
    if starts and not ends:
        sheet.say("GH-E618", body)
    for node in _flowing(body):
        if starts and not sheet.into(node) and not _needs_none_in(node):
            sheet.say("GH-E615", node)
        elif ends and not sheet.out_of(node) and not _needs_none_out(node):
            sheet.say("GH-E616", node)


def _instantiated(body: etree._Element) -> bool:
    """Say whether a message starts what has no start event."""
    return any(is_yes(each, "instantiate") for each in children(body, "receiveTask", "eventBasedGateway"))


def _flowing(body: etree._Element) -> Iterator[etree._Element]:
    """Go through the activities and gateways of a level that are in the flow."""
    for node in body:
        tag = tag_of(node)
        aside = is_yes(node, "isForCompensation") or is_yes(node, "triggeredByEvent")
        if tag in ACTIVITIES | GATEWAYS and not aside:
            yield node


def _needs_none_in(node: etree._Element) -> bool:
    return is_yes(node, "instantiate")


def _needs_none_out(node: etree._Element) -> bool:
    return tag_of(node) in GATEWAYS  # the engine's rules say so
