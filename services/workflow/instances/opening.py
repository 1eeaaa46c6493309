"""What opens in a turn: steps with their clocks and holds, requests to outside systems, timers of the diagram."""

from datetime import date
from typing import Final

from services.contracts.events import Said
from services.contracts.words import ClockKind, HoldGround, StepKind
from services.contracts.workflow import ExternalClosed, ExternalRequested, TaskOpened
from services.workflow.books import PostUnplaced, place
from services.workflow.clocks import deeds
from services.workflow.clocks.grounds import GroundUnknown, ground_of
from services.workflow.clocks.ledgers import NoticeMissing
from services.workflow.clocks.plans import DEFAULT_WARN, ClockPlan
from services.workflow.engine.language import office as language
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.models import ExternalTask, OpenTask
from services.workflow.instances.assigning import assignee_of
from services.workflow.instances.closing import STEP_BASIS
from services.workflow.instances.drawn import drawn_desk
from services.workflow.instances.models import External, Instance, Task, Timer, Verb
from services.workflow.instances.resolutions import EXPERT_PANEL
from services.workflow.instances.turns import Decided, Turn, Unworkable, called, department_of, room_of, value_at

AGENDA_MATERIAL: Final = "SL-16"
"""The light rule of the step that makes the papers for a meeting (docs/domain.md §5.3)."""


def open_tasks(instance: Instance, turn: Turn) -> Decided:
    """Open every step that the process now waits at and that is not open yet."""
    said: list[Said] = []
    for opened in turn.step.tasks:
        if instance.task(opened.id) is None:
            instance, more = _open(instance, opened, turn)
            said += more
    return Decided(instance, tuple(said))


def ask_outside(instance: Instance, turn: Turn) -> Decided:
    """Ask the outside systems for which the process now waits; forget requests that nobody waits for any more."""
    known = {each.task_id: each for each in instance.external}
    fresh = [task for task in turn.step.external if task.id not in known]
    asked = tuple(known.get(task.id) or _external(task, turn) for task in turn.step.external)
    still = {task.id for task in turn.step.external}
    closed = tuple(_closed(instance, each, turn) for each in instance.external if each.task_id not in still)
    said = tuple(_requested(instance, task, turn) for task in fresh)
    return Decided(instance.model_copy(update={"external": asked}), (*closed, *said))


def arm_timers(instance: Instance, turn: Turn) -> Decided:
    """Take over the timers of the diagram that wait now."""
    armed = tuple(
        Timer(timer_id=timer.id, element=timer.element, name=timer.name, at=timer.at) for timer in turn.step.timers
    )
    return Decided(instance.model_copy(update={"timers": armed}))


def _open(instance: Instance, opened: OpenTask, turn: Turn) -> Decided:
    task = _task(instance, opened, turn)
    for department in (task.department, *(seat.signer.rpartition("@")[2] for seat in task.desk.seats)):
        instance = instance.seen_by(department)
    started, clock_said = _start_step_clock(instance, task, opened, turn)
    clock = started.clock(f"step:{task.task_id}")
    task = task.model_copy(update={"due_on": clock.due_on if clock else None})
    with_task = started.model_copy(update={"tasks": (*started.tasks, task)})
    held, hold_said = _hold_clocks(with_task, task, opened, turn)
    return Decided(held, (_opened(held, task, turn), *clock_said, *hold_said))


def _task(instance: Instance, opened: OpenTask, turn: Turn) -> Task:
    settings = opened.settings
    post = settings.get("post", "")
    department = _department(instance, opened, post, turn)
    name, name_en = called(opened, turn.office.books)
    return Task(
        task_id=opened.id,
        element=opened.element,
        name=name,
        name_en=name_en,
        kind=opened.kind,
        post=post,
        department=department,
        assignee=assignee_of(instance, opened, f"{post}@{department}", turn),
        form=settings.get("form"),
        message=opened.message,
        two_officers=settings.get("two_officers") == "yes",
        quick_approval=settings.get("quick_approval") == "yes",
        hold=_ground(opened),
        variables=dict(opened.variables),
        opened_at=turn.now,
        may_send_back=settings.get("may_send_back") != "no",
        activity=opened.activity if opened.activity not in ("", opened.id) else None,
        after=_after(instance, opened),
        desk=drawn_desk(instance, opened, turn.office.books),
        decision_body=_decision_body(opened),
        agenda_material=AGENDA_MATERIAL in _light_rules(opened),
    )


def _decision_body(opened: OpenTask) -> str:
    """Who decides a step: as the diagram says; an expert review is one without its saying so."""
    is_review = opened.settings.get("hold") == HoldGround.EXPERT_REVIEW
    return opened.settings.get("decision_body", EXPERT_PANEL if is_review else "")


def _light_rules(opened: OpenTask) -> tuple[str, ...]:
    return tuple(opened.settings.get("light_rules", "").replace(",", " ").split())


def _after(instance: Instance, opened: OpenTask) -> tuple[int, ...]:
    """Where in the list of closed tasks those are that the step can be sent back to."""
    places = {closed.activity or closed.task_id: place for place, closed in enumerate(instance.closed)}
    return tuple(places[passing] for passing in opened.path if passing in places)


def _department(instance: Instance, opened: OpenTask, post: str, turn: Turn) -> str:
    """Where the step goes; a wait for a message that no post answers for stays with the responsible department."""
    application = instance.application
    department = department_of(instance, opened, turn.step.data)
    if not post and opened.kind is StepKind.RECEIVE:
        return department
    try:
        return place(post, department=department, township=application.township, books=turn.office.books)
    except PostUnplaced as unplaced:
        raise Unworkable(opened.element, f"“{opened.name}”：{unplaced.zh}", f"{opened.name!r}: {unplaced.en}") from None


def _ground(opened: OpenTask) -> HoldGround | None:
    text = opened.settings.get("hold")
    try:
        return ground_of(text) if text else None
    except GroundUnknown as unknown:
        raise Unworkable(opened.element, unknown.zh.format(ground=text), str(unknown)) from None


def _start_step_clock(instance: Instance, task: Task, opened: OpenTask, turn: Turn) -> Decided:
    """The step's own clock; its start day does not count. A step without a limit has none."""
    limit = _limit_of(instance, opened, turn)
    if limit is None:
        return Decided(instance)
    plan = ClockPlan(
        clock_id=f"step:{task.task_id}",
        kind=ClockKind.STEP,
        name=task.name,
        department=task.department,
        limit_workdays=limit,
        warn=opened.settings.get("warn") or DEFAULT_WARN,
        basis=STEP_BASIS,
        element=task.element,
        post=task.post or None,
        person=task.assignee,
        light_rules=_light_rules(opened),
    )
    clock, said = deeds.start(
        plan, on=_start_day(instance, turn), at=turn.now, actor=turn.act.actor, room=room_of(instance, turn.office)
    )
    return Decided(instance.with_clock(clock), said)


def _limit_of(instance: Instance, opened: OpenTask, turn: Turn) -> int | None:
    """The step's working days: up to the day that `permit:due_on` names, at least one; else its `limit_wd`, if any.

    A day that is no working day leaves what lies before it.
    """
    named = value_at({**turn.step.data, **opened.variables}, opened.settings.get("due_on", ""))
    if not named:
        limit = opened.settings.get("limit_wd")
        return int(limit) if limit else None
    time = turn.office.time
    try:
        day = language.Office(turn.now, time.calendar, time.hours).day(named)
        return max(1, time.calendar.workdays_between(_start_day(instance, turn), day))
    except Miscalculated as wrong:
        raise Unworkable(opened.element, f"“{opened.name}”：{wrong.zh}", f"{opened.name!r}: {wrong.en}") from None


def _start_day(instance: Instance, turn: Turn) -> date:
    """The first steps of a case count from its receipt (行政许可法 §32(4)), every other from the day it opened."""
    if turn.act.verb is Verb.START:
        return instance.application.received_on
    return turn.office.time.day_of(turn.now)


def _hold_clocks(instance: Instance, task: Task, opened: OpenTask, turn: Turn) -> Decided:
    """While the step waits, the clocks of the case and its own stand still, as the ground allows (§3.3)."""
    if task.hold is None:
        return Decided(instance)
    notice = value_at({**turn.step.data, **opened.variables}, opened.settings.get("hold_notice", ""))
    room = room_of(instance, turn.office)
    said: list[Said] = []
    for clock in instance.clocks:
        if clock.stopped or (clock.kind is ClockKind.STEP and clock.clock_id != f"step:{task.task_id}"):
            continue
        try:
            held, more = deeds.hold(
                clock,
                task.hold,
                hold_id=task.task_id,
                notice_no=str(notice or ""),
                at=turn.act.at,
                actor=turn.act.actor,
                room=room,
            )
        except NoticeMissing as missing:
            raise Unworkable(task.element, missing.zh.format(name=task.name), str(missing)) from None
        instance = instance.with_clock(held)
        said += more
    return Decided(instance, tuple(said))


def _opened(instance: Instance, task: Task, turn: Turn) -> TaskOpened:
    drawn = (timer.at for timer in turn.step.timers if timer.attached_to == task.element)
    return TaskOpened(
        case_no=instance.case_no,
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        name_en=task.name_en,
        kind=task.kind,
        post=task.post,
        department=task.department,
        assignee=task.assignee,
        title=instance.application.title,
        opened_at=task.opened_at,
        due_on=task.due_on,
        quick_approval=task.quick_approval,
        hold=task.hold,
        timer_at=min(drawn, default=None),
    )


def _external(task: ExternalTask, turn: Turn) -> External:
    return External(task_id=task.id, element=task.element, name=task.name, topic=task.topic, requested_at=turn.now)


def _closed(instance: Instance, external: External, turn: Turn) -> ExternalClosed:
    act = turn.act
    how = {Verb.ANSWER: "answered", Verb.FAIL: "failed"}.get(act.verb) if act.target == external.task_id else None
    return ExternalClosed(
        case_no=instance.case_no,
        task_id=external.task_id,
        topic=external.topic,
        element=external.element,
        name=external.name,
        how=how or "left",
        result=act.payload if how else {},
        closed_at=act.at,
    )


def _requested(instance: Instance, task: ExternalTask, turn: Turn) -> ExternalRequested:
    return ExternalRequested(
        case_no=instance.case_no,
        task_id=task.id,
        topic=task.topic,
        element=task.element,
        name=task.name,
        requested_at=turn.now,
        variables=dict(task.variables),
    )
