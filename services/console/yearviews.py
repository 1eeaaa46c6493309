"""A year of the working calendar as people look at it: months of weeks, and what an imported year would change."""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.contracts.words import DayKind

_MONDAY_FIRST: Final = calendar.Calendar(firstweekday=0)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what it is, and what it is called if it is special."""

    day: date
    kind: str
    name: str

    @property
    def is_off(self) -> bool:
        """Whether the office is closed."""
        return self.kind not in {DayKind.WORKDAY, DayKind.SHIFTED_WORKDAY}


@dataclass(frozen=True, slots=True)
class Month:
    """One month; `weeks` hold None for days of other months."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int


def months(year: int, special: Iterable[Mapping[str, Any]]) -> tuple[Month, ...]:
    """The year's months, Monday first."""
    known = {date.fromisoformat(one["day"]): one for one in special}
    return tuple(_month(year, number, known) for number in range(1, 13))


@dataclass(frozen=True, slots=True)
class Difference:
    """A day that would become something else."""

    day: date
    was: Day
    becomes: Day


def differences(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """The days that another list of special days changes, in their order."""
    before, after = ({date.fromisoformat(one["day"]): one for one in days} for days in (old, new))
    found = []
    for day in sorted({*before, *after}):
        was, becomes = _day(day, before), _day(day, after)
        if was != becomes:
            found.append(Difference(day, was, becomes))
    return found


def _month(year: int, number: int, known: Mapping[date, Mapping[str, Any]]) -> Month:
    weeks = tuple(
        tuple(_day(day, known) if day.month == number else None for day in week)
        for week in _MONDAY_FIRST.monthdatescalendar(year, number)
    )
    return Month(number, weeks, sum(day is not None and not day.is_off for week in weeks for day in week))


def _day(day: date, known: Mapping[date, Mapping[str, Any]]) -> Day:
    special = known.get(day)
    if special is not None:
        return Day(day, special["kind"], special["name"])
    return Day(day, DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORKDAY, "")
