"""Whether the engine runs what is drawn: kinds of elements, events, loops, tasks."""

import re
from typing import Final

from services.workflow.engine.diagrams.model import (
    SUBPROCESSES,
    Again,
    Body,
    Event,
    EventKind,
    Node,
    Several,
    Telling,
    TimerForm,
)
from services.workflow.engine.diagrams.reading import MAX_QUANTITY
from services.workflow.engine.diagrams.results import is_variable
from services.workflow.engine.findings import Report
from services.workflow.engine.language.texts import unwrapped

_CAUGHT: Final = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
_EVENTS: Final[dict[str, frozenset[EventKind]]] = {
    "startEvent": frozenset(EventKind) - {EventKind.TERMINATE, EventKind.CANCEL, EventKind.LINK},
    "endEvent": frozenset(
        {
            EventKind.NONE,
            EventKind.MESSAGE,
            EventKind.SIGNAL,
            EventKind.ERROR,
            EventKind.ESCALATION,
            EventKind.TERMINATE,
            EventKind.CANCEL,
            EventKind.COMPENSATE,
            EventKind.MULTIPLE,
        }
    ),
    "intermediateThrowEvent": frozenset(
        {
            EventKind.NONE,
            EventKind.MESSAGE,
            EventKind.SIGNAL,
            EventKind.ESCALATION,
            EventKind.LINK,
            EventKind.COMPENSATE,
            EventKind.MULTIPLE,
        }
    ),
    "intermediateCatchEvent": _CAUGHT | {EventKind.LINK, EventKind.MULTIPLE},
    "boundaryEvent": _CAUGHT
    | {EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL, EventKind.COMPENSATE, EventKind.MULTIPLE},
}
_TOLD: Final = frozenset({EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION})
_FORMATS: Final = frozenset({"", "python", "guihua", "text/x-python"})
_MAPPINGS: Final = frozenset({"", "singleEntry", "singleResult", "collectEntries", "resultList"})
_TOPIC_TASKS: Final = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
_STAYING: Final = SUBPROCESSES | {"userTask", "receiveTask", "callActivity"}
_MAX_ROUNDS: Final = 999
_COUNTED: Final = re.compile(r"R[1-9]\d*/")
_NEGATIVE: Final = re.compile(r"-\s*\d+$")


def check_elements(report: Report, body: Body) -> None:
    """Check every element of a body and of those nested in it."""
    for each in body.bodies():
        for node in each.nodes.values():
            _supported(report, node)
            _quantity(report, node)
            _event(report, each, node, of_process=each is body)
            _loop(report, node)
            _task(report, node)


def _supported(report: Report, node: Node) -> None:
    for rule, name in node.oddities:
        report.say(rule, node.id, name=name)
    if node.tag == "complexGateway" and len(node.incoming) > 1 and not node.activation:
        report.say("GH-E233", node.id, name=node.name or node.id)


def _quantity(report: Report, node: Node) -> None:
    if node.takes < 1 or node.gives < 1 or (node.begins and node.takes > 1):
        report.say("GH-E228", node.id, name=node.name or node.id, limit=MAX_QUANTITY)


def _event(report: Report, body: Body, node: Node, *, of_process: bool) -> None:
    allowed = _EVENTS.get(node.tag)
    name, kind = node.name or node.id, node.event.kind
    if allowed is not None and kind not in allowed:
        report.say("GH-E202", node.id, what=kind)
        return
    for event in node.event.each:
        if event.kind is EventKind.MESSAGE and not event.name:
            report.say("GH-E208", node.id, name=name)
        if event.kind is EventKind.SIGNAL and not event.name:
            report.say("GH-E210", node.id, name=name)
        if event.kind is EventKind.TIMER:
            repeats = _may_repeat(body, node, event) or (of_process and node.tag == "startEvent")
            _timer(report, node, event, repeats=repeats)
    if kind is EventKind.MULTIPLE:
        _multiple(report, node)
    if node.tag == "boundaryEvent":
        _boundary(report, body, node)


def _multiple(report: Report, node: Node) -> None:
    """Check that each part of a multiple event may stand here, and alone or with the others."""
    allowed = _TOLD if node.tag in ("endEvent", "intermediateThrowEvent") else _CAUGHT
    if node.tag in ("boundaryEvent", "startEvent") and not node.event.all_parts:
        allowed |= {EventKind.ERROR, EventKind.ESCALATION}
    for part in node.event.parts:
        if part.kind not in allowed:
            report.say("GH-E234", node.id, name=node.name or node.id, what=part.kind)


def _timer(report: Report, node: Node, event: Event, *, repeats: bool) -> None:
    name = node.name or node.id
    if len(event.timers) != 1:
        report.say("GH-E404", node.id, name=name)
    elif event.timers[0].form is TimerForm.CYCLE and not repeats:
        report.say("GH-E223", node.id, name=name)


def _may_repeat(body: Body, node: Node, event: Event) -> bool:
    """Say whether a timer may come due more than once: beside what goes on, or a known number of times."""
    if node.tag == "intermediateCatchEvent":
        sources = {body.nodes[body.flows[flow].source].tag for flow in node.incoming}
        counted = any(_COUNTED.match(timer.text) for timer in event.timers)
        return counted and node.event is event and "eventBasedGateway" not in sources
    return not node.interrupting


def _boundary(report: Report, body: Body, node: Node) -> None:
    activity = body.nodes.get(node.attached_to or "")
    if activity is None:
        return
    kind, tells = node.event.kind, isinstance(activity.loop, Several) and activity.loop.tells
    passed = activity.is_activity and activity.tag not in _STAYING and activity.topic is None
    if passed and kind is not EventKind.COMPENSATE and not tells:
        report.say("GH-E224", node.id, name=activity.name or activity.id)
    if kind in (EventKind.ERROR, EventKind.CANCEL) and not node.interrupting:
        report.say("GH-E203", node.id, name="cancelActivity")
    if isinstance(activity.loop, Several) and node.interrupting:
        _told(report, node, activity.loop)
    if node.event.kind in (EventKind.ERROR, EventKind.ESCALATION):
        same = [other for other in body.boundaries(activity.id) if other.event == node.event]
        if same[0].id != node.id:
            report.say("GH-E227", node.id, name=node.name or node.id)


def _told(report: Report, node: Node, loop: Several) -> None:
    """Warn where a boundary event hears what its own activity throws, and is drawn as if that interrupted it."""
    own = [(tells.event.kind, tells.event.name, tells.event.code) for tells in loop.tells]
    if any((event.kind, event.name, event.code) in own for event in node.event.each):
        report.say("GH-W236", node.id, name=node.name or node.id)


def _loop(report: Report, node: Node) -> None:
    name = node.name or node.id
    match node.loop:
        case Several() as several:
            if (several.collection is None) == (several.cardinality is None):
                report.say("GH-E205", node.id, name=name)
            if several.cardinality is not None and _NEGATIVE.match(unwrapped(several.cardinality)):
                report.say("GH-E206", node.id, name=name, value=several.cardinality)
            if several.behavior != "All" and not all(
                tells.event.kind in _TOLD or (tells.condition and tells.event.kind is EventKind.NONE)
                for tells in several.tells or (Telling(Event()),)
            ):
                report.say("GH-E235", node.id, name=name, behavior=several.behavior)
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
