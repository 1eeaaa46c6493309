"""Whether whatever is waited for can come: what starts a process, signals, repeated waits."""

from datetime import UTC, datetime, timedelta
from typing import Final

from services.kernel.worktime import Calendar
from services.workflow.engine.diagrams.model import Event, EventKind, Node, Process, Several, TimerForm
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.timers import next_due, read_timer

_THROWING: Final = frozenset({"intermediateThrowEvent", "endEvent"})
_SHORTEST: Final = timedelta(hours=1)
_ANY_MOMENT: Final = datetime(2026, 1, 5, tzinfo=UTC)

_CALLED: Final = ("被调用的流程由调用它的环节启动", "a called process is begun by its caller")
_CONDITION: Final = ("立案之前没有可供判断的数据", "before there is a case a condition has nothing to look at")
_ALL_PARTS: Final = (
    "它要等几件事都发生，而开始事件逐件接收",
    "it needs several things, and each that comes is taken alone",
)
_READS: Final = ("立案之前没有变量 {names}", "before there is a case there is no {names}")
_TOO_OFTEN: Final = ("间隔不足一小时，案件会堆积", "it comes more than once an hour: cases would pile up")


def check_triggers(report: Report, process: Process, *, called: bool) -> None:
    """Check what starts a process (`called`: another one calls it) and what it waits for."""
    thrown = _thrown(process)
    for start in process.body.starts():
        _start(report, start, thrown, called=called)
    for node in process.body.all_nodes():
        heard = node.event.each if node.tag not in _THROWING else ()
        for event in heard:
            if event.kind is EventKind.SIGNAL and event.name not in thrown and not _begins(process, node):
                report.say("GH-I128", node.id, name=node.name or node.id, signal=event.name)
        if node.tag == "intermediateCatchEvent" and any(each.form is TimerForm.CYCLE for each in node.event.timers):
            report.say("GH-W237", node.id, name=node.name or node.id)


def _start(report: Report, start: Node, thrown: frozenset[str], *, called: bool) -> None:
    name = start.name or start.id
    for event in start.event.each:
        reason = _hindrance(start, event, called=called)
        if reason is not None:
            report.say("GH-E125", start.id, name=name, reason_zh=reason[0], reason=reason[1])
        elif event.kind is EventKind.SIGNAL and event.name in thrown:
            report.say("GH-E130", start.id, name=name, signal=event.name)
        elif event.kind is EventKind.TIMER and (wrong := _wrong_timer(event)) is not None:
            report.say("GH-E129", start.id, name=name, reason_zh=wrong[0], reason=wrong[1])


def _hindrance(start: Node, event: Event, *, called: bool) -> tuple[str, str] | None:
    """Why nothing will ever start the process by this event."""
    if event.kind is EventKind.NONE:
        return None
    if called:
        return _CALLED
    if event.kind is EventKind.CONDITIONAL:
        return _CONDITION
    return _ALL_PARTS if start.event.all_parts else None


def _wrong_timer(event: Event) -> tuple[str, str] | None:
    """Why the timer of a start event cannot be set: it must be plain before there is a case, and no storm."""
    if not event.timers:
        return None
    try:
        timer = read_timer(event.timers[0])
        if timer.reckoned is not None:
            names = ", ".join(sorted(timer.reckoned.names))
            return (_READS[0].format(names=names), _READS[1].format(names=names)) if names else None
        due = timer.due((), Office(_ANY_MOMENT, Calendar.builtin()))
    except (Miscalculated, Unwritable):
        return None  # another rule says so
    following = next_due(due.at, due.left, due.every)
    return _TOO_OFTEN if following is not None and following.at - due.at < _SHORTEST else None


def _thrown(process: Process) -> frozenset[str]:
    nodes = list(process.body.all_nodes())
    thrown = {event.name for node in nodes if node.tag in _THROWING for event in node.event.each}
    told = {tells.event.name for node in nodes if isinstance(node.loop, Several) for tells in node.loop.tells}
    return frozenset(thrown | told)


def _begins(process: Process, node: Node) -> bool:
    return any(node is start for start in process.body.starts())
