"""Aggregates: one document each, written whole in one write together with what the write says."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Generic, TypeVar

import bson
from pydantic import BaseModel
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError

from services.contracts.events import Said
from services.kernel.store.codec import encoded
from services.kernel.store.documents import Documents
from services.kernel.store.drivers import Row, listed
from services.kernel.store.ground import Ground
from services.kernel.store.outgoing import Author, chained, envelopes, outbox_rows
from services.kernel.store.refusals import AlreadyApplied, AlreadyExists, Conflict, NotFound
from services.kernel.telemetry import traceparent

_TAKEN: Final = 11000
_LARGEST: Final = 15_000_000
"""Bytes of a body. MongoDB takes documents of 16 MiB; one that is larger must not spoil the writes of others."""

_READ_LAST: Final = 200
"""How many aggregates that this process wrote are kept as they were made out of their documents."""

_OPTIONS: Final = bson.CodecOptions[dict[str, Any]](tz_aware=True)


class Body(BaseModel, frozen=True):
    """The state of one aggregate: what is stored under `body`."""


class Chained(Body, frozen=True):
    """An aggregate whose events are a chain: `chain` is the hash of the last one, kept in the write that says it.

    So rivals cannot fork it: of two writes of one revision the second fails, and its events were never said.
    """

    chain: str = ""


B = TypeVar("B", bound=Body)
Decision = Callable[[B], tuple[B, Sequence[Said]]]


class _Outdated(Exception):
    """What this process remembers of a document does not do: read it."""


class Aggregates(Generic[B]):
    """One collection of aggregates, by key. Built by `Store.aggregates`.

    A `cause` is the id of the event being handled: it is remembered in the same write and applied only once.
    What this process wrote last it remembers, so that `change` need not read it first: a save is for one revision,
    and fails at any other.
    """

    def __init__(self, ground: Ground, name: str, model: type[B], *, key: str) -> None:
        self._ground, self._model, self._key = ground, model, key
        self.documents = Documents(ground, name)
        self._read: OrderedDict[str, tuple[int, B]] = OrderedDict()

    async def create(self, body: B, events: Sequence[Said] = (), *, cause: str | None = None) -> int:
        """Store a new aggregate as revision 1 and say `events`. Raises AlreadyExists, AlreadyApplied."""
        key = self._key_of(body)
        body, says = self._says(body, 1, events)
        await self.documents.insert(key, _packed(body), says, cause=cause)
        return 1

    async def restore(self, body: B, *, revision: int) -> None:
        """Put back an aggregate that was lost, as the revision that the journal last knew. Raises AlreadyExists.

        It says nothing; its next write says events with ids that were never used.
        """
        row: Row = {"_id": self._key_of(body), "revision": revision, "body": encoded(body), "inbox": [], "outbox": []}
        try:
            await self.documents.rows.insert_one(row)
        except DuplicateKeyError:
            raise AlreadyExists(key=self._key_of(body)) from None
        self.documents.memory.forget(self._key_of(body))

    async def create_in_turn(self, bodies: Sequence[B]) -> int:
        """Store new aggregates that say nothing, in one write and in their order; gives how many were stored.

        It stops at the first whose key, or another value that must be unique, is taken: that one and those behind it
        are not stored.
        """
        rows: list[Row] = [
            {"_id": self._key_of(body), "revision": 1, "body": encoded(body), "inbox": [], "outbox": []}
            for body in bodies
        ]
        try:
            await self.documents.rows.insert_many(rows, ordered=True)
        except BulkWriteError as error:
            return _stored_before(error)
        return len(rows)

    async def save_together(self, changes: Sequence[tuple[B, int]]) -> int:
        """Replace many aggregates that say nothing, each at its revision, in one write; gives how many were replaced.

        One whose revision moved on stays as it is: it belongs to whoever was faster.
        """
        updates = [
            UpdateOne(
                {"_id": self._key_of(body), "revision": revision},
                {"$set": {"body": encoded(body), "revision": revision + 1}},
            )
            for body, revision in changes
        ]
        return int((await self.documents.rows.bulk_write(updates, ordered=False)).matched_count)

    async def load(self, key: str, *, cause: str | None = None) -> tuple[B, int]:
        """The aggregate and its revision. Raises NotFound, and AlreadyApplied if the event `cause` came before."""
        row = await self.documents.get(key, cause=cause)
        if row is None:
            raise NotFound(key=key)
        if row.get("inbox"):
            raise AlreadyApplied(cause)
        return self._of(row)

    async def find(self, key: str) -> tuple[B, int] | None:
        """The aggregate and its revision, or None when there is none."""
        row = await self.documents.get(key)
        return None if row is None else self._of(row)

    async def first(self, where: Mapping[str, Any]) -> tuple[B, int] | None:
        """One aggregate that fits a MongoDB filter on `body.<field>`, and its revision; None when none does."""
        row = await self.documents.first(encoded(where))
        return None if row is None else self._of(row)

    async def save(self, body: B, revision: int, events: Sequence[Said] = (), *, cause: str | None = None) -> int:
        """Replace revision `revision` and say `events`, in one write; gives the new revision.

        Raises Conflict when the revision moved on, NotFound, AlreadyApplied, and AlreadyExists when a value that
        must be unique is taken.
        """
        key = self._key_of(body)
        body, says = self._says(body, revision + 1, events)
        await self.documents.replace(key, revision, _packed(body), says, cause=cause)
        return revision + 1

    async def change(self, key: str, decide: Decision[B], *, cause: str | None = None, tries: int = 8) -> B:
        """Load, decide, save; again when somebody else was faster. Gives the aggregate as it then is.

        `decide` must be a plain function, since it may be asked more than once; what it makes of the aggregate is not
        written if `cause` was applied before, nor if it changes and says nothing. Raises NotFound, Conflict after
        `tries`, and whatever `decide` raises.
        """
        with suppress(_Outdated):
            return await self._change_as_remembered(key, decide, cause)
        for attempt in range(tries):
            try:
                body, revision = await self.load(key, cause=cause)
            except AlreadyApplied:
                return (await self.load(key))[0]
            decided, events = decide(body)
            if decided == body and not events:
                return body
            try:
                await self.save(decided, revision, events, cause=cause)
            except (Conflict, AlreadyApplied):
                await asyncio.sleep(random.uniform(0, 0.01) * 2**attempt)  # noqa: S311 - spreads the rivals in time
            else:
                return decided
        raise Conflict(key=key)

    async def _change_as_remembered(self, key: str, decide: Decision[B], cause: str | None) -> B:
        """The same without a look first. Only what is saved counts: it proves that the revision was the newest."""
        known = self.documents.memory.get(key)
        if known is None or known.body is None or (cause and cause in known.causes):
            raise _Outdated
        body = self._model.model_validate(bson.decode(known.body, _OPTIONS))
        try:
            decided, events = decide(body)
        except Exception:  # noqa: BLE001 - it may be possible by now; if not, `decide` raises it again
            raise _Outdated from None
        if decided == body and not events:
            raise _Outdated
        try:
            await self.save(decided, known.revision, events, cause=cause)
        except (Conflict, AlreadyApplied, NotFound):
            raise _Outdated from None
        return decided

    async def query(
        self,
        where: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]],
        limit: int,
        skip: int = 0,
        without: Sequence[str] = (),
    ) -> list[B]:
        """The aggregates that fit a MongoDB filter on `body.<field>`, sorted, at most `limit`.

        For lists: fields named in `without` are not read and have what the model gives them by default.
        """
        shown = dict.fromkeys(("revision", "inbox", "outbox", *(f"body.{field}" for field in without)), 0)
        cursor = self.documents.rows.find(encoded(where), shown, sort=list(sort), limit=limit, skip=skip)
        return [self._model.model_validate(row["body"]) for row in await listed(cursor)]

    async def query_revisions(
        self, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int
    ) -> list[tuple[B, int]]:
        """The same with their revisions, to be saved: what is read here need not be read again for that."""
        shown = {"body": 1, "revision": 1, "outbox": 1, "said": 1}
        rows = await listed(self.documents.rows.find(encoded(where), shown, sort=list(sort), limit=limit))
        for row in rows:
            self.documents.memory.seen(row)
        return [self._of(row) for row in rows]

    async def tally(self, where: Mapping[str, Any], *stages: Mapping[str, Any]) -> list[Row]:
        """What MongoDB makes of the aggregates that fit, by these aggregation stages on `body.<field>`."""
        pipeline = [{"$match": encoded(where)}, *(encoded(stage) for stage in stages)]
        return await listed(self.documents.rows.aggregate(pipeline))

    async def count(self, where: Mapping[str, Any]) -> int:
        """How many aggregates fit."""
        counted: int = await self.documents.rows.count_documents(encoded(where))
        return counted

    def _key_of(self, body: B) -> str:
        return str(getattr(body, self._key))

    def _of(self, row: Row) -> tuple[B, int]:
        """The aggregate in a document. A revision never changes, so it is made out once while it is read often."""
        key, revision = row["_id"], row["revision"]
        if (known := self._read.get(key)) is not None and known[0] == revision:
            return known[1], revision
        body = self._model.model_validate(row["body"])
        if (written := self.documents.memory.at(key, revision)) is not None and written.body is not None:
            self._read[key] = revision, body
            self._read.move_to_end(key)
        if len(self._read) > _READ_LAST:
            self._read.popitem(last=False)
        return body, revision

    def _says(self, body: B, revision: int, events: Sequence[Said]) -> tuple[B, list[Row]]:
        """The body, with the new end of its chain if it has one, and the rows of what the write says."""
        if not events:
            return body, []
        author = Author(self._ground.service, self.documents.name, self._key_of(body), revision)
        clock = self._ground.clock
        said = envelopes(author, events, now=clock.now(), traceparent=traceparent())
        if isinstance(body, Chained):
            said = chained(said, body.chain)
            body = body.model_copy(update={"chain": said[-1].hash})
        return body, outbox_rows(author, said, wall=clock.wall())


def _packed(body: Body) -> bytes:
    """The body as BSON. Raises DocumentTooLarge."""
    packed = bson.encode(encoded(body))
    if len(packed) > _LARGEST:
        msg = f"a body of {len(packed)} bytes is more than a document may hold"
        raise DocumentTooLarge(msg)
    return packed


def _stored_before(error: BulkWriteError) -> int:
    """The place of the first row that was there already. Raises the error if it is another one."""
    found = [each for each in (error.details or {}).get("writeErrors", ()) if each["code"] == _TAKEN]
    if not found:
        raise error
    return int(found[0]["index"])
