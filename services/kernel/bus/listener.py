"""Hears events: those of one key in order, keys side by side; each is acknowledged after it was handled.

While an event is tried again it stays in hand, its lease renewed, and younger events of the same key wait behind it.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from services.kernel.bus.connection import Bus
from services.kernel.bus.events import D, Event, Hears, Unreadable, read, subjects_by_stream
from services.kernel.bus.handling import PAUSES, Handling
from services.kernel.bus.pull import LEASE, Pull
from services.kernel.store import Store
from services.kernel.telemetry import Metrics


@dataclass(slots=True)
class _InHand:
    """An event from delivery to acknowledgement; `message` is its latest delivery."""

    event: Event[Any]
    message: Msg


class Listener(Generic[D]):
    """Hears for one service: `hears` says what and with which handler; each handler is given `deps`."""

    def __init__(
        self, bus: Bus, store: Store, *, hears: Hears[D], deps: D, metrics: Metrics, pauses: Sequence[float] = PAUSES
    ) -> None:
        self._bus, self._hears, self._metrics = bus, hears, metrics
        self._handling = Handling(store, hears=hears, deps=deps, metrics=metrics, pauses=pauses)
        self.letters = store.dead_letters
        self.replay, self.discard = self._handling.replay, self._handling.discard
        self._subjects = subjects_by_stream(hears)
        self._in_hand: dict[str, _InHand] = {}
        self._lanes: dict[str, deque[_InHand]] = {}
        self._tasks = asyncio.TaskGroup()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Hear until `stop` is called, then finish the handlers at work."""
        await self._handling.recall()
        async with asyncio.TaskGroup() as keepers:
            renewal = keepers.create_task(self._renew_leases())
            async with asyncio.TaskGroup() as self._tasks:
                pulls = [
                    keepers.create_task(Pull(self._bus, stream, subjects).run(self._take))
                    for stream, subjects in self._subjects.items()
                ]
                await self._stopping.wait()
                for pull in pulls:
                    pull.cancel()
                await asyncio.wait(pulls)
            renewal.cancel()

    def stop(self) -> None:
        """Take nothing more. What waits behind the handlers at work is delivered again at the next start."""
        self._stopping.set()

    async def lag(self) -> dict[str, int]:
        """Events not handled yet, by stream. Raises BrokerAway."""
        return {stream: await self._bus.lag(stream) for stream in self._subjects}

    def _take(self, message: Msg) -> None:
        try:
            event = read(message.data, subject=message.subject, hears=self._hears)
        except Unreadable as error:
            self._tasks.create_task(self._refuse(message, str(error)))
            return
        if message.metadata.num_delivered > 1:
            self._metrics.redelivered.labels(event.envelope.type).inc()
        if known := self._in_hand.get(event.envelope.id):
            known.message = message
            return
        self._in_hand[event.envelope.id] = held = _InHand(event, message)
        if lane := self._lanes.get(event.envelope.subject):
            lane.append(held)
            return
        self._lanes[event.envelope.subject] = lane = deque([held])
        self._tasks.create_task(self._follow(event.envelope.subject, lane))

    async def _follow(self, key: str, lane: deque[_InHand]) -> None:
        """Handle the events of one key, one after the other, until none waits."""
        while lane and await self._handling.settle(lane[0].event, stopping=self._stopping):
            await _acknowledge(lane[0].message)
            del self._in_hand[lane.popleft().event.envelope.id]
        for left in lane:
            del self._in_hand[left.event.envelope.id]
        del self._lanes[key]

    async def _refuse(self, message: Msg, reason: str) -> None:
        letter_id = f"unreadable.{hashlib.sha256(message.subject.encode() + message.data).hexdigest()[:24]}"
        wire = message.data.decode(errors="replace")
        if await self._handling.refuse(letter_id, subject=message.subject, wire=wire, reason=reason):
            await _acknowledge(message)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            for held in list(self._in_hand.values()):
                with suppress(NatsError, OSError):
                    await held.message.in_progress()


async def _acknowledge(message: Msg) -> None:
    """Tell the broker that the event is dealt with; if that gets lost the event comes again, which is harmless."""
    with suppress(NatsError, OSError):
        await message.ack()
