"""When a legal period ends: the formula of docs/domain.md §0.11, and what follows from it.

A period of `limit + extension` working days starts on a day that does not count (民法典 §201) and is used up by working
days that no hold covers; so total = counted + held, always. It ends at close of business of its last day (§203).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.kernel.problem import Problem
from services.kernel.worktime.calendars import Calendar
from services.kernel.worktime.holds import Interval, union
from services.kernel.worktime.hours import OfficeHours

ACCEPTANCE_WORKDAYS: Final = 5
"""行政许可法 §32(4): after that a submission is deemed accepted."""


class LimitOutOfRange(Problem):
    """A period must have at least one working day, and is never shortened by an extension."""

    status = 422
    code = "limit-out-of-range"
    zh = "期限 {limit} 个工作日、延长 {extension} 个工作日不成立"
    en = "a period of {limit} working days extended by {extension} cannot be"
    remedy_zh = "期限至少为 1 个工作日，延长不能为负数"
    remedy_en = "give at least 1 working day, and an extension of 0 or more"


class ClockStandsStill(Problem):
    """A hold without an end keeps the period from ending, so there is no due date yet."""

    status = 409
    code = "clock-stands-still"
    zh = "自 {since} 起停止计时且尚未恢复，暂无到期日"
    en = "the clock stands still since {since} and is not resumed: there is no due date yet"
    remedy_zh = "请在恢复计时后再查询，或指定按某日恢复进行试算"
    remedy_en = "ask again when it is resumed, or ask what the date would be if it were resumed on a given day"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period, and the version of the calendar that says so.

    `provisional` means that the day lies beyond the calendar's horizon: work it out again when a year is imported.
    """

    on: date
    provisional: bool
    calendar: str


@dataclass(frozen=True, slots=True)
class Account:
    """Where the working days of a stretch of time went: `total == counted + held`."""

    total: int
    counted: int
    held: int


@dataclass(frozen=True, slots=True)
class DeemedAcceptance:
    """What the law presumes when no notice goes out in time (行政许可法 §32(4)).

    It takes effect at close of business of `last_day_on`, dated back to `accepted_on`, the day of receipt.
    """

    accepted_on: date
    last_day_on: date
    takes_effect_at: datetime
    provisional: bool


def due(
    start: date,
    limit: int,
    *,
    extension: int = 0,
    holds: Sequence[Interval] = (),
    calendar: Calendar,
) -> Due:
    """The day on which a period ends; `limit` and `extension` in working days.

    Raises `LimitOutOfRange`, `DayOutsideCalendar`, and `ClockStandsStill` if a hold that still lasts is in the way.
    """
    return _due(nth_counted(start, total_of(limit, extension), holds=holds, calendar=calendar), calendar)


def due_if_resumed(
    start: date,
    limit: int,
    *,
    on: date,
    extension: int = 0,
    holds: Sequence[Interval] = (),
    calendar: Calendar,
) -> Due:
    """The day on which the period would end if every hold that still lasts were resumed on the given day."""
    closed = [hold.until(on) for hold in holds]
    return due(start, limit, extension=extension, holds=closed, calendar=calendar)


def stands_still_since(
    start: date,
    limit: int,
    *,
    extension: int = 0,
    holds: Sequence[Interval] = (),
    calendar: Calendar,
) -> date | None:
    """The day since which a lasting hold keeps the period from ending; None if the period has a due date."""
    reached = _reach(start, total_of(limit, extension), holds=holds, calendar=calendar)
    return reached.since if isinstance(reached, _Standing) else None


def total_of(limit: int, extension: int) -> int:
    """The working days of a period in all; raises `LimitOutOfRange`."""
    if limit < 1 or extension < 0:
        raise LimitOutOfRange(limit=limit, extension=extension)
    return limit + extension


def nth_counted(start: date, n: int, *, holds: Sequence[Interval], calendar: Calendar) -> date:
    """The n-th working day after the start that no hold covers; n at least 1. Raises `ClockStandsStill`."""
    reached = _reach(start, n, holds=holds, calendar=calendar)
    if isinstance(reached, _Standing):
        raise ClockStandsStill(since=reached.since.isoformat())
    return reached


@dataclass(frozen=True, slots=True)
class _Standing:
    since: date


def _reach(start: date, n: int, *, holds: Sequence[Interval], calendar: Calendar) -> date | _Standing:
    """Go from hold to hold: what is left is counted from where the hold ends, so no hold after the end matters."""
    at, left = start, n
    for hold in union(holds):
        if hold.end is not None and hold.end <= at:
            continue
        if calendar.add_workdays(at, left) <= hold.start:
            break
        begins = max(at, hold.start)
        if hold.end is None:
            return _Standing(begins)
        at, left = hold.end, left - calendar.workdays_between(at, begins)
    return calendar.add_workdays(at, left)


def _due(on: date, calendar: Calendar) -> Due:
    return Due(on=on, provisional=calendar.is_provisional(on), calendar=calendar.version)


def account(start: date, on: date, *, holds: Sequence[Interval] = (), calendar: Calendar) -> Account:
    """Where the working days after the start up to and with the given day went; nought if that day is not after it."""
    if on <= start:
        return Account(total=0, counted=0, held=0)
    total = calendar.workdays_between(start, on)
    held = sum(_held_within(hold, start, on, calendar) for hold in union(holds))
    return Account(total=total, counted=total - held, held=held)


def _held_within(hold: Interval, start: date, on: date, calendar: Calendar) -> int:
    end = on if hold.end is None else min(on, hold.end)
    begins = max(start, hold.start)
    return calendar.workdays_between(begins, end) if begins < end else 0


def remaining_workdays(
    start: date,
    limit: int,
    *,
    on: date,
    extension: int = 0,
    holds: Sequence[Interval] = (),
    calendar: Calendar,
) -> int:
    """The counted working days left after the given day: 0 on the due date and after it. Works during a hold too."""
    used = account(start, on, holds=holds, calendar=calendar).counted
    return max(0, total_of(limit, extension) - used)


def overdue_workdays(due_on: date, on: date, *, calendar: Calendar) -> int:
    """How many working days late the given day is: 0 up to the due date, and until the next working day comes."""
    return max(0, calendar.workdays_between(due_on, on))


def saved_workdays(done_on: date, alternative_on: date, *, calendar: Calendar) -> int:
    """The working days won by acting now and not on the day it would have waited for (A-19: Friday, not Monday: 1)."""
    return max(0, calendar.workdays_between(done_on, alternative_on))


def deemed_acceptance(
    received_on: date,
    *,
    workdays: int = ACCEPTANCE_WORKDAYS,
    calendar: Calendar,
    hours: OfficeHours,
) -> DeemedAcceptance:
    """When a submission without a correction notice is deemed accepted, and as of which day (行政许可法 §32(4))."""
    last = due(received_on, workdays, calendar=calendar)
    return DeemedAcceptance(
        accepted_on=received_on,
        last_day_on=last.on,
        takes_effect_at=hours.close_of(last.on),
        provisional=last.provisional,
    )
