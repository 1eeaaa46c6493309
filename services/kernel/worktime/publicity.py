"""Publicity periods (公示): counted with their first day, in calendar or in working days (docs/domain.md §0.2)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from services.kernel.worktime.calendars import Calendar
from services.kernel.worktime.deadlines import total_of


class PeriodUnit(StrEnum):
    """What a period is counted in; stored with every publicity period, because local rules differ."""

    CALENDAR_DAYS = "calendar_days"
    WORKDAYS = "workdays"


@dataclass(frozen=True, slots=True)
class Publicity:
    """A publicity period. It may end on a day off; objections are then still taken on the next working day."""

    first_on: date
    last_on: date
    objections_until: date
    provisional: bool


def publicity(first_on: date, length: int, unit: PeriodUnit, *, calendar: Calendar) -> Publicity:
    """The period that begins with `first_on`, which counts as its first day (if worked, where working days count).

    Raises `LimitOutOfRange` for a length below 1, `DayOutsideCalendar`.
    """
    last_on = _last_of(first_on, total_of(length, 0), unit, calendar)
    until = calendar.workday_from(last_on)
    return Publicity(first_on, last_on, until, calendar.is_provisional(until))


def _last_of(first_on: date, length: int, unit: PeriodUnit, calendar: Calendar) -> date:
    match unit:
        case PeriodUnit.CALENDAR_DAYS:
            return first_on + timedelta(days=length - 1)
        case PeriodUnit.WORKDAYS:
            return calendar.add_workdays(first_on - timedelta(days=1), length)
        case _:
            assert_never(unit)
