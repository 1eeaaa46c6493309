"""Hears events: those of one key in order, keys side by side; each is acknowledged after it was handled."""

import asyncio
from collections.abc import Sequence
from typing import Generic

from services.kernel.bus.connection import Bus
from services.kernel.bus.events import D, Hears, subjects_by_stream
from services.kernel.bus.handling import PAUSES, Handling
from services.kernel.bus.lanes import Lanes
from services.kernel.bus.permissions import SHARED
from services.kernel.bus.pull import LEASE, Pull
from services.kernel.bus.queues import PINNED_FOR, forget_queue
from services.kernel.bus.sharing import Sharing
from services.kernel.store import Store
from services.kernel.telemetry import Metrics


class Listener(Generic[D]):
    """Hears for one service: `hears` says what and with which handler; each handler is given `deps`.

    With `duty` it is one of several processes of the service, which share what is heard; the event is set while this
    one is to do what only one may do.
    """

    def __init__(
        self,
        bus: Bus,
        store: Store,
        *,
        hears: Hears[D],
        deps: D,
        metrics: Metrics,
        pauses: Sequence[float] = PAUSES,
        duty: asyncio.Event | None = None,
    ) -> None:
        self._bus, self._hears, self._metrics = bus, hears, metrics
        self._handling = Handling(store, hears=hears, deps=deps, metrics=metrics, pauses=pauses)
        self.letters = store.dead_letters
        self.replay, self.discard = self._handling.replay, self._handling.discard
        self._subjects = subjects_by_stream(hears)
        self._lanes = self._new_lanes(LEASE)
        self._stopping = asyncio.Event()
        self._sharing = (
            Sharing(bus, self._subjects, begin=lambda: self._new_lanes(PINNED_FOR), duty=duty) if duty else None
        )

    async def run(self) -> None:
        """Hear until `stop` is called, then finish the handlers at work."""
        if self._sharing is not None:
            await self._sharing.run(self._stopping)
            return
        if self._bus.user in SHARED:
            await forget_queue(self._bus)
        async with asyncio.TaskGroup() as keepers, self._lanes.open():
            pulls = [
                keepers.create_task(Pull(self._bus, stream, subjects).run(self._lanes.take))
                for stream, subjects in self._subjects.items()
            ]
            await self._stopping.wait()
            for pull in pulls:
                pull.cancel()
            await asyncio.wait(pulls)

    def stop(self) -> None:
        """Take nothing more. What waits behind the handlers at work is delivered again at the next start."""
        self._lanes.stop()
        self._stopping.set()

    async def lag(self) -> dict[str, int]:
        """Events not handled yet, by stream. Raises BrokerAway."""
        if self._sharing is not None:
            return await self._sharing.lag()
        return {stream: await self._bus.lag(stream) for stream in self._subjects}

    @property
    def shards(self) -> Sequence[str]:
        """The shards that this process has now, if the service has several processes."""
        return self._sharing.held if self._sharing else ()

    def _new_lanes(self, lease: float) -> Lanes[D]:
        return Lanes(self._handling, hears=self._hears, metrics=self._metrics, lease=lease)
