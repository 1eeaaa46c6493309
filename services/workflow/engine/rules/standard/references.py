"""References: what they name is in the file, and of the right kind."""

from typing import Final

from lxml import etree

from services.workflow.engine.diagrams.model import ACTIVITIES, EVENTS, FLOW_NODES
from services.workflow.engine.rules.standard.sheets import Sheet, children, tag_of, texts

_ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "messageRef": frozenset({"message"}),
    "signalRef": frozenset({"signal"}),
    "errorRef": frozenset({"error"}),
    "escalationRef": frozenset({"escalation"}),
    "itemRef": frozenset({"itemDefinition"}),
    "itemSubjectRef": frozenset({"itemDefinition"}),
    "dataObjectRef": frozenset({"dataObject"}),
    "dataStoreRef": frozenset({"dataStore"}),
    "operationRef": frozenset({"operation"}),
    "categoryValueRef": frozenset({"categoryValue"}),
    "parameterRef": frozenset({"resourceParameter"}),
    "attachedToRef": ACTIVITIES | {"callChoreography", "choreographyTask", "subChoreography"},
    "default": frozenset({"sequenceFlow"}),
    "processRef": frozenset({"process"}),
}
"""Attributes that refer, and the tags they may refer to."""

_NO_TWO_WAYS: Final = frozenset({"attachedToRef", "default"})
"""Attributes whose dead ends the engine's rules tell already."""

_ITEMS: Final = frozenset(
    {"dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "property", "inputDataItem"}
)


def check_references(sheet: Sheet) -> None:
    """Check what the attributes and children that refer name."""
    for tag in sheet.tags():
        for element in sheet.all(tag):
            for attribute, wanted in _ATTRIBUTES.items():
                if (written := element.get(attribute)) is not None:
                    _one(sheet, element, attribute, written, wanted)
    for tag in sorted(EVENTS):
        for event in sheet.all(tag):
            _shared(sheet, event)
    _written_as_text(sheet)


def _written_as_text(sheet: Sheet) -> None:
    for lane in sheet.all("lane"):
        for reference in texts(lane, "flowNodeRef"):
            _one(sheet, lane, "flowNodeRef", reference, FLOW_NODES)
    for several in sheet.all("multiInstanceLoopCharacteristics"):
        for given in children(several, "loopDataInputRef", "loopDataOutputRef"):
            _one(sheet, several, tag_of(given), given.text or "", _ITEMS)


def _one(sheet: Sheet, element: etree._Element, attribute: str, written: str, wanted: frozenset[str]) -> None:
    """Only what is found and of another kind is wrong: what is not found may be in a file that is imported."""
    found = sheet.of(written)
    if found is not None and tag_of(found) not in wanted and not (attribute in _NO_TWO_WAYS and tag_of(found) == ""):
        sheet.say("GH-E602", element, attribute=attribute, value=written, tag=tag_of(found))


def _shared(sheet: Sheet, event: etree._Element) -> None:
    """An event may share a definition only if that stands by itself in the file, not in another event."""
    for reference in children(event, "eventDefinitionRef"):
        found = sheet.of(reference.text)
        holder = None if found is None else found.getparent()
        if holder is None or tag_of(holder) != "definitions":
            sheet.say("GH-E643", event, value=(reference.text or "").strip())
