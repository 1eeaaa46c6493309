"""When a clock is due, warns and is late: pure functions of its ledger and the calendar (docs/domain.md §0.11)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.kernel.worktime import (
    Calendar,
    Due,
    Explanation,
    Interval,
    OfficeHours,
    account,
    due,
    due_if_resumed,
    explain,
    read_warning_point,
    remaining_workdays,
    warn_on,
)
from services.kernel.worktime.holds import union
from services.workflow.clocks.ledgers import Clock

_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OfficeTime:
    """The bureau's calendar and hours: all that working-day arithmetic needs."""

    calendar: Calendar
    hours: OfficeHours

    def day_of(self, moment: datetime) -> date:
        """The office's date at a moment."""
        return self.hours.day_of(moment)

    def is_open_by(self, moment: datetime) -> bool:
        """Whether business had opened on the moment's own day."""
        return moment >= self.hours.open_of(self.day_of(moment))


def due_of(clock: Clock, time: OfficeTime) -> Due:
    """The due date of the ledger as it stands. A hold that still lasts moves it when it is resumed, not before."""
    return due(
        clock.started.on,
        clock.limit_workdays,
        extension=clock.extension_workdays,
        holds=ended_holds(clock),
        calendar=time.calendar,
    )


def due_if_resumed_on(clock: Clock, day: date, time: OfficeTime) -> Due:
    """The due date that a held clock would have if it were resumed on the day; of any other clock its due date."""
    return due_if_resumed(
        clock.started.on,
        clock.limit_workdays,
        on=day,
        extension=clock.extension_workdays,
        holds=all_holds(clock),
        calendar=time.calendar,
    )


def retimed(clock: Clock, time: OfficeTime) -> Clock:
    """The clock with its due moment worked out anew from its ledger."""
    found = due_of(clock, time)
    at = time.hours.close_of(found.on)
    return clock.model_copy(update={"due_on": found.on, "due_at": at, "provisional": found.provisional})


def warn_day(clock: Clock, time: OfficeTime) -> date:
    """The day at whose opening the clock warns (`permit:warn`)."""
    return warn_on(
        clock.started.on,
        clock.limit_workdays,
        read_warning_point(clock.warn),
        extension=clock.extension_workdays,
        holds=ended_holds(clock),
        calendar=time.calendar,
    )


def remaining_of(clock: Clock, day: date, time: OfficeTime) -> int:
    """Counted working days left after the day; 0 on the due date and after it."""
    return remaining_workdays(
        clock.started.on,
        clock.limit_workdays,
        on=day,
        extension=clock.extension_workdays,
        holds=all_holds(clock),
        calendar=time.calendar,
    )


def overdue_at(clock: Clock, moment: datetime, time: OfficeTime) -> int | None:
    """How many working days late a moment is: None up to the due moment, 0 from the first second after.

    The count goes up at opening of business of each later working day on which the clock is not held.
    """
    if moment < time.hours.red_from(clock.due_on):
        return None
    day = time.day_of(moment)
    last = day if time.is_open_by(moment) else day - _A_DAY
    return account(clock.due_on, last, holds=all_holds(clock), calendar=time.calendar).counted


def nth_overdue_at(clock: Clock, n: int, time: OfficeTime) -> datetime:
    """The moment at which the clock becomes late by n working days (0: the first second after the due moment)."""
    if n == 0:
        return time.hours.red_from(clock.due_on)
    day = due(clock.due_on, n, holds=ended_holds(clock), calendar=time.calendar).on
    return time.hours.open_of(day)


def held_workdays(clock: Clock, *, since: date, until: date, time: OfficeTime) -> int:
    """The working days in (since, until] that holds took out of the clock."""
    return account(since, until, holds=all_holds(clock), calendar=time.calendar).held


def spell_before(clock: Clock, day: date) -> date:
    """The day on which the clock came to stand still, for a hold that ends on the day; overlapping holds are one."""
    return next((hold.start for hold in union(all_holds(clock)) if hold.end == day), day)


def why(clock: Clock, day: date, time: OfficeTime) -> Explanation:
    """Each day from the start to the due date with its class: counted, weekend, holiday, make-up day, held by what.

    A hold that still lasts is shown as if it were resumed on the given day.
    """
    return explain(
        clock.started.on,
        clock.limit_workdays,
        extension=clock.extension_workdays,
        holds=[hold.until(day) for hold in all_holds(clock)],
        calendar=time.calendar,
    )


def ended_holds(clock: Clock) -> tuple[Interval, ...]:
    """The holds that are over."""
    return tuple(hold for hold in all_holds(clock) if hold.end is not None)


def all_holds(clock: Clock) -> tuple[Interval, ...]:
    """Every hold of the ledger; `end` is None while it lasts."""
    return tuple(
        Interval(start.on, max(start.on, end.on) if end else None, by=f"{start.ground} {start.document or ''}".strip())
        for start, end in clock.spells()
    )
