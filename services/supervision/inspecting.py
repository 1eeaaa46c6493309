"""Load, decide, save for inspections: the record first, then the matters that follow from it."""

from contextlib import suppress

from services.kernel.store import AlreadyExists
from services.supervision.desk import Deps, office_day
from services.supervision.inspections import Found, Inspection, InspectionEntry, inspect, inspection_id, matter_of
from services.supervision.matters import matter_no
from services.supervision.numbers import Series, number
from services.supervision.projects.refusals import DayNotPast


async def add(deps: Deps, source: str, entry: InspectionEntry, *, by: str) -> Inspection:
    """Enter an inspection; the same source again completes what is missing and adds nothing. Raises DayNotPast."""
    now = deps.clock.now()
    if entry.on > office_day(now):
        raise DayNotPast(day=entry.on.isoformat())
    key = inspection_id(source)
    made = inspect(key, entry, by=by, now=now)
    try:
        await deps.inspections.create(made)
    except AlreadyExists:
        made, _ = await deps.inspections.load(key)
    for found in made.findings:
        await _register(deps, made, found)
    return made


async def _register(deps: Deps, inspection: Inspection, found: Found) -> None:
    """The finding's matter, under a natural key: again does no harm."""
    if await deps.matters.find(found.matter_id) is not None:
        return
    year = office_day(inspection.at).year
    no = matter_no(year, await number(deps.numbers, Series.MATTER, year=year, document=found.matter_id))
    told = await deps.books.answerable((found.department,))
    matter, said = matter_of(inspection, found, no=no, recipients=told)
    with suppress(AlreadyExists):
        await deps.matters.create(matter, said)
