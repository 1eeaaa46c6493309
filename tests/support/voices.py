"""The other services, as far as the one under test hears them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.contracts.events import Said
from services.kernel.bus import Stream
from services.kernel.outbox import Relay
from services.kernel.store import Aggregates, AlreadyExists, Body, Store
from tests.support.desk import bus_of, store_of
from tests.support.office import Office
from tests.support.wait import wait_until


class Spoken(Body, frozen=True):
    """The document behind a service's events: one a key, so their sequence counts up."""

    key: str
    times: int = 0


@dataclass(slots=True)
class Voice:
    """One other service."""

    spoken: Aggregates[Spoken]
    store: Store

    async def say(self, *said: Said) -> None:
        """Say these, one write each, and wait until they are sent."""
        for each in said:
            try:
                await self.spoken.create(Spoken(key=each.key), [each])
            except AlreadyExists:
                await self._say_more(each)
        await wait_until(self._all_sent)

    async def _say_more(self, said: Said) -> None:
        await self.spoken.change(said.key, lambda was: (was.model_copy(update={"times": was.times + 1}), [said]))

    async def _all_sent(self) -> bool:
        return await self.store.count_unsent() == 0


@asynccontextmanager
async def voice(office: Office, service: str) -> AsyncIterator[Voice]:
    """Another service, logged in as itself."""
    store, bus = store_of(office, service), await bus_of(office, service)
    spoken = store.aggregates("spoken", Spoken, key="key")
    await store.prepare()
    relay = asyncio.create_task(Relay(store, bus, Stream.of(service)).run())
    try:
        yield Voice(spoken, store)
    finally:
        relay.cancel()
        await asyncio.wait([relay])
        await bus.close()
        await store.close()
