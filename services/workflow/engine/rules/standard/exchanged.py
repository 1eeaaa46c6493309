"""What tasks and events exchange by messages and signals: the data stated fit what is sent or received."""

from lxml import etree

from services.workflow.engine.rules.standard.sheets import Sheet, child, children, tag_of, texts


def check_exchanged(sheet: Sheet) -> None:
    """Check service, send and receive tasks against their messages, and events against their definitions."""
    for task in sheet.all("serviceTask"):
        operation = sheet.of(task.get("operationRef"))
        if operation is not None:
            asked, answered = messages_of(sheet, operation)
            _inputs(sheet, task, asked, needed=True)
            _outputs(sheet, task, answered)
    for task in sheet.all("sendTask"):
        _inputs(sheet, task, _item_of(sheet, task.get("messageRef")), needed=False)
    for task in sheet.all("receiveTask"):
        _outputs(sheet, task, _item_of(sheet, task.get("messageRef")))
    for event in sheet.all("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        _event(sheet, event, "dataOutput")
    for event in sheet.all("endEvent", "intermediateThrowEvent"):
        _event(sheet, event, "dataInput")


def messages_of(sheet: Sheet, operation: etree._Element) -> tuple[str, str]:
    """Give the items of the messages of an operation: of the one that goes in, and of the one that comes out."""

    def item(tag: str) -> str:
        return next((_item_of(sheet, reference) for reference in texts(operation, tag)), "")

    return item("inMessageRef"), item("outMessageRef")


def _item_of(sheet: Sheet, message: str | None) -> str:
    found = sheet.of(message)
    return "" if found is None else found.get("itemRef") or ""


def _inputs(sheet: Sheet, task: etree._Element, item: str, *, needed: bool) -> None:
    _one_set(sheet, task, "input", item, needed=needed)


def _outputs(sheet: Sheet, task: etree._Element, item: str) -> None:
    _one_set(sheet, task, "output", item, needed=False)


def _one_set(sheet: Sheet, task: etree._Element, way: str, item: str, *, needed: bool) -> None:
    """One set with at most one datum, of the kind of the message."""
    specification = child(task, "ioSpecification")
    if specification is None:
        declared = sheet.of(item)
        if needed and declared is not None and declared.get("structureRef"):
            sheet.say("GH-E659", task, way=way)
        return
    sets = children(specification, f"{way}Set")
    data = children(specification, f"data{way.capitalize()}")
    wrong = item and any(each.get("itemSubjectRef") != item for each in data)
    if len(sets) > 1 or len(data) > 1 or wrong:
        sheet.say("GH-E659", task, way=way)


def _event(sheet: Sheet, event: etree._Element, tag: str) -> None:
    """Once an event states data, there is one for each of its definitions that carries any."""
    data = [each.get("itemSubjectRef") for each in children(event, tag)]
    if not data:
        return
    for definition in children(event, "messageEventDefinition", "signalEventDefinition"):
        kind = tag_of(definition).removesuffix("EventDefinition")
        declared = sheet.of(definition.get(f"{kind}Ref"))
        item = None if declared is None else declared.get("itemRef") or declared.get("structureRef")
        if item and item not in data:
            sheet.say("GH-E641", event, item=item)
