"""Reads a BPMN file into the model. Says what cannot be read; never raises, whatever the XML is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from services.workflow.engine.diagrams import dialect
from services.workflow.engine.diagrams.dialect import BPMN
from services.workflow.engine.diagrams.events import Names, read_event, read_names
from services.workflow.engine.diagrams.loops import read_at_will, read_loop
from services.workflow.engine.diagrams.model import (
    ACTIVITIES,
    FLOW_NODES,
    SUBPROCESSES,
    Body,
    Diagram,
    Flow,
    Node,
    Process,
)
from services.workflow.engine.documents import text_of
from services.workflow.engine.findings import Report

_ID: Final = re.compile(r"[^\W\d][\w.-]{0,199}")
_DRAWN_ONLY: Final = frozenset(
    {
        "association",
        "auditing",
        "category",
        "correlationSubscription",
        "dataInputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataOutputAssociation",
        "dataStoreReference",
        "documentation",
        "extensionElements",
        "group",
        "incoming",
        "ioSpecification",
        "laneSet",
        "monitoring",
        "outgoing",
        "property",
        "supports",
        "textAnnotation",
    }
)
_GLOBAL: Final = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
MAX_QUANTITY: Final = 99
_CHARACTERISTICS: Final = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})


_FOREIGN: Final = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8 (Zeebe)",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
}
"""Dialects whose posts, forms and conditions mean nothing here."""


@dataclass(slots=True)
class _Page:
    """What reading one file needs everywhere."""

    report: Report
    names: Names
    seen: set[str] = field(default_factory=set)

    def id_of(self, element: etree._Element) -> str | None:
        """Give an element's id, or say that it has none, a strange one, or another's."""
        found = element.get("id")
        if not found or not _ID.fullmatch(found):
            self.report.say("GH-E007", found or "", tag=tag_of(element), id=found or "")
            return None
        if found in self.seen:
            self.report.say("GH-E008", found)
            return None
        self.seen.add(found)
        return found


def tag_of(element: etree._Element) -> str:
    """Give the tag of a BPMN element without its namespace; empty for another vocabulary's."""
    tag = element.tag
    return tag.removeprefix(f"{{{BPMN}}}") if tag.startswith(f"{{{BPMN}}}") else ""


def read_diagram(report: Report, root: etree._Element) -> Diagram:
    """Read a BPMN file into the model; what is wrong goes into the report."""
    if tag_of(root) != "definitions":
        report.say("GH-E004", "", root=root.tag)
        return Diagram(report.file, ())
    for vendor in sorted({_FOREIGN[space] for space in root.nsmap.values() if space in _FOREIGN}):
        report.say("GH-E012", "", vendor=vendor)
    page = _Page(report, read_names(root))
    processes = [_process(page, element) for element in root if tag_of(element) == "process"]
    processes += [_global_task(page, element) for element in root if tag_of(element) in _GLOBAL]
    return Diagram(report.file, tuple(process for process in processes if process is not None))


def _global_task(page: _Page, element: etree._Element) -> Process | None:
    """Read a task that stands outside every process, to be called: a process of this one task."""
    task = _node(page, element, {})
    if task is None:
        return None
    task = replace(task, tag=_GLOBAL[tag_of(element)], begins=True)
    return Process(task.id, task.name, page.report.file, executable=True, body=Body(task.id, {task.id: task}, {}))


def _process(page: _Page, element: etree._Element) -> Process | None:
    found = page.id_of(element)
    if found is None:
        return None
    return Process(
        found,
        element.get("name") or "",
        page.report.file,
        element.get("isExecutable", "true") != "false",
        _body(page, element, found),
        dialect.settings(element),
    )


def _body(page: _Page, element: etree._Element, body_id: str) -> Body:
    lanes = dict(_lanes(element))
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    for child in element:
        tag = tag_of(child)
        if tag in FLOW_NODES:
            node = _node(page, child, lanes)
            if node is not None:
                nodes[node.id] = node
        elif tag == "sequenceFlow":
            flow = _flow(page, child)
            if flow is not None:
                flows[flow.id] = flow
        elif tag and tag not in _DRAWN_ONLY and not _belongs_to_activity(tag):
            page.report.say("GH-E201", child.get("id") or body_id, what=tag)
    return _associated(element, _connected(page, Body(body_id, nodes, flows)))


def _associated(element: etree._Element, body: Body) -> Body:
    """Give each compensation boundary event the activity that undoes; it is drawn as an association."""
    nodes = dict(body.nodes)
    for association in element.findall(f"{{{BPMN}}}association"):
        ends = [nodes.get(association.get(end) or "") for end in ("sourceRef", "targetRef")]
        for event, handler in (ends, ends[::-1]):
            if event is not None and handler is not None and handler.undoes and event.attached_to is not None:
                nodes[event.id] = replace(event, undone_by=handler.id)
    return Body(body.id, nodes, body.flows)


def _belongs_to_activity(tag: str) -> bool:
    return tag in _CHARACTERISTICS or tag == "completionCondition"


def _lanes(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Give (node id, lane name); an inner lane comes after the outer one, and wins."""
    for lane in element.findall(f"{{{BPMN}}}laneSet//{{{BPMN}}}lane"):
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            yield (reference.text or "").strip(), lane.get("name") or lane.get("id") or ""


def _flow(page: _Page, element: etree._Element) -> Flow | None:
    found = page.id_of(element)
    if found is None:
        return None
    condition = element.find(f"{{{BPMN}}}conditionExpression")
    if condition is not None and dialect.camunda(condition, "resource"):
        page.report.say("GH-E221", found, name="camunda:resource")
    return Flow(
        found,
        element.get("sourceRef") or "",
        element.get("targetRef") or "",
        element.get("name") or "",
        text_of(condition) or None,
    )


def _node(page: _Page, element: etree._Element, lanes: dict[str, str]) -> Node | None:
    found = page.id_of(element)
    if found is None:
        return None
    tag = tag_of(element)
    event = read_event(page.names, element)
    script = element.find(f"{{{BPMN}}}script")
    return Node(
        id=found,
        tag=tag,
        name=element.get("name") or "",
        settings=dialect.settings(element),
        lane=lanes.get(found),
        default=element.get("default"),
        event=event,
        attached_to=element.get("attachedToRef") if tag == "boundaryEvent" else None,
        interrupting=element.get("isInterrupting" if tag == "startEvent" else "cancelActivity") != "false",
        loop=read_loop(page.names, element) if tag in ACTIVITIES else None,
        script=None if script is None else (script.text or "").strip(),
        script_format=(element.get("scriptFormat") or "").strip().lower(),
        topic=dialect.topic(element),
        calls=dialect.calls(element) if tag == "callActivity" else None,
        decides=dialect.decides(element) if tag == "businessRuleTask" else None,
        body=_body(page, element, found) if tag in SUBPROCESSES else None,
        by_event=element.get("triggeredByEvent") == "true",
        undoes=element.get("isForCompensation") == "true" and element.get("triggeredByEvent") != "true",
        begins=tag == "receiveTask" and element.get("instantiate") == "true",
        takes=_quantity(element, "startQuantity"),
        gives=_quantity(element, "completionQuantity"),
        at_will=read_at_will(element) if tag == "adHocSubProcess" else None,
        activation=text_of(element.find(f"{{{BPMN}}}activationCondition")),
        oddities=(*dialect.oddities(element), *_unsupported(tag, element), *_misplaced_loops(tag, element)),
    )


def _quantity(element: etree._Element, name: str) -> int:
    """Give how many tokens an activity takes or gives; 0 for what is no number."""
    written = element.get(name, "1").strip()
    return int(written) if written.isdecimal() and len(written) <= len(str(MAX_QUANTITY)) else 0


def _unsupported(tag: str, element: etree._Element) -> Iterator[tuple[str, str]]:
    """Give the attributes of BPMN that change when an element runs, and that are not supported."""
    if element.get("instantiate") == "true" and tag != "receiveTask":
        yield "GH-E203", "instantiate"
    if element.get("eventGatewayType") == "Parallel":
        yield "GH-E203", "eventGatewayType"


def _misplaced_loops(tag: str, element: etree._Element) -> Iterator[tuple[str, str]]:
    """Give loop characteristics on what is no activity: nothing would be repeated."""
    if tag not in ACTIVITIES:
        yield from (("GH-E203", tag_of(child)) for child in element if tag_of(child) in _CHARACTERISTICS)


def _connected(page: _Page, body: Body) -> Body:
    """Give the nodes their flows; flows that lead nowhere are said and left out."""
    flows: dict[str, Flow] = {}
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in body.flows.values():
        for end in (flow.source, flow.target):
            if end not in body.nodes:
                page.report.say("GH-E101", flow.id, end=end)
                break
        else:
            flows[flow.id] = flow
            outgoing.setdefault(flow.source, []).append(flow.id)
            incoming.setdefault(flow.target, []).append(flow.id)
    nodes = {
        key: replace(node, incoming=tuple(incoming.get(key, ())), outgoing=tuple(outgoing.get(key, ())))
        for key, node in body.nodes.items()
    }
    return Body(body.id, nodes, flows)
