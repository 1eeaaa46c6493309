"""Data: collections that are said to be such, and the sets of inputs and outputs."""

from collections.abc import Iterable
from typing import Final

from lxml import etree

from services.workflow.engine.rules.standard.sheets import Sheet, child, children, is_yes, tag_of, texts

_AWARE: Final = ("dataObject", "dataInput", "dataOutput", "dataStore")
_OPTIONAL: Final = ("optional", "whileExecuting")


def check_data(sheet: Sheet) -> None:
    """Check the data of a file."""
    for element in sheet.all(*_AWARE):
        item = sheet.of(element.get("itemSubjectRef"))
        if item is not None and tag_of(item) == "itemDefinition" and _differs(element, item):
            sheet.say("GH-E670", element, item=item.get("id"))
    for reference in sheet.all("dataObjectReference"):
        _state(sheet, reference)
    for specification in sheet.all("ioSpecification"):
        for way in ("input", "output"):
            _sets(sheet, specification, way)


def _differs(element: etree._Element, item: etree._Element) -> bool:
    written = element.get("isCollection")
    return written is not None and is_yes(element, "isCollection") != is_yes(item, "isCollection")


def _state(sheet: Sheet, reference: etree._Element) -> None:
    """A reference to data in a state is called by the name of the data and the state: “Order [paid]”."""
    state, data = child(reference, "dataState"), sheet.of(reference.get("dataObjectRef"))
    if state is None or data is None or not state.get("name") or not data.get("name"):
        return
    wanted = f"{data.get('name')} [{state.get('name')}]"
    if " ".join((reference.get("name") or "").split()) != " ".join(wanted.split()):
        sheet.say("GH-E678", reference, wanted=wanted)


def _sets(sheet: Sheet, specification: etree._Element, way: str) -> None:
    sets = children(specification, f"{way}Set")
    for datum in children(specification, f"data{way.capitalize()}"):
        name = datum.get("id")
        if name and not any(name in _listed(each, way) for each in sets):
            sheet.say("GH-E672", datum, way=way)
    for each in sets:
        for kind in _OPTIONAL:
            for name in texts(each, f"{kind}{way.capitalize()}Refs"):
                if name not in _listed(each, way):
                    listed = sheet.of(name)
                    sheet.say("GH-E673", each if listed is None else listed, kind=kind)
        _mutual(sheet, each, way)


def _listed(each: etree._Element, way: str) -> Iterable[str]:
    return texts(each, f"data{way.capitalize()}Refs")


def _mutual(sheet: Sheet, each: etree._Element, way: str) -> None:
    """A set that names its counterpart is named by it."""
    there, back = ("outputSetRefs", "inputSetRefs") if way == "input" else ("inputSetRefs", "outputSetRefs")
    for reference in texts(each, there):
        other = sheet.of(reference)
        if other is not None and each.get("id") not in texts(other, back):
            sheet.say("GH-E674", each, other=reference)
