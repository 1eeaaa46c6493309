"""The official days of each year: imported whole, versioned, published to all."""

from datetime import datetime

from services.contracts.registry import CalendarDay, CalendarPublished
from services.kernel.store import Body
from services.kernel.worktime import OfficialDays


class YearCalendar(Body, frozen=True):
    """One year's notice as last imported. Version 0 stands for what is built in."""

    year: str
    version: int
    source: str
    days: tuple[CalendarDay, ...]
    published_at: datetime
    published_by: str

    def fact(self) -> CalendarPublished:
        """The year as everyone was told of it."""
        return CalendarPublished(**{**self.model_dump(), "year": int(self.year)})


def publish(
    official: OfficialDays, *, was: YearCalendar | None, by: str, now: datetime
) -> tuple[YearCalendar, tuple[CalendarPublished, ...]]:
    """The year as it now stands, and the fact for everyone. The same days again change and say nothing."""
    if was is not None and (was.days, was.source) == (official.days, official.source):
        return was, ()
    said = official.published(version=(was.version if was else 0) + 1, at=now, by=by)
    stands = YearCalendar(**said.model_dump(exclude={"year"}), year=str(official.year))
    return stands, (said,)
