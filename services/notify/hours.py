"""When people may be told: not in their sleep, and of what can wait only on working days. People, not records."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from services.contracts.registry import CalendarPublished
from services.kernel.worktime import SHANGHAI, Calendar, OfficeHours

_DAY: Final = timedelta(days=1)


class Hours(StrEnum):
    """When a message may leave."""

    ANY = "any"
    """At once: a legal limit or a decision hangs on it."""
    WAKING = "waking"
    """Not during the quiet hours."""
    WORKING = "working"
    """While the office is open."""


@dataclass(slots=True)
class QuietHours:
    """From when until when nobody is told, local time; over midnight if `begins` is later than `ends`.

    Without quiet hours nothing is held. The calendar is the one that the registry published last.
    """

    begins: time | None = None
    ends: time | None = None
    calendar: Calendar = field(default_factory=Calendar.builtin)
    office: OfficeHours = field(default_factory=OfficeHours)

    @classmethod
    def of(cls, text: str) -> "QuietHours":
        """From a setting such as `22:00-07:00`; empty: none. Raises ValueError."""
        return cls(*_span(text)) if text else cls()

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}" if self.begins and self.ends else ""

    def learn(self, year: CalendarPublished) -> None:
        """The working days of a year were published."""
        self.calendar = self.calendar.with_years([year])

    def held_until(self, hours: Hours, wall: datetime, *, own: str = "") -> datetime | None:
        """When a message that may leave at these hours may do so; None if it may now.

        `own` are the hours in which its recipient wants to be left alone, in place of the bureau's.
        """
        begins, ends = _span(own) if own else (self.begins, self.ends)
        if begins is None or ends is None or hours is Hours.ANY:
            return None
        later = self._open(wall) if hours is Hours.WORKING else wall
        later = _awake(later, begins, ends)
        return later if later > wall else None

    def _open(self, at: datetime) -> datetime:
        """The moment itself, or the next opening of the office."""
        today = self.office.day_of(at)
        if self.calendar.is_workday(today) and at < self.office.close_of(today):
            return max(at, self.office.open_of(today))
        return self.office.open_of(self.calendar.next_workday(today))


def _span(text: str) -> tuple[time, time]:
    begins, _, ends = text.partition("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def _awake(at: datetime, begins: time, ends: time) -> datetime:
    """The moment itself, or the end of the quiet hours around it."""
    local = at.astimezone(SHANGHAI)
    now = local.time()
    is_quiet = now >= begins or now < ends if begins > ends else begins <= now < ends
    if not is_quiet:
        return at
    end = datetime.combine(local.date(), ends, SHANGHAI)
    return end if end > local else end + _DAY
