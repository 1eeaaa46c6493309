"""The start of a service: wait for its servers, and say in one sentence what is missing when they do not come."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any, Final, TypeVar

from services.kernel import logs
from services.kernel.app.keeping import pause_for
from services.kernel.app.kernel import Kernel
from services.kernel.bus import BrokerAway, BrokerTooOld, Bus
from services.kernel.clock import clock_of
from services.kernel.identity import Identity
from services.kernel.settings import Settings
from services.kernel.store import Store

V = TypeVar("V")
log = logs.get(__name__)

_TRY_WITHIN: Final = 3.0
_TRY_AGAIN_AFTER: Final = 1.0
_CLOSE_WITHIN: Final = 3.0


class NotStarted(Exception):
    """The service cannot start; the text says why, in both languages, in one line."""


class StoppedEarly(Exception):
    """The service was told to stop before it had started."""


async def connected(
    name: str, settings: Settings, *, identity: Identity, stopping: asyncio.Event, closing: AsyncExitStack
) -> Kernel:
    """The kernel, once database and broker answer. Raises NotStarted, StoppedEarly.

    `closing` takes the connections down again, broker first.
    """
    deadline = time.monotonic() + settings.start_limit
    clock = clock_of(settings.clock)
    store = Store(
        settings.mongo_url,
        settings.mongo_database,
        service=name,
        clock=clock,
        driver=settings.mongo_driver,
    )
    closing.push_async_callback(within, _CLOSE_WITHIN, store.close, what="database connections")

    async def database() -> bool:
        return await store.is_ready()

    async def broker() -> Bus | None:
        return await _broker(name, settings)

    await _arrived(database, "MongoDB", "GUIHUA_MONGO_URL", deadline=deadline, stopping=stopping)
    bus = await _arrived(broker, "NATS", "GUIHUA_NATS_URL", deadline=deadline, stopping=stopping)
    closing.push_async_callback(within, _CLOSE_WITHIN, bus.close, what="broker connection")
    return Kernel(settings=settings, clock=clock, store=store, bus=bus, identity=identity, stopping=stopping)


async def within(seconds: float, step: Callable[[], Awaitable[Any]], *, what: str) -> None:
    """Do one step of the stop, for so long at most; a failure is noted and never keeps the process alive."""
    try:
        async with asyncio.timeout(seconds):
            await step()
    except Exception as error:  # noqa: BLE001 - the other steps must still be done
        log.warning("could not close in good order", step=what, reason=type(error).__name__)


async def _broker(name: str, settings: Settings) -> Bus | None:
    """A connection, or None when the broker cannot be reached now."""
    password = settings.nats_password.get_secret_value() if settings.nats_password else None
    bus = Bus(settings.nats_url, user=settings.nats_user or name, password=password)
    try:
        with suppress(BrokerAway):
            await bus.connect(within=_TRY_WITHIN)
            return bus
    except BrokerTooOld as error:
        raise NotStarted(str(error)) from None
    return None


async def _arrived(
    attempt: Callable[[], Awaitable[V | None]], server: str, variable: str, *, deadline: float, stopping: asyncio.Event
) -> V:
    """What `attempt` gives as soon as it gives something."""
    while not (found := await attempt()):
        if stopping.is_set():
            raise StoppedEarly
        left = deadline - time.monotonic()
        if left <= 0:
            msg = (
                f"{server} 没有在规定时间内就绪,请检查 {variable} 及该服务器 / "
                f"{server} did not get ready in time; check {variable} and that server"
            )
            raise NotStarted(msg)
        log.info("waiting for a server", server=server, seconds_left=round(left))
        await pause_for(_TRY_AGAIN_AFTER, stopping)
    return found
