"""The hours of the office: when a day opens and closes, and on which day something counts as received."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.kernel.problem import Problem
from services.kernel.worktime.calendars import Calendar

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

_FIRST_SECOND_AFTER: Final = timedelta(seconds=1)


class OfficeHoursImpossible(Problem):
    """The office would close before it opens, or have lunch outside its hours."""

    status = 422
    code = "office-hours-impossible"
    zh = "办公时间不成立：{opens} 至 {closes}，午休 {lunch_from} 至 {lunch_until}"
    en = "office hours {opens} to {closes} with lunch from {lunch_from} to {lunch_until} cannot be"
    remedy_zh = "请按 上班 < 午休开始 ≤ 午休结束 < 下班 的顺序填写"
    remedy_en = "they must follow in order: opens, lunch begins, lunch ends, closes"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office is open; times are local to `zone`, every moment returned is aware UTC."""

    opens: time = time(9)
    lunch_from: time = time(12)
    lunch_until: time = time(13, 30)
    closes: time = time(17)
    zone: ZoneInfo = SHANGHAI

    def __post_init__(self) -> None:
        """Refuse hours that are out of order."""
        if not self.opens < self.lunch_from <= self.lunch_until < self.closes:
            raise OfficeHoursImpossible(
                opens=f"{self.opens:%H:%M}",
                lunch_from=f"{self.lunch_from:%H:%M}",
                lunch_until=f"{self.lunch_until:%H:%M}",
                closes=f"{self.closes:%H:%M}",
            )

    def day_of(self, moment: datetime) -> date:
        """The office's date at a moment."""
        return self._local(moment).date()

    def open_of(self, day: date) -> datetime:
        """Opening of business of a day."""
        return self._at(day, self.opens)

    def close_of(self, day: date) -> datetime:
        """Close of business of a day: what is due on a day is due then (民法典 §203)."""
        return self._at(day, self.closes)

    def red_from(self, due_on: date) -> datetime:
        """When the red light begins: the first second after close of business of the due date."""
        return self.close_of(due_on) + _FIRST_SECOND_AFTER

    def is_late(self, moment: datetime, due_on: date) -> bool:
        """Whether something done at the moment was done too late."""
        return self._local(moment) >= self.red_from(due_on)

    def is_open(self, moment: datetime, calendar: Calendar) -> bool:
        """Whether somebody is at the desk: a working day, within hours, not at lunch."""
        local = self._local(moment)
        at = local.time()
        at_desk = self.opens <= at < self.lunch_from or self.lunch_until <= at < self.closes
        return at_desk and calendar.is_workday(local.date())

    def received_on(self, moment: datetime, calendar: Calendar) -> date:
        """The day on which something sent at any hour counts as received.

        After closing, or on a day off, that is the next working day (民法典 §203; docs/domain.md §4.4).
        """
        day = self.day_of(moment)
        return calendar.next_workday(day) if self.is_late(moment, day) else calendar.workday_from(day)

    def _at(self, day: date, at: time) -> datetime:
        if isinstance(day, datetime):
            msg = f"a moment ({day.isoformat()}) was given where a day is meant; use OfficeHours.day_of"
            raise TypeError(msg)
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:  # it would silently be read in the machine's own zone
            msg = f"the moment {moment.isoformat()} has no time zone"
            raise ValueError(msg)
        return moment.astimezone(self.zone)
