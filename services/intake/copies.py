"""What the window knows from other services: items on offer, townships, the official calendar."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from services.contracts.projects import GuideAssigned, GuideIntroduced
from services.contracts.registry import CalendarPublished, DepartmentChanged
from services.contracts.workflow import DefinitionActivated, Item
from services.kernel.requests import LARGEST_PAGE
from services.kernel.store import Collection
from services.kernel.worktime import Calendar


class Offer(BaseModel, frozen=True):
    """An item on offer and the version of its process that new cases follow."""

    process_key: str
    version: int
    activated_at: datetime
    item: Item


class Colleague(BaseModel, frozen=True):
    """Somebody who works here, as papers name them: nothing else of them is kept."""

    name: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The read copies, each the newest that was heard."""

    definitions: Collection[DefinitionActivated]
    departments: Collection[DepartmentChanged]
    years: Collection[CalendarPublished]
    people: Collection[Colleague]
    guides: Collection[GuideAssigned]
    guided: Collection[GuideIntroduced]

    async def offers(self) -> list[Offer]:
        """The items on offer, by code."""
        known = await self.definitions.query({}, sort=[("body.item.code", 1)], limit=LARGEST_PAGE)
        return [_offer(said) for said in known]

    async def offer(self, item_code: str) -> Offer | None:
        """The item, if it is on offer. Of two processes with one item the last activated counts."""
        where = {"body.item.code": item_code}
        found = await self.definitions.query(where, sort=[("body.activated_at", -1)], limit=1)
        return _offer(found[0]) if found else None

    async def townships(self) -> dict[str, str]:
        """The names of all township offices by code."""
        found = await self.departments.query({"body.township": True}, sort=[("_id", 1)], limit=1_000)
        return {said.code: said.name for said in found}

    async def calendar(self) -> Calendar:
        """The calendar of all years heard of, over those built in."""
        return Calendar.builtin().with_years(await self.years.query({}, sort=[("_id", 1)], limit=200))


def _offer(said: DefinitionActivated) -> Offer:
    return Offer(process_key=said.process_key, version=said.version, activated_at=said.activated_at, item=said.item)
