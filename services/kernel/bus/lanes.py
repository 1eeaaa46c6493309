"""What was delivered and is not acknowledged yet: events of one key in order, keys side by side.

While an event is tried again it stays in hand, its lease renewed, and younger events of the same key wait behind it.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from services.kernel.bus.events import D, Event, Hears, Unreadable, read
from services.kernel.bus.handling import Handling
from services.kernel.bus.queues import subject_of
from services.kernel.telemetry import Metrics


@dataclass(slots=True)
class _InHand:
    """An event from delivery to acknowledgement; `message` is its latest delivery."""

    event: Event[Any]
    message: Msg


class Lanes(Generic[D]):
    """Hands what it takes to `handling`, key by key, and acknowledges what is settled. Used once, inside `open`.

    `lease` is for how many seconds the broker leaves an event with us unless that is renewed.
    """

    def __init__(self, handling: Handling[D], *, hears: Hears[D], metrics: Metrics, lease: float) -> None:
        self._handling, self._hears, self._metrics, self._lease = handling, hears, metrics, lease
        self._in_hand: dict[str, _InHand] = {}
        self._lanes: dict[str, deque[_InHand]] = {}
        self._tasks = asyncio.TaskGroup()
        self._stopping = asyncio.Event()
        self.left: list[Msg] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Handle what is taken inside; leaving it waits for the handlers at work, unless it is left by an error."""
        await self._handling.recall()
        async with asyncio.TaskGroup() as keepers:
            renewal = keepers.create_task(self._renew_leases())
            async with asyncio.TaskGroup() as self._tasks:
                yield
            renewal.cancel()

    def stop(self) -> None:
        """Begin with nothing more. What waited behind the handlers at work is then `left`, not acknowledged."""
        self._stopping.set()

    def take(self, message: Msg) -> None:
        """Put a delivered message into the lane of its key."""
        try:
            event = read(message.data, subject=subject_of(message.subject), hears=self._hears)
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
            self.left.append(left.message)
        del self._lanes[key]

    async def _refuse(self, message: Msg, reason: str) -> None:
        subject = subject_of(message.subject)
        letter_id = f"unreadable.{hashlib.sha256(subject.encode() + message.data).hexdigest()[:24]}"
        wire = message.data.decode(errors="replace")
        if await self._handling.refuse(letter_id, subject=subject, wire=wire, reason=reason):
            await _acknowledge(message)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            for held in list(self._in_hand.values()):
                with suppress(NatsError, OSError):
                    await held.message.in_progress()


async def _acknowledge(message: Msg) -> None:
    """Tell the broker that the event is dealt with; if that gets lost the event comes again, which is harmless."""
    with suppress(NatsError, OSError):
        await message.ack()
