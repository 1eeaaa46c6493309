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
        if not text:
            return cls()
        begins, _, ends = text.partition("-")
        return cls(time.fromisoformat(begins), time.fromisoformat(ends))

    def learn(self, year: CalendarPublished) -> None:
        """The working days of a year were published."""
        self.calendar = self.calendar.with_years([year])

    def held_until(self, hours: Hours, wall: datetime) -> datetime | None:
        """When a message that may leave at these hours may do so; None if it may now."""
        if self.begins is None or self.ends is None or hours is Hours.ANY:
            return None
        later = self._open(wall) if hours is Hours.WORKING else wall
        later = self._awake(later)
        return later if later > wall else None

    def _awake(self, at: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours around it."""
        assert self.begins is not None  # noqa: S101 - held_until has looked
        assert self.ends is not None  # noqa: S101 - as above
        local = at.astimezone(SHANGHAI)
        now, over_midnight = local.time(), self.begins > self.ends
        is_quiet = now >= self.begins or now < self.ends if over_midnight else self.begins <= now < self.ends
        if not is_quiet:
            return at
        end = datetime.combine(local.date(), self.ends, SHANGHAI)
        return end if end > local else end + _DAY

    def _open(self, at: datetime) -> datetime:
        """The moment itself, or the next opening of the office."""
        today = self.office.day_of(at)
        if self.calendar.is_workday(today) and at < self.office.close_of(today):
            return max(at, self.office.open_of(today))
        return self.office.open_of(self.calendar.next_workday(today))
