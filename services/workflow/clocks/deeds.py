"""What is done to a clock: the ledger gets a line, the due moment follows, and it is said aloud."""

from datetime import date, datetime

from services.contracts.events import Said
from services.contracts.words import HoldGround
from services.contracts.workflow import TimerHeld, TimerMoved, TimerResumed, TimerStarted, TimerStopped
from services.workflow.clocks.dues import OfficeTime, held_workdays, overdue_at, retimed, spell_before
from services.workflow.clocks.grounds import basis_of
from services.workflow.clocks.ledgers import (
    ARTICLE_42,
    EXTENSION_WORKDAYS,
    Clock,
    Entry,
    EntryKind,
    enter_extension,
    enter_hold,
    enter_resume,
    enter_stop,
)
from services.workflow.clocks.moments import unspoken
from services.workflow.clocks.plans import ClockPlan
from services.workflow.clocks.rooms import ClockRoom
from services.workflow.clocks.sayings import said_of

Deed = tuple[Clock, tuple[Said, ...]]
"""A clock as it is after something was done to it, and what was said."""


def start(plan: ClockPlan, *, on: date, at: datetime, actor: str, room: ClockRoom) -> Deed:
    """Start a clock; `on` is the day that does not count, and may lie in the past (deemed acceptance, §32(4))."""
    entry = Entry(kind=EntryKind.START, at=at, on=on, actor=actor, basis=plan.basis)
    clock = retimed(plan.started_by(entry), room.time)
    return clock, (TimerStarted(**said_of(clock, room.heading), started_at=at),)


def hold(
    clock: Clock,
    ground: HoldGround,
    *,
    hold_id: str,
    notice_no: str,
    at: datetime,
    actor: str,
    room: ClockRoom,
) -> Deed:
    """Hold a clock, if the ground holds clocks of its kind; raises `NoticeMissing`, `ClockStopped`."""
    basis = basis_of(ground, clock.kind, room.policy)
    if basis is None:
        return clock, ()
    entry = Entry(
        kind=EntryKind.HOLD,
        at=at,
        on=room.time.day_of(at),
        actor=actor,
        basis=basis,
        document=notice_no,
        ground=ground,
        hold_id=hold_id,
    )
    held = enter_hold(clock, entry)
    said = TimerHeld(**said_of(held, room.heading), held_at=at, ground=ground, basis=basis, notice_no=notice_no)
    return held, (said,)


def resume(
    clock: Clock,
    *,
    hold_id: str,
    at: datetime,
    actor: str,
    room: ClockRoom,
) -> Deed:
    """End one hold; the clock runs again when no other hold is left. Nothing happens if it was not held so."""
    ended = next((entry for entry in clock.open_holds if entry.hold_id == hold_id), None)
    if ended is None or clock.stopped:
        return clock, ()
    entry = Entry(
        kind=EntryKind.RESUME,
        at=at,
        on=room.time.day_of(at),
        actor=actor,
        basis=ended.basis,
        document=ended.document,
        hold_id=hold_id,
    )
    resumed = enter_resume(clock, entry)
    if resumed.is_held:
        return resumed, ()
    day = room.time.day_of(at)
    again = unspoken(retimed(resumed, room.time), now=at, time=room.time)
    days = held_workdays(again, since=spell_before(again, day), until=day, time=room.time)
    said = TimerResumed(**said_of(again, room.heading), resumed_at=at, was_due_on=clock.due_on, held_workdays=days)
    return again, (said,)


def extend(
    clock: Clock,
    *,
    at: datetime,
    actor: str,
    reason: str,
    room: ClockRoom,
) -> Deed:
    """Extend a clock once by ten working days (行政许可法 §42).

    Raises `ReasonMissing`, `AlreadyExtended`, `ExtensionTooLate`, `ClockStopped`.
    """
    entry = Entry(
        kind=EntryKind.EXTEND,
        at=at,
        on=room.time.day_of(at),
        actor=actor,
        basis=ARTICLE_42,
        workdays=EXTENSION_WORKDAYS,
        reason=reason,
    )
    return moved(enter_extension(clock, entry), at=at, reason=f"extension: {reason}", room=room)


def moved(clock: Clock, *, at: datetime, reason: str, room: ClockRoom) -> Deed:
    """Work the due moment out anew and say so if it changed (extension, newly imported calendar)."""
    again = retimed(clock, room.time)
    if (again.due_on, again.provisional) == (clock.due_on, clock.provisional):
        return again, ()
    told = unspoken(again, now=at, time=room.time)
    return told, (TimerMoved(**said_of(told, room.heading), moved_at=at, was_due_on=clock.due_on, reason=reason),)


def stop(clock: Clock, *, at: datetime, actor: str, basis: str, room: ClockRoom, taken: bool = False) -> Deed:
    """Stop a clock for good and give its final account; nothing happens if it has stopped already.

    `taken`: by a timer that took the step away. If that was not before it was due, the step has lapsed.
    """
    if clock.stopped:
        return clock, ()
    entry = Entry(kind=EntryKind.STOP, at=at, on=room.time.day_of(at), actor=actor, basis=basis)
    stopped = enter_stop(clock, entry)
    late = final_account(stopped, room.time)
    told = said_of(stopped, room.heading)
    lapsed = taken and at >= told["due_at"]
    return stopped, (TimerStopped(**told, stopped_at=at, overdue_workdays=late, lapsed=lapsed),)


def final_account(clock: Clock, time: OfficeTime) -> int:
    """How many working days late a clock was when it stopped; 0 for one in time, or still running."""
    return (overdue_at(clock, clock.stopped.at, time) or 0) if clock.stopped else 0
