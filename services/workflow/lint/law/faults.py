"""What can be wrong with one element before the law."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from services.workflow.engine.diagrams.model import Body, EventKind, Node, Process
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.rules.texts import set_by
from services.workflow.engine.rules.tokens import journey
from services.workflow.lint.law import elements
from services.workflow.lint.law.kinds import Fault, Kind, leading
from services.workflow.lint.law.permits import Permit, demands, faulted, offers
from services.workflow.lint.law.ways import A_DAY, closed_by, day_of, from_start, holding, named, workday_after
from services.workflow.lint.settings import limit_of

Found = Iterator[dict[str, Any]]

ACCEPTANCE_WORKDAYS: Final = 5
"""行政许可法 §32(4)."""

DELIVERY_WORKDAYS: Final = 10
"""行政许可法 §44."""

REQUEST_WORKDAYS: Final = 5
"""行政许可法 §47."""

_HUMAN: Final = frozenset({"userTask", "receiveTask", "endEvent"})


def lacks(setting: str, value: str) -> Fault:
    """The element must say something of itself."""

    def fault(permit: Permit, process: Process, body: Body, node: Node) -> Found:
        del permit, process, body
        if node.settings.get(setting) != value:
            yield {}

    return fault


def lasts_beyond(workdays: int) -> Fault:
    """The step must have a limit, and none beyond the law's."""

    def fault(permit: Permit, process: Process, body: Body, node: Node) -> Found:
        del permit, process, body
        limit = limit_of(node)
        if limit is None or limit > workdays:
            yield {"limit": limit or "–", "most": workdays}

    return fault


def takes_without(value: str, *names: str) -> Fault:
    """Where a value can be chosen, the form must not take it without some fields."""

    def fault(permit: Permit, process: Process, body: Body, node: Node) -> Found:
        del process, body
        form = permit.form(node)
        if any(not demands(form, names, {field: value}) for field in offers(form, value)):
            yield {"fields": ", ".join(names)}

    return fault


def tells_in_part(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """A correction notice has a number and a date, lists what is missing, and confirms that this is all."""
    del process, body
    form = permit.form(node)
    missing = {"notice_no", "notified_on", "defects", "complete"} - faulted(form, {})
    missing |= {"defects", "complete"} - faulted(form, {"defects": [], "complete": False})
    if missing:
        yield {"fields": ", ".join(sorted(missing))}


def waits_for_ever(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """A hold has an end: a limit of the step, or a timer that ends it."""
    del permit, process
    ends = node.event.kind is EventKind.TIMER or any(elements.timers_of(body, node))
    if limit_of(node) is None and not ends:
        yield {}


def holds_without_notice(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """Whoever comes to a hold has filled in the number of the notice: no way there goes without it."""
    variable, _, field = node.settings.get("hold_notice", "").partition(".")
    field = field.partition(".")[0]
    inputs = {name.strip() for name in process.settings.get("inputs", "").split(",")}
    if not field or variable in {*inputs, "case"}:
        return
    nothing = {variable: {field: None}}
    writers = [other for other in body.nodes.values() if variable in set_by(other)]
    blocked = frozenset(other.id for other in writers)
    ways = [found.ways.get(node.id) for found in from_start(body, blocked=blocked, closed=closed_by(body, nothing))]
    careless = (other for other in writers if other.tag == "userTask" and field not in faulted(permit.form(other), {}))
    ways += [leading(permit, body, other, nothing, lambda _, one: one.id == node.id) for other in careless]
    way = next((each for each in ways if each), None)
    if way:
        yield {"notice": f"{variable}.{field}", "path": " → ".join(named(body, way))}


def meets_inside(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """While something holds the clocks no meeting is held, in it or by it."""
    del process, body
    inner = permit.inside(node)
    inside = inner is not None and holding(permit, inner, lambda other: elements.is_meeting(permit, other))
    if inside or elements.is_meeting(permit, node):
        yield {"ground": node.settings["hold"]}


def is_not_deemed(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """Silence at an acceptance step counts as acceptance: a timer takes it there before anybody has to do anything."""
    del process
    deemed = frozenset(other.id for other in body.nodes.values() if elements.is_deemed(permit, other))
    for boundary, _ in elements.timers_of(body, node):
        found = journey(body, frozenset(boundary.outgoing), blocked=deemed)
        if found and not any(body.nodes[each].tag in _HUMAN for each in found.ways):
            return
    yield {}


def deems_late(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """The silence that counts as acceptance lasts five working days."""
    del permit, process
    for boundary, text in elements.timers_of(body, node):
        day = day_of(text)
        if day is None or day > workday_after(ACCEPTANCE_WORKDAYS):
            yield {"element": boundary.id, "timer": text, "most": ACCEPTANCE_WORKDAYS}


def is_not_dated_back(permit: Permit, process: Process, body: Body, node: Node) -> Found:
    """Deemed acceptance starts the clocks on the day of receipt."""
    del permit, process, body
    text = node.settings.get("clock_from", "")
    if node.settings.get("case_clock") == "start" and (not text or day_of(text) != A_DAY):
        yield {"text": text or "–"}


def ends_early(workdays: int) -> Fault:
    """A period that belongs to citizens is not cut short by its timer. The day it begins on does not count."""

    def fault(permit: Permit, process: Process, body: Body, node: Node) -> Found:
        del permit, process
        for boundary, text in elements.timers_of(body, node):
            day = day_of(text)
            if day is not None and day < workday_after(workdays):
                yield {"element": boundary.id, "timer": text, "least": workdays}

    return fault


def anybody(permit: Permit, node: Node) -> bool:
    """Any element."""
    del permit, node
    return True


def may_chair(permit: Permit, process: Process, node: Node) -> Iterator[dict[str, Any]]:
    """The answers of a hearing's plan in which a reviewer is the chair: named there, or handed over by the caller."""
    form = permit.form(node)
    if "chair" not in form.get("properties", {}):
        return
    handed = {name.strip() for name in process.settings.get("inputs", "").split(",")} & {"reviewers"}
    variable, one, other = result_of(node), ["u.one"], ["u.other"]
    yield {variable: {"chair": one, "reviewers": one}, **dict.fromkeys(handed)}
    if handed:
        yield {variable: {"chair": one, "reviewers": other}, "reviewers": one}


def badly_announced(permit: Permit, process: Process, node: Node) -> Iterator[dict[str, Any]]:
    """The answers of a hearing's notice with less than seven working days left, or twenty since the request over."""
    if "told_on" not in permit.form(node).get("properties", {}) or not _tells_of_hearing(permit, process, node):
        return
    plans = (other for other in process.body.all_nodes() if "hearing_on" in permit.form(other).get("properties", {}))
    plan = next((result_of(other) for other in plans), None)
    for workdays in (6, 21) if plan else ():
        held, told = workday_after(workdays).isoformat(), A_DAY.isoformat()
        notice = {"told_on": told, "planned_end_on": workday_after(40).isoformat(), "notice_no": "x"}
        yield {result_of(node): notice, str(plan): {"hearing_on": held, "requested_on": told}}


def _tells_of_hearing(permit: Permit, process: Process, node: Node) -> bool:
    """Whether a step writes the notice of a hearing."""
    hearings = (other for other in process.body.all_nodes() if elements.is_hearing(permit, other))
    return any(other.settings.get("hold_notice", "").partition(".")[0] == result_of(node) for other in hearings)


def chosen(value: str, *, by: Kind = anybody) -> Callable[[Permit, Process, Node], Iterator[dict[str, Any]]]:
    """The answers of a step in which a value is chosen; also of those inside a called process."""

    def answers(permit: Permit, process: Process, node: Node) -> Iterator[dict[str, Any]]:
        del process
        if node.tag == "userTask" and by(permit, node):
            yield from ({result_of(node): {field: value}} for field in offers(permit.form(node), value))
        called = permit.processes.get(node.calls.process) if node.calls else None
        backs = {mapped.source: mapped.target for mapped in node.calls.outs} if node.calls else {}
        for inner in called.body.all_nodes() if called else ():
            back = backs.get(result_of(inner)) if inner.tag == "userTask" and by(permit, inner) else None
            if back:
                yield from ({back: {field: value}} for field in offers(permit.form(inner), value))

    return answers


def comes_back(*values: str) -> Callable[[Permit, Process, Node], Iterator[dict[str, Any]]]:
    """What a called process gives back by a script, as far as it is one of some words."""

    def answers(permit: Permit, process: Process, node: Node) -> Iterator[dict[str, Any]]:
        del process
        called = permit.processes.get(node.calls.process) if node.calls else None
        for mapped in node.calls.outs if node.calls and called else ():
            scripts = [inner.script or "" for inner in called.body.all_nodes()] if called else []
            for value in values:
                if any(script.strip() == f'{mapped.source} = "{value}"' for script in scripts):
                    yield {mapped.target: value}

    return answers
