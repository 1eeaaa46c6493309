"""Read copies of the registry's books: posts, departments, people, the official calendar."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel

from services.contracts.registry import CalendarPublished, DepartmentChanged, PersonChanged, PostChanged
from services.kernel.store import Collection
from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.books import Books
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.offices import Office

M = TypeVar("M", bound=BaseModel)

_MOST: Final = 20_000
_FRESH: Final = 1.0
"""Seconds for which the books are taken as read; what this process itself hears is seen at once."""


@dataclass(slots=True)
class Copies:
    """The newest that was heard of each, and the whole office made of them."""

    posts: Collection[PostChanged]
    departments: Collection[DepartmentChanged]
    people: Collection[PersonChanged]
    years: Collection[CalendarPublished]
    policy: Policy
    hours: OfficeHours
    _office: Office | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def office(self) -> Office:
        """The office as the books have it now; however many ask, one reads."""
        if (office := self._fresh()) is not None:
            return office
        async with self._reading:
            if (office := self._fresh()) is not None:
                return office
            read_at = self._read_at = time.monotonic()
            office = await self._read()
            if read_at == self._read_at:  # nothing in them has changed meanwhile
                self._office = office
            return office

    def _fresh(self) -> Office | None:
        return self._office if time.monotonic() - self._read_at <= _FRESH else None

    def forget(self) -> None:
        """Read the books anew next time: something in them has changed."""
        self._office, self._read_at = None, 0.0

    async def _read(self) -> Office:
        years = await _all(self.years)
        books = Books(
            posts={each.code: each for each in await _all(self.posts)},
            departments={each.code: each for each in await _all(self.departments)},
            people={each.code: each for each in await _all(self.people)},
        )
        calendar = Calendar.builtin().with_years(years)
        return Office(OfficeTime(calendar, self.hours), books, self.policy)


async def _all(collection: Collection[M]) -> list[M]:
    return await collection.query({}, sort=[("_id", 1)], limit=_MOST)
