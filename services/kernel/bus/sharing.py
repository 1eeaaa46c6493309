"""Hears for one of several processes of a service: the shards that the broker gave to it, and its fair part of them."""

import asyncio
import math
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from nats.aio.msg import Msg

from services.kernel import logs
from services.kernel.bus.connection import BrokerAway, Bus
from services.kernel.bus.pinned import Pinned, Tenure
from services.kernel.bus.queues import DUTY, SHARDS, Queue

_WEIGHED_EVERY: Final = 1.0
_LOOKS: Final = 3
_LEAVE_WITHIN: Final = 7.0

log = logs.get(__name__)


@dataclass(slots=True)
class _Duty:
    """Has the duty while pinned to its consumer: `event` is set, and the tickers that run in one process run here."""

    event: asyncio.Event
    left: list[Msg] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """On duty inside."""
        self.event.set()
        try:
            yield
        finally:
            self.event.clear()

    def take(self, message: Msg) -> None:
        """The message that stands for the duty is never dealt with, so it comes again to whoever is on duty."""

    def stop(self) -> None:
        """Off duty."""
        self.event.clear()


class Sharing:
    """One for each process. `begin` makes what works on the events of a shard that this process was given."""

    def __init__(
        self, bus: Bus, subjects: Mapping[str, Sequence[str]], *, begin: Callable[[], Tenure], duty: asyncio.Event
    ) -> None:
        self._queue = Queue(bus, subjects)
        self._shards = [Pinned(self._queue, str(number), begin, self._has_room) for number in range(SHARDS)]
        self._part = SHARDS
        self._duty = Pinned(self._queue, DUTY, lambda: _Duty(duty))
        self._workers: deque[int] = deque(maxlen=_LOOKS)

    @property
    def held(self) -> list[str]:
        """The shards that this process has now."""
        return [shard.name for shard in self._shards if shard.held]

    async def run(self, stopping: asyncio.Event) -> None:
        """Hear until `stopping`, then finish the handlers at work and hand the shards over."""
        async with asyncio.TaskGroup() as group:
            weighing = group.create_task(self._weigh_for_ever())
            shares = [group.create_task(each.run()) for each in (*self._shards, self._duty)]
            await stopping.wait()
            weighing.cancel()
            for each in (*self._shards, self._duty):
                each.leave()
            await asyncio.wait(shares, timeout=_LEAVE_WITHIN)
            for share in shares:
                share.cancel()

    async def lag(self) -> dict[str, int]:
        """Events of the service not handled yet, by any process. Raises BrokerAway."""
        return {self._queue.name: await self._queue.lag()}

    async def _weigh_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_WEIGHED_EVERY)
            with suppress(BrokerAway):
                await self._queue.ensure()
                await self._weigh()

    async def _weigh(self) -> None:
        """Give up what is more than our fair part.

        How many processes there are the broker knows: each asks for the duty all the time. Between two requests of one
        it knows of one less, and of a dead one for two seconds more: hence the middle of several looks.
        """
        self._workers.append(await self._queue.standing_by(DUTY))
        if len(self._workers) < _LOOKS:
            return
        self._part = math.ceil(SHARDS / max(1, sorted(self._workers)[_LOOKS // 2]))
        held = [shard for shard in self._shards if shard.held]
        for shard in random.sample(held, max(0, len(held) - self._part)):
            shard.give_up()

    def _has_room(self) -> bool:
        return len(self.held) < self._part
