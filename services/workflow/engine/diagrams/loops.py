"""Reads how often an activity runs: multi-instance, standard loop, ad hoc."""

from collections.abc import Iterator

from lxml import etree

from services.workflow.engine.diagrams import dialect
from services.workflow.engine.diagrams.dialect import BPMN
from services.workflow.engine.diagrams.events import Names, read_event, read_telling
from services.workflow.engine.diagrams.model import Again, AtWill, Event, EventKind, Several, Telling
from services.workflow.engine.documents import text_of


def read_at_will(element: etree._Element) -> AtWill:
    """Give how an ad-hoc subprocess goes."""
    return AtWill(
        sequential=element.get("ordering") == "Sequential",
        condition=_text(element, "completionCondition"),
        cancels_rest=element.get("cancelRemainingInstances") != "false",
    )


def read_loop(names: Names, element: etree._Element) -> Several | Again | None:
    """Give the loop characteristics of an activity; None when it runs once."""
    several = element.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    if several is not None:
        return _several(names, several)
    again = element.find(f"{{{BPMN}}}standardLoopCharacteristics")
    if again is not None:
        return Again(_text(again, "loopCondition"), again.get("loopMaximum"), again.get("testBefore") == "true")
    return None


def _several(names: Names, element: etree._Element) -> Several:
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
        tells=tuple(_tells(names, element)),
    )


def _tells(names: Names, element: etree._Element) -> Iterator[Telling]:
    """Give the events the activity throws of itself, as its `behavior` says (BPMN 2.0, table 10.30)."""
    match element.get("behavior"):
        case "None":
            event = read_telling(names, element, "noneBehaviorEventRef")
        case "One":
            event = read_telling(names, element, "oneBehaviorEventRef")
        case "Complex":
            for each in element.findall(f"{{{BPMN}}}complexBehaviorDefinition"):
                thrown = each.find(f"{{{BPMN}}}event")
                yield Telling(Event() if thrown is None else read_event(names, thrown), _text(each, "condition") or "")
            return
        case _:
            return
    if event.kind is not EventKind.NONE:
        yield Telling(event)


def _text(element: etree._Element, tag: str) -> str | None:
    return text_of(element.find(f"{{{BPMN}}}{tag}")) or None


def _data_name(element: etree._Element, tag: str) -> str | None:
    child = element.find(f"{{{BPMN}}}{tag}")
    return None if child is None else child.get("name") or child.get("id")
