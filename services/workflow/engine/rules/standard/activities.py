"""Activities: how often they run, what is in ad-hoc subprocesses, who performs them."""

from typing import Final

from lxml import etree

from services.workflow.engine.diagrams.model import ACTIVITIES
from services.workflow.engine.rules.standard.sheets import Sheet, child, children, is_yes, local, tag_of, words_of

_QUANTITIES: Final = ("startQuantity", "completionQuantity")
_ROLES: Final = ("resourceRole", "performer", "humanPerformer", "potentialOwner")


def check_activities(sheet: Sheet) -> None:
    """Check the activities of a file."""
    for tag in sorted(ACTIVITIES):
        for activity in sheet.all(tag):
            _often(sheet, activity)
    for body in sheet.all("adHocSubProcess"):
        _ad_hoc(sheet, body)
    for task in sheet.all("receiveTask"):
        if is_yes(task, "instantiate") and sheet.into(task):
            sheet.say("GH-E658", task)
    for role in sheet.all(*_ROLES):
        _role(sheet, role)


def _often(sheet: Sheet, activity: etree._Element) -> None:
    for name in _QUANTITIES:
        written = activity.get(name, "1").strip()
        if not written.isdecimal() or not int(written[:9]):
            sheet.say("GH-E650", activity, attribute=name, value=written)
    several = child(activity, "multiInstanceLoopCharacteristics")
    if several is None:
        return
    if child(activity, "standardLoopCharacteristics") is not None:
        sheet.say("GH-E651", activity)
    for given, item in (("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")):
        _item(sheet, activity, sheet.of(words_of(several, given)), child(several, item))


def _item(sheet: Sheet, activity: etree._Element, given: etree._Element | None, item: etree._Element | None) -> None:
    """The item of a collection is of its kind, and is no collection itself."""
    if given is None or item is None:
        return
    whole, one = sheet.of(given.get("itemSubjectRef")), sheet.of(item.get("itemSubjectRef"))
    if whole is None or one is None:
        return
    if is_yes(one, "isCollection") or whole.get("structureRef") != one.get("structureRef"):
        sheet.say("GH-E653", activity, item=item.get("id") or item.get("name"))


def _ad_hoc(sheet: Sheet, body: etree._Element) -> None:
    if not any(tag_of(each) in ACTIVITIES for each in body):
        sheet.say("GH-E656", body)
    for event in children(body, "startEvent", "endEvent"):
        sheet.say("GH-E657", event)


def _role(sheet: Sheet, role: etree._Element) -> None:
    """Who performs a task is named as a resource, or by an expression; parameters belong to a resource only."""
    resource = local(words_of(role, "resourceRef"))
    misplaced = "resourceAssignmentExpression" if resource else "resourceParameterBinding"
    if child(role, misplaced) is not None:
        sheet.say("GH-E660", role)
