"""The connection to NATS: streams, publishing, the key-value bucket of the demo clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import Header, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

from services.contracts.events import stream_of
from services.kernel import logs
from services.kernel.bus.permissions import inbox

ANSWER_WITHIN: Final = 5.0
READY_WITHIN: Final = 3.0
OLDEST_SERVER: Final = (2, 14)
KEPT: Final = timedelta(days=30)
_DUPLICATES_KNOWN_FOR: Final = 120.0
CONFIGURED_DIFFERENTLY: Final = 10058
_ASK_AGAIN_AFTER: Final = 15.0
_AFTER_A_HINT: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)

log = logs.get(__name__)


class BrokerAway(Exception):
    """NATS could not be reached, did not answer in time, or refused; the same call may work later."""


class BrokerTooOld(Exception):
    """The server lacks what the kernel needs; no later call will work."""

    def __init__(self, version: str) -> None:
        needed = ".".join(map(str, OLDEST_SERVER))
        super().__init__(f"NATS 服务器版本 {version} 过低，至少需要 {needed} / NATS {version} is older than {needed}")


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of events. `kept` None keeps the latest event of each subject for ever, as the books need it."""

    name: str
    subjects: str
    kept: timedelta | None = KEPT
    replicas: int = 1

    @classmethod
    def of(cls, service: str, *, replicas: int = 1) -> "Stream":
        """The stream of everything `service` says."""
        kept = None if service == "registry" else KEPT
        return cls(stream_of(f"guihua.{service}."), f"guihua.{service}.>", kept, replicas)

    def config(self) -> StreamConfig:
        """As the server takes it."""
        return StreamConfig(
            name=self.name,
            subjects=[self.subjects],
            max_age=self.kept.total_seconds() if self.kept else 0,
            max_msgs_per_subject=-1 if self.kept else 1,
            duplicate_window=_DUPLICATES_KNOWN_FOR,
            num_replicas=self.replicas,
            allow_direct=True,
        )


class Bus:
    """One connection of one user. It reconnects for ever; calls meanwhile raise BrokerAway."""

    def __init__(self, url: str, *, user: str, password: str | None) -> None:
        self._url, self.user, self._password = url, user, password
        self.client = Client()
        self.js: JetStreamContext = self.client.jetstream(timeout=ANSWER_WITHIN)
        self.connections = 0
        self.when_connected: set[Callable[[], None]] = set()
        self._connected, self._gone = asyncio.Event(), asyncio.Event()
        self._stopping = False

    async def connect(self, *, within: float) -> None:
        """Connect; raises BrokerAway after `within` seconds, BrokerTooOld."""
        last: list[str] = []

        async def note(error: Exception) -> None:
            last.append(str(error) or repr(error))
            log.warning("broker error", reason=last[-1])

        try:
            async with asyncio.timeout(within):
                await self.client.connect(
                    self._url.split(","),
                    name=self.user,
                    user=self._password and self.user,
                    password=self._password,
                    inbox_prefix=inbox(self.user),
                    error_cb=note,
                    disconnected_cb=self._on_loss,
                    reconnected_cb=self._on_connection,
                    closed_cb=self._on_end,
                    ping_interval=5,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    pending_size=64 * 1024 * 1024,
                )
        except (TimeoutError, OSError, NatsError) as error:
            await self.close()
            raise BrokerAway("; ".join(dict.fromkeys(last)) or "NATS") from error
        await self._on_connection()
        version = self.client.connected_server_version
        if (version.major, version.minor) < OLDEST_SERVER:
            await self.close()
            raise BrokerTooOld(str(version))

    async def connected(self) -> None:
        """Wait until there is a connection."""
        await self._connected.wait()

    async def gone(self) -> None:
        """Wait until the connection is lost for good, as when the password was changed: end the process then."""
        await self._gone.wait()

    async def is_ready(self) -> bool:
        """Whether JetStream answers, within three seconds."""
        if not self.client.is_connected:
            return False
        try:
            async with asyncio.timeout(READY_WITHIN):
                await self.js.account_info()
        except (NatsError, TimeoutError):
            return False
        return True

    async def ensure(self, stream: Stream) -> str:
        """Make the stream as configured; gives the moment it was created, which tells one incarnation from the next."""
        with reached():
            try:
                info = await self.js.add_stream(stream.config())
            except BadRequestError as refusal:
                if refusal.err_code != CONFIGURED_DIFFERENTLY:
                    raise
                info = await self.js.update_stream(stream.config())
        return str(info.created)

    async def publish(self, subject: str, payload: bytes, *, event_id: str, stream: str) -> None:
        """Publish one event and wait until the stream has it. Twice the same id within two minutes is one event."""
        with reached():
            await self.js.publish(subject, payload, stream=stream, headers={Header.MSG_ID: event_id})

    async def lag(self, stream: str) -> int:
        """How many events of a stream this user has yet to handle; 0 while the stream is not there."""
        with reached():
            try:
                info = await self.js.consumer_info(stream, self.user)
            except NotFoundError:
                return 0
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def put(self, bucket: str, key: str, value: bytes) -> int:
        """Set a key of a key-value bucket, which is made on first use; gives the revision."""
        with reached():
            return await (await self.js.create_key_value(bucket=bucket)).put(key, value)

    async def get(self, bucket: str, key: str) -> bytes | None:
        """The value of a key, or None while it or its bucket is not there."""
        with reached():
            try:
                return (await (await self.js.key_value(bucket)).get(key)).value
            except NotFoundError:
                return None

    async def watch(self, bucket: str, key: str) -> AsyncIterator[bytes]:
        """The value of a key, now and after each change, for ever.

        What arrives on the subject is only a hint to read again; so nothing is missed while disconnected. A hint may
        be ahead of the broker's disk: after it the key is read until the value is another.
        """
        changed = asyncio.Event()

        async def hint(_: object) -> None:
            changed.set()

        subscription = await self.client.subscribe(f"$KV.{bucket}.{key}", cb=hint)
        known: bytes | None = None
        pauses: Iterator[float] = iter(())
        try:
            while True:
                changed.clear()
                await self.connected()
                with suppress(BrokerAway):
                    if (value := await self.get(bucket, key)) not in (None, known):
                        known, pauses = value, iter(())
                        yield value
                with suppress(TimeoutError):
                    async with asyncio.timeout(next(pauses, _ASK_AGAIN_AFTER)):
                        await changed.wait()
                        pauses = iter(_AFTER_A_HINT)
        finally:
            with suppress(NatsError):
                await subscription.unsubscribe()

    async def close(self) -> None:
        """Send what is buffered and close. Pulls must be unsubscribed before: a drain would wait for them in vain."""
        self._stopping = True
        with suppress(NatsError, TimeoutError, OSError):
            async with asyncio.timeout(ANSWER_WITHIN):
                if self.client.is_connected:
                    await self.client.flush(timeout=2)
                else:
                    self.client._pending_data_size = 0  # noqa: SLF001 - close() would write into the dead socket
                await self.client.close()

    async def _on_connection(self) -> None:
        self.connections += 1
        self._connected.set()
        log.info("broker connected", connections=self.connections)
        for call in list(self.when_connected):
            call()

    async def _on_loss(self) -> None:
        self._connected.clear()
        if not self._stopping:
            log.warning("broker lost, reconnecting")

    async def _on_end(self) -> None:
        self._gone.set()
        if not self._stopping:
            log.error("broker connection ended for good", reason=str(self.client.last_error))


@contextmanager
def reached() -> Iterator[None]:
    """Raise BrokerAway for whatever the client says of the broker."""
    try:
        yield
    except (NatsError, TimeoutError, OSError) as error:
        raise BrokerAway(str(error) or repr(error)) from error
