"""What a year's official days would do to the due dates of open clocks: reckoned as an import does it, and not kept."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from services.contracts.registry import CalendarPublished
from services.contracts.words import ClockKind
from services.contracts.workflow import TimerMoved
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance, Status
from services.workflow.instances.schedules import recomputed
from services.workflow.offices import Office

_AT_ONCE: Final = 64
_REASON: Final = "preview"


@dataclass(frozen=True, slots=True)
class Move:
    """A due date that would become another one."""

    case_no: str
    clock_id: str
    kind: ClockKind
    name: str
    was_due_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How many cases run and clocks are open, how many due dates would move and of how many cases.

    `confirmed` keep their date, which would be provisional no longer. `first` are those due the soonest.
    """

    cases: int
    clocks: int
    moved: int
    moved_cases: int
    confirmed: int
    first: tuple[Move, ...]


async def reckon(deps: Deps, year: CalendarPublished, *, most: int) -> Reckoning:
    """Every running case by a calendar that has the year; nothing is changed or said."""
    office = by_year(await deps.copies.office(), year)
    now, cases, clocks, confirmed = deps.clock.now(), 0, 0, 0
    moves: list[Move] = []
    async for instance in _running(deps):
        moved = moves_of(instance, office, at=now)
        cases += 1
        clocks += sum(clock.stopped is None for clock in instance.clocks)
        confirmed += sum(move.was_due_on == move.due_on for move in moved)
        moves += (move for move in moved if move.was_due_on != move.due_on)
    moved_cases = len({move.case_no for move in moves})
    return Reckoning(cases, clocks, len(moves), moved_cases, confirmed, _soonest(moves, most))


def by_year(office: Office, year: CalendarPublished) -> Office:
    """The office as it would be if the year were published as its newest version."""
    calendar = office.time.calendar.with_years([year])
    return replace(office, time=replace(office.time, calendar=calendar))


def moves_of(instance: Instance, office: Office, *, at: datetime) -> list[Move]:
    """What an import would say of the case's clocks, those included that only become certain."""
    said = recomputed(instance, at=at, reason=_REASON, office=office).said
    return [
        Move(one.case_no, one.clock_id, one.kind, one.name, one.was_due_on, one.due_on)
        for one in said
        if isinstance(one, TimerMoved)
    ]


def _soonest(moves: Iterable[Move], most: int) -> tuple[Move, ...]:
    return tuple(heapq.nsmallest(most, moves, key=lambda move: (move.due_on, move.case_no, move.clock_id)))


async def _running(deps: Deps) -> AsyncIterator[Instance]:
    """Every running case, a few at a time; other requests are served in between."""
    last = ""
    while True:
        where: dict[str, Any] = {"body.status": Status.RUNNING.value, "_id": {"$gt": last}}
        page = await deps.instances.query(where, sort=[("_id", 1)], limit=_AT_ONCE)
        for instance in page:
            yield instance
            await asyncio.sleep(0)
        if len(page) < _AT_ONCE:
            return
        last = page[-1].case_no
