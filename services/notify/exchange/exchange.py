"""What the messenger needs for the provincial platform: a part of `Deps`. Without a platform nothing is told."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from services.contracts.intake import CaseReceived
from services.kernel.bus import Event
from services.kernel.clock import Clock
from services.kernel.codes import is_project_code
from services.kernel.store import Aggregates, AlreadyExists, Index, NotFound, Store
from services.notify.exchange import facts
from services.notify.exchange.facts import Fact, ToldCase
from services.notify.exchange.platforms import Platform
from services.notify.exchange.records import Record, item_state_of, run_state_of
from services.notify.exchange.reference import ReferencePlatform
from services.notify.exchange.reports import DayReport
from services.notify.exchange.rosters import ExchangeRoster, ItemEntry, OfficeEntry, load_exchange

SET: Final = {"$gt": datetime(2000, 1, 1, tzinfo=UTC)}
_TIMEOUT: Final = 15.0
_PAUSES: Final = (5, 30, 120, 600, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Desk:
    """The platform that is told, who we are there, and the keys that sign its verdicts."""

    platform: Platform
    office: OfficeEntry
    items: Mapping[str, ItemEntry]
    answer_keys: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The cases as the platform is told of them, the reports, and the platform, if there is one."""

    cases: Aggregates[ToldCase]
    reports: Aggregates[DayReport]
    desk: Desk | None
    clock: Clock
    stopping: asyncio.Event
    pauses: Sequence[timedelta] = tuple(timedelta(seconds=each) for each in _PAUSES)
    lease: timedelta = timedelta(seconds=4 * _TIMEOUT)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def note(self, event: Event[Any]) -> None:
        """Keep the fact that an event tells, if it tells one; heard again it changes nothing."""
        if self.desk is None:
            return
        envelope, said = event.envelope, event.said
        position = envelope.sequence * 1000 + int(envelope.id.rpartition(".")[2])
        fact = facts.fact_of(said, event_id=envelope.id, position=position, at=envelope.time)
        if fact is None:
            return
        named = _named(said) if isinstance(said, CaseReceived) else {}
        wall = self.clock.wall()
        await self._keep(said.key, fact, named, wall)
        self.bell.set()

    async def _keep(self, case_no: str, fact: Fact, named: Mapping[str, str], wall: datetime) -> None:
        try:
            await self.cases.change(case_no, lambda found: (facts.noted(found, fact, wall=wall, **named), ()), tries=20)
        except NotFound:
            try:
                await self.cases.create(facts.noted(ToldCase(case_no=case_no), fact, wall=wall, **named))
            except AlreadyExists:  # another event of the case was first at the same moment
                await self._keep(case_no, fact, named, wall)

    async def close(self) -> None:
        """Let go of the platform."""
        if self.desk is not None:
            await self.desk.platform.close()


def record_of(desk: Desk, case: ToldCase, fact: Fact) -> Record | None:
    """The fact with everything a platform needs; None when the item has no codes there."""
    item = desk.items.get(case.item_code)
    if item is None:
        return None
    return Record(
        record_no=fact.record_no,
        kind=fact.kind,
        sequence=fact.sequence,
        case_no=case.case_no,
        region=desk.office.region,
        organ=desk.office.organ,
        implement_code=item.implement,
        business_code=item.business,
        project_code=case.project_code,
        occurred_at=fact.occurred_at,
        run_state=run_state_of(fact.kind, fact.details),
        item_state=item_state_of(fact.kind, fact.details),
        details=fact.details,
    )


async def exchange_of(store: Store, file: Path | None, *, clock: Clock, stopping: asyncio.Event) -> Exchange:
    """Built at start."""
    await store.indexes(
        "told_cases",
        Index("body.due_at", where={"body.due_at": SET}),
        Index("body.facts.sent_on"),
        Index("body.facts.state"),
        Index("body.waits_since", where={"body.waits_since": SET}),
    )
    return Exchange(
        cases=store.aggregates("told_cases", ToldCase, key="case_no"),
        reports=store.aggregates("exchange_reports", DayReport, key="day"),
        desk=_desk(load_exchange(file), clock),
        clock=clock,
        stopping=stopping,
    )


def _desk(roster: ExchangeRoster | None, clock: Clock) -> Desk | None:
    if roster is None:
        return None
    entry = roster.platform
    platform = ReferencePlatform(
        entry.name,
        entry.url,
        app=entry.app,
        secret=entry.proof,
        keys=entry.signs_with,
        clock=clock,
        timeout=_TIMEOUT,
    )
    return Desk(platform=platform, office=roster.office, items=roster.items, answer_keys=entry.answers_with)


def _named(said: CaseReceived) -> dict[str, str]:
    """What the receipt tells of the case. A project's code that is malformed is none."""
    code = str(said.facts.get("project_code") or "")
    return {"item_code": said.item_code, "project_code": code if is_project_code(code) else ""}
