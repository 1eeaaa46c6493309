"""A durable pull consumer: hands on messages in order, and notices when the broker forgot it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, Header

from services.kernel import logs
from services.kernel.bus.connection import BrokerAway, Bus, reached

LEASE: Final = 30.0
"""Seconds after which the broker delivers a message again unless it is acknowledged or its lease renewed."""

IN_HAND: Final = 256
"""How many messages of a stream may be unacknowledged at a time."""

_HEARTBEAT: Final = 2.0
_PATIENCE: Final = 5.0
_EXPIRES: Final = 30.0
_TRY_AGAIN_AFTER: Final = 1.0
_NANO: Final = 1_000_000_000

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Pull:
    """The consumer that `bus.user` has on `stream`, for the subjects it hears."""

    bus: Bus
    stream: str
    subjects: Sequence[str]

    async def run(self, take: Callable[[Msg], None]) -> None:
        """Hand each message to `take`, for ever; begins anew whenever broker, stream or consumer were away."""
        known = ""
        while True:
            await self.bus.connected()
            try:
                await self._session(take)
            except (BrokerAway, NatsError, OSError) as error:
                if (said := str(error)) != known:
                    log.info("stream not readable now", stream=self.stream, reason=said)
                known = said
            await asyncio.sleep(_TRY_AGAIN_AFTER)

    async def _session(self, take: Callable[[Msg], None]) -> None:
        await self._ensure()
        arrived: asyncio.Queue[Msg | None] = asyncio.Queue()
        subscription = await self.bus.client.subscribe(self.bus.client.new_inbox(), cb=arrived.put)

        def reconnected() -> None:  # the request went down with the old connection
            arrived.put_nowait(None)

        self.bus.when_connected.add(reconnected)
        try:
            while True:
                await self._batch(subscription.subject, arrived, take)
        finally:
            self.bus.when_connected.discard(reconnected)
            with suppress(NatsError):
                await subscription.unsubscribe()

    async def _ensure(self) -> None:
        """Make the consumer as configured, and have everything unacknowledged delivered again, first and in order.

        Without the reset, what a killed process had in hand would come a lease later, after younger events.
        """
        config = ConsumerConfig(
            name=self.bus.user,
            durable_name=self.bus.user,
            filter_subjects=list(self.subjects),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=LEASE,
            max_ack_pending=IN_HAND,
            max_deliver=-1,
        )
        with reached():
            await self.bus.js.add_consumer(self.stream, config)
            await self.bus.js.reset_consumer(self.stream, self.bus.user)

    async def _batch(self, inbox: str, arrived: asyncio.Queue[Msg | None], take: Callable[[Msg], None]) -> None:
        """Ask for messages once, and hand on those that come until the request is used up or expired."""
        asks = {"batch": IN_HAND, "expires": int(_EXPIRES * _NANO), "idle_heartbeat": int(_HEARTBEAT * _NANO)}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self.bus.user}"
        await self.bus.client.publish(subject, json.dumps(asks).encode(), reply=inbox)
        left = IN_HAND
        while left:
            message = await _next(arrived)
            match _status(message):
                case "":
                    left -= 1
                    take(message)
                case "404" | "408":  # nothing came while the request lasted
                    return
                case "100":  # heartbeat
                    continue
                case other:
                    raise BrokerAway(other, (message.headers or {}).get(Header.DESCRIPTION))


async def _next(arrived: asyncio.Queue[Msg | None]) -> Msg:
    message = None
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            message = await arrived.get()
    if message is None:
        silence = "no heartbeat, or another connection"
        raise BrokerAway(silence)
    return message


def _status(message: Msg) -> str:
    """What the broker says about a request, as a number; empty for an event, which asks to be acknowledged."""
    return "" if message.reply else str((message.headers or {}).get(Header.STATUS))
