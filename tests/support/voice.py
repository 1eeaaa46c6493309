"""Other services as far as the service under test hears them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.contracts.events import Said
from services.kernel.bus import Stream
from services.kernel.outbox import Relay
from services.kernel.store import Aggregates, AlreadyExists, Body
from tests.support.desk import bus_of, store_of
from tests.support.office import Office


class Spoken(Body, frozen=True):
    """The document behind a service's events: one a key, so their sequence counts up."""

    key: str
    times: int = 0


@dataclass(slots=True)
class Voice:
    """Another service, logged in as itself."""

    spoken: Aggregates[Spoken]

    async def say(self, *said: Said) -> None:
        """Say these, one write each."""
        for each in said:
            await self._say(each)

    async def _say(self, said: Said) -> None:
        try:
            await self.spoken.create(Spoken(key=said.key), [said])
        except AlreadyExists:
            await self.spoken.change(said.key, lambda was: (was.model_copy(update={"times": was.times + 1}), [said]))


@asynccontextmanager
async def voice(office: Office, service: str) -> AsyncIterator[Voice]:
    """A service that only speaks, its relay running."""
    store, bus = store_of(office, service), await bus_of(office, service)
    spoken = store.aggregates("spoken", Spoken, key="key")
    await store.prepare()
    relay = asyncio.create_task(Relay(store, bus, Stream.of(service)).run())
    try:
        yield Voice(spoken)
    finally:
        relay.cancel()
        await asyncio.wait([relay])
        await bus.close()
        await store.close()
