"""Events: which kind may stand where, what must come with it, and which flows meet it."""

from typing import Final

from lxml import etree

from services.workflow.engine.rules.standard.sheets import (
    Sheet,
    children,
    is_yes,
    local,
    tag_of,
    texts,
    words_of,
)

_SUFFIX: Final = "EventDefinition"
_CATCH: Final = frozenset({"message", "timer", "signal", "conditional", "link"})
_THROW: Final = frozenset({"message", "signal", "escalation", "compensate", "link"})
_END: Final = frozenset({"message", "signal", "escalation", "error", "compensate", "cancel", "terminate"})
_START: Final = frozenset({"message", "timer", "signal", "conditional"})
_INSIDE: Final = _START | {"escalation", "error", "compensate"}
_BOUNDARY: Final = _INSIDE | {"cancel"}
_ALLOWED: Final = {
    "startEvent": _START,
    "endEvent": _END,
    "intermediateCatchEvent": _CATCH,
    "intermediateThrowEvent": _THROW,
    "boundaryEvent": _BOUNDARY,
}


def kinds_of(sheet: Sheet, event: etree._Element) -> list[str]:
    """Give what an event waits for or throws, as BPMN calls it without `EventDefinition`."""
    shared = [sheet.of(reference) for reference in texts(event, "eventDefinitionRef")]
    found = [tag_of(each) for each in (*event, *(each for each in shared if each is not None))]
    return [tag.removesuffix(_SUFFIX) for tag in found if tag.endswith(_SUFFIX)]


def check_events(sheet: Sheet) -> None:
    """Check the events of a file."""
    for tag in _ALLOWED:
        for event in sheet.all(tag):
            _place(sheet, event, kinds_of(sheet, event))
            _words(sheet, event)
    for event in sheet.all("boundaryEvent"):
        _boundary(sheet, event, kinds_of(sheet, event))
    for event in sheet.all("intermediateCatchEvent", "intermediateThrowEvent"):
        _between(sheet, event, kinds_of(sheet, event))
    for body in sheet.all("subProcess"):
        if is_yes(body, "triggeredByEvent") and len(children(body, "startEvent")) != 1:
            sheet.say("GH-E633", body)


def _place(sheet: Sheet, event: etree._Element, kinds: list[str]) -> None:
    tag, holder = tag_of(event), event.getparent()
    allowed, inside = _ALLOWED[tag], holder is not None and tag_of(holder) != "process"
    by_event = inside and holder is not None and is_yes(holder, "triggeredByEvent")
    if tag == "startEvent" and by_event:
        allowed = _INSIDE
        if not kinds and not children(event, "eventDefinitionRef"):
            sheet.say("GH-E634", event)
    elif tag == "startEvent" and inside and kinds:
        sheet.say("GH-E632", event, kind=kinds[0])
        return
    for kind in kinds:
        if kind not in allowed:
            sheet.say("GH-E630", event, kind=kind, tag=tag)
    if tag in ("boundaryEvent", "intermediateCatchEvent") and not kinds and not children(event, "eventDefinitionRef"):
        sheet.say("GH-E634", event)
    if "cancel" in kinds and "cancel" in allowed and not _in_transaction(sheet, event):
        sheet.say("GH-E631", event)


def _in_transaction(sheet: Sheet, event: etree._Element) -> bool:
    if tag_of(event) == "boundaryEvent":
        activity = sheet.of(event.get("attachedToRef"))
        return activity is not None and tag_of(activity) == "transaction"
    return any(tag_of(around) == "transaction" for around in event.iterancestors())


def _words(sheet: Sheet, event: etree._Element) -> None:
    """What a condition waits for must be said, and an end that escalates must say how."""
    for definition in children(event, "conditionalEventDefinition"):
        if not words_of(definition, "condition"):
            sheet.say("GH-E636", event)
    if tag_of(event) == "endEvent":
        for definition in children(event, "escalationEventDefinition"):
            escalation = sheet.of(definition.get("escalationRef"))
            if escalation is not None and not escalation.get("escalationCode"):
                sheet.say("GH-E635", event, escalation=escalation.get("id"))


def _boundary(sheet: Sheet, event: etree._Element, kinds: list[str]) -> None:
    leaving = sheet.out_of(event)
    if kinds != ["compensate"]:
        if not leaving:
            sheet.say("GH-E638", event)
        return
    if leaving:
        sheet.say("GH-E639", event)
    found = [each for each in sheet.all("association") if local(each.get("sourceRef")) == event.get("id")]
    if len(found) != 1:
        sheet.say("GH-E640", event)
        return
    handler = sheet.of(found[0].get("targetRef"))
    if handler is None or not is_yes(handler, "isForCompensation"):
        sheet.say("GH-E640", event if handler is None else handler)


def _between(sheet: Sheet, event: etree._Element, kinds: list[str]) -> None:
    """An event in the middle has a way in and a way out, but for the ends of a link."""
    tag = tag_of(event)
    holder = event.getparent()
    if holder is not None and tag_of(holder) == "adHocSubProcess":
        return
    link = "link" in kinds
    comes = sheet.into(event) or (link and tag == "intermediateCatchEvent")
    goes = sheet.out_of(event) or (link and tag == "intermediateThrowEvent")
    if not comes or not goes:
        sheet.say("GH-E642", event)
