"""Working days from today to a day that the workflow service named, by the registry's calendar."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from services.console.backends import Asking, Refused
from services.contracts.registry import CalendarDay, CalendarPublished
from services.kernel.worktime import SHANGHAI, Calendar


def today_of(moment: datetime) -> date:
    """The office's date at a moment."""
    return moment.astimezone(SHANGHAI).date()


async def calendar_of(api: Asking, years: Iterable[int], *, now: datetime) -> Calendar:
    """The office's calendar, with these years as they were last published."""
    published = await asyncio.gather(*(_year(api, year, now) for year in sorted(set(years))))
    return Calendar.builtin().with_years(year for year in published if year is not None)


def workdays_left(calendar: Calendar, today: date, due_on: str | None) -> int | None:
    """Working days from today to the day it is due: 0 on the day, negative behind it; None if nothing is due."""
    return calendar.workdays_between(today, date.fromisoformat(due_on)) if due_on else None


async def _year(api: Asking, year: int, now: datetime) -> CalendarPublished | None:
    try:
        found: dict[str, Any] = await api.get("registry", f"/calendar/{year}")
    except Refused:  # nobody knows its holidays yet: Monday to Friday, as the workflow service reckons too
        return None
    days = tuple(CalendarDay.model_validate(day) for day in found["days"])
    said = {"year": year, "version": found["version"], "source": found["source"], "days": days}
    return CalendarPublished(**said, published_at=now, published_by="-")
