"""The official days of each year: imported whole, versioned, published to all."""

from datetime import datetime

from services.contracts.registry import CalendarDay, CalendarPublished
from services.kernel.problem import Problem
from services.kernel.store import Body
from services.kernel.worktime import Calendar, OfficialDays
from services.kernel.worktime.officialdays import builtin_years

BUILT_IN = "chinesecalendar"
"""The source of the years that come with the software (国务院办公厅 notices, as that package has them)."""


class YearNotKnown(Problem):
    """Nobody knows the official days of this year yet."""

    status = 404
    code = "year-not-known"
    zh = "没有 {year} 年的放假安排：软件未内置，也尚未导入"
    en = "the official days of {year} are not known: neither built in nor imported"
    remedy_zh = "放假安排公布后，请用 POST /calendar/import 导入"
    remedy_en = "import them with POST /calendar/import once they are published"


class YearCalendar(Body, frozen=True):
    """One year's notice as last imported, from version 1 on."""

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
    """The year as it now stands, and the fact for everyone. The same days again change and say nothing.

    Raises DayOutsideCalendar for a year before the calendar's first, which no service could count with.
    """
    if was is not None and (was.days, was.source) == (official.days, official.source):
        return was, ()
    said = official.published(version=(was.version if was else 0) + 1, at=now, by=by)
    Calendar.builtin().with_years((said,))
    stands = YearCalendar(**said.model_dump(exclude={"year"}), year=str(official.year))
    return stands, (said,)


def built_in(year: int) -> tuple[CalendarDay, ...]:
    """The days of a year as they come with the software. Raises YearNotKnown."""
    known = builtin_years().get(year)
    if known is None:
        raise YearNotKnown(year=year)
    return known.days
