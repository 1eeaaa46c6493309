"""What becomes of a case that is carried to another version, and of one that is taken back.

Pure: the preview and the move ask the same function, so that what is foretold is what happens.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.contracts.workflow import CaseMigrated, MigratedStep
from services.workflow.books import PostUnplaced, place
from services.workflow.engine.models import OpenTask, Step
from services.workflow.engine.verdicts import Carried, Verdict
from services.workflow.instances.models import Act, External, Instance, Pin, Task, Verb
from services.workflow.instances.moving import awaited_early, moved
from services.workflow.instances.schedules import recomputed, scheduled
from services.workflow.instances.turns import Decided, Unworkable, called, department_of
from services.workflow.migrations.models import Before, Line, Outcome, Why
from services.workflow.offices import Office

CHANNEL: Final = "migration"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a case goes: the version, in which migration, by whom, when."""

    migration_id: str
    version: int
    sha256: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a case: the verdict with its reasons, and the case under the new version when it moves."""

    verdict: Verdict
    standing: tuple[str, ...]
    reasons: tuple[Why, ...] = ()
    decided: Decided | None = None
    reversible: bool = False


def judged(instance: Instance, carried: Carried, target: Target, office: Office) -> Judged:
    """Say what becomes of a case, given what the engine made of it."""
    told = tuple(Why(element=each.element, code=each.code, zh=each.zh, en=each.en) for each in carried.reasons)
    if carried.verdict is Verdict.UNAFFECTED:
        return Judged(Verdict.UNAFFECTED, carried.standing)
    hindered = (*_hindrances(instance, carried), *told)
    if carried.verdict is Verdict.BLOCKED or len(hindered) > len(told):
        return Judged(Verdict.BLOCKED, carried.standing, hindered)
    if carried.step is None:
        return Judged(carried.verdict, carried.standing, told)
    try:
        decided = _moved(instance, carried.step, target, office)
    except Unworkable as unworkable:
        why = Why(element=unworkable.element, code="unworkable", zh=unworkable.zh, en=unworkable.en)
        return Judged(Verdict.BLOCKED, carried.standing, (why,))
    return Judged(Verdict.MOVES, carried.standing, (), decided, reversible=_is_still(instance, carried.step))


def taken_back(instance: Instance, line: Line, target: Target, office: Office) -> Decided | None:
    """The case as it stood before it moved, with what people have written meanwhile; None once it has moved on."""
    before = line.before
    if before is None or not line.reversible or instance.pin is None or instance.pin.version != target.version:
        return None
    if digest(instance.state) != line.after:
        return None
    was = {task.task_id: task for task in before.tasks}
    tasks = tuple(_as_it_was(task, was[task.task_id]) for task in instance.tasks)
    back = instance.model_copy(
        update={
            "pin": before.pin,
            "state": before.state,
            "tasks": tasks,
            "external": before.external,
            "timers": before.timers,
            "signals": before.signals,
            "messages": before.messages,
        }
    )
    for task in tasks:
        back = _with_clock_of(back, task)
    said = _said(instance, back, target, before.pin.version, reverted=True)
    return Decided(scheduled(back, office), (said,))


def line_of(instance: Instance, found: Judged, migration_id: str, before: Before | None) -> Line:
    """What is written down of a case before it moves."""
    pin = instance.pin
    moves = found.decided is not None
    return Line(
        line_id=f"{migration_id}.{instance.case_no}",
        migration_id=migration_id,
        case_no=instance.case_no,
        from_version=pin.version if pin else 0,
        outcome=Outcome.PLANNED if moves else Outcome(found.verdict.value),
        standing=found.standing,
        reasons=found.reasons,
        before=before if moves else None,
        after=digest(found.decided.instance.state) if found.decided is not None else "",
        reversible=found.reversible,
    )


def digest(state: bytes) -> str:
    """Tells whether a case has moved on."""
    return hashlib.sha256(state).hexdigest()


def _hindrances(instance: Instance, carried: Carried) -> tuple[Why, ...]:
    """What of the case itself stands against a move, whatever the diagram says."""
    found = []
    for incident in instance.incidents:
        zh, en = "案件有未处理的故障", "the case has an open incident"
        found.append(Why(element=incident.element, code="incident", zh=zh, en=en))
    if instance.proposals:
        zh, en = "案件有待批准的跳转", "a jump waits to be decided"
        found.append(Why(element="", code="jump-proposed", zh=zh, en=en))
    if carried.step is not None and awaited_early(instance, carried.step)[1] is not None:
        zh, en = "案件已提前收到新环节等待的消息", "the message that the new step waits for has come already"
        found.append(Why(element="", code="early-message", zh=zh, en=en))
    return tuple(found)


def _moved(instance: Instance, step: Step, target: Target, office: Office) -> Decided:
    """The case under the new version, its dates by the calendar in force. Raises `Unworkable`."""
    instance, of_calendar = _on_todays_calendar(instance, target, office)
    assert instance.pin is not None  # noqa: S101 - only cases under way are carried
    pin = Pin(
        process_key=instance.pin.process_key,
        version=target.version,
        sha256=target.sha256,
        terms=instance.pin.terms,  # what was promised to the applicant stays
    )
    drawn = {each.id: each for each in step.tasks}
    tasks = tuple(
        _redrawn(instance, task, drawn[task.task_id], step.data, office) if task.task_id in drawn else task
        for task in instance.tasks
    )
    named = {each.id: (each.element, each.name) for each in step.external}
    external = tuple(_renamed(each, *named.get(each.task_id, (each.element, each.name))) for each in instance.external)
    fresh = instance.model_copy(update={"pin": pin, "tasks": tasks, "external": external})
    for task in tasks:
        fresh = _with_clock_of(fresh.seen_by(task.department), task)
    act = Act(verb=Verb.MIGRATE, actor=target.by, channel=CHANNEL, at=target.at)
    decided = moved(fresh, act, step, now=target.at, office=office)
    said = _said(instance, decided.instance, target, target.version, reverted=False)
    return Decided(decided.instance, (*of_calendar, said, *decided.said))


def _on_todays_calendar(instance: Instance, target: Target, office: Office) -> Decided:
    if instance.calendar in ("", office.time.calendar.version):
        return Decided(instance)
    return recomputed(instance, at=target.at, reason="calendar", office=office)


def _redrawn(instance: Instance, task: Task, drawn: OpenTask, data: Mapping[str, Any], office: Office) -> Task:
    """An open step as the new version draws it; who has it, what was filled in and when it opened stay."""
    settings = drawn.settings
    post = settings.get("post", "")
    same = post == task.post
    department = task.department if same else _department(instance, drawn, data, office)
    name, name_en = called(drawn, office.books)
    moves_desk = department != task.department or not same
    named = task.desk.given_to is not None or task.desk.owner is not None
    places = {closed.activity or closed.task_id: place for place, closed in enumerate(instance.closed)}
    return task.model_copy(
        update={
            "element": drawn.element,
            "name": name,
            "name_en": name_en,
            "post": post,
            "department": department,
            "assignee": None if moves_desk and not named else task.assignee,
            "form": settings.get("form"),
            "message": drawn.message,
            "two_officers": settings.get("two_officers") == "yes",
            "quick_approval": settings.get("quick_approval") == "yes",
            "may_send_back": settings.get("may_send_back") != "no",
            "variables": dict(drawn.variables),
            "after": tuple(places[passing] for passing in drawn.path if passing in places),
        }
    )


def _department(instance: Instance, drawn: OpenTask, data: Mapping[str, Any], office: Office) -> str:
    case, post, department = instance.application, drawn.settings.get("post", ""), department_of(instance, drawn, data)
    if not post:
        return department
    try:
        return place(post, department=department, township=case.township, books=office.books)
    except PostUnplaced as unplaced:
        raise Unworkable(drawn.element, f"“{drawn.name}”：{unplaced.zh}", f"{drawn.name!r}: {unplaced.en}") from None


def _with_clock_of(instance: Instance, task: Task) -> Instance:
    """The step's clock under the step's new name; its ledger and its due date stay."""
    clock = instance.clock(f"step:{task.task_id}")
    if clock is None:
        return instance
    named = {"element": task.element, "name": task.name, "post": task.post or None, "department": task.department}
    return instance.with_clock(clock.model_copy(update={**named, "person": task.assignee}))


def _as_it_was(task: Task, was: Task) -> Task:
    """The step as the old version draws it, with the desk as it is now."""
    moved_desk = (task.post, task.department) != (was.post, was.department)
    assignee = task.assignee or (was.assignee if moved_desk else None)
    return was.model_copy(update={"desk": task.desk, "assignee": assignee, "due_on": task.due_on})


def _renamed(external: External, element: str, name: str) -> External:
    return external.model_copy(update={"element": element, "name": name})


def _is_still(instance: Instance, step: Step) -> bool:
    """Whether the same steps and requests are open before and after: then there is a way back."""
    tasks = {task.task_id for task in instance.tasks} == {task.id for task in step.tasks}
    external = {each.task_id for each in instance.external} == {each.id for each in step.external}
    return tasks and external and not step.passed and step.ended is None


def _said(was: Instance, now: Instance, target: Target, to_version: int, *, reverted: bool) -> CaseMigrated:
    known = {task.task_id: task for task in was.tasks}
    pin = was.pin
    return CaseMigrated(
        case_no=was.case_no,
        migration_id=target.migration_id,
        process_key=pin.process_key if pin else "",
        from_version=pin.version if pin else 0,
        to_version=to_version,
        reverted=reverted,
        migrated_at=target.at,
        migrated_by=target.by,
        steps=tuple(_step_said(known.get(task.task_id), task) for task in now.tasks),
        title=was.application.title,
    )


def _step_said(was: Task | None, task: Task) -> MigratedStep:
    return MigratedStep(
        task_id=task.task_id,
        was_element=was.element if was else "",
        element=task.element,
        name=task.name,
        post=task.post,
        department=task.department,
        assignee=task.assignee,
        desk_moved=was is not None and (was.post, was.department) != (task.post, task.department),
        name_en=task.name_en,
        kind=task.kind,
        opened_at=task.opened_at,
        due_on=task.due_on,
        quick_approval=task.quick_approval,
    )
