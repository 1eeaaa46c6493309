"""One service's database: aggregates, read copies, files, journal, counters, dead letters."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from services.kernel.clock import Clock
from services.kernel.seals import Seals
from services.kernel.store.aggregates import Aggregates, Body
from services.kernel.store.copies import Collection
from services.kernel.store.dead_letters import DeadLetters
from services.kernel.store.documents import Documents
from services.kernel.store.drivers import Driver, Row, connect, durable, listed, settled
from services.kernel.store.files import Files
from services.kernel.store.ground import Ground
from services.kernel.store.indexes import Index, declare
from services.kernel.store.journal import Journal
from services.kernel.store.outgoing import Unsent

B = TypeVar("B", bound=Body)
M = TypeVar("M", bound=BaseModel)

READY_WITHIN: Final = 3.0
_OWN_INDEXES: Final = {
    "journal": (Index("order", unique=True), Index("subject", "order")),
    "dead_letters": (Index("state"),),
}


class Store:
    """Build it, declare what it holds, then `prepare`. `service` names the author of everything said.

    `driver` is motor, or PyMongo's own asynchronous client.
    """

    def __init__(
        self,
        url: str,
        database: str,
        *,
        service: str,
        clock: Clock,
        driver: Driver = "motor",
    ) -> None:
        self._client = connect(url, driver)
        self.database = durable(self._client, database)
        self._ground = Ground(self.database, service, clock, said=lambda _: None)
        self.journal, self.dead_letters = Journal(self._ground), DeadLetters(self._ground)
        self.service, self.clock = service, clock
        self._documents: dict[str, Documents] = {}
        self._files: list[Files] = []

    def tell(self, said: Callable[[Unsent], None]) -> None:
        """Call `said` after each write with the document's outbox: the relay takes it from there."""
        self._ground.said = said

    def aggregates(self, name: str, model: type[B], *, key: str) -> Aggregates[B]:
        """The aggregates kept in collection `name`; `key` is the body's field that identifies them."""
        found = Aggregates(self._ground, name, model, key=key)
        self._documents[name] = found.documents
        return found

    def collection(self, name: str, model: type[M]) -> Collection[M]:
        """The read copies kept in collection `name`."""
        return Collection(self._ground, name, model)

    def files(self, name: str, *, seals: Seals | None = None) -> Files:
        """The files kept in bucket `name`, sealed if `seals` are given."""
        found = Files(self._ground, name, seals)
        self._files.append(found)
        return found

    async def indexes(self, collection: str, *indexes: Index) -> None:
        """Declare a collection's indexes at start; harmless when they are there."""
        await declare(self.database, collection, indexes)

    async def prepare(self) -> None:
        """Make the indexes the store itself needs, once all aggregates are declared."""
        for collection, own in _OWN_INDEXES.items():
            await self.indexes(collection, *own)
        for collection in self._documents:
            await self.indexes(collection, Index("outbox_at", where={"outbox_at": {"$exists": True}}))
        for bucket in self._files:
            await bucket.prepare()

    async def counter(self, name: str) -> int:
        """The next number of a series: 1, 2, 3 … never the same twice; a number may be lost, never reused."""
        row = await self.database["counters"].find_one_and_update(
            {"_id": name}, {"$inc": {"n": 1}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(row["n"])

    async def unsent(self, *, limit: int, waiting: timedelta = timedelta()) -> list[Unsent]:
        """Documents whose outbox has waited at least so long, oldest first."""
        found: list[Unsent] = []
        for name in self._documents:
            where = {"outbox_at": {"$lte": self.clock.wall() - waiting}}
            shown = {"outbox": 1, "revision": 1}
            cursor = self.database[name].find(where, shown, sort=[("outbox_at", 1)], limit=limit)
            found += [Unsent(name, row["_id"], row["outbox"], row["revision"]) for row in await listed(cursor)]
        return found

    async def count_unsent(self) -> int:
        """How many documents have something unsent."""
        where = {"outbox_at": {"$exists": True}}
        return sum([await self.database[name].count_documents(where) for name in self._documents])

    def still_unsent(self, unsent: Unsent) -> Sequence[Row]:
        """Its rows without those that this process has sent since."""
        return self._documents[unsent.collection].still_unsent(unsent)

    async def clear(self, sent: Sequence[Unsent]) -> None:
        """Take rows that were published out of their outboxes."""
        by_name: dict[str, list[Unsent]] = {}
        for each in sent:
            by_name.setdefault(each.collection, []).append(each)
        for name, those in by_name.items():
            await self._documents[name].clear(those)

    async def note(self, name: str) -> dict[str, Any]:
        """A small thing remembered under `name`; empty when there is none."""
        row: Row | None = await self.database["notes"].find_one({"_id": name})
        return row or {}

    async def keep_note(self, name: str, **values: str | int | datetime) -> None:
        """Remember a small thing under `name`."""
        await self.database["notes"].replace_one({"_id": name}, values, upsert=True)

    async def is_ready(self) -> bool:
        """Whether the database takes writes, within three seconds."""
        try:
            async with asyncio.timeout(READY_WITHIN):
                hello = await self.database.command("hello")
        except (PyMongoError, TimeoutError):
            return False
        return bool(hello.get("isWritablePrimary"))

    async def close(self) -> None:
        """Let go of all connections."""
        await settled(self._client.close())
