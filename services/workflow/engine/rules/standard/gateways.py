"""Gateways: the direction they state, and what may stand behind one that waits for events."""

from lxml import etree

from services.workflow.engine.diagrams.model import GATEWAYS
from services.workflow.engine.rules.standard.sheets import Sheet, child, is_yes, tag_of


def check_gateways(sheet: Sheet) -> None:
    """Check the gateways of a file."""
    for tag in sorted(GATEWAYS):
        for gateway in sheet.all(tag):
            _direction(sheet, gateway)
    for gateway in sheet.all("eventBasedGateway"):
        _waiting(sheet, gateway)


def _direction(sheet: Sheet, gateway: etree._Element) -> None:
    arriving, leaving = len(sheet.into(gateway)), len(sheet.out_of(gateway))
    match gateway.get("gatewayDirection"):
        case "Converging":
            kept = arriving > 1 and leaving <= 1
        case "Diverging":
            kept = arriving <= 1 and leaving > 1
        case "Mixed":
            kept = arriving > 1 and leaving > 1
        case _:
            kept = True
    if not kept:
        sheet.say("GH-E620", gateway, direction=gateway.get("gatewayDirection"), arriving=arriving, leaving=leaving)


def _waiting(sheet: Sheet, gateway: etree._Element) -> None:
    if is_yes(gateway, "instantiate") and sheet.into(gateway):
        sheet.say("GH-E624", gateway)
    targets = [sheet.of(flow.get("targetRef")) for flow in sheet.out_of(gateway)]
    found = [target for target in targets if target is not None]
    receives = any(tag_of(target) == "receiveTask" for target in found)
    catches = any(child(target, "messageEventDefinition") is not None for target in found)
    if receives and catches:
        sheet.say("GH-E623", gateway)
