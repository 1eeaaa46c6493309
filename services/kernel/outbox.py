"""The relay: takes what was said out of the outboxes, publishes it, writes it into the journal.

Order of work for each event: publish, journal, take out of the outbox. Whatever dies in between, the event is sent
again with the same id. MongoDB is the truth: when the broker lost its stream, the journal is said again.

Publishing waits for nothing. The journal and the outboxes follow in a loop of their own, which under load takes many
documents at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from services.kernel import logs
from services.kernel.bus import Bus, Stream
from services.kernel.bus.permissions import ADOPTED
from services.kernel.store import Store, Unsent

POLL: Final = timedelta(seconds=1)
_STREAM_CHECKED_EVERY: Final = 5.0
_TRY_AGAIN_AFTER: Final = 1.0
_KEPT_EVERY: Final = 0.05
_DOCUMENTS_AT_ONCE: Final = 200
_NOTE: Final = "stream"

log = logs.get(__name__)


class Relay:
    """One for each service process. Several may run side by side: they send the same ids twice, not more."""

    def __init__(self, store: Store, bus: Bus, stream: Stream) -> None:
        self._store, self._bus, self._stream = store, bus, stream
        self._poked: dict[tuple[str, str], Unsent] = {}
        self._published: dict[tuple[str, str], Unsent] = {}
        self._said: set[str] = set()
        self._bell, self._kept_bell = asyncio.Event(), asyncio.Event()
        self._publishing, self._keeping = asyncio.Lock(), asyncio.Lock()
        self._checked: tuple[int, float] = (0, 0.0)
        self._polled = 0.0
        store.tell(self.poke)

    def poke(self, unsent: Unsent) -> None:
        """Send this document's outbox soon. What does not fit in memory is found by the next poll."""
        if unsent.rows and len(self._poked) < _DOCUMENTS_AT_ONCE:
            self._poked[unsent.collection, unsent.key] = unsent
            self._bell.set()

    async def run(self) -> None:
        """Relay for ever; whatever fails is tried again, and nothing that was saved is lost."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._for_ever(self._relay))
            group.create_task(self._for_ever(self._follow))

    async def flush(self, *, within: float) -> bool:
        """Send all that waits, whether `run` runs or not; gives whether nothing waits any more."""
        try:
            async with asyncio.timeout(within):
                await self._check_stream()
                while unsent := await self._store.unsent(limit=_DOCUMENTS_AT_ONCE):
                    await self._publish(unsent)
                    await self._keep()
        except Exception as error:  # noqa: BLE001 - the process ends; the next one sends what is left
            log.warning("outbox not empty at the end", reason=f"{type(error).__name__}: {error}")
            return False
        return True

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        known = ""
        while True:
            try:
                await self._bus.connected()
                await work()
                known = ""
            except Exception as error:  # noqa: BLE001 - what waits in the outboxes must go out whatever happens
                if (said := f"{type(error).__name__}: {error}") != known:
                    log.warning("relay waits", reason=said)
                known, self._checked, self._polled = said, (0, 0.0), 0.0
                await asyncio.sleep(_TRY_AGAIN_AFTER)

    async def _relay(self) -> None:
        await self._check_stream()
        await self._publish(await self._next())

    async def _follow(self) -> None:
        """Journal and clear what was published: at once when little is said, else once in a while."""
        await self._kept_bell.wait()
        self._kept_bell.clear()
        await self._keep()
        await asyncio.sleep(_KEPT_EVERY)

    async def _next(self) -> Sequence[Unsent]:
        """What was poked since; once a second also what a poll finds, such as the leavings of a killed process."""
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._polled + POLL.total_seconds()):
                await self._bell.wait()
        self._bell.clear()
        poked, self._poked = self._poked, {}
        if loop.time() < self._polled + POLL.total_seconds():
            return list(poked.values())
        found = await self._store.unsent(limit=_DOCUMENTS_AT_ONCE, waiting=POLL if self._polled else timedelta())
        if len(found) < _DOCUMENTS_AT_ONCE:
            self._polled = loop.time()
        return list((poked | {(each.collection, each.key): each for each in found}).values())  # found: read later

    async def _publish(self, batch: Sequence[Unsent]) -> None:
        """Publish each document's rows in order, except what this process has just published."""
        async with self._publishing:
            answers = await asyncio.gather(*(self._say(each) for each in batch), return_exceptions=True)
        if failures := [answer for answer in answers if answer]:
            raise failures[0]

    async def _say(self, unsent: Unsent) -> None:
        rows = [row for row in self._store.still_unsent(unsent) if row["_id"] not in self._said]
        await self._put_out(rows)
        self._said.update(row["_id"] for row in rows)
        place = unsent.collection, unsent.key
        if (before := self._published.get(place)) is None or before.revision <= unsent.revision:
            self._published[place] = unsent
        self._kept_bell.set()

    async def _keep(self) -> None:
        """Write what was published into the journal; then, and only then, take it out of the outboxes."""
        async with self._keeping:
            published, self._published = self._published, {}
            batch = list(published.values())
            rows = [row for each in batch for row in self._store.still_unsent(each)]
            try:
                if rows:
                    await self._store.journal.append(rows)
                await self._store.clear(batch)
            except BaseException:
                self._published = published | self._published
                raise
            self._said.difference_update(row["_id"] for each in batch for row in each.rows)

    async def _put_out(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            subject, wire = f"{row['type']}.{row['subject']}", row["wire"].encode()
            await self._bus.publish(subject, wire, event_id=row["_id"], stream=self._stream.name)

    async def _check_stream(self) -> None:
        """Make the stream; when it is not the one we spoke into before, say again what it lost."""
        now = asyncio.get_running_loop().time()
        connection, at = self._checked
        if connection == self._bus.connections and now < at + _STREAM_CHECKED_EVERY:
            return
        for speaker in ADOPTED.get(self._store.service, ()):
            await self._bus.ensure(Stream.of(speaker, replicas=self._stream.replicas))
        created = await self._bus.ensure(self._stream)
        before = (await self._store.note(_NOTE)).get("created")
        if created != before:
            await self._keep()  # so that it is in the journal
            self._said.clear()
            await self._say_again()
            await self._store.keep_note(_NOTE, created=created)
        self._checked = (self._bus.connections, now)

    async def _say_again(self) -> None:
        since = self._store.clock.wall() - self._stream.kept if self._stream.kept else None
        count = 0
        async for rows in self._store.journal.pages(since):
            by_key: dict[str, list[dict[str, Any]]] = {}
            for row in rows:
                by_key.setdefault(row["subject"], []).append(row)
            await asyncio.gather(*(self._put_out(each) for each in by_key.values()))
            count += len(rows)
        if count:
            log.warning("the broker had lost the stream; the journal was said again", events=count)
