"""What an expression may ask of the office: dates, working days, opening and closing hours.

The clock and the calendar are given with each command; nothing here looks at them by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from services.kernel.problem import Problem
from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.values import Value, kind_of, moment

MAX_DAYS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Office:
    """The moment of the command, and the calendar and hours it is reckoned with."""

    now: datetime
    calendar: Calendar
    hours: OfficeHours = field(default_factory=OfficeHours)

    def day(self, value: Value) -> date:
        """Read a day: a date, a moment (its office date), or ISO text of either."""
        given = moment(value) if isinstance(value, str) else value
        if isinstance(given, datetime):
            if given.tzinfo is None:
                raise Miscalculated(zh=f"时刻“{value}”没有时区", en=f"the moment {value!r} has no time zone")
            return self.hours.day_of(given)
        if isinstance(given, date):
            return given
        zh, en = kind_of(value)
        shown = f" {value!r:.60}" if isinstance(value, str) else ""
        raise Miscalculated(zh=f"需要日期，得到的是{zh}{shown}", en=f"a date is needed, not {en}{shown}")


def _count(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -MAX_DAYS <= value <= MAX_DAYS:
        raise Miscalculated(
            zh=f"天数须为整数：{value!r:.40}", en=f"a whole number of days is needed, not {value!r:.40}"
        )
    return value


def _within(reckon: Callable[[], Value]) -> Value:
    """Ask the calendar; a day it does not know becomes an error of the expression."""
    try:
        return reckon()
    except Problem as problem:
        raise Miscalculated(
            zh="日期超出工作日历的范围", en=f"the date is outside the working-day calendar: {problem}"
        ) from None
    except OverflowError:
        raise Miscalculated(zh="日期超出范围", en="the date is out of range") from None


def _today(office: Office) -> date:
    return office.hours.day_of(office.now)


def _date(office: Office, value: Value) -> date:
    return office.day(value)


def _workday_after(office: Office, start: Value, n: Value) -> date:
    day, count = office.day(start), _count(n)
    answer: date = _within(lambda: office.calendar.add_workdays(day, count))
    return answer


def _workday_before(office: Office, day: Value, n: Value) -> date:
    """The latest day that leaves so many working days before `day`: what must be there n working days ahead."""
    last, count = office.day(day), _count(n)
    answer: date = _within(lambda: office.calendar.workdays_before(last, count))
    return answer


def _workdays_between(office: Office, start: Value, end: Value) -> int:
    first, last = office.day(start), office.day(end)
    answer: int = _within(lambda: office.calendar.workdays_between(first, last))
    return answer


def _is_workday(office: Office, value: Value) -> bool:
    day = office.day(value)
    return bool(_within(lambda: office.calendar.is_workday(day)))


def _days_after(office: Office, start: Value, n: Value) -> date:
    day, count = office.day(start), _count(n)
    answer: date = _within(lambda: day + timedelta(days=count))
    return answer


def _close_of_business(office: Office, value: Value) -> datetime:
    return office.hours.close_of(office.day(value))


def _open_of_business(office: Office, value: Value) -> datetime:
    return office.hours.open_of(office.day(value))


OFFICE: Final[dict[str, tuple[int, Callable[..., Value]]]] = {
    "today": (0, _today),
    "date": (1, _date),
    "workday_after": (2, _workday_after),
    "workday_before": (2, _workday_before),
    "workdays_between": (2, _workdays_between),
    "is_workday": (1, _is_workday),
    "days_after": (2, _days_after),
    "close_of_business": (1, _close_of_business),
    "open_of_business": (1, _open_of_business),
}
"""The office functions: name → number of arguments, and the function (the office comes first)."""
