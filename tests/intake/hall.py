"""The whole intake service on real servers, and the other services' voices that it hears."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from services.contracts.events import CATALOGUE, Said
from services.contracts.registry import DepartmentChanged
from services.intake.__main__ import SERVICE
from services.intake.deps import Deps
from services.intake.settings import IntakeSettings
from services.kernel.bus import Listener, Stream
from services.kernel.clock import FrozenClock
from services.kernel.identity import Person, Tokens
from services.kernel.outbox import Relay
from services.kernel.store import Aggregates, AlreadyExists, Body, Store
from services.kernel.telemetry import Metrics
from tests.intake.builders import NOW, RURAL, WORKS, activated, application_json
from tests.support.desk import bus_of, store_of
from tests.support.http import serving
from tests.support.insides import insides_of
from tests.support.office import Office
from tests.support.wait import wait_until

KEY = "a key for tests only: at least 32 characters"


class Spoken(Body, frozen=True):
    """The document behind another service's events: one a case, so their sequence counts up."""

    key: str
    times: int = 0


@dataclass(slots=True)
class Voice:
    """Another service, as far as the window hears it."""

    spoken: Aggregates[Spoken]

    async def say(self, *said: Said) -> None:
        """Say these, one write each."""
        for each in said:
            try:
                await self.spoken.create(Spoken(key=each.key), [each])
            except AlreadyExists:
                await self._say_more(each)

    async def _say_more(self, said: Said) -> None:
        await self.spoken.change(said.key, lambda was: (was.model_copy(update={"times": was.times + 1}), [said]))


@dataclass(slots=True)
class Hall:
    """The hall: the service's address, its insides for a look, and who may come."""

    url: str
    deps: Deps
    store: Store
    clock: FrozenClock
    tokens: Tokens
    workflow: Voice
    registry: Voice
    supervision: Voice
    client: httpx.AsyncClient
    office: Office = field(repr=False)

    async def ask(
        self,
        method: str,
        path: str,
        who: Person | None = None,
        *,
        json: object = None,
        key: str | None = None,
        content: bytes | None = None,
        **headers: str,
    ) -> httpx.Response:
        """One request, signed in as `who`."""
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens.issue(who)}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.client.request(method, path, json=json, content=content, headers=headers)

    async def upload(self, case_no: str, who: Person, content: bytes, *, name: str = "申请表.pdf") -> httpx.Response:
        """A file for the first paper of a case."""
        path = f"/cases/{case_no}/papers/PT05-01/files?name={quote(name)}"
        return await self.ask("POST", path, who, content=content)

    async def draft(self, token: str, method: str, path: str, **sent: Any) -> httpx.Response:
        """A request about the draft that the token opens."""
        return await self.ask(method, f"/public/draft{path}", **sent, **{"Draft-Token": token})

    async def receive(self, who: Person, *, key: str | None = None, **changes: object) -> httpx.Response:
        """An application at the window."""
        return await self.ask("POST", "/cases", who, json=application_json(**changes), key=key)

    async def look_up(self, case_no: str, password: str) -> httpx.Response:
        """The public lookup."""
        entry = {"case_no": case_no, "query_password": password}
        return await self.ask("POST", "/public/lookup", json=entry)

    async def said(self, case_no: str) -> list[Said]:
        """What the window said of a case, in order."""
        entries = await self.store.journal.find(case_no)
        return [CATALOGUE[entry.envelope.type].model_validate(entry.envelope.data) for entry in entries]

    async def offers(self, count: int = 2) -> None:
        """Let both items be offered, and the township be known."""
        await self.workflow.say(activated(WORKS), activated(RURAL))
        await self.registry.say(township("T01"), township("T02"))
        await wait_until(lambda: self._knows(count))

    async def _knows(self, count: int) -> bool:
        return len(await self.deps.copies.offers()) >= count and len(await self.deps.copies.townships()) == 2


def township(code: str) -> DepartmentChanged:
    """A township's planning office."""
    return DepartmentChanged(
        code=code, name="示例镇", name_en="Town", leader_in_charge=None, township=True, changed_at=NOW
    )


@asynccontextmanager
async def hall(office: Office, keys: tuple[Path, Path], **changes: object) -> AsyncIterator[Hall]:
    """The service at work, with everything a running one has but its signals."""
    clock = FrozenClock(NOW)
    async with AsyncExitStack() as closing:
        settings = settings_of(office, keys[1], **changes)
        insides = insides_of(SERVICE, settings, office=office, clock=clock)
        kernel, deps = await closing.enter_async_context(insides)
        store, bus = kernel.store, kernel.bus
        listener = Listener(bus, store, hears=SERVICE.hears, deps=deps, metrics=Metrics(), pauses=(0.01,) * 4)
        app = SERVICE.create_app(kernel, deps)
        app.state.listener = listener
        await closing.enter_async_context(_at_work(Relay(store, bus, Stream.of("intake"))))
        voices = [
            await closing.enter_async_context(voice(office, name)) for name in ("workflow", "registry", "supervision")
        ]
        hearing = asyncio.create_task(listener.run())
        closing.push_async_callback(_stopped, listener, hearing)
        url = await closing.enter_async_context(serving(app))
        client = await closing.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
        yield Hall(url, deps, store, clock, Tokens(keys[0]), *voices, client=client, office=office)


def settings_of(office: Office, public_key: Path, **changes: object) -> IntakeSettings:
    """The service's settings, as its environment would give them."""
    given: Mapping[str, Any] = {
        name.removeprefix("GUIHUA_").lower(): value for name, value in office.settings_of("intake").items()
    }
    return IntakeSettings.model_validate({**given, "field_keys": KEY, "jwt_public_key_file": public_key, **changes})


@asynccontextmanager
async def voice(office: Office, service: str) -> AsyncIterator[Voice]:
    """Another service, logged in as itself."""
    store, bus = store_of(office, service), await bus_of(office, service)
    spoken = store.aggregates("spoken", Spoken, key="key")
    await store.prepare()
    async with _at_work(Relay(store, bus, Stream.of(service))):
        yield Voice(spoken)
    await bus.close()
    await store.close()


@asynccontextmanager
async def _at_work(relay: Relay) -> AsyncIterator[None]:
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _stopped(listener: Listener[Deps], task: asyncio.Task[None]) -> None:
    listener.stop()
    await asyncio.wait_for(task, 60)
