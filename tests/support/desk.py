"""A service small enough for the kernel's own tests: `intake` says deliveries, `workflow` counts them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.contracts.intake import CaseDelivered
from services.kernel.bus import Bus, Event, Hears, Listener, Stream
from services.kernel.clock import FrozenClock
from services.kernel.outbox import Relay
from services.kernel.store import Aggregates, AlreadyExists, Body, Driver, Store
from services.kernel.telemetry import Metrics
from tests.support.office import Office

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Desk(Body, frozen=True):
    case_no: str
    proofs: tuple[str, ...] = ()


def delivered(case_no: str, proof: str) -> CaseDelivered:
    return CaseDelivered(
        case_no=case_no, delivered_at=NOW, delivered_on=NOW.date(), delivered_by="u.collect", proof_no=proof
    )


def store_of(office: Office, service: str, driver: Driver = "motor") -> Store:
    """A service's store, logged in as the service."""
    settings = office.settings_of(service)
    url, database = settings["GUIHUA_MONGO_URL"], settings["GUIHUA_MONGO_DATABASE"]
    return Store(url, database, service=service, clock=FrozenClock(NOW), driver=driver)


async def bus_of(office: Office, service: str) -> Bus:
    """A service's connection to the broker, logged in as the service."""
    settings = office.settings_of(service)
    bus = Bus(settings["GUIHUA_NATS_URL"], user=service, password=settings["GUIHUA_NATS_PASSWORD"])
    await bus.connect(within=10)
    return bus


@dataclass(slots=True)
class Window:
    """The service `intake`, as far as it speaks."""

    store: Store
    bus: Bus
    relay: Relay
    desks: Aggregates[Desk]

    async def deliver(self, case_no: str, proof: str) -> None:
        """Save a proof and say so."""
        try:
            await self.desks.create(Desk(case_no=case_no, proofs=(proof,)), [delivered(case_no, proof)])
        except AlreadyExists:
            await self.desks.change(
                case_no, lambda desk: (Desk(case_no=case_no, proofs=(*desk.proofs, proof)), [delivered(case_no, proof)])
            )

    async def is_all_sent(self) -> bool:
        """Whether no outbox holds anything."""
        return await self.store.count_unsent() == 0


@asynccontextmanager
async def window(office: Office, driver: Driver = "motor") -> AsyncIterator[Window]:
    """`intake` with its relay running."""
    store, bus = store_of(office, "intake", driver), await bus_of(office, "intake")
    desks = store.aggregates("desks", Desk, key="case_no")
    await store.prepare()
    relay = Relay(store, bus, Stream.of("intake"))
    task = asyncio.create_task(relay.run())
    try:
        yield Window(store, bus, relay, desks)
    finally:
        task.cancel()
        await asyncio.wait([task])
        await bus.close()
        await store.close()


@dataclass(slots=True)
class Heard:
    """What a handler of `workflow` was given, in order, whatever it then did."""

    events: list[Event[CaseDelivered]] = field(default_factory=list)

    @property
    def proofs(self) -> list[str]:
        return [event.said.proof_no for event in self.events]

    def of(self, case_no: str) -> list[str]:
        return [event.said.proof_no for event in self.events if event.said.case_no == case_no]


class Tally(Body, frozen=True):
    """What `workflow` made of the deliveries of a case: the effect, which must come once."""

    case_no: str
    proofs: tuple[str, ...] = ()


async def count(tallies: Aggregates[Tally], event: Event[CaseDelivered]) -> None:
    """Create by natural key, or change with the event's id as the cause: harmless twice."""
    case_no, cause = event.said.case_no, event.envelope.id
    try:
        await tallies.create(Tally(case_no=case_no, proofs=(event.said.proof_no,)), cause=cause)
    except AlreadyExists:
        await tallies.change(
            case_no,
            lambda tally: (Tally(case_no=case_no, proofs=(*tally.proofs, event.said.proof_no)), ()),
            cause=cause,
        )


async def note(heard: Heard, event: Event[CaseDelivered]) -> None:
    """The simplest handler."""
    heard.events.append(event)


@asynccontextmanager
async def hearing(
    office: Office, deps: object, hears: Hears[Any], *, service: str = "workflow", pauses: Sequence[float] = (0.01,) * 4
) -> AsyncIterator[Listener[Any]]:
    """`workflow`, or another, as far as it hears."""
    store, bus = store_of(office, service), await bus_of(office, service)
    listener = Listener(bus, store, hears=hears, deps=deps, metrics=Metrics(), pauses=pauses)
    task = asyncio.create_task(listener.run())
    try:
        yield listener
    finally:
        listener.stop()
        await asyncio.wait_for(task, 60)
        await bus.close()
        await store.close()
