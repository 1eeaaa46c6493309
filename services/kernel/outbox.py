"""The relay: takes what was said out of the outboxes, writes it into the journal, publishes it.

Order of work for each event: journal, publish, take out of the outbox. Whatever dies in between, the event is sent
again with the same id. MongoDB is the truth: when the broker lost its stream, the journal is said again.
"""

import asyncio
from collections.abc import Iterable, Sequence
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
_DOCUMENTS_AT_ONCE: Final = 200
_NOTE: Final = "stream"

log = logs.get(__name__)


class Relay:
    """One for each service process. Several may run side by side: they send the same ids twice, not more."""

    def __init__(self, store: Store, bus: Bus, stream: Stream) -> None:
        self._store, self._bus, self._stream = store, bus, stream
        self._poked: dict[tuple[str, str], Unsent] = {}
        self._bell = asyncio.Event()
        self._busy = asyncio.Lock()
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
        known = ""
        while True:
            try:
                await self._bus.connected()
                await self._check_stream()
                await self._send(await self._next())
                known = ""
            except Exception as error:  # noqa: BLE001 - what waits in the outboxes must go out whatever happens
                if (said := f"{type(error).__name__}: {error}") != known:
                    log.warning("relay waits", reason=said)
                known, self._checked, self._polled = said, (0, 0.0), 0.0
                await asyncio.sleep(_TRY_AGAIN_AFTER)

    async def flush(self, *, within: float) -> bool:
        """Send all that waits, whether `run` runs or not; gives whether nothing waits any more."""
        try:
            async with asyncio.timeout(within):
                while unsent := await self._store.unsent(limit=_DOCUMENTS_AT_ONCE):
                    await self._send(unsent)
        except Exception as error:  # noqa: BLE001 - the process ends; the next one sends what is left
            log.warning("outbox not empty at the end", reason=f"{type(error).__name__}: {error}")
            return False
        return True

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

    async def _send(self, batch: Sequence[Unsent]) -> None:
        """Journal, publish each document's rows in order, take out of the outbox what was published."""
        if not batch:
            return
        async with self._busy:
            await self._store.journal.append([row for each in batch for row in each.rows])
            answers = await asyncio.gather(*(self._publish(each.rows) for each in batch), return_exceptions=True)
            failures = [answer for answer in answers if answer]
            await self._store.clear([each for each, answer in zip(batch, answers, strict=True) if not answer])
            if failures:
                raise failures[0]

    async def _publish(self, rows: Iterable[dict[str, Any]]) -> None:
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
            await asyncio.gather(*(self._publish(each) for each in by_key.values()))
            count += len(rows)
        if count:
            log.warning("the broker had lost the stream; the journal was said again", events=count)
