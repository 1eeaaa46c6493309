"""Data associations: which way they lead, and that what is copied fits."""

from lxml import etree

from services.workflow.engine.rules.standard.sheets import Sheet, child, children, tag_of, texts


def check_associations(sheet: Sheet) -> None:
    """Check the data associations of a file."""
    for association in sheet.all("dataInputAssociation", "dataOutputAssociation"):
        _direction(sheet, association)
        _kinds(sheet, association)


def _direction(sheet: Sheet, association: etree._Element) -> None:
    """The inputs of a process are read and never written; its outputs are written and never read."""
    for tag, kept in (("sourceRef", "dataOutput"), ("targetRef", "dataInput")):
        for reference in texts(association, tag):
            found = sheet.of(reference)
            if found is not None and tag_of(found) == kept and _of_process(found):
                sheet.say("GH-E675", association, data=found.get("id"))


def _of_process(data: etree._Element) -> bool:
    specification = data.getparent()
    holder = None if specification is None else specification.getparent()
    return holder is not None and tag_of(holder) == "process"


def _kinds(sheet: Sheet, association: etree._Element) -> None:
    """Without a transformation one datum is copied, into one of the same kind."""
    if child(association, "transformation") is not None or children(association, "assignment"):
        return
    sources = texts(association, "sourceRef")
    if len(sources) > 1:
        sheet.say("GH-E677", association)
        return
    kinds = {_structure(sheet, reference) for reference in (*sources, *texts(association, "targetRef"))}
    if len(kinds - {""}) > 1:
        sheet.say("GH-E676", association)


def _structure(sheet: Sheet, reference: str) -> str:
    """Give the structure of a datum, through a reference to it; empty when none is stated."""
    found = sheet.of(reference)
    if found is not None and tag_of(found) == "dataObjectReference":
        found = sheet.of(found.get("dataObjectRef"))
    item = None if found is None else sheet.of(found.get("itemSubjectRef"))
    return "" if item is None else item.get("structureRef") or ""
