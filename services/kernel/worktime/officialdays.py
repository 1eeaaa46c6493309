"""The days that differ from Monday-to-Friday: those officially announced, and those the law alone lets one foresee."""

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import chinese_calendar

from services.contracts.registry import CalendarDay
from services.contracts.words import DayKind

WORKED: Final = frozenset({DayKind.WORKDAY, DayKind.SHIFTED_WORKDAY})

BUILTIN_VERSION: Final = -1
"""Older than every published version, so that a published year always replaces the built-in one."""

_NAMES: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗日战争暨世界反法西斯战争胜利70周年纪念日",
}

_FIXED: Final = (
    (1, 1, "元旦"),
    (5, 1, "劳动节"),
    (5, 2, "劳动节"),
    (10, 1, "国庆节"),
    (10, 2, "国庆节"),
    (10, 3, "国庆节"),
)
"""全国年节及纪念日放假办法 §2 (2025-01-01): the holidays that fall on the same date every year."""

_SECOND_OF_MAY_SINCE: Final = 2025


class OfficialYear(NamedTuple):
    """What one year's State Council notice says; it may reach back into December of the year before."""

    year: int
    version: int
    days: tuple[CalendarDay, ...]


@cache
def builtin_years() -> dict[int, OfficialYear]:
    """The notices of 2004 and after that are built in, by year (from the `chinesecalendar` package)."""
    days = defaultdict[int, list[CalendarDay]](list)
    for kind, named in _BUILTIN_TABLES:
        for day, name in named.items():
            days[_notice_year(day)].append(CalendarDay(day=day, kind=kind, name=_NAMES[name]))
    return {
        year: OfficialYear(year, BUILTIN_VERSION, tuple(sorted(days[year], key=lambda each: each.day)))
        for year in sorted(days)
    }


_BUILTIN_TABLES: Final[tuple[tuple[DayKind, dict[date, str]], ...]] = (
    (DayKind.HOLIDAY, chinese_calendar.holidays),
    (DayKind.SHIFTED_WORKDAY, chinese_calendar.workdays),
)


def _notice_year(day: date) -> int:
    """The year whose notice speaks of a day: special days in December belong to the New Year after them."""
    return day.year + 1 if day.month == 12 else day.year  # noqa: PLR2004 - December


def statutory_fixed_days(year: int) -> dict[date, str]:
    """The holidays that the law itself puts on a fixed date of the year (5-2 only since 2025)."""
    return {
        date(year, month, day): name
        for month, day, name in _FIXED
        if (month, day) != (5, 2) or year >= _SECOND_OF_MAY_SINCE
    }


def foreseen_days(year: int) -> tuple[CalendarDay, ...]:
    """The days off of a year without notice that can be known: fixed dates and 清明 (a solar term).

    Left out, because only the lunar calendar or the notice tells: 春节, 端午, 中秋, moved days and worked weekends.
    """
    names = statutory_fixed_days(year) | {_qingming(year): "清明节"}
    return tuple(CalendarDay(day=day, kind=DayKind.HOLIDAY, name=name) for day, name in sorted(names.items()))


def _qingming(year: int) -> date:
    april: list[tuple[date, str]] = chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 30))
    return next(day for day, term in april if term == "清明")
