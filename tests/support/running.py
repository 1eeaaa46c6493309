"""A whole service at work inside the test: HTTP, relay, listener and tickers, on real servers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

import httpx

from services.contracts.events import CATALOGUE, Said
from services.kernel.app import Kernel, Service
from services.kernel.app.running import Running
from services.kernel.bus import Bus
from services.kernel.clock import Clock
from services.kernel.identity import Identity, Person, Tokens
from services.kernel.settings import Settings
from services.kernel.store import Store
from services.local.layout import Layout
from tests.support.office import Office
from tests.support.wait import wait_until

D = TypeVar("D")


@dataclass(slots=True)
class AtWork(Generic[D]):
    """A running service: its insides for a look, and a way to ask it as somebody."""

    deps: D
    store: Store
    bus: Bus
    client: httpx.AsyncClient
    tokens: Tokens

    async def ask(
        self, method: str, path: str, who: Person | None = None, *, body: object = None, language: str = "en"
    ) -> httpx.Response:
        """One request, signed in as `who`."""
        headers = {"Accept-Language": language}
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens.issue(who, timedelta(hours=1))}"
        return await self.client.request(method, path, json=body, headers=headers)

    async def said(self, key: str | None = None) -> list[Said]:
        """What the service said, about one key or at all, in order, once all of it is sent."""
        await wait_until(self._all_sent)
        entries = await self.store.journal.find(key)
        return [CATALOGUE[entry.envelope.type].model_validate(entry.envelope.data) for entry in entries]

    async def _all_sent(self) -> bool:
        return await self.store.count_unsent() == 0

    async def backlog(self, line: str) -> int:
        """A sweeper line of `/status`."""
        return int((await self.client.get("/status")).json()["backlog"][line])


@asynccontextmanager
async def at_work(
    service: Service[D], settings: Settings, *, clock: Clock, private_key: Path
) -> AsyncIterator[AtWork[D]]:
    """Run the service until the block is left, then stop it as SIGTERM would."""
    async with AsyncExitStack() as closing:
        store = Store(settings.mongo_url, settings.mongo_database, service=service.name, clock=clock)
        closing.push_async_callback(store.close)
        password = settings.nats_password.get_secret_value() if settings.nats_password else None
        bus = Bus(settings.nats_url, user=service.name, password=password)
        await bus.connect(within=10)
        closing.push_async_callback(bus.close)
        kernel = Kernel(settings=settings, clock=clock, store=store, bus=bus, identity=Identity.of(settings))
        deps = await service.deps(kernel)
        if service.close is not None:
            closing.push_async_callback(service.close, deps)
        await store.prepare()
        life = asyncio.create_task(Running(service, kernel, deps).run())
        closing.push_async_callback(_stopped, kernel, life)
        url = f"http://127.0.0.1:{settings.http_port}"
        client = await closing.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30, trust_env=False))
        await wait_until(lambda: _serves(client, life))
        yield AtWork(deps, store, bus, client, Tokens(private_key))


def environment_of(office: Office, service: str, public_key: Path) -> dict[str, str]:
    """The variables that every service needs, with a port that nobody uses."""
    port = Layout.free(public_key.parent).ports[service]
    return {
        **office.settings_of(service),
        "GUIHUA_HTTP_PORT": str(port),
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(public_key),
    }


def values_of(environment: dict[str, str]) -> dict[str, str]:
    """The same as arguments of the settings class."""
    return {name.removeprefix("GUIHUA_").lower(): value for name, value in environment.items()}


def of_kind(said: Sequence[Said], kind: type[Said]) -> list[Said]:
    """Those of one type."""
    return [each for each in said if isinstance(each, kind)]


async def _serves(client: httpx.AsyncClient, life: asyncio.Task[int]) -> bool:
    if life.done():
        life.result()
    try:
        return (await client.get("/healthz")).is_success
    except httpx.TransportError:
        return False


async def _stopped(kernel: Kernel, life: asyncio.Task[int]) -> None:
    kernel.stopping.set()
    assert await asyncio.wait_for(life, 30) == 0
