"""Where elements may stand: each in a holder of the right kind."""

from typing import Final

from services.workflow.engine.diagrams.model import ACTIVITIES, EVENTS, SUBPROCESSES
from services.workflow.engine.rules.standard.sheets import Sheet, child, is_yes, tag_of

_BODIES: Final = SUBPROCESSES | {"process"}
_HOLDERS: Final[dict[str, frozenset[str]]] = {
    "property": ACTIVITIES | EVENTS | {"process"},
    "dataObject": _BODIES,
    "dataObjectReference": _BODIES,
    "laneSet": _BODIES,
}
_OF_CHOREOGRAPHIES: Final = ("choreographyTask", "callChoreography", "subChoreography")


def check_places(sheet: Sheet) -> None:
    """Check that nothing stands where the standard has no place for it."""
    for tag, holders in _HOLDERS.items():
        for element in sheet.all(tag):
            holder = element.getparent()
            if holder is not None and tag_of(holder) not in holders:
                sheet.say("GH-E606", element, tag=tag, holder=tag_of(holder))
    for element in sheet.all(*_OF_CHOREOGRAPHIES):
        holder = element.getparent()
        if holder is not None and tag_of(holder) in _BODIES:
            sheet.say("GH-E606", element, tag=tag_of(element), holder=tag_of(holder))
    for body in sheet.all("subProcess", "transaction", "adHocSubProcess"):
        if child(body, "ioSpecification") is not None:
            sheet.say("GH-E671", body)
    for process in sheet.all("process"):
        if process.get("processType") == "Public" and is_yes(process, "isExecutable"):
            sheet.say("GH-E686", process)
