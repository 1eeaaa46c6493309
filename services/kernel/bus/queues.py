"""The work queue of a service that runs in several processes: what it hears, copied by the broker and split by key.

The broker itself copies each event the service hears into one stream (a sourced stream), where the subject begins
with the number of the event's shard, reckoned by the broker from the first part of the event's key. So all events of
one case are in one shard, in their order. The consumer of a shard is pinned by the broker to one process (`pinned`).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nats.js.api import ConsumerConfig, Header, RetentionPolicy, StreamConfig, StreamSource, SubjectTransform
from nats.js.errors import APIError, BadRequestError, NotFoundError

from services.kernel.bus.connection import CONFIGURED_DIFFERENTLY, BrokerAway, Bus, reached
from services.kernel.bus.permissions import duty_of, queue_of

SHARDS: Final = 12
"""More than any office has processes, and divided evenly by 2, 3, 4 and 6. Another number is another stream."""

PINNED_FOR: Final = 2.0
"""Seconds without a request after which the broker gives a shard to another process; as long is the lease of an event.

A frozen or killed process holds its shards up for so long, and a little more.
"""

GROUP: Final = "shard"
DUTY: Final = "duty"
"""The consumer of one message that is never dealt with: who is pinned to it does what only one process may do."""

_NANO: Final = 1_000_000_000
_PREFIX: Final = "shards"
_IN_HAND: Final = 64
_NOT_EMPTY: Final = 10071
_LOOK_AGAIN_AFTER: Final = 1.0


def subject_of(subject: str) -> str:
    """The subject on which an event was published, also for one out of a work queue."""
    return subject.split(".", 3)[3] if subject.startswith(f"{_PREFIX}.") else subject


@dataclass(slots=True)
class Queue:
    """The work queue of `bus.user`, who hears these subjects, by the stream that carries them."""

    bus: Bus
    subjects: Mapping[str, Sequence[str]]
    complete: bool = False
    """Whether it copies from every stream it should; one that is not there yet cannot be copied from."""
    _ensured: tuple[int, float] = (0, 0.0)
    _ensuring: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def name(self) -> str:
        """The stream."""
        return queue_of(self.bus.user)

    async def ensure(self) -> None:
        """Make the queue as configured, once a second at most. Again, and by others too, does no harm."""
        async with self._ensuring:
            now = asyncio.get_running_loop().time()
            connection, at = self._ensured
            if connection == self.bus.connections and now < at + _LOOK_AGAIN_AFTER:
                return
            with reached():
                await self._make()
            self._ensured = (self.bus.connections, now)

    async def ensure_consumer(self, name: str) -> None:
        """Make the consumer of a shard, or of the duty; by name, which is the number of the shard."""
        config = {
            **ConsumerConfig(
                name=name,
                durable_name=name,
                filter_subject=f"{_PREFIX}.{self.bus.user}.{name}.>",
                ack_wait=PINNED_FOR,
                max_ack_pending=_IN_HAND,
                max_deliver=-1,
            ).as_dict(),
            "ack_policy": "explicit",
            "priority_groups": [GROUP],
            "priority_policy": "pinned_client",
            "priority_timeout": int(PINNED_FOR * _NANO),
        }
        await self._ask(f"CONSUMER.CREATE.{self.name}.{name}", {"stream_name": self.name, "config": config})

    async def unpin(self, name: str) -> None:
        """Let the broker pin the consumer to another process at once."""
        await self._ask(f"CONSUMER.UNPIN.{self.name}.{name}", {"group": GROUP})

    async def standing_by(self, name: str) -> int:
        """How many processes ask for what a consumer has, the one that is pinned to it included."""
        with reached():
            return int((await self.bus.js.consumer_info(self.name, name)).num_waiting or 0)

    async def lag(self) -> int:
        """How many events are not handled yet. Raises BrokerAway while a stream is not read yet."""
        with reached():
            try:
                info = await self.bus.js.stream_info(self.name)
            except NotFoundError:
                return 0
        sources = info.sources or []
        if not self.complete or any((source.active or 0) < 0 for source in sources):
            msg = f"{self.name} is not fed by every stream yet"
            raise BrokerAway(msg)
        return max(0, info.state.messages - 1) + sum(source.lag or 0 for source in sources)  # all but the duty

    async def _make(self) -> None:
        try:
            found = (await self.bus.js.stream_info(self.name)).config.sources or []
        except NotFoundError:
            found = None
        sources = [await self._source(stream, found or []) for stream in self.subjects]
        there = [source for source in sources if source is not None]
        self.complete = len(there) == len(sources)
        if found is None or _outline(found) != _outline(there):
            await self._configure(there)
        try:
            only_once: dict[str, Any] = {Header.EXPECTED_LAST_SUBJECT_SEQUENCE: "0"}
            await self.bus.js.publish(duty_of(self.bus.user), b"", stream=self.name, headers=only_once)
        except APIError as error:
            if error.err_code != _NOT_EMPTY:
                raise

    async def _configure(self, sources: list[StreamSource]) -> None:
        """The only subject of its own must not be that of a consumer: nats-server 2.15 would deem that unfiltered."""
        config = StreamConfig(
            name=self.name,
            subjects=[duty_of(self.bus.user)],
            sources=sources,
            retention=RetentionPolicy.WORK_QUEUE,
        )
        try:
            await self.bus.js.add_stream(config)
        except BadRequestError as refusal:
            if refusal.err_code != CONFIGURED_DIFFERENTLY:
                raise
            await self.bus.js.update_stream(config)

    async def _source(self, stream: str, found: Sequence[StreamSource]) -> StreamSource | None:
        """How to copy from a stream; None while it is not there. What is copied from already stays as it is."""
        transforms = [each for subject in self.subjects[stream] for each in _transforms(self.bus.user, subject)]
        known = next((source for source in found if source.name == stream), None)
        if known is not None and _pairs(known) == [(each.src, each.dest) for each in transforms]:
            return known
        try:
            await self.bus.js.stream_info(stream)
        except NotFoundError:
            return None
        return StreamSource(name=stream, subject_transforms=transforms)

    async def _ask(self, call: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A call for which the client has no method. Raises BrokerAway."""
        with reached():
            answer = await self.bus.client.request(f"$JS.API.{call}", json.dumps(body).encode(), timeout=5)
            told: dict[str, Any] = json.loads(answer.data)
        if error := told.get("error"):
            raise BrokerAway(str(error.get("description")))
        return told


async def forget_queue(bus: Bus) -> None:
    """Remove the work queue of a service that hears in one process again: what is in it is heard from its streams."""
    with reached():
        try:
            await bus.js.stream_info(queue_of(bus.user))
        except NotFoundError:
            return
        await bus.js.delete_stream(queue_of(bus.user))


def _transforms(user: str, subject: str) -> list[SubjectTransform]:
    """The shard is that of the key's first part; a key may have several (`u.window`)."""
    kind = subject.removesuffix(".>")
    to = f"{_PREFIX}.{user}.{{{{partition({SHARDS},1)}}}}.{kind}.{{{{wildcard(1)}}}}"
    return [SubjectTransform(src=f"{kind}.*", dest=to), SubjectTransform(src=f"{kind}.*.>", dest=f"{to}.>")]


def _pairs(source: StreamSource) -> list[tuple[str, str]]:
    return [(each.src, each.dest) for each in source.subject_transforms or []]


def _outline(sources: Sequence[StreamSource]) -> list[tuple[str, list[tuple[str, str]]]]:
    return sorted((source.name, _pairs(source)) for source in sources)
