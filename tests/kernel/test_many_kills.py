"""Random kills of everything, under load; in the end the books of both services agree to the last entry."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from pymongo.errors import PyMongoError

from services.contracts.intake import CaseDelivered
from services.kernel.store import Aggregates, Body, Driver, is_away
from tests.support.desk import Desk, Tally, count, hearing, store_of, window
from tests.support.office import Office
from tests.support.wait import wait_until

B = TypeVar("B", bound=Body)

KILLS = 14
VICTIMS = ("intake", "workflow", "broker", "database")
PROGRAMS = {"intake": ("tests.support.saver", "relay"), "workflow": ("tests.support.hearer",)}


async def spawn(office: Office, service: str, driver: Driver, *program: str) -> Process:
    env = {**os.environ, **office.settings_of(service), "GUIHUA_MONGO_DRIVER": driver}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *program), env=env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )


@dataclass(slots=True)
class Town:
    """Both services as processes that may be killed, and the books they keep."""

    office: Office
    driver: Driver
    saved: Aggregates[Desk]
    counted: Aggregates[Tally]
    running: dict[str, Process] = field(default_factory=dict)

    async def start(self) -> None:
        """Start whichever service does not run."""
        for service, program in PROGRAMS.items():
            if service not in self.running or self.running[service].returncode is not None:
                self.running[service] = await spawn(self.office, service, self.driver, *program)

    async def kill(self, what: str) -> None:
        """SIGKILL; servers are started again at once."""
        match what:
            case "broker":
                await self.office.restart_broker()
            case "database":
                self.office.kill_database()
                await self.office.start_database()
            case service:
                with suppress(ProcessLookupError):  # it may have ended with the database
                    self.running[service].kill()
                await self.running[service].wait()

    async def total(self) -> int:
        """How many proofs are saved."""
        return sum(len(desk.proofs) for desk in await _all(self.saved))

    async def agrees(self) -> bool:
        """Whether every case has the same proofs in both books, in the same order."""
        desks, tallies = await _all(self.saved), await _all(self.counted)
        return [desk.proofs for desk in desks if desk.proofs] == [tally.proofs for tally in tallies]

    async def has_grown(self, before: int) -> bool:
        """Whether work goes on."""
        return await self.total() > before + 20


async def _all(found: Aggregates[B]) -> list[B]:
    """All of them, as soon as the database, which may have been killed just now, tells."""

    async def asked() -> tuple[list[B]] | tuple[()]:
        try:
            return (await found.query({}, sort=[("_id", 1)], limit=100),)
        except PyMongoError as error:
            if is_away(error):
                return ()
            raise

    (told,) = await wait_until(asked, within=60)
    return told


@asynccontextmanager
async def a_town(office: Office, driver: Driver) -> AsyncIterator[Town]:
    """Two services at work; whatever happens, none of their processes is left behind."""
    stores = store_of(office, "intake"), store_of(office, "workflow")
    saved = stores[0].aggregates("desks", Desk, key="case_no")
    town = Town(office, driver, saved, stores[1].aggregates("tallies", Tally, key="case_no"))
    try:
        yield town
    finally:
        for service in town.running:
            await town.kill(service)
        for store in stores:
            await store.close()


@pytest.mark.chaos
@pytest.mark.timeout(400)
@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_whatever_is_killed_nothing_is_lost_and_nothing_acts_twice(office: Office, driver: Driver) -> None:
    async with a_town(office, driver) as town:
        for _ in range(KILLS):
            await town.start()
            before = await town.total()
            await wait_until(lambda before=before: town.has_grown(before), within=60)
            await town.kill(random.choice(VICTIMS))  # noqa: S311 - seeded by pytest-randomly
        for service in PROGRAMS:
            await town.kill(service)

        async with window(office, driver) as intake, hearing(office, town.counted, {CaseDelivered: count}) as listener:
            await wait_until(intake.is_all_sent, within=90)
            await wait_until(town.agrees, within=90)
            assert await listener.letters.find(None) == []
            assert await intake.store.journal.out_of_order() == []
        sys.stdout.write(f"{KILLS} kills, {await town.total()} events\n")
