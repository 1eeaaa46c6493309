"""The office's calendar: which days are worked, and counting in working days (docs/domain.md §4)."""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Final

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind
from services.kernel.problem import Problem
from services.kernel.worktime.officialdays import WORKED, OfficialYear, builtin_years, foreseen_days

FORESEEN_YEARS: Final = 30
"""How far beyond the horizon one may count, provisionally."""

_FRIDAY: Final = 4


class DayOutsideCalendar(Problem):
    """The calendar ends before the day that was asked for."""

    status = 422
    code = "day-outside-calendar"
    zh = "日期超出工作日历的范围（{first} 至 {last}）"
    en = "the date is outside the working-day calendar ({first} to {last})"
    remedy_zh = "请核对日期和天数；更早的年份没有官方放假安排的记录"
    remedy_en = "check the date and the number of days; earlier years have no recorded official notice"


class LocalDayNotOff(Problem):
    """Something other than a local day off was given as one."""

    status = 422
    code = "local-day-not-off"
    zh = "{day} 的类型是“{kind}”，不是本局停办日"
    en = "{day} is given as {kind!r}, which is not a local day off"
    remedy_zh = "本局停办日的类型须为 local_off；全国安排请导入年度日历"
    remedy_en = "a local day off has the kind local_off; import the year's calendar for national days"


class WorkdaysNegative(Problem):
    """A number of working days below nought was asked for."""

    status = 422
    code = "workdays-negative"
    zh = "工作日数不能为负数：{workdays}"
    en = "a number of working days cannot be negative: {workdays}"
    remedy_zh = "请填写 0 或更大的整数"
    remedy_en = "give 0 or a larger whole number"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calendar:
    """Which days are worked; immutable, made by `builtin`, `with_years` and `with_local_days_off`.

    `horizon` is the last day of the last year, counted without a gap, whose official notice is known. Beyond it
    the calendar is Monday to Friday less the holidays the law fixes, and every answer is provisional. `version`
    names the content: two calendars with the same working days and the same horizon have the same version.
    """

    horizon: date
    version: str
    first: date
    last: date
    _published: tuple[OfficialYear, ...]
    _local: tuple[CalendarDay, ...]
    _special: dict[int, CalendarDay]
    _working: tuple[int, ...]

    def __repr__(self) -> str:
        return f"Calendar({self.version!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as what differs from the built-in years, which is little."""
        return _assembled, (self._published, self._local)

    @staticmethod
    def builtin() -> "Calendar":
        """The calendar of the official notices that are built in (2004 and after). Made once."""
        return _builtin()

    def with_years(self, published: Iterable[CalendarPublished]) -> "Calendar":
        """The same calendar with the published years in place of what was known of them.

        The newest version of a year wins, in whatever order they come. Raises `DayOutsideCalendar` for a year before
        the first.
        """
        newest = {year.year: year for year in self._published}
        for said in published:
            if said.year < self.first.year:
                raise _outside(self.first, self.last)
            known = newest.get(said.year)
            if known is None or said.version > known.version:
                newest[said.year] = OfficialYear(said.year, said.version, said.days)
        return _assembled(tuple(newest[year] for year in sorted(newest)), self._local)

    def with_local_days_off(self, days: Iterable[CalendarDay]) -> "Calendar":
        """The same calendar with these days off of one bureau (typhoon, epidemic), in place of the local ones before.

        `name` carries the reason and its legal basis. Raises `LocalDayNotOff`, `DayOutsideCalendar`.
        """
        local = {day.day: day for day in days}
        for day in local.values():
            self._ordinal(day.day)
            if day.kind is not DayKind.LOCAL_OFF:
                raise LocalDayNotOff(day=day.day.isoformat(), kind=str(day.kind))
        return _assembled(self._published, tuple(local[day] for day in sorted(local)))

    def day(self, day: date) -> CalendarDay:
        """What a day is, with the holiday's name (empty for an ordinary day)."""
        ordinal = self._ordinal(day)
        special = self._special.get(ordinal)
        return special or CalendarDay(day=day, kind=_plain_kind(ordinal), name="")

    def kind(self, day: date) -> DayKind:
        """What kind of day it is."""
        return self.day(day).kind

    def is_workday(self, day: date) -> bool:
        """Whether the office works on the day."""
        ordinal = self._ordinal(day)
        special = self._special.get(ordinal)
        return (special.kind if special else _plain_kind(ordinal)) in WORKED

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies beyond the official notices."""
        return day > self.horizon

    def add_workdays(self, start: date, workdays: int) -> date:
        """The last day of a period of so many working days; the start day does not count (民法典 §201).

        Nought working days is the start day itself. Raises `WorkdaysNegative`, `DayOutsideCalendar`.
        """
        if workdays <= 0:
            return _unmoved(start, workdays)
        return self._worked(bisect_right(self._working, self._ordinal(start)) + workdays - 1)

    def workdays_before(self, day: date, workdays: int) -> date:
        """The latest day that leaves so many working days up to the one before `day` (notice "7 days before").

        Nought working days is the day itself. Raises `WorkdaysNegative`, `DayOutsideCalendar`.
        """
        if workdays <= 0:
            return _unmoved(day, workdays)
        return self._worked(bisect_left(self._working, self._ordinal(day)) - workdays)

    def workdays_between(self, start: date, end: date) -> int:
        """The working days after `start` up to and including `end`; negative if `end` is the earlier."""
        working = self._working
        return bisect_right(working, self._ordinal(end)) - bisect_right(working, self._ordinal(start))

    def next_workday(self, day: date) -> date:
        """The first working day after the day."""
        return self.add_workdays(day, 1)

    def workday_from(self, day: date) -> date:
        """The day itself if it is worked, else the first working day after it (民法典 §203)."""
        return self._worked(bisect_left(self._working, self._ordinal(day)))

    def days_of(self, year: int) -> Iterator[CalendarDay]:
        """Every day of a year, in order."""
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            yield self.day(date.fromordinal(ordinal))

    def _worked(self, index: int) -> date:
        if not 0 <= index < len(self._working):
            raise _outside(self.first, self.last)
        return date.fromordinal(self._working[index])

    def _ordinal(self, day: date) -> int:
        if isinstance(day, datetime):  # its date depends on the zone: a UTC evening is the next day in the office
            msg = f"a moment ({day.isoformat()}) was given where a day is meant; use OfficeHours.day_of"
            raise TypeError(msg)
        if not self.first <= day <= self.last:
            raise _outside(self.first, self.last)
        return day.toordinal()


def _outside(first: date, last: date) -> DayOutsideCalendar:
    return DayOutsideCalendar(first=first.isoformat(), last=last.isoformat())


def _unmoved(day: date, workdays: int) -> date:
    if workdays < 0:
        raise WorkdaysNegative(workdays=workdays)
    return day


def _plain_kind(ordinal: int) -> DayKind:
    return DayKind.WORKDAY if (ordinal - 1) % 7 <= _FRIDAY else DayKind.WEEKEND  # ordinal 1 was a Monday


@cache
def _builtin() -> Calendar:
    return _built((), ())


def _assembled(published: tuple[OfficialYear, ...], local: tuple[CalendarDay, ...]) -> Calendar:
    return _remembered(published, local) if published or local else _builtin()


@lru_cache(maxsize=16)
def _remembered(published: tuple[OfficialYear, ...], local: tuple[CalendarDay, ...]) -> Calendar:
    return _built(published, local)


def _built(published: tuple[OfficialYear, ...], local: tuple[CalendarDay, ...]) -> Calendar:
    years = builtin_years() | {year.year: year for year in published}
    first, horizon = date(min(years), 1, 1), date(_last_without_gap(years), 12, 31)
    last = date(horizon.year + FORESEEN_YEARS, 12, 31)
    special = _special_days(years, last.year, local)
    working = _working_ordinals(special, first, last)
    return Calendar(horizon, _version(horizon, working), first, last, published, local, special, working)


def _last_without_gap(years: dict[int, OfficialYear]) -> int:
    year = min(years)
    while year + 1 in years:
        year += 1
    return year


def _special_days(
    years: dict[int, OfficialYear],
    last_year: int,
    local: tuple[CalendarDay, ...],
) -> dict[int, CalendarDay]:
    """Later notices speak last: that of 2019 moved days of December 2018. Local days off come over all."""
    special: dict[int, CalendarDay] = {}
    for year in range(min(years), last_year + 1):
        days = years[year].days if year in years else foreseen_days(year)
        special.update((day.day.toordinal(), day) for day in days)
    special.update((day.day.toordinal(), day) for day in local)
    return special


def _working_ordinals(special: dict[int, CalendarDay], first: date, last: date) -> tuple[int, ...]:
    kinds = {ordinal: day.kind in WORKED for ordinal, day in special.items()}
    return tuple(
        ordinal
        for ordinal in range(first.toordinal(), last.toordinal() + 1)
        if kinds.get(ordinal, (ordinal - 1) % 7 <= _FRIDAY)
    )


def _version(horizon: date, working: tuple[int, ...]) -> str:
    digest = sha256(struct.pack(f"<{len(working)}I", *working)).hexdigest()
    return f"cn-{horizon.year}-{digest[:12]}"
