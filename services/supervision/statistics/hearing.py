"""Keeps what events tell of cases; after the lights, so that a delay here delays no light."""

from typing import Any

from services.contracts.registry import CalendarPublished
from services.contracts.workflow import DefinitionActivated
from services.kernel.bus import Event
from services.kernel.store import AlreadyExists, NotFound
from services.supervision.alerting import hear
from services.supervision.desk import Deps
from services.supervision.statistics.facts import CaseFact, is_counted, note


async def count(deps: Deps, event: Event[Any]) -> None:
    """Note what the event tells of its case."""
    said, event_id = event.said, event.envelope.id
    if not is_counted(said):
        return
    try:
        await deps.facts.change(said.case_no, lambda fact: (note(fact, said, event_id), ()))
    except NotFound:
        try:
            await deps.facts.create(note(CaseFact(case_no=said.case_no), said, event_id))
        except AlreadyExists:  # another event of the case was faster
            await deps.facts.change(said.case_no, lambda fact: (note(fact, said, event_id), ()))


async def light_and_count(deps: Deps, event: Event[Any]) -> None:
    """A timer event that is counted besides."""
    await hear(deps, event)
    await count(deps, event)


async def note_year(deps: Deps, event: Event[CalendarPublished]) -> None:
    """The official days of a year: durations are counted in working days."""
    await deps.years.put(str(event.said.year), event.said, unless_newer=event.said.version)


async def note_item(deps: Deps, event: Event[DefinitionActivated]) -> None:
    """What an item is called."""
    await deps.items.put(event.said.item.code, event.said.item, unless_newer=event.said.version)
