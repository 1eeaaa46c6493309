"""Rates, averages and percentiles out of counted facts. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from math import ceil
from typing import Any, Final

from services.kernel.worktime import Calendar
from services.supervision.statistics.models import Efficiency

MEDIAN: Final = 50
P90: Final = 90
_HUNDRED: Final = 100

Row = Mapping[str, Any]
"""`{_id: {…}, count}` as the database groups it."""


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """The smallest value that so many percent of the counted ones do not exceed; None when nothing was counted."""
    total = sum(counts.values())
    wanted, seen = ceil(total * percent / _HUNDRED), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None


def efficiency(key: str, name: str, rows: Iterable[Row], calendar: Calendar) -> Efficiency:
    """One line: each row has `start`, `end`, `late` and perhaps `held` under `_id`, and how many there are."""
    days: Counter[int] = Counter()
    finished = late = 0
    for row in rows:
        fact, count = row["_id"], int(row["count"])
        finished += count
        late += count if fact["late"] else 0
        if fact.get("start") and fact.get("end"):
            days[_worked(fact, calendar)] += count
    spent = days.total()
    return Efficiency(
        key=key,
        name=name,
        finished=finished,
        on_time=finished - late,
        overdue=late,
        on_time_rate=round((finished - late) / finished, 4) if finished else None,
        average_workdays=round(sum(value * count for value, count in days.items()) / spent, 2) if spent else None,
        median_workdays=percentile(days, MEDIAN),
        p90_workdays=percentile(days, P90),
    )


def _worked(fact: Row, calendar: Calendar) -> int:
    """Working days from one day to the other, without those in which the clock stood still."""
    start, end = (date.fromisoformat(str(fact[name])) for name in ("start", "end"))
    return max(0, calendar.workdays_between(start, end) - int(fact.get("held") or 0))
