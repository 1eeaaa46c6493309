"""Whether the engine runs what is drawn: kinds of elements, events, loops, tasks."""

from typing import Final

from services.workflow.engine.diagrams.model import Again, Body, EventKind, Node, Several, TimerForm
from services.workflow.engine.diagrams.results import is_variable
from services.workflow.engine.findings import Report
from services.workflow.engine.language.texts import unwrapped

_EVENTS: Final[dict[str, frozenset[EventKind]]] = {
    "startEvent": frozenset({EventKind.NONE}),
    "endEvent": frozenset(
        {
            EventKind.NONE,
            EventKind.MESSAGE,
            EventKind.SIGNAL,
            EventKind.ERROR,
            EventKind.ESCALATION,
            EventKind.TERMINATE,
        }
    ),
    "intermediateThrowEvent": frozenset(
        {EventKind.NONE, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION, EventKind.LINK}
    ),
    "intermediateCatchEvent": frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.LINK}),
    "boundaryEvent": frozenset(
        {EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ERROR, EventKind.ESCALATION}
    ),
}
_UNSUPPORTED: Final = {
    "complexGateway": "复杂网关 complex gateway",
    "adHocSubProcess": "特别子流程 ad-hoc subprocess",
    "transaction": "事务子流程 transaction",
}
_FORMATS: Final = frozenset({"", "python", "guihua", "text/x-python"})
_MAPPINGS: Final = frozenset({"", "singleEntry", "singleResult", "collectEntries", "resultList"})
_TOPIC_TASKS: Final = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
_STAYING: Final = frozenset({"userTask", "receiveTask", "subProcess", "callActivity"})
_MAX_ROUNDS: Final = 999


def check_elements(report: Report, body: Body) -> None:
    """Check every element of a body and of those nested in it."""
    for each in body.bodies():
        for node in each.nodes.values():
            _supported(report, node)
            _event(report, each, node)
            _loop(report, node)
            _task(report, node)


def _supported(report: Report, node: Node) -> None:
    if node.tag in _UNSUPPORTED:
        report.say("GH-E201", node.id, what=_UNSUPPORTED[node.tag])
    if node.by_event:
        report.say("GH-E201", node.id, what="事件子流程 event subprocess")
    for rule, name in node.oddities:
        report.say(rule, node.id, name=name)


def _event(report: Report, body: Body, node: Node) -> None:
    allowed = _EVENTS.get(node.tag)
    name, kind = node.name or node.id, node.event.kind
    if allowed is not None and kind not in allowed:
        report.say("GH-E202", node.id, what=kind)
        return
    if kind is EventKind.MESSAGE and not node.event.name:
        report.say("GH-E208", node.id, name=name)
    if kind is EventKind.SIGNAL and not node.event.name:
        report.say("GH-E210", node.id, name=name)
    if kind is EventKind.TIMER:
        _timer(report, node)
    if node.tag == "boundaryEvent":
        _boundary(report, body, node)


def _timer(report: Report, node: Node) -> None:
    name, timers = node.name or node.id, node.event.timers
    if len(timers) != 1:
        report.say("GH-E404", node.id, name=name)
        return
    repeats = node.tag == "boundaryEvent" and not node.interrupting
    if timers[0].form is TimerForm.CYCLE and not repeats:
        report.say("GH-E223", node.id, name=name)


def _boundary(report: Report, body: Body, node: Node) -> None:
    activity = body.nodes.get(node.attached_to or "")
    if activity is None:
        return
    if activity.is_activity and activity.tag not in _STAYING and activity.topic is None:
        report.say("GH-E224", node.id, name=activity.name or activity.id)
    if node.event.kind is EventKind.ERROR and not node.interrupting:
        report.say("GH-E203", node.id, name="cancelActivity")
    if node.event.kind in (EventKind.ERROR, EventKind.ESCALATION):
        same = [other for other in body.boundaries(activity.id) if other.event == node.event]
        if same[0].id != node.id:
            report.say("GH-E227", node.id, name=node.name or node.id)


def _loop(report: Report, node: Node) -> None:
    name = node.name or node.id
    match node.loop:
        case Several() as several:
            if (several.collection is None) == (several.cardinality is None):
                report.say("GH-E205", node.id, name=name)
            if several.behavior != "All":
                report.say("GH-E203", node.id, name=f"behavior={several.behavior}")
            for variable in (several.item, several.output, several.output_item):
                if variable is not None and not is_variable(variable):
                    report.say("GH-E207", node.id, name=name, value=variable)
        case Again() as again:
            maximum = unwrapped(again.maximum or "")
            known = maximum.isdecimal() and 1 <= int(maximum[:9]) <= _MAX_ROUNDS
            if (maximum and not known) or (not maximum and not again.condition):
                report.say("GH-E206", node.id, name=name, value=maximum)
        case None:
            pass


def _task(report: Report, node: Node) -> None:
    name = node.name or node.id
    if node.topic is not None and node.tag in _TOPIC_TASKS:
        return
    match node.tag:
        case "scriptTask" if node.script_format not in _FORMATS:
            report.say("GH-E209", node.id, format=node.script_format)
        case "serviceTask":
            report.say("GH-E212", node.id, name=name)
        case "sendTask" | "receiveTask" if node.event.kind is not EventKind.MESSAGE:
            report.say("GH-E208", node.id, name=name)
        case "businessRuleTask":
            _rule_task(report, node)
        case _:
            pass


def _rule_task(report: Report, node: Node) -> None:
    decides = node.decides
    if decides is None or not decides.decision or not is_variable(decides.result):
        report.say("GH-E213", node.id, name=node.name or node.id)
    elif decides.mapping not in _MAPPINGS:
        report.say("GH-E216", node.id, value=decides.mapping)
