"""Warning points: when the light of a running clock turns yellow (docs/domain.md §5.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.kernel.problem import Problem
from services.kernel.worktime.calendars import Calendar
from services.kernel.worktime.deadlines import nth_counted, total_of
from services.kernel.worktime.holds import Interval

_PERCENT: Final = re.compile(r"([1-9][0-9]?|100)%", re.ASCII)
_BEFORE: Final = re.compile(r"(0|[1-9][0-9]{0,2})wd", re.ASCII)


class WarningPointUnreadable(Problem):
    """A warning point was written in a way that has no meaning here."""

    status = 422
    code = "warning-point-unreadable"
    zh = "看不懂预警点“{text}”"
    en = "the warning point {text!r} cannot be read"
    remedy_zh = "请写百分比（如 80%，1% 至 100%），或提前的工作日数（如 2wd，0wd 至 999wd）"
    remedy_en = "write a percentage such as 80% (1% to 100%), or working days before the end such as 2wd (0wd to 999wd)"


@dataclass(frozen=True, slots=True)
class PercentOfLimit:
    """When so many percent of the period are used up, rounded up to a whole working day."""

    percent: int

    def __post_init__(self) -> None:
        """Refuse what is no share of the period."""
        if not 1 <= self.percent <= 100:  # noqa: PLR2004 - percent
            raise WarningPointUnreadable(text=str(self))

    def __str__(self) -> str:
        return f"{self.percent}%"

    def counted_day(self, total: int) -> int:
        """Which counted working day of the period it is: ceil(p * total), in whole numbers."""
        return -(-self.percent * total // 100)


@dataclass(frozen=True, slots=True)
class WorkdaysBefore:
    """So many counted working days before the due date."""

    workdays: int

    def __post_init__(self) -> None:
        """Refuse a warning after the due date."""
        if self.workdays < 0:
            raise WarningPointUnreadable(text=str(self))

    def __str__(self) -> str:
        return f"{self.workdays}wd"

    def counted_day(self, total: int) -> int:
        """Which counted working day of the period it is; 0 or less if the period is shorter than the warning."""
        return total - self.workdays


WarningPoint = PercentOfLimit | WorkdaysBefore


def read_warning_point(text: str) -> WarningPoint:
    """Read `80%` or `2wd`, as diagrams write it (`permit:warn`); raises `WarningPointUnreadable`."""
    if percent := _PERCENT.fullmatch(text):
        return PercentOfLimit(int(percent[1]))
    if before := _BEFORE.fullmatch(text):
        return WorkdaysBefore(int(before[1]))
    raise WarningPointUnreadable(text=text)


def warn_on(
    start: date,
    limit: int,
    warn: WarningPoint,
    *,
    extension: int = 0,
    holds: Sequence[Interval] = (),
    calendar: Calendar,
) -> date:
    """The day on which to warn; held days count for nothing here either. The start day if the period is too short.

    Raises `ClockStandsStill` if a lasting hold begins before the warning point, and what `due` raises.
    """
    counted = warn.counted_day(total_of(limit, extension))
    return nth_counted(start, counted, holds=holds, calendar=calendar) if counted > 0 else start
