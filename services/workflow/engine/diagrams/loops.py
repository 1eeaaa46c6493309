"""Reads how often an activity runs: multi-instance and standard loop characteristics."""

from lxml import etree

from services.workflow.engine.diagrams import dialect
from services.workflow.engine.diagrams.dialect import BPMN
from services.workflow.engine.diagrams.model import Again, Several
from services.workflow.engine.documents import text_of


def read_loop(element: etree._Element) -> Several | Again | None:
    """Give the loop characteristics of an activity; None when it runs once."""
    several = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    if several is not None:
        return _several(several)
    again = element.find(f"{{{BPMN}}}standardLoopCharacteristics")
    if again is not None:
        return Again(_text(again, "loopCondition"), again.get("loopMaximum"), again.get("testBefore") == "true")
    return None


def _several(element: etree._Element) -> Several:
    collection, item = dialect.several_attributes(element)
    return Several(
        sequential=element.get("isSequential") == "true",
        collection=collection or _text(element, "loopDataInputRef"),
        item=item or _data_name(element, "inputDataItem"),
        cardinality=_text(element, "loopCardinality"),
        completion=_text(element, "completionCondition"),
        output=_text(element, "loopDataOutputRef"),
        output_item=_data_name(element, "outputDataItem"),
        behavior=element.get("behavior", "All"),
    )


def _text(element: etree._Element, tag: str) -> str | None:
    return text_of(element.find(f"{{{BPMN}}}{tag}")) or None


def _data_name(element: etree._Element, tag: str) -> str | None:
    child = element.find(f"{{{BPMN}}}{tag}")
    return None if child is None else child.get("name") or child.get("id")
