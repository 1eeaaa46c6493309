"""Why a period ends on a day: every day from its start to its end, with its class and reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.contracts.words import DayKind
from services.kernel.worktime.calendars import Calendar
from services.kernel.worktime.deadlines import (
    Account,
    Due,
    account,
    due,
    stands_still_since,
    total_of,
)
from services.kernel.worktime.holds import Interval


class DayClass(StrEnum):
    """What a day does to the period."""

    START = "start"
    COUNTED = "counted"
    OFF = "off"
    HELD = "held"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the derivation.

    `counted` numbers the days that use up the period (`COUNTED` and `DUE`), and is None for the others. `kind` says
    what the calendar knows of the day and `name` the holiday it belongs to; `held_by` are the holds that cover it.
    """

    day: date
    day_class: DayClass
    kind: DayKind
    name: str
    counted: int | None
    held_by: tuple[Interval, ...]
    provisional: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole derivation. `due` is None while the clock stands still, since the day `standing_since`."""

    start: date
    limit: int
    extension: int
    holds: tuple[Interval, ...]
    due: Due | None
    standing_since: date | None
    account: Account
    lines: tuple[DayLine, ...]
    calendar: str
    horizon: date


def explain(
    start: date,
    limit: int,
    *,
    on: date | None = None,
    extension: int = 0,
    holds: Sequence[Interval] = (),
    calendar: Calendar,
) -> Explanation:
    """Why the period ends on its due date; if it stands still, what became of the days up to the day `on`.

    Without `on`, the derivation of a clock that stands still stops at the day since which it does. Raises as `due`.
    """
    total = total_of(limit, extension)
    since = stands_still_since(start, limit, extension=extension, holds=holds, calendar=calendar)
    ends = None if since else due(start, limit, extension=extension, holds=holds, calendar=calendar)
    last = ends.on if ends else max(since or start, on or start)
    return Explanation(
        start=start,
        limit=limit,
        extension=extension,
        holds=tuple(holds),
        due=ends,
        standing_since=since,
        account=account(start, last, holds=holds, calendar=calendar),
        lines=tuple(_lines(start, last, total, holds, calendar)),
        calendar=calendar.version,
        horizon=calendar.horizon,
    )


def _lines(
    start: date,
    last: date,
    total: int,
    holds: Sequence[Interval],
    calendar: Calendar,
) -> Iterator[DayLine]:
    yield _line(start, DayClass.START, None, (), calendar)
    counted = 0
    for ordinal in range(start.toordinal() + 1, last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        held_by = tuple(hold for hold in holds if hold.covers(day))
        if not calendar.is_workday(day):
            yield _line(day, DayClass.OFF, None, held_by, calendar)
        elif held_by:
            yield _line(day, DayClass.HELD, None, held_by, calendar)
        else:
            counted += 1
            yield _line(day, DayClass.DUE if counted == total else DayClass.COUNTED, counted, (), calendar)


def _line(
    day: date,
    day_class: DayClass,
    counted: int | None,
    held_by: tuple[Interval, ...],
    calendar: Calendar,
) -> DayLine:
    known = calendar.day(day)
    return DayLine(
        day=day,
        day_class=day_class,
        kind=known.kind,
        name=known.name,
        counted=counted,
        held_by=held_by,
        provisional=calendar.is_provisional(day),
    )
