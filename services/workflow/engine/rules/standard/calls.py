"""Called processes and global tasks: they can be started by a call, and what goes in and out fits."""

from collections import Counter

from lxml import etree

from services.workflow.engine.rules.standard.events import kinds_of
from services.workflow.engine.rules.standard.exchanged import messages_of
from services.workflow.engine.rules.standard.sheets import Sheet, child, children, tag_of, texts

_GLOBAL = ("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")


def check_called(sheet: Sheet) -> None:
    """Check what call activities call, and the interfaces of what can be called."""
    for activity in sheet.all("callActivity"):
        called = sheet.of(activity.get("calledElement"))
        if called is None:
            continue
        if tag_of(called) == "process":
            _process(sheet, activity, called)
        elif _items(activity) is not None and _items(called) is not None and _items(activity) != _items(called):
            sheet.say("GH-E661", activity, called=called.get("id"))
    for element in sheet.all("process", *_GLOBAL):
        _interfaces(sheet, element)


def _process(sheet: Sheet, activity: etree._Element, called: etree._Element) -> None:
    starts = children(called, "startEvent")
    if starts and all(kinds_of(sheet, start) for start in starts):
        sheet.say("GH-E662", activity, called=called.get("id"))


def _items(element: etree._Element) -> Counter[tuple[str, str]] | None:
    specification = child(element, "ioSpecification")
    if specification is None:
        return None
    found = children(specification, "dataInput", "dataOutput")
    return Counter((tag_of(each), each.get("itemSubjectRef", "")) for each in found)


def _interfaces(sheet: Sheet, element: etree._Element) -> None:
    """Each operation of an interface that is supported is bound to data of the same kind."""
    bindings = children(element, "ioBinding")
    bound = {binding.get("operationRef") for binding in bindings}
    for reference in texts(element, "supportedInterfaceRef"):
        interface = sheet.of(reference)
        if interface is None:
            continue
        for operation in children(interface, "operation"):
            if operation.get("id") not in bound:
                sheet.say("GH-E663", element, operation=operation.get("id"))
    for binding in bindings:
        _binding(sheet, element, binding)


def _binding(sheet: Sheet, element: etree._Element, binding: etree._Element) -> None:
    operation = sheet.of(binding.get("operationRef"))
    if operation is None:
        return
    asked, answered = messages_of(sheet, operation)
    for attribute, item in (("inputDataRef", asked), ("outputDataRef", answered)):
        data = sheet.of(binding.get(attribute))
        if data is not None and item and data.get("itemSubjectRef") != item:
            sheet.say("GH-E663", element, operation=operation.get("id"))
