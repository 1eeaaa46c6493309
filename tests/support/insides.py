"""The insides of a service, on real servers, without what a whole one does by itself."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from services.kernel.app import Kernel, Service
from services.kernel.clock import FrozenClock
from services.kernel.identity import Identity
from services.kernel.settings import Settings
from services.kernel.store import Store
from tests.support.desk import bus_of
from tests.support.office import Office

D = TypeVar("D")


@asynccontextmanager
async def insides_of(
    service: Service[D], settings: Settings, *, office: Office, clock: FrozenClock
) -> AsyncIterator[tuple[Kernel, D]]:
    """Its kernel and what its handlers work with."""
    async with AsyncExitStack() as closing:
        store = Store(settings.mongo_url, settings.mongo_database, service=service.name, clock=clock)
        closing.push_async_callback(store.close)
        bus = await bus_of(office, service.name)
        closing.push_async_callback(bus.close)
        kernel = Kernel(settings=settings, clock=clock, store=store, bus=bus, identity=Identity.of(settings))
        deps = await service.deps(kernel)
        assert service.close
        closing.push_async_callback(service.close, deps)
        await store.prepare()
        yield kernel, deps
