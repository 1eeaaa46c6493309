"""What time itself does to a case: clocks speak up, timers come due, dates move with a new calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.contracts.events import Said
from services.contracts.words import ClockKind
from services.contracts.workflow import ExpectedDateMoved, TimerMoved, TimerResumed
from services.kernel.problem import Problem
from services.workflow.clocks import deeds
from services.workflow.clocks.moments import next_moment, speak
from services.workflow.instances.models import Instance, Status, Task, Timer
from services.workflow.instances.turns import Decided, room_of
from services.workflow.offices import Office


class NothingToExtend(Problem):
    """The case is not accepted yet: no limit runs that could be extended."""

    status = 409
    code = "nothing-to-extend"
    zh = "案件 {case_no} 尚未受理，没有可以延长的期限"
    en = "case {case_no} is not accepted yet; there is no limit to extend"
    remedy_zh = "受理之后才能申请延长期限"
    remedy_en = "a limit can be extended only after acceptance"


@dataclass(frozen=True, slots=True)
class NextThing:
    """The next thing that time does to a case: a timer of the diagram to fire, or (None) clocks that speak."""

    at: datetime
    timer: Timer | None


def next_thing(instance: Instance, office: Office) -> NextThing | None:
    """The earliest timer or clock moment. Of one moment the timer comes first: what is done in time is not late."""
    timers = [NextThing(timer.at, timer) for timer in _free_timers(instance)]
    moments = (next_moment(clock, office.time) for clock in instance.clocks)
    clocks = [NextThing(at, None) for at in moments if at is not None]
    return min((*timers, *clocks), key=lambda thing: (thing.at, thing.timer is None), default=None)


def scheduled(instance: Instance, office: Office) -> Instance:
    """The instance with what follows from its clocks: due dates of its tasks, and the moment the ticker looks for."""
    thing = next_thing(instance, office) if instance.status is Status.RUNNING else None
    tasks = tuple(
        task.model_copy(update={"due_on": clock.due_on}) if (clock := instance.clock(f"step:{task.task_id}")) else task
        for task in instance.tasks
    )
    called = called_by(tasks)
    return instance.model_copy(update={"next_due_at": thing.at if thing else None, "tasks": tasks, "called": called})


def called_by(tasks: Iterable[Task]) -> tuple[str, ...]:
    """Who is to work on tasks besides the posts of the steps: by name, or as signers."""
    found: dict[str, None] = {}
    for desk, assignee in ((task.desk, task.assignee) for task in tasks):
        named = (desk.owner, desk.given_to, assignee if desk.owner else None)
        found |= dict.fromkeys(name for name in named if name)
        found |= dict.fromkeys(seat.signer for seat in desk.seats if seat.is_open)
    return tuple(found)


def reckoned_by(instance: Instance, office: Office) -> Instance:
    """The instance with a note that all its dates are reckoned by the calendar in force."""
    return instance.model_copy(update={"calendar": office.time.calendar.version})


def spoken(instance: Instance, *, until: datetime, office: Office) -> Decided:
    """Let every clock say what has come due up to a moment."""
    room = room_of(instance, office)
    said: list[Said] = []
    for clock in instance.clocks:
        told, more = speak(clock, until=until, time=office.time, heading=room.heading)
        instance = instance.with_clock(told)
        said += more
    return Decided(instance, tuple(said))


def extended(instance: Instance, *, at: datetime, actor: str, reason: str, office: Office) -> Decided:
    """Extend the statutory clock, and the promised one if it is not over, once by ten working days (行政许可法 §42).

    Raises `NothingToExtend`, `ReasonMissing`, `AlreadyExtended`, `ExtensionTooLate`, `ClockStopped`.
    """
    statutory, promised = instance.clock(ClockKind.STATUTORY), instance.clock(ClockKind.PROMISED)
    if statutory is None:
        raise NothingToExtend(case_no=instance.case_no)
    clocks = [statutory, *([promised] if promised and at <= promised.due_at else [])]
    room = room_of(instance, office)
    said: list[Said] = []
    for clock in clocks:
        longer, more = deeds.extend(clock, at=at, actor=actor, reason=reason, room=room)
        instance = instance.with_clock(longer)
        said += more
    return Decided(scheduled(instance, office), (*said, *expected_moved(said)))


def recomputed(instance: Instance, *, at: datetime, reason: str, office: Office) -> Decided:
    """Work out every open clock anew after a calendar was published; each date that moves is said."""
    room = room_of(instance, office)
    said: list[Said] = []
    for clock in instance.clocks:
        if clock.stopped is None:
            again, more = deeds.moved(clock, at=at, reason=reason, room=room)
            instance = instance.with_clock(again)
            said += more
    return Decided(reckoned_by(scheduled(instance, office), office), (*said, *expected_moved(said)))


def expected_moved(said: Iterable[Said]) -> tuple[Said, ...]:
    """What the applicant is to know of it: the promised due date moved, by a hold, an extension or a new calendar."""
    return tuple(
        ExpectedDateMoved(
            case_no=each.case_no, was_due_on=each.was_due_on, promised_due_on=each.due_on, reason=_reason(each)
        )
        for each in said
        if isinstance(each, TimerMoved | TimerResumed)
        and each.kind is ClockKind.PROMISED
        and each.was_due_on != each.due_on
    )


def _reason(said: TimerMoved | TimerResumed) -> str:
    if isinstance(said, TimerMoved):
        return said.reason
    return f"hold: {said.held_workdays} working days"


def _free_timers(instance: Instance) -> tuple[Timer, ...]:
    """The timers of the diagram that can fire: one whose firing is in an incident waits for the incident."""
    return tuple(timer for timer in instance.timers if instance.incident_about(timer.timer_id) is None)
