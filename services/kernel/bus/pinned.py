"""A consumer that the broker gives to one process at a time, and to another when that one falls silent.

Every process asks; the broker answers one of them and pins the consumer to it. The pin is an id that comes with the
events and must be sent with each further request: every second, else it ends and the next process is pinned. No process
decides who it is, and none must see that another died.

The first event under a new pin only says that we have it: then the consumer is reset, so that everything unacknowledged
comes again in its order. A process that wakes from a frost still believes in its old pin; it begins with nothing more
once it looks at its watch, and what it had begun fails at the revision or is known by its cause.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import Header

from services.kernel import logs
from services.kernel.bus.connection import BrokerAway, Bus, reached
from services.kernel.bus.queues import GROUP, PINNED_FOR, Queue
from services.kernel.store import is_away

_PIN: Final = "Nats-Pin-Id"
_ASKS_EVERY: Final = PINNED_FOR / 2.5
_STANDS_BY_FOR: Final = 2.0
_PATIENCE: Final = 3.0
_PASSED_FOR: Final = 5.0
_STANDS_BACK_FOR: Final = 0.3
_TRY_AGAIN_AFTER: Final = 1.0
_IN_ONE: Final = 64
_NANO: Final = 1_000_000_000

log = logs.get(__name__)


class Tenure(Protocol):
    """What a process does with a consumer while it is pinned to it."""

    left: list[Msg]

    def open(self) -> AbstractAsyncContextManager[None]:
        """Begin; leaving it waits for what is at work."""
        ...

    def take(self, message: Msg) -> None:
        """An event was delivered."""
        ...

    def stop(self) -> None:
        """Begin with nothing more."""
        ...


class _PinLost(Exception):
    """The broker has given the consumer to another process, or would have by now."""


@dataclass(slots=True)
class _Asked:
    """An inbox of our own and what arrived in it; None when the connection is another or we are to look up."""

    inbox: str
    arrived: asyncio.Queue[Msg | None]


@dataclass(slots=True)
class Pinned:
    """What one process has to do with a consumer of the queue: stand by, or be pinned to it and work on a tenure."""

    queue: Queue
    name: str
    begin: Callable[[], Tenure]
    has_room: Callable[[], bool] = lambda: True
    held: bool = False
    _passed_at: float = -_PASSED_FOR
    _leaving: bool = False
    _giving_up: bool = False
    _asked: _Asked | None = field(default=None, repr=False)

    @property
    def _bus(self) -> Bus:
        return self.queue.bus

    async def run(self) -> None:
        """Stand by and work until `leave`; begins anew whenever broker, queue or database were away."""
        known = ""
        while not self._leaving:
            await self._bus.connected()
            try:
                await self.queue.ensure()
                await self.queue.ensure_consumer(self.name)
                await self._serve()
            except Exception as error:
                if not isinstance(error, BrokerAway | NatsError | OSError) and not is_away(error):
                    raise
                if (said := str(error)) != known:
                    log.info("shard not readable now", shard=self.name, reason=said)
                known = said
                await asyncio.sleep(_TRY_AGAIN_AFTER)

    def give_up(self) -> None:
        """Let another process have the consumer: finish what is at work, and stand back for a while."""
        self._giving_up = True
        self._look_up()

    def leave(self) -> None:
        """Give up for good."""
        self._leaving = True
        self.give_up()

    def _look_up(self) -> None:
        if self._asked is not None:
            self._asked.arrived.put_nowait(None)

    async def _serve(self) -> None:
        while not self._leaving:
            if first := await self._stand_by():
                await (self._pass_on(first) if self._is_for_others() else self._work(_pin_of(first)))
            if self._giving_up and not self._leaving:
                self._giving_up = False
                await asyncio.sleep(_STANDS_BY_FOR)

    async def _stand_by(self) -> Msg | None:
        """Ask for one event: it tells that we are pinned. None when somebody else has the consumer."""
        async with self._inbox() as asked:
            first = None
            async for message in self._delivered(asked, most=1, seconds=_STANDS_BY_FOR):
                first = message
            return first

    def _is_for_others(self) -> bool:
        """Whether we have our part already; but what comes back to us within seconds nobody else wants."""
        return not self.has_room() and asyncio.get_running_loop().time() > self._passed_at + _PASSED_FOR

    async def _pass_on(self, first: Msg) -> None:
        self._passed_at = asyncio.get_running_loop().time()
        await self._hand_over([first])
        await asyncio.sleep(_STANDS_BACK_FOR)

    async def _work(self, pin: str) -> None:
        """Work under a pin until it is lost or given up; what is then left goes to the next process at once."""
        with reached():
            await self._bus.js.reset_consumer(self.queue.name, self.name)
        tenure = self.begin()
        ended: Exception | None = None
        log.info("shard taken", shard=self.name, pin=pin)
        async with self._inbox() as asked, tenure.open():
            self.held = True
            try:
                await self._hear(asked, pin, tenure)
            except (_PinLost, BrokerAway, NatsError, OSError) as error:
                ended = error
            finally:
                self.held = False
                tenure.stop()
        log.info("shard left", shard=self.name, pin=pin, lost=ended is not None)
        if ended is None:
            await self._hand_over(tenure.left)
        elif not isinstance(ended, _PinLost):
            raise ended

    async def _hear(self, asked: _Asked, pin: str, tenure: Tenure) -> None:
        """Ask and take until we give up. Raises _PinLost, also when we were frozen, or too slow to keep the pin."""
        loop = asyncio.get_running_loop()
        while not self._giving_up:
            until = loop.time() + PINNED_FOR
            async for message in self._delivered(asked, most=_IN_ONE, seconds=_ASKS_EVERY, pin=pin):
                tenure.take(message)
            if loop.time() > until:
                raise _PinLost

    async def _hand_over(self, left: list[Msg]) -> None:
        with suppress(BrokerAway, NatsError, OSError):
            await self.queue.unpin(self.name)
            for message in left:
                await message.nak()

    @asynccontextmanager
    async def _inbox(self) -> AsyncIterator[_Asked]:
        arrived: asyncio.Queue[Msg | None] = asyncio.Queue()
        subscription = await self._bus.client.subscribe(self._bus.client.new_inbox(), cb=arrived.put)
        self._asked = asked = _Asked(subscription.subject, arrived)
        self._bus.when_connected.add(self._look_up)
        try:
            yield asked
        finally:
            self._bus.when_connected.discard(self._look_up)
            self._asked = None
            with suppress(NatsError):
                await subscription.unsubscribe()

    async def _delivered(
        self, asked: _Asked, *, most: int, seconds: float, pin: str | None = None
    ) -> AsyncIterator[Msg]:
        """What is delivered upon one request. Raises _PinLost, and BrokerAway for silence."""
        asks = {"batch": most, "expires": int(seconds * _NANO), "group": GROUP} | ({"id": pin} if pin else {})
        call = f"$JS.API.CONSUMER.MSG.NEXT.{self.queue.name}.{self.name}"
        await self._bus.client.publish(call, json.dumps(asks).encode(), reply=asked.inbox)
        connections = self._bus.connections
        while most:
            message = await _next(asked, within=seconds + _PATIENCE)
            if message is None:
                if connections != self._bus.connections:
                    msg = "another connection"
                    raise BrokerAway(msg)
                return  # to look up
            match str((message.headers or {}).get(Header.STATUS, "")) if not message.reply else "":
                case "":
                    most -= 1
                    yield message
                case "404" | "408":
                    return
                case "423":
                    raise _PinLost
                case other:
                    raise BrokerAway(other, (message.headers or {}).get(Header.DESCRIPTION))


def _pin_of(message: Msg) -> str:
    return (message.headers or {})[_PIN]


async def _next(asked: _Asked, *, within: float) -> Msg | None:
    try:
        async with asyncio.timeout(within):
            return await asked.arrived.get()
    except TimeoutError:
        msg = "no answer"
        raise BrokerAway(msg) from None
