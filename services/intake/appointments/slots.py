"""When one can come: openings repeat on every working day, each gives slots, and of each slot there are some seats."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field, StringConstraints

from services.intake.applications import Code, Line
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Body
from services.kernel.worktime import Calendar, OfficeHours

AHEAD_WORKDAYS: Final = 10
"""How far ahead one can book."""

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
SlotId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}@[0-9]{12}$")]


class Place(StrEnum):
    """Where one meets (B-40, A-21)."""

    WINDOW = "window"
    NEGOTIATION_AREA = "negotiation_area"
    APPLICANT_SITE = "applicant_site"


class SlotGone(Problem):
    """No opening gives this slot, or its time has come, or every seat is taken."""

    status = 409
    code = "slot-gone"
    zh = "这个时段已被约满或不再开放"
    en = "this slot is taken or not open any more"
    remedy_zh = "请刷新后另选一个时段"
    remedy_en = "reload and choose another one"


class OpeningEntry(Request, frozen=True):
    """When a topic is received at a place: on every working day, beginning at each of `times`."""

    topic: Line
    topic_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    place: Place
    times: tuple[Clock, ...] = Field(min_length=1, max_length=24)
    minutes: int = Field(ge=10, le=240)
    seats: int = Field(default=1, ge=1, le=20)
    is_open: bool = True


class Opening(Body, frozen=True):
    """The same as kept."""

    opening_id: Code
    topic: str
    topic_en: str
    place: Place
    times: tuple[str, ...]
    minutes: int
    seats: int
    is_open: bool


class Slot(BaseModel, frozen=True):
    """One time at which somebody can come; `free` seats of it are left."""

    slot_id: str
    topic: str
    topic_en: str
    place: Place
    starts_at: datetime
    ends_at: datetime
    free: int


def slots(
    openings: Collection[Opening], taken: Collection[str], *, now: datetime, hours: OfficeHours, calendar: Calendar
) -> list[Slot]:
    """What can be booked, soonest first: from now on, on working days only. `taken` are the seats that are held."""
    found = [
        slot
        for day in _workdays(hours.day_of(now), calendar)
        for opening in openings
        if opening.is_open
        for slot in _of_day(opening, day, taken, hours=hours)
        if slot.starts_at > now and slot.free > 0
    ]
    return sorted(found, key=lambda slot: (slot.starts_at, slot.slot_id))


def seats_of(opening: Opening, slot_id: str) -> list[str]:
    """The names of the seats of a slot; each is held by one appointment at most."""
    return [f"{slot_id}#{seat}" for seat in range(1, opening.seats + 1)]


def opening_of(slot_id: str) -> str:
    """The key of the opening that a slot is of."""
    return slot_id.partition("@")[0]


def _workdays(today: date, calendar: Calendar) -> Iterator[date]:
    day = calendar.workday_from(today)
    for _ in range(AHEAD_WORKDAYS):
        yield day
        day = calendar.next_workday(day)


def _of_day(opening: Opening, day: date, taken: Collection[str], *, hours: OfficeHours) -> Iterator[Slot]:
    for text in opening.times:
        local = datetime.combine(day, time.fromisoformat(text), tzinfo=hours.zone)
        slot_id, starts_at = f"{opening.opening_id}@{local:%Y%m%d%H%M}", local.astimezone(UTC)
        yield Slot(
            slot_id=slot_id,
            topic=opening.topic,
            topic_en=opening.topic_en,
            place=opening.place,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=opening.minutes),
            free=sum(seat not in taken for seat in seats_of(opening, slot_id)),
        )
