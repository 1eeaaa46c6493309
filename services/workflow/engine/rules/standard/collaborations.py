"""Collaborations, conversations and choreographies: pools, message flows, multiplicities."""

from typing import Final

from lxml import etree

from services.workflow.engine.diagrams.model import ACTIVITIES, EVENTS
from services.workflow.engine.rules.standard.events import kinds_of
from services.workflow.engine.rules.standard.sheets import Sheet, children, is_yes, local, tag_of, texts

_NODES: Final = ACTIVITIES | EVENTS
_ENDS: Final = (
    _NODES
    | {"participant", "choreographyTask", "subChoreography", "callChoreography"}
    | {
        "conversation",
        "subConversation",
        "callConversation",
    }
)
_NO_SOURCE: Final = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})
_NO_TARGET: Final = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})
_NOT_GLOBAL: Final = (
    "conversation",
    "subConversation",
    "callConversation",
    "participantAssociation",
    "messageFlowAssociation",
    "conversationAssociation",
    "association",
    "group",
    "textAnnotation",
)


def check_collaborations(sheet: Sheet) -> None:
    """Check what is drawn between processes."""
    for element in sheet.all("choreography", "globalConversation"):
        if texts(element, "choreographyRef"):
            sheet.say("GH-E680", element)
    for multiplicity in sheet.all("participantMultiplicity"):
        _multiplicity(sheet, multiplicity)
    for conversation in sheet.all("globalConversation"):
        if children(conversation, *_NOT_GLOBAL):
            sheet.say("GH-E684", conversation)
    for collaboration in sheet.all("collaboration"):
        for reference in texts(collaboration, "choreographyRef"):
            choreography = sheet.of(reference)
            if choreography is not None and is_yes(choreography, "isClosed") != is_yes(collaboration, "isClosed"):
                sheet.say("GH-E685", collaboration, choreography=reference)
    for flow in sheet.all("messageFlow"):
        _message(sheet, flow)


def _multiplicity(sheet: Sheet, multiplicity: etree._Element) -> None:
    try:
        least, most = int(multiplicity.get("minimum", "0")[:9]), int(multiplicity.get("maximum", "1")[:9])
    except ValueError:
        least, most = -1, -1
    if "maximum" not in multiplicity.attrib:
        most = max(most, least)
    if least < 0 or most < 1 or most < least:
        sheet.say("GH-E681", multiplicity)


def _message(sheet: Sheet, flow: etree._Element) -> None:
    source, target = sheet.of(flow.get("sourceRef")), sheet.of(flow.get("targetRef"))
    for end in (source, target):
        if end is not None and tag_of(end) not in _ENDS:
            sheet.say("GH-E683", flow, end=end.get("id"))
            return
    if source is None or target is None:
        return
    if _pool(source) == _pool(target):
        sheet.say("GH-E682", flow)
        return
    if tag_of(source) in _NO_SOURCE or (tag_of(source) == "endEvent" and not _by_message(sheet, source)):
        sheet.say("GH-E683", flow, end=source.get("id"))
    if tag_of(target) in _NO_TARGET or (tag_of(target) == "startEvent" and not _by_message(sheet, target)):
        sheet.say("GH-E683", flow, end=target.get("id"))


def _by_message(sheet: Sheet, event: etree._Element) -> bool:
    return "message" in kinds_of(sheet, event)


def _pool(end: etree._Element) -> str:
    """Give the process of a pool or of an element in it; a pool without one is a pool of its own."""
    if tag_of(end) == "participant":
        return local(end.get("processRef")) or f"pool {end.get('id')}"
    around = next((each for each in end.iterancestors() if tag_of(each) in ("process", "choreography")), None)
    return f"outside {end.get('id')}" if around is None else around.get("id") or ""
