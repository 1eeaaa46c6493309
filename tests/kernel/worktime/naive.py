"""A second calculator, written from the law's text and the other calendar package, to check the first one against.

Shares nothing with `services.kernel.worktime`: it walks day by day and asks of each day what the articles ask.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import holidays

ONE_DAY = timedelta(days=1)
HORIZON = date(2026, 12, 31)
FIRST, LAST = date(2007, 1, 1), date(2030, 12, 31)

# 清明 by the astronomical tables; the other days by 全国年节及纪念日放假办法, article 2.
FORESEEN_OFF = {
    *(date(year, 1, 1) for year in range(2027, 2031)),
    *(date(year, 5, day) for year in range(2027, 2031) for day in (1, 2)),
    *(date(year, 10, day) for year in range(2027, 2031) for day in (1, 2, 3)),
    *(date(2027, 4, 5), date(2028, 4, 4), date(2029, 4, 4), date(2030, 4, 5)),
}

_CHINA = holidays.country_holidays("CN", years=range(2007, 2027))


def _all_days() -> list[date]:
    return [FIRST + ONE_DAY * n for n in range((LAST - FIRST).days + 1)]


def _is_worked(day: date) -> bool:
    if day <= HORIZON:
        return _CHINA.is_working_day(day)
    return day.weekday() < 5 and day not in FORESEEN_OFF


WORKED = frozenset(day for day in _all_days() if _is_worked(day))

Hold = tuple[date, date]


def held_days(holds: Sequence[Hold]) -> set[date]:
    """行政许可法 §45: "所需时间不计算在…期限内". The day it begins is still worked on; the day it ends is not."""
    days = set()
    for begins, ends in holds:
        day = begins
        while day < ends:
            day += ONE_DAY
            days.add(day)
    return days


def counted_days(start: date, total: int, holds: Sequence[Hold]) -> list[date]:
    """民法典 §201: "开始的当日不计入，自下一日开始计算"; 行政许可法 §82: "以工作日计算，不含法定节假日"."""
    held = held_days(holds)
    counted: list[date] = []
    day = start
    while len(counted) < total:
        day += ONE_DAY
        if day in WORKED and day not in held:
            counted.append(day)
    return counted


def working_days_after(start: date, end: date) -> list[date]:
    """The working days of (start, end], one by one."""
    return [start + ONE_DAY * n for n in range(1, (end - start).days + 1) if start + ONE_DAY * n in WORKED]


def day_of_percentage(counted: list[date], percent: int) -> date:
    """The first counted day on which at least so many percent of the period are used up."""
    return next(day for n, day in enumerate(counted, start=1) if 100 * n >= percent * len(counted))
